/* Two runs of a stage: their difference, its largest numbers, and the cell opened in
 * both, also where a what-if has changed the order of the words. */
#include "screen/pair.h"

#include "models.h"

#include <math.h>

#define TEXT "나는 학교에 간다"

static struct session *run(const char *whatif)
{
    struct error e = {0};
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    struct session *s = session_new(shared_model(MODEL_DEFAULT), &options);
    struct whatifs list = {0};
    assert_int_equal(whatifs_add(&list, whatif, &e), 0);
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    assert_int_equal(session_set_whatifs(s, &list, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    whatifs_free(&list);
    return s;
}

static void make(struct pair *p, const char *whatif, const char *stage)
{
    struct error e = {0};
    struct session *s = run(whatif);
    assert_int_equal(pair_make(p, s, NULL, &e), 0);
    pair_look(p, plan_find(trace_plan(s->trace), stage));
    session_free(s);
}

/* Falling, none left out, and each is what is between the two runs. */
static void the_largest_differences_are_the_largest(void **state)
{
    (void)state;
    struct pair p = {0};
    make(&p, "no-mask", "decoder.1.self_attn.weights");
    const struct pair_pane *d = &p.panes[PAIR_DIFFERENCE];
    assert_true(p.largest_count > 1);
    double least = INFINITY;
    for (long i = 0; i < p.largest_count; i++) {
        struct place at = p.largest[i];
        double x = pair_value(&p, PAIR_DIFFERENCE, at);
        assert_near(x, pair_value(&p, PAIR_AFTER, at) - pair_value(&p, PAIR_BEFORE, at),
                    1e-12);
        assert_true(fabs(x) <= least && x != 0);
        least = fabs(x);
    }
    long larger = 0;
    for (long i = 0; i < tensor_count(&d->values); i++)
        larger += fabs(d->values.f64[i]) > least;
    assert_true(larger < p.largest_count);
    assert_near(fabs(pair_value(&p, PAIR_DIFFERENCE, p.largest[0])), p.most, 1e-12);
    pair_free(&p);
}

/* The opened cell is the number that stands in the pane, in both runs: of another order
 * it is the cell of the same tokens. */
static void the_cell_is_that_of_the_pane(void **state)
{
    (void)state;
    static const char *const whatifs[] = {"no-mask", "order=3,1,2"};
    for (int k = 0; k < 2; k++) {
        struct pair p = {0};
        make(&p, whatifs[k], "encoder.1.self_attn.weights");
        for (long row = 0; row < p.panes[PAIR_BEFORE].sheet.rows; row++) {
            pair_move_to(&p, (struct place){1, row, row ? 0 : 1});
            for (int i = 0; i < PAIR_RUNS; i++)
                if (p.has[i])
                    assert_near(p.x[i].value, pair_value(&p, i, p.at), 1e-9);
            assert_true(p.has[PAIR_BEFORE]);
        }
        pair_free(&p);
    }
}

/* Two sentences have no difference, and keep where they are looked at. */
static void sentences_have_no_difference(void **state)
{
    (void)state;
    struct error e = {0};
    struct pair p = {0};
    make(&p, "no-ffn", "encoder.0.self_attn.scores");
    int stage = p.stage;
    struct session *s = run("no-ffn");
    assert_int_equal(pair_count(&p), PAIR_PANES);
    assert_int_equal(pair_make(&p, s, "개가 고양이를 쫓는다", &e), 0);
    assert_int_equal(pair_count(&p), PAIR_RUNS);
    assert_int_equal(p.stage, stage);
    pair_look(&p, p.stage);
    assert_true(p.has[PAIR_BEFORE] && p.has[PAIR_AFTER]);
    assert_int_equal(p.largest_count, 0);
    session_free(s);
    pair_free(&p);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_differences_are_the_largest),
        cmocka_unit_test(the_cell_is_that_of_the_pane),
        cmocka_unit_test(sentences_have_no_difference),
    };
    return cmocka_run_group_tests_name("pair", tests, NULL, NULL);
}
