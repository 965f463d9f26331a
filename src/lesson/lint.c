#include "lesson/lint.h"

#include "base/memory.h"
#include "lesson/reading.h"

#include <stdlib.h>
#include <string.h>

/* Sentences that no lesson was written for: short, long, and not of the model's world. */
static const char *const foreign[] = {
    "물을 마신다",
    ("나는 어제 친구와 함께 영화관에서 정말 재미있는 액션 "
     "영화를 봤다"),
    "zebra 안녕!",
};

static void tell(struct lint *l, struct error *e)
{
    l->faults++;
    l->fault(l->data, e);
    *e = (struct error){0};
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
        check_prose(l, lesson, &s->predicts[i].question);
        for (size_t k = 0; k < s->predicts[i].count; k++) {
            check_prose(l, lesson, &s->predicts[i].choices[k].text);
            check_prose(l, lesson, &s->predicts[i].choices[k].feedback);
        }
    }
}

/* ---- a lesson on its sentence, and on foreign ones ---- */

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
    check_digits(l, reading_lesson(r), s);
    l->scenes++;
    l->values += (long)s->value_count;
    l->claims += (long)s->claim_count;
    l->questions += (long)s->predict_count;
}

/* Everything that a screen asks for. */
static void touch(struct reading *r)
{
    struct picture p;
    const struct scene *s = reading_scene(r);
    reading_is_resolved(r);
    for (size_t i = 0; i < 2; i++)
        if (reading_picture_at(r, i, &p))
            exhibit_proof(&p.shown, NULL);
    for (size_t i = 0; i < s->predict_count; i++)
        reading_right_choice(r, i);
}

static void check_foreign(struct lint *l, struct reading *r)
{
    struct error e = {0};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        for (int k = 0; k < (int)reading_lesson(r)->count; k++) {
            if (k == 0 && reading_set_text(r, foreign[i], &e) < 0) {
                tell(l, &e);
                break;
            }
            if (reading_go(r, k, &e) < 0) {
                tell(l, &e);
                break;
            }
            touch(r);
        }
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
    for (int i = 0; i < (int)lesson->count; i++) {
        if (reading_go(r, i, &e) < 0)
            tell(l, &e);
        else
            check_scene(l, r);
    }
    check_foreign(l, r);
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

static void pair_questions(struct lint *l, const struct lesson *a, const struct lesson *b,
                           const struct predict *p, const struct predict *q)
{
    bool same = p->count == q->count;
    for (size_t i = 0; same && i < p->count; i++)
        same = same_code(p->choices[i].condition_text, q->choices[i].condition_text);
    if (!same)
        differ(l, b, q->line, "the question has other choices", a, p->line);
}

/* The names of expressions may differ. */
static bool same_staging(const struct staging *s, const struct staging *t)
{
    bool same = s->view == t->view && same_text(s->whatifs, t->whatifs) &&
                same_text(s->text, t->text) && s->log == t->log &&
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
