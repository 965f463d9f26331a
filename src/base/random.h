/* The one random generator: xoshiro256**, seeded by splitmix64 (Blackman and Vigna,
 * "Scrambled linear pseudorandom number generators", 2018). The same seed gives the same
 * numbers everywhere. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state[4];
};

struct random random_seed(uint64_t seed);

static inline uint64_t random_turn(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* The next 64 bits. Here, so that the state of a loop stays in registers. */
static inline uint64_t random_next(struct random *r)
{
    uint64_t *s = r->state;
    uint64_t result = random_turn(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = random_turn(s[3], 45);
    return result;
}

double random_uniform(struct random *r);                /* [0, 1) */
uint64_t random_below(struct random *r, uint64_t limit); /* 0 … limit-1, unbiased */
double random_normal(struct random *r);                 /* mean 0, variance 1 */

#endif
