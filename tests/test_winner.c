/* The cell that matters: found again by comparing every number of the row. */
#include "screen/winner.h"

#include "models.h"

#include <math.h>

static struct session *run(void)
{
    struct error e = {0};
    struct session *s =
        session_new(open_model(MODEL_DEFAULT), &(struct session_options){0});
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    return s;
}

static double number(const struct sheet *s, const struct tensor *t, struct place at,
                     long column)
{
    at.column = column;
    return tensor_get(t, sheet_cell(s, at));
}

/* No number of the row beats it, and none before it is as good. */
static void check_row(const struct sheet *s, const struct tensor *t, struct place at)
{
    long wins = winner_column(s, t, at);
    enum winner_rule rule = winner_rule(s);
    assert_true(wins >= 0 && wins < s->columns);
    if (rule == WINNER_FIRST) {
        assert_int_equal(wins, 0);
        return;
    }
    double best = number(s, t, at, wins);
    for (long i = 0; i < s->columns; i++) {
        double x = number(s, t, at, i);
        double a = rule == WINNER_SIZE ? fabs(x) : x;
        double b = rule == WINNER_SIZE ? fabs(best) : best;
        assert_true(i < wins ? a < b : a <= b);
    }
}

static void every_row_of_a_run_has_its_winner(void **state)
{
    (void)state;
    struct session *s = run();
    const struct plan *p = trace_plan(s->trace);
    for (int stage = 0; stage < (int)p->count; stage++) {
        struct exhibit x = exhibit_of_stage(s, stage);
        struct sheet sheet = sheet_of(&x, x.ref);
        const struct tensor *t = trace_acquire(s->trace, stage);
        enum role role = sheet.stage->role;
        if (role == ROLE_SOFTMAX || role == ROLE_LOGITS || role == ROLE_PROBABILITIES)
            assert_int_equal(winner_rule(&sheet), WINNER_LARGEST);
        struct place at = {0};
        for (; at.head < (sheet.heads ? sheet.heads : 1); at.head++)
            for (at.row = 0; at.row < sheet.rows; at.row++)
                check_row(&sheet, t, at);
        trace_release(s->trace, stage);
    }
    session_free(s);
}

/* What is masked or no number never wins over a number. */
static void infinities_and_nans_do_not_win(void **state)
{
    (void)state;
    double numbers[] = {NAN, -INFINITY, -5, 3, -4, NAN};
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {1, 6}, .f64 = numbers};
    struct stage mask = {.role = ROLE_MASK}, norm = {.role = ROLE_NORM};
    struct sheet s = {.stage = &mask, .rows = 1, .columns = 6};
    struct place at = {0};
    assert_int_equal(winner_column(&s, &t, at), 3);
    s.stage = &norm;
    assert_int_equal(winner_column(&s, &t, at), 2);
    s.stage = NULL; /* a weight */
    assert_int_equal(winner_column(&s, &t, at), 2);
    s.columns = 2;
    assert_int_equal(winner_column(&s, &t, at), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_a_run_has_its_winner),
        cmocka_unit_test(infinities_and_nans_do_not_win),
    };
    return cmocka_run_group_tests_name("winner", tests, NULL, NULL);
}
