/* What is shown and its proof: of a run by either engine, under what-ifs, and of a worked
 * example without a model; the proof is of the run that is shown, and finds what is
 * wrong. */
#include "study/exhibit.h"

#include "base/memory.h"
#include "base/say.h"
#include "models.h"
#include "toy.h"

#include <math.h>

#define TEXT "나는 학교에 간다"

static struct session *run(enum engine engine, const char *whatif)
{
    struct error e = {0};
    struct whatifs list = {0};
    struct session_options options = {.trace.engine = engine};
    struct session *s = session_new(open_model(MODEL_DEFAULT), &options);
    if (whatif)
        assert_int_equal(whatifs_add(&list, whatif, &e), 0);
    assert_int_equal(session_set_whatifs(s, &list, &e), 0);
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    whatifs_free(&list);
    return s;
}

static void a_session_as_a_whole(void **state)
{
    (void)state;
    struct session *s = run(ENGINE_FAST, NULL);
    struct exhibit x = exhibit_of_session(s);
    double limit = 1;
    assert_ptr_equal(x.session, s);
    assert_ptr_equal(x.model, s->model);
    assert_ptr_equal(x.trace, s->trace);
    assert_string_equal(x.title, TEXT);
    assert_ptr_equal(x.sets.source, &s->source_labels);
    assert_null(exhibit_whatifs(&x));
    assert_int_equal(x.ref.kind, REF_NONE);
    assert_true(exhibit_proof(&x, &limit) == 0); /* nothing is looked at */
    assert_true(limit == 0);
    assert_null(s->reference); /* nor was it computed for that */
    session_free(s);
}

static void ids_have_no_title(void **state)
{
    (void)state;
    struct error e = {0};
    const int32_t ids[] = {3, 4, 5};
    struct session *s = run(ENGINE_FAST, NULL);
    assert_int_equal(session_set_ids(s, ids, 3, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    assert_null(exhibit_of_session(s).title);
    session_free(s);
}

/* Whichever engine made what is shown, the fast one comes first. */
static double largest_of(struct session *naive, int stage)
{
    double most = 0;
    const struct tensor *t = trace_acquire(naive->trace, stage);
    for (long i = 0; i < tensor_count(t); i++)
        if (isfinite(tensor_get(t, i)))
            most = fmax(most, fabs(tensor_get(t, i)));
    trace_release(naive->trace, stage);
    return most;
}

/* 4 · 2⁻²³ · the largest score that entered a softmax at or before the stage. */
static double slack_of(struct session *naive, int stage)
{
    const struct stage *s = &trace_plan(naive->trace)->stages[stage];
    double slack = 0;
    for (int i = 0; i < OP_MAX_INPUTS; i++)
        if (s->in[i].kind == REF_STAGE)
            slack = fmax(slack, slack_of(naive, s->in[i].index));
    if (s->op == OP_SOFTMAX)
        slack = fmax(slack, ldexp(4, -23) * largest_of(naive, s->in[0].index));
    return slack;
}

static double limit_of(struct session *naive, int stage)
{
    return (2e-5 + slack_of(naive, stage)) * fmax(1, largest_of(naive, stage));
}

static void the_proof_holds(void **state)
{
    (void)state;
    struct session *fast = run(ENGINE_FAST, NULL), *naive = run(ENGINE_REFERENCE, NULL);
    struct exhibit all = exhibit_of_session(fast), other = exhibit_of_session(naive);
    double largest = 0;
    for (int i = 0; i < (int)trace_plan(fast->trace)->count; i++) {
        struct exhibit a = exhibit_of_stage(fast, i), b = exhibit_of_stage(naive, i);
        double limit, want_limit, difference = exhibit_proof(&a, &limit);
        assert_true(difference ==
                    trace_difference(fast->trace, naive->trace, i, &want_limit));
        assert_true(limit == want_limit);
        assert_near(limit, limit_of(naive, i), 1e-12);
        assert_true(exhibit_proof(&b, &want_limit) == difference);
        assert_true(limit == want_limit);
        assert_true(difference <= limit);
        largest = fmax(largest, difference);
    }
    bool fine;
    int worst = 0;
    assert_true(exhibit_proof_all(&all, &fine, &worst) == largest);
    assert_true(fine && worst == -1);
    assert_true(exhibit_proof_all(&other, &fine, NULL) == largest);
    assert_true(fine);
    assert_true(largest > 0); /* float and double are two computations */
    session_free(fast);
    session_free(naive);
}

/* Stage by stage it comes to the same, and it fails where the failing stage comes. */
static void the_proof_goes_on_by_and_by(void **state)
{
    (void)state;
    struct session *s = run(ENGINE_FAST, NULL);
    struct exhibit x = exhibit_of_session(s);
    struct proof p = {0};
    bool fine;
    int count = (int)trace_plan(s->trace)->count;
    for (int i = 1; i < count; i++) {
        assert_true(proof_go_on(&p, &x, 0));
        assert_int_equal(p.next, i);
    }
    assert_false(proof_go_on(&p, &x, 0));
    assert_false(proof_go_on(&p, &x, 0));
    assert_int_equal(p.next, count);
    assert_true(!p.failed && proof_difference(&p) == exhibit_proof_all(&x, &fine, NULL));
    session_free(s);
}

/* A proof against another run fails, and tells of the stage that is the farthest off, not
 * of one that passed. */
static struct trace *other_run(void *maker)
{
    return ((struct session *)maker)->trace;
}

static void the_worst_stage_is_told(void **state)
{
    (void)state;
    struct session *fast = run(ENGINE_FAST, NULL);
    struct session *other = run(ENGINE_REFERENCE, "softmax-temperature=1.001@encoder.1");
    struct exhibit x = exhibit_of_session(fast);
    x.reference = other_run;
    x.maker = other;
    bool fine;
    int worst;
    double limit, difference = exhibit_proof_all(&x, &fine, &worst);
    assert_false(fine);
    assert_true(worst >= 0);
    assert_true(difference == trace_difference(fast->trace, other->trace, worst, &limit));
    assert_true(difference > limit);
    session_free(fast);
    session_free(other);
}

/* Scores of thousands are rounded to parts of a thousandth: no fault of the pass. */
static void large_scores_are_no_fault(void **state)
{
    (void)state;
    struct session *s = run(ENGINE_FAST, "no-norm");
    struct exhibit x = exhibit_of_session(s);
    bool fine;
    exhibit_proof_all(&x, &fine, NULL);
    assert_true(fine);
    session_free(s);
}

static void the_proof_is_of_the_run_shown(void **state)
{
    (void)state;
    struct session *fast = run(ENGINE_FAST, "no-ffn");
    struct session *naive = run(ENGINE_REFERENCE, "no-ffn");
    struct session *intact = run(ENGINE_FAST, NULL);
    int stage = plan_find(trace_plan(fast->trace), "encoder.1.self_attn.weights");
    struct exhibit x = exhibit_of_stage(fast, stage);
    struct exhibit y = exhibit_of_stage(intact, stage);
    char *list = exhibit_whatifs(&x);
    assert_string_equal(list, "no-ffn");
    double difference = exhibit_proof(&x, NULL);
    assert_true(difference == trace_difference(fast->trace, naive->trace, stage, NULL));
    assert_true(difference != exhibit_proof(&y, NULL));
    free(list);
    session_free(fast);
    session_free(naive);
    session_free(intact);
}

static void has_a_name_and_a_badge(void **state)
{
    (void)state;
    struct session *s = run(ENGINE_FAST, "no-ffn@decoder");
    struct session *intact = run(ENGINE_FAST, NULL);
    const struct plan *p = trace_plan(s->trace);
    struct exhibit x = exhibit_of_stage(s, plan_find(p, "encoder.1.self_attn.weights"));
    struct exhibit y = exhibit_of_stage(intact, plan_find(p, "encoder.output"));
    x.at.head = 2;
    char *name = exhibit_name(&x), *badge = exhibit_badge(&x);
    assert_string_equal(name, "encoder.1.self_attn.weights, head 3");
    assert_string_equal(badge, "what-if: no-ffn@decoder");
    free(name);
    free(badge);
    name = exhibit_name(&y); /* without heads; by its own id, not by an alias */
    assert_string_equal(name, stage_id(&p->stages[y.ref.index]));
    assert_null(exhibit_badge(&y));
    free(name);
    y.ref = p->stages[plan_find(p, "src.embedding")].in[1];
    assert_int_equal(y.ref.kind, REF_WEIGHT);
    name = exhibit_name(&y);
    assert_string_equal(name, p->parts[y.ref.index].symbol);
    free(name);
    session_free(s);
    session_free(intact);
}

/* ---- without a model ---- */

static const int32_t ids[] = {1, 2, 3};

/* Two traces of a toy on weights that may differ. */
struct example {
    struct toy toy, other;
    struct trace *trace, *reference;
    int asked;
};

static struct trace *trace_of(const struct toy *toy, enum engine engine)
{
    struct plan *p = toy_plan(toy, ids, 3);
    if (p->error.set)
        fail_msg("%s", p->error.message);
    return trace_new(p, &(struct trace_options){.engine = engine}, NULL);
}

static struct trace *reference_of(void *maker)
{
    struct example *x = maker;
    x->asked++;
    if (!x->reference)
        x->reference = trace_of(&x->other, ENGINE_REFERENCE);
    return x->reference;
}

static struct exhibit open_example(struct example *x, double wrong)
{
    *x = (struct example){0};
    toy_open(&x->toy);
    toy_open(&x->other);
    x->other.numbers[TOY_WIDTH] += (float)wrong; /* of token 1, the first one */
    x->trace = trace_of(&x->toy, ENGINE_FAST);
    return (struct exhibit){
        .title = "toy", .trace = x->trace, .reference = reference_of, .maker = x};
}

static void close_example(struct example *x)
{
    trace_free(x->trace);
    trace_free(x->reference);
    toy_close(&x->toy);
    toy_close(&x->other);
}

static void an_example_is_proved_alike(void **state)
{
    (void)state;
    struct example example;
    struct exhibit x = open_example(&example, 0);
    bool fine;
    double limit;
    assert_int_equal(example.asked, 0); /* on demand */
    x.ref = (struct ref){REF_WEIGHT, 0};
    assert_true(exhibit_proof(&x, &limit) == 0);
    assert_int_equal(example.asked, 0);
    x.ref = (struct ref){REF_STAGE, 1};
    assert_true(exhibit_proof(&x, &limit) <= limit);
    assert_int_equal(example.asked, 1);
    exhibit_proof_all(&x, &fine, NULL);
    assert_true(fine);
    assert_null(exhibit_whatifs(&x));
    close_example(&example);
}

static void a_wrong_number_is_found(void **state)
{
    (void)state;
    struct example example;
    struct exhibit x = open_example(&example, 0.5);
    bool fine;
    double limit;
    x.ref = (struct ref){REF_STAGE, plan_find(trace_plan(x.trace), "src.embedding")};
    assert_near(exhibit_proof(&x, &limit), 0.5, 1e-5);
    assert_true(limit > 0 && limit < 1e-3);
    x.ref.index = plan_find(trace_plan(x.trace), "src.tokens");
    assert_true(exhibit_proof(&x, &limit) == 0);
    assert_true(exhibit_proof_all(&x, &fine, NULL) >= 0.5);
    assert_false(fine);
    close_example(&example);
    x = open_example(&example, NAN);
    assert_true(isnan(exhibit_proof_all(&x, &fine, NULL)));
    assert_false(fine);
    close_example(&example);
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_as_a_whole),
        cmocka_unit_test(ids_have_no_title),
        cmocka_unit_test(the_proof_holds),
        cmocka_unit_test(the_proof_goes_on_by_and_by),
        cmocka_unit_test(the_worst_stage_is_told),
        cmocka_unit_test(large_scores_are_no_fault),
        cmocka_unit_test(the_proof_is_of_the_run_shown),
        cmocka_unit_test(has_a_name_and_a_badge),
        cmocka_unit_test(an_example_is_proved_alike),
        cmocka_unit_test(a_wrong_number_is_found),
    };
    return cmocka_run_group_tests_name("exhibit", tests, NULL, NULL);
}
