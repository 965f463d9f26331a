/* What is counted of a lesson's questions. */
#include "base/memory.h"
#include "lesson/tally.h"
#include "models.h"

/* Counts all questions of one scene; what the last fault says, or "". */
static struct tally count(const char *scene, char *fault, size_t size)
{
    struct error e = {0};
    struct tally t = {0};
    struct session_options options = {0};
    char *text = mem_format("---\nid: a\npart: 1\ntitle: T\nminutes: 5\ntext: 물\n---\n\n%s",
                            scene);
    struct lesson *l = lesson_parse(text, "x.md", &e);
    struct reading *r =
        l ? reading_new(l, session_new(shared_model("ko-en"), &options), &e) : NULL;
    if (!r)
        fail_msg("%s", e.message);
    *fault = 0;
    for (size_t i = 0; i < reading_scene(r)->predict_count; i++)
        if (tally_question(&t, r, i, &e) < 0) {
            snprintf(fault, size, "%.500s", e.message);
            e = (struct error){0};
        }
    reading_free(r);
    lesson_free(l);
    free(text);
    return t;
}

#define QUESTION(a, b, c)                                                                \
    "```predict\n? q\n- aa | 1 == " a "\n- bb | 1 == " b "\n- c | 1 == " c "\n```\n\n"
#define FIRST QUESTION("1", "2", "2")
#define SECOND QUESTION("2", "1", "2")
#define LONG "```predict\n? q\n- a longer one | 1 == 1\n- b | 1 == 2\n```\n\n"

static void places_are_counted(void **state)
{
    (void)state;
    char fault[600];
    struct error e = {0};
    struct tally t = count("## S\n\n" FIRST SECOND FIRST SECOND, fault, sizeof fault);
    assert_int_equal(t.asked, 4);
    assert_int_equal(t.place[0], 2);
    assert_int_equal(t.place[1], 2);
    assert_int_equal(tally_places(&t, "x.md", &e), 0); /* half is fair */
    assert_string_equal(fault, "");
    t = count("## S\n\n" FIRST FIRST FIRST, fault, sizeof fault);
    assert_int_equal(tally_places(&t, "x.md", &e), 0); /* three say nothing */
    t = count("## S\n\n" FIRST FIRST FIRST SECOND, fault, sizeof fault);
    assert_int_equal(tally_places(&t, "x.md", &e), -1);
    assert_non_null(strstr(e.message, "choice 1 is right in 3 of 4"));
}

static void lengths_are_counted(void **state)
{
    (void)state;
    char fault[600];
    struct error e = {0};
    struct tally t = count("## S\n\n" LONG LONG FIRST SECOND, fault, sizeof fault);
    assert_int_equal(t.longest, 2); /* as long as another one is not longest */
    assert_int_equal(tally_lengths(&t, "x.md", &e), 0);
    t = count("## S\n\n" LONG LONG LONG SECOND, fault, sizeof fault);
    assert_int_equal(tally_lengths(&t, "x.md", &e), -1);
}

static void the_answer_is_not_told_before(void **state)
{
    (void)state;
    static const struct {
        const char *scene;
        bool told;
    } cases[] = {
        {"## S\n\nThe aa is it.\n\n" FIRST, true},
        {"## On aa\n\nText.\n\n" FIRST, true},
        {"## S\n\nThe aa is it.\n\n" SECOND, false},      /* a wrong one stands there */
        {"## S\n\nNot `aa`.\n\n" FIRST, false},            /* code */
        {"## S\n\naa, bb or c.\n\n" FIRST, false},         /* all of them */
        {"## S\n\nThe aa.\n\nMore.\n\n" FIRST, false},     /* not right before */
        {"## S\n\nText.\n\n" FIRST "The aa is it.\n", false}, /* behind */
        {"## S\n\nThe baa.\n\n" FIRST, false},
        {"## S\n\nIt is {{text}}.\n\n```predict\n? q\n- 물 | 1 == 1\n- b | 1 == 2\n```\n",
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char fault[600];
        count(cases[i].scene, fault, sizeof fault);
        if (!*fault == cases[i].told)
            fail_msg("%s: \"%s\"", cases[i].scene, fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_counted),
        cmocka_unit_test(lengths_are_counted),
        cmocka_unit_test(the_answer_is_not_told_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
