#include "model/equation.h"

/* A stage of one row a token. */
static struct ref add_rows(struct plan *p, struct stage spec, enum side side,
                           enum axis_name columns)
{
    spec.axes[0] = axis_along(AXIS_TOKEN, side);
    spec.axes[1] = axis_along(columns, SIDE_NONE);
    return plan_add(p, spec);
}

struct ref add_linear(struct plan *p, const char *name, const char *symbol,
                      enum role role, struct ref x, struct ref w, struct ref bias,
                      enum side side, enum axis_name columns)
{
    struct stage s = {.name = name, .symbol = symbol, .op = OP_LINEAR, .role = role,
                      .in = {x, w, bias}};
    return add_rows(p, s, side, columns);
}

struct ref add_tokenwise(struct plan *p, const char *name, const char *symbol,
                         enum op_id op, enum role role, struct ref x, struct ref y,
                         struct op_params params, enum side side, enum axis_name columns)
{
    struct stage s = {.name = name, .symbol = symbol, .op = op, .role = role,
                      .in = {x, y}, .params = params};
    return add_rows(p, s, side, columns);
}

struct ref add_headwise(struct plan *p, const char *name, const char *symbol,
                        enum op_id op, enum role role, struct ref x, struct ref y,
                        struct op_params params, struct axis rows, struct axis columns)
{
    return plan_add(p, (struct stage){.name = name,
                                      .symbol = symbol,
                                      .op = op,
                                      .role = role,
                                      .in = {x, y},
                                      .params = params,
                                      .axes = {axis_along(AXIS_HEAD, SIDE_NONE), rows,
                                               columns}});
}

struct ref add_layer_norm(struct plan *p, struct ref x, struct ref gamma, struct ref beta,
                          double epsilon, enum side side)
{
    struct stage s = {.name = "norm", .symbol = "N", .op = OP_LAYER_NORM,
                      .role = ROLE_NORM, .in = {x, gamma, beta},
                      .params = {.number = epsilon}};
    return add_rows(p, s, side, AXIS_FEATURE);
}
