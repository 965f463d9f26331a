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

size_t lesson_questions(const struct lesson_state *s)
{
    size_t count = reading_scene(s->reading)->predict_count;
    for (size_t i = 0; agains_nth(&s->agains, i); i++)
        count++;
    return count;
}

struct lesson_asked lesson_asked(const struct lesson_state *s, size_t index)
{
    const struct scene *scene = reading_scene(s->reading);
    if (index < scene->predict_count)
        return (struct lesson_asked){s->reading, index, &scene->predicts[index],
                                     &answers_here(s)[index], 0};
    struct again *x = agains_nth(&s->agains, index - scene->predict_count);
    return (struct lesson_asked){x->reading, x->predict,
                                 &reading_scene(x->reading)->predicts[x->predict],
                                 &x->answer, x->scene + 1};
}

/* The other language of a teacher's own lesson may have fewer choices. */
int lesson_answer_of(const struct lesson_asked *a)
{
    int choice = a->answer->choice;
    return choice < (int)predict_answers(a->p) ? choice : ANSWER_SHOWN;
}

int lesson_open_question(const struct lesson_state *s)
{
    size_t count = lesson_questions(s);
    for (size_t i = 0; i < count; i++) {
        struct lesson_asked a = lesson_asked(s, i);
        if (lesson_answer_of(&a) == ANSWER_NONE)
            return (int)i;
    }
    return -1;
}

static void save(struct lesson_state *s, bool asked, bool right)
{
    char *missed = agains_text(&s->agains);
    struct lesson_progress p = {.scene = reading_scene_number(s->reading),
                                .scenes = (int)reading_lesson(s->reading)->count,
                                .asked = asked,
                                .right = right,
                                .missed = missed};
    if (s->saved)
        s->saved(s->data, &p);
    free(missed);
}

/* A wrong answer is asked again later; a right one is not, whoever asked. */
static void keep_missed(struct lesson_state *s, const struct lesson_asked *a, bool right)
{
    int now = reading_scene_number(s->reading);
    int scene = a->again ? a->again - 1 : now;
    if (right)
        agains_drop(&s->agains, scene, a->predict);
    else
        agains_add(&s->agains, scene, a->predict, now,
                   (int)reading_lesson(s->reading)->count);
}

/* Tells of an answer, once, and not before it is known whether it was right. */
static void count_answer(struct lesson_state *s, const struct lesson_asked *a)
{
    int choice = lesson_answer_of(a);
    int right = choice >= 0 ? reading_right_choice(a->reading, a->predict) : -1;
    double typed;
    if (right < 0)
        return;
    if (a->p->fill && question_read(a->answer->typed, &typed))
        choice = a->answer->choice = reading_judge(a->reading, a->predict, typed);
    if (a->answer->counted)
        return;
    a->answer->counted = true;
    keep_missed(s, a, choice == right);
    save(s, !a->again, !a->again && choice == right);
}

/* A question that this sentence does not decide is no question. */
static void pass_undecided(struct lesson_state *s)
{
    for (size_t i = 0; i < lesson_questions(s); i++) {
        struct lesson_asked a = lesson_asked(s, i);
        if (reading_right_choice(a.reading, a.predict) == CHOICE_NONE)
            a.answer->choice = ANSWER_UNDECIDED;
        else if (a.answer->choice == ANSWER_UNDECIDED)
            a.answer->choice = ANSWER_NONE;
        count_answer(s, &a);
    }
}

void lesson_answer(struct lesson_state *s, int choice)
{
    int question = lesson_open_question(s);
    if (question < 0)
        return;
    struct lesson_asked a = lesson_asked(s, (size_t)question);
    if (choice >= (int)predict_answers(a.p))
        return;
    a.answer->choice = choice;
    s->choice = 0;
    count_answer(s, &a);
}

bool lesson_wants_number(const struct lesson_state *s)
{
    int question = lesson_open_question(s);
    return question >= 0 && lesson_asked(s, (size_t)question).p->fill;
}

bool lesson_type(struct lesson_state *s, char c)
{
    struct lesson_asked a = lesson_asked(s, (size_t)lesson_open_question(s));
    size_t n = strlen(a.answer->typed);
    if (c ? n == TYPED_MOST : n == 0)
        return false;
    a.answer->typed[c ? n : n - 1] = c;
    a.answer->typed[c ? n + 1 : n] = 0;
    return true;
}

bool lesson_answer_number(struct lesson_state *s)
{
    struct lesson_asked a = lesson_asked(s, (size_t)lesson_open_question(s));
    double typed;
    if (!question_read(a.answer->typed, &typed))
        return false;
    int judged = reading_judge(a.reading, a.predict, typed);
    /* while an exam runs it is judged when that is done */
    lesson_answer(s, judged >= 0 ? judged : (int)predict_answers(a.p) - 1);
    return true;
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

bool lesson_shows_question(const struct lesson_state *s, size_t index)
{
    int question = lesson_open_question(s);
    return question < 0 || (int)index <= question;
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
    agains_open(&s->agains, s->reading);
    pass_undecided(s);
    s->choice = 0;
    take_picture(s, keep_place);
}

void lesson_go(struct lesson_state *s, int scene)
{
    struct error e = {0};
    forget_picture(s);
    agains_close(&s->agains);
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
    agains_close(&s->agains);
    s->scroll = 0;
    s->step = 0;
    if (reading_set_lesson(s->reading, other, &e) < 0)
        lesson_say(s, true, e.message);
    enter(s, false);
}

static void ask_again(struct lesson_state *s)
{
    agains_forget(&s->agains);
    for (size_t i = 0; i < s->scenes; i++)
        for (size_t k = 0; k < QUESTIONS_MOST; k++)
            s->answers[i][k] = (struct lesson_answer){
                .choice = ANSWER_NONE, .counted = s->answers[i][k].counted};
}

void lesson_set_text(struct lesson_state *s, const char *text)
{
    struct error e = {0};
    forget_picture(s);
    agains_close(&s->agains);
    s->scroll = 0;
    s->step = 0;
    if (reading_set_text(s->reading, text, &e) < 0)
        lesson_say(s, true, e.message);
    else
        ask_again(s);
    if (!e.set && text && reading_is_pinned(s->reading))
        lesson_say(s, false, say(SAY_LESSON_PINNED));
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

void lesson_set_missed(struct lesson_state *s, const char *missed)
{
    agains_read(&s->agains, missed, (int)reading_lesson(s->reading)->count);
}

void lesson_state_free(struct lesson_state *s)
{
    forget_picture(s);
    agains_free(&s->agains);
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
