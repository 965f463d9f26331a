#include "study/effect_text.h"

#include "base/order.h"
#include "base/say.h"
#include "base/text.h"
#include "study/render.h"

#include <math.h>
#include <stdlib.h>

#define NUDGE 1e-3 /* of the number, or of 1 where it is smaller */

long effect_row(const struct session *s, const struct stage *stage, long cell)
{
    int axis = stage->shape.rank - 2;
    if (cell < 0 || axis < 0 || stage->axes[axis].side != session_writes(s) ||
        call_rows(&stage->shape) != s->row_count)
        return 0;
    return cell / tensor_columns(&stage->shape) % call_rows(&stage->shape);
}

static void add_padded(struct buffer *out, const char *word, int columns)
{
    char *padded = text_padded(word, columns);
    buffer_add(out, padded);
    free(padded);
}

static void tell_number(struct buffer *out, const char *name, double x)
{
    char text[RENDER_NUMBER];
    add_padded(out, name, -11);
    if (isfinite(x))
        buffer_addf(out, "%.6g\n", x);
    else
        buffer_addf(out, "%s\n", render_number(x, 6, text));
}

static void tell_prediction(struct session *s, const struct effect_of *of,
                            struct buffer *out)
{
    char *token = session_label(s, session_writes(s), of->token);
    buffer_addf(out, "%s %ld: %s  p = %.6f  log p = %.6f\n", say(SAY_CLI_EFFECT_ROW),
                of->row + 1, token, exp(of->logarithm), of->logarithm);
    free(token);
}

static void tell_name(struct session *s, int stage, long cell, struct buffer *out)
{
    struct label_sets sets = session_label_sets(s);
    const struct plan *p = trace_plan(s->trace);
    char *name = render_cell_name(p, (struct ref){REF_STAGE, stage}, cell);
    char *tokens = render_cell_tokens(p, &sets, stage, cell);
    buffer_addf(out, "%s%s%s", name, *tokens ? "  " : "", tokens);
    free(name);
    free(tokens);
}

static double value_at(struct session *s, int stage, long cell)
{
    double x = tensor_get(trace_acquire(s->trace, stage), cell);
    trace_release(s->trace, stage);
    return x;
}

static void tell_cell(struct session *s, const struct effect_of *of, int stage,
                      long cell, struct buffer *out)
{
    int gradients = effect_gradients(s, stage);
    double x = value_at(s, stage, cell);
    double by = NUDGE * (isfinite(x) ? fmax(1, fabs(x)) : 1);
    double up = effect_nudged(s, of, stage, cell, by);
    double down = effect_nudged(s, of, stage, cell, -by);
    tell_name(s, stage, cell, out);
    buffer_addf(out, "\n");
    tell_number(out, say(SAY_CLI_EFFECT_VALUE), x);
    tell_number(out, say(SAY_CLI_EFFECT_GRADIENT),
                 gradients < 0 ? 0 : value_at(s, gradients, cell));
    buffer_addf(out, "%s\n", say(SAY_CLI_EFFECT_MEASURED));
    buffer_addf(out, "  + %-8g log p = %.9f  (%+.3g)\n", by, up, up - of->logarithm);
    buffer_addf(out, "  - %-8g log p = %.9f  (%+.3g)\n", by, down, down - of->logarithm);
    tell_number(out, say(SAY_CLI_EFFECT_SLOPE), (up - down) / (2 * by));
}

void effect_tell_top(struct session *s, int stage, long top, struct buffer *out)
{
    int gradients = effect_gradients(s, stage);
    long n = tensor_count(&trace_plan(s->trace)->stages[stage].shape);
    double *size = mem_alloc((size_t)n, sizeof *size);
    long *order = mem_alloc((size_t)n, sizeof *order);
    for (long i = 0; i < n; i++)
        size[i] = gradients < 0 ? 0 : fabs(value_at(s, gradients, i));
    top = top < n ? top : n;
    order_largest(size, n, top, order);
    add_padded(out, say(SAY_CLI_EFFECT_GRADIENT), 14);
    add_padded(out, say(SAY_CLI_EFFECT_VALUE), 16);
    buffer_add(out, "\n");
    for (long i = 0; i < top && size[order[i]] > 0; i++) {
        buffer_addf(out, "%+14.6g  %14.6g  ", value_at(s, gradients, order[i]),
               value_at(s, stage, order[i]));
        tell_name(s, stage, order[i], out);
        buffer_addf(out, "\n");
    }
    free(size);
    free(order);
}

void effect_tell(struct session *s, const struct effect_of *of, int stage, long cell,
                 struct buffer *out)
{
    tell_prediction(s, of, out);
    if (cell >= 0)
        tell_cell(s, of, stage, cell, out);
}
