#include "base/random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct random random_seed(uint64_t seed)
{
    struct random r;
    for (int i = 0; i < 4; i++)
        r.state[i] = splitmix(&seed);
    return r;
}

double random_uniform(struct random *r)
{
    return (double)(random_next(r) >> 11) * 0x1.0p-53;
}

uint64_t random_below(struct random *r, uint64_t limit)
{
    uint64_t reject = (0 - limit) % limit; /* 2^64 mod limit */
    uint64_t x;
    do
        x = random_next(r);
    while (x < reject);
    return x % limit;
}

double random_normal(struct random *r)
{
    /* Box-Muller; 1 - u is never 0. */
    double u = random_uniform(r), v = random_uniform(r);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}
