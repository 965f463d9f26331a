#include "model/family.h"

#include <stdio.h>
#include <string.h>

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

/* "encoder.layers.0.linear1.weight", or with the layer where the row's name has a #:
 * "encoder.rnn.weight_ih_l0". */
static void write_name(char *out, size_t room, const char *stack, int layer,
                       const char *name)
{
    const char *mark = strchr(name, '#');
    if (mark)
        snprintf(out, room, "%s.%.*s%d%s", stack, (int)(mark - name), name, layer,
                 mark + 1);
    else
        snprintf(out, room, "%s.layers.%d.%s", stack, layer, name);
}

static long size_of(const struct family *f, const struct config *c, char letter,
                    int layer)
{
    return f->layer_size ? f->layer_size(c, letter, layer) : f->size(c, letter);
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
        write_name(name, sizeof name, stacks[stack], i, row->name);
        struct weight_spec spec = {row, stack ? name : row->name, (*slot)++,
                                   row->component[stack == STACK_DECODER],
                                   size_of(f, c, row->rows, i),
                                   row->columns ? size_of(f, c, row->columns, i) : 0};
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

int family_check_embeddings(const struct config *c, const struct weights *w,
                            struct error *e)
{
    static const char *const names[] = {"src_embedding.weight", "tgt_embedding.weight"};
    bool shared = weights_find(w, "shared_embedding.weight") >= 0;
    if (shared && c->src_vocab_size != c->tgt_vocab_size)
        return error_set(e, "shared_embedding.weight needs src_vocab_size and "
                         "tgt_vocab_size to be equal");
    for (int i = 0; i < 2; i++)
        if (!shared && weights_find(w, names[i]) < 0)
            return error_set(e,
                             "the weight %s is missing; the model file must hold it or "
                             "shared_embedding.weight",
                             names[i]);
    return 0;
}
