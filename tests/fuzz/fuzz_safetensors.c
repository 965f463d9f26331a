/* A weight file: whatever the bytes are, what was opened lies inside the data. */
#include "fuzz.h"

#include "model/safetensors.h"

/* Reads every element, so that the address sanitizer sees one that is outside. */
static double sum(const struct tensor *t)
{
    double total = 0;
    for (long i = 0, n = tensor_count(t); i < n; i++)
        total += tensor_get(t, i) > 0;
    return total;
}

/* A view lies inside the input; a copy is ours. Each element takes at least a byte. */
static void check_tensor(const struct safetensors *s, int index, const uint8_t *data,
                         size_t size)
{
    const struct weight *w = &s->weights.items[index];
    const struct tensor *t = &w->tensor;
    PROMISE(w->name[0] && weights_find(&s->weights, w->name) == index);
    PROMISE(t->rank >= 1 && t->rank <= TENSOR_MAX_RANK);
    PROMISE(t->type == TENSOR_F32 || t->type == TENSOR_I32);
    for (int i = 0; i < t->rank; i++)
        PROMISE(t->size[i] >= 0);
    PROMISE(tensor_count(t) >= 0 && (size_t)tensor_count(t) <= size);
    uintptr_t at = (uintptr_t)t->data, from = (uintptr_t)data;
    if (at >= from && at < from + size)
        PROMISE(tensor_bytes(t) <= from + size - at);
    PROMISE(sum(t) <= (double)size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0}, infinite = {0};
    struct safetensors *s = safetensors_from_memory(data, size, "fuzz", &e);
    promise_outcome(!s, &e);
    if (!s)
        return 0;
    for (size_t i = 0; i < s->weights.count; i++)
        check_tensor(s, (int)i, data, size);
    promise_outcome(safetensors_check_finite(s, &infinite) < 0, &infinite);
    safetensors_metadata(s, "format");
    safetensors_free(s);
    return 0;
}
