#include "numbers/ops.h"

#include "base/text.h"

static const struct op *const table[OP_COUNT] = {
#define OP(ID, name) [OP_##ID] = &op_##name,
#include "numbers/op.def"
#undef OP
};

const struct op *op_get(enum op_id id)
{
    return table[id];
}

/* What is wrong with an input, whatever its shape is for; NULL for nothing. Given
 * matrices may be in double: they must go with the engine that reads them. */
static const char *check_input(const struct op *op, const struct tensor *t, int input)
{
    bool ids = op->takes_ids && input == 0;
    if ((t->type == TENSOR_I32) != ids)
        return ids ? "needs ids as its first input" : "needs numbers, not ids";
    return call_takes(t) ? NULL : "needs inputs of rank 1 to 3 that are not empty";
}

int op_set_shape(enum op_id id, struct op_call *call, struct error *e)
{
    const struct op *op = op_get(id);
    const char *wrong = NULL;
    int given = 0;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        given += call->in[i] != NULL;
    if (op->least_inputs == op->most_inputs && given != op->most_inputs)
        return error_set(e, "op %s: it takes %d input%s, not %d", op->name,
                         op->most_inputs, text_plural(op->most_inputs), given);
    if (given < op->least_inputs || given > op->most_inputs)
        return error_set(e, "op %s: it takes %d to %d inputs, not %d", op->name,
                         op->least_inputs, op->most_inputs, given);
    for (int i = 0; i < OP_MAX_INPUTS && !wrong; i++) {
        if (call->in[i] ? i >= op->most_inputs : i < op->least_inputs)
            wrong = "has a gap between its inputs";
        else if (call->in[i])
            wrong = check_input(op, call->in[i], i);
    }
    if (!wrong && call->params.ids && call->params.size[0] < 0)
        wrong = "needs a list that is not shorter than nothing";
    if (!wrong)
        wrong = op->shape(call);
    return wrong ? error_set(e, "op %s: %s", op->name, wrong) : 0;
}
