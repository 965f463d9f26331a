#include "lesson/wanted.h"

static void want_of(const struct node *n, struct exams *exams)
{
    if (!n)
        return;
    if (n->kind == NODE_EXAM)
        exams_want(exams, n->parts[0], NULL);
    for (int i = 0; i < n->count; i++)
        want_of(n->children[i], exams);
}

/* What is switched off holds for both pictures. */
static void want_of_picture(const struct scene *s, const struct staging *st,
                            struct exams *exams)
{
    for (size_t i = 0; i < st->cell_count; i++)
        want_of(st->cells[i].node, exams);
    if (!chart_is_of_exams(st->view))
        return;
    exams_want(exams, "intact", NULL);
    if (s->staging->whatifs)
        exams_want(exams, s->staging->whatifs, NULL);
}

void scene_want_exams(const struct scene *s, struct exams *exams)
{
    for (size_t i = 0; i < s->value_count; i++)
        want_of(s->values[i].node, exams);
    for (size_t i = 0; i < s->claim_count; i++)
        want_of(s->claims[i].node, exams);
    for (size_t i = 0; i < s->predict_count; i++)
        for (size_t k = 0; k < s->predicts[i].count; k++)
            want_of(s->predicts[i].choices[k].condition, exams);
    for (const struct staging *st = s->staging; st; st = st->beside)
        want_of_picture(s, st, exams);
}
