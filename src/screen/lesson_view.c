#include "screen/lesson_view.h"

#include "base/memory.h"
#include "chart/chart.h"
#include "chart/heads.h"
#include "paint/theme.h"
#include "screen/cell_view.h"
#include "screen/lesson_around.h"
#include "screen/lesson_room.h"
#include "screen/panel.h"
#include "screen/prose_view.h"
#include "screen/question_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICTURE_COLUMNS 60 /* of a chart that takes what there is */
#define GUESS_LEAST 8      /* rows of the picture that are worth a row for the guess */
#define EACH_COLUMNS 44    /* of two pictures side by side */
#define EACH_ROWS 12       /* of two pictures above each other */

bool lesson_fits(struct area a)
{
    return a.rows >= 12 && a.columns >= 40;
}

bool lesson_is_wide(struct area a)
{
    return a.columns >= 76 && a.rows >= 18;
}

struct layout {
    struct area text, picture;
    bool wide;
};

/* ---- the text ---- */

/* What the text is laid out for: a canvas, and a question and choice whose rows are
 * looked for, or those of all blocks (NULL: they are not). */
struct search {
    const struct canvas *canvas;
    int question, choice;
    struct lesson_rows *rows;
    int *blocks;
};

static void add_question(const struct lesson_state *s, struct prose_view *v,
                         size_t question, const struct search *search)
{
    struct lesson_rows *rows = (int)question == search->question ? search->rows : NULL;
    int choice = -1;
    if (rows)
        rows->question = prose_view_rows(v);
    question_add(s, v, question, search->canvas->ascii, search->choice, &choice);
    if (rows) {
        rows->choice = choice >= 0 ? choice : rows->choice;
        rows->end = prose_view_rows(v);
    }
}

/* `first`: of a list, when it is an item. */
static void add_block(const struct lesson_state *s, struct prose_view *v,
                      const struct block *b, bool first, const struct search *search)
{
    struct prose_shape shape = {.marker = b->marker, .look = LOOK_DIM, .indent = 1};
    switch (b->kind) {
    case BLOCK_PICTURE:
        return;
    case BLOCK_PREDICT:
        add_question(s, v, b->index, search);
        return;
    case BLOCK_CODE:
        question_add_prose(s->reading, v, &b->prose, LOOK_FORMULA);
        shape.verbatim = shape.gap = true;
        shape.indent = 2;
        break;
    case BLOCK_QUOTE:
        question_add_prose(s->reading, v, &b->prose, LOOK_TEXT);
        shape.marker = "▏";
        shape.look = LOOK_FOCUS;
        shape.indent = 3;
        shape.bar = shape.gap = true;
        break;
    default:
        question_add_prose(s->reading, v, &b->prose, LOOK_TEXT);
        shape.indent = b->kind == BLOCK_ITEM ? 1 + 2 * b->level : 1;
        shape.gap = b->kind == BLOCK_PARAGRAPH || first;
    }
    prose_view_end(v, &shape);
}

static struct prose_view *text_of(const struct lesson_state *s, int columns,
                                  const struct search *search)
{
    const struct scene *scene = reading_scene(s->reading);
    struct prose_view *v = prose_view_new(search->canvas, columns - 1);
    if (!reading_is_resolved(s->reading)) {
        prose_view_add(v, LOOK_WARNING, say(SAY_LESSON_UNRESOLVED));
        prose_view_end(v, &(struct prose_shape){.indent = 1});
    }
    for (size_t i = 0; i < scene->block_count; i++) {
        if (search->blocks)
            search->blocks[i] = prose_view_rows(v);
        if (lesson_shows_block(s, i))
            add_block(s, v, &scene->blocks[i],
                      i == 0 || scene->blocks[i - 1].kind != BLOCK_ITEM, search);
    }
    size_t behind = scene->block_count;
    for (size_t i = scene->predict_count; i < lesson_questions(s); i++) {
        if (search->blocks)
            search->blocks[behind++] = prose_view_rows(v);
        if (lesson_shows_question(s, i))
            add_question(s, v, i, search);
    }
    if (search->blocks)
        search->blocks[behind] = prose_view_rows(v);
    return v;
}

/* ---- where everything is ---- */

struct measured {
    const struct lesson_state *state;
    const struct canvas *canvas;
};

static int rows_in(const void *data, int columns)
{
    const struct measured *x = data;
    struct prose_view *v =
        text_of(x->state, columns, &(struct search){x->canvas, -1, -1, NULL, NULL});
    int rows = prose_view_rows(v);
    prose_view_free(v);
    return rows;
}

/* A matrix wants all its columns; other charts take what there is. */
static int columns_for_picture(const struct lesson_state *s, const struct canvas *c)
{
    struct chart_exam exams[2];
    struct chart v = lesson_chart(s, exams);
    bool matrix = lesson_shows_picture(s) && v.values && s->p.picture.view->scrolls;
    if (s->beside.there)
        return 2 * EACH_COLUMNS + 1;
    return matrix ? room_for_matrix(&v, c) + 2 : PICTURE_COLUMNS;
}

static struct layout layout_of(const struct lesson_state *s, const struct canvas *c,
                               struct area a)
{
    struct layout l = {.wide = lesson_is_wide(a)};
    struct area body = area_part(a, 2, 0, a.rows - 4, a.columns);
    if (!s->p.there) {
        int columns = a.columns < 74 ? a.columns : 74;
        l.text = area_part(body, 0, (a.columns - columns) / 2, body.rows, columns);
        return l;
    }
    if (!l.wide) {
        bool picture = s->focus == LESSON_FOCUS_PICTURE;
        l.text = picture ? (struct area){0} : body;
        l.picture = picture ? body : (struct area){0};
        return l;
    }
    int columns = room_for_text(a.columns, body.rows, columns_for_picture(s, c), rows_in,
                                &(struct measured){s, c});
    l.text = area_part(body, 0, 0, body.rows, columns);
    l.picture = area_part(body, 0, columns + 1, body.rows, a.columns - columns - 1);
    return l;
}

int lesson_zoom(const struct lesson_state *s, const struct canvas *c, struct area a)
{
    struct chart_exam exams[2];
    struct chart v = lesson_chart(s, exams);
    if (s->zoom != LESSON_ZOOM_OPEN)
        return s->zoom;
    return room_zoom(&v, c, layout_of(s, c, a).picture.columns - 2);
}

/* Where the text is, or would be if it had the pane. */
static struct area text_area(const struct lesson_state *s, const struct canvas *c,
                             struct area a)
{
    struct layout l = layout_of(s, c, a);
    return area_is_empty(l.text) ? area_part(a, 2, 0, a.rows - 4, a.columns) : l.text;
}

/* Of the blocks and of the questions behind them, and one more. */
static int *new_rows(const struct lesson_state *s)
{
    return mem_zero(reading_scene(s->reading)->block_count + lesson_questions(s) + 1,
                    sizeof(int));
}

int *lesson_block_rows(const struct lesson_state *s, const struct canvas *c,
                       struct area a)
{
    int *rows = new_rows(s);
    prose_view_free(text_of(s, text_area(s, c, a).columns,
                            &(struct search){c, -1, -1, NULL, rows}));
    return rows;
}

struct way lesson_steps(const struct lesson_state *s)
{
    const struct scene *scene = reading_scene(s->reading);
    struct way w = {.page = 2,
                    .open = STEP_NONE,
                    .pictures = s->beside.there ? 2 : 1,
                    .more = lesson_questions(s) - scene->predict_count};
    way_of_scene(&w, scene);
    return w;
}

/* Where the text ends for now. Where it has the only pane, what stands behind a picture
 * waits until that was looked at. */
static int end_of_text(const struct lesson_state *s, struct area a, const int *blocks)
{
    struct way w = lesson_steps(s);
    size_t last = reading_scene(s->reading)->block_count + w.more;
    if (s->p.there && !lesson_is_wide(a) && s->step < w.count &&
        w.steps[s->step].picture == STEP_NONE)
        last = w.steps[s->step].last;
    way_free(&w);
    return blocks[last];
}

struct lesson_rows lesson_rows_of(const struct lesson_state *s, const struct canvas *c,
                                  struct area a, int question, int choice)
{
    struct lesson_rows r = {0};
    int *blocks = new_rows(s);
    struct search search = {c, question, choice, &r, blocks};
    struct area text = text_area(s, c, a);
    struct prose_view *v = text_of(s, text.columns, &search);
    int all = prose_view_rows(v);
    r.rows = end_of_text(s, a, blocks);
    r.seen = all > text.rows ? text.rows - 1 : text.rows;
    prose_view_free(v);
    free(blocks);
    return r;
}

void lesson_text_rows(const struct lesson_state *s, const struct canvas *c, struct area a,
                      int *rows, int *seen)
{
    struct lesson_rows r = lesson_rows_of(s, c, a, -1, -1);
    *rows = r.rows;
    *seen = r.seen;
}

static void draw_text(const struct lesson_state *s, struct canvas *c, struct area whole,
                      struct area a)
{
    struct lesson_rows r = lesson_rows_of(s, c, whole, -1, -1);
    struct prose_view *v = text_of(s, a.columns, &(struct search){c, -1, -1, NULL, NULL});
    int first = s->scroll > r.rows - r.seen ? r.rows - r.seen : s->scroll;
    first = first < 0 ? 0 : first;
    int end = first + r.seen < r.rows ? first + r.seen : r.rows;
    prose_view_draw(v, c, area_part(a, 0, 0, end - first, a.columns), first);
    if (r.rows > r.seen) {
        bool more = end < r.rows;
        char *text = mem_format("%s %d / %d", more ? "▾" : "▴", end, r.rows);
        canvas_field(c, area_part(a, a.rows - 1, 1, 1, a.columns - 2), 0, ALIGN_RIGHT,
                     theme_style(c, more ? LOOK_FOCUS : LOOK_DIM), text);
        free(text);
    }
    prose_view_free(v);
}

/* ---- the picture ---- */

static void draw_hidden(struct canvas *c, struct area a)
{
    struct area middle = area_part(a, a.rows / 2, 1, 1, a.columns - 2);
    canvas_field(c, middle, 0, ALIGN_CENTER, theme_style(c, LOOK_DIM),
                 say(SAY_LESSON_ANSWER_FIRST));
}

/* As much of the end of an id as there is room for: "…self_attn.scores". Caller frees. */
static char *id_within(const struct canvas *c, const char *id, int room)
{
    char *text = mem_format(" %s ", id);
    for (const char *dot; canvas_width(c, text) > room && (dot = strchr(id, '.'));) {
        id = dot + 1;
        free(text);
        text = mem_format(" …%s ", id);
    }
    return text;
}

static void draw_rule(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct lesson_picture *p = &s->p;
    bool focused = s->focus == LESSON_FOCUS_PICTURE;
    canvas_hline(c, a, 0, theme_style(c, focused ? LOOK_FOCUS : LOOK_BORDER));
    enum look look = focused ? LOOK_FOCUS : LOOK_TITLE;
    if (lesson_shows_exam(s)) {
        canvas_textf(c, a, 0, 1, theme_style(c, look), " %s ", say(SAY_LESSON_EXAM));
        return;
    }
    char *head = p->sheet.heads ? mem_format(" %s %ld/%ld ", label_axis(AXIS_HEAD),
                                             p->picture.shown.at.head + 1, p->sheet.heads)
                                : mem_string("");
    char *when =
        p->picture.whatifs
            ? mem_format(" %s ", say(s->before ? SAY_LESSON_BEFORE : SAY_LESSON_AFTER))
            : mem_string("");
    int room = a.columns - 2 - canvas_width(c, head) - canvas_width(c, when);
    const char *name = p->picture.cells ? p->picture.view->name
                       : p->sheet.stage ? stage_id(p->sheet.stage)
                                        : p->sheet.part->name;
    char *id = id_within(c, name, room);
    int end = canvas_text(c, a, 0, 1, theme_style(c, look), id);
    end = canvas_text(c, a, 0, end, theme_style(c, LOOK_TAB_ON), head);
    canvas_text(c, a, 0, end, theme_style(c, LOOK_BADGE), when);
    free(head);
    free(when);
    free(id);
}

static void draw_formula(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct lesson_picture *p = &s->p;
    if (p->picture.cells)
        return;
    const char *formula =
        p->sheet.stage ? stage_formula(p->sheet.stage) : p->sheet.symbol;
    char *shape = mem_format("%ld × %ld", p->sheet.rows, p->sheet.columns);
    int room = a.columns - canvas_width(c, shape) - 3;
    canvas_field(c, area_part(a, 0, 1, 1, room), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_FORMULA), formula);
    canvas_field(c, area_part(a, 0, room + 1, 1, a.columns - room - 2), 0, ALIGN_RIGHT,
                 theme_style(c, LOOK_DIM), shape);
    free(shape);
}

/* Which run of the lesson's own the picture shows. */
static void draw_run(const struct lesson_state *s, struct canvas *c, struct area a)
{
    char *text = reading_run(s->reading, s->p.picture.run, s->before);
    canvas_field(c, area_part(a, 0, 1, 1, a.columns - 1), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_FOCUS), text);
    free(text);
}

/* "T 1.00  ━━━●━━━━━━" */
static void draw_slider(const struct slider *x, struct canvas *c, struct area a)
{
    int end = canvas_textf(c, a, 0, 1, theme_style(c, LOOK_FOCUS), "%s ", x->name);
    end = canvas_textf(c, a, 0, end, theme_style(c, LOOK_RESULT), "%.2f ", x->value);
    end = canvas_textf(c, a, 0, end, theme_style(c, LOOK_DIM), "- ");
    int room = a.columns - end - 3;
    int at = (int)((x->value - x->least) / (x->most - x->least) * (room - 1) + 0.5);
    for (int i = 0; i < room; i++)
        canvas_text(c, a, 0, end + i, theme_style(c, i == at ? LOOK_FOCUS : LOOK_BORDER),
                    i == at ? "●" : "━");
    canvas_text(c, a, 0, end + room, theme_style(c, LOOK_DIM), " +");
}

static struct cell_view cell_of(const struct lesson_state *s)
{
    const struct lesson_picture *p = &s->p;
    return (struct cell_view){&p->picture.shown,
                              p->sheet,
                              tensor_get(p->values,
                                         sheet_cell(&p->sheet, p->picture.shown.at)),
                              p->explained ? &p->x : NULL,
                              -2, /* no term is selected */
                              -1,
                              p->sheet.values == VALUES_IDS ? 0 : 4,
                              false};
}

/* The number under the cursor with its arithmetic. */
static void draw_opened(const struct lesson_state *s, struct canvas *c, struct area a)
{
    if (a.rows < 2)
        return;
    struct cell_view x = cell_of(s);
    canvas_hline(c, a, 0, theme_style(c, LOOK_BORDER));
    canvas_textf(c, a, 0, 0, theme_style(c, LOOK_TITLE), " %s ", say(SAY_OPENED));
    cell_draw(&x, c, area_part(a, 1, 0, a.rows - 1, a.columns));
}

struct chart lesson_chart(const struct lesson_state *s, struct chart_exam exams[2])
{
    const struct lesson_picture *p = &s->p;
    size_t count = lesson_shows_exam(s)
                       ? reading_exam_list(s->reading, &p->picture, exams)
                       : 0;
    bool open = s->zoom == LESSON_ZOOM_OPEN;
    return (struct chart){.exams = exams,
                          .exam_count = count,
                          .shown = &p->picture.shown,
                          .sheet = p->sheet,
                          .values = p->values,
                          .range = p->range,
                          .range_by = s->range_by,
                          .at = p->picture.shown.at,
                          .zoom = open ? CHART_ZOOM_PLAIN : s->zoom,
                          .focused = s->focus == LESSON_FOCUS_PICTURE,
                          .gloss = s->gloss,
                          .log = p->picture.log,
                          .classes = p->picture.classes,
                          .missing = p->picture.cells
                                         ? shown_cells_missing(p->picture.cells)
                                         : NULL,
                          .tight = true};
}

static void draw_heads(const struct chart *v, struct canvas *c, struct area a)
{
    if (area_is_empty(a))
        return;
    canvas_hline(c, a, 0, theme_style(c, LOOK_BORDER));
    canvas_textf(c, a, 0, 0, theme_style(c, LOOK_TITLE), " %s ", say(SAY_SCREEN_HEADS));
    a = area_part(a, 1, 0, a.rows - 1, a.columns);
    long across = heads_across(v, c, a), lines = (v->sheet.heads + across - 1) / across;
    long wanted = lines * (v->sheet.rows + 3) + 1; /* the legend stands right below */
    heads_chart.cells(v, c, area_part(a, 0, 0, wanted < a.rows ? (int)wanted : a.rows,
                                      a.columns));
}

static void draw_view(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct chart_kind *view = s->p.picture.view;
    struct chart_exam exams[2];
    struct chart v = lesson_chart(s, exams);
    bool opened = v.values && !s->p.picture.cells;
    struct cell_view x = opened ? cell_of(s) : (struct cell_view){0};
    int zoom = s->zoom == LESSON_ZOOM_OPEN ? room_zoom(&v, c, a.columns) : s->zoom;
    struct picture_room r =
        room_of_picture(view, &v, opened ? cell_rows_wanted(&x) : 0, zoom, c, a);
    v.zoom = r.zoom;
    view->cells(&v, c, r.chart);
    if (opened)
        draw_opened(s, c, r.opened);
    draw_heads(&v, c, r.heads);
}

static void draw_picture(const struct lesson_state *s, struct canvas *c, struct area a)
{
    if (!lesson_shows_picture(s)) {
        draw_hidden(c, a);
        return;
    }
    draw_rule(s, c, area_take(&a, 1));
    if (question_has_guess(s) && a.rows > GUESS_LEAST)
        question_draw_guess(s, c, area_take(&a, 1));
    a = area_part(a, 0, 0, a.rows, a.columns - 1);
    if (lesson_shows_exam(s)) {
        draw_view(s, c, area_part(a, 0, 1, a.rows, a.columns - 1));
        return;
    }
    if (s->p.picture.run)
        draw_run(s, c, area_take(&a, 1));
    if (!s->p.picture.cells)
        draw_formula(s, c, area_take(&a, 1));
    for (size_t i = 0; i < reading_sliders(s->reading); i++)
        draw_slider(reading_slider(s->reading, i), c, area_take(&a, 1));
    draw_view(s, c, area_part(a, 0, 1, a.rows, a.columns - 1));
}

bool lesson_pictures_fit(const struct lesson_state *s, const struct canvas *c,
                         struct area a)
{
    struct area part[2], body = layout_of(s, c, a).picture;
    if (area_is_empty(body))
        body = area_part(a, 2, 0, a.rows - 4, a.columns);
    return !s->beside.there || panel_split(body, EACH_ROWS, EACH_COLUMNS, part);
}

/* The pictures of the scene; where they have no room together the one with the cursor,
 * and a row that says that there is another. */
static void draw_pictures(const struct lesson_state *s, struct canvas *c, struct area a)
{
    struct area part[2];
    if (!s->beside.there || !lesson_shows_picture(s)) {
        draw_picture(s, c, a);
        return;
    }
    if (panel_split(a, EACH_ROWS, EACH_COLUMNS, part)) {
        struct lesson_state other = *s;
        other.p = s->beside;
        other.focus = LESSON_FOCUS_TEXT;
        draw_picture(s, c, part[s->at]);
        draw_picture(&other, c, part[1 - s->at]);
        return;
    }
    draw_picture(s, c, area_part(a, 0, 0, a.rows - 1, a.columns));
    char *text = mem_format("%s %d/2", say(SAY_LESSON_OTHER_PICTURE), s->at + 1);
    canvas_field(c, area_part(a, a.rows - 1, 0, 1, a.columns - 1), 0, ALIGN_RIGHT,
                 theme_style(c, LOOK_FOCUS), text);
    free(text);
}

void lesson_draw(const struct lesson_state *s, struct canvas *c, struct area a)
{
    if (!lesson_fits(a)) {
        canvas_wrap(c, a, 0, theme_style(c, LOOK_TEXT), say(SAY_TOO_SMALL));
        return;
    }
    struct layout l = layout_of(s, c, a);
    lesson_draw_around(s, c, a);
    if (!area_is_empty(l.text))
        draw_text(s, c, a, l.text);
    if (!area_is_empty(l.picture))
        draw_pictures(s, c, l.picture);
    if (l.wide && s->p.there)
        canvas_vline(c, area_part(a, 2, 0, a.rows - 4, a.columns), l.text.columns,
                     theme_style(c, LOOK_BORDER));
}
