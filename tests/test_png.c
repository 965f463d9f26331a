#include "paint/png.h"

#include "support.h"

#include <png.h>

/* What libpng reads back. */
struct decoded {
    png_uint_32 width, height, per_meter;
    int type, sRGB;
    unsigned char *pixels; /* RGBA */
    int texts;
    char key[4][80], text[4][200];
    bool utf8;
};

struct source {
    const unsigned char *bytes;
    size_t at, length;
};

static void read_bytes(png_structp png, png_bytep out, png_size_t n)
{
    struct source *s = png_get_io_ptr(png);
    assert_true(s->at + n <= s->length);
    memcpy(out, s->bytes + s->at, n);
    s->at += n;
}

static void read_texts(png_structp png, png_infop info, struct decoded *d)
{
    png_textp t = NULL;
    int n = 0;
    png_get_text(png, info, &t, &n);
    d->texts = n;
    for (int i = 0; i < n && i < 4; i++) {
        strncpy(d->key[i], t[i].key, 79);
        strncpy(d->text[i], t[i].text, 199);
        d->utf8 = t[i].compression == PNG_ITXT_COMPRESSION_NONE;
    }
}

static struct decoded decode(const unsigned char *bytes, size_t length)
{
    struct decoded d;
    struct source s = {bytes, 0, length};
    memset(&d, 0, sizeof d);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_read_fn(png, &s, read_bytes);
    png_read_info(png, info);
    d.width = png_get_image_width(png, info);
    d.height = png_get_image_height(png, info);
    d.type = png_get_color_type(png, info);
    d.per_meter = png_get_pixels_per_meter(png, info);
    d.sRGB = png_get_valid(png, info, PNG_INFO_sRGB) != 0;
    png_set_expand(png);
    png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
    png_read_update_info(png, info);
    d.pixels = malloc(4 * (size_t)d.width * d.height);
    for (png_uint_32 y = 0; y < d.height; y++)
        png_read_row(png, d.pixels + 4 * (size_t)y * d.width, NULL);
    png_read_end(png, info);
    read_texts(png, info, &d);
    png_destroy_read_struct(&png, &info, NULL);
    return d;
}

#define WIDTH 61
#define HEIGHT 47

/* `colors` different colours in no simple order. */
static void fill(unsigned char *pixels, int colors, bool opaque)
{
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        unsigned c = (unsigned)(i / 3 % colors) * 2654435761u;
        unsigned char p[4] = {(unsigned char)(c >> 24), (unsigned char)(c >> 16),
                              (unsigned char)(c >> 8),
                              (unsigned char)(opaque ? 255 : c >> 20)};
        memcpy(pixels + 4 * i, p, 4);
    }
}

static void check_round_trip(int colors, bool opaque, int type)
{
    unsigned char pixels[4 * WIDTH * HEIGHT];
    const struct png_text notes[] = {{"Software", "Stepformer"},
                                     {"Text", "나는 학교에 간다 → school"}};
    struct png_image image = {WIDTH, HEIGHT, pixels, 144, notes, 2};
    struct error e = {0};
    size_t length[2] = {0, 0};
    fill(pixels, colors, opaque);
    unsigned char *bytes = png_encode(&image, &length[0], &e);
    unsigned char *again = png_encode(&image, &length[1], &e);
    assert_non_null(bytes);
    assert_int_equal(length[0], length[1]);
    assert_memory_equal(bytes, again, length[0]);
    struct decoded d = decode(bytes, length[0]);
    assert_int_equal(d.width, WIDTH);
    assert_int_equal(d.height, HEIGHT);
    assert_int_equal(d.type, type);
    assert_int_equal(d.per_meter, 5669); /* 144 pixels an inch */
    assert_true(d.sRGB && d.utf8);
    assert_memory_equal(d.pixels, pixels, sizeof pixels);
    assert_int_equal(d.texts, 2);
    assert_string_equal(d.key[0], "Software");
    assert_string_equal(d.text[1], notes[1].text);
    free(d.pixels);
    free(bytes);
    free(again);
}

static void test_palette(void **state)
{
    (void)state;
    check_round_trip(1, true, PNG_COLOR_TYPE_PALETTE);
    check_round_trip(256, true, PNG_COLOR_TYPE_PALETTE);
    check_round_trip(100, false, PNG_COLOR_TYPE_PALETTE);
}

static void test_rgb(void **state)
{
    (void)state;
    check_round_trip(257, true, PNG_COLOR_TYPE_RGB);
    check_round_trip(900, true, PNG_COLOR_TYPE_RGB);
}

static void test_rgba(void **state)
{
    (void)state;
    check_round_trip(300, false, PNG_COLOR_TYPE_RGBA);
}

static void test_bad_keys(void **state)
{
    (void)state;
    const unsigned char pixel[4] = {1, 2, 3, 255};
    char longest[81];
    memset(longest, 'k', 80);
    longest[80] = 0;
    const char *keys[] = {"", " key", "key ", "키", longest};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct png_text note = {keys[i], "text"};
        struct png_image image = {1, 1, pixel, 0, &note, 1};
        struct error e = {0};
        size_t length;
        assert_null(png_encode(&image, &length, &e));
        assert_true(e.set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_palette),
        cmocka_unit_test(test_rgb),
        cmocka_unit_test(test_rgba),
        cmocka_unit_test(test_bad_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
