/* Numbers that are typed and questions on a sentence of their own, on a run. */
#include "base/memory.h"
#include "lesson/reading.h"
#include "models.h"

#define FRONT                                                                            \
    "---\nid: 20-a\npart: 20\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"

struct opened {
    struct lesson *lesson;
    struct reading *r;
};

static struct opened open_body(const char *body)
{
    struct error e = {0};
    struct session_options options = {0};
    char *text = mem_format("%s%s", FRONT, body);
    struct opened o = {.lesson = lesson_parse(text, "x.md", &e)};
    if (o.lesson)
        o.r = reading_new(o.lesson, session_new(shared_model("ko-en"), &options), &e);
    if (!o.r)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    free(text);
    return o;
}

static void done(struct opened *o)
{
    reading_free(o->r);
    lesson_free(o->lesson);
}

static void numbers_are_right_within_half_a_unit(void **state)
{
    (void)state;
    struct opened o = open_body(
        "## S\n\n```fill\n? q | 2 / 3:.2\nwrong = 3 / 2 : upside down\n```\n\n"
        "```fill\n? q | 0.255:%\n```\n\n```fill\n? q | 9\n```\n\n"
        "```fill\nshow: whole\n? q | 1 / 0\n= s\n```\n\n```fill\n? q | 1 / 0\n```\n\n"
        "```fill\n? q | max(src.input[1,:]):.1\n```\n");
    struct reading *r = o.r;
    assert_int_equal(reading_judge(r, 0, 0.67), 0);
    assert_int_equal(reading_judge(r, 0, 0.6667), 0);
    assert_int_equal(reading_judge(r, 0, 0.66), 2);
    assert_int_equal(reading_judge(r, 0, 1.5), 1);
    assert_int_equal(reading_judge(r, 0, -0.67), 2);
    assert_int_equal(reading_judge(r, 1, 25), 0); /* 25.5 %: both are half a unit away */
    assert_int_equal(reading_judge(r, 1, 26), 0);
    assert_int_equal(reading_judge(r, 1, 24.9), 1);
    assert_int_equal(reading_judge(r, 1, 0.255), 1);
    assert_int_equal(reading_judge(r, 2, 9), 0);
    assert_int_equal(reading_judge(r, 2, 9.01), 1);
    assert_int_equal(reading_right_choice(r, 0), 0);
    assert_int_equal(reading_right_choice(r, 3), CHOICE_NONE); /* is told */
    assert_int_equal(reading_right_choice(r, 4), CHOICE_NONE); /* no number */
    assert_int_equal(reading_right_choice(r, 5), 0);
    char *result = reading_result(r, 0);
    assert_string_equal(result, "0.67");
    free(result);
    done(&o);
}

static void a_number_is_not_asked_where_it_is_missing(void **state)
{
    (void)state;
    struct error e = {0};
    struct opened o = open_body(
        "## S\n\n```fill\n? q | encoder.0.self_attn.weights[1,'▁학교','▁학교']:.2\n```\n");
    assert_int_equal(reading_right_choice(o.r, 0), 0);
    assert_int_equal(reading_set_text(o.r, "물을 마신다", &e), 0);
    assert_int_equal(reading_right_choice(o.r, 0), CHOICE_NONE);
    done(&o);
}

static void a_recall_reads_its_own_sentence(void **state)
{
    (void)state;
    struct error e = {0};
    struct opened o = open_body(
        "## S\n\n```compute\nX = src.input\nn = rows(X)\n```\n\n"
        "```recall\nfrom: 5/2\ntext: 물\n? {{text}}, {{n}}, {{max(X):.4}}\n"
        "- few | rows(X) < 4 | {{rows(X)}}\n- many | rows(X) >= 4 | so\n```\n\n"
        "{{text}}, {{n}}, {{max(X):.4}}\n");
    const struct scene *s = reading_scene(o.r);
    assert_int_equal(reading_resolve(o.r, &e), 0);
    assert_int_equal(reading_right_choice(o.r, 0), 0);
    char *asked = reading_prose(o.r, &s->predicts[0].question);
    assert_int_equal(reading_set_text(o.r, "개가 고양이를 쫓는다", &e), 0);
    char *again = reading_prose(o.r, &s->predicts[0].question);
    assert_string_equal(asked, again); /* whatever the learner's sentence */
    assert_int_equal(reading_right_choice(o.r, 0), 0);
    /* the same as the prose of a scene on that sentence says */
    assert_int_equal(reading_set_text(o.r, "물", &e), 0);
    char *prose = reading_prose(o.r, &s->blocks[s->block_count - 1].prose);
    assert_string_equal(prose, asked);
    free(prose);
    free(asked);
    free(again);
    done(&o);
}

static void lint_hears_of_useless_mistakes(void **state)
{
    (void)state;
    struct error e = {0};
    struct opened o =
        open_body("## S\n\n```fill\n? q | 2 / 3:.2\nwrong = 0.664 : r\n```\n");
    assert_int_equal(reading_resolve(o.r, &e), -1);
    assert_non_null(strstr(e.message, "comes to the right answer"));
    assert_int_equal(e.line, 13);
    done(&o);
}

static void words_are_no_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "-", ".", "1-", "--1", "1.2.3", "1e3", "nan"};
    double x;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(question_read(bad[i], &x));
    assert_true(question_read("-.25", &x) && x == -0.25);
    assert_true(question_read("7.", &x) && x == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_right_within_half_a_unit),
        cmocka_unit_test(a_number_is_not_asked_where_it_is_missing),
        cmocka_unit_test(a_recall_reads_its_own_sentence),
        cmocka_unit_test(lint_hears_of_useless_mistakes),
        cmocka_unit_test(words_are_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
