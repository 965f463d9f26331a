#include "numbers/fibre.h"

#include "base/memory.h"

#include <stdlib.h>

enum fibre_axis fibre_axis(const struct op_call *c)
{
    return c->params.number == 1   ? FIBRE_COLUMNS
           : c->params.number == 2 ? FIBRE_ROWS
                                   : FIBRE_ALL;
}

struct fibre fibre_of(const struct op_call *c, long cell)
{
    const struct tensor *x = c->in[0];
    switch (fibre_axis(c)) {
    case FIBRE_COLUMNS:
        return (struct fibre){cell, x->size[1], x->size[0]};
    case FIBRE_ROWS:
        return (struct fibre){cell * x->size[1], 1, x->size[1]};
    default:
        return (struct fibre){0, 1, tensor_count(x)};
    }
}

long fibre_result(const struct op_call *c, long cell)
{
    switch (fibre_axis(c)) {
    case FIBRE_COLUMNS:
        return cell % c->in[0]->size[1];
    case FIBRE_ROWS:
        return cell / c->in[0]->size[1];
    default:
        return 0;
    }
}

const char *fibre_shape(const struct op_call *c)
{
    double axis = c->params.number;
    if (axis == 0)
        return shape_set(c, 1, 1, 0, 0);
    if (axis != 1 && axis != 2)
        return "axis=1 goes down the rows, axis=2 along the columns";
    if (!shape_has_rank(c, 0, 2))
        return "an axis needs a matrix with rows and columns";
    return axis == 1 ? shape_set(c, 2, 1, c->in[0]->size[1], 0)
                     : shape_set(c, 2, c->in[0]->size[0], 1, 0);
}

long fibre_results(const struct op_call *c)
{
    switch (fibre_axis(c)) {
    case FIBRE_COLUMNS:
        return c->in[0]->size[1];
    case FIBRE_ROWS:
        return c->in[0]->size[0];
    default:
        return 1;
    }
}

long sources_fibre(const struct op_call *c, long cell, struct op_source *out, long limit)
{
    struct fibre s = fibre_of(c, cell);
    long n = 0;
    for (long i = 0; i < s.count; i++)
        n = sources_put(out, limit, n,
                        (struct op_source){0, -1, s.first + i * s.step, 0});
    return n;
}

void fibre_fast(const struct op_call *c, float (*of)(const float *x, long n))
{
    const float *x = call_floats(c, 0);
    float *room = NULL;
    for (long k = 0; k < fibre_results(c); k++) {
        struct fibre s = fibre_of(c, k);
        const float *numbers = x + s.first;
        if (s.step != 1) {
            if (!room)
                room = mem_alloc((size_t)s.count, sizeof *room);
            for (long i = 0; i < s.count; i++)
                room[i] = numbers[i * s.step];
            numbers = room;
        }
        c->out->f32[k] = of(numbers, s.count);
    }
    free(room);
}

void fibre_naive(const struct op_call *c,
                 double (*of)(const struct op_call *c, const struct fibre *s))
{
    for (long k = 0; k < fibre_results(c); k++) {
        struct fibre s = fibre_of(c, k);
        c->out->f64[k] = of(c, &s);
    }
}

double fibre_get(const struct op_call *c, const struct fibre *s, long i)
{
    return call_get(c, 0, s->first + i * s->step);
}
