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
uint64_t random_next(struct random *r);
double random_uniform(struct random *r);                /* [0, 1) */
uint64_t random_below(struct random *r, uint64_t limit); /* 0 … limit-1, unbiased */
double random_normal(struct random *r);                 /* mean 0, variance 1 */

#endif
