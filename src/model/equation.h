/* The equations that model families share; each appends one stage at the place in force,
 * whose rows are tokens of `side`. */
#ifndef EQUATION_H
#define EQUATION_H

#include "numbers/plan.h"

static inline struct axis axis_along(enum axis_name name, enum side side)
{
    return (struct axis){.name = name, .side = side};
}

/* x[n,k]·w[m,k]ᵀ + bias[m]; the bias may be REF_NONE. */
struct ref add_linear(struct plan *p, const char *name, const char *symbol,
                      enum role role, struct ref x, struct ref w, struct ref bias,
                      enum side side, enum axis_name columns);

/* A stage of the shape [token, columns] made of up to two others. */
struct ref add_tokenwise(struct plan *p, const char *name, const char *symbol,
                         enum op_id op, enum role role, struct ref x, struct ref y,
                         struct op_params params, enum side side, enum axis_name columns);

/* A stage with one matrix for each head. */
struct ref add_headwise(struct plan *p, const char *name, const char *symbol,
                        enum op_id op, enum role role, struct ref x, struct ref y,
                        struct op_params params, struct axis rows, struct axis columns);

/* "norm": (x - μ)/√(σ² + ε)·γ + β of each row; γ and β may be REF_NONE. */
struct ref add_layer_norm(struct plan *p, struct ref x, struct ref gamma, struct ref beta,
                          double epsilon, enum side side);

#endif
