#include "base/json.h"

#include "base/memory.h"
#include "support.h"

#include <limits.h>
#include <math.h>

static struct json *parse(const char *text, struct error *e)
{
    return json_parse(text, strlen(text), "x.json", e);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct { const char *text; long line, column; } cases[] = {
        {"", 1, 0}, {"{\"a\":1,\n\"a\":2}", 2, 3}, {"{} x", 1, 4}, {"{\"a\":}", 1, 6},
        {"{\"a\\u0000b\":1}", 1, 0}, {"[\"\xff\"]", 1, 0}, {"[NaN]", 1, 0}, {"7", 1, 1},
        {"[1e999]", 1, 0}, {"[9223372036854775808]", 1, 0}, {"{'a':1}", 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        if (parse(cases[i].text, &e))
            fail_msg("accepted: %s", cases[i].text);
        assert_contains(e.message, "is not valid JSON: ");
        assert_string_equal(e.file, "x.json");
        assert_int_equal(e.line, cases[i].line);
        if (cases[i].column && e.column != cases[i].column)
            fail_msg("%s: column %ld", cases[i].text, e.column);
    }
}

static void test_deep(void **state)
{
    (void)state;
    size_t n = 1000000;
    char *text = mem_alloc(n, 1);
    memset(text, '[', n);
    struct error e = {0};
    assert_null(json_parse(text, n, "deep", &e));
    assert_true(e.set);
    free(text);
}

static int collect(const char *key, const struct json *value, void *data)
{
    long x = 0;
    json_long(value, &x);
    buffer_addf(data, "%s=%ld ", key, x);
    return strcmp(key, "stop") == 0 ? 5 : 0;
}

static void test_inspect(void **state)
{
    (void)state;
    struct error e = {0};
    struct json *j = parse("{\"z\":3,\"b\":true,\"s\":\"나\",\"n\":null,\"r\":2.0,"
                           "\"list\":[1,[]],\"a\":-4}", &e);
    assert_non_null(j);
    long x;
    double d;
    bool b = false;
    assert_true(json_long(json_get(j, "z"), &x) && x == 3);
    assert_false(json_long(json_get(j, "r"), &x));
    assert_false(json_long(json_get(j, "none"), &x));
    assert_true(json_number(json_get(j, "r"), &d) && d == 2);
    assert_true(json_number(json_get(j, "a"), &d) && d == -4);
    assert_true(json_boolean(json_get(j, "b"), &b) && b);
    assert_false(json_boolean(json_get(j, "z"), &b));
    assert_string_equal(json_text(json_get(j, "s")), "나");
    assert_null(json_text(json_get(j, "z")));
    assert_null(json_text(NULL));
    assert_true(json_is_null(json_get(j, "n")) && json_is_null(json_get(j, "none")));
    assert_true(json_is_object(j) && !json_is_array(j) && !json_is_object(NULL));
    assert_int_equal(json_length(j), 7);
    assert_int_equal(json_length(json_get(j, "list")), 2);
    assert_int_equal(json_length(json_get(j, "z")), 0);
    assert_true(json_is_array(json_item(json_get(j, "list"), 1)));
    assert_null(json_item(json_get(j, "list"), 2));
    assert_null(json_get(json_get(j, "z"), "y"));
    json_free(j);
    json_free(NULL);
}

static void test_each(void **state)
{
    (void)state;
    struct json *j = parse("{\"z\":1,\"a\":2,\"stop\":3,\"m\":4}", NULL);
    struct buffer b = {0};
    assert_int_equal(json_each(j, collect, &b), 5);
    assert_string_equal(b.data, "z=1 a=2 stop=3 ");
    buffer_free(&b);
    json_free(j);
    assert_int_equal(json_each(NULL, collect, &b), 0);
}

static void test_needs(void **state)
{
    (void)state;
    struct json *j = parse("{\"n\":5,\"s\":\"x\"}", NULL);
    struct { const char *key, *part; } cases[] = {
        {"m", "\"m\" is missing"}, {"s", "\"s\" is a text"}, {"n", "\"n\" is 5: write an "
         "integer from 6 to 9"}};
    long x = 0;
    const char *text = NULL;
    for (int i = 0; i < 3; i++) {
        struct error e = {0};
        assert_int_equal(json_need_integer(j, cases[i].key, 6, 9, &x, &e), -1);
        assert_contains(e.message, cases[i].part);
    }
    struct error e = {0};
    assert_int_equal(json_need_integer(j, "n", 5, 5, &x, &e), 0);
    assert_int_equal(x, 5);
    assert_int_equal(json_need_text(j, "s", &text, &e), 0);
    assert_string_equal(text, "x");
    assert_int_equal(json_need_text(j, "n", &text, &e), -1);
    assert_contains(e.message, "\"n\" is an integer: write a text");
    json_free(j);
}

static void test_build(void **state)
{
    (void)state;
    struct json *j = json_new_object(), *list = json_new_array();
    json_add_text(j, "z", "a\"\n\xff");
    json_add_number(j, "pi", 3.14159274f);
    json_add_number(j, "inf", -INFINITY);
    json_add_integer(j, "n", LONG_MIN);
    json_add_boolean(j, "yes", true);
    json_append(list, json_new_number(0.1f));
    json_append(list, json_new_boolean(false));
    json_append(list, json_new_integer(7));
    json_add(j, "list", list);
    struct json *copy = json_clone(j);
    json_free(j);
    char *text = json_print(copy, false);
    assert_string_equal(text,
                        "{\"z\":\"a\\\"\\n\xef\xbf\xbd\",\"pi\":3.14159274,\"inf\":null,"
                        "\"n\":-9223372036854775808,\"yes\":true,"
                        "\"list\":[0.100000001,false,7]}\n");
    struct json *back = parse(text, NULL);
    assert_non_null(back);
    double x;
    assert_true(json_number(json_get(back, "pi"), &x) && (float)x == 3.14159274f);
    free(text);
    text = json_print(back, true);
    assert_contains(text, "\n  \"yes\": true,\n");
    free(text);
    json_free(back);
    json_free(copy);
}

static void test_read(void **state)
{
    (void)state;
    struct error e = {0};
    struct json *j = json_read("tests/data/models/one/config.json", 10000, &e);
    assert_non_null(j);
    json_free(j);
    assert_null(json_read("tests/data/models/one/config.json", 10, &e));
    assert_contains(e.message, "10 bytes");
}

/* Member by member: the same as the whole, and the same faults. */
static int note_member(const char *key, const struct json *value, void *data)
{
    char *text = json_print(value, false);
    buffer_addf(data, "%s=%.*s;", key, (int)strlen(text) - 1, text);
    free(text);
    return strcmp(key, "stop") == 0 ? 7 : 0;
}

static void test_members(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{}", ""},
        {" {\"a\" : 1 , \"b\":{\"c\":[1,\"}\"]},\"d\\n\":\"x\\\"\"} ",
         "a=1;b={\"c\":[1,\"}\"]};d\n=\"x\\\"\";"},
        {"{\"stop\":null,\"b\":", "stop=null;"},
    };
    static const char *const bad[] = {
        "", "[]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1}x", "{\"a\":1 2}",
        "{\"a\":[1}", "{\"a\":\"", "{\"a", "{\"\\u0000\":1}", "{\"\xff\":1}", "{a:1}",
        "{\"a\":{\"b\":1,\"b\":2}}", "{,}", "{\"a\":1]",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0};
        struct error e = {0};
        int status = json_each_member(cases[i][0], strlen(cases[i][0]), "x", note_member,
                                      &b, &e);
        assert_int_equal(status, strstr(cases[i][0], "stop") ? 7 : 0);
        assert_string_equal(b.data ? b.data : "", cases[i][1]);
        buffer_free(&b);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buffer b = {0};
        struct error e = {0};
        if (json_each_member(bad[i], strlen(bad[i]), "x", note_member, &b, &e) != -1)
            fail_msg("accepted: %s", bad[i]);
        assert_contains(e.message, "not valid JSON");
        buffer_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused), cmocka_unit_test(test_deep),
        cmocka_unit_test(test_inspect), cmocka_unit_test(test_each),
        cmocka_unit_test(test_needs), cmocka_unit_test(test_build),
        cmocka_unit_test(test_members), cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
