/* Sessions on models without a token for the beginning or the end, and under a beginning
 * that is given. */
#include "study/session.h"

#include "base/memory.h"
#include "models.h"
#include "support.h"
#include "toy_family.h"

#define TWO_SIDES "random:d_model=12,nhead=3,dim_feedforward=20,vocab_size=17,seed=5"

static const int32_t source[] = {5, 9, 12};
#define SOURCES 3

/* Takes the model. */
static struct session *session_on(struct model *m, struct decode_options decode)
{
    struct error e = {0};
    assert_non_null(m);
    struct session *s = session_new(m, &(struct session_options){.decode = decode});
    if (session_set_ids(s, source, SOURCES, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s", e.message);
    return s;
}

static struct model *one_stack(void)
{
    struct error e = {0};
    return model_random(&family_toy, "max_positions=20,vocab_size=17,seed=4", &e);
}

/* The rows go to the limit, and nothing is said to follow the last one. */
static void without_eos_nothing_follows_the_last_row(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct model *m = k ? one_stack() : open_model(TWO_SIDES);
        m->config->eos_token_id = -1;
        m->config->end_count = 0;
        if (k)
            m->config->bos_token_id = -1;
        struct session *s = session_on(m, (struct decode_options){.most = 4});
        const struct labels *rows = session_written_labels(s);
        assert_int_equal(rows->count, k ? SOURCES + 4 : 5);
        assert_string_equal(rows->items[rows->count - 1].next, "…");
        assert_int_equal(s->outputs.count, 1);
        assert_int_equal(s->outputs.items[0].end, -1);
        session_free(s);
    }
}

static void without_bos_nothing_is_translated(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = open_model(TWO_SIDES);
    m->config->bos_token_id = -1;
    struct session *s = session_new(m, &(struct session_options){0});
    assert_int_equal(session_set_ids(s, source, SOURCES, &e), 0);
    assert_int_equal(session_run(s, &e), -1);
    assert_contains(e.message, "no token to begin an output with");
    session_free(s);
}

/* The prediction and the rows begin with the prefix, in forks too. */
static void a_prefix_begins_the_rows(void **state)
{
    (void)state;
    static const int32_t prefix[] = {7, 3};
    struct error e = {0};
    for (int k = 0; k < 2; k++) {
        struct session *s =
            session_on(k ? one_stack() : open_model(TWO_SIDES),
                       (struct decode_options){.prefix = {prefix, 2}, .most = 5});
        struct whatifs list = {0};
        assert_int_equal(whatifs_add(&list, "no-mask", &e), 0);
        struct session *fork =
            session_fork(s, &(struct session_change){.whatifs = &list}, &e);
        assert_non_null(fork);
        long first = k ? SOURCES : 1;
        assert_memory_equal(s->rows + first, prefix, sizeof prefix);
        assert_memory_equal(fork->rows + first, prefix, sizeof prefix);
        assert_int_equal(strncmp(s->prediction, "7 3", 3), 0);
        assert_int_equal(strncmp(fork->prediction, "7 3", 3), 0);
        whatifs_free(&list);
        session_free(fork);
        session_free(s);
    }
}

/* The other outputs of beam search stay until the next run. */
static void the_best_outputs_are_kept(void **state)
{
    (void)state;
    struct error e = {0};
    struct session *s = session_on(open_model(TWO_SIDES),
                                   (struct decode_options){.beam = 4, .best = 3});
    for (int i = 0; i < 2; i++) {
        assert_int_equal(s->outputs.count, 3);
        char *text = session_ids_text(s, s->outputs.items[0].ids, s->outputs.items[0].count);
        assert_string_equal(text, s->prediction);
        free(text);
        assert_int_equal(session_run(s, &e), 0);
    }
    session_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_eos_nothing_follows_the_last_row),
        cmocka_unit_test(without_bos_nothing_is_translated),
        cmocka_unit_test(a_prefix_begins_the_rows),
        cmocka_unit_test(the_best_outputs_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
