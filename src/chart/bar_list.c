#include "chart/bar_list.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define LINE 17.0
#define BAR 0.64  /* of the line's height */
#define SIZE 0.72 /* of a text, at most the plain one */
#define THIN_LINE 10.0
#define THIN_BAR 7.0
#define THIN_SIZE 8.5
#define GAP 7.0    /* between columns */
#define GLOSS 0.82 /* of the label's size */
#define LABEL_MOST 190.0
#define LABEL_LEAST 50.0
#define BARS_NATURAL 270.0
#define BARS_LEAST 60.0
#define TICKS_HEIGHT 16.0
#define TITLE_HEIGHT 16.0
#define GROUP_GAP 6.0  /* above several bars of one label */
#define TITLE_GAP 10.0 /* above a text in bold */

void bar_list_add(struct bar_list *l, struct bar_line line)
{
    l->lines = mem_grow(l->lines, l->count, &l->capacity, sizeof *l->lines);
    l->lines[l->count++] = line;
}

void bar_list_free(struct bar_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->lines[i].rank);
        free(l->lines[i].label);
        free(l->lines[i].gloss);
        free(l->lines[i].number);
        free(l->lines[i].note);
    }
    free(l->lines);
}

/* ---- where everything is ---- */

struct layout {
    double ranks, labels, numbers, notes; /* the widths of columns with their gaps */
    double line, size;                    /* of a plain line: its height, its texts */
    double height;                        /* of all lines */
    struct plot_scale scale;
};

static double number_size(const struct layout *m, const struct bar_line *x)
{
    return x->thin ? THIN_SIZE : m->size;
}

static double widest(double width, const char *text, double size, bool bold)
{
    return text ? fmax(width, plot_text_width(text, size, bold) + GAP) : width;
}

static double line_height(const struct layout *m, const struct bar_line *x)
{
    if (x->thin)
        return THIN_LINE + (x->label ? GROUP_GAP : 0);
    return !x->number && x->bold ? m->line + TITLE_GAP : m->line;
}

static void measure_line(struct layout *m, const struct bar_line *x)
{
    m->height += line_height(m, x);
    if (!x->number)
        return;
    double gloss = widest(0, x->gloss, GLOSS * m->size, false);
    m->ranks = widest(m->ranks, x->rank, m->size, false);
    m->labels = fmax(m->labels, gloss + widest(0, x->label, m->size, x->bold));
    m->numbers = widest(m->numbers, x->number, number_size(m, x), x->bold);
    m->notes = widest(m->notes, x->note, number_size(m, x), false);
}

static struct layout measure(const struct bar_list *l)
{
    struct layout m = {.line = l->line > 0 ? l->line : LINE};
    m.size = fmin(PLOT_LABEL_SIZE, SIZE * m.line);
    for (size_t i = 0; i < l->count; i++)
        measure_line(&m, &l->lines[i]);
    m.labels = fmin(m.labels, LABEL_MOST);
    return m;
}

/* The scale takes what the columns of texts leave; they give way before it does. */
static int fit(const struct bar_list *l, struct layout *m, double width)
{
    double texts = m->ranks + m->numbers + m->notes, left = width - texts - m->labels;
    double end = 0.5 * PLOT_TICK_SIZE; /* half of the last tick's text may stand out */
    if (m->notes + m->numbers < end)
        left -= end;
    if (left < BARS_LEAST && m->labels > LABEL_LEAST) {
        double less = fmin(BARS_LEAST - left, m->labels - LABEL_LEAST);
        m->labels -= less;
        left += less;
    }
    double from = ceil(FRAME_MARGIN + m->ranks + m->labels);
    m->scale = (struct plot_scale){l->lo, l->hi, from, floor(from + left - 1)};
    return left < BARS_LEAST ? -1 : 0;
}

/* ---- drawing ---- */

/* The label ends beside the bars, its gloss stands before it. */
static void draw_label(const struct plot *p, const struct layout *m,
                       const struct bar_line *x, double y)
{
    double right = m->scale.from - GAP, room = m->labels - GAP;
    struct draw_style style = {
        .size = m->size, .bold = x->bold, .color = p->colors->text, .align = DRAW_RIGHT};
    double width = plot_text_width(x->label, style.size, x->bold);
    if (width > room) {
        style.fit = DRAW_ELLIPSIS;
        style.width = width = room;
    }
    draw_text(p->d, right, y, x->label, &style);
    room -= width + GAP;
    if (!x->gloss || room < 2 * GAP)
        return;
    struct draw_style light = {.size = GLOSS * m->size,
                               .color = p->colors->muted,
                               .align = DRAW_RIGHT,
                               .fit = DRAW_ELLIPSIS,
                               .width = room};
    if (plot_text_width(x->gloss, light.size, false) <= room)
        light.fit = DRAW_WHOLE;
    draw_text(p->d, right - width - GAP, y, x->gloss, &light);
}

static void draw_bar(const struct plot *p, const struct layout *m,
                     const struct bar_line *x, double y)
{
    double thick = x->thin ? THIN_BAR : BAR * m->line;
    double zero = plot_at(&m->scale, 0), end = plot_at(&m->scale, x->value);
    int ink = (x->ink + (x->value < 0)) % PLOT_INKS;
    if (isfinite(x->value) && fabs(end - zero) > 0)
        draw_fill(
            p->d,
            (struct draw_box){fmin(zero, end), y - thick / 2, fabs(end - zero), thick},
            p->inks->ink[ink]);
}

static void draw_numbers(const struct plot *p, const struct layout *m,
                         const struct bar_line *x, double y)
{
    double right = p->room.x + p->room.width;
    struct draw_style style = {
        .size = number_size(m, x), .color = p->colors->muted, .align = DRAW_RIGHT};
    if (x->note)
        draw_text(p->d, right, y, x->note, &style);
    style.color = p->colors->text;
    style.bold = x->bold;
    draw_text(p->d, right - m->notes, y, x->number, &style);
}

static void draw_line_of(const struct plot *p, const struct layout *m,
                         const struct bar_line *x, double y)
{
    double middle = y + line_height(m, x) / 2;
    if (!x->number) { /* a text across */
        struct draw_style style = {.size = m->size,
                                   .bold = x->bold,
                                   .color = x->bold ? p->colors->text : p->colors->muted,
                                   .fit = DRAW_ELLIPSIS,
                                   .width = p->room.width};
        middle = y + line_height(m, x) - m->line / 2;
        draw_text(p->d, p->room.x, middle, x->label ? x->label : "", &style);
        return;
    }
    if (x->thin)
        middle = y + line_height(m, x) - THIN_LINE / 2;
    if (x->rank) {
        struct draw_style style = {
            .size = m->size, .color = p->colors->muted, .align = DRAW_RIGHT};
        draw_text(p->d, p->room.x + m->ranks - GAP, middle, x->rank, &style);
    }
    if (x->label)
        draw_label(p, m, x, middle + (x->span > 1 ? x->span - 1 : 0) * THIN_LINE / 2);
    draw_bar(p, m, x, middle);
    draw_numbers(p, m, x, middle);
}

static void draw_grid(const struct plot *p, const struct plot_tick *ticks, int count,
                      double top, double bottom)
{
    for (int i = 0; i < count; i++)
        draw_line(p->d, ticks[i].at, top, ticks[i].at, bottom, p->inks->grid_width,
                  p->inks->grid);
}

static void draw_axis(const struct plot *p, const struct layout *m, double top,
                      double bottom)
{
    double zero = plot_at(&m->scale, 0);
    if (m->scale.lo <= 0 && m->scale.hi >= 0)
        draw_line(p->d, zero, top, zero, bottom, 1, p->colors->line);
}

/* The lines of the grid, or the axis at zero, along each run of lines that have bars. */
static void draw_upright(const struct plot *p, const struct layout *m,
                         const struct bar_list *l, const struct plot_tick *ticks,
                         int count, bool axis)
{
    double y = p->room.y, top = y;
    for (size_t i = 0; i <= l->count; i++) {
        bool text = i == l->count || !l->lines[i].number;
        if (text && y > top && axis)
            draw_axis(p, m, top, y);
        else if (text && y > top)
            draw_grid(p, ticks, count, top, y);
        y += i < l->count ? line_height(m, &l->lines[i]) : 0;
        if (text)
            top = y;
    }
}

static void draw_ticks(const struct plot *p, const struct layout *m,
                       const struct bar_list *l, const struct plot_tick *ticks, int count)
{
    double y = p->room.y + m->height + TICKS_HEIGHT / 2 + 1;
    struct draw_style style = {
        .size = PLOT_TICK_SIZE, .color = p->colors->muted, .align = DRAW_CENTER};
    for (int i = 0; i < count; i++)
        draw_text(p->d, ticks[i].at, y, ticks[i].text, &style);
    if (!l->title)
        return;
    style.size = PLOT_LABEL_SIZE;
    style.fit = DRAW_SHRINK;
    style.width = m->scale.to - m->scale.from;
    draw_text(p->d, (m->scale.from + m->scale.to) / 2, y + TITLE_HEIGHT, l->title,
              &style);
}

struct drawing *bar_list_draw(const struct bar_list *l, const struct chart_page *page,
                              struct error *e)
{
    struct layout m = measure(l);
    double texts = m.ranks + m.labels + m.numbers + m.notes;
    double width = plot_width(page, texts + BARS_NATURAL);
    double least = texts - fmax(0, m.labels - LABEL_LEAST) + BARS_LEAST + PLOT_TICK_SIZE;
    if (fit(l, &m, width) < 0)
        return plot_too_narrow(page, "the bars beside their labels", least, e);
    struct plot p;
    struct plot_tick ticks[PLOT_MAX_TICKS];
    double below = TICKS_HEIGHT + (l->title ? TITLE_HEIGHT : 0);
    if (plot_open(&p, page, width, m.height + below, e) < 0)
        return NULL;
    int count = plot_ticks(&m.scale, 46, l->unit, ticks);
    draw_upright(&p, &m, l, ticks, count, false);
    double y = p.room.y;
    for (size_t i = 0; i < l->count; i++) {
        draw_line_of(&p, &m, &l->lines[i], y);
        y += line_height(&m, &l->lines[i]);
    }
    draw_upright(&p, &m, l, ticks, count, true);
    draw_ticks(&p, &m, l, ticks, count);
    return p.d;
}
