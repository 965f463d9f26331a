#include "base/memory.h"
#include "base/say.h"
#include "paint/theme.h"
#include "screen/guide.h"
#include "screen/map_view.h"

#include <stdio.h>
#include <stdlib.h>

static const struct plan *plan_of(const struct map *m)
{
    return trace_plan(m->walk->shown.trace);
}

static const struct map_block *chosen(const struct map *m)
{
    return &m->model.blocks[m->chosen];
}

/* ---- words ---- */

/* "7 × 32" */
static void add_shape(struct buffer *b, const struct tensor *t)
{
    for (int i = 0; t && i < t->rank; i++)
        buffer_addf(b, "%s%ld", i ? " × " : "", t->size[i]);
}

/* What goes into the block from outside: the first such stage, or nothing. */
static const struct tensor *shape_in(const struct map *m, const struct map_block *b)
{
    const struct plan *p = plan_of(m);
    int block = (int)(b - m->model.blocks);
    for (int i = b->first; i <= b->last; i++)
        for (int k = 0; k < OP_MAX_INPUTS && m->model.of_stage[i] == block; k++) {
            struct ref in = p->stages[i].in[k];
            if (in.kind == REF_STAGE && m->model.of_stage[in.index] != block)
                return &p->stages[in.index].shape;
        }
    return NULL;
}

/* "7 × 32 → 7 × 32". Caller frees. */
static char *shapes(const struct map *m, const struct map_block *b)
{
    struct buffer out = {0};
    const struct plan *p = plan_of(m);
    const struct tensor *in = shape_in(m, b);
    add_shape(&out, in ? in : &p->stages[b->first].shape);
    buffer_add(&out, " → ");
    add_shape(&out, &p->stages[b->last].shape);
    return buffer_take(&out);
}

/* 12 345. Caller frees. */
static char *grouped(long n)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%ld", n);
    struct buffer b = {0};
    for (int i = 0; i < length; i++)
        buffer_addf(&b, "%s%c", i && (length - i) % 3 == 0 ? "," : "", digits[i]);
    return buffer_take(&b);
}

static char *parameters(const struct map *m)
{
    return grouped(model_map_parameters(&m->model, plan_of(m), m->chosen));
}

/* "stages 6-19". Caller frees. */
static char *stages_text(const struct map_block *b)
{
    char numbers[MAP_NUMBERS];
    map_numbers(b, numbers, sizeof numbers);
    return say_with(SAY_MAP_STAGES, numbers);
}

/* "stages 6-19 · 4 heads · 7 × 32 → 7 × 32". Caller frees. */
static char *facts(const struct map *m)
{
    const struct map_block *b = chosen(m);
    char *heads = mem_format("%ld", b->heads), *shape = shapes(m, b);
    char *stages = stages_text(b);
    char *also = b->heads > 1 ? say_with(SAY_MAP_HEADS, heads) : mem_string("");
    char *all = mem_format("%s%s%s · %s", stages, *also ? " · " : "", also, shape);
    free(heads);
    free(shape);
    free(stages);
    free(also);
    return all;
}

char *map_text(const struct map *m)
{
    const struct map_block *b = chosen(m);
    const struct plan *p = plan_of(m);
    struct buffer out = {0};
    char *where = facts(m), *weights = parameters(m);
    char *counted = say_with(SAY_MAP_PARAMETERS, weights);
    buffer_addf(&out, "%s\n", map_idea(b));
    if (b->residual)
        buffer_addf(&out, "%s\n", say(SAY_MAP_AROUND));
    buffer_addf(&out, "\n%s\n%s\n", where, counted);
    for (int i = b->first; i <= b->last; i++)
        if (m->model.of_stage[i] == m->chosen)
            buffer_addf(&out, "\n%d  %s · %s\n%s\n", i + 1,
                        guide_name(&p->stages[i], say_language()),
                        stage_formula(&p->stages[i]),
                        guide_text(&p->stages[i], say_language()));
    buffer_addf(&out, "\n%s\n",
                say(m->covered ? SAY_MAP_LEGEND_LESSON : SAY_MAP_LEGEND));
    free(where);
    free(weights);
    free(counted);
    return buffer_take(&out);
}

/* ---- below a map that has no pane beside it ---- */

static void draw_title(const struct map *m, struct canvas *c, struct area a)
{
    const struct map_block *b = chosen(m);
    char *title = map_title(b), *place = place_text(b->place), *more = facts(m);
    int end = canvas_text(c, a, 0, 0, theme_style(c, LOOK_TITLE), title);
    int id = canvas_width(c, place) + 2, rest = a.columns - end - 2;
    if (rest > canvas_width(c, more) + id) {
        canvas_field(c, area_part(a, 0, a.columns - id, 1, id), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_STAGE_ID), place);
        rest -= id;
    }
    char *less = stages_text(b);
    bool whole = rest >= canvas_width(c, more);
    if (whole || rest >= canvas_width(c, less))
        canvas_text(c, a, 0, end + 2, theme_style(c, LOOK_DIM), whole ? more : less);
    free(less);
    free(title);
    free(place);
    free(more);
}

void map_draw_foot(const struct map *m, struct canvas *c, struct area a)
{
    struct area rows = a;
    if (a.rows >= 3) {
        canvas_hline(c, a, 0, theme_style(c, LOOK_BORDER));
        rows = area_part(a, 1, 0, a.rows - 1, a.columns);
    }
    if (m->message) {
        canvas_wrap(c, rows, 0, theme_style(c, LOOK_WARNING), m->message);
        return;
    }
    draw_title(m, c, area_part(rows, 0, 0, 1, rows.columns));
    if (rows.rows > 1)
        canvas_wrap(c, area_part(rows, 1, 0, rows.rows - 1, rows.columns), 0,
                    theme_style(c, LOOK_TEXT), map_idea(chosen(m)));
}

/* ---- the pane ---- */

/* Writes a text and returns the row behind it. */
static int write(struct canvas *c, struct area a, int row, enum look look,
                 const char *text)
{
    if (row >= a.rows)
        return row;
    return row + canvas_wrap(c, area_part(a, row, 0, a.rows - row, a.columns), 0,
                             theme_style(c, look), text);
}

static int write_and_free(struct canvas *c, struct area a, int row, enum look look,
                          char *text)
{
    row = write(c, a, row, look, text);
    free(text);
    return row;
}

/* "0.9975 (400 of 400 sentences)" under a name. */
static int write_score(const struct map *m, const struct whatifs *list, enum say name,
                       struct canvas *c, struct area a, int row)
{
    struct exam_state x = exams_state(m->exams, list);
    if (!x.score && m->due)
        return write_and_free(c, a, row, LOOK_TEXT, mem_format("%s  …", say(name)));
    if (!x.score)
        return row;
    char share[16] = "…"; /* before the first sentence there is none */
    if (x.score->sentences > 0)
        snprintf(share, sizeof share, "%.4f", x.score->exact_match);
    char *text = mem_format("%s  %s   %ld / %ld", say(name), share, x.score->sentences,
                            x.size);
    return write_and_free(c, a, row, LOOK_TEXT, text);
}

/* The exam of the run as it is, and with the chosen block switched off, too. */
static int write_exam(const struct map *m, struct canvas *c, struct area a, int row)
{
    if (!m->exams)
        return row;
    struct whatifs list;
    struct error ignored = {0};
    const struct session *s = m->walk->session;
    row = write(c, a, row, LOOK_TITLE, say(SAY_LAB_EXAM));
    row = write_score(m, &(struct whatifs){0}, SAY_LAB_INTACT, c, a, row);
    whatifs_copy(&list, &s->whatifs);
    if (list.count)
        row = write_score(m, &list, SAY_LAB_NOW, c, a, row);
    if (m->off && whatifs_add(&list, m->off, &ignored) == 0)
        row = write_score(m, &list, SAY_MAP_WITHOUT, c, a, row);
    whatifs_free(&list);
    return row + 1;
}

/* The stages in the room that is left, each with its formula and its shape; the one that
 * Enter leads to is marked. */
static void write_stages(const struct map *m, struct canvas *c, struct area a, int row)
{
    const struct plan *p = plan_of(m);
    const struct map_block *b = chosen(m);
    bool twice = a.rows - row >= 2 * b->count;
    for (int i = b->first; i <= b->last && row < a.rows; i++) {
        const struct stage *s = &p->stages[i];
        if (m->model.of_stage[i] != m->chosen)
            continue;
        char *shape = plan_shape_text(s);
        char *text = mem_format("%s%3d %s", i == b->stop ? "▸" : s->off ? "×" : " ",
                                i + 1, guide_name(s, say_language()));
        int width = canvas_width(c, shape), room = a.columns - width - 1;
        enum look look = i == b->stop ? LOOK_TITLE : s->off ? LOOK_WARNING : LOOK_TEXT;
        canvas_field(c, area_part(a, row, 0, 1, room), 0, ALIGN_LEFT,
                     theme_style(c, look), text);
        canvas_text(c, a, row++, room + 1, theme_style(c, LOOK_DIM), shape);
        if (twice)
            canvas_field(c, area_part(a, row++, 5, 1, a.columns - 5), 0, ALIGN_LEFT,
                         theme_style(c, LOOK_FORMULA), stage_formula(s));
        free(shape);
        free(text);
    }
}

/* What the marks mean, at the bottom. */
static void write_legend(const struct map *m, struct canvas *c, struct area a)
{
    canvas_field(c, area_part(a, a.rows - 1, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_DIM),
                 say(m->covered ? SAY_MAP_LEGEND_LESSON : SAY_MAP_LEGEND));
}

void map_draw_about(const struct map *m, struct canvas *c, struct area a)
{
    const struct map_block *b = chosen(m);
    const struct stage *stop = &plan_of(m)->stages[b->stop];
    struct area in = area_part(a, 0, 0, a.rows - 2, a.columns);
    char *place = place_text(b->place);
    int row = write_and_free(c, in, 0, LOOK_FOCUS, map_title(b));
    row = write(c, in, row, LOOK_STAGE_ID, place);
    row = write(c, in, row, LOOK_TEXT, map_idea(b));
    if (b->residual && in.rows >= 40)
        row = write(c, in, row, LOOK_TEXT, say(SAY_MAP_AROUND));
    row = write(c, in, row + 1, LOOK_FORMULA, stage_formula(stop));
    row = write_and_free(c, in, row, LOOK_DIM, facts(m));
    char *weights = parameters(m);
    row = write_and_free(c, in, row, LOOK_DIM, say_with(SAY_MAP_PARAMETERS, weights));
    row = write_exam(m, c, in, row + 1);
    if (m->message)
        row = 1 + write(c, in, row, LOOK_WARNING, m->message);
    write_stages(m, c, in, row);
    write_legend(m, c, a);
    free(weights);
    free(place);
}
