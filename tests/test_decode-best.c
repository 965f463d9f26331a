/* Beam search with scores, the N best, a given beginning and both ways to divide by the
 * length, against two witnesses that know no decoder: all outputs there are, and a naive
 * beam search. Both take log p from whole passes in double. */
#include "study/decode.h"

#include "base/memory.h"
#include "models.h"
#include "support.h"
#include "toy_family.h"

#include <math.h>

#define PIECES 6
#define MOST 3 /* tokens that are chosen, eos among them */
#define ROOM 8

static const int32_t source[] = {5, 3, 4, 2};
#define SOURCES 4

static const struct whatifs none;

/* ---- the witnesses ---- */

struct text {
    int32_t ids[ROOM]; /* the prefix first; no eos */
    long count, chosen; /* tokens; those that were chosen, eos among them */
    bool ended;
    double score; /* Σ log p of the chosen ones */
};

/* What the witnesses are asked. */
struct question {
    const struct model *model;
    struct token_list prefix;
    double penalty, power;
};

struct texts {
    struct text items[PIECES * PIECES * PIECES];
    long count;
};

/* log p of every token after the text, from one pass over all of it. */
static void logs_after(const struct question *q, const struct text *t, double *logs)
{
    struct error e = {0};
    const struct model *m = q->model;
    int32_t rows[SOURCES + ROOM];
    long n = 0;
    bool two = m->family->two_sides;
    for (long i = 0; i < (two ? 1 : SOURCES); i++)
        rows[n++] = two ? m->config->bos_token_id : source[i];
    for (long i = 0; i < t->count; i++)
        rows[n++] = t->ids[i];
    struct plan *p = two ? model_plan(m, source, SOURCES, rows, n, &e)
                         : model_plan(m, rows, n, NULL, 0, &e);
    assert_non_null(p);
    struct trace_options slow = {.engine = ENGINE_REFERENCE};
    struct trace *trace = trace_new(p, &slow, NULL);
    const struct tensor *logits = trace_acquire(trace, plan_find(p, "logits"));
    double sum = 0;
    for (long i = 0; i < PIECES; i++)
        sum += exp(tensor_get(logits, (n - 1) * PIECES + i));
    for (long i = 0; i < PIECES; i++)
        logs[i] = tensor_get(logits, (n - 1) * PIECES + i) - log(sum);
    trace_release(trace, plan_find(p, "logits"));
    trace_free(trace);
}

static double divided(const struct question *q, const struct text *t)
{
    double n = (double)t->chosen;
    return t->score / (pow((5 + n) / 6, q->penalty) * pow(n, q->power));
}

static struct text with(const struct question *q, const struct text *t, int32_t token,
                        const double *logs)
{
    struct text more = *t;
    more.score += logs[token];
    more.chosen++;
    more.ended = token == q->model->config->eos_token_id;
    if (!more.ended)
        more.ids[more.count++] = token;
    return more;
}

/* The text that only has the prefix. */
static struct text beginning(const struct question *q)
{
    struct text t = {.count = q->prefix.count};
    for (long i = 0; i < t.count; i++)
        t.ids[i] = q->prefix.ids[i];
    return t;
}

/* Every output that begins as the text does. */
static void add_all(const struct question *q, const struct text *t, struct texts *out)
{
    double logs[PIECES];
    logs_after(q, t, logs);
    for (int32_t token = 0; token < PIECES; token++) {
        struct text more = with(q, t, token, logs);
        if (more.ended || more.chosen == MOST)
            out->items[out->count++] = more;
        else
            add_all(q, &more, out);
    }
}

/* The larger first, by the number of each text. */
static void sort(struct texts *list, double (*key)(const struct question *,
                 const struct text *), const struct question *q)
{
    for (long i = 1; i < list->count; i++) {
        struct text t = list->items[i];
        long at = i;
        for (; at > 0 && key(q, &list->items[at - 1]) < key(q, &t); at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = t;
    }
}

static double plain_score(const struct question *q, const struct text *t)
{
    (void)q;
    return t->score;
}

/* Beam search in its simplest form: never stops before every text has ended. */
static void naive_beam(const struct question *q, long width, struct texts *out)
{
    struct texts alive = {.items = {beginning(q)}, .count = 1};
    *out = (struct texts){0};
    while (alive.count) {
        struct texts next = {0};
        double logs[PIECES];
        for (long i = 0; i < alive.count; i++) {
            logs_after(q, &alive.items[i], logs);
            for (int32_t token = 0; token < PIECES; token++)
                next.items[next.count++] = with(q, &alive.items[i], token, logs);
        }
        sort(&next, plain_score, q);
        alive.count = 0;
        for (long i = 0; i < next.count && i < width; i++) {
            struct text *t = &next.items[i];
            struct texts *to = t->ended || t->chosen == MOST ? out : &alive;
            to->items[to->count++] = *t;
        }
    }
    sort(out, divided, q);
}

/* ---- comparing ---- */

static void find(const struct question *q, int beam, int best, struct decode_outputs *out)
{
    struct error e = {0};
    struct run run = {q->model, &none, {0}};
    struct decode_options options = {.most = q->prefix.count + MOST, .beam = beam,
                                     .best = best, .length_penalty = q->penalty,
                                     .length_power = q->power, .prefix = q->prefix};
    if (decode_outputs(&run, source, SOURCES, &options, out, &e) < 0)
        fail_msg("%s", e.message);
}

static const struct text *same_ids(const struct texts *all, const struct decode_output *o)
{
    for (long i = 0; i < all->count; i++) {
        const struct text *t = &all->items[i];
        if (t->count == o->count && t->ended == (o->end >= 0) &&
            !memcmp(t->ids, o->ids, sizeof *t->ids * (size_t)t->count))
            return t;
    }
    return NULL;
}

/* In each place an output with the score of that place, and its own score is the right
 * one; two that are as good as each other may change places. */
static void compare(const struct question *q, const struct texts *right,
                    const struct decode_outputs *out, long best)
{
    assert_int_equal(out->count, best < right->count ? best : right->count);
    for (long i = 0; i < out->count; i++) {
        const struct decode_output *o = &out->items[i];
        const struct text *t = same_ids(right, o);
        assert_non_null(t);
        assert_near(o->score, t->score, 1e-4);
        assert_near(o->scaled, divided(q, t), 1e-4);
        assert_near(o->scaled, divided(q, &right->items[i]), 1e-4);
        assert_true(i == 0 || o->scaled <= out->items[i - 1].scaled);
    }
}

static const double divisors[][2] = {{0, 0}, {0.6, 0}, {2, 0}, {0, 0.5}, {0, 1}, {0, 2}};
#define DIVISORS (sizeof divisors / sizeof *divisors)

/* How often the best of all is not the best by Σ log p, in all that was asked. */
static long telling;

static void ask(struct question *q)
{
    struct texts all = {0}, few;
    struct text begin = beginning(q);
    struct decode_outputs out;
    add_all(q, &begin, &all);
    for (size_t i = 0; i < DIVISORS; i++) {
        q->penalty = divisors[i][0];
        q->power = divisors[i][1];
        sort(&all, plain_score, q);
        struct text likeliest = all.items[0];
        sort(&all, divided, q);
        telling += likeliest.score != all.items[0].score;
        find(q, PIECES * PIECES * PIECES, 5, &out);
        compare(q, &all, &out, 5);
        decode_outputs_free(&out);
        for (int beam = 1; beam <= 4; beam++) {
            naive_beam(q, beam, &few);
            find(q, beam, beam, &out);
            compare(q, &few, &out, beam);
            decode_outputs_free(&out);
        }
    }
}

static void ask_all(const struct model *m)
{
    static const int32_t prefix[] = {4, 0, 5};
    telling = 0;
    for (long n = 0; n <= 3; n++)
        ask(&(struct question){.model = m, .prefix = {prefix, n}});
}

static void the_best_of_two_sides(void **state)
{
    (void)state;
    long told = 0;
    for (int seed = 0; seed < 6; seed++) {
        char *name = mem_format("random:d_model=8,nhead=2,dim_feedforward=8,seed=%d,"
                                "vocab_size=%d", seed, PIECES);
        struct model *m = open_model(name);
        ask_all(m);
        told += telling;
        model_free(m);
        free(name);
    }
    assert_true(told > 10);
}

static void the_best_of_one_stack(void **state)
{
    (void)state;
    struct error e = {0};
    long told = 0;
    for (int seed = 0; seed < 6; seed++) {
        char *settings = mem_format("max_positions=20,vocab_size=%d,seed=%d", PIECES, seed);
        struct model *m = model_random(&family_toy, settings, &e);
        assert_non_null(m);
        ask_all(m);
        told += telling;
        model_free(m);
        free(settings);
    }
    assert_true(told > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_of_two_sides),
        cmocka_unit_test(the_best_of_one_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
