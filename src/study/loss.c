#include "study/loss.h"

int loss_add(struct plan *p, const int32_t *right, long count, struct error *e)
{
    return loss_add_smoothed(p, right, count, 0, e);
}

int loss_add_smoothed(struct plan *p, const int32_t *right, long count, double smoothing,
                      struct error *e)
{
    int logits = plan_find_role(p, ROLE_LOGITS);
    if (logits < 0)
        return error_set(e, "this model gives no logits; a loss needs them");
    struct stage l = p->stages[logits];
    plan_scope(p, PLACE_NOWHERE);
    struct ref logs = plan_add(p, (struct stage){.name = "log_probabilities",
                                                 .symbol = "log p",
                                                 .op = OP_LOG_SOFTMAX,
                                                 .role = ROLE_LOG_PROBABILITIES,
                                                 .in = {{REF_STAGE, logits}},
                                                 .axes = {l.axes[0], l.axes[1]}});
    struct ref loss =
        plan_add(p, (struct stage){.name = "loss",
                                   .symbol = "loss",
                                   .op = OP_LOSS,
                                   .role = ROLE_LOSS,
                                   .in = {logs},
                                   .params = {.ids = right,
                                              .size = {count, 0},
                                              .number = smoothing}});
    if (p->error.set)
        return error_set(e, "%s", p->error.message);
    return loss.index;
}

int loss_stage(const struct plan *p)
{
    return plan_find_role(p, ROLE_LOSS);
}
