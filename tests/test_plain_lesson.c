/* A lesson as plain text: the numbers of its text are opened below their scene. */
#include "screen/plain_lesson.h"

#include "models.h"

static const char source[] =
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"
    "## One\n\nIt is {{entropy([0.5, 0.25, 0.25])}}, again "
    "{{2 * entropy([0.5, 0.25, 0.25])}}, of {{sum([1, 2]) + max([1, 2])}}.\n\n"
    "```assert\nmin([1, 2]) == 1\n```\n\n"
    "## Two\n\nHere {{mean(encoder.0.self_attn.weights[1,1,:]):.3}} and "
    "{{mean(src.embedding['없다',:])}}.\n";

static long count_of(const char *text, const char *part)
{
    long n = 0;
    for (const char *s = text; (s = strstr(s, part)) != NULL; s++)
        n++;
    return n;
}

static void numbers_of_the_text_are_opened(void **state)
{
    (void)state;
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    struct lesson *l = lesson_parse(source, "x.md", &e);
    struct reading *r =
        l ? reading_new(l, session_new(shared_model("ko-en"), &options), &e) : NULL;
    struct buffer out = {0};
    if (!r || plain_lesson(r, &out, &e) < 0)
        fail_msg("%s", e.message);
    assert_contains(out.data, "It is 1.50, again 3, of 5.");
    assert_contains(out.data, "entropy([0.5, 0.25, 0.25])[1] = 1.5000\n"
                              "- entropy: 0.5000·log2(1/0.5000) + "
                              "0.2500·log2(1/0.2500) + 0.2500·log2(1/0.2500) = 1.5000");
    assert_contains(out.data, "sum([1, 2])[1] = 3.0000\n- sum: 1.0000 + 2.0000 = 3.0000");
    assert_contains(out.data, "mean(encoder.0.self_attn.weights[1,1,:])[1] = 0.1429");
    /* each once; not what a claim says, nor what this sentence does not have */
    assert_int_equal(count_of(out.data, "number opened"), 4);
    buffer_free(&out);
    reading_free(r);
    lesson_free(l);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_the_text_are_opened),
    };
    return cmocka_run_group_tests_name("plain_lesson", tests, NULL, NULL);
}
