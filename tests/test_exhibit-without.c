/* Models that were trained without a part: its stages and weights are absent, the two
 * paths agree, and decoding step by step gives what the whole pass gives. */
#include "study/exhibit.h"

#include "base/memory.h"
#include "models.h"

static const struct {
    const char *settings, *part; /* a part of ids that no stage has; NULL: see there */
    const char *weight;          /* a name that no weight has; NULL for none */
} cases[] = {
    {"residual=false", "residual", NULL},
    {"norm=false", "norm", "norm"},
    {"norm=false,norm_first=true", "norm", "norm"},
    {"position=none", "position", NULL},
    {"causal_mask=false", "masked", NULL},
    {"scale_attention=false", "scaled", NULL},
    {"residual=false,norm=false,position=none", "residual", "norm"},
};

static struct session *run(const char *settings)
{
    static const int32_t ids[] = {5, 9, 7, 6};
    struct error e = {0};
    char *name = mem_format("random:d_model=16,nhead=2,src_vocab_size=40,"
                            "tgt_vocab_size=40,seed=3,%s", settings);
    struct session *s = session_new(open_model(name), &(struct session_options){
                                        .decode = {.most = 5}});
    assert_int_equal(session_set_ids(s, ids, 4, &e), 0);
    if (session_run(s, &e) < 0)
        fail_msg("%s: %s", settings, e.message);
    free(name);
    return s;
}

static void the_part_is_absent(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct session *s = run(cases[i].settings);
        const struct plan *p = trace_plan(s->trace);
        for (size_t k = 0; k < p->count; k++) {
            const char *last = strrchr(stage_id(&p->stages[k]), '.');
            const char *name = last ? last + 1 : stage_id(&p->stages[k]);
            if (strncmp(name, cases[i].part, strlen(cases[i].part)) == 0 &&
                strcmp(name, "embedding_scaled"))
                fail_msg("%s: there is %s", cases[i].settings, stage_id(&p->stages[k]));
        }
        for (size_t k = 0; cases[i].weight && k < s->model->weights.count; k++)
            assert_null(strstr(s->model->weights.items[k].name, cases[i].weight));
        session_free(s);
    }
}

static void both_paths_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct session *s = run(cases[i].settings);
        struct exhibit x = exhibit_of_session(s);
        bool fine;
        exhibit_proof_all(&x, &fine, NULL);
        assert_true(fine);
        session_free(s);
    }
}

/* Greedy: the last row of the whole pass over what was written so far says the next
 * token, with the mask for all rows. Without the mask a row sees what comes later, so only
 * the last one is asked, over a pass of just so many rows. */
static void steps_are_as_the_whole_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct session *s = run(cases[i].settings);
        long written = s->targets - 1;
        int32_t ids[8];
        assert_true(written > 0 && written < 8);
        memcpy(ids, s->target + 1, sizeof *ids * (size_t)written);
        for (long n = 0; n < written; n++) {
            struct error e = {0};
            assert_int_equal(session_set_target_ids(s, ids, n, &e), 0);
            assert_int_equal(session_run(s, &e), 0);
            assert_int_equal(session_argmax(s, n), ids[n]);
        }
        session_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_part_is_absent),
        cmocka_unit_test(both_paths_agree),
        cmocka_unit_test(steps_are_as_the_whole_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
