#include "chart/wires.h"

#include "base/memory.h"
#include "paint/theme.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_TEXT 6 /* columns in which the part of a text that is seen says something */

/* The four arms of a character, each 0, thin (1) or thick (2). */
enum arm { ARM_UP, ARM_RIGHT, ARM_DOWN, ARM_LEFT, ARMS };
enum { NONE, THIN, THICK };

/* By the arms as digits of base three: up, right, down, left. */
static const char *const shapes[] = {
    " ", "╴", "╸", "╷", "╮", "┑", "╻", "┒", "┓", /* nothing up, nothing right */
    "╶", "─", "╾", "╭", "┬", "┭", "┎", "┰", "┱",
    "╺", "╼", "━", "┍", "┮", "┯", "┏", "┲", "┳",
    "╵", "╯", "┙", "│", "┤", "┥", "╽", "┧", "┪",
    "╰", "┴", "┵", "├", "┼", "┽", "┟", "╁", "╅",
    "┕", "┶", "┷", "┝", "┾", "┿", "┢", "╆", "╈",
    "╹", "┚", "┛", "╿", "┦", "┩", "┃", "┨", "┫",
    "┖", "┸", "┹", "┞", "╀", "╃", "┠", "╂", "╉",
    "┗", "┺", "┻", "┡", "╄", "╇", "┣", "╊", "╋",
};

struct cell_arms {
    unsigned char arm[ARMS];
    bool joined; /* the level and the upright line belong together */
};

struct plan_of_wires {
    struct wire *wires;
    int count;
    int rows, columns;
    int lane[WIRES_MOST];  /* the column of the upright of each place; -1 for none */
    int order[WIRES_MOST]; /* the places with an upright, from left to right */
    int lanes;
    int texts;             /* columns of texts before the first upright */
    struct cell_arms *cells;
};

/* ---- which lines can be drawn ---- */

static bool has_lane(const struct plan_of_wires *p, int place)
{
    for (int i = 0; i < p->count; i++)
        if (p->wires[i].to == place && p->wires[i].from != place)
            return true;
    return false;
}

/* The line out of a row is level as far as the upright of its place, and in the same row
 * the line into a place is level from the upright of that: so the upright of `to` must
 * stand left of the upright of `from`, if that has one. */
static bool must_precede(const struct plan_of_wires *p, int a, int b)
{
    for (int i = 0; i < p->count; i++)
        if (p->wires[i].to == a && p->wires[i].from == b && a != b)
            return true;
    return false;
}

/* Puts the places that can be in order; true when all could. */
static bool find_order(struct plan_of_wires *p)
{
    bool waits[WIRES_MOST];
    int left = 0;
    p->lanes = 0;
    for (int i = 0; i < p->rows; i++)
        left += waits[i] = has_lane(p, i);
    for (bool found = true; found && left > 0;) {
        found = false;
        for (int b = 0; b < p->rows && !found; b++) {
            bool ready = waits[b];
            for (int a = 0; a < p->rows && ready; a++)
                ready = !(waits[a] && must_precede(p, a, b));
            if (!ready)
                continue;
            p->order[p->lanes++] = b;
            waits[b] = false;
            found = true;
            left--;
        }
    }
    return left == 0;
}

/* Whether lines lead from the row to the place, over others. */
static bool leads_to(const struct plan_of_wires *p, int row, int place)
{
    bool reached[WIRES_MOST] = {false};
    reached[row] = true;
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < p->count; i++) {
            const struct wire *w = &p->wires[i];
            if (w->to < 0 || !reached[w->from] || reached[w->to])
                continue;
            reached[w->to] = more = true;
        }
    }
    return reached[place];
}

/* The weakest line of those that need not be, rather one that is not lit; -1 for none. */
static int weakest(const struct plan_of_wires *p, bool of_circle)
{
    int found = -1;
    for (int i = 0; i < p->count; i++) {
        const struct wire *w = &p->wires[i];
        bool fits = w->to >= 0 && w->to != w->from;
        if (!fits || (of_circle && (w->lit || !leads_to(p, w->to, w->from))))
            continue;
        const struct wire *best = found < 0 ? NULL : &p->wires[found];
        if (!best || w->lit < best->lit ||
            (w->lit == best->lit && w->weight < best->weight))
            found = i;
    }
    return found;
}

static void find_texts(struct plan_of_wires *p, const struct canvas *c)
{
    p->texts = 0;
    for (int i = 0; i < p->count; i++) {
        const struct wire *w = &p->wires[i];
        int both = canvas_width(c, w->text) + canvas_width(c, w->number) + 2;
        int width = w->to < 0 && !w->lit ? both : 0;
        p->texts = width > p->texts ? width : p->texts;
    }
    p->texts = p->texts > p->columns / 2 ? p->columns / 2 : p->texts;
}

/* The text with its number where both have room; where not even a part of it has, the
 * arrow alone. */
static void draw_text_of(const struct wire *w, struct canvas *c, struct area a)
{
    struct style style = theme_style(c, LOOK_DIM);
    if (a.columns < LEAST_TEXT && canvas_width(c, w->text) > a.columns) {
        canvas_text(c, a, w->from, 0, style, "→");
        return;
    }
    int end = canvas_text(c, a, w->from, 0, style, w->text);
    if (end + 1 + canvas_width(c, w->number) <= a.columns)
        canvas_text(c, a, w->from, end + 1, style, w->number);
}

/* Every upright has two columns at least; the last one has two for an arrow. */
static void settle(struct plan_of_wires *p, const struct canvas *c)
{
    for (;;) {
        bool ordered = find_order(p);
        find_texts(p, c);
        if (ordered && p->texts + 2 * p->lanes + 2 <= p->columns)
            break;
        int drop = weakest(p, !ordered);
        if (drop < 0)
            break;
        p->wires[drop].to = -1;
    }
    int room = p->columns - p->texts - 3, step = p->lanes ? room / p->lanes : 0;
    step = step > 5 ? 5 : step < 2 ? 2 : step;
    for (int i = 0; i < p->rows; i++)
        p->lane[i] = -1;
    for (int i = 0; i < p->lanes; i++)
        p->lane[p->order[i]] = p->texts + 1 + i * step;
}

/* ---- the characters ---- */

static struct cell_arms *cell(struct plan_of_wires *p, int row, int column)
{
    return &p->cells[row * p->columns + column];
}

static void set_arm(struct plan_of_wires *p, int row, int column, enum arm arm,
                    int weight)
{
    if (row < 0 || row >= p->rows || column < 0 || column >= p->columns)
        return;
    unsigned char *x = &cell(p, row, column)->arm[arm];
    *x = weight > *x ? (unsigned char)weight : *x;
}

static void lay_level(struct plan_of_wires *p, int row, int from, int to, int weight)
{
    for (int x = from; x < to; x++) {
        set_arm(p, row, x, ARM_RIGHT, weight);
        set_arm(p, row, x + 1, ARM_LEFT, weight);
    }
}

static void lay_upright(struct plan_of_wires *p, int column, int from, int to, int weight)
{
    int top = from < to ? from : to, bottom = from < to ? to : from;
    for (int y = top; y < bottom; y++) {
        set_arm(p, y, column, ARM_DOWN, weight);
        set_arm(p, y + 1, column, ARM_UP, weight);
    }
}

static void lay(struct plan_of_wires *p, const struct wire *w)
{
    int weight = w->lit ? THICK : THIN, lane = p->lane[w->to];
    if (lane < 0) { /* straight on */
        lay_level(p, w->from, 0, p->columns - 1, weight);
        set_arm(p, w->from, 0, ARM_LEFT, weight);
        return;
    }
    lay_level(p, w->from, 0, lane, weight);
    set_arm(p, w->from, 0, ARM_LEFT, weight);
    lay_upright(p, lane, w->from, w->to, weight);
    lay_level(p, w->to, lane, p->columns - 1, weight);
    cell(p, w->from, lane)->joined = true;
    cell(p, w->to, lane)->joined = true;
}

/* Lines that merely cross: the thick one is drawn, else the upright. */
static int shape_of(const struct cell_arms *x, bool *thick)
{
    unsigned char arm[ARMS];
    memcpy(arm, x->arm, sizeof arm);
    bool level = arm[ARM_LEFT] || arm[ARM_RIGHT], upright = arm[ARM_UP] || arm[ARM_DOWN];
    if (level && upright && !x->joined) {
        bool over = (arm[ARM_LEFT] == THICK || arm[ARM_RIGHT] == THICK) &&
                    arm[ARM_UP] != THICK && arm[ARM_DOWN] != THICK;
        arm[over ? ARM_UP : ARM_LEFT] = arm[over ? ARM_DOWN : ARM_RIGHT] = NONE;
    }
    int shape = 0;
    *thick = false;
    for (int i = 0; i < ARMS; i++) {
        shape = 3 * shape + arm[i];
        *thick = *thick || arm[i] == THICK;
    }
    return shape;
}

static const char *ascii_of(const struct cell_arms *x, int shape)
{
    bool level = x->arm[ARM_LEFT] || x->arm[ARM_RIGHT];
    bool upright = x->arm[ARM_UP] || x->arm[ARM_DOWN];
    const char *drawn = shapes[shape];
    if (level && upright && x->joined)
        return "+";
    if (!strcmp(drawn, "━") || !strcmp(drawn, "╸") || !strcmp(drawn, "╺"))
        return "=";
    return !strcmp(drawn, "│") || !strcmp(drawn, "┃") || !strcmp(drawn, "╽") ||
                   !strcmp(drawn, "╿")
               ? "|"
               : "-";
}

static struct style style_of(const struct canvas *c, bool thick)
{
    return theme_style(c, thick ? LOOK_FOCUS : LOOK_DIM);
}

static void draw_cells(struct plan_of_wires *p, struct canvas *c, struct area a)
{
    for (int row = 0; row < p->rows; row++)
        for (int column = 0; column < p->columns; column++) {
            bool thick;
            const struct cell_arms *x = cell(p, row, column);
            int shape = shape_of(x, &thick);
            if (shape)
                canvas_text(c, a, row, column, style_of(c, thick),
                            c->ascii ? ascii_of(x, shape) : shapes[shape]);
        }
}

static void draw_ends(struct plan_of_wires *p, struct canvas *c, struct area a)
{
    for (int lit = 0; lit < 2; lit++)
        for (int i = 0; i < p->count; i++) {
            const struct wire *w = &p->wires[i];
            struct style style = style_of(c, w->lit);
            if (w->lit != (lit > 0))
                continue;
            if (w->to >= 0)
                canvas_text(c, a, w->to, p->columns - 1, style, c->ascii ? ">" : "▶");
            else if (!w->lit)
                draw_text_of(w, c, area_part(a, 0, 0, a.rows, p->texts));
        }
}

void wires_draw(struct wire *wires, int count, struct canvas *c, struct area a)
{
    struct plan_of_wires p = {.wires = wires,
                              .count = count,
                              .rows = a.rows < WIRES_MOST ? a.rows : WIRES_MOST,
                              .columns = a.columns};
    if (area_is_empty(a) || a.columns < 4)
        return;
    p.cells = mem_zero((size_t)p.rows * (size_t)p.columns, sizeof *p.cells);
    settle(&p, c);
    for (int i = 0; i < count; i++)
        if (wires[i].to >= 0)
            lay(&p, &wires[i]);
    draw_cells(&p, c, a);
    draw_ends(&p, c, a);
    free(p.cells);
}
