#include "cli/runs.h"

#include "base/json.h"
#include "base/order.h"
#include "base/say.h"
#include "cli/common.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct json *pieces(const struct labels *l)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < l->count; i++) {
        struct json *j = json_new_object();
        json_add_integer(j, "id", l->items[i].id);
        json_add_text(j, "text", l->items[i].text);
        json_append(list, j);
    }
    return list;
}

/* The likeliest next tokens of a decoder row, from the probabilities of the whole
 * vocabulary: what greedy decoding chose from. */
struct choices {
    long order[5];
    double p[5];
    long count;
};

static struct choices choices_of(struct session *s, long row)
{
    int stage = plan_find_role(trace_plan(s->trace), ROLE_PROBABILITIES);
    const struct tensor *t = trace_acquire(s->trace, stage);
    long n = tensor_columns(t);
    double *p = mem_alloc((size_t)n, sizeof *p);
    for (long i = 0; i < n; i++)
        p[i] = tensor_get(t, row * n + i);
    struct choices c = {.count = n < 5 ? n : 5};
    order_largest(p, n, c.count, c.order);
    for (long i = 0; i < c.count; i++)
        c.p[i] = p[c.order[i]];
    free(p);
    trace_release(s->trace, stage);
    return c;
}

static void print_steps(struct session *s)
{
    for (long row = 0; row < s->row_count; row++) {
        const struct label *l = &session_written_labels(s)->items[row];
        struct choices c = choices_of(s, row);
        printf("%3ld  %s → %s ", row + 1, l->text, l->next);
        for (long i = 0; i < c.count; i++) {
            char *label = session_label(s, session_writes(s), c.order[i]);
            printf("  %s %.4f", label, c.p[i]);
            free(label);
        }
        printf("\n");
    }
}

static struct json *steps_json(struct session *s)
{
    struct json *list = json_new_array();
    for (long row = 0; row < s->row_count; row++) {
        struct choices c = choices_of(s, row);
        struct json *step = json_new_array();
        for (long i = 0; i < c.count; i++) {
            char *label = session_label(s, session_writes(s), c.order[i]);
            struct json *j = json_new_object();
            json_add_integer(j, "id", c.order[i]);
            json_add_text(j, "text", label);
            json_add_number(j, "probability", c.p[i]);
            json_append(step, j);
            free(label);
        }
        json_append(list, step);
    }
    return list;
}

static void print_json(struct session *s, bool steps)
{
    struct json *j = json_new_object();
    if (s->text)
        json_add_text(j, "text", s->text);
    else
        json_add_number(j, "text", NAN); /* null: ids were given */
    json_add_text(j, "prediction", s->prediction);
    if (s->model->family->two_sides)
        json_add(j, "source", pieces(&s->source_labels));
    json_add(j, s->model->family->two_sides ? "target" : "input",
             pieces(session_written_labels(s)));
    json_add(j, "what_if", session_whatifs_json(s));
    if (steps)
        json_add(j, "steps", steps_json(s));
    char *text = json_print(j, true);
    fputs(text, stdout);
    free(text);
    json_free(j);
}

int run_predict(const struct options *o, struct error *e)
{
    struct session *s = cli_session(o, e);
    if (!s)
        return CLI_FAILED;
    if (option_is_set(o, OPTION_JSON))
        print_json(s, option_is_set(o, OPTION_SHOW_STEPS));
    else
        printf("%s\n", s->prediction);
    if (option_is_set(o, OPTION_SHOW_STEPS) && !option_is_set(o, OPTION_JSON))
        print_steps(s);
    char *unknown;
    if (session_unknown(s, &unknown)) {
        char *line = say_with(SAY_CLI_UNKNOWN, unknown);
        error_note("%s", line);
        free(line);
    }
    free(unknown);
    session_free(s);
    return CLI_OK;
}
