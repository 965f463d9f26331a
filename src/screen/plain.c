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
    struct exhibit shown;
    struct stage_map map;
    struct buffer *out;
};

static const struct plan *plan_of(const struct teller *t)
{
    return trace_plan(t->shown.trace);
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

static void tell_rows(const struct sheet *s, const struct tensor *v, long head, long most,
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

void plain_rows(const struct exhibit *x, long most, struct buffer *out)
{
    struct sheet s = sheet_of(x, x->ref);
    tell_rows(&s, trace_acquire_ref(x->trace, x->ref), x->at.head, most, out);
    trace_release_ref(x->trace, x->ref);
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
                plan_of(t)->count, guide_name(s, say_language()), stage_id(s),
                s->off ? say(SAY_STAGE_OFF) : "");
    buffer_addf(t->out, "%s\n", guide_text(s, say_language()));
    char *shape = plan_shape_text(s);
    buffer_addf(t->out, "%s: %s\n%s: %s", say(SAY_PLAIN_FORMULA), stage_formula(s),
                say(SAY_PLAIN_SHAPE), shape);
    for (int i = 0; i < s->shape.rank; i++)
        buffer_addf(t->out, "%s%s", i ? " × " : " ", axis_name(s->axes[i].name));
    buffer_add(t->out, "\n");
    free(shape);
}

void plain_opened(const struct exhibit *x, struct buffer *out)
{
    struct sheet s = sheet_of(x, x->ref);
    long cell = sheet_cell(&s, x->at);
    struct explanation steps = explain_cell(x->trace, x->ref.index, cell);
    int digits = s.values == VALUES_IDS ? 0 : 4;
    char *name = render_cell_name(trace_plan(x->trace), x->ref, cell);
    char number[RENDER_NUMBER];
    buffer_addf(out, "%s %s = %s\n", say(SAY_PLAIN_OPENED), name,
                render_number(steps.value, digits, number));
    free(name);
    for (int i = 0; i < steps.count; i++) {
        char *line = render_step(&steps, i, digits, 3);
        buffer_addf(out, "- %s: %s\n", steps.steps[i].name, line);
        free(line);
    }
    explain_free(&steps);
}

/* The largest number of the first row, where its columns are tokens. */
static long column_to_open(const struct exhibit *x)
{
    struct sheet s = sheet_of(x, x->ref);
    if (!s.column_labels || s.columns < 2)
        return 0;
    long column = decode_argmax(trace_acquire_ref(x->trace, x->ref), 0);
    trace_release_ref(x->trace, x->ref);
    return column;
}

static void tell_stage(struct teller *t, int stage)
{
    struct exhibit x = t->shown;
    x.ref = (struct ref){REF_STAGE, stage};
    x.at = (struct place){0, 0, column_to_open(&x)};
    tell_heading(t, stage);
    if (sheet_of(&x, x.ref).heads)
        buffer_addf(t->out, "%s:\n", say(SAY_PLAIN_FIRST_HEAD));
    plain_rows(&x, ROWS_TOLD, t->out);
    plain_opened(&x, t->out);
}

static void tell_proof(struct teller *t)
{
    char number[32];
    bool fine;
    snprintf(number, sizeof number, "%.1e", exhibit_proof_all(&t->shown, &fine, NULL));
    char *proof = say_with(fine ? SAY_PLAIN_PROOF : SAY_PLAIN_NO_PROOF, number);
    buffer_addf(t->out, "%s\n", proof);
    free(proof);
}

/* The what-ifs in force, and what the intact model says to the same source. */
static void tell_whatifs(struct teller *t)
{
    char *line = exhibit_badge(&t->shown);
    if (!line)
        return;
    struct error ignored = {0};
    char *intact = session_intact_prediction(t->shown.session, &ignored);
    buffer_addf(t->out, "%s\n", line);
    if (intact)
        buffer_addf(t->out, "%s: %s\n", say(SAY_PLAIN_INTACT), intact);
    free(line);
    free(intact);
}

void plain_walk(const struct exhibit *x, struct buffer *out)
{
    struct stage_map map = stage_map_of(trace_plan(x->trace));
    struct teller t = {*x, map, out};
    const char *prediction = x->session->prediction;
    buffer_addf(out, "%s: %s\n%s: %s\n", say(SAY_PLAIN_SENTENCE),
                x->title ? x->title : "-", say(SAY_PLAIN_PREDICTION), prediction);
    tell_whatifs(&t);
    for (size_t i = 0; i < plan_of(&t)->count; i++)
        tell_stage(&t, (int)i);
    buffer_addf(out, "\n%s: %s\n", say(SAY_PLAIN_PREDICTION), prediction);
    tell_proof(&t);
    stage_map_free(&t.map);
}
