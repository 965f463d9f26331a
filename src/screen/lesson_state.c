#include "screen/lesson_state.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- the picture ---- */

static void forget_one(struct lesson_picture *p)
{
    if (p->explained)
        explain_free(&p->x);
    if (p->values && !p->picture.cells)
        trace_release_ref(p->picture.shown.trace, p->picture.shown.ref);
    *p = (struct lesson_picture){0};
}

static void forget_picture(struct lesson_state *s)
{
    forget_one(&s->p);
    forget_one(&s->beside);
}

static void explain_here(struct lesson_picture *p)
{
    const struct exhibit *x = &p->picture.shown;
    if (p->explained)
        explain_free(&p->x);
    p->explained = x->ref.kind == REF_STAGE;
    if (p->explained)
        p->x = explain_cell(x->trace, x->ref.index, sheet_cell(&p->sheet, x->at));
}

/* The same stage in the intact run. */
static void look_before(struct lesson_state *s, struct lesson_picture *p, int index)
{
    struct picture intact;
    p->has_before = p->there && p->picture.whatifs && !p->picture.cells &&
                    reading_before_at(s->reading, (size_t)index, &intact);
    if (s->before && p->has_before)
        p->picture = intact;
}

/* The values of expressions are the reading's. */
static void take_values(struct lesson_picture *p)
{
    struct exhibit *x = &p->picture.shown;
    if (p->picture.cells) {
        p->sheet = shown_cells_sheet(p->picture.cells);
        p->values = &p->picture.cells->values;
    } else if (x->ref.kind != REF_NONE) {
        p->sheet = sheet_of(x, x->ref);
        p->values = trace_acquire_ref(x->trace, x->ref);
    }
}

/* Where the place is to be kept it is that one. */
static void take_one(struct lesson_state *s, struct lesson_picture *p, int index,
                     const struct place *kept)
{
    struct exhibit *x = &p->picture.shown;
    p->there = reading_picture_at(s->reading, (size_t)index, &p->picture);
    look_before(s, p, index);
    if (p->there)
        take_values(p);
    if (!p->values)
        return;
    p->range = sheet_range(&p->sheet, p->values);
    x->at = sheet_clamp(&p->sheet, kept ? *kept : x->at);
    explain_here(p);
    p->proof = exhibit_proof(x, &p->proof_limit);
}

static void take_picture(struct lesson_state *s, bool keep_place)
{
    struct place at = s->p.picture.shown.at, other = s->beside.picture.shown.at;
    forget_picture(s);
    take_one(s, &s->p, s->at, keep_place ? &at : NULL);
    take_one(s, &s->beside, 1 - s->at, keep_place ? &other : NULL);
}

bool lesson_turn_picture(struct lesson_state *s)
{
    struct lesson_picture p = s->p;
    if (!s->beside.there)
        return false;
    s->p = s->beside;
    s->beside = p;
    s->at = 1 - s->at;
    return true;
}

void lesson_move_to(struct lesson_state *s, struct place at)
{
    if (!s->p.values)
        return;
    s->p.picture.shown.at = sheet_clamp(&s->p.sheet, at);
    explain_here(&s->p);
}

/* ---- questions ---- */

static struct lesson_answer *answers_here(const struct lesson_state *s)
{
    return s->answers[reading_scene_number(s->reading)];
}

/* The other language of a teacher's own lesson may have fewer choices. */
int lesson_answer_of(const struct lesson_state *s, size_t predict)
{
    int choice = answers_here(s)[predict].choice;
    int count = (int)reading_scene(s->reading)->predicts[predict].count;
    return choice < count ? choice : ANSWER_SHOWN;
}

int lesson_open_question(const struct lesson_state *s)
{
    const struct scene *scene = reading_scene(s->reading);
    for (size_t i = 0; i < scene->predict_count; i++)
        if (lesson_answer_of(s, i) == ANSWER_NONE)
            return (int)i;
    return -1;
}

static void save(struct lesson_state *s, bool asked, bool right)
{
    struct lesson_progress p = {.scene = reading_scene_number(s->reading),
                                .scenes = (int)reading_lesson(s->reading)->count,
                                .asked = asked,
                                .right = right};
    if (s->saved)
        s->saved(s->data, &p);
}

/* Tells of an answer, once, and not before it is known whether it was right. */
static void count_answer(struct lesson_state *s, size_t predict)
{
    struct lesson_answer *a = &answers_here(s)[predict];
    int choice = lesson_answer_of(s, predict);
    int right = choice >= 0 ? reading_right_choice(s->reading, predict) : -1;
    if (right < 0 || a->counted)
        return;
    a->counted = true;
    save(s, true, choice == right);
}

/* A question that this sentence does not decide is no question. */
static void pass_undecided(struct lesson_state *s)
{
    struct lesson_answer *answers = answers_here(s);
    for (size_t i = 0; i < reading_scene(s->reading)->predict_count; i++) {
        if (reading_right_choice(s->reading, i) == CHOICE_NONE)
            answers[i].choice = ANSWER_UNDECIDED;
        else if (answers[i].choice == ANSWER_UNDECIDED)
            answers[i].choice = ANSWER_NONE;
        count_answer(s, i);
    }
}

void lesson_answer(struct lesson_state *s, int choice)
{
    int question = lesson_open_question(s);
    if (question < 0 ||
        choice >= (int)reading_scene(s->reading)->predicts[question].count)
        return;
    answers_here(s)[question].choice = choice;
    s->choice = 0;
    count_answer(s, (size_t)question);
}

bool lesson_shows_block(const struct lesson_state *s, size_t block)
{
    const struct scene *scene = reading_scene(s->reading);
    int question = lesson_open_question(s);
    for (size_t i = 0; i < block && question >= 0; i++)
        if (scene->blocks[i].kind == BLOCK_PREDICT &&
            scene->blocks[i].index == (size_t)question)
            return false;
    return true;
}

bool lesson_shows_picture(const struct lesson_state *s)
{
    const struct scene *scene = reading_scene(s->reading);
    for (size_t i = 0; i < scene->block_count; i++)
        if (scene->blocks[i].kind == BLOCK_PICTURE)
            return s->p.there && lesson_shows_block(s, i);
    return s->p.there;
}

/* ---- scenes ---- */

static void enter(struct lesson_state *s, bool keep_place)
{
    pass_undecided(s);
    s->choice = 0;
    take_picture(s, keep_place);
}

void lesson_go(struct lesson_state *s, int scene)
{
    struct error e = {0};
    forget_picture(s);
    s->before = false;
    s->at = 0;
    s->scroll = 0;
    s->step = 0;
    s->focus = LESSON_FOCUS_TEXT;
    if (reading_go(s->reading, scene, &e) < 0)
        lesson_say(s, true, e.message);
    enter(s, false);
    save(s, false, false);
}

void lesson_follow_language(struct lesson_state *s)
{
    struct error e = {0};
    struct lesson *other = s->in[say_language()];
    if (s->language == say_language())
        return;
    s->language = say_language();
    if (!other || other == reading_lesson(s->reading))
        return;
    forget_picture(s);
    s->scroll = 0;
    s->step = 0;
    if (reading_set_lesson(s->reading, other, &e) < 0)
        lesson_say(s, true, e.message);
    enter(s, false);
}

static void ask_again(struct lesson_state *s)
{
    for (size_t i = 0; i < s->scenes; i++)
        for (size_t k = 0; k < QUESTIONS_MOST; k++)
            s->answers[i][k].choice = ANSWER_NONE;
}

void lesson_set_text(struct lesson_state *s, const char *text)
{
    struct error e = {0};
    forget_picture(s);
    s->scroll = 0;
    s->step = 0;
    if (reading_set_text(s->reading, text, &e) < 0)
        lesson_say(s, true, e.message);
    else
        ask_again(s);
    enter(s, false);
}

void lesson_slide(struct lesson_state *s, int steps)
{
    struct place at = s->p.picture.shown.at, other = s->beside.picture.shown.at;
    forget_picture(s);
    reading_slide(s->reading, 0, steps);
    s->p.picture.shown.at = at;
    s->beside.picture.shown.at = other;
    take_picture(s, true);
}

void lesson_show_before(struct lesson_state *s, bool before)
{
    s->before = before && s->p.has_before;
    take_picture(s, true);
}

static bool waits_for_exam(const struct lesson_picture *p)
{
    return p->picture.cells && p->picture.cells->pending;
}

bool lesson_work(struct lesson_state *s, int milliseconds)
{
    bool more = reading_work(s->reading, milliseconds);
    if (waits_for_exam(&s->p) || waits_for_exam(&s->beside)) {
        struct place at = s->p.picture.shown.at, other = s->beside.picture.shown.at;
        forget_picture(s);
        reading_forget_cells(s->reading);
        s->p.picture.shown.at = at;
        s->beside.picture.shown.at = other;
        take_picture(s, true);
    }
    if (!more)
        pass_undecided(s);
    return more;
}

/* ---- life ---- */

struct lesson_state *lesson_state_new(struct reading *reading,
                                      struct lesson *const in[LANGUAGE_COUNT])
{
    struct lesson_state *s = mem_zero(1, sizeof *s);
    const struct lesson *l = reading_lesson(reading);
    s->reading = reading;
    s->zoom = LESSON_ZOOM_OPEN;
    s->language = say_language();
    memcpy(s->in, in, sizeof s->in);
    /* the other language of a teacher's own lesson may have more scenes */
    s->scenes = l->count;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (in[i] && in[i]->count > s->scenes)
            s->scenes = in[i]->count;
    s->answers = mem_zero(s->scenes, sizeof *s->answers);
    ask_again(s);
    enter(s, false);
    return s;
}

void lesson_state_free(struct lesson_state *s)
{
    forget_picture(s);
    reading_free(s->reading);
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        lesson_free(s->in[i]);
    free(s->answers);
    free(s->message);
    free(s);
}

void lesson_say(struct lesson_state *s, bool warning, const char *message)
{
    char *copy = message ? mem_string(message) : NULL;
    free(s->message);
    s->message = copy;
    s->warning = warning;
}

bool lesson_shows_exam(const struct lesson_state *s)
{
    return s->p.picture.view && chart_is_of_exams(s->p.picture.view);
}
