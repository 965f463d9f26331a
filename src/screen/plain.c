#include "screen/plain.h"

#include "base/memory.h"
#include "base/say.h"
#include "chart/tell.h"
#include "base/text.h"
#include "screen/guide.h"
#include "screen/map_blocks.h"
#include "screen/stage_map.h"
#include "study/decode.h"
#include "study/notes.h"
#include "study/render.h"
#include "study/step_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_TOLD 3

struct teller {
    struct exhibit shown;
    struct stage_map map;
    struct buffer *out;
};

static const struct plan *plan_of(const struct teller *t)
{
    return trace_plan(t->shown.trace);
}

/* ---- a stage ---- */

static void tell_heading(struct teller *t, int stage)
{
    const struct stage *s = &plan_of(t)->stages[stage];
    int part = stage_map_part(&t->map, stage);
    if (t->map.parts[part].first == stage) {
        char *title = stage_part_title(&t->map.parts[part], say_language());
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
        buffer_addf(out, "- %s: %s\n", step_name(&steps.steps[i]), line);
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
    struct chart v = chart_of(&x);
    tell_rows(&v, ROWS_TOLD, t->out);
    chart_release(&v);
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

/* The blocks of the model in the order of computation. */
static void tell_map(struct teller *t)
{
    struct model_map m = model_map_of(plan_of(t));
    buffer_addf(t->out, "\n%s:\n", say(SAY_MAP_TITLE));
    for (size_t i = 0; i < m.count; i++) {
        char numbers[MAP_NUMBERS], *title = map_title(&m.blocks[i]);
        map_numbers(&m.blocks[i], numbers, sizeof numbers);
        char *stages = say_with(SAY_MAP_STAGES, numbers);
        buffer_addf(t->out, "%zu. %s (%s). %s\n", i + 1, title, stages,
                    map_idea(&m.blocks[i]));
        free(title);
        free(stages);
    }
    model_map_free(&m);
}

void plain_walk(const struct exhibit *x, struct buffer *out)
{
    struct stage_map map = stage_map_of(trace_plan(x->trace));
    struct teller t = {*x, map, out};
    const char *prediction = x->session->prediction;
    char *sentence = text_sanitize(x->title ? x->title : "-");
    char *model = notes_of_model(x->session->model), *notes = notes_of_source(x->session);
    buffer_addf(out, "%s: %s\n%s: %s\n%s%s", say(SAY_PLAIN_SENTENCE), sentence,
                say(SAY_PLAIN_PREDICTION), prediction, model ? model : "",
                notes ? notes : "");
    free(sentence);
    free(model);
    free(notes);
    tell_whatifs(&t);
    tell_map(&t);
    for (size_t i = 0; i < plan_of(&t)->count; i++)
        tell_stage(&t, (int)i);
    buffer_addf(out, "\n%s: %s\n", say(SAY_PLAIN_PREDICTION), prediction);
    tell_proof(&t);
    stage_map_free(&t.map);
}
