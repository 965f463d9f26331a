#include "cli/options.h"

#include "base/memory.h"
#include "base/say.h"
#include "support.h"

/* Parses the words that end with NULL. */
static int parse(struct options *o, struct error *e, const char *const words[])
{
    int n = 0;
    while (words[n])
        n++;
    return options_parse(n, (char **)words, o, e);
}

#define PARSE(o, e, ...) parse(o, e, (const char *const[]){__VA_ARGS__, NULL})

static void values_by_word_and_by_equals(void **state)
{
    (void)state;
    struct options o;
    assert_int_equal(
        PARSE(&o, NULL, "--head", "2", "--digits=3", "--json", "-o", "f.png"), 0);
    assert_string_equal(option_text(&o, OPTION_HEAD, "x"), "2");
    assert_string_equal(option_text(&o, OPTION_DIGITS, "x"), "3");
    assert_string_equal(option_text(&o, OPTION_OUTPUT, "x"), "f.png");
    assert_string_equal(option_text(&o, OPTION_TITLE, "x"), "x");
    assert_true(option_is_set(&o, OPTION_JSON));
    assert_false(option_is_set(&o, OPTION_FORCE));
    assert_int_equal(o.count, 0);
    options_free(&o);
}

static void odd_values(void **state)
{
    (void)state;
    struct options o;
    assert_int_equal(
        PARSE(&o, NULL, "--title=", "--text=a=b", "--model", "--x", "-o", "-"), 0);
    assert_string_equal(option_text(&o, OPTION_TITLE, "x"), "");
    assert_true(option_is_set(&o, OPTION_TITLE));
    assert_string_equal(option_text(&o, OPTION_TEXT, "x"), "a=b");
    assert_string_equal(option_text(&o, OPTION_MODEL, "x"),
                        "--x"); /* a value, whatever it is */
    assert_string_equal(option_text(&o, OPTION_OUTPUT, "x"), "-");
    options_free(&o);
}

static void arguments_keep_their_order(void **state)
{
    (void)state;
    struct options o;
    assert_int_equal(PARSE(&o, NULL, "나는 간다", "--json", "logits", "-", "", "--", "--head",
                           "-h", "--"), 0);
    static const char *const wish[] = {"나는 간다", "logits", "-", "", "--head", "-h", "--"};
    assert_int_equal(o.count, 7);
    for (int i = 0; i < 7; i++)
        assert_string_equal(o.arguments[i], wish[i]);
    assert_false(option_is_set(&o, OPTION_HELP));
    options_free(&o);
}

static void help_has_a_short_form(void **state)
{
    (void)state;
    struct options o;
    assert_int_equal(PARSE(&o, NULL, "-h"), 0);
    assert_true(option_is_set(&o, OPTION_HELP));
    options_free(&o);
    assert_int_equal(PARSE(&o, NULL, "--help"), 0);
    assert_true(option_is_set(&o, OPTION_HELP));
    options_free(&o);
}

static void nothing_at_all(void **state)
{
    (void)state;
    struct options o;
    assert_int_equal(options_parse(0, NULL, &o, NULL), 0);
    assert_int_equal(o.count, 0);
    options_free(&o);
}

static void refuses(const char *const words[], const char *part, const char *other)
{
    struct options o;
    struct error e = {0};
    assert_int_equal(parse(&o, &e, words), -1);
    assert_true(e.usage);
    assert_contains(e.message, part);
    assert_contains(e.message, other);
    options_free(&o);
}

#define REFUSES(part, other, ...) \
    refuses((const char *const[]){__VA_ARGS__, NULL}, part, other)

static void words_that_are_no_options(void **state)
{
    (void)state;
    REFUSES("option --nonsense: unknown", "--help", "--nonsense");
    REFUSES("option --hea", "did you mean --head", "--hea");
    REFUSES("option --digit=3", "did you mean --digits", "--digit=3");
    REFUSES("option -x: unknown", "--help", "-x");
    REFUSES("option ---: unknown", "--help", "---");
    REFUSES("option --=: unknown", "--help", "--=");
    REFUSES("option -=: unknown", "--help", "-=");
    REFUSES("option --force: given twice", "", "--force", "--force");
    REFUSES("option --head: given twice", "", "--head", "1", "--head", "1");
    REFUSES("option --head=2: given twice", "", "--head", "1", "--head=2");
    REFUSES("option --head: needs a value", "N", "--head");
    REFUSES("option -o: needs a value", "FILE", "text", "-o");
    REFUSES("option --json=1: takes no value", "", "--json=1");
}

static void a_whole_number(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "x", "1x", "0", "11", "1.5", "0x2", "-1", "１",
                                        "99999999999999999999", "1e1", "5 "};
    struct options o = {0};
    struct error e = {0};
    long x = 7;
    assert_int_equal(option_integer(&o, OPTION_HEAD, 1, 10, &x, &e), 0);
    assert_int_equal(x, 7); /* absent: as it was */
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        o.value[OPTION_HEAD] = wrong[i];
        e = (struct error){0};
        assert_int_equal(option_integer(&o, OPTION_HEAD, 1, 10, &x, &e), -1);
        assert_contains(e.message, "option --head");
        assert_contains(e.message, "from 1 to 10");
        assert_true(e.usage);
        assert_int_equal(x, 7);
    }
    o.value[OPTION_HEAD] = "10";
    assert_int_equal(option_integer(&o, OPTION_HEAD, 1, 10, &x, NULL), 0);
    assert_int_equal(x, 10);
}

static void a_number(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",     "x",   "1x",   "nan",  "inf",
                                        "-inf", "0.2", "16.5", "1e999"};
    struct options o = {0};
    struct error e = {0};
    double x = 2;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        o.value[OPTION_SCALE] = wrong[i];
        e = (struct error){0};
        assert_int_equal(option_number(&o, OPTION_SCALE, 0.25, 16, &x, &e), -1);
        assert_contains(e.message, "from 0.25 to 16");
        assert_true(e.usage && x == 2);
    }
    o.value[OPTION_SCALE] = "1.5";
    assert_int_equal(option_number(&o, OPTION_SCALE, 0.25, 16, &x, NULL), 0);
    assert_true(x == 1.5);
}

static void a_choice(void **state)
{
    (void)state;
    static const char *const names[] = {"npy", "csv", NULL};
    struct options o = {0};
    struct error e = {0};
    assert_int_equal(option_choice(&o, OPTION_FORMAT, names, &e), 0);
    o.value[OPTION_FORMAT] = "csv";
    assert_int_equal(option_choice(&o, OPTION_FORMAT, names, &e), 1);
    o.value[OPTION_FORMAT] = "CSV";
    assert_int_equal(option_choice(&o, OPTION_FORMAT, names, &e), -1);
    assert_string_equal(e.message, "option --format CSV: it can be: npy, csv");
    assert_true(e.usage);
}

/* The first name of such a list means that the option was not given: nobody can say it. */
static void a_choice_of_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"", "heads", "parts", NULL};
    struct options o = {0};
    struct error e = {0};
    assert_int_equal(option_choice(&o, OPTION_SWEEP, names, &e), 0);
    o.value[OPTION_SWEEP] = "";
    assert_int_equal(option_choice(&o, OPTION_SWEEP, names, &e), -1);
    assert_string_equal(e.message, "option --sweep : it can be: heads, parts");
    o.value[OPTION_SWEEP] = "parts";
    assert_int_equal(option_choice(&o, OPTION_SWEEP, names, NULL), 2);
}

static void only_what_a_command_takes(void **state)
{
    (void)state;
    struct options o;
    struct error e = {0};
    assert_int_equal(PARSE(&o, NULL, "--json", "-o", "x"), 0);
    struct option_set set = {{[OPTION_JSON] = true, [OPTION_OUTPUT] = true}};
    assert_int_equal(options_check(&o, &set, "figure", &e), 0);
    set.has[OPTION_OUTPUT] = false;
    assert_int_equal(options_check(&o, &set, "model", &e), -1);
    assert_contains(e.message, "option -o: the command model does not take it");
    assert_contains(e.message, "stepformer model --help");
    assert_true(e.usage);
    options_free(&o);
}

/* One long line stays one readable message. */
static void very_long_words(void **state)
{
    (void)state;
    char *word = mem_alloc(70001, 1);
    memset(word, 'x', 70000);
    word[70000] = 0;
    word[0] = word[1] = '-';
    REFUSES("option --xxx", "--help lists the options", word);
    struct options o = {0};
    struct error e = {0};
    long x;
    o.value[OPTION_HEAD] = word + 2;
    assert_int_equal(option_integer(&o, OPTION_HEAD, 1, 4, &x, &e), -1);
    assert_contains(e.message, "from 1 to 4");
    free(word);
}

static void every_option_is_described(void **state)
{
    (void)state;
    for (int i = 0; i < OPTION_COUNT; i++) {
        enum option option = (enum option)i;
        assert_true(*option_name(option));
        assert_true(*option_help(option, LANGUAGE_EN));
        assert_true(*option_help(option, LANGUAGE_KO));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(option_name(option), option_name((enum option)k));
    }
    struct buffer b = {0};
    options_help(&(struct option_set){{[OPTION_HEAD] = true, [OPTION_OUTPUT] = true}}, &b);
    assert_contains(b.data, "  --head N  ");
    assert_contains(b.data, "  -o FILE  ");
    assert_null(strstr(b.data, "--digits"));
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_by_word_and_by_equals),
        cmocka_unit_test(odd_values),
        cmocka_unit_test(arguments_keep_their_order),
        cmocka_unit_test(help_has_a_short_form),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(words_that_are_no_options),
        cmocka_unit_test(a_whole_number),
        cmocka_unit_test(a_number),
        cmocka_unit_test(a_choice),
        cmocka_unit_test(a_choice_of_nothing),
        cmocka_unit_test(only_what_a_command_takes),
        cmocka_unit_test(very_long_words),
        cmocka_unit_test(every_option_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
