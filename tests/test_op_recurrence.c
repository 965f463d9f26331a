/* What a recurrent layer does at the ends of sentences; its arithmetic is tested with that
 * of all ops. */
#include "numbers/op.h"

#include "base/random.h"
#include "ops_cases.h"

#define D 3

static struct tensor matrix(float *numbers, long rows)
{
    return (struct tensor){
        .type = TENSOR_F32, .rank = 2, .size = {rows, D}, .f32 = numbers};
}

static void fill(float *numbers, long n, uint64_t seed)
{
    struct random r = random_seed(seed);
    for (long i = 0; i < n; i++)
        numbers[i] = (float)random_normal(&r);
}

/* Each sentence of a pack is what it is alone, from the last state of its partner. */
static void packed_sentences_are_as_alone(void **state)
{
    (void)state;
    float numbers[5 * D], weights[D * D], states[7 * D], packed[5 * D], alone[5 * D];
    fill(numbers, 5 * D, 1);
    fill(weights, D * D, 2);
    fill(states, 7 * D, 3);
    struct tensor a = matrix(numbers, 5), w = matrix(weights, D), h = matrix(packed, 5);
    struct tensor initial = matrix(states, 7);
    struct op_call all = {.in = {&a, &w, NULL, &initial},
                          .params = {.rows = &five, .keys = &seven},
                          .out = &h};
    op_rnn.forward(&all);
    for (long i = 0; i < five.count; i++) {
        struct segment s = five.spans[i], k = seven.spans[i];
        struct tensor mine = matrix(numbers + s.start * D, s.count);
        struct tensor last = matrix(states + (k.start + k.count - 1) * D, 1);
        struct tensor out = matrix(alone + s.start * D, s.count);
        struct op_call one = {.in = {&mine, &w, NULL, &last}, .out = &out};
        op_rnn.forward(&one);
    }
    assert_memory_equal(packed, alone, sizeof packed);
}

/* A sentence does not know the one before it, nor what follows in itself. */
static void a_state_knows_only_what_was_read(void **state)
{
    (void)state;
    float numbers[5 * D], weights[D * D], before[5 * D], after[5 * D];
    fill(numbers, 5 * D, 4);
    fill(weights, D * D, 5);
    struct tensor a = matrix(numbers, 5), w = matrix(weights, D), h = matrix(before, 5);
    struct op_call call = {.in = {&a, &w}, .params.rows = &five, .out = &h};
    op_rnn.forward(&call);
    for (long row = 0; row < 5; row++) {
        numbers[row * D] += 1;
        h.f32 = after;
        op_rnn.forward(&call);
        numbers[row * D] -= 1;
        for (long r = 0; r < 5; r++) {
            bool same = !memcmp(before + r * D, after + r * D, sizeof(float) * D);
            bool follows = r >= row && (r < 2) == (row < 2); /* two rows, then three */
            assert_true(same == !follows);
        }
    }
}

/* A sentence without rows in the initial states starts from 0. */
static void nothing_to_start_from_is_zero(void **state)
{
    (void)state;
    static const struct segment empty[] = {{0, 0, 0}, {0, 2, 0}};
    static const struct pack keys = {empty, 2, 2, 2, 9};
    float numbers[5 * D], weights[D * D], states[2 * D], with[5 * D], without[5 * D];
    fill(numbers, 5 * D, 6);
    fill(weights, D * D, 7);
    fill(states, 2 * D, 8);
    struct tensor a = matrix(numbers, 5), w = matrix(weights, D);
    struct tensor initial = matrix(states, 2), h = matrix(with, 5);
    struct op_call call = {.in = {&a, &w, NULL, &initial},
                           .params = {.rows = &five, .keys = &keys},
                           .out = &h};
    op_rnn.forward(&call);
    h.f32 = without;
    call.in[3] = NULL;
    op_rnn.forward(&call);
    assert_memory_equal(with, without, sizeof(float) * 2 * D);
    assert_memory_not_equal(with + 2 * D, without + 2 * D, sizeof(float) * 3 * D);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_sentences_are_as_alone),
        cmocka_unit_test(a_state_knows_only_what_was_read),
        cmocka_unit_test(nothing_to_start_from_is_zero),
    };
    return cmocka_run_group_tests_name("op_recurrence", tests, NULL, NULL);
}
