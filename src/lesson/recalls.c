#include "lesson/recalls.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct recall_run {
    char *text;
    struct session *session;
    struct runs *runs;     /* this one and the lesson's own, on this sentence */
    struct workbook *book; /* NULL: the model cannot read the sentence */
    struct error problem;
};

static void run(struct recall_run *x, const struct recall_source *from)
{
    struct session_options options = from->session->options;
    x->session = session_new(model_share(from->session->model), &options);
    if (session_set_text(x->session, x->text, &x->problem) < 0 ||
        session_run(x->session, &x->problem) < 0)
        return;
    x->runs = mem_zero(1, sizeof *x->runs);
    runs_follow(x->runs, from->lesson, from->scenes, x->session, x->session);
    x->book = workbook_new(x->runs, from->sliders, from->constants, false);
}

static struct recall_run *run_of(struct recalls *r, const struct recall_source *from,
                                 const char *text)
{
    for (size_t i = 0; i < r->count; i++)
        if (!strcmp(r->items[i].text, text))
            return &r->items[i];
    r->items = mem_grow(r->items, r->count, &r->capacity, sizeof *r->items);
    struct recall_run *x = &r->items[r->count++];
    *x = (struct recall_run){.text = mem_string(text)};
    run(x, from);
    return x;
}

int recalls_enter(struct recalls *r, const struct recall_source *source,
                  const struct predict *p, struct scope *scope, struct error *e)
{
    const struct recall_run *x = run_of(r, source, p->text);
    if (!x->book) {
        if (e && !e->set)
            *e = x->problem;
        return error_at(e, scope->file, p->line, 1);
    }
    scope->runs = x->runs;
    scope->book = x->book;
    return 0;
}

void recalls_clear(struct recalls *r)
{
    for (size_t i = 0; i < r->count; i++) {
        workbook_free(r->items[i].book);
        if (r->items[i].runs)
            runs_free(r->items[i].runs);
        free(r->items[i].runs);
        session_free(r->items[i].session);
        free(r->items[i].text);
    }
    free(r->items);
    *r = (struct recalls){0};
}
