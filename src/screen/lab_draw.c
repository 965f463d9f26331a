#include "screen/lab_draw.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/say.h"
#include "screen/compare_draw.h"
#include "screen/guide.h"
#include "screen/panel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- layout ---- */

#define TREE_COLUMNS 24
#define BOTH_COLUMNS 74   /* list and tree side by side */
#define LARGE_COLUMNS 110 /* and the effect beside them */
#define LARGE_ROWS 30
#define EXAM_ROWS 5
#define HELP_ROWS 6 /* below the tree */

/* List, tree and effect side by side, the help below the tree, the exam below the
 * effect. */
static struct lab_layout large_layout(struct area a)
{
    struct lab_layout p = {.lines = a.rows - 1 >= 2 * WHATIF_COUNT ? 2 : 1};
    int list = a.columns >= 180 ? 64 : 40, left = list + 1 + TREE_COLUMNS + 1;
    p.list = area_part(a, 0, 0, a.rows, list);
    p.tree = area_part(a, 0, list + 1, a.rows - HELP_ROWS - 1, TREE_COLUMNS);
    p.help = area_part(a, a.rows - HELP_ROWS, list + 1, HELP_ROWS, TREE_COLUMNS);
    int exam = a.columns - left >= 60 ? EXAM_ROWS : EXAM_ROWS + 1;
    p.effect = area_part(a, 0, left, a.rows - exam - 1, a.columns - left);
    p.exam = area_part(a, a.rows - exam, left, exam, a.columns - left);
    return p;
}

/* One above the other; of list and tree one at a time where both have no room. */
struct lab_layout lab_layout(const struct lab *l, struct area a)
{
    if (a.columns >= LARGE_COLUMNS && a.rows >= LARGE_ROWS)
        return large_layout(a);
    struct lab_layout p = {.lines = 1};
    int exam = a.rows >= 26 ? 7 : a.rows >= 20 ? 4 : a.rows >= 14 ? 3 : 0, top = 3;
    int rows = a.rows - top - 1 - exam - (exam > 0);
    rows = least(rows, WHATIF_COUNT);
    struct area body = area_part(a, top, 0, rows, a.columns);
    p.predictions = area_part(a, 0, 0, 2, a.columns);
    p.help = area_part(a, top + rows, 0, 1, a.columns);
    p.exam = area_part(a, a.rows - exam, 0, exam, a.columns);
    if (a.columns >= BOTH_COLUMNS) {
        int list = a.columns - TREE_COLUMNS - 2;
        p.list = area_part(body, 0, 0, rows, list);
        p.tree = area_part(body, 0, list + 2, rows, TREE_COLUMNS);
    } else {
        *(l->in_tree ? &p.tree : &p.list) = body;
    }
    return p;
}

/* ---- the list and the tree ---- */

static void draw_predictions(const struct lab *l, struct canvas *c, struct area a)
{
    const struct session *s = l->walk->session;
    const struct session *intact = l->pair.panes[PAIR_BEFORE].shown.session;
    bool same = intact && !strcmp(intact->prediction, s->prediction);
    const char *heads[] = {say(SAY_LAB_INTACT), say(SAY_LAB_NOW)};
    const char *texts[] = {intact ? intact->prediction : "", s->prediction};
    int left = canvas_width(c, heads[0]);
    left = canvas_width(c, heads[1]) > left ? canvas_width(c, heads[1]) : left;
    for (int i = 0; i < 2; i++) {
        canvas_field(c, area_part(a, i, 0, 1, left), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM), heads[i]);
        canvas_field(c, area_part(a, i, left + 2, 1, a.columns - left - 2), 0, ALIGN_LEFT,
                     theme_style(c, i == 0 ? LOOK_TITLE
                                    : same ? LOOK_GOOD
                                           : LOOK_WARNING),
                     texts[i]);
    }
}

/* "[x] no positions     everywhere", and below it what it does. */
static void draw_row(const struct lab *l, struct canvas *c, struct area a, int row)
{
    bool selected = row == l->row;
    struct style style =
        theme_style(c, !selected    ? LOOK_TEXT
                       : l->in_tree ? LOOK_CURSOR_QUIET
                                    : LOOK_SELECTION);
    struct area line = area_part(a, 0, 0, 1, a.columns);
    long n = lab_count_in_force(l, row);
    canvas_fill(c, line, style);
    canvas_text(c, line, 0, 0, n && !selected ? theme_style(c, LOOK_BADGE) : style,
                n ? "[x]" : "[ ]");
    int name = line.columns >= 60 ? 30 : 23, room = line.columns - 4;
    name = name < room ? name : room;
    canvas_field(c, area_part(line, 0, 4, 1, name), 0, ALIGN_LEFT, style,
                 lab_name(row, say_language()));
    char *choice = lab_choice(l, row);
    canvas_field(c, area_part(line, 0, 5 + name, 1, room - name - 1), 0, ALIGN_LEFT,
                 selected ? style : theme_style(c, LOOK_STAGE_ID), choice);
    free(choice);
    if (a.rows > 1)
        canvas_field(c, area_part(a, 1, 4, 1, a.columns - 4), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM),
                     whatif_help((enum whatif_id)row, (int)say_language()));
}

static void draw_list(const struct lab *l, const struct lab_layout *p, struct canvas *c)
{
    int seen = p->list.rows / p->lines;
    long first = scroll_first(l->row, seen, WHATIF_COUNT);
    bool above = first > 0, below = first + seen < WHATIF_COUNT;
    int columns = p->list.columns - (above || below);
    for (int i = 0; i < seen && first + i < WHATIF_COUNT; i++)
        draw_row(l, c, area_part(p->list, i * p->lines, 0, p->lines, columns),
                 (int)first + i);
    panel_draw_arrows(c, p->list, above, below);
}

/* Dim where the what-if finds nothing; marked where it would act or acts. */
static void draw_place(const struct lab *l, struct canvas *c, struct area line,
                       long place)
{
    const struct lab_place *at = &l->places[place];
    bool on = place == l->tree, chosen = place == l->place[l->row];
    struct style style = theme_style(c, on && l->in_tree      ? LOOK_SELECTION
                                        : on                  ? LOOK_CURSOR_QUIET
                                        : lab_fits(l, place) ? LOOK_TEXT
                                                              : LOOK_DIM);
    char *name = lab_place_name(l, place);
    canvas_fill(c, line, style);
    canvas_text(c, line, 0, 0, style, chosen ? "▸" : " ");
    int indent = 2 + 2 * at->depth;
    canvas_field(c, area_part(line, 0, indent, 1, line.columns - indent), 0, ALIGN_LEFT,
                 style, name);
    free(name);
}

static void draw_tree(const struct lab *l, struct canvas *c, struct area a)
{
    long *shown = mem_alloc((size_t)l->place_count, sizeof *shown), at = 0;
    long count = lab_tree(l, a.rows, shown);
    while (at < count - 1 && shown[at] != l->tree)
        at++;
    long first = scroll_first(at, a.rows, count);
    bool above = first > 0, below = first + a.rows < count;
    for (long i = first; i < count && i - first < a.rows; i++)
        draw_place(l, c,
                   area_part(a, (int)(i - first), 0, 1, a.columns - (above || below)),
                   shown[i]);
    panel_draw_arrows(c, a, above, below);
    free(shown);
}

static const char *help_text(const struct lab *l)
{
    return l->message ? l->message
                      : whatif_help((enum whatif_id)l->row, (int)say_language());
}

/* What the selected one does, or what is to be said; with its name on a command line. */
static void draw_help(const struct lab *l, struct canvas *c, struct area a)
{
    const char *name = whatif_name((enum whatif_id)l->row);
    int width = canvas_width(c, name);
    if (a.rows > 1) {
        canvas_field(c, area_part(a, 0, 0, 1, a.columns), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_STAGE_ID), name);
        canvas_wrap(c, area_part(a, 1, 0, a.rows - 1, a.columns), 0,
                    theme_style(c, l->message ? LOOK_WARNING : LOOK_FORMULA),
                    help_text(l));
        return;
    }
    bool named = !l->message && a.columns >= 40 + width;
    canvas_field(c, area_part(a, 0, 0, 1, a.columns - (named ? width + 2 : 0)), 0,
                 ALIGN_LEFT, theme_style(c, l->message ? LOOK_WARNING : LOOK_FORMULA),
                 help_text(l));
    if (named)
        canvas_text(c, a, 0, a.columns - width, theme_style(c, LOOK_STAGE_ID), name);
}

/* ---- the exam ---- */

/* One score as a bar: "intact  ██████░░  0.9975". */
static void draw_bar(struct canvas *c, struct area a, const char *name,
                     const struct exam_score *s, enum look look)
{
    char number[32];
    snprintf(number, sizeof number, " %.4f", s->exact_match);
    canvas_field(c, area_part(a, 0, 0, 1, 14), 0, ALIGN_LEFT, theme_style(c, LOOK_DIM),
                 name);
    int room = a.columns - 14 - 8;
    room = room > 50 ? 50 : room < 0 ? 0 : room;
    int full = (int)(room * s->exact_match + 0.5);
    for (int i = 0; i < room; i++)
        canvas_text(c, a, 0, 14 + i, theme_style(c, i < full ? look : LOOK_BORDER),
                    i < full ? "█" : "·");
    canvas_text(c, a, 0, 14 + room, theme_style(c, LOOK_RESULT), number);
}

/* The score of each kind of sentence, as many as there is room for. */
#define KIND_BAR 7
static void draw_kinds(const struct exam_score *s, struct canvas *c, struct area a)
{
    int width = 26, across = a.columns / width;
    for (size_t i = 0; i < s->kind_count && across > 0; i++) {
        const struct exam_kind *k = &s->kinds[i];
        int row = (int)i / across;
        if (row >= a.rows)
            return;
        double share = (double)k->right / (double)k->sentences;
        struct area cell = area_part(a, row, (int)i % across * width, 1, width - 1);
        canvas_field(c, area_part(cell, 0, 0, 1, 11), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM), k->name);
        enum look look = share < 0.9 ? LOOK_WARNING : LOOK_GOOD;
        int end = canvas_textf(c, cell, 0, 12, theme_style(c, look), "%.2f ", share);
        for (int x = 0; x < KIND_BAR; x++) {
            bool full = x < (int)(KIND_BAR * share + 0.5);
            canvas_text(c, cell, 0, end + x, theme_style(c, full ? look : LOOK_BORDER),
                        full ? "█" : "·");
        }
    }
}

static void draw_exam(const struct lab *l, struct canvas *c, struct area a)
{
    const struct exam_score *intact = l->exams ? lab_intact_exam(l).score : NULL;
    if (!intact) {
        canvas_wrap(c, a, 0, theme_style(c, LOOK_DIM), l->no_exam ? l->no_exam : "");
        return;
    }
    const struct exam_score *now = lab_changed_exam(l).score;
    struct style title = theme_style(c, LOOK_TITLE), dim = theme_style(c, LOOK_DIM);
    int end = canvas_text(c, a, 0, 0, title, say(SAY_LAB_EXAM));
    canvas_textf(c, a, 0, end + 2, dim, "%ld / %ld", (now ? now : intact)->sentences,
                 lab_intact_exam(l).size);
    draw_bar(c, area_part(a, 1, 0, 1, a.columns), say(SAY_LAB_INTACT), intact, LOOK_GOOD);
    if (now)
        draw_bar(c, area_part(a, 2, 0, 1, a.columns), say(SAY_LAB_NOW), now,
                 LOOK_WARNING);
    draw_kinds(now ? now : intact, c,
               area_part(a, now ? 3 : 2, 0, a.rows - (now ? 3 : 2), a.columns));
}

/* ---- the effect ---- */

/* The predictions, and the map of the place before and after. */
static void draw_effect(const struct lab *l, struct canvas *c, struct area a)
{
    const struct stage *s = l->pair.panes[PAIR_BEFORE].sheet.stage;
    struct compare_look look = {
        .pair = &l->pair, .zoom = CHART_ZOOM_PLAIN, .alone = true};
    char *words = lab_place_words(l, l->place[l->row]);
    canvas_vline(c, area_part(a, 0, 0, a.rows, 1), 0, theme_style(c, LOOK_BORDER));
    a = area_part(a, 0, 2, a.rows, a.columns - 2);
    draw_predictions(l, c, area_part(a, 0, 0, 2, a.columns));
    struct compare_layout p =
        compare_layout(&look, c, area_part(a, 4, 0, a.rows - 4, a.columns));
    char *title = mem_format("%s · %s", guide_name(s, say_language()), words);
    canvas_field(c, area_part(a, 3, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_STAGE_ID), title);
    compare_draw(&look, &p, c);
    free(title);
    free(words);
}

void lab_draw(const struct lab *l, struct canvas *c, struct area a)
{
    struct lab_layout p = lab_layout(l, a);
    if (!area_is_empty(p.predictions))
        draw_predictions(l, c, p.predictions);
    if (!area_is_empty(p.list))
        draw_list(l, &p, c);
    if (!area_is_empty(p.tree))
        draw_tree(l, c, p.tree);
    draw_help(l, c, p.help);
    if (!area_is_empty(p.effect) && l->pair.ready)
        draw_effect(l, c, p.effect);
    if (!area_is_empty(p.exam))
        draw_exam(l, c, p.exam);
}
