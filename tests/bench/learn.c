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

static struct training *begin(const char *pairs, const char *folder, int threads,
                              long steps)
{
    struct error e = {0};
    char *model = data_path("models/ko-en"), *exam = file_join(model, "exam.tsv");
    struct training_setup s = {.pairs = pairs, .folder = folder, .exam = exam,
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

int learn_steps(const char *pairs, const char *folder, int threads)
{
    struct training *t = begin(pairs, folder, threads, 12000);
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

int learn_half(const char *pairs, const char *folder, int threads)
{
    struct training *t = begin(pairs, folder, threads, 12000);
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
