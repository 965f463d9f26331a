/* Where a number comes from: the arithmetic of one cell with its real operands, as a
 * short list of steps. A softmax opens as max, sum of exp, exp, quotient; a layer norm as
 * mean, variance, normalised, gamma and beta. Every operand says which cell of which
 * stage or weight it is, so each can be opened in turn, down to the weights.
 *
 * The arithmetic is done here in double on the values of the trace, so the last result
 * equals the cell up to rounding: within 1e-5 · max(1, Σ|terms|) for the fast engine. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "numbers/trace.h"

/* How a step's result follows from its terms. a, b, c are the operands of a term. */
enum step_kind {
    STEP_GIVEN,     /* the value is an input (a token id) */
    STEP_COPY,      /* a */
    STEP_SUM,       /* Σ a·b (a alone where there is no b) */
    STEP_MAX,       /* the largest a */
    STEP_SUM_EXP,   /* Σ exp((a - b) / T), T in step.number */
    STEP_EXP,       /* exp((a - b) / T) */
    STEP_SHARE,     /* 1 / (terms that are not -inf); 0 when step.number is 0 */
    STEP_QUOTIENT,  /* a / b, or a / (b·c) where there is a c */
    STEP_NORM,      /* √Σ a² */
    STEP_MEAN,      /* Σ a / n */
    STEP_VARIANCE,  /* Σ (a - b)² / n */
    STEP_NORMALISE, /* (a - b) / √(c + ε), ε in step.number */
    STEP_MASK,      /* a, or -inf when step.number is 0 (a key after the query) */
    STEP_RELU,      /* max(0, a) */
    STEP_GELU,      /* a·Φ(a) */
    STEP_GELU_TANH, /* its tanh form */
    STEP_SIN,       /* sin(a / b); a and b are constants */
    STEP_COS,       /* cos(a / b) */
    STEP_KIND_COUNT
};

/* A number that takes part. `from` and `cell` say where it stands: a stage or weight and
 * the row-major index in it; or REF_NONE, and then `step` is the number of the earlier
 * step it is the result of, or -1 for a constant. */
struct operand {
    double value;
    struct ref from;
    long cell;
    int step;
};

#define TERM_MAX_OPERANDS 3

struct term {
    int count; /* operands in use */
    struct operand operand[TERM_MAX_OPERANDS];
    double value; /* what the term adds: the product, the square, the exponential */
};

struct step {
    enum step_kind kind;
    const char *name;    /* "sum", "max", "exp"; static */
    const char *formula; /* "Σ x·w + b"; static */
    struct term *terms;
    long count;
    double number; /* an epsilon or a flag, by kind */
    double result;
};

#define EXPLAIN_MAX_STEPS 4

struct explanation {
    int stage;
    long cell;    /* row-major */
    double value; /* the cell itself, as the trace holds it */
    struct step steps[EXPLAIN_MAX_STEPS];
    int count;
};

/* Explains one cell. `cell` is a row-major index inside the stage's shape. Never fails;
 * free the terms with explain_free. */
struct explanation explain_cell(struct trace *t, int stage, long cell);
void explain_free(struct explanation *x);

/* The tolerance for |last result - value|. */
double explain_tolerance(const struct explanation *x);

/* Indices of the terms of a step by falling |value|, of a maximum by falling value;
 * `order` has step->count places. */
void explain_order(const struct step *step, long *order);

/* "head,row,column" of a cell of this shape, counted from 1; feature columns too. */
void explain_cell_text(const struct tensor *shape, long cell, char *out, size_t size);

#endif
