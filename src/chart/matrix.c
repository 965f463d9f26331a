/* The charts "matrix" and "heatmap": numbers on the colours that they have, or the
 * colours alone. */
#include "chart/map.h"
#include "chart/matrix_cells.h"
#include "chart/tell.h"

const struct chart_kind matrix_chart = {
    .name = "matrix",
    .help = {"any stage: numbers on their colours", "아무 단계나: 색 위의 숫자"},
    .needs = CHART_NEEDS_MATRIX,
    .rows = matrix_rows,
    .scrolls = true,
    .cells = matrix_draw,
    .page = map_page,
    .words = tell_rows,
};

static void draw_colours(const struct chart *v, struct canvas *c, struct area a)
{
    struct chart bare = *v;
    bare.zoom = CHART_ZOOM_LEAST;
    matrix_draw(&bare, c, a);
}

const struct chart_kind heatmap_chart = {
    .name = "heatmap",
    .help = {"one head or matrix as colours", "헤드나 행렬 하나를 색으로"},
    .needs = CHART_NEEDS_MATRIX,
    .rows = matrix_rows,
    .scrolls = true,
    .cells = draw_colours,
    .page = map_page,
    .words = tell_rows,
};
