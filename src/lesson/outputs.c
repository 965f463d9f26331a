#include "lesson/outputs.h"

#include "base/memory.h"
#include "lesson/argument.h"

#include <stdlib.h>
#include <string.h>

#define BEAMS_MOST 64
#define DRAWS_MOST 1000

/* A matrix whose rows are outputs. Takes the numbers and the rows' labels. */
static void give(struct compiler *c, double *numbers, const char *const *columns,
                 struct labels *rows, const char *name, struct made *out)
{
    struct labels *titles = compiler_texts(c, columns);
    *out = (struct made){
        .ref = compiler_matrix(c, name, numbers, (long)rows->count, (long)titles->count,
                               (struct axis){AXIS_TOKEN, SIDE_NONE, rows},
                               (struct axis){AXIS_FEATURE, SIDE_NONE, titles})};
}

/* The first argument, from 1 to the most. */
static int read_count(struct compiler *c, const struct node *n, long most, long *count,
                      struct error *e)
{
    if (argument_whole(c, n, 0, count, e) < 0)
        return -1;
    if (c->session->model->family->answers == ANSWERS_NOTHING)
        return error_set(e, "%s: this model writes no output", n->text);
    return *count >= 1 && *count <= most
               ? 0
               : error_set(e, "%s: it is given a number from 1 to %ld", n->text, most);
}

static int read_key(struct compiler *c, const struct node *n, const char *key,
                    double *number, struct error *e)
{
    int at = argument_keyed(n, key);
    if (at < 0)
        return 0;
    if (argument_number(c, n, at, number, e) < 0)
        return -1;
    return *number >= 0 && *number <= 1e9
               ? 0
               : error_set(e, "%s: %s is no negative number", n->text, key);
}

static int decode(const struct session *s, const struct decode_options *options,
                  struct decode_outputs *out, struct error *e)
{
    return decode_outputs(&s->run, s->source, s->sources, options, out, e);
}

int outputs_beam(struct compiler *c, const struct node *n, const char *name,
                 struct made *out, struct error *e)
{
    static const char *const columns[] = {"log p", "score", "tokens", NULL};
    struct decode_options options = {0};
    struct decode_outputs found;
    long beams;
    if (argument_check(n, 1, 1, "length_penalty", NULL, e) < 0 ||
        read_count(c, n, BEAMS_MOST, &beams, e) < 0 ||
        read_key(c, n, "length_penalty", &options.length_penalty, e) < 0)
        return -1;
    options.beam = options.best = (int)beams;
    if (decode(c->session, &options, &found, e) < 0)
        return -1;
    double *numbers = mem_zero((size_t)found.count * 3, sizeof *numbers);
    struct labels *rows = compiler_labels(c);
    for (long i = 0; i < found.count; i++) {
        const struct decode_output *o = &found.items[i];
        numbers[3 * i] = o->score;
        numbers[3 * i + 1] = o->scaled;
        numbers[3 * i + 2] = (double)(o->count + (o->end >= 0)); /* eos is one, too */
        labels_add(rows,
                   (struct label){.text = session_ids_text(c->session, o->ids, o->count),
                                  .word = -1});
    }
    decode_outputs_free(&found);
    give(c, numbers, columns, rows, name, out);
    return 0;
}

/* ---- draws ---- */

struct drawn {
    char *text;
    long times, tokens, first; /* the draw that it came out of first */
};

static int by_times(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;
    if (x->times != y->times)
        return (x->times < y->times) - (x->times > y->times);
    return (x->first > y->first) - (x->first < y->first);
}

/* Counts one draw among those before. */
static int draw(const struct session *s, const struct decode_options *options, long at,
                struct drawn *list, size_t *count, struct error *e)
{
    struct decode_outputs found;
    if (decode(s, options, &found, e) < 0)
        return -1;
    const struct decode_output *o = &found.items[0];
    char *text = session_ids_text(s, o->ids, o->count);
    size_t i = 0;
    while (i < *count && strcmp(list[i].text, text) != 0)
        i++;
    if (i == *count)
        list[(*count)++] = (struct drawn){text, 0, o->count + (o->end >= 0), at};
    else
        free(text);
    list[i].times++;
    decode_outputs_free(&found);
    return 0;
}

int outputs_sample(struct compiler *c, const struct node *n, const char *name,
                   struct made *out, struct error *e)
{
    static const char *const columns[] = {"times", "tokens", NULL};
    struct decode_options options = {.sample = true};
    double seed = 1;
    long draws;
    options.temperature = 1;
    if (argument_check(n, 1, 1, "temperature", "seed", e) < 0 ||
        read_count(c, n, DRAWS_MOST, &draws, e) < 0 ||
        read_key(c, n, "temperature", &options.temperature, e) < 0 ||
        read_key(c, n, "seed", &seed, e) < 0)
        return -1;
    if (!(options.temperature > 0))
        return error_set(e, "sample: temperature must be more than 0");
    struct drawn *list = mem_zero((size_t)draws, sizeof *list);
    size_t count = 0;
    int status = 0;
    for (long i = 0; i < draws && status == 0; i++) {
        options.seed = (uint64_t)seed * DRAWS_MOST + (uint64_t)i;
        status = draw(c->session, &options, i, list, &count, e);
    }
    qsort(list, count, sizeof *list, by_times);
    struct labels *rows = compiler_labels(c);
    double *numbers = mem_zero(2 * count + 1, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        numbers[2 * i] = (double)list[i].times;
        numbers[2 * i + 1] = (double)list[i].tokens;
        labels_add(rows, (struct label){.text = list[i].text, .word = -1});
    }
    free(list);
    if (status == 0)
        give(c, numbers, columns, rows, name, out);
    else
        free(numbers);
    return status;
}

bool outputs_is(const char *name)
{
    return !strcmp(name, "beam") || !strcmp(name, "sample");
}
