#include "chart/plane_point.h"

#include "chart/tell.h"
#include "study/lexicon.h"
#include "study/render.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- word classes ---- */

/* The start of a line of the list, or its end. */
static const char *class_at(const struct chart *v, int i)
{
    const char *s = v->classes ? v->classes : "";
    for (; i > 0; i--) {
        s += strcspn(s, "\n");
        s += strspn(s, "\n");
    }
    return s;
}

int plane_classes(const struct chart *v)
{
    int count = 0;
    while (count < CHART_CLASSES_MOST && *class_at(v, count))
        count++;
    return count;
}

char *plane_class_name(const struct chart *v, int i)
{
    const char *s = class_at(v, i) + strcspn(class_at(v, i), "=");
    s += *s == '=';
    return mem_bytes(s, strcspn(s, "\n"));
}

/* The first letter of the class that marks none before it. */
char plane_class_letter(const struct chart *v, int i)
{
    char used[CHART_CLASSES_MOST + 1] = "";
    for (int k = 0; k <= i && k < CHART_CLASSES_MOST; k++) {
        const char *s = class_at(v, k);
        size_t n = strcspn(s, "="), at = 0;
        while (at < n && (strchr(used, s[at]) || !isalpha((unsigned char)s[at])))
            at++;
        used[k] = at < n ? s[at] : (char)('1' + k);
    }
    return used[i];
}

int plane_class(const struct chart *v, long row)
{
    const struct labels *l = v->sheet.row_labels;
    int found = -1, count = plane_classes(v);
    const char *classes = l && row < (long)l->count ? l->items[row].classes : NULL;
    for (int i = 0; classes && i < count && found < 0; i++) {
        const char *s = class_at(v, i);
        char *one = mem_bytes(s, strcspn(s, "="));
        found = lexicon_is(classes, one) ? i : -1;
        free(one);
    }
    return found;
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
        int word_class = plane_class(v, row);
        char *name = word_class < 0 ? NULL : plane_class_name(v, word_class);
        buffer_addf(
            out, "- %s%s%s%s: (%s, %s)\n", label, name ? " [" : "", name ? name : "",
            name ? "]" : "", render_number(chart_cell(v, row, 0), 2, x),
            v->sheet.columns > 1 ? render_number(chart_cell(v, row, 1), 2, y) : "0");
        free(label);
        free(name);
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
