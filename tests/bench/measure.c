#define _DEFAULT_SOURCE /* wait4 */
#include "measure.h"

#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *program, *self, *peers, *folder, *python;

void must(const struct error *e, const void *made)
{
    if (made && !e->set)
        return;
    error_print(e);
    exit(1);
}

static double clock_seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double now(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

double processor(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double percentile(double *times, int n, double p)
{
    qsort(times, (size_t)n, sizeof *times, compare);
    int at = (int)ceil(p * n) - 1;
    return times[at < 0 ? 0 : at];
}

double middle(double *times, int n)
{
    return percentile(times, n, 0.5);
}

double status_kilobytes(const char *field)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    double result = NAN;
    size_t n = strlen(field);
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, field, n) && line[n] == ':')
            result = strtod(line + n + 1, NULL);
    if (f)
        fclose(f);
    return result;
}

/* ---- other programs ---- */

static void become(const char *const argv[])
{
    int nowhere = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(nowhere, i);
    execvp(argv[0], (char **)argv);
    _exit(127);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

bool child_run(const char *const argv[], struct child *result)
{
    double start = now();
    pid_t pid = fork();
    if (pid == 0)
        become(argv);
    int status = 0;
    struct rusage used = {0};
    if (pid < 0 || wait4(pid, &status, 0, &used) < 0)
        return false;
    result->wall = now() - start;
    result->processor = seconds(used.ru_utime) + seconds(used.ru_stime);
    result->resident = (double)used.ru_maxrss;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct answers ask(const char *format, ...)
{
    char command[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    struct answers a = {.count = 0};
    FILE *f = popen(command, "r");
    while (f && a.count < 8 &&
           fscanf(f, "%31s %lf", a.items[a.count].name, &a.items[a.count].value) == 2)
        a.count++;
    if (f)
        pclose(f);
    return a;
}

double answer(const struct answers *a, const char *name)
{
    for (int i = 0; i < a->count; i++)
        if (!strcmp(a->items[i].name, name))
            return a->items[i].value;
    return NAN;
}

/* ---- the table ---- */

static void print_target(const struct line *l)
{
    if (l->most > 0)
        printf("< %.4g %s\t", l->most, l->unit);
    else
        printf("%.4gx %s\t", l->least, l->peer);
}

void print_line(const struct line *l)
{
    bool compared = l->peer && !isnan(l->reference);
    bool met = (l->most > 0 && l->value <= l->most) ||
               (l->most <= 0 && compared && l->reference / l->value >= l->least);
    printf("%s\t%.4g %s\t", l->what, l->value, l->unit);
    print_target(l);
    if (!l->peer)
        printf("-%s%s\t%.3g of target\t", l->note ? " " : "", l->note ? l->note : "",
               l->value / l->most);
    else if (!compared)
        printf("- (without %s)%s%s\t-\t", l->peer, l->note ? " " : "",
               l->note ? l->note : "");
    else
        printf("%s %.4g %s%s%s\t%.3gx\t", l->peer, l->reference, l->unit,
               l->note ? " " : "", l->note ? l->note : "", l->reference / l->value);
    bool decided = l->most > 0 || compared;
    puts(!decided ? "-" : met ? "met" : "NOT MET");
    fflush(stdout);
}
