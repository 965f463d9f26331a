#include "lesson/reading.h"

#include "base/memory.h"
#include "lesson/claims.h"
#include "lesson/recalls.h"
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
    struct runs *runs;       /* these and the lesson's own */
    struct error problem;    /* what keeps the scene from its what-ifs or its sentence */
    struct sliders sliders;
    struct constants constants;
    struct workbook *book;
    struct recalls recalls;
    struct exams *exams;
    bool beside; /* another reading: the exams are its */
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

const struct model *reading_model(const struct reading *r)
{
    return r->intact->model;
}

bool reading_is_pinned(const struct reading *r)
{
    const struct scene *s = reading_scene(r);
    return s->staging && s->staging->pinned;
}

bool reading_is_own(const struct reading *r)
{
    return r->own && !reading_is_pinned(r);
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
    return (struct scope){r->lesson->file, r->runs, r->book, r->exams};
}

static struct scene_picture picture_of(struct reading *r)
{
    return (struct scene_picture){reading_scene(r), (size_t)r->number, scope_of(r),
                                  r->cells};
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
    if (r->own && !reading_is_pinned(r))
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
    runs_follow(r->runs, r->lesson, (size_t)r->number + 1, r->intact, changed(r));
    r->book = workbook_new(r->runs, &r->sliders, &r->constants, r->claims);
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
        if (s->staging && s->staging->text && wanted_text(r) == s->staging->text)
            error_at(e, r->lesson->file, s->staging->text_line, 1);
        if (r->intact->trace)
            compute(r); /* on the sentence before, so that there is something to show */
        return -1;
    }
    if (s->staging && s->staging->whatifs &&
        run_changed(r, s->staging->whatifs, &r->problem) < 0)
        error_at(&r->problem, r->lesson->file, s->staging->whatifs_line, 1);
    compute(r);
    scene_want_exams(s, r->runs, r->exams);
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

/* Whether the model takes a sentence that this scene does not read. */
static int check_text(const struct reading *r, const char *text, struct error *e)
{
    struct session *s =
        session_fork(r->intact, &(struct session_change){.text = text}, e);
    session_free(s);
    return s ? 0 : -1;
}

int reading_set_text(struct reading *r, const char *text, struct error *e)
{
    if (text && reading_is_pinned(r) && check_text(r, text, e) < 0)
        return -1;
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
    r->runs = mem_zero(1, sizeof *r->runs);
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
    r->runs = mem_zero(1, sizeof *r->runs);
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
    runs_free(r->runs);
    free(r->runs);
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
    for (size_t i = 0; i < s->run_count; i++)
        if (!runs_find(r->runs, s->runs[i].name, e))
            return -1;
    for (size_t i = 0; i < s->statement_count; i++) {
        const struct workbook_name *n = workbook_find(r->book, s->statements[i].name);
        if (n && n->error.set) {
            if (e && !e->set)
                *e = n->error;
            return -1;
        }
    }
    const struct scene_picture picture = picture_of(r);
    return scene_picture_check(&picture, e);
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

char *reading_run(struct reading *r, const char *name, bool intact)
{
    return runs_describe(r->runs, name, intact);
}

/* ---- the picture ---- */

bool reading_picture_at(struct reading *r, size_t index, struct picture *p)
{
    const struct scene_picture picture = picture_of(r);
    return scene_picture_find(&picture, index, p);
}

bool reading_before_at(struct reading *r, size_t index, struct picture *p)
{
    const struct scene_picture picture = picture_of(r);
    return scene_picture_before(&picture, index, p);
}

bool reading_number(struct reading *r, size_t index, struct exhibit *shown)
{
    const struct workbook_value *v = workbook_nth_value(r->book, index);
    if (!v)
        return false;
    const struct scene_picture picture = picture_of(r);
    *shown = scene_picture_book(&picture);
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
    const struct scene_picture picture = picture_of(r);
    return scene_picture_exams(&picture, p, list);
}

bool reading_work(struct reading *r, int milliseconds)
{
    return exams_work(r->exams, milliseconds);
}
