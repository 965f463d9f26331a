#include "cli/runs.h"

#include "base/order.h"
#include "base/say.h"
#include "cli/common.h"
#include "study/address.h"
#include "study/effect.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NUDGE 1e-3 /* of the number, or of 1 where it is smaller */

/* ---- which token ---- */

/* A piece with or without quotes, or a number from 1 as in addresses. */
static int read_token(const struct options *o, struct session *s, long *token,
                      struct error *e)
{
    const char *text = option_text(o, OPTION_ON, NULL);
    const struct labels *words = session_label_sets(s).vocabulary;
    long size = model_vocabulary(s->model, session_writes(s));
    *token = -1;
    if (!text)
        return 0;
    if (address_parse_part(text, words, size, token, NULL) == 0)
        return 0;
    char *quoted = mem_format("'%s'", text);
    int status = address_parse_part(quoted, words, size, token, e);
    free(quoted);
    return status;
}

/* The row of the cell where its stage has rows that are written, else the first. */
static long row_of_cell(const struct session *s, const struct stage *stage, long cell)
{
    int axis = stage->shape.rank - 2;
    if (cell < 0 || axis < 0 || stage->axes[axis].side != session_writes(s) ||
        call_rows(&stage->shape) != s->row_count)
        return 0;
    return cell / tensor_columns(&stage->shape) % call_rows(&stage->shape);
}

static int read_row(const struct options *o, const struct session *s,
                    const struct stage *stage, long cell, long *row, struct error *e)
{
    long number = row_of_cell(s, stage, cell) + 1;
    if (option_integer(o, OPTION_ROW, 1, s->row_count, &number, e) < 0)
        return -1;
    *row = number - 1;
    return 0;
}

/* ---- printing ---- */

static void print_number(const char *name, double x)
{
    char text[RENDER_NUMBER];
    if (isfinite(x))
        printf("%-10s %.6g\n", name, x);
    else
        printf("%-10s %s\n", name, render_number(x, 6, text));
}

static void print_prediction(struct session *s, const struct effect_of *of)
{
    char *token = session_label(s, session_writes(s), of->token);
    printf("%s %ld: %s  p = %.6f  log p = %.6f\n", say(SAY_CLI_EFFECT_ROW), of->row + 1,
           token, exp(of->logarithm), of->logarithm);
    free(token);
}

static void print_cell_name(struct session *s, int stage, long cell)
{
    struct label_sets sets = session_label_sets(s);
    const struct plan *p = trace_plan(s->trace);
    char *name = render_cell_name(p, (struct ref){REF_STAGE, stage}, cell);
    char *tokens = render_cell_tokens(p, &sets, stage, cell);
    printf("%s%s%s", name, *tokens ? "  " : "", tokens);
    free(name);
    free(tokens);
}

static double value_at(struct session *s, int stage, long cell)
{
    double x = tensor_get(trace_acquire(s->trace, stage), cell);
    trace_release(s->trace, stage);
    return x;
}

static void print_cell(struct session *s, const struct effect_of *of, int stage,
                       long cell)
{
    int gradients = effect_gradients(s, stage);
    double x = value_at(s, stage, cell);
    double by = NUDGE * (isfinite(x) ? fmax(1, fabs(x)) : 1);
    double up = effect_nudged(s, of, stage, cell, by);
    double down = effect_nudged(s, of, stage, cell, -by);
    print_cell_name(s, stage, cell);
    printf("\n");
    print_number(say(SAY_CLI_EFFECT_VALUE), x);
    print_number(say(SAY_CLI_EFFECT_GRADIENT),
                 gradients < 0 ? 0 : value_at(s, gradients, cell));
    printf("%s\n", say(SAY_CLI_EFFECT_MEASURED));
    printf("  + %-8g log p = %.9f  (%+.3g)\n", by, up, up - of->logarithm);
    printf("  - %-8g log p = %.9f  (%+.3g)\n", by, down, down - of->logarithm);
    print_number(say(SAY_CLI_EFFECT_SLOPE), (up - down) / (2 * by));
}

/* The cells with the largest gradients. */
static void print_top(struct session *s, int stage, long top)
{
    int gradients = effect_gradients(s, stage);
    long n = tensor_count(&trace_plan(s->trace)->stages[stage].shape);
    double *size = mem_alloc((size_t)n, sizeof *size);
    long *order = mem_alloc((size_t)n, sizeof *order);
    for (long i = 0; i < n; i++)
        size[i] = gradients < 0 ? 0 : fabs(value_at(s, gradients, i));
    top = top < n ? top : n;
    order_largest(size, n, top, order);
    printf("%14s  %14s\n", say(SAY_CLI_EFFECT_GRADIENT), say(SAY_CLI_EFFECT_VALUE));
    for (long i = 0; i < top && size[order[i]] > 0; i++) {
        printf("%+14.6g  %14.6g  ", value_at(s, gradients, order[i]),
               value_at(s, stage, order[i]));
        print_cell_name(s, stage, order[i]);
        printf("\n");
    }
    free(size);
    free(order);
}

/* ---- the command ---- */

static int find_cell(const struct options *o, struct session *s, int stage, long *cell,
                     struct error *e)
{
    bool given = o->count > 1 + !cli_has_text(o);
    const char *text = given ? cli_argument(o, 1) : NULL;
    struct label_sets sets = session_label_sets(s);
    const struct stage *st = &trace_plan(s->trace)->stages[stage];
    *cell = -1;
    if (st->shape.type == TENSOR_I32)
        return error_set(e, "%s: ids have no effect of their own; they are no numbers to "
                         "change a little", stage_id(st));
    if (text)
        return address_parse(text, st, &sets, cell, e);
    if (option_is_set(o, OPTION_TOP))
        return 0;
    return error_usage(e, "effect: CELL is missing; or give --top N");
}

static int effect(const struct options *o, struct session *s, struct error *e)
{
    long top = 10, cell, row, token;
    struct effect_of of;
    if (option_integer(o, OPTION_TOP, 1, 100000, &top, e) < 0)
        return -1;
    int stage = cli_stage(s, cli_argument(o, 0), e);
    if (stage < 0 || find_cell(o, s, stage, &cell, e) < 0 ||
        read_row(o, s, &trace_plan(s->trace)->stages[stage], cell, &row, e) < 0 ||
        read_token(o, s, &token, e) < 0)
        return -1;
    if (trace_plan(s->trace)->stages[stage].place.gradient)
        return error_set(e, "effect: %s is a gradient; give a stage of the pass",
                         cli_argument(o, 0));
    if (effect_begin(s, row, token, &of, e) < 0)
        return -1;
    print_prediction(s, &of);
    if (cell >= 0)
        print_cell(s, &of, stage, cell);
    if (option_is_set(o, OPTION_TOP))
        print_top(s, stage, top);
    return 0;
}

int run_effect(const struct options *o, struct error *e)
{
    struct session *s = cli_session(o, e);
    int result = s ? effect(o, s, e) : -1;
    session_free(s);
    return result == 0 ? CLI_OK : e->usage ? CLI_USAGE : CLI_FAILED;
}
