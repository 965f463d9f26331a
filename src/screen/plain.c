#include "screen/plain.h"

#include "base/memory.h"
#include "base/order.h"
#include "base/say.h"
#include "screen/guide.h"
#include "screen/matrix_view.h"
#include "screen/sheet.h"
#include "screen/stage_map.h"
#include "study/decode.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_TOLD 3
#define NUMBERS_TOLD 4

struct teller {
    struct session *session;
    struct label_sets sets;
    struct stage_map map;
    struct buffer *out;
};

static const struct plan *plan_of(const struct teller *t)
{
    return trace_plan(t->session->trace);
}

/* The label without the marks of word starts, which would be read aloud. Caller frees. */
static char *spoken_label(const struct labels *labels, long index, bool next)
{
    char *label = matrix_label(labels, index, 0, next, false);
    for (char *mark; (mark = strstr(label, WORD_MARK)) != NULL;)
        memmove(mark, mark + strlen(WORD_MARK), strlen(mark + strlen(WORD_MARK)) + 1);
    return label;
}

/* ---- the numbers of a row ---- */

static void tell_number(struct buffer *out, const struct sheet *s, double value)
{
    char number[RENDER_NUMBER];
    render_number(value, s->values == VALUES_IDS ? 0 : 2, number);
    buffer_add(out, number);
}

/* The first numbers as they stand. */
static void tell_first(struct buffer *out, const struct sheet *s, const struct tensor *v,
                       long row)
{
    for (long i = 0; i < s->columns && i < NUMBERS_TOLD; i++) {
        buffer_add(out, i ? ", " : "");
        tell_number(out, s, tensor_get(v, row * s->columns + i));
    }
    if (s->columns > NUMBERS_TOLD)
        buffer_add(out, ", …");
}

/* Where the columns are tokens: the largest, with their tokens. */
static void tell_largest(struct buffer *out, const struct sheet *s,
                         const struct tensor *v, long row)
{
    long told[NUMBERS_TOLD];
    long count = s->columns < NUMBERS_TOLD ? s->columns : NUMBERS_TOLD;
    double *x = mem_alloc((size_t)s->columns, sizeof *x);
    for (long i = 0; i < s->columns; i++)
        x[i] = tensor_get(v, row * s->columns + i);
    order_largest(x, s->columns, count, told);
    for (long k = 0; k < count; k++) {
        char *label = spoken_label(s->column_labels, told[k], false);
        buffer_addf(out, "%s%s ", k ? ", " : "", label);
        tell_number(out, s, x[told[k]]);
        free(label);
    }
    free(x);
}

void plain_rows(const struct sheet *s, const struct tensor *v, long head, long most,
                struct buffer *out)
{
    long first = s->heads ? head * s->rows : 0;
    for (long row = 0; row < s->rows && row < most; row++) {
        char *label = spoken_label(s->row_labels, row, true);
        buffer_addf(out, "- %s: ", label);
        free(label);
        if (s->column_labels)
            tell_largest(out, s, v, first + row);
        else
            tell_first(out, s, v, first + row);
        buffer_add(out, "\n");
    }
    if (s->rows > most) {
        char number[24];
        snprintf(number, sizeof number, "%ld", s->rows - most);
        char *more = say_with(SAY_PLAIN_MORE_ROWS, number);
        buffer_addf(out, "- %s\n", more);
        free(more);
    }
}

/* ---- a stage ---- */

static void tell_heading(struct teller *t, int stage)
{
    const struct stage *s = &plan_of(t)->stages[stage];
    int part = stage_map_part(&t->map, stage);
    if (t->map.parts[part].first == stage) {
        char *title = stage_part_title(&t->map.parts[part]);
        buffer_addf(t->out, "\n%s\n", title);
        free(title);
    }
    buffer_addf(t->out, "\n%s %d / %zu: %s (%s)%s\n", say(SAY_PLAIN_STAGE), stage + 1,
                plan_of(t)->count, guide_name(s, say_language()), s->id,
                s->off ? say(SAY_STAGE_OFF) : "");
    buffer_addf(t->out, "%s\n", guide_text(s, say_language()));
    char *shape = plan_shape_text(s);
    buffer_addf(t->out, "%s: %s\n%s: %s", say(SAY_PLAIN_FORMULA), s->formula,
                say(SAY_PLAIN_SHAPE), shape);
    for (int i = 0; i < s->shape.rank; i++)
        buffer_addf(t->out, "%s%s", i ? " × " : " ", axis_name(s->axes[i].name));
    buffer_add(t->out, "\n");
    free(shape);
}

/* The number that the largest of the last row told leads to. */
static long cell_to_open(const struct sheet *s, const struct tensor *v)
{
    return s->column_labels && s->columns > 1 ? decode_argmax(v, 0) : 0;
}

void plain_opened(struct trace *t, const struct sheet *s, long cell, struct buffer *out)
{
    struct explanation x = explain_cell(t, s->ref.index, cell);
    int digits = s->values == VALUES_IDS ? 0 : 4;
    char *name = render_cell_name(trace_plan(t), s->ref, cell);
    char number[RENDER_NUMBER];
    buffer_addf(out, "%s %s = %s\n", say(SAY_PLAIN_OPENED), name,
                render_number(x.value, digits, number));
    free(name);
    for (int i = 0; i < x.count; i++) {
        char *line = render_step(&x, i, digits, 3);
        buffer_addf(out, "- %s: %s\n", x.steps[i].name, line);
        free(line);
    }
    explain_free(&x);
}

static void tell_stage(struct teller *t, int stage)
{
    struct sheet s = sheet_of(plan_of(t), &t->sets, (struct ref){REF_STAGE, stage});
    tell_heading(t, stage);
    const struct tensor *v = trace_acquire(t->session->trace, stage);
    if (s.heads)
        buffer_addf(t->out, "%s:\n", say(SAY_PLAIN_FIRST_HEAD));
    plain_rows(&s, v, 0, ROWS_TOLD, t->out);
    plain_opened(t->session->trace, &s, cell_to_open(&s, v), t->out);
    trace_release(t->session->trace, stage);
}

static void tell_proof(struct teller *t)
{
    char number[32];
    bool fine;
    snprintf(number, sizeof number, "%.1e", session_proof_all(t->session, &fine));
    char *proof = say_with(fine ? SAY_PLAIN_PROOF : SAY_PLAIN_NO_PROOF, number);
    buffer_addf(t->out, "%s\n", proof);
    free(proof);
}

/* The what-ifs in force, and what the intact model says to the same source. */
static void tell_whatifs(struct teller *t)
{
    const struct session *s = t->session;
    if (!s->whatifs.count)
        return;
    struct error ignored = {0};
    struct session *intact = session_new(model_share(s->model), &s->options);
    int result = s->text ? session_set_text(intact, s->text, &ignored)
                         : session_set_ids(intact, s->source, s->sources, &ignored);
    char *list = whatifs_text(&s->whatifs), *line = say_with(SAY_WHATIF_BADGE, list);
    buffer_addf(t->out, "%s\n", line);
    if (result == 0 && session_run(intact, &ignored) == 0)
        buffer_addf(t->out, "%s: %s\n", say(SAY_PLAIN_INTACT), intact->prediction);
    free(line);
    free(list);
    session_free(intact);
}

void plain_walk(struct session *session, struct buffer *out)
{
    struct teller t = {.session = session, .out = out};
    t.sets = session_label_sets(session);
    t.map = stage_map_of(plan_of(&t));
    const char *prediction = session->prediction ? session->prediction : "";
    buffer_addf(out, "%s: %s\n%s: %s\n", say(SAY_PLAIN_SENTENCE),
                session->text ? session->text : "-", say(SAY_PLAIN_PREDICTION),
                prediction);
    tell_whatifs(&t);
    for (size_t i = 0; i < plan_of(&t)->count; i++)
        tell_stage(&t, (int)i);
    buffer_addf(out, "\n%s: %s\n", say(SAY_PLAIN_PREDICTION), prediction);
    tell_proof(&t);
    stage_map_free(&t.map);
}
