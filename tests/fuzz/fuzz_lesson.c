/* The bytes of a whole lesson: front matter, entities, line ends, marks and nesting. What
 * was read is safe to show, all of it, and stays within what a lesson may hold. */
#include "fuzz.h"

#include "base/text.h"
#include "lesson/lesson.h"

/* No byte of it would be replaced on its way to a terminal, within a line. */
static void promise_clean(const char *s)
{
    char *line = mem_format("a%sa", s);
    promise_safe(line);
    PROMISE(text_find_control(line, strlen(line)) == strlen(line));
    free(line);
}

static void promise_lines(const char *s)
{
    for (const char *end; s && *s; s = *end ? end + 1 : end) {
        end = s + strcspn(s, "\n");
        char *line = mem_bytes(s, (size_t)(end - s));
        promise_clean(line);
        free(line);
    }
}

static void promise_prose(const struct prose *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i].kind != SPAN_BREAK)
            promise_lines(p->items[i].text);
}

/* Of both pictures: what is off, the sentence, and the names in a chart. */
static void promise_staging(const struct staging *st)
{
    PROMISE(!st || !st->beside || !st->beside->beside);
    for (; st; st = st->beside) {
        PROMISE(st->view && !(st->focus && st->cell_count));
        promise_lines(st->whatifs);
        promise_lines(st->text);
        for (size_t i = 0; i < st->cell_count; i++) {
            PROMISE(st->cells[i].node && st->cells[i].column > 0);
            promise_clean(st->cells[i].label);
        }
    }
}

/* A question has choices or a calculation; a recall its scene and sentence. */
static void promise_question(const struct predict *p)
{
    PROMISE(p->fill ? p->count == 0 : p->count >= 2);
    PROMISE(!p->part == !p->text);
    promise_lines(p->text);
    for (size_t i = 0; p->fill && i < p->fill->wrong_count; i++)
        PROMISE(p->fill->wrongs[i].step <= p->fill->step_count);
}

static void promise_scene(const struct scene *s)
{
    promise_clean(s->title);
    promise_lines(s->notes);
    promise_staging(s->staging);
    for (size_t i = 0; i < s->predict_count; i++)
        promise_question(&s->predicts[i]);
    for (size_t i = 0; i < s->block_count; i++)
        promise_prose(&s->blocks[i].prose);
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct prose *prose;
        for (size_t k = 0; (prose = predict_prose(&s->predicts[i], k)) != NULL; k++)
            promise_prose(prose);
    }
    for (size_t i = 0; i < s->value_count; i++)
        if (s->values[i].fact) {
            promise_lines(s->values[i].fact);
            promise_lines(s->values[i].source);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    char *text = mem_bytes((const char *)data, size);
    struct lesson *l = lesson_parse(text, "x.md", &e);
    promise_outcome(!l, &e);
    PROMISE(l || (!strcmp(e.file, "x.md") && e.line > 0));
    if (l) {
        PROMISE(lesson_is_id(l->id) && l->count > 0);
        promise_clean(l->title);
        promise_clean(l->text);
        for (size_t i = 0; i < l->count; i++)
            promise_scene(&l->scenes[i]);
    }
    lesson_free(l);
    free(text);
    return 0;
}
