#include "base/order.h"

#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define FEW 32 /* so many are kept in order while the numbers are read once */

struct item {
    double value;
    long index;
};

static bool is_larger(double x, double y)
{
    return x > y || (isnan(y) && !isnan(x));
}

static int by_value(const void *a, const void *b)
{
    const struct item *i = a, *j = b;
    if (is_larger(i->value, j->value))
        return -1;
    if (is_larger(j->value, i->value))
        return 1;
    return (i->index > j->index) - (i->index < j->index);
}

static void sort_all(const double *x, long n, long most, long *order)
{
    struct item *items = mem_alloc((size_t)n, sizeof *items);
    for (long i = 0; i < n; i++)
        items[i] = (struct item){x[i], i};
    qsort(items, (size_t)n, sizeof *items, by_value);
    for (long i = 0; i < most; i++)
        order[i] = items[i].index;
    free(items);
}

void order_largest(const double *x, long n, long most, long *order)
{
    most = most < n ? most : n;
    if (most > FEW) {
        sort_all(x, n, most, order);
        return;
    }
    long count = 0;
    for (long i = 0; i < n; i++) {
        if (count == most && (!most || !is_larger(x[i], x[order[most - 1]])))
            continue;
        long at = count < most ? count++ : most - 1;
        for (; at > 0 && is_larger(x[i], x[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}
