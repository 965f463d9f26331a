/* Lesson files: blocks, spans and fences of a good one, and the place of every fault. */
#include "lesson/lesson.h"

#include "base/memory.h"
#include "chart/charts.h"

#include "support.h"

#define FRONT "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 간다\n---\n\n"

static struct lesson *parse(const char *text)
{
    struct error e = {0};
    struct lesson *l = lesson_parse(text, "ko.md", &e);
    if (!l)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    return l;
}

static void reads_front_matter(void **state)
{
    (void)state;
    struct lesson *l = parse(FRONT "## S\n\nx\n");
    assert_string_equal(l->id, "01-a");
    assert_string_equal(l->title, "T");
    assert_string_equal(l->text, "나는 간다");
    assert_int_equal(l->part, 1);
    assert_int_equal(l->minutes, 5);
    assert_int_equal(l->count, 1);
    assert_string_equal(l->scenes[0].title, "S");
    lesson_free(l);
}

static void check_text_of(struct lesson *l, const char *part)
{
    struct buffer b = {0};
    const struct scene *s = &l->scenes[0];
    for (size_t i = 0; i < s->block_count; i++) {
        for (size_t k = 0; k < s->blocks[i].prose.count; k++)
            buffer_add(&b, s->blocks[i].prose.items[k].text);
    }
    if (!strstr(b.data, part))
        fail_msg("no \"%s\" in \"%s\"", part, b.data);
    buffer_free(&b);
    lesson_free(l);
}

/* What editors and operating systems make of a text is the same text. */
static void reads_texts_as_they_are_typed(void **state)
{
    (void)state;
    check_text_of(parse(FRONT "## S\n\na 👨‍👩‍👧 b 🏳️‍🌈\n"),
                  "👨‍👩‍👧 b 🏳️‍🌈");
    check_text_of(parse(FRONT "## S\n\n\u1112\u1161\u11a8\u1100\u116d\n"), "학교");
    check_text_of(parse(FRONT "## S\n\na\tb\n"), "a   b");
    check_text_of(parse(FRONT "## S\n\n```text\n학교\t1\n\tx\n```\n"),
                  "학교    1\n    x\n");
    check_text_of(parse(FRONT "## S\r\n\r\n```text\r\nx\r\ny\r\n```\r\n"), "x\ny\n");
    check_text_of(parse(FRONT "## S\n\na & b &amp; c &#44032;\n"), "a & b & c 가");
    check_text_of(parse(FRONT "## S\n\na | b\nno --- | table\n"), "a | b no --- | table");
}

static void takes_quotes_off(void **state)
{
    static const char *const cases[][2] = {
        {"\"a: b\"", "a: b"},
        {"'it''s'", "it's"},
        {"\"a \\\"b\\\" \\\\\"", "a \"b\" \\"},
        {"\"a\" and \"b\"", "\"a\" and \"b\""},
        {"'", "'"},
        {"\"a", "\"a"},
        {"a \"b\"", "a \"b\""},
        {"\"a\\\"", "\"a\\\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text =
            mem_format("---\nid: '01-a'\npart: \"1\"\ntitle: %s\ntext: 'x'\n---\n\n"
                       "## S\n\nx\n",
                       cases[i][0]);
        struct lesson *l = parse(text);
        assert_string_equal(l->title, cases[i][1]);
        assert_string_equal(l->id, "01-a");
        assert_string_equal(l->text, "x");
        assert_int_equal(l->part, 1);
        lesson_free(l);
        free(text);
    }
}

/* What nests or goes on without end is an error, not a crash: `unit` again and again. */
static void refuses_floods(void **state)
{
    static const struct {
        const char *before, *unit, *after, *message;
    } cases[] = {
        {"{{1", "+1", "}}", "more than 100 operators"},
        {"{{1", "*1", "}}", "more than 100 operators"},
        {"{{", "(", "}}", "nested too deeply"},
        {"{{", "-", "1}}", "nested too deeply"},
        {"{{", "abs(", "1}}", "nested too deeply"},
        {"```assert\n", "not ", "1 == 1\n```", "more than 100 operators"},
        {"```assert\n1 == 1", " and 1 == 1", "\n```", "more than 100 operators"},
        {"```compute\na = 1", " - 1", "\n```", "more than 100 operators"},
        {"", "> ", "x", "four levels deep"},
        {"", "- ", "x", "four levels deep"},
        {"", "*a **b ", "", NULL},
        {"", "[", "", NULL},
        {"", "{{1}} ", "", "1000 values"},
        {"```compute\n", "a = 1\n", "```", "1000 lines of compute"},
        {"", "\n## S\n", "", "100 scenes"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0};
        struct error e = {0};
        buffer_addf(&b, FRONT "## S\n\n%s", cases[i].before);
        for (int k = 0; k < 20000; k++)
            buffer_add(&b, cases[i].unit);
        buffer_add(&b, cases[i].after);
        struct lesson *l = lesson_parse(b.data, "ko.md", &e);
        if (!l != !!cases[i].message || (!l && !strstr(e.message, cases[i].message)))
            fail_msg("%s: %s", cases[i].unit, e.message);
        lesson_free(l);
        buffer_free(&b);
    }
}

/* Markdown's own signs inside of a value are not Markdown, and columns stay true. */
static void keeps_values_whole(void **state)
{
    (void)state;
    struct lesson *l =
        parse(FRONT "## S\n\nA **bold {{a_1*b_2*c[1,2]:.3}}** and `x {{y}}` "
                    "*em* [link](http://x) {{fact: 28.4 | Table 2}}.\n");
    const struct scene *s = &l->scenes[0];
    const struct prose *p = &s->blocks[0].prose;
    static const struct {
        enum span_kind kind;
        const char *text;
    } want[] = {{SPAN_TEXT, "A "},
                {SPAN_STRONG, "bold "},
                {SPAN_VALUE, "a_1*b_2*c[1,2]:.3"},
                {SPAN_TEXT, " and "},
                {SPAN_CODE, "x "},
                {SPAN_VALUE, "y"},
                {SPAN_TEXT, " "},
                {SPAN_EMPHASIS, "em"},
                {SPAN_TEXT, " "},
                {SPAN_LINK, "link"},
                {SPAN_TEXT, " "},
                {SPAN_VALUE, "fact: 28.4 | Table 2"},
                {SPAN_TEXT, "."}};
    assert_int_equal(p->count, sizeof want / sizeof *want);
    for (size_t i = 0; i < p->count; i++) {
        assert_int_equal(p->items[i].kind, want[i].kind);
        assert_string_equal(p->items[i].text, want[i].text);
    }
    assert_int_equal(p->items[2].line, 11);
    assert_int_equal(p->items[2].column, 12);
    assert_int_equal(s->value_count, 3);
    assert_string_equal(s->values[0].format, ".3");
    assert_string_equal(s->values[2].fact, "28.4");
    assert_string_equal(s->values[2].source, "Table 2");
    lesson_free(l);
}

static void reads_blocks(void **state)
{
    (void)state;
    struct lesson *l = parse(FRONT "# T\n\n## S\n\np\n\n- a\n  - b\n\n2. c\n\n> q\n\n"
                                   "```text\n3 art {{x}}\n  more\n```\n");
    const struct scene *s = &l->scenes[0];
    static const enum block_kind kinds[] = {BLOCK_PARAGRAPH, BLOCK_ITEM,  BLOCK_ITEM,
                                            BLOCK_ITEM,      BLOCK_QUOTE, BLOCK_CODE};
    static const char *const markers[] = {"", "•", "•", "2.", "", ""};
    assert_int_equal(s->block_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(s->blocks[i].kind, kinds[i]);
        assert_string_equal(s->blocks[i].marker, markers[i]);
    }
    assert_int_equal(s->blocks[2].level, 2);
    const struct prose *code = &s->blocks[5].prose;
    assert_int_equal(code->count, 4);
    assert_string_equal(code->items[0].text, "3 art ");
    assert_int_equal(code->items[0].kind, SPAN_CODE);
    assert_int_equal(code->items[1].kind, SPAN_VALUE);
    assert_int_equal(code->items[1].line, 23);
    assert_int_equal(code->items[1].column, 9);
    assert_string_equal(code->items[2].text, "\n");
    assert_string_equal(code->items[3].text, "  more\n");
    lesson_free(l);
}

static void reads_fences(void **state)
{
    (void)state;
    struct lesson *l = parse(
        FRONT
        "## S\n\n```compute\na = [[1]]\n```\n\n```predict\n? which {{a[1,1]}}\n"
        "- one | a[1,1] == 1 | yes | no bar {{a[1,1]}}\n- two | a[1,1] == 2\n```\n"
        "\n```stage\nfocus: a[1,1]\nview: bars\nwhat-if: no-scale\ntext: x y\n"
        "export: yes\n```\n\n```assert\n# c\na == [[1]]\n```\n\n```notes\nhi\n```\n");
    const struct scene *s = &l->scenes[0];
    assert_string_equal(s->fences, "compute predict stage assert notes");
    assert_int_equal(s->statement_count, 1);
    assert_string_equal(s->statements[0].name, "a");
    assert_int_equal(s->predict_count, 1);
    assert_int_equal(s->predicts[0].count, 2);
    assert_string_equal(s->predicts[0].choices[0].condition_text, "a[1,1] == 1");
    assert_int_equal(s->claim_count, 1);
    assert_int_equal(s->claims[0].line, 31);
    assert_string_equal(s->notes, "hi\n");
    assert_ptr_equal(s->staging->view, charts_find("bars"));
    assert_string_equal(s->staging->whatifs, "no-scale");
    assert_true(s->staging->export);
    /* the picture stands where the stage fence is */
    assert_int_equal(s->block_count, 2);
    assert_int_equal(s->blocks[0].kind, BLOCK_PREDICT);
    assert_int_equal(s->blocks[1].kind, BLOCK_PICTURE);
    lesson_free(l);
}

static void places_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line, column;
        const char *message;
    } cases[] = {
        {"x", 1, 1, "begins with ---"},
        {"---\nid: a\n", 3, 1, "not closed"},
        {"---\nid: a\n---\n## x\n", 1, 1, "needs its lines id:"},
        {"---\nfoo: a\n---\n", 2, 1, "no such line in a front matter"},
        {"---\npart: x\n---\n", 2, 1, "whole numbers"},
        {FRONT, 8, 1, "at least one scene"},
        {FRONT "text\n", 9, 1, "before the first scene"},
        {FRONT "## S\n\na {{b\n", 11, 3, "does not end"},
        {FRONT "## S\n\na {{}}\n", 11, 3, "empty value"},
        {FRONT "## S\n\na {{b +}}\n", 11, 8, "is expected here"},
        {FRONT "## S\n\n{{fact: 3}}\n", 11, 3, "needs its source"},
        {FRONT "## S\n\n![x](y.png)\n", 11, 1, "no picture files"},
        {FRONT "## S\n\n<b>x</b>\n", 11, 1, "HTML"},
        {FRONT "## S\n\n---\n", 11, 1, "rules"},
        {FRONT "### S\n", 9, 1, "begins with ##"},
        {FRONT "## S {{a}}\n", 9, 1, "no values"},
        {FRONT "## S\n\na\x1b[31m\n", 11, 2, "control character"},
        {FRONT "## S\n\na\xff\n", 11, 2, "UTF-8"},
        {FRONT "## S\n\na\u202e b\n", 11, 2, "control character (U+202E)"},
        {FRONT "## S\n\na &#27;[31m\n", 11, 1, "control character (U+001B)"},
        {FRONT "## S\n\n{{a}} &#2;000&#3;\n", 11, 1, "control character (U+0002)"},
        {FRONT "## S &lrm; T\n\nx\n", 9, 4, "control character (U+200E)"},
        {"---\nid: 01-a\ntitle: \x1b[31mT\ntext: x\n---\n\n## S\n", 3, 8, "(U+001B)"},
        {"---\nid: 01-a\ntitle: T\ntext: x\u061c\n---\n\n## S\n", 4, 8, "(U+061C)"},
        {"---\nid: ../a\ntitle: T\ntext: x\n---\n\n## S\n", 2, 1, "name of the lesson's"},
        {"---\nid: a/b\ntitle: T\ntext: x\n---\n\n## S\n", 2, 1, "name of the lesson's"},
        {FRONT "## S\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n", 11, 1, "no tables"},
        {FRONT "## S\n\n- x\n\n  a | b\n  --|--\n", 13, 3, "no tables"},
        {FRONT "## S\n\n```foo\n```\n", 11, 1, "there is no fence foo"},
        {FRONT "## S\n\n```compute\na = \n```\n", 12, 5, "is expected here"},
        {FRONT "## S\n\n```compute\nx = 1\n3\n```\n", 13, 1, "name = function"},
        {FRONT "## S\n\n```predict\n? a\n- b | 1 == 1\n```\n", 12, 1, "at least two"},
        {FRONT "## S\n\n```predict\n? a\n- b\n```\n", 13, 1, "- text | condition"},
        {FRONT "## S\n\n```predict\n? a\n- b | 1 == \n- c | 1\n```\n", 13, 11,
         "expected here"},
        {FRONT "## S\n\n```assert\n1 <\n```\n", 12, 4, "is expected here"},
        {FRONT "## S\n\n```stage\nfoo: 1\n```\n", 12, 1, "there are focus"},
        {FRONT "## S\n\n```stage\nview: x\n```\n", 12, 7, "there is no such view"},
        {FRONT "## S\n\n```stage\nfocus: a+1\n```\n", 12, 8, "name of a matrix"},
        {FRONT "## S\n\n```stage\nfocus: a\n```\n\n```stage\nfocus: a\n```\n\n"
               "```stage\nfocus: a\n```\n",
         20, 1, "two stage fences"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct lesson *l = lesson_parse(cases[i].text, "ko.md", &e);
        if (l)
            fail_msg("case %zu was taken", i);
        if (!strstr(e.message, cases[i].message) || e.line != cases[i].line ||
            e.column != cases[i].column || strcmp(e.file, "ko.md"))
            fail_msg("case %zu: %s:%ld:%ld: %s", i, e.file, e.line, e.column, e.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_front_matter),
        cmocka_unit_test(keeps_values_whole),
        cmocka_unit_test(reads_texts_as_they_are_typed),
        cmocka_unit_test(takes_quotes_off),
        cmocka_unit_test(refuses_floods),
        cmocka_unit_test(reads_blocks),
        cmocka_unit_test(reads_fences),
        cmocka_unit_test(places_faults),
    };
    return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}
