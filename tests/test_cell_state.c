/* The lines of opened numbers: the largest first, and nothing is lost in the rest. */
#include "screen/cell_state.h"

#include "toy.h"

#include <math.h>

/* What a term is ordered by. */
static double size_of(const struct step *s, double value)
{
    return s->kind == STEP_MAX ? value : s->kind == STEP_MIN ? -value : fabs(value);
}

static long terms_of(const struct explanation *x)
{
    long count = 0;
    for (int i = 0; i < x->count; i++)
        count += x->steps[i].count;
    return count;
}

/* Terms fall, every one is there or in the rest, and together they are the whole step. */
static void check_step(const struct explanation *x, const struct cell_lines *l, int step)
{
    const struct step *s = &x->steps[step];
    double last = INFINITY, sum = 0, running = 0, whole = 0, size = 1;
    long seen = 0;
    for (long i = 0; i < s->count; i++) {
        whole += s->terms[i].value;
        size += fabs(s->terms[i].value);
    }
    for (size_t i = 0; i < l->count; i++) {
        const struct cell_line *line = &l->items[i];
        if (line->step != step || line->kind == CELL_HEAD)
            continue;
        sum += line->value;
        running = line->running;
        seen += line->kind == CELL_TERM ? 1 : line->left;
        if (line->kind == CELL_TERM && s->kind != STEP_SHARE) {
            assert_true(size_of(s, line->value) <= last);
            last = size_of(s, line->value);
        }
    }
    assert_int_equal(seen, s->count);
    if (!isfinite(whole))
        return;
    assert_true(fabs(sum - whole) <= 1e-12 * size);
    assert_true(fabs(running - whole) <= 1e-12 * size);
    if (cell_step_adds(s) && s->count > 1)
        assert_true(fabs(sum - s->result) <= 1e-9 * size);
}

static void check_lines(const struct explanation *x, unsigned open)
{
    struct cell_lines l = cell_lines_of(x, open);
    long index = 0;
    for (size_t i = 0; i < l.count; i++) {
        const struct cell_line *line = &l.items[i];
        if (line->kind == CELL_HEAD)
            continue;
        assert_int_equal(line->index, index);
        const struct term *t = cell_term(x, open, index);
        if (line->kind == CELL_TERM)
            assert_ptr_equal(t, &x->steps[line->step].terms[line->term]);
        else
            assert_null(t);
        assert_int_equal(cell_rest(x, open, index),
                         line->kind == CELL_REST ? line->step : -1);
        index++;
    }
    assert_int_equal(index, cell_count(x, open));
    assert_null(cell_term(x, open, index));
    assert_null(cell_term(x, open, -2));
    for (int step = 0; step < x->count; step++)
        check_step(x, &l, step);
    if (open == ~0u)
        assert_int_equal(index, terms_of(x));
    free(l.items);
}

static void nothing_is_lost_in_the_rest(void **state)
{
    (void)state;
    struct toy toy;
    enum { WORDS = 20 };
    int32_t ids[WORDS];
    for (int i = 0; i < WORDS; i++)
        ids[i] = i * 5 % TOY_VOCABULARY;
    toy_open(&toy);
    struct plan *p = toy_plan(&toy, ids, WORDS);
    assert_int_equal(p->error.message[0], 0);
    struct trace *t = trace_new(p, &(struct trace_options){0}, NULL);
    for (int stage = 0; stage < (int)p->count; stage++) {
        long count = tensor_count(&p->stages[stage].shape);
        for (long cell = 0; cell < count; cell += 1 + count / 40) {
            struct explanation x = explain_cell(t, stage, cell);
            check_lines(&x, 0);
            check_lines(&x, 1);
            check_lines(&x, ~0u);
            explain_free(&x);
        }
    }
    trace_free(t);
    toy_close(&toy);
}

/* A softmax of many folds to few lines, all of whose steps are there; its own score is the
 * first line. */
static void every_step_of_a_softmax_is_seen(void **state)
{
    (void)state;
    struct toy toy;
    enum { WORDS = 40 };
    int32_t ids[WORDS] = {0};
    toy_open(&toy);
    struct plan *p = toy_plan(&toy, ids, WORDS);
    struct trace *t = trace_new(p, &(struct trace_options){0}, NULL);
    int stage = plan_find_role(p, ROLE_SOFTMAX);
    struct explanation x = explain_cell(t, stage, 30 * WORDS + 7);
    assert_int_equal(x.count, 4);
    struct cell_lines l = cell_lines_of(&x, 0);
    int heads = 0;
    for (size_t i = 0; i < l.count; i++)
        heads += l.items[i].kind == CELL_HEAD;
    assert_int_equal(heads, 2);
    assert_int_equal(l.count, 2 + CELL_TOP_CHOICE + 1 + CELL_TOP + 1 + 2);
    free(l.items);
    const struct term *first = cell_term(&x, 0, cell_first_line(&x, 0));
    assert_int_equal(first->operand[0].from.kind, REF_STAGE);
    assert_int_equal(first->operand[0].cell, x.cell);
    explain_free(&x);
    trace_free(t);
    toy_close(&toy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_in_the_rest),
        cmocka_unit_test(every_step_of_a_softmax_is_seen),
    };
    return cmocka_run_group_tests_name("cell_state", tests, NULL, NULL);
}
