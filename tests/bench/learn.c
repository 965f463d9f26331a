#include "learn.h"

#include "base/data.h"
#include "base/file.h"
#include "learn/training.h"
#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define STEPS 150
#define MOST_STEPS 4000

static struct training *begin(const char *pairs, const char *into, int threads,
                              long steps)
{
    struct error e = {0};
    char *model = data_path("models/ko-en"), *exam = file_join(model, "exam.tsv");
    struct training_setup s = {.pairs = pairs, .folder = into, .exam = exam,
                               .tokenizers = model, .recipe = recipe_default(),
                               .threads = threads, .force = true};
    s.recipe.steps = steps;
    s.recipe.save_every = steps;
    struct training *t = training_new(&s, &e);
    if (!t)
        error_print(&e);
    free(exam);
    free(model);
    return t;
}

int learn_steps(const char *pairs, const char *into, int threads)
{
    struct training *t = begin(pairs, into, threads, 12000);
    struct error e = {0};
    double times[STEPS], rows[STEPS], mean = 0;
    int n = 0;
    for (int i = 0; t && i < STEPS + 20; i++) {
        double start = now();
        if (training_step(t, &e) < 0)
            break;
        if (i < 20 || i % 50 == 0) /* cold, or with an exam */
            continue;
        times[n] = now() - start;
        rows[n++] = (double)training_state(t).rows;
    }
    training_free(t);
    for (int i = 0; i < n; i++)
        mean += rows[i] / n;
    for (int i = 0; i < n; i++)
        times[i] *= mean / rows[i];
    if (!n)
        return 1;
    printf("step %g\n", percentile(times, n, 0));
    printf("middle %g\n", middle(times, n));
    return 0;
}

int learn_half(const char *pairs, const char *into, int threads)
{
    struct training *t = begin(pairs, into, threads, 12000);
    struct error e = {0};
    double start = now();
    while (t && training_step(t, &e) > 0 && training_state(t).step < MOST_STEPS)
        if (training_state(t).match >= 0.5) {
            printf("half %g\nsteps %ld\n", now() - start, training_state(t).step);
            break;
        }
    training_free(t);
    return 0;
}

/* ---- rows of the table ---- */

/* What the recipe of the embedded model needs: its folder, and pairs of its grammar. */
struct schooling {
    char *recipe, *config, *pairs, *out;
};

static struct schooling open_schooling(const struct learn_bench *b)
{
    struct schooling l = {data_path("models/ko-en/train"),
                          data_path("models/ko-en/config.json"),
                          file_join(b->folder, "pairs.tsv"),
                          file_join(b->folder, "trained")};
    ask("'%s' '%s' pairs '%s' '%s' 100000", b->python, b->peers, l.recipe, l.pairs);
    return l;
}

/* PyTorch's time at its better number of threads. */
static double torch_step(const struct learn_bench *b, const struct schooling *l)
{
    double least = NAN;
    for (int threads = 1; threads <= b->cores && threads <= 2; threads++) {
        struct answers a = ask("'%s' '%s' train '%s' %d", b->python, b->peers, l->config,
                               threads);
        least = fmin(least, answer(&a, "step"));
    }
    return least;
}

static void row_step(const struct learn_bench *b, const struct schooling *l, double torch,
                     int threads)
{
    char what[80];
    struct answers a = ask("'%s' steps '%s' '%s' %d", b->self, l->pairs, l->out, threads);
    snprintf(what, sizeof what, "training step, 128 sentences, %d thread%s", threads,
             threads > 1 ? "s" : "");
    print_line(&(struct line){.what = what,
                              .unit = "ms",
                              .value = 1e3 * answer(&a, "step"),
                              .peer = "PyTorch at its better thread count",
                              .reference = 1e3 * torch,
                              .least = threads > 1 ? 8 : 4});
}

static void row_half(const struct learn_bench *b, const struct schooling *l, double torch)
{
    int threads = b->cores > 1 ? 2 : 1;
    struct answers a = ask("'%s' half '%s' '%s' %d", b->self, l->pairs, l->out, threads);
    print_line(&(struct line){.what = "training until half of the exam is right",
                              .unit = "s",
                              .value = answer(&a, "half"),
                              .most = 15,
                              .peer = "PyTorch, as many of its steps",
                              .reference = torch * answer(&a, "steps")});
}

void learn_rows(const struct learn_bench *b)
{
    struct schooling l = open_schooling(b);
    double torch = torch_step(b, &l);
    if (file_exists(l.pairs)) {
        row_step(b, &l, torch, 1);
        if (b->cores > 1)
            row_step(b, &l, torch, 2);
        row_half(b, &l, torch);
    }
    free(l.recipe);
    free(l.config);
    free(l.pairs);
    free(l.out);
}
