/* The glossary: what it holds, what is wrong with it, and lessons against it. */
#include "base/memory.h"
#include "lesson/glossary.h"
#include "lesson/lesson.h"
#include "lesson/tally.h"
#include "support.h"

static void reads_terms(void **state)
{
    (void)state;
    struct error e = {0};
    struct glossary *g = glossary_parse("# G\n\n## dot product, inner product | 내적\n\n"
                                        "scene: 5/2\n\nOne line\nand more.\n",
                                        "g.md", &e);
    if (!g)
        fail_msg("%s", e.message);
    assert_int_equal(g->count, 1);
    assert_int_equal(g->items[0].name_count, 2);
    assert_string_equal(g->items[0].names[1], "inner product");
    assert_string_equal(g->items[0].twin, "내적");
    assert_string_equal(g->items[0].text, "One line and more.");
    assert_int_equal(g->items[0].part, 5);
    assert_int_equal(g->items[0].scene, 2);
    glossary_free(g);
}

static void tells_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line;
        const char *message;
    } cases[] = {{"## a\n", 1, "a term is written"},
                 {"\n## | b\n", 2, "a term is written"},
                 {"hello\n", 1, "before the first term"},
                 {"## a | b\n\nscene: 5\n", 3, "scene: 5/2"},
                 {"## a | b\n\nscene: 5/2\n", 1, "its explanation"},
                 {"## a | b\n\ntext\n", 1, "scene: PART/SCENE"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        assert_null(glossary_parse(cases[i].text, "g.md", &e));
        if (e.line != cases[i].line || !strstr(e.message, cases[i].message))
            fail_msg("%s: %ld: %s", cases[i].text, e.line, e.message);
    }
}

static void finds_words(void **state)
{
    (void)state;
    assert_true(tally_has_word("키를 봐요", "키"));
    assert_true(tally_has_word("(키)", "키"));
    assert_false(tally_has_word("쿠키를", "키"));
    assert_true(tally_has_word("Heads see", "head"));
    assert_true(tally_has_word("exp를", "exp"));
    assert_false(tally_has_word("ahead", "head"));
    assert_false(tally_has_word("header", "head"));
    assert_false(tally_has_word("expect", "exp"));
    assert_false(tally_has_word("", "exp"));
}

struct told {
    int count;
    struct error last;
};

static void keep(void *data, struct error *e)
{
    struct told *t = data;
    t->count++;
    t->last = *e;
}

static struct told check(long part, const char *scenes)
{
    struct error e = {0};
    struct told t = {0};
    struct glossary *g =
        glossary_parse("## head | 헤드\n\nscene: 5/2\n\nText.\n", "g.md", &e);
    char *text = mem_format("---\nid: a\npart: %ld\ntitle: T\nminutes: 5\ntext: 나\n---\n%s",
                            part, scenes);
    struct lesson *l = lesson_parse(text, "x.md", &e);
    if (!g || !l)
        fail_msg("%s", e.message);
    glossary_check(g, l, keep, &t);
    lesson_free(l);
    glossary_free(g);
    free(text);
    return t;
}

static void terms_wait_for_their_scene(void **state)
{
    (void)state;
    assert_int_equal(check(5, "## A\n\na\n\n## B\n\na head\n").count, 0);
    assert_int_equal(check(6, "## A\n\na head\n").count, 0);
    assert_int_equal(check(4, "## A\n\nnothing, `head`\n").count, 0);
    struct told t = check(5, "## A\n\ntwo heads\n\n## B\n\na head\n");
    assert_int_equal(t.count, 1);
    assert_int_equal(t.last.line, 8);
    assert_non_null(strstr(t.last.message, "is used before scene 5/2"));
    /* in a title, and in a question */
    assert_int_equal(check(4, "## A head\n\na\n").count, 1);
    assert_int_equal(check(4, "## A\n\n```predict\n? q\n- head | 1 == 1\n- b | 1 == 2\n```\n")
                         .count,
                     1);
    t = check(5, "## A\n\na\n\n## B\n\nb\n");
    assert_non_null(strstr(t.last.message, "does not name it"));
    assert_string_equal(t.last.file, "g.md");
    t = check(5, "## A\n\na\n");
    assert_non_null(strstr(t.last.message, "there is no scene 5/2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_terms),
        cmocka_unit_test(tells_what_is_wrong),
        cmocka_unit_test(finds_words),
        cmocka_unit_test(terms_wait_for_their_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
