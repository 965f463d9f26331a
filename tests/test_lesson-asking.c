/* The fences fill and recall: what a good one holds, and the place of every fault. */
#include "base/memory.h"
#include "lesson/lesson.h"
#include "support.h"

#define FRONT "---\nid: 20-a\npart: 20\ntitle: T\nminutes: 5\ntext: 나\n---\n\n## S\n\n"

static void reads_a_calculation(void **state)
{
    (void)state;
    struct error e = {0};
    struct lesson *l = lesson_parse(
        FRONT "```fill\nshow: last\n# a comment\n? How {{1}} much? | 1 + 2:.1\n= a: {{1}}\n"
              "= b\nwrong 2 = x[1,:] : not {{3}}: so\n```\n",
        "x.md", &e);
    if (!l)
        fail_msg("%s", e.message);
    const struct scene *s = &l->scenes[0];
    assert_string_equal(s->fences, "fill");
    assert_int_equal(s->blocks[0].kind, BLOCK_PREDICT);
    const struct predict *p = &s->predicts[0];
    assert_int_equal(p->fill->show, FILL_LAST);
    assert_string_equal(p->fill->format, ".1");
    assert_int_equal(p->fill->step_count, 2);
    assert_int_equal(p->fill->wrong_count, 1);
    assert_int_equal(p->fill->wrongs[0].step, 2);
    assert_string_equal(p->fill->wrongs[0].source, "x[1,:]");
    assert_int_equal(predict_answers(p), 3);
    assert_int_equal(s->value_count, 3); /* of the question, a step and the reply */
    assert_ptr_equal(s->values[2].of, p);
    assert_ptr_equal(predict_node(p, 0), p->fill->answer);
    assert_ptr_equal(predict_node(p, 1), p->fill->wrongs[0].node);
    assert_null(predict_node(p, 2));
    assert_ptr_equal(predict_prose(p, 3), &p->fill->wrongs[0].reply);
    assert_null(predict_prose(p, 4));
    lesson_free(l);
}

static void reads_a_recall(void **state)
{
    (void)state;
    struct error e = {0};
    struct lesson *l = lesson_parse(FRONT "```recall\nfrom: 5/2\ntext: \"개가 짖는다\"\n? q\n"
                                          "- a | 1 == 1\n- b | 1 == 2 | no\n```\n",
                                    "x.md", &e);
    if (!l)
        fail_msg("%s", e.message);
    const struct predict *p = &l->scenes[0].predicts[0];
    assert_int_equal(p->part, 5);
    assert_int_equal(p->scene, 2);
    assert_string_equal(p->text, "개가 짖는다");
    assert_int_equal(predict_answers(p), 2);
    assert_ptr_equal(predict_prose(p, 4), &p->choices[1].feedback);
    lesson_free(l);
}

static void tells_what_is_wrong(void **state)
{
    (void)state;
#define Q "? q | 1\n"
    static const struct {
        const char *body;
        long line, column;
        const char *message;
    } cases[] = {
        {"```fill\n? q\n```\n", 12, 1, "? question | EXPRESSION:FORMAT; what may"},
        {"```fill\n? q | 1 | 2\n```\n", 12, 1, "on lines of its own"},
        {"```fill\n? q | 1 +\n```\n", 12, 10, ""},
        {"```fill\n? q | 1:z\n```\n", 12, 9, "the format"},
        {"```fill\n= a\n```\n", 12, 1, "needs its \"? question"},
        {"```fill\nshow: last\n" Q "```\n", 12, 1, "need steps"},
        {"```fill\nshow: all\n" Q "```\n", 12, 1, "whole (all is told)"},
        {"```fill\nfoo\n```\n", 12, 1, "a fill fence has a line"},
        {"```fill\n" Q "wrong 2\n```\n", 13, 1, "a mistake is written"},
        {"```fill\n" Q "wrong = 2\n```\n", 13, 1, "a mistake is written"},
        {"```fill\n" Q "wrong = 2 + : r\n```\n", 13, 13, ""},
        {"```fill\n" Q "= a\nwrong = 2 : r\n```\n", 14, 1, "names the one where"},
        {"```fill\n" Q "wrong 1 = 2 : r\n```\n", 13, 1, "names the one where"},
        {"```recall\n? q\n- a | 1 == 1\n- b | 1 == 2\n```\n", 12, 1, "from: PART/SCENE"},
        {"```recall\nfrom: 5\n```\n", 12, 1, "such as from: 5/2"},
        {"```recall\nfrom: 5/0\n```\n", 12, 1, "such as from: 5/2"},
        {"```recall\nfoo: 5\n```\n", 12, 1, "a recall fence has lines"},
        {"```recall\nfrom: 5/1\ntext: 나\n? q\n```\n", 12, 1, "at least two choices"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        char *text = mem_format("%s%s", FRONT, cases[i].body);
        assert_null(lesson_parse(text, "x.md", &e));
        if (e.line != cases[i].line || e.column != cases[i].column ||
            !strstr(e.message, cases[i].message))
            fail_msg("%s: %ld:%ld: %s", cases[i].body, e.line, e.column, e.message);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_calculation),
        cmocka_unit_test(reads_a_recall),
        cmocka_unit_test(tells_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
