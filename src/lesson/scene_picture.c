#include "lesson/scene_picture.h"

#include "base/memory.h"
#include "chart/charts.h"

#include <stdlib.h>
#include <string.h>

static struct trace *reference_of(void *book)
{
    return workbook_reference(book);
}

struct exhibit scene_picture_book(const struct scene_picture *s)
{
    struct exhibit x = exhibit_of_session(s->scope.runs->after);
    x.session = NULL;
    x.title = s->scene->title;
    x.trace = workbook_trace(s->scope.book);
    x.reference = reference_of;
    x.maker = s->scope.book;
    return x;
}

static const struct staging *staging_of(const struct scene_picture *s, size_t index)
{
    const struct staging *st = s->scene->staging;
    return st && index ? st->beside : st;
}

/* What is switched off in the scene, and could be. */
static const char *whatifs_of(const struct scene_picture *s)
{
    bool changed = s->scope.runs->after != s->scope.runs->before;
    return changed ? s->scene->staging->whatifs : NULL;
}

/* The matrix that a fence names, or the last compute line of the scene. */
static bool show_found(const struct scene_picture *s, const char *name,
                       const struct node *index, struct exhibit *shown)
{
    struct found f = {0};
    struct place at;
    if (!evaluate_find(&s->scope, name, &f, NULL) || !evaluate_place(&f, index, &at))
        return false;
    *shown = f.computed ? scene_picture_book(s) : exhibit_of_session(f.session);
    shown->ref = f.ref;
    shown->at = at;
    return true;
}

/* A run of the lesson's own has what-ifs of its own. */
static void name_run(const struct scene_picture *s, struct picture *p)
{
    const struct own_run *run = runs_of_session(s->scope.runs, p->shown.session);
    if (!run)
        return;
    p->run = run->line->name;
    p->whatifs = run->session != run->intact ? run->line->value[RUN_WHATIF] : NULL;
}

static bool find_matrix(const struct scene_picture *s, const struct node *focus,
                        struct picture *p)
{
    const struct node *at = focus && focus->kind == NODE_INDEX ? focus : NULL;
    const struct node *name = at ? at->children[0] : focus;
    const struct workbook_name *last =
        name ? NULL : workbook_last(s->scope.book, s->number);
    bool found = name ? show_found(s, name->text, at, &p->shown)
                      : last && show_found(s, last->name, NULL, &p->shown);
    if (found)
        name_run(s, p);
    return found;
}

static void fill_cells(const struct scene_picture *s, size_t index, struct picture *p)
{
    const struct staging *st = staging_of(s, index);
    if (!st || !st->cell_count)
        return;
    if (!s->cells[index])
        s->cells[index] = shown_cells_new(&s->scope, st);
    p->cells = s->cells[index];
}

bool scene_picture_find(const struct scene_picture *s, size_t index, struct picture *p)
{
    const struct staging *st = staging_of(s, index);
    *p = (struct picture){.view = charts_at(0),
                          .shown = exhibit_of_session(s->scope.runs->after)};
    if (index && !st)
        return false;
    if (st) {
        p->view = st->view;
        p->whatifs = whatifs_of(s);
        p->export = s->scene->staging->export;
        p->log = st->log;
        p->classes = st->classes;
    }
    fill_cells(s, index, p);
    const struct node *focus = st ? st->focus : NULL;
    if (p->cells || (!focus && chart_is_of_exams(p->view)))
        return true;
    return find_matrix(s, focus, p);
}

bool scene_picture_before(const struct scene_picture *s, size_t index, struct picture *p)
{
    if (!scene_picture_find(s, index, p) || !p->whatifs || !p->shown.session ||
        p->shown.ref.kind != REF_STAGE)
        return false;
    struct session *before = runs_intact(s->scope.runs, p->shown.session, NULL);
    if (!before)
        return false;
    struct place at = p->shown.at;
    const char *id = stage_id(&trace_plan(p->shown.trace)->stages[p->shown.ref.index]);
    int stage = plan_find(trace_plan(before->trace), id);
    if (stage < 0)
        return false;
    p->shown = exhibit_of_stage(before, stage);
    p->shown.at = at;
    return true;
}

/* Every class that is named is in the lexicon of the model. */
static int check_classes(const struct scene_picture *s, const struct staging *st,
                         struct error *e)
{
    const struct lexicon *l = session_lexicon(s->scope.runs->after);
    for (const char *at = st->classes; at && *at; at += strspn(at, "\n")) {
        char *name = mem_bytes(at, strcspn(at, "="));
        at += strcspn(at, "\n");
        char *names = lexicon_has(l, name) ? NULL : lexicon_names(l, SIDE_SOURCE);
        if (names)
            error_set(e, "the lexicon has no word class '%.40s'; there are %s", name,
                      *names ? names : "none");
        free(name);
        free(names);
        if (names)
            return error_at(e, s->scope.file, st->line, 0);
    }
    return 0;
}

/* Not every view can show every matrix. */
static int check_fit(const struct picture *p, struct error *e)
{
    if (chart_is_of_exams(p->view))
        return 0;
    struct chart c = chart_of(&p->shown);
    int status = chart_check(p->view, &c, e);
    chart_release(&c);
    return status;
}

static int check_one(const struct scene_picture *s, size_t index, struct error *e)
{
    struct picture p;
    const struct staging *st = staging_of(s, index);
    if (check_classes(s, st, e) < 0)
        return -1;
    if (st->cell_count)
        return shown_cells_check(&s->scope, st, e);
    const struct node *focus = st->focus;
    long line = focus ? focus->line : st->line, column = focus ? focus->column : 1;
    if (scene_picture_find(s, index, &p))
        return check_fit(&p, e) < 0 ? error_at(e, s->scope.file, line, column) : 0;
    struct found found;
    const struct node *name =
        focus && focus->kind == NODE_INDEX ? focus->children[0] : focus;
    long at[TENSOR_MAX_RANK];
    if (!focus)
        error_set(e, "a stage fence needs a line focus:, or a compute block before it");
    else if (evaluate_find(&s->scope, name->text, &found, e))
        evaluate_cell(&found, focus, at, e);
    return error_at(e, s->scope.file, line, column);
}

int scene_picture_check(const struct scene_picture *s, struct error *e)
{
    for (size_t i = 0; i < 2; i++)
        if (staging_of(s, i) && check_one(s, i, e) < 0)
            return -1;
    return 0;
}

size_t scene_picture_exams(const struct scene_picture *s, const struct picture *p,
                           struct chart_exam list[2])
{
    struct runs *runs = s->scope.runs;
    const struct own_run *own = p->run ? runs_find(runs, p->run, NULL) : NULL;
    const struct session *of[] = {own ? own->intact : runs->before,
                                  own ? own->session : runs->after};
    const char *names[] = {say(SAY_LAB_INTACT), p->whatifs};
    size_t n = 0;
    for (; n < 2 && names[n]; n++) {
        struct exam_state x =
            exams_state_of(s->scope.exams, of[n]->model, &of[n]->whatifs);
        list[n] = (struct chart_exam){names[n], x.score, x.size};
    }
    return n;
}
