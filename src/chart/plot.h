/* What the pages of charts with axes share: a page with its heading, inks, scales with
 * their ticks, and labels. Lengths are points. */
#ifndef PLOT_H
#define PLOT_H

#include "chart/page.h"

#define PLOT_LABEL_SIZE 10.5
#define PLOT_TICK_SIZE 9.0

/* The colours of what is drawn, told apart also by readers with a colour vision
 * deficiency, with a contrast of at least 3 on the paper; the grid is faint. */
enum { PLOT_MAIN, PLOT_OTHER, PLOT_THIRD, PLOT_FOURTH, PLOT_INKS };
struct plot_inks {
    struct rgb ink[PLOT_INKS], grid;
    double grid_width;
};
const struct plot_inks *plot_inks(enum figure_theme theme); /* borrowed, static */

/* A page being drawn. */
struct plot {
    struct drawing *d;
    const struct frame_colors *colors;
    const struct plot_inks *inks;
    struct draw_box room; /* below the heading and inside the margins */
};

/* The width between the margins: as the page asks, else as the heading and `natural`
 * need. */
double plot_width(const struct chart_page *page, double natural);

/* A new page with its heading over a room of that size. -1 and an error as draw_new. */
int plot_open(struct plot *p, const struct chart_page *page, double width, double height,
              struct error *e);

/* The error of a page that is too narrow: its width should be at least `least`. NULL. */
struct drawing *plot_too_narrow(const struct chart_page *page, const char *what,
                                double least, struct error *e);

/* Values lo … hi stand at from … to (downwards where to < from); others at the ends. */
struct plot_scale {
    double lo, hi, from, to;
};
double plot_at(const struct plot_scale *s, double value);

/* Neat values inside of a scale. */
#define PLOT_MAX_TICKS 24
struct plot_tick {
    double at; /* where it stands */
    char text[32];
};
/* About `distance` apart, each text with `unit` behind it. Returns their number. */
int plot_ticks(const struct plot_scale *s, double distance, const char *unit,
               struct plot_tick ticks[PLOT_MAX_TICKS]);

/* A number of a chart as text: so many decimals, or an exponent where one of `size`
 * would be written as 0, with a sign that is as wide as a digit. */
#define PLOT_NUMBER 40
const char *plot_number(double value, double size, int digits, char out[PLOT_NUMBER]);

/* "1,663". */
const char *plot_count(long n, char out[PLOT_NUMBER]);

/* The decimals that the page asks for, else `plain`. */
int plot_digits(const struct chart_page *page, int plain);

/* The width of a text of that size. */
double plot_text_width(const char *text, double size, bool bold);

#endif
