/* What a number does to the prediction: its gradient is the slope that is measured when
 * the number is changed and everything behind it computed again. */
#include "study/effect.h"

#include "base/memory.h"
#include "models.h"

#include <math.h>

static struct session *open_session(const char *model)
{
    static const int32_t source[] = {5, 9, 7, 2}, target[] = {4, 8, 6};
    struct error e = {0};
    struct session *s = session_new(open_model(model), &(struct session_options){0});
    if (session_set_ids(s, source, 4, &e) < 0 ||
        session_set_target_ids(s, target, 3, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s: %s", model, e.message);
    return s;
}

/* A few cells of the stage, from the first to the last. */
static void check_stage(struct session *s, const struct effect_of *of, int stage)
{
    const struct stage *st = &trace_plan(s->trace)->stages[stage];
    long n = tensor_count(&st->shape);
    int gradients = effect_gradients(s, stage);
    for (long cell = 0; cell < n; cell += n / 3 + 1) {
        double up = effect_nudged(s, of, stage, cell, 1e-5);
        double down = effect_nudged(s, of, stage, cell, -1e-5);
        double slope = (up - down) / 2e-5, mine = 0;
        if (gradients >= 0) {
            mine = tensor_get(trace_acquire(s->trace, gradients), cell);
            trace_release(s->trace, gradients);
        }
        if (!(fabs(slope - mine) <= 1e-4 * fmax(1, fabs(slope))))
            fail_msg("%s[%ld]: gradient %g, measured %g", stage_id(st), cell, mine,
                     slope);
    }
}

static void gradients_are_the_slopes_that_are_measured(void **state)
{
    (void)state;
    static const char *const models[] = {"tests/data/models/post", "tests/data/models/pre",
                                         "tests/data/models/one"};
    for (int i = 0; i < 3; i++) {
        struct session *s = open_session(models[i]);
        struct effect_of of;
        struct error e = {0};
        assert_int_equal(effect_begin(s, 1, i ? -1 : 7, &of, &e), 0);
        assert_int_equal(of.token, i ? session_argmax(s, 1) : 7);
        int last = plan_find(trace_plan(s->trace), "logits");
        for (int stage = 0; stage <= last; stage++)
            if (trace_plan(s->trace)->stages[stage].shape.type != TENSOR_I32)
                check_stage(s, &of, stage);
        session_free(s);
    }
}

/* The row before cannot see the token; the mask lets nothing through. */
static void what_cannot_reach_the_row_does_nothing(void **state)
{
    (void)state;
    struct session *s = open_session("tests/data/models/post");
    struct effect_of of;
    struct error e = {0};
    assert_int_equal(effect_begin(s, 0, -1, &of, &e), 0);
    int stage = plan_find(trace_plan(s->trace), "decoder.0.norm3");
    long columns = trace_plan(s->trace)->stages[stage].shape.size[1];
    assert_true(effect_nudged(s, &of, stage, 2 * columns, 0.5) == of.logarithm);
    assert_true(effect_nudged(s, &of, stage, 0, 0.5) != of.logarithm);
    session_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_the_slopes_that_are_measured),
        cmocka_unit_test(what_cannot_reach_the_row_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
