/* Measuring, for the benchmark: clocks, other programs, and one line of the table. */
#ifndef MEASURE_H
#define MEASURE_H

#include "base/error.h"

#include <stdbool.h>

/* What the benchmark was started with: the program, itself, its peers in Python, a folder
 * for files, and Python. Borrowed. */
extern const char *program, *self, *peers, *folder, *python;

/* Ends with the error where one is set, or nothing was made. */
void must(const struct error *e, const void *made);

double now(void);       /* seconds on the wall clock */
double processor(void); /* seconds of processor time of this process, all threads */
double middle(double *times, int n);               /* the median; sorts */
double percentile(double *times, int n, double p); /* 0 … 1; sorts */

/* A field of /proc/self/status in kB ("RssAnon"), NaN when the system has none. */
double status_kilobytes(const char *field);

/* Runs another program silently. False when it cannot be run or fails. */
struct child {
    double processor, wall; /* seconds */
    double resident;        /* the most it held, kB */
};
bool child_run(const char *const argv[], struct child *result);

/* The value of `name` among the "name value" lines that a shell command prints, NaN when
 * it prints none. */
struct answers {
    struct {
        char name[32];
        double value;
    } items[8];
    int count;
};
struct answers ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
double answer(const struct answers *a, const char *name);

/* One line of the table: what, value, target, reference, ratio, met or not. */
struct line {
    const char *what, *unit;
    double value, most;     /* met: value <= most; most 0: no such bound */
    const char *peer;       /* what `reference` is, NULL for none */
    double reference;       /* in the same unit; NaN: not installed */
    double least;           /* met: reference / value >= least; 0: no such bound */
    const char *note;       /* stands after the reference; may be NULL */
};
void print_line(const struct line *l);

#endif
