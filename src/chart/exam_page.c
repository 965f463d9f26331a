#include "chart/exam_page.h"

#include "chart/bar_list.h"

#include <math.h>

static double share_of(long right, long sentences)
{
    return sentences ? 100.0 * (double)right / (double)sentences : NAN;
}

/* "99.8%", or "–" for nothing yet. Caller frees. */
static char *share_text(double share)
{
    return isfinite(share) ? mem_format("%.1f%%", share) : mem_string("–");
}

/* "1,995 / 2,000", and while it runs how many there will be. Caller frees. */
static char *counts_text(long right, long sentences, long size)
{
    char a[PLOT_NUMBER], b[PLOT_NUMBER], c[PLOT_NUMBER];
    plot_count(right, a);
    plot_count(sentences, b);
    return sentences < size ? mem_format("%s / %s … %s", a, b, plot_count(size, c))
                            : mem_format("%s / %s", a, b);
}

static void add_exam(const struct chart_exam *x, int ink, struct bar_list *l)
{
    const struct exam_score *s = x->score;
    double share = s ? share_of(s->right, s->sentences) : NAN;
    bar_list_add(l, (struct bar_line){
                        .label = mem_string(x->name),
                        .number = share_text(share),
                        .note = s ? counts_text(s->right, s->sentences, x->size) : NULL,
                        .value = share,
                        .ink = ink,
                        .bold = true});
}

/* An exam may not have met a kind yet: the lists are those of one file, in its order. */
static void add_kind(const struct chart *v, size_t kind, struct bar_list *l)
{
    const char *name = v->exams[0].score->kinds[kind].name;
    for (size_t i = 0; i < v->exam_count; i++) {
        const struct exam_score *s = v->exams[i].score;
        const struct exam_kind *k = s && kind < s->kind_count ? &s->kinds[kind] : NULL;
        double share = k ? share_of(k->right, k->sentences) : NAN;
        bar_list_add(l, (struct bar_line){
                            .label = i ? NULL : mem_string(name),
                            .number = share_text(share),
                            .note = k ? counts_text(k->right, k->sentences, 0) : NULL,
                            .value = share,
                            .ink = (int)i,
                            .thin = true,
                            .span = (int)v->exam_count});
    }
}

struct drawing *exam_page(const struct chart *v, const struct chart_page *p,
                          struct error *e)
{
    struct bar_list l = {.lo = 0, .hi = 100, .unit = "%"};
    struct chart_page with = *p;
    if (!p->heading.title || !*p->heading.title)
        with.heading.title = say(SAY_LAB_EXAM);
    for (size_t i = 0; i < v->exam_count; i++)
        add_exam(&v->exams[i], (int)i, &l);
    const struct exam_score *first = v->exams[0].score;
    if (first && first->kind_count)
        bar_list_add(&l, (struct bar_line){.label = mem_string(say(SAY_CLI_EXAM_KIND)),
                                           .bold = true});
    for (size_t k = 0; first && k < first->kind_count; k++)
        add_kind(v, k, &l);
    struct drawing *d = bar_list_draw(&l, &with, e);
    bar_list_free(&l);
    return d;
}
