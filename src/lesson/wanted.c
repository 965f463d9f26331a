#include "lesson/wanted.h"

struct wanting {
    struct runs *runs;
    struct exams *exams;
};

static void want_of(const struct node *n, const struct wanting *w)
{
    struct model *model;
    struct whatifs list;
    if (!n)
        return;
    if (n->kind == NODE_EXAM && runs_exam(w->runs, n, &model, &list, NULL) == 0) {
        exams_want_of(w->exams, model, &list, NULL);
        whatifs_free(&list);
        model_free(model);
    }
    for (int i = 0; i < n->count; i++)
        want_of(n->children[i], w);
}

/* Those of a run of the lesson's own; false when the focus is of none. */
static bool want_of_run(const struct node *focus, const struct wanting *w)
{
    const char *rest;
    const struct node *name =
        focus && focus->kind == NODE_INDEX ? focus->children[0] : focus;
    const struct own_run *run =
        name ? runs_of_session(w->runs, runs_of_name(w->runs, name->text, &rest, NULL))
             : NULL;
    if (!run)
        return false;
    exams_want_of(w->exams, run->intact->model, &run->intact->whatifs, NULL);
    exams_want_of(w->exams, run->session->model, &run->session->whatifs, NULL);
    return true;
}

/* What is switched off holds for both pictures. */
static void want_of_picture(const struct scene *s, const struct staging *st,
                            const struct wanting *w)
{
    for (size_t i = 0; i < st->cell_count; i++)
        want_of(st->cells[i].node, w);
    if (!chart_is_of_exams(st->view) || want_of_run(st->focus, w))
        return;
    exams_want(w->exams, "intact", NULL);
    if (s->staging->whatifs)
        exams_want(w->exams, s->staging->whatifs, NULL);
}

void scene_want_exams(const struct scene *s, struct runs *runs, struct exams *exams)
{
    const struct wanting w = {runs, exams};
    const struct node *n;
    for (size_t i = 0; i < s->value_count; i++)
        want_of(s->values[i].node, &w);
    for (size_t i = 0; i < s->claim_count; i++)
        want_of(s->claims[i].node, &w);
    for (size_t i = 0; i < s->predict_count; i++)
        for (size_t k = 0; (n = predict_node(&s->predicts[i], k)) != NULL; k++)
            want_of(n, &w);
    for (const struct staging *st = s->staging; st; st = st->beside)
        want_of_picture(s, st, &w);
}
