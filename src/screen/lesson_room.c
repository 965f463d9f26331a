#include "screen/lesson_room.h"

#include "chart/matrix_cells.h"

#define OPENED_LEAST 4    /* rows of the opened number below a matrix that scrolls */
#define OPENED_COLUMNS 56 /* of one beside the matrix */
#define PICTURE_LEAST 43  /* columns of a picture beside something */
#define MANY_DIGITS 60    /* columns of a pane that has room for them */
#define ENDLESS 5000

int room_for_matrix(const struct chart *v, const struct canvas *c)
{
    struct chart x = *v;
    x.tight = false;
    struct matrix_layout l = matrix_layout(&x, c, (struct area){0, 0, 20, ENDLESS});
    long wanted = l.label_width + x.sheet.columns * l.cell_width;
    return wanted < ENDLESS ? (int)wanted : ENDLESS;
}

int room_zoom(const struct chart *v, const struct canvas *c, int columns)
{
    struct chart more = *v;
    more.zoom = CHART_ZOOM_PLAIN + 1;
    if (!v->values || columns < MANY_DIGITS || room_for_matrix(&more, c) > columns)
        return CHART_ZOOM_PLAIN;
    return more.zoom;
}

/* ---- the picture ---- */

/* The rows of the chart above an opened number: where all of it is to be seen it leaves
 * what it does not need; a matrix, which scrolls, leaves the least. */
static int rows_of_chart(const struct chart_kind *view, const struct chart *v, int rows)
{
    int wanted = view->rows ? view->rows(v) : rows, left = rows - OPENED_LEAST - 1;
    if (view->scrolls && left < wanted)
        return left < 6 ? rows : left;
    if (!view->scrolls && rows - wanted <= OPENED_LEAST)
        return rows;
    return wanted;
}

/* The opened number stands beside the matrix, with a space between. */
static struct picture_room beside(const struct chart_kind *view, const struct chart *v,
                                  int opened, struct area a, int columns)
{
    struct picture_room r = {.zoom = v->zoom};
    int wanted = view->rows(v) > opened + 1 ? view->rows(v) : opened + 1;
    struct area top = area_take(&a, wanted < a.rows ? wanted : a.rows);
    r.chart = area_part(top, 0, 0, top.rows, columns);
    r.opened = area_part(top, 0, columns + 2, top.rows, top.columns - columns - 2);
    r.heads = a;
    return r;
}

static struct picture_room below(const struct chart_kind *view, const struct chart *v,
                                 int opened, struct area a)
{
    struct picture_room r = {.zoom = v->zoom};
    r.chart = area_take(&a, rows_of_chart(view, v, a.rows));
    r.opened = v->sheet.heads > 1 && opened ? area_take(&a, opened + 1) : a;
    r.heads = v->sheet.heads > 1 && opened ? a : (struct area){0};
    return r;
}

struct picture_room room_of_picture(const struct chart_kind *view, const struct chart *v,
                                    int opened, int zoom, const struct canvas *c,
                                    struct area a)
{
    struct chart x = *v;
    x.zoom = zoom;
    int columns = a.columns - OPENED_COLUMNS - 2;
    bool matrix = view->scrolls && view->rows && v->values && opened;
    bool high = matrix && view->rows(v) + opened + 1 > a.rows;
    if (high && room_for_matrix(&x, c) > columns)
        x.zoom = zoom < CHART_ZOOM_PLAIN ? zoom : CHART_ZOOM_PLAIN;
    int need = matrix ? room_for_matrix(&x, c) : ENDLESS;
    need = need > PICTURE_LEAST ? need : PICTURE_LEAST;
    if (need > columns)
        x.zoom = zoom;
    struct picture_room r = need <= columns ? beside(view, &x, opened, a, need)
                                            : below(view, &x, opened, a);
    if (!matrix || v->sheet.heads < 2 || r.heads.rows < v->sheet.rows + 5)
        r.heads = (struct area){0};
    return r;
}

/* ---- beside the text ---- */

static int within(int x, int least, int most)
{
    return x < least ? least : x > most ? most : x;
}

int room_for_text(int columns, int seen, int need,
                  int (*rows)(const void *data, int columns), const void *data)
{
    int usual = within(columns * 46 / 100, ROOM_TEXT_LEAST, ROOM_TEXT_MOST);
    need = need > PICTURE_LEAST ? need : PICTURE_LEAST;
    int left = within(columns - 1 - need, ROOM_TEXT_LEAST, ROOM_TEXT_MOST);
    bool scrolls = rows(data, usual) > seen;
    if (scrolls ? left <= usual : left >= usual)
        return usual;
    return scrolls || rows(data, left) <= seen ? left : usual;
}
