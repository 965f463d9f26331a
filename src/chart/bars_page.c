#include "chart/bars_page.h"

#include "base/say.h"
#include "chart/bar_list.h"
#include "chart/bar_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BARS_MOST 64
#define RANKS_MOST 40
#define RANKS_LEAST 10 /* of shares that print as 0 */
#define CROWD 40       /* more bars than these have lower lines */
#define CROWD_LINE 13.5
#define DIGITS 3

/* "… 1,663 more" */
static void add_more(struct bar_list *l, long more)
{
    char number[PLOT_NUMBER];
    if (more > 0)
        bar_list_add(l, (struct bar_line){.label = say_with(SAY_FIGURE_MORE,
                                                            plot_count(more, number))});
}

static char *gloss_of(const struct chart *v, long column)
{
    const struct labels *l = v->sheet.column_labels;
    const char *gloss =
        v->gloss && l && column < (long)l->count ? l->items[column].gloss : NULL;
    return gloss ? mem_string(gloss) : NULL;
}

static void add_bars(const struct chart *v, const struct bar_row *b, int digits,
                     struct bar_list *l)
{
    char number[PLOT_NUMBER];
    double size = fmax(fabs(b->lo), fabs(b->hi));
    add_more(l, b->first);
    for (long i = b->first; i < b->first + b->seen; i++) {
        long column = b->order[i];
        double value = chart_cell(v, v->at.row, column);
        bar_list_add(
            l, (struct bar_line){
                   .rank = b->ranked ? mem_format("%ld.", i + 1) : NULL,
                   .label = label_text(v->sheet.column_labels, column, 0, false, false),
                   .gloss = gloss_of(v, column),
                   .number = mem_string(isnan(value) && v->missing
                                            ? v->missing
                                            : plot_number(value, size, digits, number)),
                   .value = value});
    }
    add_more(l, v->sheet.columns - b->first - b->seen);
}

/* A share that prints as 0 tells nothing: of a long tail of them only a few stay. */
static void leave_out_tail(const struct chart *v, int digits, struct bar_row *b)
{
    if (!b->ranked || v->sheet.values != VALUES_PROBABILITY)
        return;
    while (b->seen > RANKS_LEAST &&
           !(chart_cell(v, v->at.row, b->order[b->seen - 1]) >= 0.5 * pow(10, -digits)))
        b->seen--;
}

/* The subtitle of the page, and which row this is. Caller frees. */
static char *subtitle_of(const struct chart *v, const char *subtitle)
{
    const char *axis = chart_row_title(v), *before = subtitle ? subtitle : "";
    if (!v->sheet.row_labels && v->sheet.rows < 2)
        return mem_string(before);
    char *label = chart_row_label(v, v->at.row);
    char *text = mem_format("%s%s%s%s%s", before, *before ? " · " : "", axis,
                            *axis ? " " : "", label);
    free(label);
    return text;
}

static struct drawing *draw(const struct chart *v, const struct chart_page *page,
                            bool ranked, struct error *e)
{
    struct bar_row b = bar_row_of(v, ranked, ranked ? RANKS_MOST : BARS_MOST);
    struct bar_list l = {.lo = b.lo, .hi = b.hi, .unit = ""};
    int digits = plot_digits(page, v->sheet.values == VALUES_IDS ? 0
                                       : chart_digits(v, DIGITS));
    struct chart_page with = *page;
    char *subtitle = subtitle_of(v, page->heading.subtitle);
    with.heading.subtitle = subtitle;
    if (page->range) {
        l.lo = page->range->lo;
        l.hi = page->range->hi;
    }
    if (v->range_by == RANGE_BY_HEAD)
        l.title = chart_range_title(v);
    leave_out_tail(v, digits, &b);
    l.line = b.seen > CROWD ? CROWD_LINE : 0;
    add_bars(v, &b, digits, &l);
    struct drawing *d = bar_list_draw(&l, &with, e);
    bar_list_free(&l);
    bar_row_free(&b);
    free(subtitle);
    return d;
}

struct drawing *bars_page(const struct chart *v, const struct chart_page *p,
                          struct error *e)
{
    return draw(v, p, false, e);
}

struct drawing *bars_ranking_page(const struct chart *v, const struct chart_page *p,
                                  struct error *e)
{
    return draw(v, p, true, e);
}
