/* A chart: one picture of a matrix, of a whole run or of exams, and its three hands.
 *
 * What is seen in the terminal, drawn to a file and told in words comes from the same
 * `struct chart`, which owns nothing:
 *
 *     struct chart c = chart_of(&exhibit);                  // pins the values
 *     charts_find("heads")->cells(&c, canvas, area);
 *     charts_find("heads")->page(&c, &page, &error);
 *     chart_release(&c);
 *
 * The kinds stand in charts.def; charts.h finds them. This page holds what they share. */
#ifndef CHART_H
#define CHART_H

#include "base/memory.h"
#include "base/say.h"
#include "chart/sheet.h"
#include "paint/canvas.h"
#include "paint/theme.h"
#include "study/exam.h"
#include "study/head_names.h"
#include "study/render.h"

#include <stdbool.h>

/* One exam of a chart of exams. */
struct chart_exam {
    const char *name;               /* "intact", or what is off; borrowed */
    const struct exam_score *score; /* borrowed; NULL: not there */
    long size;                      /* sentences in all */
};

struct chart {
    const struct exhibit *shown; /* borrowed: the run; NULL for values of no run */
    struct sheet sheet;
    const struct tensor *values; /* borrowed; of all heads */
    struct colormap_range range; /* of the matrix; what a row's colours stand for says
                                  * chart_range */
    enum range_by range_by;      /* whether heads or rows have ranges of their own */
    const struct tensor *beside; /* borrowed: a second matrix of this shape, which shares
                                  * these ranges; NULL for none */
    struct place at;             /* the cell that is lit */
    const struct chart_exam *exams;
    size_t exam_count;
    /* Rows and columns that were put together or left out: the values of another stage of
     * these labels in the same way, whose data is the caller's. NULL: as they stand. */
    struct tensor (*regroup)(const void *with, const struct tensor *whole);
    const void *regroup_with;
    const struct head_names *names; /* borrowed: what heads are named after, or NULL */
    const char *missing; /* what stands for NaN; NULL: "NaN" */
    unsigned log; /* CHART_LOG_…: the axes of curves that are logarithmic */
    const char *classes; /* of points: word classes to tell apart, each with a name, in
                          * lines "noun=명사"; borrowed, NULL for none */
    /* in the terminal */
    int zoom;     /* of a matrix: CHART_ZOOM_… */
    bool focused; /* the cursor is here */
    bool gloss;   /* meanings beside the labels; on a page too */
    int cell_least; /* columns of a cell, not less */
    bool bare;    /* only the column labels above, and nothing below */
    bool unlabelled; /* those of a matrix beside it stand for its rows */
    bool tight;   /* beside a text: narrow cells rather than columns out of sight */
    bool wide;    /* colours alone take the room that there is */
    bool to_column; /* who looks at the lit column is asked, not what the lit row sees */
    bool held;    /* thumbnails have a title each, and the row that is lit is marked */
    bool quiet;   /* a number that would be written as 0.00 is a dot; a legend says so */
};

/* 0: colours alone; 1, 2, 3: two, four, six decimals. */
#define CHART_ZOOM_LEAST 0
#define CHART_ZOOM_PLAIN 1
#define CHART_ZOOM_MOST 3

#define CHART_LOG_X 1u
#define CHART_LOG_Y 2u

#define CHART_CLASSES_MOST 4

/* What a kind must find in a chart. */
enum chart_needs {
    CHART_NEEDS_MATRIX = 1,
    CHART_NEEDS_HEADS = 2,
    CHART_NEEDS_ATTENTION = 4, /* weights from rows of tokens to columns of tokens */
    CHART_NEEDS_PLANE = 8,     /* a matrix of one or two columns */
    CHART_NEEDS_EXAMS = 16,
};

struct drawing;    /* paint/draw.h */
struct chart_page; /* chart/page.h */

struct chart_kind {
    const char *name; /* as `view:` and --kind want it */
    const char *help[LANGUAGE_COUNT];
    unsigned needs; /* enum chart_needs */
    /* Rows of cells that show all of it; NULL: it takes what there is. */
    int (*rows)(const struct chart *v);
    bool scrolls; /* and can do with fewer */
    const char *stage; /* the end of the stage that it is made for, "position"; or NULL */
    bool names;   /* it tells what heads are named after */
    bool one_row; /* it shows the row that is lit, or marks it on a page too */
    void (*cells)(const struct chart *v, struct canvas *c, struct area a);
    /* On a new page; caller frees. NULL and an error when it does not fit. */
    struct drawing *(*page)(const struct chart *v, const struct chart_page *p,
                            struct error *e);
    /* At most so many rows of it, as lines of a list. */
    void (*words)(const struct chart *v, long most, struct buffer *out);
    /* What it shows, for the heading, where that is more than the head that is lit;
     * caller frees. NULL: that head. */
    char *(*subject)(const struct chart *v);
};

/* Whether it is of exams, many sentences each, and of no matrix. */
static inline bool chart_is_of_exams(const struct chart_kind *kind)
{
    return kind->needs & CHART_NEEDS_EXAMS;
}

/* The matrix that the exhibit shows; its values stay until chart_release. Nothing else is
 * set: not focused, plain zoom. */
struct chart chart_of(const struct exhibit *x);
void chart_release(const struct chart *v);

/* 0 when the chart has what the kind needs; else an error that says what is missing. */
int chart_check(const struct chart_kind *kind, const struct chart *v, struct error *e);

/* A number as text, with so many digits (render_number); NaN is what the chart says of
 * it. Borrowed from `out` or the chart. */
const char *chart_number(const struct chart *v, double x, int digits,
                         char out[RENDER_NUMBER]);

/* The digits of its numbers: 0 where values of expressions are whole numbers, so many
 * that a large one has room, else `plain`. */
int chart_digits(const struct chart *v, int plain);

/* A number of the head that is shown. */
double chart_cell(const struct chart *v, long row, long column);

/* "noun → particle": what a head is named after, in the language of the run; NULL where
 * that is not known. Borrowed, static. */
const char *chart_head_name(const struct chart *v, long head);

/* What the colour bar of a page says where heads or rows have ranges of their own; NULL
 * for that of the matrix. */
const char *chart_range_title(const struct chart *v);

/* What the colours of a row stand for. */
struct colormap_range chart_range(const struct chart *v, long row);

/* The label of a row ("▁go → ▁to") or column, with its meaning where the chart shows
 * meanings. Caller frees. */
char *chart_row_label(const struct chart *v, long row);
char *chart_column_label(const struct chart *v, long column);

/* What the rows and the columns are, in the language of the run; "" for nothing. */
const char *chart_row_title(const struct chart *v);
/* "쿼리" for "쿼리 query", where the whole has no room. Caller frees. */
char *chart_short_title(const char *title);
const char *chart_column_title(const struct chart *v);

/* The style of what is lit when `on`, of `other` when not. */
struct style chart_lit(const struct canvas *c, const struct chart *v, bool on,
                       enum look other);

#endif
