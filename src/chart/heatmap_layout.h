/* A heat map before it is drawn: what it shows, and where everything is. All texts are
 * the caller's, in any language; lengths are points. */
#ifndef HEATMAP_LAYOUT_H
#define HEATMAP_LAYOUT_H

#include "base/error.h"
#include "chart/colorbar.h"
#include "chart/frame.h"
#include "numbers/tensor.h"
#include "paint/colormap.h"
#include "paint/draw.h"

#include <stdbool.h>

/* A matrix inside of a tensor: row-major, from the element `first` on. */
struct heatmap_values {
    const struct tensor *tensor; /* borrowed */
    long first, rows, columns;
};
double heatmap_value(const struct heatmap_values *v, long row, long column);

struct heatmap_axis {
    const char *title;          /* "query"; may be NULL */
    const char *const *labels;  /* one for each row or column; NULL: numbers from 1 */
    const char *const *glosses; /* a second, lighter text with each label; NULL: none */
};

struct heatmap {
    struct heatmap_values values;
    struct heatmap_axis row, column;
    bool columns_below;          /* column labels below the cells, not above */
    struct frame_heading heading;
    const char *value_title;     /* along the colour bar; may be NULL */
    const char *masked_name;     /* what -∞ means here, for the legend; NULL: "-∞" */
    const struct colormap *map;  /* NULL: the default for the range */
    const struct colormap_range *range; /* NULL: from the values */
    bool by_row; /* colours by the share of the largest in each row, -1 or 0 to 1 */
    bool print_values;           /* in the cells */
    int digits;                  /* of printed values after the point; 0: two */
    enum figure_theme theme;
    double width;                /* of the whole figure; 0: as the cells need */
};

/* Where everything is. Filled by heatmap_arrange; fields are read-only after that. */
struct heatmap_layout {
    double width, height;       /* of the page */
    struct draw_box cells, bar; /* the matrix; the colour bar without its ticks */
    double cell_w, cell_h;
    double row_size, column_size, value_size; /* of the texts */
    long row_step, column_step; /* every n-th label is drawn */
    double column_angle;        /* 0, 45 or 90 degrees */
    double column_room;         /* the height of the column labels */
    double row_room;            /* the width of the row labels */
    bool row_two_lines;         /* the gloss stands below the label, not beside it */
    double heading_width;
    struct colorbar colorbar;   /* the map and range in use */
};

/* -1 and an error when the given width leaves no room, or printed values do not fit. */
int heatmap_arrange(const struct heatmap *h, struct heatmap_layout *l, struct error *e);

/* The box of one cell (its colour fills at least the middle), and the height at which a
 * value stands on the colour bar. */
struct draw_box heatmap_cell_box(const struct heatmap_layout *l, long row, long column);
double heatmap_bar_y(const struct heatmap_layout *l, double value);

/* Text of a number as it is printed in a cell. */
void heatmap_print(char *out, size_t size, double value, int digits);

/* ---- what drawing shares with arranging ---- */

#define HEATMAP_AXIS_SIZE 11.0 /* of the axis titles */
#define HEATMAP_LABEL_GAP 6.0  /* between the cells and their labels */
#define HEATMAP_AXIS_GAP 8.0   /* between labels and the axis title */
#define HEATMAP_LINE 1.25      /* from line to line, of the size */
#define HEATMAP_GLOSS 0.82     /* a gloss, of the label's size */
#define HEATMAP_GLOSS_GAP 0.5  /* between label and gloss, of the label's size */

/* The finite values' ends (0 for none), and which kinds of values there are. */
struct heatmap_summary {
    double least, most;
    bool present[COLORMAP_KINDS];
};
struct heatmap_summary heatmap_summarise(const struct heatmap_values *v);

/* A finite value as its share of the largest in its row, -1 to 1. */
double heatmap_share(const struct heatmap_values *v, long row, double value);

/* The label of row or column `i`, maybe written into `number`; its gloss or NULL; and
 * whether it is drawn when every `step`-th is. */
const char *heatmap_label(const struct heatmap_axis *axis, long i, char number[24]);
const char *heatmap_gloss(const struct heatmap_axis *axis, long i);
bool heatmap_label_is_drawn(const struct heatmap_axis *axis, long i, long step);

#endif
