#include "numbers/tensor.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t tensor_type_size(enum tensor_type type)
{
    return type == TENSOR_F64 ? 8 : 4;
}

long tensor_count(const struct tensor *t)
{
    long n = 1;
    for (int i = 0; i < t->rank; i++)
        n *= t->size[i];
    return n;
}

size_t tensor_bytes(const struct tensor *t)
{
    return (size_t)tensor_count(t) * tensor_type_size(t->type);
}

long tensor_rows(const struct tensor *t)
{
    long n = 1;
    for (int i = 0; i < t->rank - 1; i++)
        n *= t->size[i];
    return n;
}

double tensor_max_difference(const struct tensor *a, const struct tensor *b)
{
    double most = 0;
    long n = tensor_count(a);
    for (long i = 0; i < n; i++) {
        double x = tensor_get(a, i), y = tensor_get(b, i);
        if (x == y || (isnan(x) && isnan(y)))
            continue;
        if (isnan(x) || isnan(y))
            return NAN;
        most = fmax(most, fabs(x - y));
    }
    return most;
}

double tensor_max_magnitude(const struct tensor *t)
{
    double most = 0;
    long n = tensor_count(t);
    for (long i = 0; i < n; i++) {
        double x = fabs(tensor_get(t, i));
        if (isfinite(x) && x > most)
            most = x;
    }
    return most;
}

void weights_add(struct weights *w, const char *name, struct tensor tensor)
{
    w->items = mem_grow(w->items, w->count, &w->capacity, sizeof *w->items);
    w->items[w->count++] = (struct weight){mem_string(name), tensor};
}

int weights_find(const struct weights *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->items[i].name, name) == 0)
            return (int)i;
    return -1;
}

void weights_free(struct weights *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->items[i].name);
    free(w->items);
    free(w->slots);
    *w = (struct weights){0};
}
