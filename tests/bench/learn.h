/* Training, measured in a process of its own. */
#ifndef LEARN_H
#define LEARN_H

/* Prints "step seconds" and "middle": of one step of the embedded model's shape, 128
 * sentences of the mean length, the fastest and the middle one. Trains on a file of pairs
 * into a folder. */
int learn_steps(const char *pairs, const char *folder, int threads);

/* Prints "half seconds" and "steps": until half of the embedded model's exam is right. */
int learn_half(const char *pairs, const char *folder, int threads);

/* The rows of the table: who is run, where files go, and how many cores there are. */
struct learn_bench {
    const char *self, *python, *peers, *folder;
    int cores;
};
void learn_rows(const struct learn_bench *b);

#endif
