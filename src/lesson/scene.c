#include "lesson/scene.h"

#include <stdlib.h>

const struct lesson_value *scene_value(const struct scene *s, const struct span *span)
{
    size_t i = 0;
    while (i + 1 < s->value_count && s->values[i].span != span)
        i++;
    return &s->values[i];
}

size_t predict_answers(const struct predict *p)
{
    if (!p->fill)
        return p->count;
    return p->fill->show == FILL_WHOLE ? 0 : p->fill->wrong_count + 2;
}

const struct prose *predict_prose(const struct predict *p, size_t index)
{
    const struct fill *f = p->fill;
    if (index-- == 0)
        return &p->question;
    if (index < 2 * p->count)
        return index % 2 ? &p->choices[index / 2].feedback : &p->choices[index / 2].text;
    index -= 2 * p->count;
    if (!f)
        return NULL;
    if (index < f->step_count)
        return &f->steps[index];
    index -= f->step_count;
    return index < f->wrong_count ? &f->wrongs[index].reply : NULL;
}

const struct node *predict_node(const struct predict *p, size_t index)
{
    const struct fill *f = p->fill;
    if (!f)
        return index < p->count ? p->choices[index].condition : NULL;
    if (index-- == 0)
        return f->answer;
    return index < f->wrong_count ? f->wrongs[index].node : NULL;
}

static void free_fill(struct fill *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->step_count; i++)
        prose_free(&f->steps[i]);
    for (size_t i = 0; i < f->wrong_count; i++) {
        node_free(f->wrongs[i].node);
        free(f->wrongs[i].source);
        prose_free(&f->wrongs[i].reply);
    }
    free(f->steps);
    free(f->wrongs);
    node_free(f->answer);
    free(f->source);
    free(f);
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
    free_fill(p->fill);
    free(p->text);
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
    free(st->classes);
    free(st);
}

void scene_free(struct scene *s)
{
    for (size_t i = 0; i < s->block_count; i++) {
        prose_free(&s->blocks[i].prose);
    }
    for (size_t i = 0; i < s->predict_count; i++)
        free_predict(&s->predicts[i]);
    for (size_t i = 0; i < s->run_count; i++) {
        free(s->runs[i].name);
        for (int k = 0; k < RUN_KEYS; k++)
            free(s->runs[i].value[k]);
    }
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
    free(s->runs);
    free(s->statements);
    free(s->claims);
    free(s->values);
    free_staging(s->staging);
    free(s->notes);
    free(s->fences);
    free(s->title);
}
