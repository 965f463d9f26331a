#include "lesson/reading.h"

#include "base/memory.h"
#include "chart/charts.h"
#include "lesson/evaluate.h"
#include "lesson/shown_cells.h"
#include "lesson/wanted.h"

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
    struct exams *exams;
    bool claims; /* are checked: the book has their stages */
    char **texts; /* of the scene's values, as far as they were asked for */
    struct shown_cells *cells[2]; /* of its pictures, likewise */
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

/* ---- opening a scene ---- */

void reading_forget_cells(struct reading *r)
{
    for (int i = 0; i < 2; i++) {
        shown_cells_free(r->cells[i]);
        r->cells[i] = NULL;
    }
}

static void forget_texts(struct reading *r)
{
    size_t count = reading_scene(r)->value_count;
    for (size_t i = 0; r->texts && i < count; i++)
        free(r->texts[i]);
    free(r->texts);
    r->texts = NULL;
    reading_forget_cells(r);
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
    workbook_free(r->book);
    r->book = workbook_new(r->lesson, (size_t)r->number + 1, r->intact, changed(r),
                           &r->sliders, &r->constants, r->claims);
}

static int open_scene(struct reading *r, struct error *e)
{
    const struct scene *s = reading_scene(r);
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
    scene_want_exams(s, r->exams);
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

void reading_free(struct reading *r)
{
    if (!r)
        return;
    forget_texts(r);
    workbook_free(r->book);
    session_free(r->changed);
    session_free(r->intact);
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
    struct scope scope = scope_of(r);
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
    const struct choice *c = &reading_scene(r)->predicts[predict].choices[choice];
    struct scope scope = scope_of(r);
    struct value v = evaluate(&scope, c->condition, NULL);
    enum truth truth = v.kind == VALUE_PENDING   ? TRUTH_PENDING
                       : v.kind != VALUE_NUMBER ? TRUTH_UNKNOWN
                       : v.number != 0          ? TRUTH_TRUE
                                                : TRUTH_FALSE;
    value_free(&v);
    return truth;
}

int reading_right_choice(struct reading *r, size_t predict)
{
    int right = CHOICE_NONE;
    bool pending = false;
    for (size_t i = 0; i < reading_scene(r)->predicts[predict].count; i++) {
        enum truth truth = reading_choice(r, predict, i);
        if (truth == TRUTH_UNKNOWN || (truth == TRUTH_TRUE && right >= 0))
            return CHOICE_NONE;
        if (truth == TRUTH_TRUE)
            right = (int)i;
        pending = pending || truth == TRUTH_PENDING;
    }
    return pending ? CHOICE_PENDING : right;
}

static char *print_side(const struct scope *scope, const struct node *n)
{
    struct value v = evaluate(scope, n, NULL);
    char *text = value_print(&v, v.kind == VALUE_TEXT ? "" : ".6");
    value_free(&v);
    return text;
}

int reading_check(struct reading *r, const struct claim *claim, struct error *e)
{
    if (!r->claims) { /* a reader does without */
        r->claims = true;
        compute(r);
    }
    struct scope scope = scope_of(r);
    struct value v = evaluate(&scope, claim->node, e);
    bool holds = v.kind == VALUE_NUMBER && v.number != 0;
    bool known = v.kind != VALUE_NONE;
    value_free(&v);
    if (holds)
        return 0;
    const struct node *n = claim->node;
    if (known && n->kind == NODE_COMPARE) {
        char *left = print_side(&scope, n->children[0]);
        char *right = print_side(&scope, n->children[1]);
        error_set(e, "the claim \"%.100s\" does not hold: %.120s against %.120s",
                  claim->source, left, right);
        free(left);
        free(right);
    } else if (known) {
        error_set(e, "the claim \"%.200s\" does not hold", claim->source);
    }
    return error_at(e, r->lesson->file, n->line, n->column);
}

static int resolve_questions(struct reading *r, struct error *e)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct predict *p = &s->predicts[i];
        struct scope scope = scope_of(r);
        long right = 0;
        for (size_t k = 0; k < p->count; k++) {
            struct value v = evaluate(&scope, p->choices[k].condition, e);
            bool known = v.kind == VALUE_NUMBER;
            right += known && v.number != 0;
            value_free(&v);
            if (!known) {
                error_set(e, "the condition \"%.100s\" is no condition",
                          p->choices[k].condition_text);
                return error_at(e, r->lesson->file, p->choices[k].condition->line,
                                p->choices[k].condition->column);
            }
        }
        if (right != 1) {
            error_set(e, "of the choices of this question %ld hold; exactly one must",
                      right);
            return error_at(e, r->lesson->file, p->line, 0);
        }
    }
    return 0;
}

static const struct staging *staging_of(const struct reading *r, size_t index)
{
    const struct staging *st = reading_scene(r)->staging;
    return st && index ? st->beside : st;
}

static int resolve_picture(struct reading *r, size_t index, struct error *e)
{
    struct picture p;
    const struct staging *st = staging_of(r, index);
    struct scope scope = scope_of(r);
    if (st->cell_count)
        return shown_cells_check(&scope, st, e);
    if (reading_picture_at(r, index, &p))
        return 0;
    struct found found;
    const struct node *focus = st->focus;
    const struct node *name =
        focus && focus->kind == NODE_INDEX ? focus->children[0] : focus;
    long at[TENSOR_MAX_RANK];
    if (!focus)
        error_set(e, "a stage fence needs its focus, or a compute block before it");
    else if (evaluate_find(&scope, name->text, &found, e))
        evaluate_cell(&found, focus, at, e);
    return error_at(e, r->lesson->file, st->line, 0);
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
    for (size_t i = 0; i < 2; i++)
        if (staging_of(r, i) && resolve_picture(r, i, e) < 0)
            return -1;
    return 0;
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

/* The matrix that a fence names, or the last compute line of the scene. */
static bool show_found(const struct reading *r, const char *name,
                       const struct node *index, struct exhibit *shown)
{
    struct scope scope = scope_of(r);
    struct found f = {0};
    struct place at;
    if (!evaluate_find(&scope, name, &f, NULL) || !evaluate_place(&f, index, &at))
        return false;
    *shown = f.computed ? exhibit_of_book(r) : exhibit_of_session(f.session);
    shown->ref = f.ref;
    shown->at = at;
    return true;
}

static void fill_cells(struct reading *r, size_t index, struct picture *p)
{
    const struct staging *st = staging_of(r, index);
    struct scope scope = scope_of(r);
    if (!st || !st->cell_count)
        return;
    if (!r->cells[index])
        r->cells[index] = shown_cells_new(&scope, st);
    p->cells = r->cells[index];
}

bool reading_picture_at(struct reading *r, size_t index, struct picture *p)
{
    const struct staging *st = staging_of(r, index);
    *p = (struct picture){.view = charts_at(0), .shown = exhibit_of_session(changed(r))};
    if (index && !st)
        return false;
    if (st) {
        p->view = st->view;
        p->whatifs = r->changed ? reading_scene(r)->staging->whatifs : NULL;
        p->export = reading_scene(r)->staging->export;
        p->log = st->log;
    }
    fill_cells(r, index, p);
    const struct node *focus = st ? st->focus : NULL;
    if (p->cells || (!focus && chart_is_of_exams(p->view)))
        return true;
    const struct node *at = focus && focus->kind == NODE_INDEX ? focus : NULL;
    const struct node *name = at ? at->children[0] : focus;
    if (name)
        return show_found(r, name->text, at, &p->shown);
    const struct workbook_name *last = workbook_last(r->book, (size_t)r->number);
    return last && show_found(r, last->name, NULL, &p->shown);
}

bool reading_before_at(struct reading *r, size_t index, struct picture *p)
{
    if (!r->changed || !reading_picture_at(r, index, p) || !p->shown.session ||
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
