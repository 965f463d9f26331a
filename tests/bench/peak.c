#include "peak.h"

#include "base/memory.h"
#include "measure.h"
#include "numbers/matmul.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 0.6 /* for each shape */
#define PROCESSES_MOST 16
#define BANDWIDTH_BYTES ((size_t)128 << 20)

static float *filled(long count, int period)
{
    float *a = mem_alloc((size_t)count, sizeof *a);
    for (long i = 0; i < count; i++)
        a[i] = (float)(i % period) / (float)period;
    return a;
}

/* The first half of the time lets the neighbours get to work as well. */
static double rate_of(struct product p)
{
    float *a = filled(p.m * p.k, 7), *b = filled(p.n * p.k, 5), *out = filled(p.m * p.n, 1);
    double best = INFINITY, begin = now(), start;
    while ((start = now()) < begin + SECONDS) {
        matmul_transposed(out, p.n, a, b, p.m, p.n, p.k, 0);
        double end = now();
        if (start > begin + SECONDS / 2)
            best = fmin(best, end - start);
    }
    free(a);
    free(b);
    free(out);
    return 2 * (double)p.m * (double)p.n * (double)p.k / best;
}

/* In a process of its own, which writes the rate into the pipe. */
static void measure(const struct product *shapes, int count, int pipe_end)
{
    double best = 0;
    matmul_set_threads(1);
    for (int i = 0; i < count; i++)
        best = fmax(best, rate_of(shapes[i]));
    _exit(write(pipe_end, &best, sizeof best) != sizeof best);
}

double peak_rate(const struct product *shapes, int count, int processes)
{
    int ends[2];
    double sum = 0, rate;
    if (pipe(ends) < 0)
        return NAN;
    processes = processes < PROCESSES_MOST ? processes : PROCESSES_MOST;
    for (int i = 0; i < processes; i++)
        if (fork() == 0)
            measure(shapes, count, ends[1]);
    close(ends[1]);
    for (int i = 0; i < processes; i++)
        sum += read(ends[0], &rate, sizeof rate) == sizeof rate ? rate : NAN;
    close(ends[0]);
    while (wait(NULL) > 0)
        continue;
    return sum;
}

double peak_bandwidth(void)
{
    char *a = mem_alloc(1, BANDWIDTH_BYTES);
    double best = INFINITY;
    for (int i = 0; i < 6; i++) {
        double start = now();
        memset(a, i, BANDWIDTH_BYTES);
        best = fmin(best, now() - start);
    }
    free(a);
    return (double)BANDWIDTH_BYTES / best;
}
