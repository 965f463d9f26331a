/* Lesson files: blocks, spans and fences of a good one, and the place of every fault. */
#include "lesson/lesson.h"

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
                                   "```text\nart {{x}}\n```\n");
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
    assert_string_equal(s->blocks[5].code, "art {{x}}\n");
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
        {"---\nid: a\n---\n## x\n", 1, 1, "needs id, title and text"},
        {"---\nfoo: a\n---\n", 2, 1, "knows id, part"},
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
        {FRONT "## S\n\n```foo\n```\n", 11, 1, "there are the fences"},
        {FRONT "## S\n\n```compute\na = \n```\n", 12, 5, "is expected here"},
        {FRONT "## S\n\n```compute\nx = 1\n3\n```\n", 13, 1, "name = function"},
        {FRONT "## S\n\n```predict\n? a\n- b | 1 == 1\n```\n", 12, 1, "at least two"},
        {FRONT "## S\n\n```predict\n? a\n- b\n```\n", 13, 1, "- text | condition"},
        {FRONT "## S\n\n```predict\n? a\n- b | 1 == \n- c | 1\n```\n", 13, 11,
         "expected here"},
        {FRONT "## S\n\n```assert\n1 <\n```\n", 12, 4, "is expected here"},
        {FRONT "## S\n\n```stage\nfoo: 1\n```\n", 12, 1, "knows focus"},
        {FRONT "## S\n\n```stage\nview: x\n```\n", 12, 1, "there are the views"},
        {FRONT "## S\n\n```stage\nfocus: a+1\n```\n", 12, 1, "name of a matrix"},
        {FRONT "## S\n\n```stage\nfocus: a\n```\n\n```stage\nfocus: a\n```\n", 16, 1,
         "one stage"},
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
        cmocka_unit_test(reads_front_matter), cmocka_unit_test(keeps_values_whole),
        cmocka_unit_test(reads_blocks),       cmocka_unit_test(reads_fences),
        cmocka_unit_test(places_faults),
    };
    return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}
