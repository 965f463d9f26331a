/* Every step of an opened number of the shipped models has a name in Korean. */
#include "study/step_name.h"

#include "base/say.h"
#include "models.h"
#include "numbers/explain.h"
#include "study/session.h"
#include "support.h"

/* Functions are written alike in both languages. */
static bool is_sign(const char *name)
{
    static const char *const signs[] = {"exp", "sin", "cos", "tanh", "relu", "gelu"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (!strcmp(signs[i], name))
            return true;
    return false;
}

static void check_names(struct session *s)
{
    const struct plan *p = trace_plan(s->trace);
    for (int i = 0; i < (int)p->count; i++) {
        struct explanation x = explain_cell(s->trace, i, 0);
        for (int k = 0; k < x.count; k++) {
            const struct step *step = &x.steps[k];
            say_set_language(LANGUAGE_EN);
            assert_string_equal(step_name(step), step->name);
            say_set_language(LANGUAGE_KO);
            if (!is_sign(step->name) && !strcmp(step_name(step), step->name))
                fail_msg("%s: the step %s has no name in Korean", p->stages[i].name,
                         step->name);
        }
        explain_free(&x);
    }
}

static void steps_have_korean_names(void **state)
{
    (void)state;
    static const char *const models[] = {MODEL_DEFAULT, "ko-en-rnn-attention"};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct error e = {0};
        struct session *s =
            session_new(shared_model(models[i]), &(struct session_options){0});
        if (session_set_text(s, "나는 학교에 간다", &e) < 0 || session_run(s, &e) < 0)
            fail_msg("%s", e.message);
        check_names(s);
        session_free(s);
    }
}

static void an_unknown_name_stays(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_KO);
    struct step s = {.name = "nothing like it"};
    assert_string_equal(step_name(&s), "nothing like it");
    s.name = "quotient";
    assert_string_equal(step_name(&s), "나눗셈");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_have_korean_names),
        cmocka_unit_test(an_unknown_name_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
