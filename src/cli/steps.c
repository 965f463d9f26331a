#include "cli/steps.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/order.h"
#include "base/say.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 5 };

enum how {
    HOW_CHOSEN,
    HOW_FORCED, /* of the text, the prefix or the target */
    HOW_STOPPED /* nothing was taken: the output was cut off before */
};

struct pick {
    long row;
    enum how how;
    int32_t token;      /* the one that was taken; -1 for none */
    double probability; /* its own; 0: it had been cut off */
    long order[SHOWN];  /* the likeliest */
    double p[SHOWN];
    long count;
};

/* ---- what was taken ---- */

/* Rows that are read before the first step: the text of a model of one stack. */
static long rows_before(const struct session *s)
{
    return s->model->family->two_sides ? 0 : s->sources - 1;
}

/* What follows the last row. */
static int32_t last_token(const struct session *s)
{
    struct token_list ends = decode_ends(s->model);
    if (s->forced)
        return ends.count ? ends.ids[0] : -1;
    return s->outputs.count ? s->outputs.items[0].end : -1;
}

static void take(const struct session *s, struct pick *step)
{
    bool last = step->row + 1 == s->row_count;
    long given = rows_before(s) + s->options.decode.prefix.count;
    step->token = last ? last_token(s) : s->rows[step->row + 1];
    if (step->token < 0)
        step->how = HOW_STOPPED;
    else if (s->forced || step->row < given)
        step->how = HOW_FORCED;
}

/* ---- what it was taken from ---- */

/* Goes through the rows as decoding did, since a row of the whole pass is not always what
 * a step saw: without the mask it has seen what comes later. */
struct steps {
    struct session *s;
    struct decoder *decoder;
    double *logits, *p;
    long n;
};

/* The rows of the text are no steps; theirs are those of the whole pass. */
static const double *logits_of(struct steps *all, long row, struct error *e)
{
    if (row >= rows_before(all->s))
        return decoder_step(all->decoder, all->s->rows[row], e);
    int stage = plan_find_role(trace_plan(all->s->trace), ROLE_LOGITS);
    const struct tensor *t = trace_acquire(all->s->trace, stage);
    for (long i = 0; i < all->n; i++)
        all->logits[i] = tensor_get(t, row * all->n + i);
    trace_release(all->s->trace, stage);
    return all->logits;
}

static int read_step(struct steps *all, long row, struct pick *step, struct error *e)
{
    const double *logits = logits_of(all, row, e);
    if (!logits)
        return -1;
    decode_distribution(logits, all->n, &all->s->options.decode, all->p);
    *step = (struct pick){.row = row, .token = -1};
    order_largest(all->p, all->n, SHOWN, step->order);
    for (long i = 0; i < SHOWN && i < all->n && all->p[step->order[i]] > 0; i++)
        step->p[step->count++] = all->p[step->order[i]];
    take(all->s, step);
    step->probability = step->token < 0 ? NAN : all->p[step->token];
    return 0;
}

/* Calls `each` for all rows, in order. */
static int go_through(struct session *s, void (*each)(struct session *,
                      const struct pick *, void *), void *data, struct error *e)
{
    if (plan_find_role(trace_plan(s->trace), ROLE_LOGITS) < 0)
        return 0;
    size_t n = (size_t)model_vocabulary(s->model, session_writes(s));
    struct steps all = {.s = s, .n = (long)n};
    all.decoder = decoder_new_for(&s->run, s->source, s->sources,
                                  s->row_count - rows_before(s), e);
    int result = all.decoder ? 0 : -1;
    all.logits = mem_alloc(n, sizeof *all.logits);
    all.p = mem_alloc(n, sizeof *all.p);
    for (long row = 0; row < s->row_count && result == 0; row++) {
        struct pick step;
        result = read_step(&all, row, &step, e);
        if (result == 0)
            each(s, &step, data);
    }
    decoder_free(all.decoder);
    free(all.logits);
    free(all.p);
    return result;
}

/* ---- lines ---- */

static char *label_of(const struct session *s, long id)
{
    return session_label(s, session_writes(s), id);
}

static bool is_shown(const struct pick *step)
{
    for (long i = 0; i < step->count; i++)
        if (step->order[i] == step->token)
            return true;
    return step->how == HOW_STOPPED;
}

/* "  2  ▁I → ▁go   ▁go 0.9873  ▁went 0.0101" */
static void print_step(struct session *s, const struct pick *step, void *data)
{
    (void)data;
    char *before = label_of(s, s->rows[step->row]);
    char *taken = step->token < 0 ? mem_string(say(SAY_CLI_STEP_STOPPED))
                                  : label_of(s, step->token);
    printf("%3ld  %s → %s ", step->row + 1, before, taken);
    if (step->how == HOW_FORCED)
        printf("%s ", say(SAY_CLI_STEP_FORCED));
    for (long i = 0; i < step->count; i++) {
        char *label = label_of(s, step->order[i]);
        printf("  %s %.4f", label, step->p[i]);
        free(label);
    }
    if (!is_shown(step) && step->probability > 0)
        printf("  … %s %.4f", taken, step->probability);
    else if (!is_shown(step))
        printf("  … %s %s", taken, say(SAY_CLI_STEP_CUT));
    printf("\n");
    free(before);
    free(taken);
}

int steps_print(struct session *s, struct error *e)
{
    return go_through(s, print_step, NULL, e);
}

/* ---- JSON ---- */

static struct json *token_json(const struct session *s, long id, double p)
{
    struct json *j = json_new_object();
    char *label = label_of(s, id);
    json_add_integer(j, "id", id);
    json_add_text(j, "text", label);
    json_add_number(j, "probability", p);
    free(label);
    return j;
}

struct step_lists {
    struct json *steps, *taken;
};

static void add_step(struct session *s, const struct pick *step, void *data)
{
    static const char *const names[] = {"chosen", "forced", "stopped"};
    struct step_lists *lists = data;
    struct json *list = json_new_array();
    for (long i = 0; i < step->count; i++)
        json_append(list, token_json(s, step->order[i], step->p[i]));
    json_append(lists->steps, list);
    struct json *taken = step->token < 0
                             ? json_new_object()
                             : token_json(s, step->token, step->probability);
    json_add_text(taken, "how", names[step->how]);
    json_append(lists->taken, taken);
}

int steps_add_json(struct session *s, struct json *object, struct error *e)
{
    struct step_lists lists = {json_new_array(), json_new_array()};
    int result = go_through(s, add_step, &lists, e);
    json_add(object, "steps", lists.steps);
    json_add(object, "taken", lists.taken);
    return result;
}
