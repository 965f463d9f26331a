/* The ops of lessons against PyTorch (tests/reference/ops.py): the fast form and the naive
 * one, on every case that the golden file holds. */
#include "model/safetensors.h"

#include "base/memory.h"
#include "numbers/ops.h"

#include "support.h"

#define GOLDEN "tests/data/golden/ops.safetensors"

static const struct {
    const char *name;
    enum op_id op;
    const char *inputs[2]; /* names in the file */
} ops[] = {
    {"cosine", OP_COSINE, {"a", "b"}},     {"share", OP_SHARE, {"x", NULL}},
    {"center", OP_CENTER, {"x", NULL}},    {"pca_axes", OP_PCA_AXES, {"x", NULL}},
    {"subtract", OP_SUBTRACT, {"a", "b"}}, {"multiply", OP_MULTIPLY, {"a", "b"}},
    {"abs", OP_ABS, {"x", NULL}},          {"sign", OP_SIGN, {"x", NULL}},
    {"exp", OP_EXP, {"x", NULL}},          {"log", OP_LOG, {"x", NULL}},
    {"sqrt", OP_SQRT, {"x", NULL}},        {"sin", OP_SIN, {"x", NULL}},
    {"cos", OP_COS, {"x", NULL}},          {"tanh", OP_TANH, {"x", NULL}},
    {"greater", OP_GREATER, {"a", "b"}},   {"not_less", OP_NOT_LESS, {"a", "b"}},
    {"equal", OP_EQUAL, {"a", "b"}},       {"divide", OP_DIVIDE, {"a", "b"}},
    {"concat", OP_CONCAT, {"a", "b"}},     {"transpose", OP_TRANSPOSE, {"x", NULL}},
    {"rms_norm", OP_RMS_NORM, {"a", "b"}}, {"rotate", OP_ROTATE, {"x", NULL}},
    {"sum", OP_SUM, {"x", NULL}},          {"mean", OP_MEAN, {"x", NULL}},
    {"max", OP_MAX, {"x", NULL}},          {"min", OP_MIN, {"x", NULL}},
    {"std", OP_STD, {"x", NULL}},          {"norm", OP_NORM, {"x", NULL}},
    {"entropy", OP_ENTROPY, {"x", NULL}},
};

/* "cosine.1.a", or NULL. */
static const struct tensor *find(const struct safetensors *f, const char *op, int number,
                                 const char *part)
{
    char *name = mem_format("%s.%d.%s", op, number, part);
    int i = weights_find(&f->weights, name);
    free(name);
    return i < 0 ? NULL : &f->weights.items[i].tensor;
}

static void check_form(struct op_call call, void (*run)(const struct op_call *),
                       enum tensor_type type, const struct tensor *want)
{
    struct tensor out = *call.out;
    out.type = type;
    out.data = mem_alloc((size_t)tensor_count(&out), tensor_type_size(type));
    call.out = &out;
    run(&call);
    assert_near(tensor_max_difference(&out, want), 0, 2e-6);
    free(out.data);
}

/* False when the file has no such case. */
static bool check_case(const struct safetensors *f, size_t i, int number)
{
    struct error e = {0};
    struct tensor shape;
    struct op_call call = {.out = &shape};
    call.params.size[0] = ops[i].op == OP_ROTATE; /* each row by its place */
    if (op_get(ops[i].op)->form.axes == AXES_ONE)
        call.params.number = number - 1; /* of all numbers, each column, each row */
    for (int k = 0; k < 2 && ops[i].inputs[k]; k++)
        call.in[k] = find(f, ops[i].name, number, ops[i].inputs[k]);
    const struct tensor *want = find(f, ops[i].name, number, "y");
    if (!want)
        return false;
    if (op_set_shape(ops[i].op, &call, &e) < 0)
        fail_msg("%s.%d: %s", ops[i].name, number, e.message);
    assert_int_equal(tensor_count(&shape), tensor_count(want));
    check_form(call, op_get(ops[i].op)->forward, TENSOR_F32, want);
    check_form(call, op_get(ops[i].op)->naive, TENSOR_F64, want);
    return true;
}

static void ops_equal_pytorch(void **state)
{
    (void)state;
    struct error e = {0};
    struct safetensors *f = safetensors_open(GOLDEN, &e);
    if (!f)
        fail_msg("%s", e.message);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        int number = 1;
        while (check_case(f, i, number))
            number++;
        if (number == 1)
            fail_msg("the golden file has no case of %s", ops[i].name);
    }
    safetensors_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ops_equal_pytorch)};
    return cmocka_run_group_tests_name("safetensors-ops", tests, NULL, NULL);
}
