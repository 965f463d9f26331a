#include "numbers/trace.h"

#include "base/memory.h"
#include "toy.h"

static const int32_t ids[] = {3, 0, 5};

static struct trace *open_trace(const struct toy *toy, size_t budget, enum engine engine)
{
    struct trace_options options = {.engine = engine, .budget = budget};
    return trace_new(toy_plan(toy, ids, 3), &options, NULL);
}

/* Whether `stage` is `of` or one of the stages that it is made of. */
static bool is_ancestor(const struct plan *p, int stage, int of)
{
    if (stage == of)
        return true;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (p->stages[of].in[i].kind == REF_STAGE &&
            is_ancestor(p, stage, p->stages[of].in[i].index))
            return true;
    return false;
}

static void a_fresh_trace_has_computed_nothing(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct trace *t = open_trace(&toy, 0, ENGINE_FAST);
    assert_int_equal(trace_computed(t), 0);
    assert_int_equal(trace_bytes(t), 0);
    assert_int_equal(trace_engine(t), ENGINE_FAST);
    for (int i = 0; i < (int)trace_plan(t)->count; i++)
        assert_false(trace_has(t, i));
    trace_free(t);
    trace_free(NULL);
    toy_close(&toy);
}

static void a_stage_computes_its_ancestors_only(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    int count = 17;
    for (int stage = 0; stage < count; stage++) {
        struct trace *t = open_trace(&toy, 0, ENGINE_FAST);
        assert_int_equal(trace_plan(t)->count, count);
        trace_acquire(t, stage);
        long ancestors = 0;
        for (int i = 0; i < count; i++) {
            bool needed = is_ancestor(trace_plan(t), i, stage);
            assert_int_equal(trace_has(t, i), needed);
            ancestors += needed;
        }
        assert_int_equal(trace_computed(t), ancestors);
        trace_release(t, stage);
        trace_free(t);
    }
    toy_close(&toy);
}

static void a_value_is_computed_once(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct trace *t = open_trace(&toy, 0, ENGINE_FAST);
    const struct tensor *first = trace_acquire(t, 7);
    long computed = trace_computed(t);
    assert_ptr_equal(trace_acquire(t, 7), first);
    assert_int_equal(trace_computed(t), computed);
    assert_int_equal(trace_pins(t, 7), 2);
    trace_release(t, 7);
    trace_release(t, 7);
    assert_int_equal(trace_pins(t, 7), 0);
    trace_compute_all(t);
    trace_compute_all(t);
    assert_int_equal(trace_computed(t), (long)trace_plan(t)->count);
    trace_free(t);
    toy_close(&toy);
}

static void bytes_are_those_of_the_values(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    for (int engine = 0; engine < 2; engine++) {
        struct trace *t = open_trace(&toy, 0, engine ? ENGINE_REFERENCE : ENGINE_FAST);
        trace_compute_all(t);
        size_t sum = 0;
        for (int i = 0; i < (int)trace_plan(t)->count; i++) {
            const struct tensor *v = trace_acquire(t, i);
            bool of_ids = trace_plan(t)->stages[i].shape.type == TENSOR_I32;
            assert_int_equal(v->type, of_ids   ? TENSOR_I32
                                      : engine ? TENSOR_F64
                                               : TENSOR_F32);
            sum += tensor_bytes(v);
            trace_release(t, i);
        }
        assert_int_equal(trace_bytes(t), sum);
        trace_free(t);
    }
    toy_close(&toy);
}

/* With room for one small value, everything else is dropped and computed again. */
static void a_tiny_budget_is_kept(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct trace *small = open_trace(&toy, 80, ENGINE_FAST);
    struct trace *large = open_trace(&toy, 0, ENGINE_FAST);
    for (int i = (int)trace_plan(small)->count - 1; i >= 0; i--) {
        assert_true(trace_difference(small, large, i, NULL) == 0);
        assert_true(trace_bytes(small) <= 80);
    }
    long held = 0;
    for (int i = 0; i < (int)trace_plan(small)->count; i++)
        held += trace_has(small, i);
    assert_true(held < (long)trace_plan(small)->count / 2);
    assert_true(trace_computed(small) > trace_computed(large));
    trace_free(small);
    trace_free(large);
    toy_close(&toy);
}

/* A pinned value keeps its place and its bytes while all others are computed and dropped.
 */
static void nothing_is_overwritten(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    for (int stage = 0; stage < 17; stage++) {
        struct trace *t = open_trace(&toy, 1, ENGINE_FAST);
        const struct tensor *v = trace_acquire(t, stage);
        void *data = v->data, *copy = mem_bytes(data, tensor_bytes(v));
        for (int round = 0; round < 2; round++)
            trace_compute_all(t);
        assert_true(trace_has(t, stage));
        assert_ptr_equal(trace_acquire(t, stage)->data, data);
        assert_memory_equal(data, copy, tensor_bytes(v));
        assert_int_equal(trace_bytes(t), tensor_bytes(v));
        trace_release(t, stage);
        trace_release(t, stage);
        assert_false(trace_has(t, stage));
        assert_int_equal(trace_bytes(t), 0);
        free(copy);
        trace_free(t);
    }
    toy_close(&toy);
}

static void the_longest_unused_is_dropped_first(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    /* tokens 12 bytes, embedding and position 48 each */
    struct trace *t = open_trace(&toy, 12 + 48 + 48, ENGINE_FAST);
    int tokens = plan_find(trace_plan(t), "src.tokens");
    int embedding = plan_find(trace_plan(t), "src.embedding");
    int position = plan_find(trace_plan(t), "src.position");
    trace_acquire(t, embedding);
    trace_release(t, embedding);
    trace_acquire(t, position);
    trace_release(t, position);
    trace_acquire(t, tokens);
    trace_release(t, tokens);
    assert_int_equal(trace_bytes(t), 108);
    int query = plan_find(trace_plan(t), "src.input");
    trace_acquire(t, query); /* pins embedding and position while it is computed */
    assert_false(trace_has(t, tokens));
    trace_release(t, query);
    assert_true(trace_has(t, query));
    assert_true(trace_bytes(t) <= 108);
    trace_free(t);
    toy_close(&toy);
}

static void equal_stages_are_shared(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct trace *old = open_trace(&toy, 0, ENGINE_FAST);
    trace_compute_all(old);
    const int32_t changed[] = {3, 0, 4};
    struct trace *new =
        trace_new(toy_plan(&toy, changed, 3), &(struct trace_options){0}, old);
    struct trace *same =
        trace_new(toy_plan(&toy, ids, 3), &(struct trace_options){0}, old);
    int position = plan_find(trace_plan(old), "src.position");
    for (int i = 0; i < (int)trace_plan(new)->count; i++) {
        assert_int_equal(trace_has(new, i), i == position);
        assert_true(trace_has(same, i));
        assert_ptr_equal(trace_acquire(same, i), trace_acquire(old, i));
        trace_release(same, i);
        trace_release(old, i);
    }
    assert_int_equal(trace_computed(same), 0);
    assert_int_equal(trace_bytes(same), trace_bytes(old));
    const struct tensor *kept = trace_acquire(new, position);
    trace_free(old);
    trace_free(same);
    assert_true(kept->f32[1] == 1); /* cos(0): it lives on in the new trace */
    trace_release(new, position);
    trace_compute_all(new);
    assert_int_equal(trace_computed(new), (long)trace_plan(new)->count - 1);
    trace_free(new);
    toy_close(&toy);
}

/* Dropping a shared value in one trace leaves it in the other. */
static void sharing_survives_dropping(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct trace *old = open_trace(&toy, 0, ENGINE_FAST);
    trace_compute_all(old);
    struct trace *new = trace_new(toy_plan(&toy, ids, 3),
                                  &(struct trace_options){.budget = 1}, old);
    trace_acquire(new, 0);
    trace_release(new, 0);
    assert_int_equal(trace_bytes(new), 0);
    struct trace *fresh = open_trace(&toy, 0, ENGINE_FAST);
    for (int i = 0; i < (int)trace_plan(old)->count; i++) {
        assert_true(trace_has(old, i));
        assert_true(trace_difference(old, fresh, i, NULL) == 0);
        assert_true(trace_difference(new, fresh, i, NULL) == 0);
    }
    trace_free(old);
    trace_free(new);
    trace_free(fresh);
    toy_close(&toy);
}

static void engines_do_not_share(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct trace *fast = open_trace(&toy, 0, ENGINE_FAST);
    trace_compute_all(fast);
    struct trace_options reference = {.engine = ENGINE_REFERENCE};
    struct trace *slow = trace_new(toy_plan(&toy, ids, 3), &reference, fast);
    for (int i = 0; i < (int)trace_plan(slow)->count; i++) {
        double limit, difference;
        assert_false(trace_has(slow, i));
        difference = trace_difference(fast, slow, i, &limit);
        assert_true(limit >= 2e-5);
        assert_true(difference <= limit);
    }
    trace_free(fast);
    trace_free(slow);
    toy_close(&toy);
}

static void references_to_weights_need_no_pin(void **state)
{
    (void)state;
    struct toy toy;
    toy_open(&toy);
    struct trace *t = open_trace(&toy, 0, ENGINE_FAST);
    const struct plan *p = trace_plan(t);
    struct ref table = p->stages[plan_find(p, "src.embedding")].in[1];
    assert_int_equal(table.kind, REF_WEIGHT);
    assert_ptr_equal(trace_acquire_ref(t, table)->f32, toy.numbers);
    trace_release_ref(t, table);
    assert_null(trace_acquire_ref(t, (struct ref){0}));
    trace_release_ref(t, (struct ref){0});
    assert_int_equal(trace_computed(t), 0);
    trace_free(t);
    toy_close(&toy);
}

/* ---- feeds ---- */

/* Embedding, learned positions and scores of the sentences of a feed. */
static struct plan *fed_plan(const struct toy *toy, const struct feed *feed)
{
    struct plan *p = plan_new(&toy->weights);
    plan_set_feed(p, feed);
    struct ref no = {0}, table = plan_weight(p, "emb.weight", "W_E");
    struct op_params none = {0}, rows = {.rows = plan_pack(p, PACK_SOURCE)};
    struct op_params meet = {.rows = rows.rows, .keys = rows.rows};
    struct ref t = toy_stage(p, "tokens", "t", OP_TOKENS, ROLE_TOKENS, no, no, no, rows);
    struct ref e =
        toy_stage(p, "embedding", "E", OP_GATHER, ROLE_EMBEDDING, t, table, no, none);
    struct ref at =
        toy_stage(p, "position", "P", OP_ROWS, ROLE_POSITION, table, no, no, rows);
    struct ref x = toy_stage(p, "input", "X", OP_ADD, ROLE_INPUT, e, at, no, none);
    toy_stage(p, "scores", "S", OP_SCORES, ROLE_SCORES, x, x, no, meet);
    assert_false(p->error.set);
    return p;
}

static struct feed feed_of(const int32_t *given, const struct segment *spans, long count)
{
    const struct segment *last = &spans[count - 1];
    struct feed_side side = {given, spans, last->start + last->count, count};
    return (struct feed){.source = side};
}

/* As if it had been made for the feed, to the bit. */
static void is_as_fresh(const struct toy *toy, struct trace *t, const struct feed *feed)
{
    struct trace *fresh =
        trace_new(fed_plan(toy, feed), &(struct trace_options){0}, NULL);
    for (int i = 0; i < (int)trace_plan(t)->count; i++) {
        const struct tensor *a = trace_acquire(t, i), *b = trace_acquire(fresh, i);
        assert_memory_equal(a->size, b->size, sizeof a->size);
        assert_memory_equal(a->data, b->data, tensor_bytes(b));
        trace_release(t, i);
        trace_release(fresh, i);
    }
    trace_free(fresh);
}

static const int32_t words[] = {1, 5, 0, 2, 2, 3, 4};
static const struct segment thirds[] = {{0, 3, 0}, {3, 1, 0}, {4, 3, 0}};
static const struct segment halves[] = {{0, 2, 0}, {2, 5, 0}};

static void a_fed_trace_is_as_a_new_one(void **state)
{
    (void)state;
    struct toy toy;
    struct error e = {0};
    const int32_t others[] = {0, 0, 5, 4, 3, 2, 1};
    toy_open(&toy);
    struct feed feeds[] = {feed_of(words, thirds, 3), feed_of(others, thirds, 3),
                           feed_of(words, halves, 2), feed_of(words, thirds, 1),
                           feed_of(words, thirds, 3)};
    struct trace *t =
        trace_new(fed_plan(&toy, &feeds[0]), &(struct trace_options){0}, NULL);
    int position = plan_find(trace_plan(t), "position");
    is_as_fresh(&toy, t, &feeds[0]);
    for (int i = 1; i < 5; i++) {
        assert_int_equal(trace_feed(t, &feeds[i], &e), 0);
        for (int k = 0; k < (int)trace_plan(t)->count; k++)
            assert_int_equal(trace_has(t, k), i == 1 && k == position);
        is_as_fresh(&toy, t, &feeds[i]);
    }
    trace_free(t);
    toy_close(&toy);
}

/* The memory of a value is used again only where no other trace holds it. */
static void a_feed_leaves_shared_values(void **state)
{
    (void)state;
    struct toy toy;
    struct error e = {0};
    toy_open(&toy);
    struct feed first = feed_of(words, thirds, 3), second = feed_of(words, halves, 2);
    struct trace *old =
        trace_new(fed_plan(&toy, &first), &(struct trace_options){0}, NULL);
    trace_compute_all(old);
    struct trace *t = trace_new(fed_plan(&toy, &first), &(struct trace_options){0}, old);
    assert_int_equal(trace_bytes(t), trace_bytes(old));
    assert_int_equal(trace_feed(t, &second, &e), 0);
    assert_int_equal(trace_bytes(t), 0);
    is_as_fresh(&toy, t, &second);
    assert_int_equal(trace_computed(old), (long)trace_plan(old)->count);
    is_as_fresh(&toy, old, &first);
    trace_free(old);
    is_as_fresh(&toy, t, &second);
    trace_free(t);
    toy_close(&toy);
}

static void a_feed_that_does_not_fit(void **state)
{
    (void)state;
    struct toy toy;
    struct error e = {0};
    const struct segment whole = {0, 7, 0};
    toy_open(&toy);
    struct feed first = feed_of(words, thirds, 3), second = feed_of(words, &whole, 1);
    struct trace *t =
        trace_new(fed_plan(&toy, &first), &(struct trace_options){0}, NULL);
    trace_compute_all(t);
    assert_int_equal(trace_feed(t, &second, &e), -1);
    assert_contains(e.message, "a row for every position");
    trace_free(t);
    toy_close(&toy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_trace_has_computed_nothing),
        cmocka_unit_test(a_stage_computes_its_ancestors_only),
        cmocka_unit_test(a_value_is_computed_once),
        cmocka_unit_test(bytes_are_those_of_the_values),
        cmocka_unit_test(a_tiny_budget_is_kept),
        cmocka_unit_test(nothing_is_overwritten),
        cmocka_unit_test(the_longest_unused_is_dropped_first),
        cmocka_unit_test(equal_stages_are_shared),
        cmocka_unit_test(sharing_survives_dropping),
        cmocka_unit_test(engines_do_not_share),
        cmocka_unit_test(references_to_weights_need_no_pin),
        cmocka_unit_test(a_fed_trace_is_as_a_new_one),
        cmocka_unit_test(a_feed_leaves_shared_values),
        cmocka_unit_test(a_feed_that_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
