/* One drawing in three kinds of files: the ending decides, the words get in and nothing
 * else does, and the bytes are always the same. */
#include "paint/picture.h"

#include "base/file.h"
#include "base/memory.h"
#include "pictures.h"

#include <unistd.h>

static char folder[] = "/tmp/stepformer-picture-XXXXXX";
static const struct rgb black = {0, 0, 0}, red = {200, 10, 20};

/* Caller frees. */
static char *in_folder(const char *name)
{
    return file_join(folder, name);
}

static const struct png_text notes[] = {
    {"Software", "Stepformer"},
    {"Title", "나는 <b>학교</b>에 & \x1b[31m\x02(간다)\\"},
    {"stepformer:model", "ko-en\nline"},
    {"stepformer:what-if", ""},
    {"stepformer:stage", "encoder.0 \xff </desc>\xef\xbf\xbe"},
};
static const struct picture_about about = {notes, sizeof notes / sizeof *notes,
                                           "query: a, b\nkey: c\n"};

static struct drawing *draw(const char *path)
{
    struct error e = {0};
    struct draw_medium medium = {.scale = 2};
    assert_int_equal(picture_form(path, &medium.form, &e), 0);
    struct drawing *d = draw_new(60, 30, medium, &e);
    assert_non_null(d);
    for (int i = 0; i < 3; i++)
        draw_tile(d, (struct draw_box){10 + 20 / 3.0 * i, 5, 20 / 3.0, 20},
                  (struct draw_box){10, 5, 20, 20}, i == 1 ? red : black);
    draw_text(d, 32, 20, "school", &(struct draw_style){.size = 8});
    draw_cell_text(d, 40, 2, 6, 12, 1, "\xe2\x94\xbc", black, false);
    return d;
}

/* The bytes of a file of this name, written and read back. Caller frees. */
static char *written(const char *name, size_t *length)
{
    struct error e = {0};
    char *path = in_folder(name);
    assert_int_equal(picture_write(draw(path), path, &about, true, &e), 0);
    char *bytes = file_read(path, 1 << 20, length, &e);
    assert_non_null(bytes);
    remove(path);
    free(path);
    return bytes;
}

static void the_ending_decides(void **state)
{
    (void)state;
    const struct {
        const char *name, *start;
        enum draw_form form;
    } good[] = {{"a.png", "\x89PNG", DRAW_PIXELS},  {"a.svg", "<?xml", DRAW_SVG},
                {"a.pdf", "%PDF-", DRAW_PDF},       {"A.PNG", "\x89PNG", DRAW_PIXELS},
                {"a.pdf.Svg", "<?xml", DRAW_SVG},   {"한.글.pdf", "%PDF-", DRAW_PDF}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        enum draw_form form;
        assert_int_equal(picture_form(good[i].name, &form, NULL), 0);
        assert_int_equal(form, good[i].form);
        size_t length;
        char *bytes = written(good[i].name, &length);
        assert_memory_equal(bytes, good[i].start, strlen(good[i].start));
        free(bytes);
    }
}

static void other_endings_are_refused(void **state)
{
    (void)state;
    const char *bad[] = {"", "a", "png", ".png", "apng", "a.jpg", "a.png.txt", "a.png/",
                         "a.svgz", "a.pdf "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error e = {0};
        enum draw_form form;
        assert_int_equal(picture_form(bad[i], &form, &e), -1);
        assert_true(e.usage);
        assert_non_null(strstr(e.message, ".png, .svg or .pdf"));
    }
}

/* Other drawings in between do not change a byte. */
static void same_drawing_same_bytes(void **state)
{
    (void)state;
    const char *names[] = {"a.png", "a.svg", "a.pdf"};
    for (int i = 0; i < 3; i++) {
        size_t length[2];
        char *first = written(names[i], &length[0]);
        for (int k = 0; k < 3; k++)
            free(written(names[k], &length[1]));
        char *second = written(names[i], &length[1]);
        assert_int_equal(length[0], length[1]);
        assert_memory_equal(first, second, length[0]);
        free(first);
        free(second);
    }
}

static void words_of_an_svg(void **state)
{
    (void)state;
    size_t length;
    char *svg = written("a.svg", &length);
    assert_int_equal(strlen(svg), length);
    assert_non_null(strstr(svg, "\n<title>나는 &lt;b&gt;학교&lt;/b&gt;에 &amp; "
                                "[31m(간다)\\</title>\n"));
    assert_non_null(strstr(svg, "\n<desc>query: a, b\nkey: c\nmodel: ko-en line\n"
                                "stage: encoder.0 \xef\xbf\xbd &lt;/desc&gt;</desc>\n"));
    assert_null(strstr(svg, "what-if"));
    free(svg);
}

/* A metadata string of a PDF with other letters than ASCII is UTF-16 in hexadecimal. */
static void words_of_a_pdf(void **state)
{
    (void)state;
    size_t length;
    char *pdf = written("a.pdf", &length);
    struct buffer text = {0};
    for (size_t i = 0; i < length; i++) /* as a string: without the 0 of what is packed */
        buffer_add_bytes(&text, pdf[i] ? pdf + i : " ", 1);
    assert_non_null(strstr(text.data, "/Title <FEFFB098B294"));
    assert_non_null(strstr(text.data, "/Subject <FEFF006D006F00640065006C003A")); /* model: */
    assert_non_null(strstr(text.data, "/Creator (Stepformer)"));
    assert_non_null(strstr(text.data, "/CreationDate (19700101000000Z)"));
    assert_null(strstr(text.data, "001B005B")); /* no escape before [31m */
    buffer_free(&text);
    free(pdf);
}

static void an_existing_file_stays(void **state)
{
    (void)state;
    const char *names[] = {"b.png", "b.svg", "b.pdf"};
    for (int i = 0; i < 3; i++) {
        struct error e = {0};
        size_t length;
        char *path = in_folder(names[i]);
        assert_int_equal(file_write(path, "old", 3, true, &e), 0);
        assert_int_equal(picture_write(draw(path), path, &about, false, &e), -1);
        assert_true(e.set);
        char *kept = file_read(path, 100, &length, NULL);
        assert_string_equal(kept, "old");
        free(kept);
        e = (struct error){0};
        assert_int_equal(picture_write(draw(path), path, &about, true, &e), 0);
        assert_int_equal(remove(path), 0);
        free(path);
    }
}

/* A file that cannot be written leaves nothing: the folder is empty at the end. */
static void a_failed_one_leaves_nothing(void **state)
{
    (void)state;
    const char *names[] = {"c.png", "c.svg", "c.pdf"};
    for (int i = 0; i < 3; i++) {
        struct error e = {0};
        char *path = in_folder(names[i]);
        struct drawing *d = draw(path);
        file_fail_after(2);
        assert_int_equal(picture_write(d, path, &about, false, &e), -1);
        file_fail_after(-1);
        assert_true(e.set);
        assert_false(file_exists(path));
        free(path);
    }
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ending_decides),
        cmocka_unit_test(other_endings_are_refused),
        cmocka_unit_test(same_drawing_same_bytes),
        cmocka_unit_test(words_of_an_svg),
        cmocka_unit_test(words_of_a_pdf),
        cmocka_unit_test(an_existing_file_stays),
        cmocka_unit_test(a_failed_one_leaves_nothing),
    };
    return cmocka_run_group_tests_name("picture", tests, make_folder, remove_folder);
}
