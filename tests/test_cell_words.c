/* Sentences of opened numbers, against the numbers that they speak of. */
#include "screen/cell_words.h"

#include "base/say.h"
#include "models.h"
#include "study/render.h"

#include <math.h>

static struct session *run(void)
{
    struct error e = {0};
    struct session *s =
        session_new(open_model(MODEL_FROZEN), &(struct session_options){0});
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    return s;
}

struct opened {
    struct exhibit shown;
    struct explanation x;
    struct cell_view v;
};

static void open_cell(struct opened *o, struct session *s, const char *id,
                      struct place at)
{
    int stage = plan_find(trace_plan(s->trace), id);
    assert_true(stage >= 0);
    o->shown = exhibit_of_stage(s, stage);
    o->shown.at = at;
    struct sheet sheet = sheet_of(&o->shown, o->shown.ref);
    o->x = explain_cell(s->trace, stage, sheet_cell(&sheet, at));
    o->v = (struct cell_view){
        .shown = &o->shown, .sheet = sheet, .value = o->x.value, .x = &o->x};
}

static void check_says(struct session *s, const char *id, struct place at,
                       const char *const parts[])
{
    struct opened o;
    open_cell(&o, s, id, at);
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        char *sentence = cell_sentence(&o.v);
        assert_non_null(sentence);
        assert_null(strchr(sentence, '$'));
        for (int i = 0; parts[i]; i++)
            assert_contains(sentence, parts[i]);
        free(sentence);
    }
    say_set_language(LANGUAGE_EN);
    explain_free(&o.x);
}

static double number_of(struct session *s, const char *id, struct place at)
{
    struct opened o;
    open_cell(&o, s, id, at);
    explain_free(&o.x);
    return o.v.value;
}

/* The share in per cent, from the stage itself, and both pieces without their marks. */
static void a_weight_says_who_takes_how_much(void **state)
{
    (void)state;
    struct session *s = run();
    for (long column = 0; column < s->sources; column++) {
        struct place at = {1, 2, column};
        double share = number_of(s, "encoder.0.self_attn.weights", at);
        char text[32];
        snprintf(text, sizeof text, "%.1f %%", share * 100);
        check_says(s, "encoder.0.self_attn.weights", at,
                   (const char *[]){label_without_mark(s->source_labels.items[2].text),
                                    label_without_mark(s->source_labels.items[column].text),
                                    share > 0 && share < 0.0005 ? "<0.1 %" : text, NULL});
    }
    session_free(s);
}

/* The two numbers of a residual are those of the stages before it. */
static void a_residual_says_what_came_and_what_was_added(void **state)
{
    (void)state;
    struct session *s = run();
    struct place at = {0, 1, 5};
    char in[RENDER_NUMBER], added[RENDER_NUMBER];
    render_number(number_of(s, "encoder.0.norm1", at), 2, in);
    render_number(number_of(s, "encoder.0.ffn.output", at), 2, added);
    check_says(s, "encoder.0.residual2", at, (const char *[]){in, added, NULL});
    session_free(s);
}

/* How far from the mean of its row, reckoned again from the row. */
static void a_norm_says_how_far_from_the_mean(void **state)
{
    (void)state;
    struct session *s = run();
    struct place at = {0, 1, 0};
    struct exhibit x =
        exhibit_of_stage(s, plan_find(trace_plan(s->trace), "encoder.0.residual1"));
    struct sheet sheet = sheet_of(&x, x.ref);
    double sum = 0, squares = 0;
    for (; at.column < sheet.columns; at.column++) {
        double value = number_of(s, "encoder.0.residual1", at);
        sum += value;
        squares += value * value;
    }
    double n = (double)sheet.columns, mean = sum / n;
    double deviation = sqrt(squares / n - mean * mean);
    for (at.column = 0; at.column < sheet.columns; at.column++) {
        double z = (number_of(s, "encoder.0.residual1", at) - mean) / deviation;
        char far[RENDER_NUMBER];
        struct opened o;
        open_cell(&o, s, "encoder.0.norm1", at);
        char *sentence = cell_sentence(&o.v);
        render_number(fabs(z), 1, far);
        if (fabs(fabs(z) * 10 - floor(fabs(z) * 10) - 0.5) > 0.01)
            assert_int_equal(strncmp(sentence, far, strlen(far)), 0);
        assert_contains(sentence, z < 0 ? "below" : "above");
        free(sentence);
        explain_free(&o.x);
    }
    session_free(s);
}

/* The prediction is number 1 of the vocabulary, and its number of products is the width. */
static void products_and_ranks_are_counted(void **state)
{
    (void)state;
    struct session *s = run();
    struct place at = {0, 1, session_argmax(s, 1)};
    char count[24];
    snprintf(count, sizeof count, "%zu", session_label_sets(s).vocabulary->count);
    check_says(s, "logits", at, (const char *[]){"1", count, NULL});
    struct opened o;
    open_cell(&o, s, "encoder.0.self_attn.scores", (struct place){0, 1, 1});
    snprintf(count, sizeof count, "%ld", o.x.steps[0].count);
    explain_free(&o.x);
    check_says(s, "encoder.0.self_attn.scores", (struct place){0, 1, 1},
               (const char *[]){count, NULL});
    session_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weight_says_who_takes_how_much),
        cmocka_unit_test(a_residual_says_what_came_and_what_was_added),
        cmocka_unit_test(a_norm_says_how_far_from_the_mean),
        cmocka_unit_test(products_and_ranks_are_counted),
    };
    return cmocka_run_group_tests_name("cell_words", tests, NULL, NULL);
}
