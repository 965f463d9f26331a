#include "lesson/scene.h"

#include <stdlib.h>

const struct lesson_value *scene_value(const struct scene *s, const struct span *span)
{
    size_t i = 0;
    while (i + 1 < s->value_count && s->values[i].span != span)
        i++;
    return &s->values[i];
}

static void free_predict(struct predict *p)
{
    prose_free(&p->question);
    for (size_t i = 0; i < p->count; i++) {
        prose_free(&p->choices[i].text);
        prose_free(&p->choices[i].feedback);
        node_free(p->choices[i].condition);
        free(p->choices[i].condition_text);
    }
    free(p->choices);
}

static void free_staging(struct staging *st)
{
    if (!st)
        return;
    free_staging(st->beside);
    for (size_t i = 0; i < st->cell_count; i++) {
        free(st->cells[i].label);
        node_free(st->cells[i].node);
    }
    free(st->cells);
    node_free(st->focus);
    free(st->whatifs);
    free(st->text);
    free(st);
}

void scene_free(struct scene *s)
{
    for (size_t i = 0; i < s->block_count; i++) {
        prose_free(&s->blocks[i].prose);
        free(s->blocks[i].code);
    }
    for (size_t i = 0; i < s->predict_count; i++)
        free_predict(&s->predicts[i]);
    for (size_t i = 0; i < s->statement_count; i++) {
        free(s->statements[i].name);
        free(s->statements[i].source);
        node_free(s->statements[i].node);
    }
    for (size_t i = 0; i < s->claim_count; i++) {
        node_free(s->claims[i].node);
        free(s->claims[i].source);
    }
    for (size_t i = 0; i < s->value_count; i++) {
        node_free(s->values[i].node);
        free(s->values[i].fact);
        free(s->values[i].source);
    }
    free(s->blocks);
    free(s->predicts);
    free(s->statements);
    free(s->claims);
    free(s->values);
    free_staging(s->staging);
    free(s->notes);
    free(s->fences);
    free(s->title);
}
