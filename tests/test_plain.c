#include "base/say.h"
#include "base/utf8.h"
#include "screen/plain.h"
#include "support.h"

static char *walk(enum language language)
{
    struct error e = {0};
    struct model *m = model_open(MODEL_DEFAULT, &e);
    if (!m)
        fail_msg("%s", e.message);
    struct session *s = session_new(m, &(struct session_options){0});
    assert_int_equal(session_set_text(s, "나는 학교에 간다", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    struct buffer out = {0};
    say_set_language(language);
    struct exhibit x = exhibit_of_session(s);
    plain_walk(&x, &out);
    say_set_language(LANGUAGE_EN);
    const struct plan *p = trace_plan(s->trace);
    for (size_t i = 0; i < p->count; i++)
        assert_contains(out.data, stage_id(&p->stages[i]));
    session_free(s);
    return buffer_take(&out);
}

static void test_every_stage_is_told_in_both_languages(void **state)
{
    (void)state;
    char *english = walk(LANGUAGE_EN), *korean = walk(LANGUAGE_KO);
    assert_contains(english, "Sentence: 나는 학교에 간다");
    assert_contains(english, "Formula: ");
    assert_contains(english, "One number opened: ");
    assert_contains(english, "Checked: ");
    assert_contains(korean, "확인했어요");
    assert_contains(korean, "식: ");
    free(english);
    free(korean);
}

/* Nothing that a voice would stumble over: no drawing characters, no marks of pieces. */
static void test_it_can_be_heard(void **state)
{
    (void)state;
    char *text = walk(LANGUAGE_EN);
    const char *end = text + strlen(text);
    uint32_t code;
    for (const char *s = text; s < end; s += utf8_decode(s, end, &code)) {
        utf8_decode(s, end, &code);
        assert_false(code >= 0x2500 && code < 0x25a0);
        assert_true(code >= 0x20 || code == '\n');
    }
    free(text);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_stage_is_told_in_both_languages),
        cmocka_unit_test(test_it_can_be_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
