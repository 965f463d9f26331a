#include "paint/svg.h"

#include "support.h"

static void same(const char *drawn, const char *title, const char *description,
                 const char *want)
{
    char *got = svg_complete(drawn, title, description);
    assert_string_equal(got, want);
    free(got);
}

static void words_come_first(void **state)
{
    (void)state;
    same("<?xml?>\n<svg width=\"1pt\">\n<g/>\n</svg>", "제목", "한 줄\n두 줄",
         "<?xml?>\n<svg width=\"1pt\">\n<title>제목</title>\n<desc>한 줄\n두 줄</desc>\n"
         "<g/>\n</svg>");
    same("<svg><g/></svg>", NULL, "", "<svg><g/></svg>");
}

static void words_are_escaped(void **state)
{
    (void)state;
    same("<svg></svg>", "</title><script>&", "a < b && c > \"d\" ]]>",
         "<svg>\n<title>&lt;/title&gt;&lt;script&gt;&amp;</title>"
         "\n<desc>a &lt; b &amp;&amp; c &gt; \"d\" ]]&gt;</desc></svg>");
}

/* Whatever cairo calls the parts, the file is the same; each keeps its own users. */
static void parts_are_named_by_their_order(void **state)
{
    (void)state;
    const char *want = "<svg><g id=\"n1\"/><g id=\"n2\"/><use xlink:href=\"#n2\"/>"
                       "<use xlink:href=\"#n1\" clip-path=\"url(#n3)\"/><path id=\"n3\"/>"
                       "<g id=\"n4\"/></svg>";
    same("<svg><g id=\"surface7\"/><g id=\"glyph0-1\"/><use xlink:href=\"#glyph0-1\"/>"
         "<use xlink:href=\"#surface7\" clip-path=\"url(#clip1)\"/><path id=\"clip1\"/>"
         "<g id=\"surface71\"/></svg>",
         NULL, NULL, want);
    same("<svg><g id=\"s1\"/><g id=\"s\"/><use xlink:href=\"#s\"/>"
         "<use xlink:href=\"#s1\" clip-path=\"url(#c)\"/><path id=\"c\"/>"
         "<g id=\"s2\"/></svg>",
         NULL, NULL, want);
}

static void colours_and_words_are_no_names(void **state)
{
    (void)state;
    same("<svg><path fill=\"#fff\" d=\"M 1 2\"/></svg>", " id=\"x\" url(#y)", NULL,
         "<svg>\n<title> id=\"x\" url(#y)</title><path fill=\"#fff\" d=\"M 1 2\"/></svg>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_first),
        cmocka_unit_test(words_are_escaped),
        cmocka_unit_test(parts_are_named_by_their_order),
        cmocka_unit_test(colours_and_words_are_no_names),
    };
    return cmocka_run_group_tests_name("svg", tests, NULL, NULL);
}
