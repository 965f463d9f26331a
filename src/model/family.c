#include "model/family.h"

#include <stdio.h>

static int layers_of(const struct family *f, const struct config *c, int where,
                     enum stack stack)
{
    int bit = stack == STACK_ENCODER ? IN_ENCODER : IN_DECODER;
    return where & bit ? f->layers(c, stack) : 0;
}

/* The slots that one row takes. */
static int slots_of(const struct family *f, const struct config *c,
                    const struct weight_row *row)
{
    if (row->where == IN_MODEL)
        return 1;
    return layers_of(f, c, row->where, STACK_ENCODER) +
           layers_of(f, c, row->where, STACK_DECODER);
}

int family_slots(const struct family *f, const struct config *c)
{
    int n = 0;
    for (int i = 0; i < f->weight_count; i++)
        n += slots_of(f, c, &f->weights[i]);
    return n;
}

int family_slot(const struct family *f, const struct config *c, int row,
                enum stack stack, int layer)
{
    int n = layer;
    for (int i = 0; i < row; i++)
        n += slots_of(f, c, &f->weights[i]);
    if (stack == STACK_DECODER)
        n += layers_of(f, c, f->weights[row].where, STACK_ENCODER);
    return n;
}

static int each_of(const struct family *f, const struct config *c, int index,
                   enum stack stack, int *slot,
                   int (*each)(const struct weight_spec *, void *), void *data)
{
    static const char *const stacks[] = {"", "encoder", "decoder"};
    const struct weight_row *row = &f->weights[index];
    int layers = stack ? layers_of(f, c, row->where, stack) : 1, result = 0;
    for (int i = 0; i < layers && result == 0; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s.layers.%d.%s", stacks[stack], i, row->name);
        struct weight_spec spec = {row, stack ? name : row->name, (*slot)++,
                                   row->component[stack == STACK_DECODER],
                                   f->size(c, row->rows),
                                   row->columns ? f->size(c, row->columns) : 0};
        if (spec.rows > 0)
            result = each(&spec, data);
    }
    return result;
}

int family_each_weight(const struct family *f, const struct config *c,
                       int (*each)(const struct weight_spec *spec, void *data),
                       void *data)
{
    int slot = 0, result = 0;
    for (int i = 0; i < f->weight_count && result == 0; i++) {
        if (f->weights[i].where == IN_MODEL) {
            result = each_of(f, c, i, STACK_NONE, &slot, each, data);
            continue;
        }
        result = each_of(f, c, i, STACK_ENCODER, &slot, each, data);
        if (result == 0)
            result = each_of(f, c, i, STACK_DECODER, &slot, each, data);
    }
    return result;
}
