#include "lesson/asking.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define CHOICES_MOST 6
#define STEPS_MOST 9
#define WRONGS_MOST 6

/* A line of a fence. */
struct line {
    char *text;
    long number, column;
};

/* The column of a place in the line. */
static long column_of(const struct line *l, const char *at)
{
    return l->column + (long)(at - l->text);
}

static int fail(struct reader *r, const struct line *l, const char *message)
{
    return reader_fail(r, l->number, l->column, message);
}

/* "text | condition | feedback": a bar inside of {{ }} belongs to the value. */
static char *cut_bar(char *text)
{
    bool value = false;
    for (char *s = text; *s; s++) {
        if (!strncmp(s, "{{", 2))
            value = true;
        else if (!strncmp(s, "}}", 2))
            value = false;
        else if (*s == '|' && !value) {
            *s = 0;
            return s + 1;
        }
    }
    return NULL;
}

/* "expression : reply": the first colon after a space, outside of brackets and texts. */
static char *cut_colon(char *text)
{
    int depth = 0;
    char quote = 0;
    for (char *s = text; *s; s++) {
        if (quote)
            quote = *s == quote ? 0 : quote;
        else if (*s == '\'' || *s == '"')
            quote = *s;
        else if (*s == '[' || *s == '(')
            depth++;
        else if (*s == ']' || *s == ')')
            depth--;
        else if (*s == ':' && depth == 0 && s > text && s[-1] == ' ') {
            *s = 0;
            return s + 1;
        }
    }
    return NULL;
}

static int read_prose(struct reader *r, const struct line *l, char *text,
                      struct prose *out)
{
    text += strspn(text, " ");
    prose_free(out);
    *out = (struct prose){0};
    if (markdown_line(text, l->number, column_of(l, text), out, r->e) < 0)
        return reader_name_file(r);
    return 0;
}

static struct source source_at(const struct reader *r, const struct line *l,
                               const char *text)
{
    return reader_source(r, text, l->number, column_of(l, text));
}

/* ---- choices ---- */

static int read_choice(struct reader *r, struct predict *p, const struct line *l)
{
    char *text = l->text + 1, *condition = cut_bar(text);
    if (!condition)
        return fail(r, l, "a choice is written: - text | condition");
    char *feedback = cut_bar(condition);
    if (p->count == CHOICES_MOST)
        return fail(r, l, "a question has six choices at most; take some away");
    p->choices = mem_grow(p->choices, p->count, &p->capacity, sizeof *p->choices);
    struct choice *c = &p->choices[p->count++];
    *c = (struct choice){0};
    struct source source = source_at(r, l, condition);
    c->condition = syntax_condition(&source, r->e);
    c->condition_text = mem_string(condition);
    text_trim(c->condition_text);
    text_trim(text);
    if (!c->condition)
        return -1;
    if (read_prose(r, l, text, &c->text) < 0)
        return -1;
    return feedback ? read_prose(r, l, feedback, &c->feedback) : 0;
}

static int predict_line(struct reader *r, struct predict *p, const struct line *l)
{
    if (*l->text == '?')
        return read_prose(r, l, l->text + 1, &p->question);
    if (*l->text == '-')
        return read_choice(r, p, l);
    return fail(r, l,
                "a predict fence has a line \"? question\" and lines \"- text | "
                "condition\"");
}

static int predict_done(struct reader *r, const struct predict *p)
{
    if (p->question.count && p->count >= 2)
        return 0;
    return reader_fail(r, p->line, 1,
                       "a question needs its \"? …\" and at least two choices");
}

/* ---- a question from an earlier scene ---- */

static int read_from(struct reader *r, struct predict *p, const struct line *l,
                     const char *value)
{
    char *end;
    p->part = strtol(value, &end, 10);
    p->scene = *end == '/' ? strtol(end + 1, &end, 10) : 0;
    if (*end || p->part < 1 || p->scene < 1 || p->part > 999 || p->scene > 999)
        return fail(r, l, "from: names a part and a scene from 1, such as from: 5/2");
    return 0;
}

static int recall_line(struct reader *r, struct predict *p, const struct line *l)
{
    if (*l->text == '?' || *l->text == '-')
        return predict_line(r, p, l);
    char *value = text_cut_key(l->text);
    if (value && *value && !strcmp(l->text, "from"))
        return read_from(r, p, l, value);
    if (value && *value && !strcmp(l->text, "text")) {
        text_unquote(value);
        free(p->text);
        p->text = mem_string(value);
        return 0;
    }
    return fail(r, l,
                "a recall fence has lines \"from: PART/SCENE\", \"text: sentence\", \"? "
                "question\" and \"- text | condition\"");
}

static int recall_done(struct reader *r, const struct predict *p)
{
    if (!p->part || !p->text)
        return reader_fail(r, p->line, 1,
                           "a recall fence needs from: PART/SCENE, the scene it asks "
                           "about, and text: with a sentence of its own");
    return predict_done(r, p);
}

/* ---- a calculation ---- */

static int read_sum(struct reader *r, struct predict *p, const struct line *l)
{
    struct fill *f = p->fill;
    char *text = l->text + 1, *answer = cut_bar(text);
    if (!answer || cut_bar(answer))
        return fail(r, l,
                    "the question of a fill fence is written: ? question | "
                    "EXPRESSION:FORMAT; what may go wrong stands on lines of its own");
    struct source source = source_at(r, l, answer);
    node_free(f->answer);
    f->answer = syntax_value(&source, f->format, r->e);
    free(f->source);
    f->source = mem_string(answer);
    text_trim(f->source);
    text_trim(text);
    return f->answer ? read_prose(r, l, text, &p->question) : -1;
}

static int read_step(struct reader *r, struct predict *p, const struct line *l)
{
    struct fill *f = p->fill;
    if (f->step_count == STEPS_MOST)
        return fail(r, l, "a calculation has nine steps at most; join some");
    f->steps = mem_grow(f->steps, f->step_count, &f->step_capacity, sizeof *f->steps);
    f->steps[f->step_count++] = (struct prose){0};
    return read_prose(r, l, l->text + 1, &f->steps[f->step_count - 1]);
}

/* "wrong 2 = EXPRESSION : reply" */
static int read_wrong(struct reader *r, struct predict *p, const struct line *l)
{
    struct fill *f = p->fill;
    char *at = l->text + strlen("wrong"), *end;
    at += strspn(at, " ");
    long step = strtol(at, &end, 10);
    end += strspn(end, " ");
    char *reply = *end == '=' ? cut_colon(end + 1) : NULL;
    if (!reply || step < 0 || step > STEPS_MOST)
        return fail(r, l,
                    "a mistake is written: wrong = EXPRESSION : reply, or wrong 2 = … "
                    "when it happens in the second step");
    if (f->wrong_count == WRONGS_MOST)
        return fail(r, l,
                    "a calculation has six known mistakes at most; keep the likely "
                    "ones");
    f->wrongs =
        mem_grow(f->wrongs, f->wrong_count, &f->wrong_capacity, sizeof *f->wrongs);
    struct fill_wrong *w = &f->wrongs[f->wrong_count++];
    *w = (struct fill_wrong){.step = (size_t)step, .line = l->number};
    struct source source = source_at(r, l, end + 1);
    char format[16];
    w->node = syntax_value(&source, format, r->e);
    w->source = mem_string(end + 1);
    text_trim(w->source);
    return w->node ? read_prose(r, l, reply, &w->reply) : -1;
}

static int read_show(struct reader *r, struct predict *p, const struct line *l,
                     const char *value)
{
    static const char *const names[] = {
        [FILL_BLANK] = "blank", [FILL_LAST] = "last", [FILL_WHOLE] = "whole"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(value, names[i])) {
            p->fill->show = (enum fill_show)i;
            return 0;
        }
    return fail(r, l,
                "show: is whole (all is told), last (the last result is asked) or blank "
                "(all is asked)");
}

static int fill_line(struct reader *r, struct predict *p, const struct line *l)
{
    if (*l->text == '?')
        return read_sum(r, p, l);
    if (*l->text == '=')
        return read_step(r, p, l);
    if (!strncmp(l->text, "wrong", 5))
        return read_wrong(r, p, l);
    char *value = text_cut_key(l->text);
    if (value && !strcmp(l->text, "show"))
        return read_show(r, p, l, value);
    return fail(r, l,
                "a fill fence has a line \"? question | EXPRESSION:FORMAT\", and lines "
                "\"= step\", \"wrong = EXPRESSION : reply\" and \"show: whole, last or "
                "blank\"");
}

static int fill_done(struct reader *r, const struct predict *p)
{
    const struct fill *f = p->fill;
    if (!f->answer || !p->question.count)
        return reader_fail(r, p->line, 1,
                           "a fill fence needs its \"? question | EXPRESSION:FORMAT\"");
    if (f->show != FILL_BLANK && f->step_count == 0)
        return reader_fail(r, p->line, 1,
                           "show: whole and show: last need steps: lines \"= …\"");
    for (size_t i = 0; i < f->wrong_count; i++)
        if (f->wrongs[i].step > f->step_count || (f->step_count && !f->wrongs[i].step))
            return reader_fail(r, f->wrongs[i].line, 1,
                               "where there are steps a mistake names the one where it "
                               "happens: wrong 1 = EXPRESSION : reply");
    return 0;
}

/* ---- fences ---- */

static const struct form {
    const char *name;
    int (*line)(struct reader *r, struct predict *p, const struct line *l);
    int (*done)(struct reader *r, const struct predict *p);
} forms[] = {{"predict", predict_line, predict_done},
             {"recall", recall_line, recall_done},
             {"fill", fill_line, fill_done}};

static const struct form *form_of(const char *info)
{
    size_t i = 0;
    while (i < 2 && strcmp(forms[i].name, info) != 0)
        i++;
    return &forms[i];
}

int fence_question(struct reader *r, struct scene *s, const struct markdown_block *b)
{
    const struct form *form = form_of(b->info);
    if (s->predict_count == QUESTIONS_MOST)
        return reader_fail(r, b->line, 1,
                           "a scene asks eight questions at most; begin another scene");
    s->predicts = mem_grow(s->predicts, s->predict_count, &s->predict_capacity,
                           sizeof *s->predicts);
    struct predict *p = &s->predicts[s->predict_count++];
    *p = (struct predict){.line = b->line};
    if (form->line == fill_line)
        p->fill = mem_zero(1, sizeof *p->fill);
    const char *at = b->code;
    struct line l = {.number = b->line};
    int status = 0;
    for (; status == 0 && text_next_line(&at, &l.text, &l.column); l.number++) {
        if (*l.text && *l.text != '#')
            status = form->line(r, p, &l);
        free(l.text);
    }
    return status == 0 ? form->done(r, p) : status;
}
