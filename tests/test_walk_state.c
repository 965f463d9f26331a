/* The walk over a run that is fed given words, as a lesson opens it: other what-ifs keep
 * the words, so that rows can be compared; another sentence has its own again. */
#include "screen/walk_state.h"

#include "base/memory.h"
#include "models.h"
#include "screen/winner.h"

#define TEXT "나는 학교에 간다"
#define STAGE "decoder.1.cross_attn.weights"

static struct session *run(const char *text)
{
    struct error e = {0};
    struct session *s =
        session_new(open_model(MODEL_DEFAULT), &(struct session_options){0});
    assert_int_equal(session_set_text(s, text, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    return s;
}

/* Under no-ffn, fed the words of the intact run, at a cell. */
static struct walk *open_walk(struct session *intact)
{
    struct error e = {0};
    struct whatifs list = {0};
    assert_int_equal(whatifs_add(&list, "no-ffn", &e), 0);
    struct session *s = session_fork(
        intact, &(struct session_change){.whatifs = &list, .fed = intact}, &e);
    assert_non_null(s);
    whatifs_free(&list);
    struct exhibit x = exhibit_of_stage(s, plan_find(trace_plan(s->trace), STAGE));
    x.at = (struct place){1, 2, 3};
    return walk_new(x);
}

static double value_here(const struct walk *w)
{
    return tensor_get(w->values, sheet_cell(&w->sheet, w->shown.at));
}

static double value_in(struct session *s, struct place at)
{
    struct exhibit x = exhibit_of_stage(s, plan_find(trace_plan(s->trace), STAGE));
    struct sheet sheet = sheet_of(&x, x.ref);
    double value =
        tensor_get(trace_acquire(s->trace, x.ref.index), sheet_cell(&sheet, at));
    trace_release(s->trace, x.ref.index);
    return value;
}

static void opens_at_the_cell(void **state)
{
    (void)state;
    struct session *intact = run(TEXT);
    struct walk *w = open_walk(intact);
    assert_string_equal(stage_id(w->sheet.stage), STAGE);
    assert_int_equal(w->shown.at.head, 1);
    assert_int_equal(w->shown.at.row, 2);
    assert_int_equal(w->shown.at.column, 3);
    assert_string_equal(w->badge, "no-ffn");
    assert_int_equal(w->sheet.rows, intact->targets);
    assert_true(value_here(w) == value_in(w->session, w->shown.at));
    walk_free(w);
    session_free(intact);
}

static void other_whatifs_keep_the_words(void **state)
{
    (void)state;
    struct error e = {0};
    const struct whatifs none = {0};
    struct session *intact = run(TEXT);
    struct walk *w = open_walk(intact);
    double changed = value_here(w);
    assert_int_equal(walk_set_whatifs(w, &none, &e), 0);
    assert_null(w->badge);
    assert_string_equal(stage_id(w->sheet.stage), STAGE);
    assert_int_equal(w->session->targets, intact->targets);
    assert_true(value_here(w) == value_in(intact, w->shown.at));
    assert_true(value_here(w) != changed);
    assert_true(!w->proof.failed);
    walk_free(w);
    session_free(intact);
}

static void another_sentence_has_its_own_words(void **state)
{
    (void)state;
    struct error e = {0};
    const struct whatifs none = {0};
    struct session *intact = run(TEXT), *other = run("물을 마신다");
    struct walk *w = open_walk(intact);
    assert_true(w->session->forced);
    assert_int_equal(walk_set_whatifs(w, &none, &e), 0);
    assert_int_equal(walk_set_text(w, "물을 마신다", &e), 0);
    assert_false(w->session->forced);
    assert_int_equal(w->session->targets, other->targets);
    assert_string_equal(w->shown.title, "물을 마신다");
    assert_true(value_here(w) == value_in(other, w->shown.at));
    walk_free(w);
    session_free(intact);
    session_free(other);
}

/* A walk as a whole begins at the first cell of the first stage. */
static void begins_at_the_beginning(void **state)
{
    (void)state;
    struct exhibit x = exhibit_of_session(run(TEXT));
    x.at = (struct place){0, 3, 0}; /* of nothing */
    struct walk *w = walk_new(x);
    assert_int_equal(w->stage, 0);
    assert_int_equal(w->shown.at.row, 0);
    walk_free(w);
}

/* Out again to the line and operand that one went in by; only at the top out of the
 * panes, and for a guest out of the one it came in at. */
static void goes_in_and_out_by_the_same_line(void **state)
{
    (void)state;
    struct walk *w = walk_new(exhibit_of_session(run(TEXT)));
    walk_go(w, plan_find(trace_plan(w->shown.trace), "encoder.0.self_attn.scores"));
    assert_true(walk_enter(w) && walk_enter(w));
    assert_int_equal(w->focus, FOCUS_CELL);
    walk_select_line(w, 5);
    walk_select_operand(w, 1);
    long line = w->line;
    int operand = w->operand, stage = w->stage;
    assert_true(line > 0 && operand > 0);
    assert_true(walk_enter(w));
    assert_int_not_equal(w->stage, stage);
    assert_int_equal(w->depth, 1);
    assert_int_equal(w->line, 0);
    assert_true(walk_leave(w));
    assert_int_equal(w->stage, stage);
    assert_int_equal(w->line, line);
    assert_int_equal(w->operand, operand);
    assert_true(walk_leave(w) && walk_leave(w));
    assert_int_equal(w->focus, FOCUS_STAGE);
    assert_false(walk_leave(w));
    walk_free(w);
}

static bool on_winner(const struct walk *w)
{
    return w->shown.at.column == winner_column(&w->sheet, w->values, w->shown.at);
}

/* Every stage is entered at the cell of the held row that matters; moving about in it is
 * free, but in a vocabulary the next row has its own winner, as another head has while
 * the cursor stands on one. */
static void stages_are_entered_at_the_winner(void **state)
{
    (void)state;
    struct walk *w = walk_new(exhibit_of_session(run(TEXT)));
    const struct plan *p = trace_plan(w->shown.trace);
    walk_go(w, 1);
    walk_move_to(w, (struct place){0, 2, 0});
    for (int i = 1; i < (int)p->count; i++) {
        walk_go(w, i);
        assert_true(on_winner(w));
        assert_int_equal(w->shown.at.row, 2);
    }
    assert_int_equal(w->sheet.column_axis, AXIS_VOCABULARY);
    walk_move_row(w, (struct place){0, 1, w->shown.at.column});
    assert_true(on_winner(w) && w->shown.at.row == 1);
    walk_go(w, plan_find(p, "encoder.0.self_attn.weights"));
    for (long head = 0; head < w->sheet.heads; head++) {
        walk_set_head(w, head);
        assert_true(on_winner(w));
    }
    struct place other = w->shown.at;
    other.column = other.column ? 0 : 1;
    walk_move_to(w, other);
    assert_true(w->shown.at.column == other.column);
    walk_set_head(w, 0);
    assert_true(w->shown.at.column == other.column);
    walk_free(w);
}

static void a_guest_goes_out_where_it_came_in(void **state)
{
    (void)state;
    struct walk *w = walk_new(exhibit_of_session(run(TEXT)));
    w->guest = true;
    w->focus = w->way_out = FOCUS_MATRIX;
    assert_false(walk_leave(w));
    assert_true(walk_enter(w) && walk_leave(w));
    assert_int_equal(w->focus, FOCUS_MATRIX);
    assert_false(walk_leave(w));
    walk_turn_focus(w, -1); /* by hand to the stages: out from there */
    assert_false(walk_leave(w));
    assert_true(walk_enter(w) && walk_leave(w));
    assert_int_equal(w->focus, FOCUS_STAGE);
    walk_free(w);
}

/* A long pass is proved while nobody presses a key; until then nothing is claimed. */
static void a_long_pass_is_proved_in_idle_time(void **state)
{
    (void)state;
    enum { LONG = 1000 };
    struct error e = {0};
    int32_t ids[LONG];
    struct session *s = session_new(
        open_model("random:d_model=32,nhead=4,max_positions=1200,src_vocab_size=50,"
                   "tgt_vocab_size=50,seed=1"),
        &(struct session_options){0});
    for (int i = 0; i < LONG; i++)
        ids[i] = 5 + i % 40;
    assert_int_equal(session_set_ids(s, ids, LONG, &e), 0);
    assert_int_equal(session_set_target_ids(s, ids, 3, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    struct walk *w = walk_new(exhibit_of_session(s));
    int begun = w->proof.next, count = (int)trace_plan(s->trace)->count;
    assert_true(w->proving && begun > 0 && begun < count);
    walk_prove(w, false);
    assert_true(w->proof.next > begun);
    walk_go(w, count - 1); /* not proved yet, and seen all the same */
    while (w->proving)
        walk_prove(w, false);
    assert_int_equal(w->proof.next, count);
    assert_false(w->proof.failed);
    assert_true(w->proof_here == exhibit_proof(&w->shown, NULL));
    walk_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_at_the_cell),
        cmocka_unit_test(other_whatifs_keep_the_words),
        cmocka_unit_test(another_sentence_has_its_own_words),
        cmocka_unit_test(begins_at_the_beginning),
        cmocka_unit_test(goes_in_and_out_by_the_same_line),
        cmocka_unit_test(stages_are_entered_at_the_winner),
        cmocka_unit_test(a_guest_goes_out_where_it_came_in),
        cmocka_unit_test(a_long_pass_is_proved_in_idle_time),
    };
    return cmocka_run_group_tests_name("walk_state", tests, NULL, NULL);
}
