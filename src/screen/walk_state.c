#include "screen/walk_state.h"

#include "base/memory.h"
#include "base/say.h"
#include "chart/matrix_cells.h"
#include "screen/cell_state.h"
#include "screen/winner.h"
#include "study/decode.h"
#include "study/loss.h"
#include "study/notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct plan *plan_of(const struct walk *w)
{
    return trace_plan(w->shown.trace);
}

static void forget_cell(struct walk *w)
{
    if (w->explained)
        explain_free(&w->x);
    w->explained = false;
}

static void forget_inputs(struct walk *w)
{
    for (int i = 0; i < w->input_count; i++)
        trace_release_ref(w->shown.trace, w->inputs[i].sheet.ref);
    w->input_count = 0;
}

/* The rows of a table of the vocabulary carry its pieces. */
static const struct labels *pieces_of(const struct walk *w, const struct stage *reader)
{
    if (!w->session || !reader)
        return NULL;
    if (reader->role == ROLE_LOGITS)
        return w->shown.sets.vocabulary;
    if (reader->role != ROLE_EMBEDDING)
        return NULL;
    return reader->axes[0].side == session_writes(w->session)
               ? w->shown.sets.vocabulary
               : session_source_vocabulary(w->session);
}

/* The matrix as the stage `reader` (or NULL) reads it. */
static struct sheet sheet_read_by(const struct walk *w, const struct stage *reader,
                                  struct ref ref)
{
    struct sheet s = sheet_of(&w->shown, ref);
    const struct labels *pieces = s.part && !s.row_labels ? pieces_of(w, reader) : NULL;
    if (pieces && (long)pieces->count == s.rows)
        s.row_labels = pieces;
    return s;
}

static void take_input(struct walk *w, struct ref ref)
{
    if (ref.kind == REF_NONE)
        return;
    struct walk_input *in = &w->inputs[w->input_count++];
    in->values = trace_acquire_ref(w->shown.trace, ref);
    in->sheet = sheet_read_by(w, w->sheet.stage, ref);
    in->range = sheet_range(&in->sheet, in->values);
}

static void take_inputs(struct walk *w)
{
    const struct stage *s = w->sheet.stage;
    for (int i = 0; s && i < OP_MAX_INPUTS; i++)
        take_input(w, s->in[i]);
    if (s && op_get(s->op)->kind == OP_KIND_RECURRENCE)
        take_input(w, w->sheet.ref);
}

static void forget_values(struct walk *w)
{
    forget_cell(w);
    forget_inputs(w);
    if (w->values)
        trace_release_ref(w->shown.trace, w->sheet.ref);
    w->values = NULL;
}

static void explain_here(struct walk *w)
{
    forget_cell(w);
    if (w->sheet.ref.kind != REF_STAGE)
        return;
    w->x = explain_cell(w->shown.trace, w->sheet.ref.index,
                        sheet_cell(&w->sheet, w->shown.at));
    w->explained = true;
}

static void select_first(struct walk *w)
{
    w->open = 0;
    w->line = 0;
    w->operand = -1;
    if (w->explained)
        walk_select_line(w, cell_first_line(&w->x, w->open));
}

/* Products of the naive path: those of a sentence at once, and of a moment's work. */
#define PROVED_AT_ONCE 2e8
#define PROVED_A_MOMENT 2e7

/* The stages that the proof has come to can be asked again without new work. */
static void prove_here(struct walk *w)
{
    if (w->shown.ref.kind == REF_STAGE && w->shown.ref.index < w->proof.next)
        w->proof_here = exhibit_proof(&w->shown, NULL);
}

/* Looks at a matrix and a cell of it. */
static void look_at(struct walk *w, struct ref ref, struct place at)
{
    struct trace *trace = w->shown.trace;
    const struct tensor *values = trace_acquire_ref(trace, ref);
    forget_values(w);
    w->values = values;
    w->shown.ref = ref;
    w->sheet = sheet_read_by(w, &plan_of(w)->stages[w->stage], ref);
    w->range = sheet_range(&w->sheet, values);
    w->shown.at = sheet_clamp(&w->sheet, at);
    take_inputs(w);
    if (ref.kind == REF_STAGE) {
        w->stage = ref.index;
        prove_here(w);
    }
    explain_here(w);
    select_first(w);
}

/* At the cell as far as the stage has that place. */
static void go_to(struct walk *w, int stage, struct place at)
{
    int last = (int)plan_of(w)->count - 1;
    stage = stage < 0 ? 0 : stage > last ? last : stage;
    w->depth = 0;
    look_at(w, (struct ref){REF_STAGE, stage}, at);
}

static struct place winner_at(const struct walk *w, struct place at)
{
    at = sheet_clamp(&w->sheet, at);
    at.column = winner_column(&w->sheet, w->values, at);
    return at;
}

/* The head and the row are held. */
void walk_go(struct walk *w, int stage)
{
    go_to(w, stage, w->shown.at);
    walk_move_to(w, winner_at(w, w->shown.at));
}

void walk_next(struct walk *w, int by)
{
    walk_go(w, w->stage + by);
}

void walk_step(struct walk *w, int by)
{
    walk_go(w, gait_step(w->gait, &w->map, plan_of(w), w->stage, by));
}

void walk_next_part(struct walk *w, int direction)
{
    walk_go(w, direction > 0 ? stage_map_next_part(&w->map, w->stage)
                             : stage_map_previous_part(&w->map, w->stage));
}

bool walk_is_last(const struct walk *w)
{
    return w->stage == (int)plan_of(w)->count - 1;
}

void walk_move_to(struct walk *w, struct place at)
{
    w->shown.at = sheet_clamp(&w->sheet, at);
    explain_here(w);
    select_first(w);
}

void walk_set_head(struct walk *w, long head)
{
    long heads = w->sheet.heads;
    struct place at = w->shown.at;
    if (heads > 0) {
        bool wins = at.column == winner_at(w, at).column;
        at.head = (head % heads + heads) % heads;
        walk_move_to(w, wins ? winner_at(w, at) : at);
    }
}

void walk_move_row(struct walk *w, struct place at)
{
    bool follows = w->sheet.column_axis == AXIS_VOCABULARY;
    walk_move_to(w, follows && at.row != w->shown.at.row ? winner_at(w, at) : at);
}

/* The selected term; NULL for a weight and on a rest. */
static const struct term *term_here(const struct walk *w)
{
    return w->explained ? cell_term(&w->x, w->open, w->line) : NULL;
}

void walk_select_line(struct walk *w, long line)
{
    if (!w->explained)
        return;
    long count = cell_count(&w->x, w->open);
    w->line = line < 0 ? 0 : line >= count ? count - 1 : line;
    const struct term *t = term_here(w);
    if (!t || w->operand < 0 || w->operand >= t->count)
        w->operand = cell_operand(t, 0, 0);
}

void walk_select_operand(struct walk *w, int direction)
{
    w->operand = cell_operand(term_here(w), w->operand, direction);
}

/* The operand of a term that comes from `ref`, or NULL. */
static const struct operand *operand_from(const struct term *t, struct ref ref)
{
    for (int i = 0; t && i < t->count; i++)
        if (ref_is(t->operand[i].from, ref))
            return &t->operand[i];
    return NULL;
}

struct place walk_input_place(const struct walk *w, int input)
{
    const struct sheet *s = &w->inputs[input].sheet;
    struct place none = {0, 0, 0};
    if (!w->explained)
        return none;
    if (ref_is(s->ref, w->sheet.ref)) /* the first row of a recurrence reads none */
        none = w->shown.at;
    const struct operand *o = operand_from(term_here(w), s->ref);
    for (int i = 0; i < w->x.count && !o; i++)
        for (long j = 0; j < w->x.steps[i].count && !o; j++)
            o = operand_from(&w->x.steps[i].terms[j], s->ref);
    return o ? sheet_place(s, o->cell) : none;
}

static void push_step(struct walk *w)
{
    w->path = mem_grow(w->path, w->depth, &w->path_capacity, sizeof *w->path);
    w->path[w->depth++] =
        (struct walk_step){w->sheet.ref, w->shown.at, w->line, w->operand, w->open};
}

/* Opens the rest that is selected, and selects its first term. */
static bool open_rest(struct walk *w)
{
    int step = w->explained ? cell_rest(&w->x, w->open, w->line) : -1;
    if (step < 0)
        return false;
    w->open |= 1u << step;
    walk_select_line(w, w->line);
    return true;
}

bool walk_descend(struct walk *w)
{
    if (open_rest(w))
        return true;
    const struct term *t = term_here(w);
    if (!t || w->operand < 0 || w->operand >= t->count)
        return false;
    struct operand o = t->operand[w->operand];
    if (o.from.kind == REF_NONE && o.step < 0)
        return false;
    if (o.from.kind == REF_NONE) {
        walk_select_line(w, cell_step_line(&w->x, w->open, o.step));
        w->operand = cell_operand(term_here(w), 0, 0);
        return true;
    }
    push_step(w);
    struct sheet s = sheet_of(&w->shown, o.from);
    look_at(w, o.from, sheet_place(&s, o.cell));
    return true;
}

bool walk_return(struct walk *w)
{
    if (w->depth == 0)
        return false;
    struct walk_step back = w->path[--w->depth];
    look_at(w, back.ref, back.at);
    w->open = back.open;
    w->line = back.line;
    w->operand = back.operand;
    return true;
}

bool walk_enter(struct walk *w)
{
    if (w->focus == FOCUS_CELL)
        return walk_descend(w);
    w->focus++;
    return true;
}

bool walk_leave(struct walk *w)
{
    if (w->focus == FOCUS_CELL && walk_return(w))
        return true;
    if (w->focus == FOCUS_STAGE || (w->guest && w->focus <= w->way_out))
        return false;
    w->focus--;
    return true;
}

/* Who went to the stages by hand, goes out from there. */
void walk_turn_focus(struct walk *w, int by)
{
    w->focus = (w->focus + FOCUS_COUNT + by) % FOCUS_COUNT;
    if (w->focus == FOCUS_STAGE)
        w->way_out = FOCUS_STAGE;
}

void walk_say(struct walk *w, bool warning, const char *message)
{
    char *copy = message ? mem_string(message) : NULL;
    free(w->message);
    w->message = copy;
    w->warning = warning;
}

/* What is shown of a new run: its map, and as much of the proof as is made in no time; at
 * the cell that the exhibit says. */
static void show(struct walk *w, const struct exhibit *shown, int stage)
{
    stage_map_free(&w->map);
    free(w->badge);
    w->shown = *shown;
    w->badge = exhibit_whatifs(shown);
    w->map = stage_map_of(plan_of(w));
    w->proof = (struct proof){0};
    w->proving = proof_go_on(&w->proof, shown, PROVED_AT_ONCE);
    go_to(w, stage, shown->at);
}

void walk_prove(struct walk *w, bool all)
{
    w->proving = proof_go_on(&w->proof, &w->shown, all ? INFINITY : PROVED_A_MOMENT);
    prove_here(w);
}

/* After a run of the session, at the cell that was looked at. */
static void take_run(struct walk *w, int stage)
{
    struct exhibit x = exhibit_of_session(w->session);
    x.at = w->shown.at;
    show(w, &x, stage);
}

/* What the commands say on standard error, said here too. Takes the notes. */
static void say_notes(struct walk *w, char *model, char *source)
{
    char *all = mem_format("%s%s", model ? model : "", source ? source : "");
    for (char *end; (end = strchr(all, '\n'));)
        *end = ' ';
    if (*all)
        walk_say(w, true, all);
    free(all);
    free(model);
    free(source);
}

struct walk *walk_new(struct exhibit shown)
{
    struct walk *w = mem_zero(1, sizeof *w);
    bool somewhere = shown.ref.kind == REF_STAGE;
    if (!somewhere)
        shown.at = (struct place){0, 0, 0};
    w->session = shown.session;
    w->zoom = CHART_ZOOM_PLAIN;
    show(w, &shown, somewhere ? shown.ref.index : 0);
    if (!somewhere && w->session)
        say_notes(w, notes_of_model(w->session->model), notes_of_source(w->session));
    return w;
}

void walk_free(struct walk *w)
{
    if (!w)
        return;
    forget_values(w);
    stage_map_free(&w->map);
    head_names_free(w->attention.names);
    session_free(w->session);
    free(w->path);
    free(w->message);
    free(w->badge);
    free(w);
}

/* The least probable token of the model's own output: a sentence outside of its small
 * world often shows there. 1 when the model has no such stage. */
static double least_confidence(struct walk *w)
{
    int stage = plan_find_role(plan_of(w), ROLE_PROBABILITIES);
    if (stage < 0)
        return 1;
    double least = 1;
    const struct tensor *t = trace_acquire(w->shown.trace, stage);
    for (long row = 0; row < tensor_rows(t); row++)
        least =
            fmin(least, tensor_get(t, row * tensor_columns(t) + decode_argmax(t, row)));
    trace_release(w->shown.trace, stage);
    return least;
}

/* Does the model itself answer with the token for what it does not know? */
static bool says_unknown(const struct walk *w)
{
    const struct session *s = w->session;
    const struct tokenizer *t = session_tokenizer(s, session_writes(s));
    int unknown = t ? tokenizer_unk(t) : -1;
    for (long i = 0; i < s->targets; i++)
        if (s->target[i] == unknown)
            return true;
    return false;
}

static void comment_on_text(struct walk *w)
{
    char *unknown = NULL, *message = NULL;
    if (notes_unknown(w->session, &unknown) > 0)
        message = say_with(SAY_WALK_UNKNOWN, unknown ? unknown : "");
    else if (says_unknown(w) || least_confidence(w) < 0.5)
        message = mem_string(say(SAY_WALK_UNSURE));
    walk_say(w, true, message);
    if (!message)
        say_notes(w, NULL, notes_of_source(w->session));
    free(unknown);
    free(message);
}

/* Runs again, after the source was set with `status`; the stage stays. */
static int run_again(struct walk *w, int status, struct error *e)
{
    int stage = w->stage;
    w->depth = 0;
    if (status == 0)
        status = session_set_target_text(w->session, NULL, e);
    if (status == 0)
        status = session_run(w->session, e);
    w->shown.at = (struct place){0, 0, 0};
    take_run(w, stage);
    walk_go(w, stage);
    if (status == 0)
        comment_on_text(w);
    return status;
}

int walk_set_text(struct walk *w, const char *text, struct error *e)
{
    forget_values(w);
    return run_again(w, session_set_text(w->session, text, e), e);
}

int walk_set_ids(struct walk *w, const int32_t *ids, long count, struct error *e)
{
    forget_values(w);
    return run_again(w, session_set_ids(w->session, ids, count, e), e);
}

int walk_set_whatifs(struct walk *w, const struct whatifs *list, struct error *e)
{
    int stage = w->stage;
    struct whatifs old;
    struct error ignored = {0};
    whatifs_copy(&old, &w->session->whatifs);
    forget_values(w);
    w->depth = 0;
    int status = session_set_whatifs(w->session, list, e);
    if (status == 0 && (status = session_run(w->session, e)) < 0) {
        session_set_whatifs(w->session, &old, &ignored);
        session_run(w->session, &ignored);
    }
    whatifs_free(&old);
    take_run(w, stage);
    return status;
}

/* Why a stage has no gradient. */
static int no_gradient(const struct stage *s, struct error *e)
{
    const char *why = op_get(s->op)->constant;
    return error_set(e, "%s: %s%s%s", stage_id(s), say(SAY_NO_GRADIENT), why ? ": " : "",
                     why ? why : "");
}

int walk_turn_gradient(struct walk *w, struct error *e)
{
    struct place at = w->shown.at;
    int stage = w->stage, back = plan_gradient_of(plan_of(w), stage);
    if (back < 0 && !w->session->options.gradients) {
        forget_values(w);
        w->depth = 0;
        int status = session_add_gradients(w->session, e);
        take_run(w, stage);
        if (status < 0)
            return -1;
    }
    int to = back >= 0 ? back : plan_gradient(plan_of(w), stage);
    if (to < 0)
        return no_gradient(&plan_of(w)->stages[stage], e);
    walk_go(w, to);
    walk_move_to(w, at);
    return 0;
}
