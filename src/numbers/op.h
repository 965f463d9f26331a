/* The operations of a forward pass. Each op is one block of one file (op_*.c): its idea,
 * the rule for the shape of its result, a fast form (float32), a naive form (double), the
 * cells that a result cell is made of, and the steps that explain it. op.def lists them.
 * */
#ifndef OP_H
#define OP_H

#include "base/error.h"
#include "numbers/opening.h"

#include <stdbool.h>

enum op_id {
#define OP(ID, ...) OP_##ID,
#include "numbers/op.def"
#undef OP
    OP_COUNT
};

/* How a result cell is made. PRODUCT: a sum of products; ELEMENTWISE: of the same cell of
 * each input; ROW, COLUMN: of a whole row or column of the input; WHOLE: of all of it;
 * GATHER: one cell, moved; RECURRENCE: of a sum of products with a row of the own result
 * too; GIVEN: of constants. */
enum op_kind {
    OP_KIND_PRODUCT,
    OP_KIND_ELEMENTWISE,
    OP_KIND_ROW,
    OP_KIND_COLUMN,
    OP_KIND_WHOLE,
    OP_KIND_GATHER,
    OP_KIND_RECURRENCE,
    OP_KIND_GIVEN
};

/* The axes of the result, from those of the inputs: the same as the first; its rows and
 * the rows, or the columns, of the second; its rows behind heads; heads merged into
 * columns; one head's; its columns and rows, turned; none, since it is one number, or
 * what is left of them when each column or row is one (fibre.h). */
enum op_axes {
    AXES_SAME,
    AXES_ROWS_ROWS,
    AXES_ROWS_COLUMNS,
    AXES_PLANE,
    AXES_MERGED,
    AXES_HEAD,
    AXES_TURNED,
    AXES_ONE
};

/* How a compute line of a lesson calls an op, by its name. */
struct op_form {
    const char *arguments; /* m a matrix, M one that may be absent, n the whole number of
                              params.integer; NULL: no line calls it */
    enum op_axes axes;
    bool from_one;      /* that number is counted from 1 */
    const char *number; /* the key of params.number, "eps"; NULL for none */
    double standard;    /* what it is without the key */
};

/* A gradient on its way back through a stage. With the gradient of the result, an op adds
 * the stages that it needs and gives each input its own. */
struct backward {
    struct ref in[OP_MAX_INPUTS], out, grad;
    const struct op_call *call; /* shapes and params of the stage; no data */
    void *data;
    struct ref (*add)(struct backward *b, enum op_id op, struct ref x, struct ref y,
                      struct ref z, struct op_params params);
    void (*give)(struct backward *b, int input, struct ref gradient);
};

struct op {
    const char *name;
    enum op_kind kind;
    int least_inputs, most_inputs;
    bool takes_ids;      /* as its first input; else all inputs are numbers */
    const char *formula; /* $1 … stand for the symbols of the inputs, $0 for its own */
    /* Sets rank and size of the result. Returns what is wrong, or NULL. Plans come from
     * files too, so it holds against any constants and any inputs that call_takes. */
    const char *(*shape)(const struct op_call *call);
    void (*forward)(const struct op_call *call);
    void (*naive)(const struct op_call *call);
    op_sources *sources;
    void (*steps)(struct opening *o);
    void (*backward)(struct backward *b); /* NULL: no gradient goes through … */
    const char *constant;                 /* … for this reason */
    struct op_form form;
};

/* For the integer of scores: 0 instead of -inf in the columns beyond a sentence. */
#define SCORES_ZERO 1

#define OP(ID, name) extern const struct op op_##name;
#include "numbers/op.def"
#undef OP

/* The functions of one number that have an op of their own: "sin". NaN for none. */
bool op_is_function(const char *name);
double op_function(const char *name, double x);

/* ---- what several ops share: rules for shapes ---- */

/* Sets the shape of the result; what is wrong with it, or NULL. */
const char *shape_set(const struct op_call *c, int rank, long a, long b, long d);
/* [heads, a, b], or [a, b] where the first input is a matrix. */
const char *shape_set_heads(const struct op_call *c, long a, long b);

bool shape_has_rank(const struct op_call *c, int input, int rank);
bool shape_are_heads(const struct op_call *c);
bool shape_fits_pack(const struct pack *pack, const struct tensor *t);
bool shape_is_position(long x);

const char *shape_sized(const struct op_call *c);  /* of the params' size */
const char *shape_same(const struct op_call *c);   /* of the first input */
const char *shape_equal(const struct op_call *c);  /* of two inputs of one shape */
const char *shape_matrix(const struct op_call *c); /* of the first input, a matrix */

/* ---- sources ---- */

/* Writes source number n where there is room; n + 1. */
long sources_put(struct op_source *out, long limit, long n, struct op_source source);

op_sources sources_none;   /* constants only */
op_sources sources_each;   /* the same cell of every input */
op_sources sources_row;    /* the whole row of the first input */
op_sources sources_column; /* the whole column of the first input */
op_sources sources_all;    /* every cell of the first input */
op_sources sources_every;  /* every cell of every input */

/* ---- steps ---- */

void steps_given(struct opening *o); /* an input of the run */
/* A number that nothing here makes: `formula` says what it is, "0: switched off". */
void steps_told(struct opening *o, const char *formula);
void steps_sum(struct opening *o); /* Σ of the sources, a·b or a */
void steps_copy(struct opening *o);

/* ---- gradients ---- */

/* Adds a stage of up to two inputs. */
struct ref backward_add(struct backward *b, enum op_id op, struct ref x, struct ref y,
                        struct op_params params);
/* The gradient goes on as it is, to every input. */
void backward_same(struct backward *b);

/* Whether the input is there. */
static inline bool backward_has(const struct backward *b, int input)
{
    return b->in[input].kind != REF_NONE;
}

#endif
