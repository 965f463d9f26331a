#include "study/address.h"

#include "base/memory.h"
#include "base/random.h"
#include "support.h"

/* A decoder map [2 heads, 4 target rows, 6 source columns] and its labels. */
static struct labels source, target;
static struct label_sets sets = {&source, &target, NULL};
static struct stage map, tokens, features;

static void add(struct labels *l, const char *text, const char *next, int word)
{
    labels_add(l, (struct label){.text = mem_string(text),
                                 .next = next ? mem_string(next) : NULL,
                                 .word = word});
}

static int set_up(void **state)
{
    (void)state;
    add(&source, "▁나", NULL, 0);
    add(&source, "는", NULL, 0);
    add(&source, ",", NULL, 1);
    add(&source, "'", NULL, 2);
    add(&source, "▁나", NULL, 3);
    add(&source, "<eos>", NULL, -1);
    add(&target, "<bos>", "▁I", -1);
    add(&target, "▁I", "▁go", 0);
    add(&target, "▁go", "▁go", 1);
    add(&target, "▁go", "<eos>", 2);
    map = (struct stage){.name = "decoder.0.cross_attn.weights",
                         .shape = {.rank = 3, .size = {2, 4, 6}},
                         .axes = {{AXIS_HEAD, SIDE_NONE},
                                  {AXIS_QUERY, SIDE_TARGET},
                                  {AXIS_KEY, SIDE_SOURCE}}};
    tokens = (struct stage){.name = "src.tokens",
                            .shape = {.type = TENSOR_I32, .rank = 1, .size = {6}},
                            .axes = {{AXIS_TOKEN, SIDE_SOURCE}}};
    features =
        (struct stage){.name = "src.input",
                       .shape = {.rank = 2, .size = {6, 32}},
                       .axes = {{AXIS_TOKEN, SIDE_SOURCE}, {AXIS_FEATURE, SIDE_NONE}}};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    labels_free(&source);
    labels_free(&target);
    return 0;
}

static void finds(const struct stage *s, const char *text, long wish)
{
    struct error e = {0};
    long cell = -1;
    if (address_parse(text, s, &sets, &cell, &e) < 0)
        fail_msg("%s: %s", text, e.message);
    if (cell != wish)
        fail_msg("%s: cell %ld instead of %ld", text, cell, wish);
}

/* It fails, with a message of one line that holds both parts. */
static void fails(const struct stage *s, const char *text, const char *part,
                  const char *other)
{
    struct error e = {0};
    long cell = -1;
    if (address_parse(text, s, &sets, &cell, &e) == 0)
        fail_msg("%s was taken as cell %ld", text, cell);
    assert_true(e.set);
    assert_contains(e.message, part);
    assert_contains(e.message, other);
    assert_null(strchr(e.message, '\n'));
}

static void numbers_count_from_one(void **state)
{
    (void)state;
    finds(&map, "1,1,1", 0);
    finds(&map, "2,4,6", 47);
    finds(&map, "2,1,3", 26);
    finds(&features, "6,32", 191);
    finds(&features, "1,2", 1);
    finds(&tokens, "6", 5);
}

static void negative_numbers_count_from_the_last(void **state)
{
    (void)state;
    finds(&map, "-1,-1,-1", 47);
    finds(&map, "1,-4,-6", 0);
    finds(&tokens, "-2", 4);
    finds(&features, "-1,1", 160);
}

static void pieces_with_and_without_the_mark(void **state)
{
    (void)state;
    finds(&map, "1,'I','는'", 7);
    finds(&map, "1,'▁I','<eos>'", 11);
    finds(&map, "1,'<bos>','<eos>'", 5);
    finds(&tokens, "'는'", 1);
    finds(&features, "'는',3", 34);
    finds(&tokens, "'\u1102\u1173\u11ab'", 1); /* NFD */
}

static void commas_and_apostrophes_are_labels_too(void **state)
{
    (void)state;
    finds(&tokens, "','", 2);
    finds(&tokens, "'''", 3);
    finds(&map, "1,1,','", 2);
    finds(&map, "1,1,'''", 3);
    finds(&map, "2,'I','''", 33);
    finds(&tokens, "'''#1", 3);
    finds(&tokens, "','#1", 2);
}

static void the_second_of_equal_pieces(void **state)
{
    (void)state;
    finds(&tokens, "'나'#1", 0);
    finds(&tokens, "'나'#2", 4);
    finds(&map, "1,'go'#2,'▁나'#2", 22);
    fails(&tokens, "'나'", "stands 2 times", "'나'#1");
    fails(&tokens, "'나'", "1 ▁나", "6 <eos>"); /* the labels are listed */
    fails(&tokens, "'나'#3", "only 2 times", "1 ▁나");
    fails(&tokens, "'는'#2", "only 1 time", "2 는");
}

static void a_decoder_row_by_what_it_predicts(void **state)
{
    (void)state;
    finds(&map, "1,>'I',1", 0);
    finds(&map, "1,>'<eos>',1", 18);
    finds(&map, "1,>'go'#2,1", 12);
    fails(&map, "1,>'go',1", "stands 2 times", "'go'#2");
    fails(&map, "1,1,>'I'", "not among the labels",
          "1 ▁나"); /* a source predicts nothing */
}

static void whole_words(void **state)
{
    (void)state;
    finds(&tokens, "w','", 2);
    finds(&tokens, "w'나'", 4);
    finds(&map, "1,w'I',1", 6);
    fails(&tokens, "w'나는'", "2 pieces", "name one of them");
    fails(&tokens, "w'는'", "not among the labels", "2 는");
    fails(&tokens, "w'<eos>'", "not among the labels", "6 <eos>"); /* no word */
}

static void what_is_outside(void **state)
{
    (void)state;
    fails(&map, "0,1,1", "cell part 0", "1 to 2");
    fails(&map, "3,1,1", "cell part 3", "1 to 2");
    fails(&map, "1,5,1", "cell part 5", "1 to 4");
    fails(&map, "1,-5,1", "cell part -5", "from the last, -1, to -4");
    fails(&features, "7,1", "cell part 7", "1 to 6");
    fails(&tokens, "99999999999999999999", "outside", "1 to 6");
    fails(&tokens, "-99999999999999999999", "outside", "1 to 6");
}

static void the_number_of_parts(void **state)
{
    (void)state;
    fails(&map, "1,1", "decoder.0.cross_attn.weights", "head,row,column");
    fails(&features, "1", "src.input", "row,column");
    fails(&features, "1,1,1", "src.input", "row,column");
    fails(&tokens, "1,1", "src.tokens", "row");
    fails(&map, "1,1,1,1", "decoder.0.cross_attn.weights", "head,row,column");
    fails(&map, ",,,,,,,,,,", "decoder.0.cross_attn.weights", "head,row,column");
    fails(&map, "", "decoder.0.cross_attn.weights", "head,row,column");
}

static void what_is_no_address(void **state)
{
    (void)state;
    fails(&tokens, "", "(empty)", "needs row");
    fails(&tokens, "x", "x", "a number");
    fails(&tokens, "1x", "1x", "a number");
    fails(&tokens, "나", "나", "a number");
    fails(&tokens, "'나", "closing quote", "'나");
    fails(&tokens, "'", "closing quote", "'");
    fails(&tokens, "''", "closing quote", "''");
    fails(&tokens, "'나'2", "after the quote", "#2");
    fails(&tokens, "'나'#", "after the quote", "#2");
    fails(&tokens, "'나'#0", "after the quote", "#2");
    fails(&tokens, "'나'#-1", "after the quote", "#2");
    fails(&tokens, "'나'#2x", "after the quote", "#2");
    fails(&tokens, "w", "w", "a number");
    fails(&tokens, ">1", ">1", "a number");
    fails(&tokens, "'없다'", "'없다' is not among the labels", "1 ▁나, 2 는");
}

static void an_axis_without_labels_takes_numbers(void **state)
{
    (void)state;
    fails(&features, "1,'나'", "no labels", "1 to 32");
    fails(&map, "'나',1,1", "no labels", "1 to 2");
    struct label_sets none = {0};
    struct error e = {0};
    long cell;
    assert_int_equal(address_parse("'나'", &tokens, &none, &cell, &e), -1);
    assert_contains(e.message, "no labels");
    assert_int_equal(address_parse("3", &tokens, &none, &cell, NULL), 0);
    assert_int_equal(cell, 2);
}

static void a_very_long_address(void **state)
{
    (void)state;
    char *text = mem_alloc(100001, 1);
    memset(text, 'a', 100000);
    text[100000] = 0;
    fails(&tokens, text, "a number", "aaaa");
    text[0] = text[99999] = '\'';
    fails(&tokens, text, "too long", "aaaa");
    free(text);
}

/* More labels than a line can hold are counted. */
static void many_labels_are_counted(void **state)
{
    (void)state;
    struct labels many = {0};
    for (int i = 0; i < 2000; i++)
        add(&many, "x", NULL, i);
    struct error e = {0};
    long index;
    assert_int_equal(address_parse_part("'y'", &many, 2000, &index, &e), -1);
    assert_contains(e.message, "40 x");
    assert_contains(e.message, "2000 in all");
    labels_free(&many);
}

/* Whatever is typed gives a cell inside the stage or one error. */
static void random_text_never_crashes(void **state)
{
    (void)state;
    static const char *const bits[] = {"1", "'", ",", "#", "w", ">", "나", "▁", "2", "-",
                                       "go", "<eos>", "'나'", "'go'", " ", "\xff", "%s"};
    const struct stage *stages[] = {&map, &tokens, &features};
    struct random r = random_seed(11);
    for (int round = 0; round < 200000; round++) {
        char text[128] = "";
        for (uint64_t n = random_below(&r, 9); n; n--)
            strcat(text, bits[random_below(&r, sizeof bits / sizeof *bits)]);
        const struct stage *s = stages[random_below(&r, 3)];
        struct error e = {0};
        long cell = -1;
        if (address_parse(text, s, &sets, &cell, &e) == 0)
            assert_true(!e.set && cell >= 0 && cell < tensor_count(&s->shape));
        else
            assert_true(e.set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_count_from_one),
        cmocka_unit_test(pieces_with_and_without_the_mark),
        cmocka_unit_test(commas_and_apostrophes_are_labels_too),
        cmocka_unit_test(the_second_of_equal_pieces),
        cmocka_unit_test(a_decoder_row_by_what_it_predicts),
        cmocka_unit_test(whole_words),
        cmocka_unit_test(negative_numbers_count_from_the_last),
        cmocka_unit_test(what_is_outside),
        cmocka_unit_test(the_number_of_parts),
        cmocka_unit_test(what_is_no_address),
        cmocka_unit_test(an_axis_without_labels_takes_numbers),
        cmocka_unit_test(a_very_long_address),
        cmocka_unit_test(many_labels_are_counted),
        cmocka_unit_test(random_text_never_crashes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
