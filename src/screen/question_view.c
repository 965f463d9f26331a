#include "screen/question_view.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

static const enum look looks[] = {
    [SPAN_TEXT] = LOOK_TEXT,    [SPAN_STRONG] = LOOK_TITLE,  [SPAN_EMPHASIS] = LOOK_TOKEN,
    [SPAN_CODE] = LOOK_FORMULA, [SPAN_LINK] = LOOK_STAGE_ID, [SPAN_VALUE] = LOOK_RESULT,
    [SPAN_BREAK] = LOOK_TEXT};

void question_add_prose(struct reading *r, struct prose_view *v, const struct prose *p,
                        enum look plain)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct span *span = &p->items[i];
        if (span->kind == SPAN_VALUE) {
            char *value = reading_value(r, span);
            prose_view_add(v, LOOK_RESULT, value);
            free(value);
        } else {
            prose_view_add(v, span->kind == SPAN_TEXT ? plain : looks[span->kind],
                           span->text);
        }
    }
}

/* A question while it is written down. */
struct page {
    const struct lesson_state *s;
    struct prose_view *v;
    struct lesson_asked a;
    bool open;
    bool ascii;
    int answer, right; /* choices from 0, or ANSWER_… and CHOICE_… */
};

static const char *cross(bool ascii)
{
    return ascii ? "x" : "✗";
}

/* What is said of one answer, in a paragraph. */
static void add_verdict(struct page *p, enum look look, const char *verdict,
                        const struct prose *more)
{
    prose_view_add(p->v, look, verdict);
    if (more && more->count) {
        prose_view_add(p->v, LOOK_TEXT, " ");
        question_add_prose(p->a.reading, p->v, more, LOOK_TEXT);
    }
    prose_view_end(p->v, &(struct prose_shape){.indent = 1});
}

/* ---- choices ---- */

/* "✓" the right one, "✗" chosen and wrong, "▸" selected, or chosen while the exam runs.
 */
static const char *mark_of(const struct page *p, int choice, enum look *look)
{
    int chosen = p->open ? (int)p->s->choice : p->answer;
    bool known = !p->open && p->right >= 0;
    *look = known && choice == p->right ? LOOK_GOOD
            : choice != chosen          ? LOOK_TEXT
            : known                     ? LOOK_WARNING
                                        : LOOK_FOCUS;
    return *look == LOOK_GOOD      ? "✓"
           : *look == LOOK_WARNING ? cross(p->ascii)
           : *look == LOOK_FOCUS   ? "▸"
                                   : " ";
}

static void add_choice(struct page *p, int i)
{
    char marker[16];
    enum look look;
    const char *mark = mark_of(p, i, &look);
    snprintf(marker, sizeof marker, "%s%d", mark, i % 9 + 1);
    question_add_prose(p->a.reading, p->v, &p->a.p->choices[i].text, look);
    if (!p->open && i == p->answer) {
        prose_view_add(p->v, LOOK_DIM, " ← ");
        prose_view_add(p->v, LOOK_DIM, say(SAY_LESSON_YOURS));
    }
    prose_view_end(p->v,
                   &(struct prose_shape){.marker = marker, .look = look, .indent = 4});
}

static void add_feedback(struct page *p)
{
    const struct choice *choices = p->a.p->choices;
    bool good = p->answer >= 0 && p->answer == p->right;
    if (p->answer >= 0)
        add_verdict(p, good ? LOOK_GOOD : LOOK_WARNING,
                    say(good ? SAY_LESSON_RIGHT : SAY_LESSON_WRONG),
                    &choices[p->answer].feedback);
    if (!good && choices[p->right].feedback.count)
        add_verdict(p, LOOK_GOOD, "✓", &choices[p->right].feedback);
}

/* ---- calculations ---- */

/* The foreseen mistake that was made, or NULL. */
static const struct fill_wrong *mistake(const struct page *p)
{
    const struct fill *f = p->a.p->fill;
    return p->answer > 0 && (size_t)p->answer <= f->wrong_count
               ? &f->wrongs[p->answer - 1]
               : NULL;
}

/* The number as far as it is typed, with a cursor. */
static void add_typed(struct page *p)
{
    prose_view_add(p->v, LOOK_FOCUS, p->a.answer->typed);
    prose_view_add(p->v, LOOK_FOCUS, p->ascii ? "_" : "▁");
}

static void add_step(struct page *p, size_t i)
{
    const struct fill *f = p->a.p->fill;
    const struct fill_wrong *w = p->open ? NULL : mistake(p);
    bool wrong = w && w->step == i + 1, last = i + 1 == f->step_count;
    char marker[32];
    snprintf(marker, sizeof marker, "%s%zu", wrong ? cross(p->ascii) : " ", i + 1);
    question_add_prose(p->a.reading, p->v, &f->steps[i], LOOK_TEXT);
    if (last)
        prose_view_add(p->v, LOOK_TEXT, " = ");
    if (last && p->open) {
        add_typed(p);
    } else if (last) {
        char *result = reading_result(p->a.reading, p->a.predict);
        prose_view_add(p->v, LOOK_RESULT, result);
        free(result);
    }
    prose_view_end(p->v, &(struct prose_shape){.marker = marker,
                                               .look = wrong ? LOOK_WARNING : LOOK_DIM,
                                               .indent = 4});
}

/* Steps are hidden while all of the calculation is the learner's. */
static void add_steps(struct page *p)
{
    const struct fill *f = p->a.p->fill;
    bool hidden = p->open && f->show == FILL_BLANK;
    for (size_t i = 0; i < f->step_count && !hidden; i++)
        add_step(p, i);
    if (!p->open || (f->step_count && !hidden))
        return;
    prose_view_add(p->v, LOOK_TEXT, "= ");
    add_typed(p);
    prose_view_end(p->v, &(struct prose_shape){.indent = 4});
}

/* "✗ your answer 11 · result 10" */
static void add_beside(struct page *p)
{
    bool good = p->answer == 0, typed = p->answer >= 0;
    char *result = reading_result(p->a.reading, p->a.predict);
    if (typed) {
        prose_view_add(p->v, good ? LOOK_GOOD : LOOK_WARNING,
                       good ? "✓ " : p->ascii ? "x " : "✗ ");
        prose_view_add(p->v, LOOK_DIM, say(SAY_LESSON_YOURS));
        prose_view_add(p->v, LOOK_TEXT, " ");
        prose_view_add(p->v, good ? LOOK_GOOD : LOOK_WARNING, p->a.answer->typed);
        prose_view_add(p->v, LOOK_DIM, " · ");
    }
    prose_view_add(p->v, LOOK_DIM, say(SAY_FILL_RESULT));
    prose_view_add(p->v, LOOK_TEXT, " ");
    prose_view_add(p->v, LOOK_RESULT, result);
    prose_view_end(p->v, &(struct prose_shape){.indent = 1});
    free(result);
}

static void add_reply(struct page *p)
{
    const struct fill_wrong *w = mistake(p);
    char number[24];
    add_beside(p);
    if (p->answer < 0)
        return;
    prose_view_add(p->v, p->answer ? LOOK_WARNING : LOOK_GOOD,
                   say(p->answer ? SAY_LESSON_WRONG : SAY_LESSON_RIGHT));
    if (w && w->step) {
        snprintf(number, sizeof number, "%zu", w->step);
        char *step = say_with(SAY_FILL_STEP, number);
        prose_view_add(p->v, LOOK_WARNING, " ");
        prose_view_add(p->v, LOOK_WARNING, step);
        free(step);
    }
    if (w) {
        prose_view_add(p->v, LOOK_TEXT, " ");
        question_add_prose(p->a.reading, p->v, &w->reply, LOOK_TEXT);
    }
    prose_view_end(p->v, &(struct prose_shape){.indent = 1});
}

/* ---- both ---- */

static struct page page_of(const struct lesson_state *s, size_t question)
{
    struct page p = {.s = s, .a = lesson_asked(s, question)};
    p.open = (int)question == lesson_open_question(s);
    p.answer = lesson_answer_of(&p.a);
    p.right = reading_right_choice(p.a.reading, p.a.predict);
    return p;
}

/* Where a question comes from that is not of this scene or this sentence. */
static void add_origin(struct page *p)
{
    char number[48];
    char *text = NULL;
    if (p->a.again) {
        snprintf(number, sizeof number, "%d", p->a.again);
        text = say_with(SAY_LESSON_AGAIN, number);
    } else if (p->a.p->text) {
        snprintf(number, sizeof number, "%ld/%ld", p->a.p->part, p->a.p->scene);
        char *from = say_with(SAY_LESSON_RECALL, number);
        text = mem_format("%s: %s", from, p->a.p->text);
        free(from);
    }
    if (!text)
        return;
    prose_view_add(p->v, p->a.again ? LOOK_WARNING : LOOK_DIM, text);
    prose_view_end(p->v, &(struct prose_shape){.indent = 1, .gap = true});
    free(text);
}

static void add_outcome(struct page *p)
{
    const struct fill *f = p->a.p->fill;
    if (f && f->show == FILL_WHOLE)
        return;
    if (p->open)
        add_verdict(p, LOOK_DIM, say(f ? SAY_FILL_TYPE : SAY_LESSON_ASK), NULL);
    else if (p->right == CHOICE_PENDING)
        add_verdict(p, LOOK_DIM, say(SAY_LESSON_PENDING), NULL);
    else if (p->right < 0)
        add_verdict(p, LOOK_DIM, say(SAY_PLAIN_UNDECIDED), NULL);
    else if (f)
        add_reply(p);
    else
        add_feedback(p);
}

void question_add(const struct lesson_state *s, struct prose_view *v, size_t question,
                  bool ascii, int choice, int *row)
{
    struct page p = page_of(s, question);
    const struct fill *f = p.a.p->fill;
    bool told = f && f->show == FILL_WHOLE;
    p.v = v;
    p.ascii = ascii;
    add_origin(&p);
    question_add_prose(p.a.reading, v, &p.a.p->question, LOOK_TITLE);
    prose_view_end(v, &(struct prose_shape){.marker = told ? "•" : "?",
                                            .look = LOOK_FOCUS,
                                            .indent = 3,
                                            .gap = !p.a.again && !p.a.p->text});
    for (size_t i = 0; i < p.a.p->count; i++) {
        add_choice(&p, (int)i);
        if ((int)i <= choice)
            *row = prose_view_rows(v);
    }
    if (f)
        add_steps(&p);
    if (f && choice >= 0)
        *row = prose_view_rows(v);
    add_outcome(&p);
}

/* ---- beside the picture ---- */

/* The last answered question before the picture, or -1. */
static int guessed(const struct lesson_state *s)
{
    const struct scene *scene = reading_scene(s->reading);
    int found = -1;
    for (size_t i = 0; i < scene->block_count; i++) {
        const struct block *b = &scene->blocks[i];
        if (b->kind == BLOCK_PICTURE)
            break;
        if (b->kind != BLOCK_PREDICT)
            continue;
        struct lesson_asked a = lesson_asked(s, b->index);
        found = lesson_answer_of(&a) >= 0 ? (int)b->index : found;
    }
    return found;
}

bool question_has_guess(const struct lesson_state *s)
{
    return guessed(s) >= 0;
}

void question_draw_guess(const struct lesson_state *s, struct canvas *c, struct area a)
{
    struct page p = page_of(s, (size_t)guessed(s));
    bool known = p.right >= 0, good = known && p.answer == p.right;
    enum look look = !known ? LOOK_FOCUS : good ? LOOK_GOOD : LOOK_WARNING;
    char *guess = p.a.p->fill
                      ? mem_string(p.a.answer->typed)
                      : reading_prose(p.a.reading, &p.a.p->choices[p.answer].text);
    char *text = mem_format("%s %s %s", say(SAY_LESSON_YOURS),
                            !known ? "▸" : good ? "✓" : cross(c->ascii), guess);
    canvas_field(c, area_part(a, 0, 1, 1, a.columns - 2), 0, ALIGN_LEFT,
                 theme_style(c, look), text);
    free(guess);
    free(text);
}
