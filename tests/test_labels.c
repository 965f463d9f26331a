#include "study/labels.h"

#include "base/memory.h"
#include "base/say.h"
#include "support.h"

static void add(struct labels *l, const char *text, int word)
{
    labels_add(l, (struct label){.text = mem_string(text), .word = word});
}

static void the_mark_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(label_without_mark("▁나"), "나");
    assert_string_equal(label_without_mark("나"), "나");
    assert_string_equal(label_without_mark("▁"), "▁"); /* the whole piece */
    assert_string_equal(label_without_mark("▁▁"), "▁");
    assert_string_equal(label_without_mark(""), "");
    assert_string_equal(label_without_mark("\xe2\x96"), "\xe2\x96");
}

static void pieces_of_a_word_are_joined(void **state)
{
    (void)state;
    struct labels l = {0};
    assert_int_equal(labels_word_count(&l), 0);
    assert_null(labels_word(&l, 0));
    add(&l, "▁나", 0);
    add(&l, "는", 0);
    add(&l, "▁", 1);
    add(&l, "▁학교", 1);
    add(&l, "<eos>", -1);
    assert_int_equal(labels_word_count(&l), 2);
    char *word = labels_word(&l, 0);
    assert_string_equal(word, "나는");
    free(word);
    assert_null(labels_word(&l, 2));
    labels_free(&l);
    assert_int_equal(l.count, 0);
    assert_null(l.items);
}

/* A mark that is a piece of its own is no letter of the word. */
static void a_lone_mark_is_no_letter(void **state)
{
    (void)state;
    struct labels l = {0};
    add(&l, "▁", 0);
    add(&l, "학교", 0);
    add(&l, "에", 0);
    char *word = labels_word(&l, 0);
    assert_string_equal(word, "학교에");
    free(word);
    labels_free(&l);
}

static void axes_have_the_labels_of_their_side(void **state)
{
    (void)state;
    struct labels source = {0}, target = {0}, vocabulary = {0};
    struct label_sets sets = {&source, &target, &vocabulary}, none = {0};
    struct axis key = {AXIS_KEY, SIDE_SOURCE}, query = {AXIS_QUERY, SIDE_TARGET};
    struct axis head = {AXIS_HEAD, SIDE_NONE}, words = {AXIS_VOCABULARY, SIDE_NONE};
    assert_ptr_equal(labels_of_axis(&sets, key), &source);
    assert_ptr_equal(labels_of_axis(&sets, query), &target);
    assert_ptr_equal(labels_of_axis(&sets, words), &vocabulary);
    assert_null(labels_of_axis(&sets, head));
    assert_null(labels_of_axis(&none, key));
    assert_null(labels_of_axis(&none, words));
    struct labels own = {0};
    key.own = words.own = head.own = &own;
    assert_ptr_equal(labels_of_axis(&sets, key), &own);
    assert_ptr_equal(labels_of_axis(&sets, words), &own);
    assert_ptr_equal(labels_of_axis(&none, head), &own);
}

static void every_axis_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(label_axis(AXIS_NONE), "");
    for (int i = AXIS_NONE + 1; i < AXIS_COUNT; i++) {
        enum axis_name axis = (enum axis_name)i;
        say_set_language(LANGUAGE_EN);
        assert_string_equal(label_axis(axis), axis_name(axis));
        say_set_language(LANGUAGE_KO);
        assert_contains(label_axis(axis), axis_name(axis));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mark_is_left_out),
        cmocka_unit_test(pieces_of_a_word_are_joined),
        cmocka_unit_test(a_lone_mark_is_no_letter),
        cmocka_unit_test(axes_have_the_labels_of_their_side),
        cmocka_unit_test(every_axis_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
