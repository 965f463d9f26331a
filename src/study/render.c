#include "study/render.h"


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *render_number(double x, int digits, char out[RENDER_NUMBER])
{
    if (isnan(x))
        snprintf(out, RENDER_NUMBER, "NaN");
    else if (isinf(x))
        snprintf(out, RENDER_NUMBER, x < 0 ? "-∞" : "∞");
    else if (digits < 0)
        snprintf(out, RENDER_NUMBER, x == 0 ? "0" : "%.*e", -digits - 1, x);
    else if (fabs(x) >= 1e7)
        snprintf(out, RENDER_NUMBER, "%.*e", digits < 9 ? digits : 9, x);
    else
        snprintf(out, RENDER_NUMBER, "%.*f", digits, x);
    /* a rounded -0.00 has no sign */
    if (out[0] == '-' && !strpbrk(out, "123456789\xe2"))
        memmove(out, out + 1, strlen(out));
    return out;
}

int render_digits(double size, int digits)
{
    bool hidden = size != 0 && fabs(size) < 0.5 * pow(10, -digits);
    return hidden ? -digits : digits;
}

char *render_cell_name(const struct plan *p, struct ref from, long cell)
{
    char at[64];
    if (from.kind == REF_STAGE) {
        const struct stage *s = &p->stages[from.index];
        explain_cell_text(&s->shape, cell, at, sizeof at);
        return mem_format("%s[%s]", stage_id(s), at);
    }
    if (from.kind != REF_WEIGHT)
        return mem_string("");
    const struct part *part = &p->parts[from.index];
    struct tensor whole = part->tensor; /* up to this part's last row */
    long stride = tensor_count(&whole) / whole.size[0];
    whole.size[0] += part->first;
    explain_cell_text(&whole, cell + part->first * stride, at, sizeof at);
    return mem_format("%s[%s]", part->name, at);
}

static void add_label(struct buffer *b, const struct labels *l, long index)
{
    if (!l || index >= (long)l->count)
        return;
    buffer_add(b, l->items[index].text);
    if (l->items[index].next)
        buffer_addf(b, " → %s", l->items[index].next);
}

char *render_cell_tokens(const struct plan *p, const struct label_sets *sets, int stage,
                         long cell)
{
    const struct stage *s = &p->stages[stage];
    struct buffer b = {0};
    int rank = s->shape.rank, row = rank > 1 ? rank - 2 : 0;
    long columns = tensor_columns(&s->shape);
    long r = rank > 1 ? cell / columns % s->shape.size[row] : cell, c = cell % columns;
    add_label(&b, labels_of_axis(sets, s->axes[row]), r);
    const struct labels *across =
        rank > 1 ? labels_of_axis(sets, s->axes[rank - 1]) : NULL;
    if (across && c < (long)across->count)
        buffer_addf(&b, "%s%s", s->axes[rank - 1].name == AXIS_VOCABULARY ? " : " : " ← ",
                    across->items[c].text);
    return buffer_take(&b);
}

/* How a term reads: $a, $b, $c are its operands. */
static const char *const term_forms[STEP_KIND_COUNT] = {
    [STEP_GIVEN] = "$a",
    [STEP_COPY] = "$a",
    [STEP_SUM] = "$a·$b",
    [STEP_MAX] = "$a",
    [STEP_MIN] = "$a",
    [STEP_SUM_EXP] = "exp($a - $b)",
    [STEP_EXP] = "exp($a - $b)",
    [STEP_SHARE] = "$a",
    [STEP_QUOTIENT] = "$a / $b",
    [STEP_NORM] = "($a)²",
    [STEP_MEAN] = "$a",
    [STEP_VARIANCE] = "($a - $b)²",
    [STEP_NORMALISE] = "($a - $b) / √($c + $n)",
    [STEP_MASK] = "$a",
    [STEP_RELU] = "max(0, $a)",
    [STEP_GELU] = "$a·Φ($a)",
    [STEP_GELU_TANH] = "gelu($a)",
    [STEP_SIN] = "sin($a / $b)",
    [STEP_COS] = "cos($a / $b)",
    [STEP_LOG] = "log($a)",
    [STEP_TANH] = "tanh($a)",
    [STEP_ROOT] = "√$a",
    [STEP_ENTROPY] = "$a·log2(1/$a)",
    [STEP_FUNCTION] = "f($a)",
};

/* Whether the terms are a list to choose from, not a sum. */
static bool is_choice(enum step_kind kind)
{
    return kind == STEP_MAX || kind == STEP_MIN;
}

/* What stands around and between the terms of a step. */
static const char *opening(enum step_kind kind)
{
    return kind == STEP_MAX                             ? "max("
           : kind == STEP_MIN                           ? "min("
           : kind == STEP_NORM                          ? "√("
           : kind == STEP_MEAN || kind == STEP_VARIANCE ? "("
                                                        : "";
}

static const char *separator(enum step_kind kind)
{
    return is_choice(kind) ? ", " : " + ";
}

static void add_closing(struct buffer *b, const struct step *s)
{
    if (is_choice(s->kind) || s->kind == STEP_NORM)
        buffer_add(b, ")");
    else if (s->kind == STEP_MEAN || s->kind == STEP_VARIANCE)
        buffer_addf(b, ") / %ld", s->count);
    else if (s->kind == STEP_MASK)
        buffer_add(b, s->number != 0 ? " (key ≤ query)" : " → -∞ (key > query)");
}

const char *render_term_form(const struct step *s, const struct term *t)
{
    if (s->kind == STEP_SUM && t->count == 1)
        return "$a";
    if (s->kind == STEP_QUOTIENT && t->count == 3)
        return "$a / ($b·$c)";
    if ((s->kind == STEP_EXP || s->kind == STEP_SUM_EXP) && s->number != 1)
        return "exp(($a - $b) / $n)";
    if (s->kind == STEP_FUNCTION && s->form)
        return s->form;
    return term_forms[s->kind];
}

/* A negative number stands in brackets after an operator, "0.5·(-1.2)", but not after an
 * opening bracket or a comma; at the beginning of a form, only after another term. */
static bool needs_brackets(const struct step *s, const char *form, const char *dollar,
                           bool first)
{
    if (dollar == form)
        return !first && !is_choice(s->kind);
    return dollar[-1] != '(' && !(dollar - form > 1 && dollar[-2] == ',');
}

static void add_term(struct buffer *b, const struct step *s, const struct term *t,
                     bool first, int digits)
{
    char number[RENDER_NUMBER];
    const char *form = render_term_form(s, t);
    for (const char *f = form; *f; f++) {
        if (*f != '$') {
            buffer_add_bytes(b, f, 1);
            continue;
        }
        f++;
        if (*f == 'n') {
            buffer_addf(b, "%g", s->number);
            continue;
        }
        const struct operand *o = &t->operand[*f - 'a'];
        render_number(o->value, digits, number);
        bool brackets = *number == '-' && needs_brackets(s, form, f - 1, first);
        buffer_addf(b, brackets ? "(%s)" : "%s", number);
    }
}

char *render_step(const struct explanation *x, int step, int digits, long top)
{
    const struct step *s = &x->steps[step];
    struct buffer b = {0};
    char number[RENDER_NUMBER];
    if (s->kind == STEP_SHARE && s->number != 0)
        buffer_addf(&b, "1 / %.0f = ", s->number / s->result);
    if (s->kind == STEP_SHARE || s->kind == STEP_GIVEN || s->count == 0) {
        buffer_add(&b, render_number(s->result, digits, number));
        return buffer_take(&b);
    }
    long *order = mem_alloc((size_t)s->count, sizeof *order), shown = s->count;
    explain_order(s, order);
    bool all = s->count <= top;
    if (!all)
        shown = top;
    buffer_add(&b, opening(s->kind));
    double rest = 0;
    for (long i = 0; i < s->count; i++) {
        const struct term *t = &s->terms[all ? i : order[i]];
        if (i >= shown) {
            rest += t->value;
            continue;
        }
        if (i)
            buffer_add(&b, separator(s->kind));
        add_term(&b, s, t, i == 0, digits);
    }
    if (!all && is_choice(s->kind))
        buffer_addf(&b, ", … %ld more", s->count - shown);
    else if (!all)
        buffer_addf(&b,
                    render_number(rest, digits, number)[0] == '-'
                        ? " + (%s) (%ld more term%s)"
                        : " + %s (%ld more term%s)",
                    number, s->count - shown,
                    s->count - shown == 1 ? "" : "s");
    add_closing(&b, s);
    buffer_addf(&b, " = %s", render_number(s->result, digits, number));
    free(order);
    return buffer_take(&b);
}

/* ---- the whole explanation ---- */

struct writer {
    struct trace *trace;
    const struct label_sets *sets;
    struct render_options options;
    struct buffer *out;
    size_t counted; /* bytes of `out` whose lines are counted */
    long lines;
    int deepest; /* level at which a cell was written */
};

/* Whether more was written than anybody reads; a cell's own lines are not cut. */
static bool is_full(struct writer *w)
{
    for (; w->counted < w->out->length; w->counted++)
        w->lines += w->out->data[w->counted] == '\n';
    return w->lines > RENDER_LINES || w->out->length > RENDER_BYTES;
}

static void indent(struct writer *w, int level)
{
    for (int i = 0; i < level; i++)
        buffer_add(w->out, "    ");
}

static void write_operands(struct writer *w, const struct step *s, int level)
{
    const struct plan *p = trace_plan(w->trace);
    long *order = mem_alloc((size_t)s->count, sizeof *order);
    explain_order(s, order);
    for (long i = 0; i < s->count && i < w->options.top; i++) {
        const struct term *t = &s->terms[order[i]];
        char number[RENDER_NUMBER];
        int named = 0;
        for (int k = 0; k < t->count; k++) {
            if (t->operand[k].from.kind == REF_NONE)
                continue;
            char *name = render_cell_name(p, t->operand[k].from, t->operand[k].cell);
            if (!named++) {
                indent(w, level);
                buffer_add(w->out, render_number(t->value, w->options.digits, number));
            }
            buffer_addf(w->out, "%s%s", named > 1 ? " · " : "  ", name);
            free(name);
        }
        buffer_add(w->out, named ? "\n" : "");
    }
    if (s->count > w->options.top) {
        double rest = 0;
        char number[RENDER_NUMBER];
        for (long i = w->options.top; i < s->count; i++)
            rest += s->terms[order[i]].value;
        indent(w, level);
        if (is_choice(s->kind) || s->kind == STEP_MEAN || s->kind == STEP_SHARE)
            buffer_addf(w->out, "… and %ld more\n", s->count - w->options.top);
        else
            buffer_addf(w->out, "%s  the other %ld term%s together\n",
                        render_number(rest, w->options.digits, number),
                        s->count - w->options.top,
                        s->count - w->options.top == 1 ? "" : "s");
    }
    free(order);
}

/* The cells that an explanation reads from other stages, each once, largest terms of the
 * last step that has any first; at most `most`. */
static long stage_operands(const struct explanation *x, struct operand *out, long most)
{
    long n = 0;
    for (int i = x->count - 1; i >= 0; i--) {
        const struct step *s = &x->steps[i];
        long *order = mem_alloc((size_t)s->count, sizeof *order);
        explain_order(s, order);
        for (long j = 0; j < s->count; j++)
            for (int k = 0; k < s->terms[order[j]].count && n < most; k++) {
                const struct operand *o = &s->terms[order[j]].operand[k];
                bool known = o->from.kind != REF_STAGE;
                for (long m = 0; m < n && !known; m++)
                    known = ref_is(out[m].from, o->from) && out[m].cell == o->cell;
                if (!known)
                    out[n++] = *o;
            }
        free(order);
    }
    return n;
}

static void write_cell(struct writer *w, int stage, long cell, int level)
{
    if (is_full(w))
        return;
    const struct plan *p = trace_plan(w->trace);
    w->deepest = level > w->deepest ? level : w->deepest;
    struct explanation x = explain_cell(w->trace, stage, cell);
    struct ref here = {REF_STAGE, stage};
    char number[RENDER_NUMBER];
    char *name = render_cell_name(p, here, cell);
    char *tokens = render_cell_tokens(p, w->sets, stage, cell);
    indent(w, level);
    buffer_addf(w->out, "%s = %s%s%s%s\n", name,
                render_number(x.value, w->options.digits, number), *tokens ? "   (" : "",
                tokens, *tokens ? ")" : "");
    indent(w, level);
    buffer_addf(w->out, "  %s\n", stage_formula(&p->stages[stage]));
    for (int i = 0; i < x.count; i++) {
        char *line = render_step(&x, i, w->options.digits, w->options.top);
        indent(w, level);
        buffer_addf(w->out, "  %d. %s: %s\n", i + 1, x.steps[i].name,
                    x.steps[i].formula);
        indent(w, level);
        buffer_addf(w->out, "     %s\n", line);
        free(line);
        write_operands(w, &x.steps[i], level + 2);
    }
    if (level + 1 < w->options.depth) {
        long most = w->options.top < RENDER_LINES ? w->options.top : RENDER_LINES;
        struct operand *list = mem_alloc((size_t)most, sizeof *list);
        long n = stage_operands(&x, list, most);
        for (long i = 0; i < n; i++)
            write_cell(w, list[i].from.index, list[i].cell, level + 1);
        free(list);
    }
    free(name);
    free(tokens);
    explain_free(&x);
}

/* The explanation opened down to `depth`; false when it is longer than anybody reads. */
static bool write_levels(struct writer *w, int stage, long cell, int depth)
{
    w->options.depth = depth;
    write_cell(w, stage, cell, 0);
    return depth == 1 || !is_full(w);
}

void render_explanation(struct trace *t, const struct label_sets *sets, int stage,
                        long cell, const struct render_options *options,
                        struct buffer *out)
{
    struct buffer whole = {0};
    bool fits = true, more = true;
    int most = options->depth > 1 ? options->depth : 1, depth;
    for (depth = 1; depth <= most && more; depth++) {
        struct buffer next = {0};
        struct writer w = {t, sets, *options, &next, 0, 0, 0};
        w.options.digits = w.options.digits ? w.options.digits : 6;
        w.options.top = w.options.top < 1 ? 5 : w.options.top;
        fits = write_levels(&w, stage, cell, depth);
        more = fits && w.deepest + 1 == depth;
        buffer_free(fits ? &whole : &next);
        if (fits)
            whole = next;
    }
    buffer_add_bytes(out, whole.data, whole.length);
    if (!fits)
        buffer_addf(
            out,
            "… %d of %d levels are shown: one more would be over %d lines or "
            "%zu MB. Explain one of these cells, or list fewer terms with --top.\n",
            depth - 2, most, RENDER_LINES, RENDER_BYTES >> 20);
    buffer_free(&whole);
}
