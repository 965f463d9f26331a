#include "screen/lesson_map.h"

#include "base/memory.h"
#include "base/say.h"
#include "lesson/node.h"
#include "screen/map_screen.h"

#include <stdlib.h>
#include <string.h>

/* Marks the stages that names in the expression stand for. */
static void find_names(const struct node *n, const struct plan *p, bool *found)
{
    if (!n)
        return;
    int stage = n->kind == NODE_NAME && n->text ? plan_find(p, n->text) : -1;
    if (stage >= 0)
        found[stage] = true;
    for (int i = 0; i < n->count; i++)
        find_names(n->children[i], p, found);
}

static void find_in_scene(const struct scene *s, const struct plan *p, bool *found)
{
    if (s->staging)
        find_names(s->staging->focus, p, found);
    for (size_t i = 0; i < s->statement_count; i++)
        find_names(s->statements[i].node, p, found);
    for (size_t i = 0; i < s->value_count; i++)
        find_names(s->values[i].node, p, found);
}

char *lesson_stages(const struct lesson *lesson, const struct plan *p)
{
    struct buffer out = {0};
    bool *found = mem_zero(p->count + 1, sizeof *found);
    for (size_t i = 0; i < lesson->count; i++)
        find_in_scene(&lesson->scenes[i], p, found);
    for (size_t i = 0; i < p->count; i++)
        if (found[i])
            buffer_addf(&out, "%s%s", out.length ? " " : "", stage_id(&p->stages[i]));
    free(found);
    return buffer_take(&out);
}

/* The run of the scene; where its numbers are of no model, that of the picture's. */
void lesson_open_map(struct lesson_state *s, struct app *app)
{
    struct error e = {0};
    struct exhibit x;
    const struct exhibit *shown = &s->p.picture.shown;
    if (!s->p.there || !shown->session || !lesson_shows_picture(s))
        shown = NULL;
    if (reading_free_walk(s->reading, shown, &x, &e) < 0) {
        lesson_say(s, true, e.message);
        return;
    }
    struct walk *w = walk_new(x);
    char *stages = lesson_stages(reading_lesson(s->reading), trace_plan(x.trace));
    map_open_over(app, w, stages);
    free(stages);
}
