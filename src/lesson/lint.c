#include "lesson/lint.h"

#include "base/file.h"
#include "base/memory.h"
#include "lesson/glossary.h"
#include "lesson/reading.h"
#include "lesson/run_fence.h"
#include "lesson/shelf.h"
#include "lesson/tally.h"
#include "lesson/timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sentences that no lesson was written for: of one word and of seventeen, of words that
 * the model does not know, of another script, without Hangul, with one piece twice. */
static const char *const foreign[] = {
    "물을 마신다",
    "학교",
    "나는 나는",
    "zebra 안녕!",
    "I go to school",
    "개가 개를 쫓는다",
    "눈이 온다",
    "?",
    "ㅋㅋㅋ ㅎㅎ",
    "나는 어제 친구와 함께 영화관에서 정말 재미있는 액션 영화를 봤다",
    ("나는 오늘 아침 일찍 학교에 가서 친구를 만나고 함께 밥을 먹은 뒤 "
     "책을 읽고 집에 왔다"),
    "학교에 나는 간다",
};
#define FOREIGN (sizeof foreign / sizeof *foreign)
#define PROVED 3 /* of these are computed a second time, in double precision */

/* A line that later scenes read, too, is wrong in each of them: it is told once. */
static void tell(struct lint *l, struct error *e)
{
    bool again = l->faults && e->line == l->last.line && e->column == l->last.column &&
                 !strcmp(e->file, l->last.file) && !strcmp(e->message, l->last.message);
    l->last = *e;
    l->found++;
    if (again) {
        *e = (struct error){0};
        return;
    }
    l->faults++;
    l->fault(l->data, e);
    *e = (struct error){0};
}

/* "lessons" of "lessons/05-x/ko.md", the folder of the lessons' folders; NULL where the
 * path does not tell. Caller frees. */
static char *folder_above(const char *file)
{
    const char *end = strrchr(file, '/');
    while (end && end > file && end[-1] != '/')
        end--;
    if (!end || end <= file)
        return NULL;
    return end - 1 == file ? mem_string("/") : mem_bytes(file, (size_t)(end - 1 - file));
}

/* ---- typed results ---- */

static bool has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

static void check_prose(struct lint *l, const struct lesson *lesson,
                        const struct prose *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct span *s = &p->items[i];
        bool free_of_rule =
            s->kind == SPAN_VALUE || s->kind == SPAN_CODE || s->kind == SPAN_LINK;
        if (free_of_rule || !has_digit(s->text))
            continue;
        struct error e = {0};
        error_set(&e,
                  "a typed number: \"%.60s\"; write {{an expression}}, {{fact: … | "
                  "source}}, or the number as a word",
                  s->text);
        error_at(&e, lesson->file, s->line,
                 s->column + (long)strcspn(s->text, "0123456789"));
        tell(l, &e);
    }
}

static void check_digits(struct lint *l, const struct lesson *lesson,
                         const struct scene *s)
{
    for (size_t i = 0; i < s->block_count; i++)
        check_prose(l, lesson, &s->blocks[i].prose);
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct prose *prose;
        for (size_t k = 0; (prose = predict_prose(&s->predicts[i], k)) != NULL; k++)
            check_prose(l, lesson, prose);
    }
}

/* ---- a lesson on its sentence, and on foreign ones ---- */

/* What a clock says differs from run to run: no claim and no question hangs on it. */
static void check_timing(struct lint *l, const struct lesson *lesson,
                         const struct node *n, const char *what)
{
    struct error e = {0};
    if (!timing_is_in(lesson, n))
        return;
    error_set(&e, "%s hangs on time(…), which is measured anew each time; show it, but "
                  "ask and claim of it nothing", what);
    error_at(&e, lesson->file, n->line, n->column);
    tell(l, &e);
}

static void check_clock(struct lint *l, const struct lesson *lesson,
                        const struct scene *s)
{
    for (size_t i = 0; i < s->claim_count; i++)
        check_timing(l, lesson, s->claims[i].node, "this claim");
    for (size_t i = 0; i < s->predict_count; i++)
        for (size_t k = 0; k < s->predicts[i].count; k++)
            check_timing(l, lesson, s->predicts[i].choices[k].condition, "this choice");
}

static void check_scene(struct lint *l, struct reading *r)
{
    const struct scene *s = reading_scene(r);
    struct error e = {0};
    reading_work(r, 0);
    if (reading_resolve(r, &e) < 0)
        tell(l, &e);
    for (size_t i = 0; i < s->claim_count; i++)
        if (reading_check(r, &s->claims[i], &e) < 0)
            tell(l, &e);
    check_clock(l, reading_lesson(r), s);
    check_digits(l, reading_lesson(r), s);
    l->scenes++;
    l->values += (long)s->value_count;
    l->claims += (long)s->claim_count;
    l->questions += (long)s->predict_count;
}

/* ---- foreign sentences ---- */

static int fail_on(struct reading *r, long line, long column, const char *what,
                   struct error *e)
{
    error_set(e,
              "on the sentence \"%.60s\" %s; ask and say what holds for every "
              "sentence",
              reading_text(r), what);
    return error_at(e, reading_lesson(r)->file, line, column);
}

/* No value is missing, and one choice is right. */
static int check_open(struct reading *r, struct error *e)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->value_count; i++) {
        const struct span *span = s->values[i].span;
        char *text = reading_value(r, span);
        bool missing = !strcmp(text, "–");
        free(text);
        if (missing)
            return fail_on(r, span->line, span->column, "a value is missing here", e);
    }
    for (size_t i = 0; i < s->predict_count; i++)
        if (!s->predicts[i].fill && reading_right_choice(r, i) == CHOICE_NONE)
            return fail_on(r, s->predicts[i].line, 1,
                           "not exactly one choice of this question is right", e);
    return 0;
}

/* The first sentence that a scene does not fit is told. */
static void check_scene_on(struct lint *l, struct reading *r, bool *told, bool prove)
{
    struct picture p;
    struct error e = {0};
    bool *known = &told[reading_scene_number(r)];
    if (!*known && check_open(r, &e) < 0) {
        *known = true;
        tell(l, &e);
    }
    for (size_t i = 0; i < 2; i++)
        if (reading_picture_at(r, i, &p) && prove)
            exhibit_proof(&p.shown, NULL);
}

static void check_foreign(struct lint *l, struct reading *r, bool *told)
{
    struct error e = {0};
    int count = (int)reading_lesson(r)->count;
    for (size_t i = 0; i < FOREIGN; i++)
        for (int k = 0; k < count; k++) {
            if ((k == 0 && reading_set_text(r, foreign[i], &e) < 0) ||
                reading_go(r, k, &e) < 0) {
                tell(l, &e);
                break;
            }
            check_scene_on(l, r, told, i < PROVED);
        }
}

/* ---- questions ---- */

/* Another lesson of the part is found beside this one, or where lessons are. */
static int check_recall(const struct lesson *lesson, int scene, const struct predict *p,
                        struct error *e)
{
    bool earlier = p->part < lesson->part ||
                   (p->part == lesson->part && p->scene <= scene);
    char *folder = folder_above(lesson->file);
    char name[24];
    struct shelf shelf;
    if (!earlier) {
        error_set(
            e,
            "from: %ld/%ld is not earlier than this scene; name one that the learner "
            "has seen",
            p->part, p->scene);
    } else if (p->part != lesson->part && shelf_open(&shelf, folder, e) == 0) {
        snprintf(name, sizeof name, "%ld", p->part);
        const struct shelf_lesson *x = shelf_find(&shelf, name);
        struct lesson *other =
            x ? lesson_open(shelf_file(x, LANGUAGE_KO), &(struct error){0}) : NULL;
        if (!other || p->scene > (long)other->count)
            error_set(e,
                      "from: there is no scene %ld/%ld; \"stepformer lessons\" lists the "
                      "lessons",
                      p->part, p->scene);
        lesson_free(other);
        shelf_free(&shelf);
    }
    free(folder);
    return e->set ? error_at(e, lesson->file, p->line, 1) : 0;
}

static void tally_scene(struct lint *l, struct reading *r, struct tally *t)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->predict_count; i++) {
        struct error e = {0};
        const struct predict *p = &s->predicts[i];
        if (p->part &&
            check_recall(reading_lesson(r), reading_scene_number(r), p, &e) < 0)
            tell(l, &e);
        if (tally_question(t, r, i, &e) < 0)
            tell(l, &e);
    }
}

static void check_tally(struct lint *l, const struct lesson *lesson,
                        const struct tally *t)
{
    struct error e = {0};
    if (tally_places(t, lesson->file, &e) < 0)
        tell(l, &e);
    if (tally_lengths(t, lesson->file, &e) < 0)
        tell(l, &e);
}

/* ---- the glossary that stands beside the lesson ---- */

static void tell_term(void *data, struct error *e)
{
    tell(data, e);
}

static void check_glossary(struct lint *l, const struct lesson *lesson)
{
    const char *slash = strrchr(lesson->file, '/');
    char *folder = folder_above(lesson->file);
    char *path = folder && slash ? mem_format("%s/glossary/%s", folder, slash + 1) : NULL;
    struct error e = {0};
    if (path && file_exists(path)) {
        struct glossary *g = glossary_open(path, &e);
        if (g)
            glossary_check(g, lesson, tell_term, l);
        else
            tell(l, &e);
        glossary_free(g);
    }
    free(path);
    free(folder);
}

/* ---- the ground rules, which a lesson of one's own may break ---- */

static void check_rules(struct lint *l, const struct lesson *lesson)
{
    size_t questions = 0, exams = 0, exports = 0;
    for (size_t i = 0; i < lesson->count; i++) {
        const struct scene *s = &lesson->scenes[i];
        questions += s->predict_count;
        exams += s->staging && chart_is_of_exams(s->staging->view) &&
                 s->staging->whatifs;
        exports += s->staging && s->staging->export;
    }
    if (lesson->count < 6 || lesson->count > 12)
        l->note(l->data, lesson->file, "a lesson has 6 to 12 scenes");
    if (questions < 3)
        l->note(l->data, lesson->file, "a lesson asks at least three questions");
    if (!exams)
        l->note(l->data, lesson->file, "a lesson shows a what-if with its exam");
    if (!exports)
        l->note(l->data, lesson->file, "a lesson has a figure to export");
}

/* A lesson is found by its folder, which the id repeats. */
static void check_folder(struct lint *l, const struct lesson *lesson)
{
    const char *end = strrchr(lesson->file, '/'), *name = end;
    if (!end)
        return;
    while (name > lesson->file && name[-1] != '/')
        name--;
    size_t n = (size_t)(end - name);
    if (n && *name != '.' &&
        (n != strlen(lesson->id) || memcmp(name, lesson->id, n) != 0))
        l->note(l->data, lesson->file, "the id is not the name of the folder");
}

struct lesson *lint_file(struct lint *l, struct model *model, const char *path)
{
    struct error e = {0};
    struct lesson *lesson = lesson_open(path, &e);
    struct session_options options = {0};
    struct reading *r =
        lesson ? reading_new(lesson, session_new(model_share(model), &options), &e)
               : NULL;
    if (!r) {
        error_at(&e, path, 0, 0);
        tell(l, &e);
        return lesson;
    }
    struct tally tally = {0};
    bool *told = mem_zero(lesson->count, sizeof *told);
    for (int i = 0; i < (int)lesson->count; i++) {
        if (reading_go(r, i, &e) < 0) {
            tell(l, &e);
            continue;
        }
        long before = l->found;
        check_scene(l, r);
        /* what foreign sentences lack would only follow from it */
        told[i] = l->found > before;
        tally_scene(l, r, &tally);
    }
    check_tally(l, lesson, &tally);
    check_foreign(l, r, told);
    free(told);
    check_glossary(l, lesson);
    check_rules(l, lesson);
    check_folder(l, lesson);
    reading_free(r);
    return lesson;
}

/* ---- two languages ---- */

static void differ(struct lint *l, const struct lesson *b, long line, const char *what,
                   const struct lesson *a, long line_a)
{
    struct error e = {0};
    error_set(&e, "%s than in %.200s:%ld", what, a->file, line_a);
    error_at(&e, b->file, line, 0);
    tell(l, &e);
}

/* What is said may differ, what is computed may not: without the texts in quotes. */
static char *without_texts(const char *source)
{
    struct buffer b = {0};
    char quote = 0;
    for (const char *s = source; *s; s++) {
        if (quote) {
            quote = *s == quote ? 0 : quote;
        } else {
            buffer_add_bytes(&b, s, 1);
            quote = *s == '\'' || *s == '"' ? *s : 0;
        }
    }
    return buffer_take(&b);
}

static bool same_code(const char *a, const char *b)
{
    char *x = without_texts(a), *y = without_texts(b);
    bool same = !strcmp(x, y);
    free(x);
    free(y);
    return same;
}

static bool same_text(const char *a, const char *b)
{
    return !strcmp(a ? a : "", b ? b : "");
}

static bool same_fill(const struct fill *f, const struct fill *g)
{
    bool same = f->show == g->show && f->step_count == g->step_count &&
                f->wrong_count == g->wrong_count && same_code(f->source, g->source);
    for (size_t i = 0; same && i < f->wrong_count; i++)
        same = f->wrongs[i].step == g->wrongs[i].step &&
               same_code(f->wrongs[i].source, g->wrongs[i].source);
    return same;
}

static void pair_questions(struct lint *l, const struct lesson *a, const struct lesson *b,
                           const struct predict *p, const struct predict *q)
{
    bool same = p->count == q->count;
    for (size_t i = 0; same && i < p->count; i++)
        same = same_code(p->choices[i].condition_text, q->choices[i].condition_text);
    if (!same)
        differ(l, b, q->line, "the question has other choices", a, p->line);
    if (p->part != q->part || p->scene != q->scene || !same_text(p->text, q->text))
        differ(l, b, q->line, "the question comes from elsewhere", a, p->line);
    if (p->fill && q->fill && !same_fill(p->fill, q->fill))
        differ(l, b, q->line, "the calculation is another one", a, p->line);
}

/* The names of classes may differ. */
static bool same_classes(const char *a, const char *b)
{
    while (a && b && *a && *b) {
        size_t n = strcspn(a, "=");
        if (strncmp(a, b, n) != 0 || b[n] != '=')
            return false;
        a += strcspn(a, "\n");
        b += strcspn(b, "\n");
        a += *a == '\n';
        b += *b == '\n';
    }
    return !a == !b && (!a || *a == *b);
}

/* The names of expressions may differ. */
static bool same_staging(const struct staging *s, const struct staging *t)
{
    bool same = s->view == t->view && same_text(s->whatifs, t->whatifs) &&
                same_text(s->text, t->text) && s->pinned == t->pinned &&
                s->log == t->log && same_classes(s->classes, t->classes) &&
                s->cell_count == t->cell_count;
    for (size_t i = 0; same && i < s->cell_count; i++) {
        char *x = node_text(s->cells[i].node), *y = node_text(t->cells[i].node);
        same = same_code(x, y);
        free(x);
        free(y);
    }
    return same;
}

static void pair_scene(struct lint *l, const struct lesson *a, const struct lesson *b,
                       const struct scene *x, const struct scene *y)
{
    if (!same_text(x->fences, y->fences)) {
        differ(l, b, y->line, "the scene has other fences", a, x->line);
        return;
    }
    bool compute = x->statement_count == y->statement_count;
    for (size_t i = 0; compute && i < x->statement_count; i++)
        compute = same_code(x->statements[i].source, y->statements[i].source);
    bool claims = x->claim_count == y->claim_count;
    for (size_t i = 0; claims && i < x->claim_count; i++)
        claims = same_code(x->claims[i].source, y->claims[i].source);
    const struct staging *s = x->staging, *t = y->staging;
    if (!run_lines_equal(x, y))
        differ(l, b, y->line, "the scene runs something else", a, x->line);
    if (!compute)
        differ(l, b, y->line, "the scene computes something else", a, x->line);
    if (!claims)
        differ(l, b, y->line, "the scene claims something else", a, x->line);
    for (; s && t; s = s->beside, t = t->beside)
        if (!same_staging(s, t))
            differ(l, b, t->line, "the stage fence shows something else", a, s->line);
    for (size_t i = 0; i < x->predict_count && i < y->predict_count; i++)
        pair_questions(l, a, b, &x->predicts[i], &y->predicts[i]);
}

void lint_pair(struct lint *l, const struct lesson *a, const struct lesson *b)
{
    if (strcmp(a->id, b->id) != 0 || a->part != b->part ||
        strcmp(a->text, b->text) != 0 || a->minutes != b->minutes)
        differ(l, b, 1, "id, part, minutes or text are other", a, 1);
    if (a->count != b->count)
        differ(l, b, 1, "there are more or fewer scenes", a, 1);
    for (size_t i = 0; i < a->count && i < b->count; i++)
        pair_scene(l, a, b, &a->scenes[i], &b->scenes[i]);
}
