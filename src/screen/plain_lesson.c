#include "screen/plain_lesson.h"

#include "base/memory.h"
#include "base/say.h"
#include "chart/sheet.h"
#include "screen/plain.h"
#include "study/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_TOLD 8

/* ---- the picture ---- */

static void tell_cells(const struct picture *p, struct buffer *out)
{
    struct chart v = shown_cells_chart(p->cells, &p->shown);
    v.log = p->log;
    buffer_addf(out, "%s: %s\n", say(SAY_PLAIN_PICTURE), p->view->help[say_language()]);
    p->view->words(&v, ROWS_TOLD, out);
}

static void tell_picture(struct reading *r, size_t index, struct buffer *out)
{
    struct picture p;
    if (!reading_picture_at(r, index, &p))
        return;
    buffer_add(out, "\n");
    if (p.cells) {
        tell_cells(&p, out);
        return;
    }
    if (chart_is_of_exams(p.view)) {
        struct chart_exam list[2];
        struct chart v = {.exams = list, .exam_count = reading_exam_list(r, &p, list)};
        buffer_addf(out, "%s\n", say(SAY_PLAIN_EXAM));
        p.view->words(&v, ROWS_TOLD, out);
        return;
    }
    const struct exhibit *x = &p.shown;
    struct sheet s = sheet_of(x, x->ref);
    const char *formula = s.stage ? stage_formula(s.stage) : s.symbol;
    buffer_addf(out, "%s: %s\n", say(SAY_PLAIN_PICTURE), formula);
    if (s.stage && strcmp(stage_id(s.stage), s.symbol) != 0)
        buffer_addf(out, "%s: %s\n", say(SAY_PLAIN_STAGE), stage_id(s.stage));
    if (p.run) {
        char *run = reading_run(r, p.run, false);
        buffer_addf(out, "%s %s\n", say(SAY_PLAIN_RUN), run);
        free(run);
    }
    if (s.heads && !p.view->subject)
        buffer_addf(out, "%s %ld:\n", say(SAY_PLAIN_HEAD), x->at.head + 1);
    struct chart v = chart_of(x);
    v.log = p.log;
    v.classes = p.classes;
    p.view->words(&v, ROWS_TOLD, out);
    chart_release(&v);
    if (s.stage && op_get(s.stage->op)->kind != OP_KIND_GIVEN)
        plain_opened(x, out);
}

/* ---- questions ---- */

/* A calculation with all its steps, and its result. */
static void tell_sum(struct reading *r, size_t index, struct buffer *out)
{
    const struct fill *f = reading_scene(r)->predicts[index].fill;
    char *result = reading_result(r, index);
    for (size_t i = 0; i < f->step_count; i++) {
        char *step = reading_prose(r, &f->steps[i]);
        bool last = i + 1 == f->step_count;
        buffer_addf(out, "  %zu. %s%s%s\n", i + 1, step, last ? " = " : "",
                    last ? result : "");
        free(step);
    }
    if (f->show != FILL_WHOLE && reading_right_choice(r, index) == CHOICE_NONE)
        buffer_addf(out, "%s\n", say(SAY_PLAIN_UNDECIDED));
    else if (f->show != FILL_WHOLE)
        buffer_addf(out, "%s: %s\n", say(SAY_PLAIN_ANSWER), result);
    free(result);
}

static void tell_asked(struct reading *r, const struct predict *p, struct buffer *out)
{
    char *question = reading_prose(r, &p->question);
    if (p->text) {
        char *place = mem_format("%ld/%ld", p->part, p->scene);
        char *from = say_with(SAY_LESSON_RECALL, place);
        buffer_addf(out, "\n%s: %s", from, p->text);
        free(from);
        free(place);
    }
    if (p->fill && p->fill->show == FILL_WHOLE)
        buffer_addf(out, "\n%s\n", question);
    else
        buffer_addf(out, "\n%s: %s\n", say(SAY_PLAIN_QUESTION), question);
    free(question);
}

static void tell_question(struct reading *r, size_t index, struct buffer *out)
{
    const struct predict *p = &reading_scene(r)->predicts[index];
    tell_asked(r, p, out);
    if (p->fill) {
        tell_sum(r, index, out);
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        char *text = reading_prose(r, &p->choices[i].text);
        buffer_addf(out, "  %zu. %s\n", i + 1, text);
        free(text);
    }
    int right = reading_right_choice(r, index);
    if (right < 0) {
        buffer_addf(out, "%s\n", say(SAY_PLAIN_UNDECIDED));
        return;
    }
    char *feedback = reading_prose(r, &p->choices[right].feedback);
    buffer_addf(out, "%s: %d%s%s\n", say(SAY_PLAIN_ANSWER), right + 1,
                *feedback ? ". " : "", feedback);
    free(feedback);
}

/* ---- scenes ---- */

static void tell_block(struct reading *r, const struct block *b, struct buffer *out)
{
    char *text;
    switch (b->kind) {
    case BLOCK_PREDICT:
        tell_question(r, b->index, out);
        return;
    case BLOCK_PICTURE:
        for (size_t i = 0; i < 2; i++)
            tell_picture(r, i, out);
        return;
    case BLOCK_CODE:
        text = reading_prose(r, &b->prose);
        buffer_addf(out, "\n%s", text);
        free(text);
        return;
    default:
        text = reading_prose(r, &b->prose);
        buffer_addf(out, "%s%s%s%s%s\n", b->kind == BLOCK_ITEM ? "" : "\n",
                    b->kind == BLOCK_QUOTE ? "> " : "", b->marker, *b->marker ? " " : "",
                    text);
        free(text);
    }
}

/* The runs of the lesson's own that this scene names. */
static void tell_runs(struct reading *r, struct buffer *out)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->run_count; i++) {
        char *run = reading_run(r, s->runs[i].name, false);
        buffer_addf(out, "%s%s %s\n", i ? "" : "\n", say(SAY_PLAIN_RUN), run);
        free(run);
    }
}

/* Where the numbers of the text come from that a function made of a matrix. */
static void tell_numbers(struct reading *r, struct buffer *out)
{
    struct exhibit x;
    for (size_t i = 0; reading_number(r, i, &x); i++) {
        buffer_add(out, i ? "" : "\n");
        plain_opened(&x, out);
    }
}

int plain_lesson(struct reading *r, struct buffer *out, struct error *e)
{
    const struct lesson *l = reading_lesson(r);
    buffer_addf(out, "%ld. %s\n%s: %s\n", l->part, l->title, say(SAY_PLAIN_SENTENCE),
                reading_text(r));
    for (int i = 0; i < (int)l->count; i++) {
        if (reading_go(r, i, e) < 0)
            return -1;
        reading_work(r, 0);
        const struct scene *s = reading_scene(r);
        buffer_addf(out, "\n\n%d / %zu. %s\n", i + 1, l->count, s->title);
        tell_runs(r, out);
        for (size_t k = 0; k < s->block_count; k++)
            tell_block(r, &s->blocks[k], out);
        tell_numbers(r, out);
        if (!reading_is_resolved(r))
            buffer_addf(out, "%s\n", say(SAY_PLAIN_UNRESOLVED));
    }
    return 0;
}
