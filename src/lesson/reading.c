#include "lesson/reading.h"

#include "base/memory.h"
#include "chart/charts.h"
#include "lesson/claims.h"
#include "lesson/recalls.h"

#include <stdlib.h>
#include <string.h>

#define SLIDER_STEPS 40

struct reading {
    const struct lesson *lesson;
    int number;
    char *own;               /* the learner's sentence, or NULL */
    struct session *intact;  /* owned */
    struct session *changed; /* owned; NULL when nothing is off in this scene */
    struct error problem;    /* what keeps the scene from its what-ifs or its sentence */
    struct sliders sliders;
    struct constants constants;
    struct workbook *book;
    struct recalls recalls;
    struct exams *exams;
    bool beside; /* another reading: the exams are its */
    bool claims; /* are checked: the book has their stages */
    char **texts; /* of the scene's values, as far as they were asked for */
};

const struct lesson *reading_lesson(const struct reading *r)
{
    return r->lesson;
}

int reading_scene_number(const struct reading *r)
{
    return r->number;
}

const struct scene *reading_scene(const struct reading *r)
{
    return &r->lesson->scenes[r->number];
}

bool reading_is_own(const struct reading *r)
{
    return r->own != NULL;
}

const char *reading_text(const struct reading *r)
{
    return r->intact->text;
}

static struct session *changed(const struct reading *r)
{
    return r->changed ? r->changed : r->intact;
}

static struct scope scope_of(const struct reading *r)
{
    return (struct scope){r->lesson->file, r->intact, changed(r), r->book, r->exams};
}

/* The scope of what a question says and asks; the scene's when `p` is NULL, or has no
 * sentence of its own. */
static int scope_in(struct reading *r, const struct predict *p, struct scope *scope,
                    struct error *e)
{
    const struct recall_source source = {r->lesson, (size_t)r->number + 1, r->intact,
                                         &r->sliders, &r->constants};
    *scope = scope_of(r);
    return p && p->text ? recalls_enter(&r->recalls, &source, p, scope, e) : 0;
}

/* ---- opening a scene ---- */

static void forget_texts(struct reading *r)
{
    size_t count = reading_scene(r)->value_count;
    for (size_t i = 0; r->texts && i < count; i++)
        free(r->texts[i]);
    free(r->texts);
    r->texts = NULL;
}

/* The sentence of this scene: the learner's, the scene's, or the lesson's. */
static const char *wanted_text(const struct reading *r)
{
    const struct scene *s = reading_scene(r);
    if (r->own)
        return r->own;
    return s->staging && s->staging->text ? s->staging->text : r->lesson->text;
}

static int run_intact(struct reading *r, struct error *e)
{
    const char *text = wanted_text(r);
    if (r->intact->trace && r->intact->text && !strcmp(r->intact->text, text))
        return 0;
    if (session_set_text(r->intact, text, e) < 0)
        return -1;
    return session_run(r->intact, e);
}

/* The same sentence, with the intact run's words before each prediction, under the
 * what-ifs. */
static int run_changed(struct reading *r, const char *whatifs, struct error *e)
{
    struct whatifs list = {0};
    int status = whatifs_add_all(&list, whatifs, NULL, e);
    if (status == 0)
        r->changed = session_fork(
            r->intact, &(struct session_change){.whatifs = &list, .fed = r->intact}, e);
    whatifs_free(&list);
    return r->changed ? 0 : -1;
}

static void compute(struct reading *r)
{
    forget_texts(r);
    recalls_clear(&r->recalls);
    workbook_free(r->book);
    r->book = workbook_new(r->lesson, (size_t)r->number + 1, r->intact, changed(r),
                           &r->sliders, &r->constants, r->claims);
}

static void want_exams_of(struct reading *r, const struct node *n)
{
    if (n->kind == NODE_EXAM)
        exams_want(r->exams, n->parts[0], NULL);
    for (int i = 0; i < n->count; i++)
        want_exams_of(r, n->children[i]);
}

static void want_exams(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->value_count; i++)
        if (s->values[i].node)
            want_exams_of(r, s->values[i].node);
    for (size_t i = 0; i < s->claim_count; i++)
        want_exams_of(r, s->claims[i].node);
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct node *n;
        for (size_t k = 0; (n = predict_node(&s->predicts[i], k)) != NULL; k++)
            want_exams_of(r, n);
    }
    if (!s->staging || !chart_is_of_exams(s->staging->view))
        return;
    exams_want(r->exams, "intact", NULL);
    if (s->staging->whatifs)
        exams_want(r->exams, s->staging->whatifs, NULL);
}

static int open_scene(struct reading *r, struct error *e)
{
    const struct scene *s = reading_scene(r);
    recalls_clear(&r->recalls);
    workbook_free(r->book);
    r->book = NULL;
    session_free(r->changed);
    r->changed = NULL;
    r->problem = (struct error){0};
    if (run_intact(r, e) < 0) {
        if (r->intact->trace)
            compute(r); /* on the sentence before, so that there is something to show */
        return -1;
    }
    if (s->staging && s->staging->whatifs &&
        run_changed(r, s->staging->whatifs, &r->problem) < 0)
        error_at(&r->problem, r->lesson->file, s->staging->line, 0);
    compute(r);
    want_exams(r);
    return 0;
}

int reading_go(struct reading *r, int scene, struct error *e)
{
    int last = (int)r->lesson->count - 1;
    forget_texts(r);
    r->number = scene < 0 ? 0 : scene > last ? last : scene;
    return open_scene(r, e);
}

int reading_set_lesson(struct reading *r, const struct lesson *lesson, struct error *e)
{
    forget_texts(r);
    recalls_clear(&r->recalls);
    workbook_free(r->book);
    r->book = NULL;
    r->lesson = lesson;
    return reading_go(r, r->number, e);
}

int reading_set_text(struct reading *r, const char *text, struct error *e)
{
    char *old = r->own;
    r->own = text ? mem_string(text) : NULL;
    if (open_scene(r, e) == 0) {
        free(old);
        return 0;
    }
    struct error ignored = {0};
    free(r->own);
    r->own = old;
    open_scene(r, &ignored);
    return -1;
}

struct reading *reading_new(const struct lesson *lesson, struct session *session,
                            struct error *e)
{
    struct reading *r = mem_zero(1, sizeof *r);
    r->lesson = lesson;
    r->intact = session;
    r->exams = exams_new(session->model, &(struct trace_options){0}, 0);
    if (open_scene(r, e) == 0)
        return r;
    reading_free(r);
    return NULL;
}

struct reading *reading_beside(const struct reading *other, int scene, struct error *e)
{
    struct reading *r = mem_zero(1, sizeof *r);
    struct session_options options = other->intact->options;
    r->lesson = other->lesson;
    r->intact = session_new(model_share(other->intact->model), &options);
    r->exams = other->exams;
    r->beside = true;
    r->own = other->own ? mem_string(other->own) : NULL;
    if (reading_go(r, scene, e) == 0)
        return r;
    reading_free(r);
    return NULL;
}

void reading_free(struct reading *r)
{
    if (!r)
        return;
    forget_texts(r);
    recalls_clear(&r->recalls);
    workbook_free(r->book);
    session_free(r->changed);
    session_free(r->intact);
    if (!r->beside)
        exams_free(r->exams);
    sliders_free(&r->sliders);
    constants_free(&r->constants);
    free(r->own);
    free(r);
}

/* ---- values ---- */

static struct value value_of(struct reading *r, const struct lesson_value *v,
                             struct error *e)
{
    struct scope scope;
    if (scope_in(r, v->of, &scope, e) < 0)
        return value_none();
    return evaluate(&scope, v->node, e);
}

static char *print_value(struct reading *r, const struct lesson_value *v)
{
    if (!v->node)
        return mem_format("%s (%s)", v->fact, v->source);
    struct value value = value_of(r, v, NULL);
    char *text = value_print(&value, v->format);
    value_free(&value);
    return text;
}

char *reading_value(struct reading *r, const struct span *span)
{
    const struct scene *s = reading_scene(r);
    const struct lesson_value *v = scene_value(s, span);
    size_t i = (size_t)(v - s->values);
    if (!r->texts)
        r->texts = mem_zero(s->value_count, sizeof *r->texts);
    if (!r->texts[i] || !strcmp(r->texts[i], "…")) {
        free(r->texts[i]);
        r->texts[i] = print_value(r, v);
    }
    return mem_string(r->texts[i]);
}

char *reading_prose(struct reading *r, const struct prose *prose)
{
    struct buffer b = {0};
    for (size_t i = 0; i < prose->count; i++) {
        const struct span *span = &prose->items[i];
        char *value = span->kind == SPAN_VALUE ? reading_value(r, span) : NULL;
        buffer_add(&b, value ? value : span->text);
        free(value);
    }
    return buffer_take(&b);
}

bool reading_is_resolved(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->value_count; i++) {
        char *text = reading_value(r, s->values[i].span);
        bool missing = !strcmp(text, "–");
        free(text);
        if (missing)
            return false;
    }
    return true;
}

/* ---- questions and claims ---- */

enum truth reading_choice(struct reading *r, size_t predict, size_t choice)
{
    const struct predict *p = &reading_scene(r)->predicts[predict];
    struct scope scope;
    return scope_in(r, p, &scope, NULL) < 0 ? TRUTH_UNKNOWN
                                            : question_choice(&scope, p, choice);
}

int reading_right_choice(struct reading *r, size_t predict)
{
    const struct predict *p = &reading_scene(r)->predicts[predict];
    struct scope scope;
    return scope_in(r, p, &scope, NULL) < 0 ? CHOICE_NONE : question_right(&scope, p);
}

int reading_judge(struct reading *r, size_t predict, double typed)
{
    const struct predict *p = &reading_scene(r)->predicts[predict];
    struct scope scope;
    return scope_in(r, p, &scope, NULL) < 0 ? CHOICE_NONE
                                            : question_judge(&scope, p, typed);
}

char *reading_result(struct reading *r, size_t predict)
{
    const struct predict *p = &reading_scene(r)->predicts[predict];
    struct scope scope;
    return scope_in(r, p, &scope, NULL) < 0 ? mem_string("–")
                                            : question_result(&scope, p);
}

int reading_check(struct reading *r, const struct claim *claim, struct error *e)
{
    if (!r->claims) { /* a reader does without */
        r->claims = true;
        compute(r);
    }
    struct scope scope = scope_of(r);
    return claim_check(&scope, claim, e);
}

static int resolve_questions(struct reading *r, struct error *e)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct predict *p = &s->predicts[i];
        struct scope scope;
        if (scope_in(r, p, &scope, e) < 0 || question_resolve(&scope, p, e) < 0)
            return -1;
    }
    return 0;
}

static int resolve_names(struct reading *r, struct error *e)
{
    const struct scene *s = reading_scene(r);
    if (r->problem.set) {
        if (e && !e->set)
            *e = r->problem;
        return -1;
    }
    for (size_t i = 0; i < s->statement_count; i++) {
        const struct workbook_name *n = workbook_find(r->book, s->statements[i].name);
        if (n && n->error.set) {
            if (e && !e->set)
                *e = n->error;
            return -1;
        }
    }
    struct picture p;
    if (!s->staging || reading_picture(r, &p))
        return 0;
    struct scope scope = scope_of(r);
    struct found found;
    const struct node *focus = s->staging->focus;
    const struct node *name =
        focus && focus->kind == NODE_INDEX ? focus->children[0] : focus;
    long at[TENSOR_MAX_RANK];
    if (!focus)
        error_set(e, "a stage fence needs its focus, or a compute block before it");
    else if (evaluate_find(&scope, name->text, &found, e))
        evaluate_cell(&found, focus, at, e);
    return error_at(e, r->lesson->file, s->staging->line, 0);
}

int reading_resolve(struct reading *r, struct error *e)
{
    const struct scene *s = reading_scene(r);
    if (resolve_names(r, e) < 0)
        return -1;
    for (size_t i = 0; i < s->value_count; i++) {
        if (!s->values[i].node)
            continue;
        struct value v = value_of(r, &s->values[i], e);
        bool missing = v.kind == VALUE_NONE;
        value_free(&v);
        if (missing)
            return -1;
    }
    return resolve_questions(r, e);
}

/* ---- the picture ---- */

static struct trace *reference_of(void *book)
{
    return workbook_reference(book);
}

/* The compute blocks read the changed run, under the name of the scene. */
static struct exhibit exhibit_of_book(const struct reading *r)
{
    struct exhibit x = exhibit_of_session(changed(r));
    x.session = NULL;
    x.title = reading_scene(r)->title;
    x.trace = workbook_trace(r->book);
    x.reference = reference_of;
    x.maker = r->book;
    return x;
}

/* The cell of an index node, or the first; ":" stands for the first, too. */
static bool find_place(const struct found *f, const struct node *index,
                       struct place *place)
{
    long at[TENSOR_MAX_RANK] = {0};
    const struct tensor *shape = plan_shape(trace_plan(f->trace), f->ref);
    if (index && evaluate_cell(f, index, at, NULL) < 0)
        return false;
    for (int i = 0; i < TENSOR_MAX_RANK; i++)
        at[i] = at[i] < 0 ? 0 : at[i];
    bool ids = shape->rank == 1 && f->ref.kind == REF_STAGE;
    place->head = shape->rank == 3 ? at[0] : 0;
    place->row = shape->rank > 1 ? at[shape->rank - 2] : ids ? at[0] : 0;
    place->column = ids ? 0 : at[shape->rank - 1];
    return true;
}

/* The matrix that a fence names, or the last compute line of the scene. */
static bool show_found(const struct reading *r, const char *name,
                       const struct node *index, struct exhibit *shown)
{
    struct scope scope = scope_of(r);
    struct found f = {0};
    struct place at;
    if (!evaluate_find(&scope, name, &f, NULL) || !find_place(&f, index, &at))
        return false;
    *shown = f.computed ? exhibit_of_book(r) : exhibit_of_session(f.session);
    shown->ref = f.ref;
    shown->at = at;
    return true;
}

bool reading_picture(struct reading *r, struct picture *p)
{
    const struct staging *st = reading_scene(r)->staging;
    *p = (struct picture){.view = charts_at(0), .shown = exhibit_of_session(changed(r))};
    if (st) {
        p->view = st->view;
        p->whatifs = r->changed ? st->whatifs : NULL;
        p->export = st->export;
    }
    const struct node *focus = st ? st->focus : NULL;
    if (!focus && chart_is_of_exams(p->view))
        return true;
    const struct node *index = focus && focus->kind == NODE_INDEX ? focus : NULL;
    const struct node *name = index ? index->children[0] : focus;
    if (name)
        return show_found(r, name->text, index, &p->shown);
    const struct workbook_name *last = workbook_last(r->book, (size_t)r->number);
    return last && show_found(r, last->name, NULL, &p->shown);
}

bool reading_picture_before(struct reading *r, struct picture *p)
{
    if (!r->changed || !reading_picture(r, p) || !p->shown.session ||
        p->shown.ref.kind != REF_STAGE)
        return false;
    struct place at = p->shown.at;
    const char *id = stage_id(&trace_plan(p->shown.trace)->stages[p->shown.ref.index]);
    int stage = plan_find(trace_plan(r->intact->trace), id);
    p->shown = exhibit_of_stage(r->intact, stage);
    p->shown.at = at;
    return stage >= 0;
}

bool reading_number(struct reading *r, size_t index, struct exhibit *shown)
{
    const struct workbook_value *v = workbook_nth_value(r->book, index);
    if (!v)
        return false;
    *shown = exhibit_of_book(r);
    shown->ref = v->ref;
    return true;
}

int reading_free_walk(struct reading *r, const struct exhibit *shown,
                      struct exhibit *walk, struct error *e)
{
    if (shown && !shown->session && shown->ref.kind == REF_STAGE) {
        *walk = *shown;
        return 0;
    }
    bool of_run = shown && shown->session;
    struct session *s = session_fork(of_run ? shown->session : changed(r),
                                     &(struct session_change){0}, e);
    if (!s)
        return -1;
    *walk = exhibit_of_session(s);
    if (of_run) {
        walk->ref = shown->ref;
        walk->at = shown->at;
    }
    return 0;
}

/* ---- sliders ---- */

static struct slider *nth_slider(const struct reading *r, size_t index)
{
    for (size_t i = 0; i < r->sliders.count; i++)
        if (r->sliders.items[i].scene == (size_t)r->number && index-- == 0)
            return &r->sliders.items[i];
    return NULL;
}

size_t reading_sliders(const struct reading *r)
{
    size_t count = 0;
    while (nth_slider(r, count))
        count++;
    return count;
}

const struct slider *reading_slider(const struct reading *r, size_t index)
{
    return nth_slider(r, index);
}

void reading_slide(struct reading *r, size_t index, int steps)
{
    struct slider *s = nth_slider(r, index);
    if (!s)
        return;
    double step = (s->most - s->least) / SLIDER_STEPS;
    double value = s->value + steps * step;
    s->value = value < s->least ? s->least : value > s->most ? s->most : value;
    compute(r);
}

/* ---- exams ---- */

struct exams *reading_exams(struct reading *r)
{
    return r->exams;
}

size_t reading_exam_list(struct reading *r, const struct picture *p,
                         struct chart_exam list[2])
{
    const char *whatifs[] = {"intact", p->whatifs};
    const char *names[] = {say(SAY_LAB_INTACT), p->whatifs};
    size_t n = 0;
    bool done;
    for (; n < 2 && whatifs[n]; n++)
        list[n] = (struct chart_exam){names[n], exams_score(r->exams, whatifs[n], &done),
                                      exams_size(r->exams, whatifs[n])};
    return n;
}

bool reading_work(struct reading *r, int milliseconds)
{
    return exams_work(r->exams, milliseconds);
}
