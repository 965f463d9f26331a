/* The plan of a forward pass: every stage, in the order of computation, before any value
 * exists. A model family appends its stages with `plan_add`; a trace computes them.
 *
 * A stage has a stable id ("encoder.0.self_attn.scores"), an op, a role, inputs (earlier
 * stages or weights) and one result with named axes. Building reports the first error
 * into `plan->error` and goes on harmlessly, so a family reads as equations. */
#ifndef PLAN_H
#define PLAN_H

#include "base/error.h"
#include "numbers/op.h"
#include "numbers/tensor.h"

#include <stdbool.h>
#include <stdint.h>

enum role {
#define ROLE(ID, name, values) ROLE_##ID,
#include "numbers/role.def"
#undef ROLE
    ROLE_COUNT
};

enum role_values { VALUES_IDS, VALUES_SIGNED, VALUES_PROBABILITY };

const char *role_name(enum role role);
enum role_values role_values(enum role role);

enum axis_name {
    AXIS_NONE,
    AXIS_HEAD,
    AXIS_QUERY,
    AXIS_KEY,
    AXIS_TOKEN,
    AXIS_FEATURE,
    AXIS_HIDDEN,
    AXIS_VOCABULARY,
    AXIS_COUNT
};

/* Whose tokens label an axis. One-stack families have only a source ("input"). */
enum side { SIDE_NONE, SIDE_SOURCE, SIDE_TARGET };

struct labels;

struct axis {
    enum axis_name name;
    enum side side;
    /* borrowed, opaque here: labels of its own; NULL: those of its side */
    const struct labels *labels;
};

const char *axis_name(enum axis_name name); /* "query"; "" for none */

/* Where a value comes from. */
enum ref_kind { REF_NONE, REF_STAGE, REF_WEIGHT };

struct ref {
    enum ref_kind kind;
    int index; /* of plan->stages or plan->parts */
};

static inline bool ref_is(struct ref a, struct ref b)
{
    return a.kind == b.kind && a.index == b.index;
}

struct stage {
    char *id;
    char *symbol;  /* "Q"; for formulas */
    char *formula; /* "Q = X·W_Qᵀ + b_Q" */
    enum op_id op;
    enum role role;
    struct ref in[OP_MAX_INPUTS];
    struct op_params params; /* ids owned by the plan */
    struct tensor shape;     /* type, rank and size; no data */
    struct axis axes[TENSOR_MAX_RANK];
    uint64_t signature; /* equal for stages that must have equal values */
    bool off;           /* switched off by a what-if */
};

/* A weight, or some rows of one, as the input of a stage. */
struct part {
    char *name;   /* of the weight: "encoder.layers.0.self_attn.in_proj_weight" */
    char *symbol; /* "W_Q" */
    long first;   /* first row of the whole weight that this part shows */
    struct tensor tensor;
    struct axis axes[TENSOR_MAX_RANK]; /* zero for the weights of a model */
};

struct alias {
    char *name;
    int stage;
};

struct plan {
    struct stage *stages;
    size_t count, capacity;
    struct part *parts;
    size_t part_count, part_capacity;
    struct alias *aliases;
    size_t alias_count, alias_capacity;
    struct error error; /* the first that building met */
    const struct weights *weights; /* borrowed */
    char scope[96];     /* the prefix of the ids that are being added */
};

struct plan *plan_new(const struct weights *weights);
void plan_free(struct plan *p);

/* Sets the prefix of the next ids: plan_scope(p, "encoder.%d", 0). "" for none. */
void plan_scope(struct plan *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A weight by name, with the symbol that formulas show. A missing one is an error. */
struct ref plan_weight(struct plan *p, const char *name, const char *symbol);

/* The same, REF_NONE without an error when the model has no such weight. */
struct ref plan_weight_if_any(struct plan *p, const char *name, const char *symbol);

/* Rows first … first+rows-1 of a weight. REF_NONE stays REF_NONE. */
struct ref plan_rows(struct plan *p, struct ref weight, long first, long rows,
                     const char *symbol);

/* A matrix from outside, such as the rows of earlier steps of decoding, as an input. Its
 * memory is borrowed and must outlive the plan's traces. */
struct ref plan_given(struct plan *p, const char *name, struct tensor tensor);

/* Appends a stage. `spec.id` is the last part of the id; the scope comes before it. Set
 * id, symbol, op, role, in, params (ids are copied) and axes; the rest is filled here. */
struct ref plan_add(struct plan *p, struct stage spec);

/* Rewrites a finished plan, as what-ifs do: `change` is called for every stage in order
 * and may set its op, inputs, params and `off`, and returns whether it did. It must keep
 * the shape; ids in params are copied. Formulas and signatures follow. -1 with an error
 * when a changed stage does not fit. */
int plan_rewrite(struct plan *p,
                 bool (*change)(const struct plan *p, struct stage *s, void *data),
                 void *data, struct error *e);

/* Another name for a stage, under the scope. */
void plan_alias(struct plan *p, const char *name, struct ref stage);

/* The stage of an id or alias, or -1. */
int plan_find(const struct plan *p, const char *id);

/* A one-line formula with symbols and shapes of the stage: "[4, 7, 7]". Caller frees. */
char *plan_shape_text(const struct stage *s);

/* The tensor (without data for a stage) that a reference stands for. NULL for none. */
const struct tensor *plan_shape(const struct plan *p, struct ref ref);

#endif
