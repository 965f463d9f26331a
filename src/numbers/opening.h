/* How a cell is opened: its arithmetic as a short list of steps, written by the op that
 * made it. Terms of a step are operands that name the cell they stand in, so that each
 * can be opened in turn. */
#ifndef OPENING_H
#define OPENING_H

#include "numbers/call.h"

/* How a step's result follows from its terms. a, b, c are the operands of a term. */
enum step_kind {
    STEP_GIVEN,     /* the value is an input (a token id) */
    STEP_COPY,      /* a */
    STEP_SUM,       /* Σ a·b (a alone where there is no b) */
    STEP_MAX,       /* the largest a */
    STEP_MIN,       /* the smallest a */
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
    STEP_LOG,       /* log(a) */
    STEP_TANH,      /* tanh(a) */
    STEP_ROOT,      /* √a */
    STEP_ENTROPY,   /* Σ a·log2(1/a); 0 for an a that is not positive */
    STEP_FUNCTION,  /* what step.form says */
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
    const char *form; /* of STEP_FUNCTION: how a term reads, "sin($a)"; static */
};

#define EXPLAIN_MAX_STEPS 8

struct explanation {
    int stage;
    long cell;    /* row-major */
    double value; /* the cell itself, as the trace holds it */
    struct step steps[EXPLAIN_MAX_STEPS];
    int count;
};

/* One opening: the call as the op saw it, and the explanation being written. */
struct opening {
    struct ref in[OP_MAX_INPUTS];
    struct tensor shape; /* of the result, with its numbers */
    struct op_call call;
    op_sources *sources;
    struct explanation *x;
};

/* The operands that a step can have: a cell of an input or of the own result, a constant,
 * the result of an earlier step. */
struct operand opening_input(const struct opening *o, int input, long cell);
struct operand opening_constant(double value);
struct operand opening_result(const struct opening *o, int step);

/* A new step with room for that many terms, all 0. */
struct step *opening_step(struct opening *o, enum step_kind kind, const char *name,
                          const char *formula, long terms);
void term_set(struct term *t, double value, int count, struct operand a,
              struct operand b);

/* The sources of the cell; caller frees. Returns how many. */
long opening_sources(const struct opening *o, struct op_source **out);

/* Steps that several ops share: one term of one operand, the only source of the cell (NaN
 * where there is none); the sum and the mean of n sources; a - b. */
struct step *opening_single(struct opening *o, enum step_kind kind, const char *name,
                            const char *formula);
struct step *opening_sum(struct opening *o, const struct op_source *list, long n);
struct step *opening_mean(struct opening *o, const struct op_source *list, long n);
/* Mean and variance of the first n sources, in two steps. */
void opening_moments(struct opening *o, const struct op_source *list, long n);
/* √Σ a² of n cells of an input from `first` on, each `step` further. */
void opening_norm(struct opening *o, const char *name, int input, long first, long step,
                  long n);
/* The slope of a function at the cell of the first input, called `name`, and cell `g` of
 * the second times it, in two steps. */
void opening_slope(struct opening *o, const char *name, double (*slope)(double), long g);
void opening_difference(struct opening *o, const char *formula, struct operand a,
                        struct operand b);

#endif
