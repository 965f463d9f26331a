#include "chart/plane_point.h"

#include "chart/tell.h"
#include "study/render.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

bool plane_point(const struct chart *v, long row, double out[2])
{
    out[0] = chart_cell(v, row, 0);
    out[1] = v->sheet.columns > 1 ? chart_cell(v, row, 1) : 0;
    return isfinite(out[0]) && isfinite(out[1]);
}

void plane_extent(const struct chart *v, bool origin, double least[2], double most[2])
{
    double at[2];
    bool any = origin;
    least[0] = least[1] = most[0] = most[1] = 0;
    for (long r = 0; r < v->sheet.rows; r++) {
        if (!plane_point(v, r, at))
            continue;
        for (int k = 0; k < 2; k++) {
            least[k] = any ? fmin(least[k], at[k]) : at[k];
            most[k] = any ? fmax(most[k], at[k]) : at[k];
        }
        any = true;
    }
}

char *plane_angle(const struct chart *v)
{
    double one[2], two[2];
    if (!plane_point(v, 0, one) || !plane_point(v, v->at.row, two))
        return NULL;
    double dot = one[0] * two[0] + one[1] * two[1];
    double cosine = dot / hypot(one[0], one[1]) / hypot(two[0], two[1]);
    char *angle = isfinite(cosine)
                      ? mem_format("cos %.2f   %.0f°", cosine,
                                   acos(fmax(-1, fmin(1, cosine))) * 180 / PI)
                      : mem_string("cos –");
    char *text = mem_format("(%.3g, %.3g)·(%.3g, %.3g) = %.4g   %s", one[0], one[1],
                            two[0], two[1], dot, angle);
    free(angle);
    return text;
}

char *plane_label(const struct chart *v, long row)
{
    return label_text(v->sheet.row_labels, row, v->sheet.first_row, false, v->gloss);
}

void plane_tell_points(const struct chart *v, long most, struct buffer *out)
{
    char x[RENDER_NUMBER], y[RENDER_NUMBER];
    for (long row = 0; row < v->sheet.rows && row < most; row++) {
        char *label = tell_label(v->sheet.row_labels, row, false);
        buffer_addf(
            out, "- %s: (%s, %s)\n", label, render_number(chart_cell(v, row, 0), 2, x),
            v->sheet.columns > 1 ? render_number(chart_cell(v, row, 1), 2, y) : "0");
        free(label);
    }
    tell_more_rows(v->sheet.rows - most, out);
}

void plane_tell_vectors(const struct chart *v, long most, struct buffer *out)
{
    plane_tell_points(v, most, out);
    char *angle = plane_angle(v);
    if (!angle)
        return;
    char *one = tell_label(v->sheet.row_labels, 0, false);
    char *two = tell_label(v->sheet.row_labels, v->at.row, false);
    buffer_addf(out, "- %s · %s: %s\n", one, two, angle);
    free(one);
    free(two);
    free(angle);
}
