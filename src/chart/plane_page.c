#include "chart/plane_page.h"

#include "chart/label_room.h"
#include "chart/plane_point.h"
#include "chart/plot.h"

#include <math.h>
#include <stdlib.h>

#define PLANE_NATURAL 400.0
#define PLANE_LEAST 80.0
#define EDGE 26.0 /* no point is nearer to the sides; labels reach into it */
#define TICK_GAP 5.0
#define TICKS_HEIGHT 16.0
#define TITLE_HEIGHT 15.0
#define LEGEND_GAP 8.0
#define LEGEND_LINE 15.0
#define LABELLED_MOST 2000 /* more would find no room */
#define SHAFT 1.7
#define HEAD_LENGTH 9.0
#define HEAD_HALF 3.6
#define LABEL_HEIGHT 13.0
#define LABEL_MOST 150.0
#define CLASS_LETTER 7.0
#define NEAR 5.0 /* between a point and its label */
#define FAR 6.0

/* The plane on its page. */
struct plane {
    const struct chart *v;
    struct plot plot;
    struct draw_box box;
    struct plot_scale x, y;
    struct label_room labels;
    bool arrows;
    char *legend[2]; /* owned: whose, and what; one beside the other or below it */
    int legend_lines;
};

/* ---- the text below it ---- */

/* "query · same side:" and "(3, 0)·(3, 3) = 9   cos 0.71   45°" */
static void find_angle(struct plane *p)
{
    char *angle = plane_angle(p->v);
    if (!angle)
        return;
    char *one = plane_label(p->v, 0), *two = plane_label(p->v, p->v->at.row);
    p->legend[0] = mem_format("%s · %s:", one, two);
    p->legend[1] = angle;
    free(one);
    free(two);
}

/* "학교:   (0.31, –1.20)" and "x –3.02 … 4.11   y –2.50 … 2.73" */
static void find_ranges(struct plane *p)
{
    double at[2], least[2], most[2];
    char text[6][PLOT_NUMBER];
    if (!plane_point(p->v, p->v->at.row, at))
        return;
    plane_extent(p->v, false, least, most);
    double size =
        fmax(fmax(fabs(least[0]), fabs(most[0])), fmax(fabs(least[1]), fabs(most[1])));
    for (int k = 0; k < 2; k++) {
        plot_number(at[k], size, 2, text[k]);
        plot_number(least[k], size, 2, text[2 + k]);
        plot_number(most[k], size, 2, text[4 + k]);
    }
    char *label = plane_label(p->v, p->v->at.row);
    p->legend[0] = mem_format("%s:   (%s, %s)", label, text[0], text[1]);
    p->legend[1] =
        mem_format("x %s … %s   y %s … %s", text[2], text[4], text[3], text[5]);
    free(label);
}

/* On one line where there is room for it. */
static void take_legend(struct plane *p, double width)
{
    if (p->arrows)
        find_angle(p);
    else
        find_ranges(p);
    if (!p->legend[0])
        return;
    p->legend_lines = 2;
    char *all = mem_format("%s     %s", p->legend[0], p->legend[1]);
    if (plot_text_width(all, PLOT_LABEL_SIZE, false) > width) {
        free(all);
        return;
    }
    free(p->legend[0]);
    p->legend[0] = all;
    p->legend_lines = 1;
}

static double legend_height(const struct plane *p)
{
    int lines = p->legend_lines + (p->v->classes && !p->arrows);
    return lines ? LEGEND_GAP + lines * LEGEND_LINE : 0;
}

/* Of each class its letter and its name, in its colour, in a line above the text. */
static void draw_class_legend(const struct plane *p)
{
    const struct draw_box *room = &p->plot.room;
    struct draw_style style = {.size = PLOT_LABEL_SIZE};
    double x = room->x, y = room->y + room->height - p->legend_lines * LEGEND_LINE -
                            LEGEND_LINE / 2;
    int count = plane_classes(p->v);
    for (int i = 0; i <= count; i++) {
        char *name = i < count ? plane_class_name(p->v, i) : NULL;
        char *text = name ? mem_format("%c  %s", plane_class_letter(p->v, i), name)
                          : mem_format("·  %s", say(SAY_CHART_OTHER_CLASSES));
        style.color = name ? p->plot.inks->ink[i] : p->plot.colors->muted;
        style.bold = name != NULL;
        draw_text(p->plot.d, x, y, text, &style);
        x += plot_text_width(text, style.size, style.bold) + 2 * LEGEND_GAP;
        free(text);
        free(name);
    }
}

static void draw_legend(const struct plane *p)
{
    const struct draw_box *room = &p->plot.room;
    struct draw_style style = {.size = PLOT_LABEL_SIZE,
                               .color = p->plot.colors->text,
                               .align = DRAW_CENTER,
                               .width = room->width};
    double y = room->y + room->height - p->legend_lines * LEGEND_LINE + LEGEND_LINE / 2;
    for (int i = 0; i < p->legend_lines; i++) { /* numbers stay whole */
        style.fit = i || p->legend_lines == 1 ? DRAW_SHRINK : DRAW_ELLIPSIS;
        draw_text(p->plot.d, room->x + room->width / 2, y + i * LEGEND_LINE, p->legend[i],
                  &style);
    }
}

static void free_plane(struct plane *p)
{
    free(p->legend[0]);
    free(p->legend[1]);
    label_room_free(&p->labels);
}

/* ---- where it lies ---- */

/* Both axes have one scale, so that angles are true. Gives the values at the edges of a
 * box that is as wide as `box->width`, and its height. */
static void arrange(struct plane *p)
{
    double least[2], most[2];
    plane_extent(p->v, p->arrows, least, most);
    double size =
        fmax(fmax(fabs(most[0]), fabs(least[0])), fmax(fabs(most[1]), fabs(least[1])));
    double wide = most[0] - least[0], high = most[1] - least[1];
    size = size > 0 ? size : 1;
    if (wide < 1e-6 * size && high < 1e-6 * size)
        wide = high = size;
    double part = wide > 0 ? high / wide : 1;
    p->box.height = floor(p->box.width * fmax(0.45, fmin(0.9, part)));
    /* in values for each point of the page */
    double unit =
        fmax(wide / (p->box.width - 2 * EDGE), high / (p->box.height - 2 * EDGE));
    double x = least[0] / 2 + most[0] / 2, y = least[1] / 2 + most[1] / 2;
    double across = unit * p->box.width / 2, up = unit * p->box.height / 2;
    p->x = (struct plot_scale){x - across, x + across, 0, 0};
    p->y = (struct plot_scale){y - up, y + up, 0, 0};
}

static double ticks_width(const struct plane *p)
{
    struct plot_tick ticks[PLOT_MAX_TICKS];
    struct plot_scale y = {p->y.lo, p->y.hi, 0, p->box.height};
    int count = plot_ticks(&y, 44, "", ticks);
    double width = 0;
    for (int i = 0; i < count; i++)
        width = fmax(width, plot_text_width(ticks[i].text, PLOT_TICK_SIZE, false));
    return ceil(width) + TICK_GAP;
}

static int open_page(struct plane *p, const struct chart_page *page, struct error *e)
{
    double width = plot_width(page, PLANE_NATURAL);
    p->box.width = width - 40; /* about; then as the ticks leave it */
    if (width < PLANE_LEAST + 40) {
        plot_too_narrow(page, "a plane with its axes", PLANE_LEAST + 40, e);
        return -1;
    }
    arrange(p);
    double left = fmin(ticks_width(p), width - PLANE_LEAST) + TITLE_HEIGHT;
    p->box.width = floor(width - left);
    arrange(p);
    take_legend(p, width);
    double below = TICKS_HEIGHT + TITLE_HEIGHT + legend_height(p);
    if (plot_open(&p->plot, page, width, p->box.height + below, e) < 0)
        return -1;
    p->box.x = p->plot.room.x + left;
    p->box.y = p->plot.room.y;
    p->x.from = p->box.x;
    p->x.to = p->box.x + p->box.width;
    p->y.from = p->box.y + p->box.height;
    p->y.to = p->box.y;
    p->labels = label_room_new(p->box);
    return 0;
}

/* Where a row stands on the page; false for none. */
static bool place(const struct plane *p, long row, double out[2])
{
    double at[2];
    if (!plane_point(p->v, row, at))
        return false;
    out[0] = plot_at(&p->x, at[0]);
    out[1] = plot_at(&p->y, at[1]);
    return true;
}

/* ---- axes ---- */

static void draw_ticks_x(const struct plane *p)
{
    struct plot_tick ticks[PLOT_MAX_TICKS];
    int count = plot_ticks(&p->x, 56, "", ticks);
    struct draw_style style = {
        .size = PLOT_TICK_SIZE, .color = p->plot.colors->muted, .align = DRAW_CENTER};
    double bottom = p->box.y + p->box.height;
    for (int i = 0; i < count; i++) {
        draw_line(p->plot.d, ticks[i].at, p->box.y, ticks[i].at, bottom,
                  p->plot.inks->grid_width, p->plot.inks->grid);
        draw_text(p->plot.d, ticks[i].at, bottom + TICKS_HEIGHT / 2 + 1, ticks[i].text,
                  &style);
    }
}

static void draw_ticks_y(const struct plane *p)
{
    struct plot_tick ticks[PLOT_MAX_TICKS];
    int count = plot_ticks(&p->y, 44, "", ticks);
    struct draw_style style = {
        .size = PLOT_TICK_SIZE, .color = p->plot.colors->muted, .align = DRAW_RIGHT};
    for (int i = 0; i < count; i++) {
        draw_line(p->plot.d, p->box.x, ticks[i].at, p->box.x + p->box.width, ticks[i].at,
                  p->plot.inks->grid_width, p->plot.inks->grid);
        draw_text(p->plot.d, p->box.x - TICK_GAP, ticks[i].at, ticks[i].text, &style);
    }
}

/* The lines through the origin, where it is in the plane. */
static void draw_zero(struct plane *p)
{
    double x = plot_at(&p->x, 0), y = plot_at(&p->y, 0);
    double right = p->box.x + p->box.width, bottom = p->box.y + p->box.height;
    if (p->x.lo <= 0 && p->x.hi >= 0) {
        draw_line(p->plot.d, x, p->box.y, x, bottom, 1, p->plot.colors->line);
        label_room_take(&p->labels, (struct draw_box){x - 1, p->box.y, 2, p->box.height});
    }
    if (p->y.lo <= 0 && p->y.hi >= 0) {
        draw_line(p->plot.d, p->box.x, y, right, y, 1, p->plot.colors->line);
        label_room_take(&p->labels, (struct draw_box){p->box.x, y - 1, p->box.width, 2});
    }
}

/* What a column is: its label, or its number. Caller frees. */
static char *title_of(const struct chart *v, long column)
{
    const char *axis = chart_column_title(v);
    if (column >= v->sheet.columns)
        return mem_string("");
    if (v->sheet.column_labels)
        return chart_column_label(v, column);
    return *axis ? mem_format("%s %ld", axis, column + 1)
                 : mem_string(column ? "y" : "x");
}

static void draw_axes(struct plane *p)
{
    struct draw_style style = {.size = PLOT_LABEL_SIZE,
                               .color = p->plot.colors->muted,
                               .align = DRAW_CENTER,
                               .fit = DRAW_SHRINK};
    char *x = title_of(p->v, 0), *y = title_of(p->v, 1);
    draw_ticks_x(p);
    draw_ticks_y(p);
    draw_zero(p);
    style.width = p->box.width;
    draw_text(p->plot.d, p->box.x + p->box.width / 2,
              p->box.y + p->box.height + TICKS_HEIGHT + TITLE_HEIGHT / 2, x, &style);
    style.width = p->box.height;
    style.angle = 90;
    draw_text(p->plot.d, p->plot.room.x + TITLE_HEIGHT / 2 - 2,
              p->box.y + p->box.height / 2, y, &style);
    free(x);
    free(y);
}

/* ---- arrows and points ---- */

static struct rgb ink_of(const struct plane *p, long row)
{
    const struct rgb *ink = p->plot.inks->ink;
    bool plain = p->arrows && row != 0;
    return row == p->v->at.row ? ink[PLOT_OTHER]
           : plain             ? p->plot.colors->muted
                               : ink[PLOT_MAIN];
}

static void draw_arrow(struct plane *p, long row)
{
    double from[2] = {plot_at(&p->x, 0), plot_at(&p->y, 0)}, to[2];
    if (!place(p, row, to))
        return;
    struct rgb ink = ink_of(p, row);
    double x = to[0] - from[0], y = to[1] - from[1], length = hypot(x, y);
    label_room_take_line(&p->labels, from, to);
    if (length < 1) { /* no direction */
        draw_fill_round(p->plot.d, (struct draw_box){to[0] - 3, to[1] - 3, 6, 6}, 3, ink);
        return;
    }
    double head = fmin(1, length / 2 / HEAD_LENGTH);
    x /= length, y /= length;
    double back[2] = {to[0] - head * HEAD_LENGTH * x, to[1] - head * HEAD_LENGTH * y};
    double side = head * HEAD_HALF;
    const double corners[3][2] = {{to[0], to[1]},
                                  {back[0] - side * y, back[1] + side * x},
                                  {back[0] + side * y, back[1] - side * x}};
    draw_line(p->plot.d, from[0], from[1], back[0] + x, back[1] + y, SHAFT, ink);
    draw_polygon(p->plot.d, corners, 3, ink);
    label_room_take_around(&p->labels, back[0], back[1], HEAD_HALF + 1);
}

/* A letter in the colour of its class; a small dot of what is of none. */
static void draw_classed(struct plane *p, long row)
{
    double at[2];
    int of = plane_class(p->v, row);
    if (!place(p, row, at))
        return;
    if (of < 0) {
        draw_fill_round(p->plot.d, (struct draw_box){at[0] - 1, at[1] - 1, 2, 2}, 1,
                        p->plot.colors->muted);
        return;
    }
    struct draw_style style = {.size = CLASS_LETTER,
                               .bold = true,
                               .color = p->plot.inks->ink[of],
                               .align = DRAW_CENTER};
    char letter[2] = {plane_class_letter(p->v, of), 0};
    draw_text(p->plot.d, at[0], at[1], letter, &style);
}

static void draw_point(struct plane *p, long row)
{
    double at[2], radius = p->v->sheet.rows >= PLANE_SCATTER_LEAST ? 1.6 : 3.2;
    if (!place(p, row, at))
        return;
    radius = row == p->v->at.row ? 4 : radius;
    struct draw_box dot = {at[0] - radius, at[1] - radius, 2 * radius, 2 * radius};
    if (row == p->v->at.row && p->plot.colors->has_paper) { /* a ring sets it off */
        struct draw_box ring = {dot.x - 1.2, dot.y - 1.2, dot.width + 2.4,
                                dot.height + 2.4};
        draw_fill_round(p->plot.d, ring, radius + 1.2, p->plot.colors->paper);
    }
    draw_fill_round(p->plot.d, dot, radius, ink_of(p, row));
    label_room_take_around(&p->labels, at[0], at[1], radius + 0.5);
}

/* ---- labels ---- */

/* Eight places around a point. */
#define PLACES 8
static const int places[PLACES][2] = {{1, 0},  {-1, 0},  {0, -1}, {0, 1},
                                      {1, -1}, {-1, -1}, {1, 1},  {-1, 1}};

/* The start of a label of that size on one side of a point. */
static double place_start(double at, int side, double size, double gap)
{
    return side > 0 ? at + gap : side < 0 ? at - gap - size : at - size / 2;
}

static struct draw_box place_box(const double at[2], const int side[2], double width)
{
    double gap = side[0] && side[1] ? NEAR : FAR; /* corners may be nearer */
    return (struct draw_box){place_start(at[0], side[0], width, gap),
                             place_start(at[1], side[1], LABEL_HEIGHT, gap), width,
                             LABEL_HEIGHT};
}

/* How well a label beyond the tip of an arrow continues it, and how far off the list it
 * is. */
static double rank_of(const struct plane *p, const double at[2], int i)
{
    double x = at[0] - plot_at(&p->x, 0), y = at[1] - plot_at(&p->y, 0);
    double length = hypot(x, y);
    if (!p->arrows || length < 1)
        return -i;
    return (places[i][0] * x + places[i][1] * y) / length /
           hypot(places[i][0], places[i][1]);
}

/* The best place that is free; with `must` one that is only inside, moved there if need
 * be. */
static bool find_place(const struct plane *p, const double at[2], double width, bool must,
                       struct draw_box *box)
{
    double best = -INFINITY;
    for (int i = 0; i < PLACES; i++) {
        struct draw_box b = place_box(at, places[i], width);
        if (rank_of(p, at, i) > best && label_room_is_free(&p->labels, b)) {
            best = rank_of(p, at, i);
            *box = b;
        }
    }
    if (best > -INFINITY || !must)
        return best > -INFINITY;
    double right = p->box.x + p->box.width;
    *box = place_box(at, places[at[0] + width + 6 > right], width);
    box->x = fmax(p->box.x, fmin(box->x, right - width));
    box->y = fmax(p->box.y, fmin(box->y, p->box.y + p->box.height - box->height));
    return true;
}

static void draw_label(struct plane *p, long row)
{
    double at[2];
    bool lit = row == p->v->at.row;
    struct draw_box box;
    if (!place(p, row, at))
        return;
    char *label = plane_label(p->v, row);
    struct draw_style style = {
        .size = PLOT_LABEL_SIZE, .bold = lit, .color = p->plot.colors->text};
    double width = plot_text_width(label, style.size, lit);
    double most = fmin(LABEL_MOST, p->box.width);
    if (width > most) {
        style.fit = DRAW_ELLIPSIS;
        style.width = width = most;
    }
    if (find_place(p, at, width, lit, &box)) {
        if (!label_room_is_free(&p->labels, box) && p->plot.colors->has_paper)
            draw_fill_round(p->plot.d, box, 2, p->plot.colors->paper);
        draw_text(p->plot.d, box.x, box.y + box.height / 2, label, &style);
        label_room_take(&p->labels, box);
    }
    free(label);
}

static void draw_labels(struct plane *p)
{
    draw_label(p, p->v->at.row);
    for (long r = 0; r < p->v->sheet.rows && r < LABELLED_MOST; r++)
        if (r != p->v->at.row)
            draw_label(p, r);
}

static struct drawing *draw(const struct chart *v, const struct chart_page *page,
                            bool arrows, struct error *e)
{
    struct plane p = {.v = v, .arrows = arrows};
    if (open_page(&p, page, e) < 0) {
        free_plane(&p);
        return NULL;
    }
    draw_axes(&p);
    for (long i = 1; i <= v->sheet.rows; i++) { /* the lit one last */
        long row = (v->at.row + i) % v->sheet.rows;
        if (arrows)
            draw_arrow(&p, row);
        else if (v->classes && row != v->at.row)
            draw_classed(&p, row);
        else
            draw_point(&p, row);
    }
    if (v->classes && !arrows) { /* letters take the room of labels */
        draw_label(&p, v->at.row);
        draw_class_legend(&p);
    } else {
        draw_labels(&p);
    }
    draw_legend(&p);
    free_plane(&p);
    return p.plot.d;
}

struct drawing *plane_vectors_page(const struct chart *v, const struct chart_page *p,
                                   struct error *e)
{
    return draw(v, p, true, e);
}

struct drawing *plane_points_page(const struct chart *v, const struct chart_page *p,
                                  struct error *e)
{
    return draw(v, p, false, e);
}
