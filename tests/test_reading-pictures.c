/* Pictures of a scene: charts of expressions, logarithmic axes, and two of them. */
#include "support.h"

#include "chart/charts.h"
#include "lesson/reading.h"
#include "models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FRONT \
    "---\nid: x\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"

struct fixture {
    struct lesson *lesson;
    struct reading *reading;
};

static struct fixture open_body(const char *body)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    char *text = mem_format("%s%s", FRONT, body);
    struct fixture f = {.lesson = lesson_parse(text, "x.md", &e)};
    if (f.lesson)
        f.reading =
            reading_new(f.lesson, session_new(shared_model("ko-en"), &options), &e);
    if (!f.reading)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    free(text);
    return f;
}

static void close_fixture(struct fixture *f)
{
    reading_free(f->reading);
    lesson_free(f->lesson);
}

/* The file is refused there, with that in the message. */
static void refused(const char *body, long line, long column, const char *message)
{
    struct error e = {0};
    char *text = mem_format("%s%s", FRONT, body);
    struct lesson *l = lesson_parse(text, "x.md", &e);
    if (l)
        fail_msg("taken: %s", body);
    assert_string_equal(e.file, "x.md");
    assert_int_equal(e.line, line);
    assert_int_equal(e.column, column);
    if (!strstr(e.message, message))
        fail_msg("no \"%s\" in \"%s\"", message, e.message);
    free(text);
}

static void wrong_lines(void **state)
{
    (void)state;
    /* the fence opens in line 11 */
    refused("## S\n\n```stage\nbars: a = 1, b = = 2\n```\n", 12, 18, "");
    refused("## S\n\n```stage\nbars: a = 1, = 2\n```\n", 12, 16, "name = expression");
    refused("## S\n\n```stage\nbars: a = 1:.2\n```\n", 12, 11, "format");
    refused("## S\n\n```stage\nbars: a = 1\nlines: b = 2\n```\n", 13, 1, "one chart");
    refused("## S\n\n```stage\nlog: z\nfocus: logits\nview: lines\n```\n", 12, 6, "x y");
    refused("## S\n\n```stage\nlog: x\nfocus: logits\n```\n", 12, 1, "lines");
    refused("## S\n\n```stage\nfocus: logits\nbars: a = 1\n```\n", 13, 1,
            "one of them away");
    refused("## S\n\n```stage\nfocus: logits\nclasses: noun\n```\n", 12, 1, "points");
    refused("## S\n\n```stage\nview: points\nclasses: a, , b\n```\n", 13, 10, "word classes");
    refused("## S\n\n```stage\nview: points\nclasses: a, b, c, d, e\n```\n", 13, 10,
            "one to four");
    refused("## S\n\n```stage\nbars: a = 1\nview: links\n```\n", 12, 1, "bars, ranking");
    refused("## S\n\n```stage\nfocus: logits\n```\n\n```stage\nfocus: logits\n"
            "what-if: no-scale\n```\n",
            17, 1, "first stage fence");
    refused("## S\n\n```stage\nfocus: logits\n```\n\n```stage\nfocus: logits\n```\n\n"
            "```stage\nfocus: logits\n```\n",
            20, 1, "two stage fences");
}

/* What a bar shows is what the prose says of the same expression. */
static void bars_are_values_of_the_run(void **state)
{
    (void)state;
    struct picture p;
    struct error e = {0};
    struct fixture f = open_body(
        "## S\n\n```compute\nm = [[\"a\", 1, 5]]\nk = mean(m)\n```\n\n"
        "{{sum(encoder.0.self_attn.weights[1,2,:]):.6}} {{max(src.position):.6}}\n\n"
        "```stage\nbars: row = sum(encoder.0.self_attn.weights[1,2,:]), "
        "\"a, b\" = max(src.position), k, cell = m[1,2]\n```\n");
    if (reading_resolve(f.reading, &e) < 0)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    assert_true(reading_picture(f.reading, &p));
    assert_non_null(p.cells);
    assert_int_equal(p.cells->values.size[1], 4);
    char *prose =
        reading_prose(f.reading, &reading_scene(f.reading)->blocks[0].prose);
    char *wanted = mem_format("%.6f %.6f", tensor_get(&p.cells->values, 0),
                              tensor_get(&p.cells->values, 1));
    assert_string_equal(prose, wanted);
    assert_float_equal(tensor_get(&p.cells->values, 2), 3, 1e-12);
    assert_float_equal(tensor_get(&p.cells->values, 3), 5, 1e-12);
    assert_string_equal(p.cells->names.items[1].text, "a, b");
    assert_string_equal(p.cells->names.items[2].text, "k");
    free(prose);
    free(wanted);
    close_fixture(&f);
}

/* On another sentence what is missing is no bar, and is told as such. */
static void what_is_missing_is_no_bar(void **state)
{
    (void)state;
    struct picture p;
    struct error e = {0};
    struct fixture f =
        open_body("## S\n\n```stage\nbars: x = src.input['학교',1], y = 2\n```\n");
    assert_true(reading_picture(f.reading, &p));
    assert_true(isfinite(tensor_get(&p.cells->values, 0)));
    assert_int_equal(reading_set_text(f.reading, "고양이가 개를 쫓는다", &e), 0);
    assert_true(reading_picture(f.reading, &p));
    assert_true(isnan(tensor_get(&p.cells->values, 0)));
    struct chart v = shown_cells_chart(p.cells, &p.shown);
    struct buffer out = {0};
    p.view->words(&v, 8, &out);
    assert_string_equal(out.data, "- x: –\n- y: 2\n");
    buffer_free(&out);
    assert_true(reading_resolve(f.reading, &e) < 0);
    assert_int_equal(e.line, 12);
    assert_int_equal(e.column, 11);
    close_fixture(&f);
}

/* An exam that runs has no bar yet; when it is done it has the one of the prose. */
static void exams_arrive_later(void **state)
{
    (void)state;
    struct picture p;
    struct fixture f = open_body("## S\n\n{{exam(no-scale).exact_match:.6}}\n\n"
                                 "```stage\nbars: off = exam(no-scale).exact_match\n```\n");
    assert_true(reading_picture(f.reading, &p));
    if (p.cells->pending) { /* not in the cache */
        assert_true(isnan(tensor_get(&p.cells->values, 0)));
        assert_string_equal(shown_cells_missing(p.cells), "…");
    }
    reading_work(f.reading, 0);
    reading_forget_cells(f.reading);
    assert_true(reading_picture(f.reading, &p));
    assert_false(p.cells->pending);
    char *prose = reading_prose(f.reading, &reading_scene(f.reading)->blocks[0].prose);
    char *wanted = mem_format("%.6f", tensor_get(&p.cells->values, 0));
    assert_string_equal(prose, wanted);
    free(prose);
    free(wanted);
    close_fixture(&f);
}

/* Rows of blocks as lines; a shorter one ends earlier, and a matrix is no line. */
static void lines_of_blocks(void **state)
{
    (void)state;
    struct picture p;
    struct error e = {0};
    struct fixture f =
        open_body("## S\n\n```compute\nm = [[1, 2, 4], [3, 2, 1]]\nn = [[7, 8]]\n```\n\n"
                  "```stage\nlines: a = m[1,:], b = m[2,:], c = n\nlog: y\n```\n");
    assert_int_equal(reading_resolve(f.reading, &e), 0);
    assert_true(reading_picture(f.reading, &p));
    assert_int_equal(p.log, CHART_LOG_Y);
    assert_int_equal(p.cells->values.size[0], 3);
    assert_int_equal(p.cells->values.size[1], 3);
    assert_float_equal(tensor_get(&p.cells->values, 5), 1, 0);
    assert_float_equal(tensor_get(&p.cells->values, 7), 8, 0);
    assert_true(isnan(tensor_get(&p.cells->values, 8)));
    close_fixture(&f);
    f = open_body("## S\n\n```compute\nm = [[1, 2], [3, 4]]\n```\n\n"
                  "```stage\nlines: a = m\n```\n");
    assert_true(reading_resolve(f.reading, &e) < 0);
    assert_non_null(strstr(e.message, "no row of numbers"));
    close_fixture(&f);
}

/* Classes that the lexicon knows, each alone or with a name of its own. */
static void points_by_classes(void **state)
{
    (void)state;
    struct picture p;
    struct error e = {0};
    struct fixture f =
        open_body("## S\n\n```compute\nm = pca(src.embedding)\n```\n\n```stage\nfocus: m\n"
                  "view: points\nclasses: noun, verb = verb-stem\n```\n");
    assert_int_equal(reading_resolve(f.reading, &e), 0);
    assert_true(reading_picture(f.reading, &p));
    assert_string_equal(p.classes, "noun=noun\nverb-stem=verb");
    struct chart v = chart_of(&p.shown);
    assert_string_equal(v.sheet.row_labels->items[2].classes, "noun");
    chart_release(&v);
    close_fixture(&f);
    f = open_body("## S\n\n```compute\nm = pca(src.embedding)\n```\n\n```stage\nfocus: m\n"
                  "view: points\nclasses: nown\n```\n");
    assert_true(reading_resolve(f.reading, &e) < 0);
    assert_non_null(strstr(e.message, "no word class 'nown'; there are particle, ending"));
    close_fixture(&f);
}

static void two_pictures(void **state)
{
    (void)state;
    struct picture p;
    struct error e = {0};
    struct fixture f = open_body(
        "## S\n\n```stage\nfocus: encoder.0.self_attn.weights\nwhat-if: no-scale\n```\n\n"
        "```stage\nfocus: encoder.0.norm1\nview: strip\n```\n\n## T\n\nText.\n");
    assert_int_equal(reading_resolve(f.reading, &e), 0);
    assert_true(reading_picture_at(f.reading, 1, &p));
    assert_string_equal(p.view->name, "strip");
    assert_string_equal(p.whatifs, "no-scale"); /* of the scene: of both */
    assert_true(reading_before_at(f.reading, 1, &p));
    assert_true(reading_picture_at(f.reading, 0, &p));
    assert_string_equal(p.view->name, "matrix");
    reading_go(f.reading, 1, &e);
    assert_false(reading_picture_at(f.reading, 1, &p));
    close_fixture(&f);
}

/* Every chart of the table can be a view. */
static void every_chart_is_a_view(void **state)
{
    (void)state;
    struct picture p;
    struct error e = {0};
    for (size_t i = 0; charts_at(i); i++) {
        const char *name = charts_at(i)->name;
        bool plane = charts_at(i)->needs & CHART_NEEDS_PLANE;
        char *body = mem_format("## S\n\n```compute\nxy = [[1, 2], [3, 4]]\n```\n\n"
                                "```stage\nfocus: %s\nview: %s\n```\n",
                                plane ? "xy" : "encoder.0.self_attn.weights", name);
        struct fixture f = open_body(body);
        assert_int_equal(reading_resolve(f.reading, &e), 0);
        assert_true(reading_picture(f.reading, &p));
        assert_string_equal(p.view->name, name);
        close_fixture(&f);
        free(body);
    }
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_lines),
        cmocka_unit_test(bars_are_values_of_the_run),
        cmocka_unit_test(what_is_missing_is_no_bar),
        cmocka_unit_test(exams_arrive_later),
        cmocka_unit_test(lines_of_blocks),
        cmocka_unit_test(two_pictures),
        cmocka_unit_test(points_by_classes),
        cmocka_unit_test(every_chart_is_a_view),
    };
    return cmocka_run_group_tests_name("pictures", tests, NULL, NULL);
}
