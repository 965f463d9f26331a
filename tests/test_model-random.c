/* The weights of a model before training: where each kind begins, and within which bounds. */
#include "models.h"

#include "base/memory.h"

#include <math.h>

/* What a weight begins with, told by its name: a bias with zeros, the scale of a norm with
 * ones, a table of embeddings with N(0, 1/columns), all else Xavier uniform. */
enum kind { ZEROS, ONES, TABLE, XAVIER };

#define SHORT 1e-6 /* of a length of 1 */

static enum kind kind_of(const struct weight *w)
{
    if (strstr(w->name, "embedding"))
        return TABLE;
    if (strstr(w->name, "bias"))
        return ZEROS;
    return strstr(w->name, "norm") ? ONES : XAVIER;
}

static double largest(const struct tensor *t)
{
    double most = 0;
    for (long i = 0; i < tensor_count(t); i++)
        most = fmax(most, fabs(tensor_get(t, i)));
    return most;
}

/* The mean of the squares. */
static double power(const struct tensor *t)
{
    double sum = 0;
    for (long i = 0; i < tensor_count(t); i++)
        sum += tensor_get(t, i) * tensor_get(t, i);
    return sum / (double)tensor_count(t);
}

static void check_weight(const struct weight *w)
{
    const struct tensor *t = &w->tensor;
    double rows = (double)t->size[0], columns = (double)tensor_columns(t);
    double bound = sqrt(6 / (rows + columns));
    switch (kind_of(w)) {
    case ZEROS:
        assert_true(largest(t) == 0);
        break;
    case ONES:
        for (long i = 0; i < tensor_count(t); i++)
            assert_true(tensor_get(t, i) == 1);
        break;
    case TABLE:
        assert_near(power(t) * columns, 1, 0.1);
        break;
    case XAVIER:
        /* uniform: the largest of thousands lies at the bound, the mean square at a third
         * of its square */
        assert_true(largest(t) <= bound);
        assert_true(largest(t) > 0.99 * bound);
        assert_near(power(t), bound * bound / 3, 0.05 * bound * bound);
        break;
    }
}

static void check_all(const struct model *m)
{
    long seen[XAVIER + 1] = {0};
    for (size_t i = 0; i < m->weights.count; i++) {
        check_weight(&m->weights.items[i]);
        seen[kind_of(&m->weights.items[i])]++;
    }
    for (int kind = 0; kind <= XAVIER; kind++)
        assert_true(seen[kind] > 0);
}

static void untrained_weights_are_xavier_uniform(void **state)
{
    (void)state;
    struct model *m = open_model("random:d_model=32,nhead=4,dim_feedforward=96,"
                                 "vocab_size=100,seed=1");
    check_all(m);
    model_free(m);
}

/* What the what-if random-weights gives instead of the trained weights. */
static void so_are_those_of_a_trained_model_before_training(void **state)
{
    (void)state;
    struct model *m = open_model("ko-en"), *twin = model_random_twin(m, 7);
    check_all(twin);
    model_free(twin);
    model_free(m);
}

static void another_seed_gives_other_weights(void **state)
{
    (void)state;
    struct model *m[3];
    for (int i = 0; i < 3; i++) {
        char *text = mem_format("random:d_model=8,nhead=2,seed=%d", i == 1 ? 2 : 1);
        m[i] = open_model(text);
        free(text);
    }
    const struct tensor *a = &m[0]->weights.items[0].tensor;
    size_t bytes = tensor_bytes(a);
    assert_true(memcmp(a->data, m[1]->weights.items[0].tensor.data, bytes) != 0);
    assert_memory_equal(a->data, m[2]->weights.items[0].tensor.data, bytes);
    for (int i = 0; i < 3; i++)
        model_free(m[i]);
}

/* What is handed on from state to state begins as a rotation: rows of length 1 at right
 * angles. */
static void states_begin_by_turning(void **state)
{
    (void)state;
    struct model *m = open_model("random:model_type=rnn,d_model=37,seed=4");
    for (int stack = 0; stack < 2; stack++) {
        const char *name =
            stack ? "decoder.rnn.weight_hh_l0" : "encoder.rnn.weight_hh_l0";
        const struct tensor *t =
            &m->weights.items[weights_find(&m->weights, name)].tensor;
        for (long a = 0; a < 37; a++)
            for (long b = 0; b < 37; b++) {
                double dot = 0;
                for (long i = 0; i < 37; i++)
                    dot += tensor_get(t, a * 37 + i) * tensor_get(t, b * 37 + i);
                assert_near(dot, a == b, SHORT);
            }
    }
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(untrained_weights_are_xavier_uniform),
        cmocka_unit_test(so_are_those_of_a_trained_model_before_training),
        cmocka_unit_test(another_seed_gives_other_weights),
        cmocka_unit_test(states_begin_by_turning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
