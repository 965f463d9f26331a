#include "screen/lesson_view.h"

#include "base/memory.h"
#include "chart/chart.h"
#include "paint/theme.h"
#include "screen/cell_view.h"
#include "screen/panel.h"
#include "screen/prose_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_ROWS 12
#define LEAST_COLUMNS 40
#define CELL_LEAST 4

bool lesson_is_wide(struct area a)
{
    return a.columns >= 76 && a.rows >= 18;
}

struct layout {
    struct area title, scene, text, picture, proof, bar;
    bool wide;
};

static struct layout layout_of(const struct lesson_state *s, struct area a)
{
    struct layout l = {.wide = lesson_is_wide(a)};
    struct area body = area_part(a, 2, 0, a.rows - 4, a.columns);
    l.title = area_part(a, 0, 0, 1, a.columns);
    l.scene = area_part(a, 1, 0, 1, a.columns);
    l.proof = area_part(a, a.rows - 2, 0, 1, a.columns);
    l.bar = area_part(a, a.rows - 1, 0, 1, a.columns);
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
    int columns = a.columns * 46 / 100;
    columns = columns < 36 ? 36 : columns > 72 ? 72 : columns;
    l.text = area_part(body, 0, 0, body.rows, columns);
    l.picture = area_part(body, 0, columns + 1, body.rows, a.columns - columns - 1);
    return l;
}

/* ---- the text ---- */

static const enum look looks[] = {
    [SPAN_TEXT] = LOOK_TEXT,    [SPAN_STRONG] = LOOK_TITLE,  [SPAN_EMPHASIS] = LOOK_TOKEN,
    [SPAN_CODE] = LOOK_FORMULA, [SPAN_LINK] = LOOK_STAGE_ID, [SPAN_VALUE] = LOOK_RESULT,
    [SPAN_BREAK] = LOOK_TEXT};

static void add_prose(const struct lesson_state *s, struct prose_view *v,
                      const struct prose *p, enum look plain)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct span *span = &p->items[i];
        if (span->kind == SPAN_VALUE) {
            char *value = reading_value(s->reading, span);
            prose_view_add(v, LOOK_RESULT, value);
            free(value);
        } else {
            prose_view_add(v, span->kind == SPAN_TEXT ? plain : looks[span->kind],
                           span->text);
        }
    }
}

/* What the text is laid out for: a canvas, and a question and choice whose rows are
 * looked for. */
struct search {
    const struct canvas *canvas;
    int question, choice;
    struct lesson_rows *rows;
};

/* "✓" the right one, "✗" chosen and wrong, "▸" selected, or chosen while the exam runs.
 */
static const char *mark_of(const struct lesson_state *s, size_t predict, int choice,
                           bool ascii, enum look *look)
{
    int right = reading_right_choice(s->reading, predict);
    bool open = (int)predict == lesson_open_question(s);
    int chosen = open ? (int)s->choice : lesson_answer_of(s, predict);
    bool known = !open && right >= 0;
    *look = known && choice == right ? LOOK_GOOD
            : choice != chosen       ? LOOK_TEXT
            : known                  ? LOOK_WARNING
                                     : LOOK_FOCUS;
    return *look == LOOK_GOOD      ? "✓"
           : *look == LOOK_WARNING ? (ascii ? "x" : "✗")
           : *look == LOOK_FOCUS   ? "▸"
                                   : " ";
}

static void add_choice(const struct lesson_state *s, struct prose_view *v, size_t predict,
                       size_t i, const struct search *search)
{
    const struct predict *p = &reading_scene(s->reading)->predicts[predict];
    char marker[16];
    enum look look;
    const char *mark = mark_of(s, predict, (int)i, search->canvas->ascii, &look);
    snprintf(marker, sizeof marker, "%s%d", mark, (int)i % 9 + 1);
    add_prose(s, v, &p->choices[i].text, look);
    prose_view_end(v, &(struct prose_shape){.marker = marker, .look = look, .indent = 4});
}

/* What is said of one choice, in a paragraph. */
static void add_verdict(const struct lesson_state *s, struct prose_view *v,
                        enum look look, const char *verdict, const struct prose *more)
{
    prose_view_add(v, look, verdict);
    if (more && more->count) {
        prose_view_add(v, LOOK_TEXT, " ");
        add_prose(s, v, more, LOOK_TEXT);
    }
    prose_view_end(v, &(struct prose_shape){.indent = 1});
}

static void add_feedback(const struct lesson_state *s, struct prose_view *v,
                         const struct predict *p, size_t predict)
{
    int answer = lesson_answer_of(s, predict);
    int right = reading_right_choice(s->reading, predict);
    bool good = answer >= 0 && answer == right;
    if (right == CHOICE_PENDING)
        add_verdict(s, v, LOOK_DIM, say(SAY_LESSON_PENDING), NULL);
    else if (right < 0)
        add_verdict(s, v, LOOK_DIM, say(SAY_PLAIN_UNDECIDED), NULL);
    else if (answer >= 0)
        add_verdict(s, v, good ? LOOK_GOOD : LOOK_WARNING,
                    say(good ? SAY_LESSON_RIGHT : SAY_LESSON_WRONG),
                    &p->choices[answer].feedback);
    if (!good && right >= 0 && p->choices[right].feedback.count)
        add_verdict(s, v, LOOK_GOOD, "✓", &p->choices[right].feedback);
}

static void add_question(const struct lesson_state *s, struct prose_view *v,
                         size_t predict, const struct search *search)
{
    const struct predict *p = &reading_scene(s->reading)->predicts[predict];
    struct lesson_rows ignored,
        *rows = (int)predict == search->question ? search->rows : &ignored;
    rows->question = prose_view_rows(v);
    add_prose(s, v, &p->question, LOOK_TITLE);
    prose_view_end(v, &(struct prose_shape){
                          .marker = "?", .look = LOOK_FOCUS, .indent = 3, .gap = true});
    for (size_t i = 0; i < p->count; i++) {
        add_choice(s, v, predict, i, search);
        if ((int)i <= search->choice)
            rows->choice = prose_view_rows(v);
    }
    if ((int)predict == lesson_open_question(s))
        add_verdict(s, v, LOOK_DIM, say(SAY_LESSON_ASK), NULL);
    else
        add_feedback(s, v, p, predict);
    rows->end = prose_view_rows(v);
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
        prose_view_add(v, LOOK_FORMULA, b->code);
        shape.verbatim = shape.gap = true;
        shape.indent = 2;
        break;
    case BLOCK_QUOTE:
        add_prose(s, v, &b->prose, LOOK_TEXT);
        shape.marker = "▏";
        shape.look = LOOK_FOCUS;
        shape.indent = 3;
        shape.bar = shape.gap = true;
        break;
    default:
        add_prose(s, v, &b->prose, LOOK_TEXT);
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
    for (size_t i = 0; i < scene->block_count; i++)
        if (lesson_shows_block(s, i))
            add_block(s, v, &scene->blocks[i],
                      i == 0 || scene->blocks[i - 1].kind != BLOCK_ITEM, search);
    return v;
}

struct lesson_rows lesson_rows_of(const struct lesson_state *s, const struct canvas *c,
                                  struct area a, int question, int choice)
{
    struct lesson_rows r = {0};
    struct search search = {c, question, choice, &r};
    struct layout l = layout_of(s, a);
    struct area text =
        area_is_empty(l.text) ? area_part(a, 2, 0, a.rows - 4, a.columns) : l.text;
    struct prose_view *v = text_of(s, text.columns, &search);
    r.rows = prose_view_rows(v);
    r.seen = r.rows > text.rows ? text.rows - 1 : text.rows;
    prose_view_free(v);
    return r;
}

void lesson_text_rows(const struct lesson_state *s, const struct canvas *c, struct area a,
                      int *rows, int *seen)
{
    struct lesson_rows r = lesson_rows_of(s, c, a, -1, -1);
    *rows = r.rows;
    *seen = r.seen;
}

static void draw_text(const struct lesson_state *s, struct canvas *c, struct area a)
{
    struct prose_view *v = text_of(s, a.columns, &(struct search){c, -1, -1, NULL});
    int rows = prose_view_rows(v), seen = rows > a.rows ? a.rows - 1 : a.rows;
    int first = s->scroll > rows - seen ? rows - seen : s->scroll;
    first = first < 0 ? 0 : first;
    prose_view_draw(v, c, area_part(a, 0, 0, seen, a.columns), first);
    if (rows > a.rows) {
        bool more = first + seen < rows;
        char *text = mem_format("%s %d / %d", more ? "▾" : "▴", (first + seen), rows);
        canvas_field(c, area_part(a, a.rows - 1, 1, 1, a.columns - 2), 0, ALIGN_RIGHT,
                     theme_style(c, more ? LOOK_FOCUS : LOOK_DIM), text);
        free(text);
    }
    prose_view_free(v);
}

/* ---- the picture ---- */

static struct area take(struct area *a, int rows)
{
    struct area top = area_part(*a, 0, 0, rows, a->columns);
    *a = area_part(*a, top.rows, 0, a->rows - top.rows, a->columns);
    return top;
}

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
    char *id = id_within(
        c, p->sheet.stage ? stage_id(p->sheet.stage) : p->sheet.part->name, room);
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
    return (struct chart){.exams = exams,
                          .exam_count = count,
                          .shown = &p->picture.shown,
                          .sheet = p->sheet,
                          .values = p->values,
                          .range = p->range,
                          .range_by = s->range_by,
                          .at = p->picture.shown.at,
                          .zoom = s->zoom,
                          .focused = s->focus == LESSON_FOCUS_PICTURE,
                          .gloss = s->gloss,
                          .tight = true};
}

/* What is left below the chart is for the opened number: where all of the chart is to be
 * seen it leaves what it does not need; a matrix, which scrolls, leaves the least. */
static void draw_view(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct chart_kind *view = s->p.picture.view;
    struct chart_exam exams[2];
    struct chart v = lesson_chart(s, exams);
    int wanted = view->rows ? view->rows(&v) : a.rows, rows = wanted;
    if (view->scrolls && a.rows - CELL_LEAST - 1 < wanted)
        rows = a.rows - CELL_LEAST - 1 < 6 ? a.rows : a.rows - CELL_LEAST - 1;
    else if (!view->scrolls && a.rows - wanted <= CELL_LEAST)
        rows = a.rows;
    view->cells(&v, c, take(&a, rows));
    if (v.values)
        draw_opened(s, c, a);
}

static void draw_picture(const struct lesson_state *s, struct canvas *c, struct area a)
{
    if (!lesson_shows_picture(s)) {
        draw_hidden(c, a);
        return;
    }
    draw_rule(s, c, take(&a, 1));
    a = area_part(a, 0, 0, a.rows, a.columns - 1);
    if (lesson_shows_exam(s)) {
        draw_view(s, c, area_part(a, 0, 1, a.rows, a.columns - 1));
        return;
    }
    draw_formula(s, c, take(&a, 1));
    for (size_t i = 0; i < reading_sliders(s->reading); i++)
        draw_slider(reading_slider(s->reading, i), c, take(&a, 1));
    draw_view(s, c, area_part(a, 0, 1, a.rows, a.columns - 1));
}

/* ---- what is around ---- */

static void draw_title(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct lesson *l = reading_lesson(s->reading);
    int badge = badge_draw(c->badge, c, a);
    char *title = mem_format(" %ld  %s", l->part, l->title);
    char *text = mem_format("%s ", reading_text(s->reading));
    a.columns -= badge;
    int own = canvas_width(c, title), other = canvas_width(c, text);
    int room = own + other + 1 > a.columns ? a.columns : own;
    canvas_field(c, area_part(a, 0, 0, 1, room), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_TITLE), title);
    if (room < a.columns)
        canvas_field(c, area_part(a, 0, room, 1, a.columns - room), 0, ALIGN_RIGHT,
                     theme_style(c, reading_is_own(s->reading) ? LOOK_FOCUS : LOOK_DIM),
                     text);
    free(title);
    free(text);
}

/* "●●◉○○  3 / 12  The scene's title" */
static void draw_scene(const struct lesson_state *s, struct canvas *c, struct area a)
{
    int at = reading_scene_number(s->reading);
    int count = (int)reading_lesson(s->reading)->count, end = 1;
    for (int i = 0; i < count && count <= 20; i++)
        end = canvas_text(c, a, 0, end,
                          theme_style(c, i == at  ? LOOK_FOCUS
                                         : i < at ? LOOK_TRACK_DONE
                                                  : LOOK_TRACK_LATER),
                          i <= at ? "●" : "○");
    end =
        canvas_textf(c, a, 0, end + 1, theme_style(c, LOOK_DIM), "%d/%d ", at + 1, count);
    struct area rest = area_part(a, 0, end + 1, 1, a.columns - end - 1);
    bool hint = s->p.there && !lesson_is_wide((struct area){0, 0, c->rows, c->columns});
    const char *other =
        say(s->focus == LESSON_FOCUS_TEXT ? SAY_LESSON_TO_PICTURE : SAY_LESSON_TO_TEXT);
    int room = hint ? canvas_width(c, other) + 1 : 0;
    canvas_field(c, area_part(rest, 0, 0, 1, rest.columns - room), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_FOCUS), reading_scene(s->reading)->title);
    if (hint)
        canvas_field(c, area_part(rest, 0, rest.columns - room, 1, room), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_BAR_KEY), other);
}

static void draw_message(const struct lesson_state *s, struct canvas *c, struct area a)
{
    if (canvas_width(c, s->message) > a.columns)
        a.rows = 2;
    struct style style = theme_style(c, s->warning ? LOOK_WARNING : LOOK_GOOD);
    canvas_fill(c, a, style);
    canvas_wrap(c, a, 0, style, s->message);
}

static void draw_proof(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct lesson_picture *p = &s->p;
    if (!lesson_shows_picture(s) || p->picture.shown.ref.kind != REF_STAGE ||
        lesson_shows_exam(s))
        return;
    bool fine = p->proof <= p->proof_limit;
    char number[48];
    snprintf(number, sizeof number, "%.1e", p->proof);
    char *here = say_with(SAY_PROOF_HERE, number);
    char *text = mem_format("%s%s", say(SAY_PROOF), here);
    int end = canvas_text(c, a, 0, 1, theme_style(c, fine ? LOOK_GOOD : LOOK_WARNING),
                          fine ? "✓ " : "≠ ");
    canvas_field(c, area_part(a, 0, end, 1, a.columns - end), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_DIM), text);
    free(here);
    free(text);
}

/* The keys that do something here, the most useful first. */
struct bar {
    enum action actions[16];
    size_t count;
};

static void bar_add(struct bar *b, bool wanted, enum action action)
{
    if (wanted)
        b->actions[b->count++] = action;
}

static void bar_of_picture(const struct lesson_state *s, struct bar *b)
{
    const struct picture *p = &s->p.picture;
    bool seen = lesson_shows_picture(s) && s->p.values;
    bar_add(b, seen && reading_sliders(s->reading), ACTION_LESSON_MORE);
    bar_add(b, seen && !lesson_shows_exam(s) && s->p.sheet.heads, ACTION_HEAD_NEXT);
    bar_add(b, seen && !lesson_shows_exam(s) && s->p.has_before, ACTION_LESSON_BEFORE);
    bar_add(b, seen && p->export, ACTION_SAVE);
    bar_add(b, reading_is_own(s->reading), ACTION_LESSON_OWN);
}

static void draw_bar(const struct lesson_state *s, struct canvas *c, struct area a)
{
    struct bar b = {0};
    bool picture = s->focus == LESSON_FOCUS_PICTURE;
    bool asked = !picture && lesson_open_question(s) >= 0;
    bar_add(&b, asked, ACTION_CHOICE_TAKE);
    bar_add(&b, asked, ACTION_CHOICE_SHOW);
    bar_add(&b, picture && s->p.values, ACTION_LESSON_OPEN);
    bar_add(&b, !asked && !picture, ACTION_SCENE_NEXT);
    bar_add(&b, lesson_shows_picture(s), ACTION_PANE_OTHER);
    bar_of_picture(s, &b);
    bar_add(&b, picture, ACTION_SCENE_NEXT);
    bar_add(&b, true, ACTION_LESSON_WALK);
    bar_add(&b, true, ACTION_HELP);
    bar_add(&b, true, ACTION_LESSON_EDIT);
    bar_add(&b, !picture, ACTION_SCENE_BACK);
    bar_add(&b, true, ACTION_LESSON_LEAVE);
    bar_add(&b, true, ACTION_LANGUAGE);
    bar_add(&b, true, ACTION_MAP);
    key_bar_draw(b.actions, b.count, c, a);
}

void lesson_draw(const struct lesson_state *s, struct canvas *c, struct area a)
{
    if (a.rows < LEAST_ROWS || a.columns < LEAST_COLUMNS) {
        canvas_wrap(c, a, 0, theme_style(c, LOOK_TEXT), say(SAY_TOO_SMALL));
        return;
    }
    struct layout l = layout_of(s, a);
    draw_title(s, c, l.title);
    draw_scene(s, c, l.scene);
    if (!area_is_empty(l.text))
        draw_text(s, c, l.text);
    if (!area_is_empty(l.picture))
        draw_picture(s, c, l.picture);
    if (l.wide && s->p.there)
        canvas_vline(c, area_part(a, 2, 0, a.rows - 4, a.columns), l.text.columns,
                     theme_style(c, LOOK_BORDER));
    draw_bar(s, c, l.bar);
    if (s->message)
        draw_message(s, c, l.proof);
    else
        draw_proof(s, c, l.proof);
}
