/* The chart "exam": exams one under the other with the share of right answers, and by
 * kind of sentence. */
#include "chart/bar.h"
#include "chart/exam_page.h"

#include <stdio.h>
#include <stdlib.h>

static void draw_share(double share, struct canvas *c, struct area a)
{
    struct area room = area_part(a, 0, 0, 1, a.columns);
    for (int i = 0; i < room.columns; i++)
        canvas_text(c, room, 0, i, theme_style(c, LOOK_BORDER), "·");
    bar_draw(0, 1, share, c, area_part(a, 0, 0, 1, a.columns + 1));
}

/* "1995 right of 2000", and while it runs how many there will be. */
static void draw_counts(const struct chart_exam *x, struct canvas *c, struct area a)
{
    bool done = x->score->sentences >= x->size;
    char *counts = mem_format("%ld / %ld", x->score->right, x->score->sentences);
    char *text = say_with(SAY_LESSON_EXAM_RIGHT, counts);
    int end = canvas_text(c, a, 0, 0, theme_style(c, LOOK_DIM), text);
    if (done)
        canvas_text(c, a, 0, end, theme_style(c, LOOK_GOOD), "  ✓");
    else
        canvas_textf(c, a, 0, end, theme_style(c, LOOK_FOCUS), "  … %ld", x->size);
    free(counts);
    free(text);
}

static int draw_exam(const struct chart_exam *x, struct canvas *c, struct area a)
{
    char number[64];
    canvas_field(c, area_part(a, 0, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_TITLE), x->name);
    if (!x->score) {
        canvas_text(c, a, 1, 0, theme_style(c, LOOK_DIM), "–");
        return 3;
    }
    snprintf(number, sizeof number, "%.1f%%", 100 * x->score->exact_match);
    draw_share(x->score->exact_match, c, area_part(a, 1, 0, 1, a.columns - 8));
    canvas_field(c, area_part(a, 1, a.columns - 7, 1, 7), 0, ALIGN_RIGHT,
                 theme_style(c, LOOK_RESULT), x->score->sentences ? number : "…");
    draw_counts(x, c, area_part(a, 2, 0, 1, a.columns));
    return 4;
}

static void draw_kind(const struct chart_exam *exams, int count, size_t kind, int width,
                      struct canvas *c, struct area a)
{
    int names = a.columns - count * width;
    canvas_field(c, area_part(a, 0, 0, 1, names), 0, ALIGN_LEFT, theme_style(c, LOOK_DIM),
                 exams[0].score->kinds[kind].name);
    for (int k = 0; k < count; k++) {
        const struct exam_score *x = exams[k].score;
        if (!x || kind >= x->kind_count || !x->kinds[kind].sentences)
            continue;
        char number[32];
        snprintf(number, sizeof number, "%.1f%%",
                 100.0 * (double)x->kinds[kind].right / (double)x->kinds[kind].sentences);
        canvas_field(c, area_part(a, 0, names + k * width, 1, width), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_NUMBER), number);
    }
}

/* By kind of sentence, the exams side by side under their names. */
static void draw_kinds(const struct chart_exam *exams, int count, struct canvas *c,
                       struct area a)
{
    const struct exam_score *s = exams[0].score;
    int width = a.columns >= 40 ? 12 : 8, names = a.columns - count * width;
    int kinds = s ? (int)s->kind_count : 0;
    if (!kinds)
        return;
    canvas_field(c, area_part(a, 0, 0, 1, names), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_AXIS), say(SAY_CLI_EXAM_KIND));
    for (int k = 0; k < count; k++)
        canvas_field(c, area_part(a, 0, names + k * width + 1, 1, width - 1), 0,
                     ALIGN_RIGHT, theme_style(c, LOOK_AXIS), exams[k].name);
    int seen = kinds > a.rows - 1 ? a.rows - 2 : kinds;
    for (int i = 0; i < seen; i++)
        draw_kind(exams, count, (size_t)i, width, c,
                  area_part(a, i + 1, 0, 1, a.columns));
    if (seen < kinds)
        canvas_textf(c, a, seen + 1, 0, theme_style(c, LOOK_DIM), "… %d", kinds - seen);
}

static void draw(const struct chart *v, struct canvas *c, struct area a)
{
    const struct chart_exam *exams = v->exams;
    int count = (int)v->exam_count;
    if (a.columns < 20)
        return;
    int row = 1;
    canvas_field(c, area_part(a, 0, 0, 1, a.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_AXIS), say(SAY_LAB_EXAM));
    for (int i = 0; i < count; i++)
        row += draw_exam(&exams[i], c, area_part(a, row, 0, a.rows - row, a.columns));
    if (a.rows - row >= 2)
        draw_kinds(exams, count, c, area_part(a, row, 0, a.rows - row, a.columns));
}

static void tell(const struct chart *v, long most, struct buffer *out)
{
    for (long i = 0; i < (long)v->exam_count && i < most; i++) {
        const struct exam_score *x = v->exams[i].score;
        if (x)
            buffer_addf(out, "- %s: %.1f%% (%ld / %ld)\n", v->exams[i].name,
                        100 * x->exact_match, x->right, x->sentences);
    }
}

const struct chart_kind exam_chart = {
    .name = "exam",
    .help = {"exams: the share of right answers", "시험: 맞힌 비율"},
    .needs = CHART_NEEDS_EXAMS,
    .cells = draw,
    .page = exam_page,
    .words = tell,
};
