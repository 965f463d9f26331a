/* Every op with inputs of odd sizes, for tests that run over all of them. */
#ifndef OPS_CASES_H
#define OPS_CASES_H

#include "numbers/ops.h"

#include "support.h"

struct op_case {
    enum op_id op;
    int inputs;
    struct tensor in[OP_MAX_INPUTS];
    struct op_params params;
};

static const int32_t some_ids[] = {4, 0, 4, 2, 1};
static const int32_t column_of[] = {3, 5, 1, 0}, cells_of[] = {2, 3, 3, 4, 2, 1};
static const int32_t repeated[] = {3, 0, 4, 0};
static const int32_t widths[] = {64, 1, 3, 64};

/* Two sentences of two and three rows, and of three and four. */
static const struct segment two_and_three[] = {{0, 2, 1}, {2, 3, 0}};
static const struct segment three_and_four[] = {{0, 3, 0}, {3, 4, 0}};
static const struct pack five = {two_and_three, 2, 5, 3, 1};
static const struct pack seven = {three_and_four, 2, 7, 4, 2};

/* Both sentences go with the same one of the keys. */
static const struct segment the_same[] = {{3, 4, 0}, {3, 4, 0}};
static const struct pack twice = {the_same, 2, 7, 4, 3};

#define M(a, b) {TENSOR_F32, 2, {a, b, 0}, {NULL}}
#define V(a) {TENSOR_F32, 1, {a, 0, 0}, {NULL}}
#define H(a, b, c) {TENSOR_F32, 3, {a, b, c}, {NULL}}
#define ABSENT {TENSOR_F32, 0, {0, 0, 0}, {NULL}} /* with others after it */

static const struct op_case cases[] = {
    {OP_TOKENS, 0, {V(1)}, {.ids = some_ids, .size = {5, 0}}},
    {OP_GATHER, 2, {{TENSOR_I32, 1, {5, 0, 0}, {NULL}}, M(7, 3)}, {0}},
    {OP_SINUSOID, 0, {V(1)}, {.integer = 0, .size = {50, 6}}},
    {OP_SINUSOID, 0, {V(1)}, {.integer = 3, .size = {2, 7}}},
    {OP_ROWS, 1, {M(9, 5)}, {.integer = 2, .size = {4, 0}}},
    {OP_SCALE, 1, {M(3, 5)}, {.number = 5.6568542494923806}},
    {OP_SCALE, 1, {H(2, 3, 1)}, {.number = 0.35355339059327379}},
    {OP_ADD, 2, {M(3, 5), M(3, 5)}, {0}},
    {OP_LINEAR, 3, {M(5, 7), M(3, 7), V(3)}, {0}},
    {OP_LINEAR, 2, {M(1, 1), M(1, 1)}, {0}},
    {OP_LINEAR, 3, {M(17, 33), M(65, 33), V(65)}, {0}},
    {OP_SPLIT_HEADS, 1, {M(5, 12)}, {.integer = 3}},
    {OP_SCORES, 2, {H(3, 5, 4), H(3, 7, 4)}, {0}},
    {OP_SCORES, 2, {H(1, 1, 1), H(1, 1, 1)}, {0}},
    {OP_MASK, 1, {H(2, 4, 4)}, {.integer = 0}},
    {OP_MASK, 1, {H(2, 1, 4)}, {.integer = 2}},
    {OP_SOFTMAX, 1, {H(2, 3, 5)}, {0}},
    {OP_SOFTMAX, 1, {M(4, 1)}, {0}},
    {OP_SOFTMAX, 1, {H(2, 3, 5)}, {.number = 2.5}},
    {OP_UNIFORM, 1, {H(3, 3, 5)}, {0}},
    {OP_UNIFORM, 1, {H(5, 3, 5)}, {.number = 0.5, .ids = some_ids, .size = {2, 0}}},
    {OP_COPY, 1, {M(3, 5)}, {0}},
    {OP_ZERO, 0, {V(1)}, {.size = {3, 5}}},
    {OP_APPEND, 2, {M(7, 5), M(2, 5)}, {.integer = 4}},
    {OP_MIX, 2, {H(3, 5, 7), H(3, 7, 4)}, {0}},
    {OP_MIX, 2, {H(6, 5, 7), H(6, 7, 4)}, {.ids = some_ids, .size = {3, 0}}},
    {OP_MERGE_HEADS, 1, {H(3, 5, 4)}, {0}},
    {OP_RELU, 1, {M(3, 5)}, {0}},
    {OP_GELU, 1, {M(3, 50)}, {0}},
    {OP_GELU_TANH, 1, {M(3, 50)}, {0}},
    {OP_LAYER_NORM, 3, {M(5, 9), V(9), V(9)}, {.number = 1e-5}},
    {OP_LAYER_NORM, 2, {M(5, 9), V(9)}, {.number = 1e-3}},
    {OP_LAYER_NORM, 1, {M(2, 2)}, {.number = 1e-5}},
    {OP_ADD, 2, {H(2, 3, 4), H(2, 3, 4)}, {0}},
    {OP_SUBTRACT, 2, {M(3, 5), M(3, 5)}, {0}},
    {OP_SUBTRACT, 2, {V(7), V(7)}, {0}},
    {OP_MULTIPLY, 2, {M(3, 5), M(3, 5)}, {0}},
    {OP_MULTIPLY, 2, {H(2, 1, 3), H(2, 1, 3)}, {0}},
    {OP_SHARE, 1, {M(4, 7)}, {0}},
    {OP_SHARE, 1, {H(2, 3, 33)}, {0}},
    {OP_SHARE, 1, {M(2, 1)}, {0}},
    {OP_COSINE, 2, {M(3, 5), M(4, 5)}, {0}},
    {OP_COSINE, 2, {M(2, 37), M(1, 37)}, {0}},
    {OP_COSINE, 2, {M(1, 1), M(3, 1)}, {0}},
    {OP_CENTER, 1, {M(5, 3)}, {0}},
    {OP_CENTER, 1, {M(1, 4)}, {0}},
    {OP_PCA_AXES, 1, {M(9, 4)}, {0}},
    {OP_PCA_AXES, 1, {M(5, 12)}, {0}},
    {OP_PCA_AXES, 1, {M(40, 20)}, {0}},
    {OP_PCA_AXES, 1, {M(2, 2)}, {0}},
    {OP_PCA_AXES, 1, {M(1, 3)}, {0}},
    {OP_RANDOM, 0, {V(1)}, {.integer = 17, .size = {9, 7}}},
    {OP_RANDOM_DOTS,
     0,
     {V(1)},
     {.integer = 50, .number = 7, .ids = widths, .size = {4, 0}}},
    {OP_HEAD, 1, {H(3, 4, 5)}, {.integer = 2}},
    {OP_SCORES, 2, {M(5, 4), M(7, 4)}, {0}},
    {OP_MASK, 1, {M(4, 4)}, {.integer = 0}},
    {OP_MASK, 1, {M(2, 5)}, {.integer = 2}},
    {OP_UNIFORM, 1, {M(3, 5)}, {.ids = some_ids, .size = {2, 0}}},
    {OP_MIX, 2, {M(5, 7), M(7, 4)}, {0}},
    {OP_MIX, 2, {M(5, 7), M(7, 4)}, {.ids = some_ids, .size = {2, 0}}},
    /* two sentences, packed */
    {OP_SINUSOID, 0, {V(1)}, {.rows = &five, .size = {0, 6}}},
    {OP_ROWS, 1, {M(9, 3)}, {.rows = &five}},
    {OP_SCORES, 2, {H(2, 5, 4), H(2, 7, 4)}, {.rows = &five, .keys = &seven}},
    {OP_SCORES, 2, {H(2, 5, 4), H(2, 7, 4)},
     {.rows = &five, .keys = &seven, .integer = SCORES_ZERO}},
    {OP_MASK, 1, {H(2, 5, 4)}, {.rows = &five}},
    {OP_MIX, 2, {H(2, 5, 4), H(2, 7, 3)}, {.rows = &five, .keys = &seven}},
    /* gradients and the loss */
    {OP_SCATTER, 2, {{TENSOR_I32, 1, {5, 0, 0}, {NULL}}, M(5, 3)}, {.size = {7, 0}}},
    {OP_PLACE_ROWS, 1, {M(3, 4)}, {.integer = 2, .size = {6, 0}}},
    {OP_PLACE_ROWS, 1, {V(3)}, {.integer = 4, .size = {7, 0}}},
    {OP_PLACE_ROWS, 1, {M(5, 2)}, {.rows = &five, .size = {6, 0}}},
    {OP_PLACE_HEAD, 1, {M(3, 4)}, {.integer = 1, .size = {3, 0}}},
    {OP_TRANSPOSE, 1, {M(3, 5)}, {0}},
    {OP_ONE_AT, 1, {H(2, 3, 4)}, {.integer = 17}},
    {OP_OUTER, 2, {M(5, 3), M(5, 7)}, {0}},
    {OP_OUTER, 2, {H(2, 5, 3), H(2, 5, 4)}, {0}},
    {OP_OUTER, 2, {H(2, 5, 4), H(2, 5, 3)}, {.rows = &five, .keys = &seven}},
    {OP_COLUMN_SUM, 1, {M(5, 7)}, {0}},
    {OP_MULTIPLY_ROW, 2, {M(5, 7), V(7)}, {0}},
    {OP_RELU_GRADIENT, 2, {M(5, 7), M(5, 7)}, {0}},
    {OP_GELU_GRADIENT, 2, {M(5, 7), M(5, 7)}, {0}},
    {OP_GELU_TANH_GRADIENT, 2, {M(5, 7), M(5, 7)}, {0}},
    {OP_MASK_GRADIENT, 1, {H(2, 4, 4)}, {0}},
    {OP_MASK_GRADIENT, 1, {H(2, 5, 4)}, {.rows = &five}},
    {OP_SOFTMAX_GRADIENT, 2, {H(2, 3, 5), H(2, 3, 5)}, {0}},
    {OP_SOFTMAX_GRADIENT, 2, {M(3, 5), M(3, 5)}, {.number = 2.5}},
    {OP_HEADS_OFF, 1, {H(5, 2, 3)}, {.ids = some_ids, .size = {2, 0}}},
    {OP_NORM_GRADIENT, 2, {M(5, 9), M(5, 9)}, {.number = 1e-5}},
    {OP_SHARE_GRADIENT, 2, {M(4, 7), M(4, 7)}, {0}},
    {OP_COSINE_GRADIENT, 3, {M(3, 5), M(4, 5), M(3, 4)}, {0}},
    /* cells, and one number of all */
    {OP_CELLS, 1, {M(4, 5)}, {.integer = 2, .ids = column_of, .size = {4, 0}}},
    {OP_CELLS, 1, {H(2, 3, 4)}, {.integer = 1, .ids = cells_of, .size = {6, 0}}},
    {OP_CELLS, 1, {V(1)}, {.ids = repeated, .size = {4, 0}}},
    {OP_PLACE_CELLS, 2, {V(3), M(4, 5)},
     {.integer = 2, .ids = column_of, .size = {4, 0}}},
    {OP_PLACE_CELLS, 2, {H(2, 3, 2), H(2, 3, 4)},
     {.integer = 1, .ids = cells_of, .size = {6, 0}}},
    {OP_PLACE_CELLS, 2, {M(3, 4), V(1)}, {.ids = repeated, .size = {4, 0}}},
    {OP_DIVIDE, 2, {M(3, 5), M(3, 5)}, {0}},
    {OP_DIVIDE, 2, {V(1), V(1)}, {0}},
    {OP_SUM, 1, {M(3, 33)}, {0}},
    {OP_SUM, 1, {V(7)}, {0}},
    {OP_MEAN, 1, {H(2, 3, 5)}, {0}},
    {OP_MEAN, 1, {V(1)}, {0}},
    {OP_MAX, 1, {M(5, 7)}, {0}},
    {OP_MAX, 1, {H(2, 3, 4)}, {0}},
    {OP_MIN, 1, {M(5, 7)}, {0}},
    {OP_MIN, 1, {V(3)}, {0}},
    {OP_EXTREME_GRADIENT, 3, {M(3, 5), V(1), V(1)}, {0}},
    {OP_STD, 1, {M(5, 7)}, {0}},
    {OP_STD, 1, {H(2, 3, 4)}, {0}},
    {OP_NORM, 1, {M(3, 5)}, {0}},
    {OP_NORM, 1, {V(37)}, {0}},
    {OP_ENTROPY, 1, {M(3, 5)}, {0}},
    {OP_ENTROPY, 1, {V(4)}, {0}},
    {OP_ENTROPY_GRADIENT, 2, {M(3, 5), V(1)}, {0}},
    {OP_LOG_SOFTMAX, 1, {M(4, 7)}, {0}},
    {OP_LOG_SOFTMAX_GRADIENT, 2, {M(4, 7), M(4, 7)}, {0}},
    {OP_LOSS, 1, {M(5, 7)}, {.ids = some_ids, .size = {5, 0}}},
    {OP_LOSS, 1, {M(5, 7)}, {.ids = some_ids, .size = {5, 0}, .number = 0.2}},
    {OP_LOSS_GRADIENT, 1, {V(1)}, {.ids = some_ids, .size = {5, 7}}},
    {OP_LOSS_GRADIENT, 1, {V(1)}, {.ids = some_ids, .size = {5, 7}, .number = 0.2}},
    /* what training adds */
    {OP_DROPOUT, 1, {M(5, 7)}, {.number = 0.3, .integer = 5, .size = {2, 0}}},
    {OP_MAP_ENTROPY, 1, {H(3, 4, 5)}, {0}},
    {OP_MAP_ENTROPY_GRADIENT, 2, {H(3, 4, 5), V(1)}, {0}},
    {OP_MAP_OVERLAP, 1, {H(3, 4, 5)}, {0}},
    {OP_MAP_OVERLAP_GRADIENT, 2, {H(3, 4, 5), V(1)}, {0}},
    /* what training computes at one go */
    {OP_FUSED_ATTENTION, 1, {M(5, 12)}, {.integer = 2, .number = 0.7}},
    {OP_FUSED_ATTENTION, 1, {M(5, 12)}, {.integer = 2, .number = 0.7, .size = {1, 0}}},
    {OP_FUSED_ATTENTION, 2, {M(5, 6), M(7, 12)},
     {.integer = 3, .number = 1, .rows = &five, .keys = &seven}},
    {OP_FUSED_ATTENTION, 2, {M(5, 16), M(7, 32)},
     {.integer = 2, .number = 0.3, .rows = &five, .keys = &twice}},
    {OP_FUSED_ATTENTION, 1, {M(37, 27)}, {.integer = 1, .number = 0.2, .size = {1, 0}}},
    {OP_FUSED_ATTENTION_GRADIENT, 2, {M(5, 6), M(5, 18)}, {.integer = 2, .number = 0.7}},
    {OP_FUSED_ATTENTION_GRADIENT, 2, {M(37, 9), M(37, 27)},
     {.integer = 1, .number = 0.2, .size = {1, 0}}},
    {OP_FUSED_ATTENTION_GRADIENT, 3, {M(5, 16), M(5, 16), M(7, 32)},
     {.integer = 2, .number = 0.3, .rows = &five, .keys = &twice}},
    {OP_FUSED_ATTENTION_GRADIENT, 3, {M(5, 6), M(5, 6), M(7, 12)},
     {.integer = 3, .number = 1, .size = {0, 1}, .rows = &five, .keys = &seven}},
    {OP_FUSED_NORM, 3, {M(5, 7), V(7), V(7)}, {.number = 1e-5}},
    {OP_FUSED_NORM, 2, {M(3, 37), V(37)}, {.number = 1e-5}},
    {OP_FUSED_NORM, 1, {M(3, 2)}, {.number = 0.5}},
    {OP_FUSED_NORM_GRADIENT, 3, {M(5, 7), M(5, 7), V(7)}, {.number = 1e-5}},
    {OP_FUSED_NORM_GRADIENT, 2, {M(3, 37), M(3, 37)}, {.number = 1e-5}},
    {OP_GAMMA_GRADIENT, 2, {M(5, 37), M(5, 37)}, {.number = 1e-5}},
    {OP_FUSED_LOSS, 2, {M(5, 3), M(7, 3)}, {.ids = some_ids, .size = {5, 0}}},
    {OP_FUSED_LOSS, 2, {M(5, 3), M(37, 3)},
     {.ids = some_ids, .size = {5, 0}, .number = 0.1}},
    {OP_FUSED_LOSS_GRADIENT, 3, {V(1), M(5, 3), M(37, 3)},
     {.ids = some_ids, .size = {5, 0}, .number = 0.1}},
    {OP_ROWS_FROM, 1, {M(5, 3)}, {.integer = 2}},
    /* recurrence */
    {OP_RNN, 3, {M(5, 3), M(3, 3), V(3)}, {0}},
    {OP_RNN, 2, {M(1, 1), M(1, 1)}, {0}},
    {OP_RNN, 2, {M(2, 17), M(17, 17)}, {0}},
    {OP_RNN, 4, {M(4, 3), M(3, 3), V(3), M(1, 3)}, {0}},
    {OP_RNN, 4, {M(4, 3), M(3, 3), ABSENT, M(2, 3)}, {0}},
    {OP_RNN, 3, {M(5, 3), M(3, 3), V(3)}, {.rows = &five}},
    {OP_RNN, 4, {M(5, 3), M(3, 3), V(3), M(7, 3)}, {.rows = &five, .keys = &seven}},
    {OP_RNN, 4, {M(5, 2), M(2, 2), ABSENT, M(7, 2)}, {.rows = &five, .keys = &twice}},
    {OP_CARRY, 2, {M(7, 3), M(4, 3)}, {.integer = 5}},
    {OP_CARRY, 2, {M(7, 3), M(4, 3)}, {0}},
    {OP_JOIN, 2, {M(5, 3), M(5, 7)}, {0}},
    {OP_JOIN, 2, {M(1, 1), M(1, 2)}, {0}},
    {OP_COLUMNS, 1, {M(5, 7)}, {.integer = 2, .size = {0, 4}}},
    {OP_COLUMNS, 1, {M(1, 2)}, {.integer = 1, .size = {0, 1}}},
    {OP_TANH, 1, {M(3, 37)}, {0}},
    {OP_TANH_GRADIENT, 2, {M(3, 37), M(3, 37)}, {0}},
    {OP_RNN_GRADIENT, 3, {M(5, 3), M(3, 3), M(5, 3)}, {0}},
    {OP_RNN_GRADIENT, 3, {M(5, 3), M(3, 3), M(5, 3)}, {.rows = &five}},
    {OP_ROWS_BEFORE, 1, {M(5, 3)}, {0}},
    {OP_ROWS_BEFORE, 2, {M(5, 3), M(2, 3)}, {0}},
    {OP_ROWS_BEFORE, 2, {M(5, 3), M(7, 3)}, {.rows = &five, .keys = &seven}},
    {OP_START_GRADIENT, 2, {M(5, 3), M(3, 3)}, {.size = {2, 0}}},
    {OP_START_GRADIENT, 2, {M(5, 3), M(3, 3)}, {.rows = &five, .keys = &seven}},
    {OP_START_GRADIENT, 2, {M(5, 3), M(3, 3)}, {.rows = &five, .keys = &twice}},
};
#define CASES (sizeof cases / sizeof *cases)

#endif
