/* What-ifs as text: every form and every error, lists, and the order of words. */
#include "study/whatif.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "support.h"

static void add(struct whatifs *list, const char *text)
{
    struct error e = {0};
    if (whatifs_add(list, text, &e) < 0)
        fail_msg("%s", e.message);
    assert_false(e.set);
}

static void assert_text(const struct whatifs *list, const char *text)
{
    char *have = whatifs_text(list);
    assert_string_equal(have, text);
    free(have);
}

/* ---- parsing ---- */

static void every_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum whatif_id id;
        double number;
        unsigned long seed;
        const char *order, *place;
        long head;
    } forms[] = {
        {"no-position", WHATIF_NO_POSITION, 0, 0, NULL, NULL, 0},
        {"no-position@encoder", WHATIF_NO_POSITION, 0, 0, NULL, "encoder", 0},
        {"no-embedding-scale@decoder", WHATIF_NO_EMBEDDING_SCALE, 0, 0, NULL, "decoder",
         0},
        {"no-scale", WHATIF_NO_SCALE, 0, 0, NULL, NULL, 0},
        {"no-mask@decoder.11", WHATIF_NO_MASK, 0, 0, NULL, "decoder.11", 0},
        {"no-residual@encoder.0.self_attn", WHATIF_NO_RESIDUAL, 0, 0, NULL,
         "encoder.0.self_attn", 0},
        {"no-norm@decoder.1", WHATIF_NO_NORM, 0, 0, NULL, "decoder.1", 0},
        {"no-ffn@encoder.0.ffn", WHATIF_NO_FFN, 0, 0, NULL, "encoder.0.ffn", 0},
        {"linear-ffn", WHATIF_LINEAR_FFN, 0, 0, NULL, NULL, 0},
        {"same-qkv", WHATIF_SAME_QKV, 0, 0, NULL, NULL, 0},
        {"uniform-attention", WHATIF_UNIFORM, 0, 0, NULL, NULL, 0},
        {"uniform-attention@encoder.0.self_attn:12", WHATIF_UNIFORM, 0, 0, NULL,
         "encoder.0.self_attn", 12},
        {"ablate@decoder", WHATIF_ABLATE, 0, 0, NULL, "decoder", 0},
        {"ablate@decoder.1.cross_attn:2", WHATIF_ABLATE, 0, 0, NULL,
         "decoder.1.cross_attn", 2},
        {"softmax-temperature=0.5", WHATIF_TEMPERATURE, 0.5, 0, NULL, NULL, 0},
        {"softmax-temperature=1e-30@decoder.0", WHATIF_TEMPERATURE, 1e-30, 0, NULL,
         "decoder.0", 0},
        {"random-weights=0", WHATIF_RANDOM, 0, 0, NULL, NULL, 0},
        {"random-weights=4294967296", WHATIF_RANDOM, 0, 4294967296, NULL, NULL, 0},
        {"order=3,1,2", WHATIF_ORDER, 0, 0, "3,1,2", NULL, 0},
        {"order=1", WHATIF_ORDER, 0, 0, "1", NULL, 0},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct whatifs list = {0};
        add(&list, forms[i].text);
        const struct whatif *w = &list.items[0];
        assert_int_equal(list.count, 1);
        assert_int_equal(w->id, forms[i].id);
        assert_true(w->number == forms[i].number);
        assert_true(w->seed == forms[i].seed);
        assert_int_equal(w->head, forms[i].head);
        assert_int_equal(w->order != NULL, forms[i].order != NULL);
        assert_int_equal(w->place != NULL, forms[i].place != NULL);
        assert_string_equal(w->order ? w->order : "",
                            forms[i].order ? forms[i].order : "");
        assert_string_equal(w->place ? w->place : "",
                            forms[i].place ? forms[i].place : "");
        assert_text(&list, forms[i].text);
        whatifs_free(&list);
    }
}

static void every_error(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"no-masks", "no-masks: there is no such; there are: no-position,"},
        {"", "there are: no-position, no-embedding-scale, no-scale, no-mask, "
             "no-residual, no-norm, no-ffn, linear-ffn, same-qkv, uniform-attention, "
             "ablate, softmax-temperature=…, random-weights=…, order=…"},
        {"No-Mask", "there are:"},
        {"no-mask ", "there are:"},
        {"@encoder", "there are:"},
        {"=1", "there are:"},
        {"no", "there are:"},
        {"a-name-far-too-long-for-any-what-if-there-could-be", "there are:"},
        {"no-mask=1", "no-mask: it takes no value"},
        {"no-mask=", "it takes no value"},
        {"ablate=2@decoder", "it takes no value"},
        {"softmax-temperature", "a number above 0 is needed, such as "
                                "softmax-temperature=2"},
        {"softmax-temperature=", "a number above 0"},
        {"softmax-temperature=0", "a number above 0"},
        {"softmax-temperature=-0", "a number above 0"},
        {"softmax-temperature=-2", "a number above 0"},
        {"softmax-temperature=hot", "a number above 0"},
        {"softmax-temperature=2x", "a number above 0"},
        {"softmax-temperature=1,5", "a number above 0"},
        {"softmax-temperature=inf", "a number above 0"},
        {"softmax-temperature=nan", "a number above 0"},
        {"softmax-temperature=1e999", "a number above 0"},
        {"random-weights", "a whole number is needed, such as random-weights=1"},
        {"random-weights=", "a whole number"},
        {"random-weights=-1", "a whole number"},
        {"random-weights= -1", "a whole number"},
        {"random-weights=+1", "a whole number"},
        {"random-weights=1.5", "a whole number"},
        {"random-weights=99999999999999999999", "a whole number"},
        {"random-weights=1@encoder", "it takes no place"},
        {"order", "numbers of words are needed, such as order=3,1,2"},
        {"order=", "numbers of words"},
        {"order=1,", "numbers of words"},
        {"order=,1", "numbers of words"},
        {"order=1,,2", "numbers of words"},
        {"order=1 2", "numbers of words"},
        {"order=a", "numbers of words"},
        {"order=2,1@encoder", "it takes no place"},
        {"ablate", "a place is needed, such as ablate@decoder.1.cross_attn:2"},
        {"ablate@", "a place is written like encoder.0.self_attn"},
        {"no-mask@", "a place is written like"},
        {"no-mask@decoder 0", "a place is written like"},
        {"no-mask@Decoder", "a place is written like"},
        {"no-mask@decoder@decoder", "a place is written like"},
        {"no-mask@decoder=1", "a place is written like"},
        {"ablate@:2", "a place is written like"},
        {"no-mask@decoder.0.self_attn:1", "it takes a place without a head"},
        {"softmax-temperature=2@decoder.0.self_attn:1", "a place without a head"},
        {"ablate@decoder.0.self_attn:", "after ':' a head is needed, counted from 1"},
        {"ablate@decoder.0.self_attn:0", "a head is needed"},
        {"ablate@decoder.0.self_attn:-1", "a head is needed"},
        {"ablate@decoder.0.self_attn: 1", "a head is needed"},
        {"ablate@decoder.0.self_attn:x", "a head is needed"},
        {"ablate@decoder.0.self_attn:1:2", "a head is needed"},
        {"ablate@decoder.0.self_attn:99999999999999999999", "a head is needed"},
        {"no-scale@decoder", "given twice for the same place"},
    };
    struct whatifs list = {0};
    add(&list, "no-scale@decoder");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error e = {0};
        assert_int_equal(whatifs_add(&list, wrong[i][0], &e), -1);
        assert_true(e.set);
        assert_contains(e.message, "what-if ");
        assert_contains(e.message, wrong[i][1]);
        assert_text(&list, "no-scale@decoder");
    }
    whatifs_free(&list);
}

/* What decides is the name and the place, not the value. */
static void the_same_twice(void **state)
{
    (void)state;
    struct whatifs list = {0};
    static const char *const fine[] = {
        "softmax-temperature=2", "softmax-temperature=3@decoder", "no-mask",
        "no-mask@decoder.0", "ablate@decoder.0.self_attn:1",
        "ablate@decoder.0.self_attn:2", "ablate@decoder.0.self_attn", "random-weights=1",
        "order=2,1"};
    static const char *const twice[] = {
        "softmax-temperature=4", "softmax-temperature=3.0@decoder", "no-mask",
        "ablate@decoder.0.self_attn:02", "ablate@decoder.0.self_attn",
        "random-weights=2", "order=1,2"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        add(&list, fine[i]);
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i++) {
        struct error e = {0};
        assert_int_equal(whatifs_add(&list, twice[i], &e), -1);
        assert_contains(e.message, "given twice for the same place");
    }
    assert_int_equal(list.count, sizeof fine / sizeof *fine);
    whatifs_free(&list);
}

/* ---- lists ---- */

/* Text of any list reads back to the same list, numbers to the last bit. */
static void text_round_trip(void **state)
{
    (void)state;
    struct random r = random_seed(3);
    for (int round = 0; round < 2000; round++) {
        double t = random_uniform(&r) * (round % 2 ? 1 : 1e7) + 1e-12;
        struct whatifs list = {0}, again = {0};
        char *text = mem_format("softmax-temperature=%.17g@encoder.%d", t, round);
        add(&list, text);
        assert_true(list.items[0].number == t);
        free(text);
        text = whatif_text(&list.items[0]);
        add(&again, text);
        assert_true(whatifs_equal(&list, &again));
        free(text);
        whatifs_free(&list);
        whatifs_free(&again);
    }
    struct whatifs list = {0};
    assert_text(&list, "");
    add(&list, "softmax-temperature=0.10");
    add(&list, "softmax-temperature=0.3@encoder");
    add(&list, "softmax-temperature=100@decoder");
    add(&list, "order=2,1");
    add(&list, "ablate@decoder.0.self_attn:3");
    assert_text(&list, "softmax-temperature=0.1, softmax-temperature=0.3@encoder, "
                       "softmax-temperature=100@decoder, order=2,1, "
                       "ablate@decoder.0.self_attn:3");
    whatifs_free(&list);
}

static void copy_equal_remove(void **state)
{
    (void)state;
    struct whatifs a = {0}, b = {0}, c = {0};
    assert_true(whatifs_equal(&a, &b));
    add(&a, "order=2,1");
    add(&a, "ablate@decoder.0.self_attn:3");
    add(&a, "softmax-temperature=2");
    whatifs_copy(&b, &a);
    assert_true(whatifs_equal(&a, &b));
    whatifs_remove(&b, 0);
    assert_text(&b, "ablate@decoder.0.self_attn:3, softmax-temperature=2");
    assert_text(&a, "order=2,1, ablate@decoder.0.self_attn:3, softmax-temperature=2");
    assert_false(whatifs_equal(&a, &b));
    assert_false(whatifs_equal(&b, &a));
    add(&b, "order=2,1"); /* in another order it is the same list */
    assert_true(whatifs_equal(&a, &b));
    assert_true(whatifs_equal(&b, &a));
    static const char *const others[] = {"order=1,2", "ablate@decoder.0.self_attn:2",
                                         "softmax-temperature=3", "no-mask"};
    for (size_t i = 0; i < 4; i++) {
        whatifs_copy(&c, &b);
        if (i < 3) /* b is: ablate, temperature, order */
            whatifs_remove(&c, (i + 2) % 3);
        add(&c, others[i]);
        assert_false(whatifs_equal(&a, &c));
        assert_false(whatifs_equal(&c, &a));
        whatifs_free(&c);
    }
    while (b.count)
        whatifs_remove(&b, b.count - 1);
    assert_text(&b, "");
    add(&b, "no-mask");
    assert_text(&b, "no-mask");
    whatifs_free(&a);
    whatifs_free(&b);
    whatifs_free(&b); /* once more is harmless */
}

static void find_and_unmask(void **state)
{
    (void)state;
    struct whatifs list = {0};
    assert_null(whatifs_find(&list, WHATIF_NO_MASK));
    assert_false(whatifs_unmask(&list));
    add(&list, "no-scale");
    add(&list, "uniform-attention");
    assert_false(whatifs_unmask(&list));
    add(&list, "no-mask@decoder.0");
    assert_true(whatifs_unmask(&list));
    assert_ptr_equal(whatifs_find(&list, WHATIF_NO_MASK), &list.items[2]);
    whatifs_free(&list);
}

static void the_table(void **state)
{
    (void)state;
    for (int i = 0; i < WHATIF_COUNT; i++) {
        enum whatif_id id = (enum whatif_id)i;
        assert_true(strlen(whatif_name(id)) > 0);
        for (int language = 0; language < LANGUAGE_COUNT; language++)
            assert_true(strlen(whatif_help(id, language)) > 0);
        struct whatifs list = {0};
        struct error e = {0};
        int bare = whatifs_add(&list, whatif_name(id), &e);
        assert_int_equal(bare == 0, !whatif_needs_value(id) && !whatif_needs_place(id));
        whatifs_free(&list);
    }
}

/* ---- the order of words ---- */

static void words_in_another_order(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"나는 학교에 간다", "3,1,2", "간다 나는 학교에"},
        {"나는 학교에 간다", "1,2,3", "나는 학교에 간다"},
        {"하나", "1", "하나"},
        {"  a   b ", "2,1", "b a"},
        {"a b c d e f g h i j k", "11,10,9,8,7,6,5,4,3,2,1", "k j i h g f e d c b a"},
        {"a b", "02,1", "b a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        char *text = whatif_reorder(cases[i][0], cases[i][1], &e);
        assert_non_null(text);
        assert_string_equal(text, cases[i][2]);
        free(text);
    }
}

static void no_order_of_the_words(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"a b c", "1,2", "order=1,2: the text has 3 words; every number from 1 to 3 must "
                         "stand once"},
        {"a b", "1,2,3", "the text has 2 words"},
        {"a b", "1,1", "the text has 2 words"},
        {"a b", "0,1", "the text has 2 words"},
        {"a b", "2,99999999999999999999", "the text has 2 words"},
        {"a", "2", "the text has 1 word"},
        {"", "1", "the text has 0 words"},
        {"   ", "1", "the text has 0 words"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        assert_null(whatif_reorder(cases[i][0], cases[i][1], &e));
        assert_true(e.set);
        assert_contains(e.message, cases[i][2]);
    }
}

/* ---- anything ---- */

/* A piece of what-if syntax, or a byte of any kind. */
static void add_piece(struct buffer *b, struct random *r)
{
    static const char *const pieces[] = {
        "no-mask", "ablate", "softmax-temperature", "order", "random-weights", "=", "@",
        ":", ",", "1", "0.5", "-", "encoder", ".0", ".self_attn", "e9", " ", "간"};
    size_t n = sizeof pieces / sizeof *pieces, k = random_below(r, n + 2);
    char byte = (char)(1 + random_below(r, 255));
    if (k < n)
        buffer_add(b, pieces[k]);
    else
        buffer_add_bytes(b, &byte, 1);
}

static void random_strings_never_crash(void **state)
{
    (void)state;
    struct random r = random_seed(11);
    long taken = 0;
    for (int round = 0; round < 100000; round++) {
        struct buffer b = {0};
        for (long i = 0, n = (long)random_below(&r, 7); i < n; i++)
            add_piece(&b, &r);
        char *text = buffer_take(&b);
        struct whatifs list = {0}, again = {0};
        struct error e = {0};
        if (whatifs_add(&list, text, &e) == 0) {
            char *written = whatifs_text(&list);
            add(&again, written);
            assert_true(whatifs_equal(&list, &again));
            free(written);
            taken++;
        } else {
            assert_int_equal(list.count, 0);
            assert_true(e.set);
        }
        char *reordered = whatif_reorder(text, round % 2 ? "1" : "2,1", &e);
        free(reordered);
        free(text);
        whatifs_free(&list);
        whatifs_free(&again);
    }
    assert_true(taken > 500);
}

static void lists_are_read_as_a_whole(void **state)
{
    (void)state;
    static const char *const texts[] = {"no-mask order=3,1,2 no-ffn",
                                        "no-mask, order=3,1,2, no-ffn",
                                        " no-mask,  order=3,1,2 ,no-ffn, "};
    for (int i = 0; i < 3; i++) {
        struct whatifs list = {0};
        struct error e = {0};
        assert_int_equal(whatifs_add_all(&list, texts[i], NULL, &e), 0);
        char *text = whatifs_text(&list);
        assert_string_equal(text, "no-mask, order=3,1,2, no-ffn");
        free(text);
        whatifs_free(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_as_a_whole),
        cmocka_unit_test(every_form),
        cmocka_unit_test(every_error),
        cmocka_unit_test(the_same_twice),
        cmocka_unit_test(text_round_trip),
        cmocka_unit_test(copy_equal_remove),
        cmocka_unit_test(find_and_unmask),
        cmocka_unit_test(the_table),
        cmocka_unit_test(words_in_another_order),
        cmocka_unit_test(no_order_of_the_words),
        cmocka_unit_test(random_strings_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
