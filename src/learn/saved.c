#include "learn/saved.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- halves ---- */

uint16_t saved_half(float x)
{
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    double size = fabs((double)x);
    int exponent;
    if (isnan(x))
        return sign | 0x7e00;
    if (size >= 65536 || size == 0)
        return size > 0 ? sign | 0x7c00 : sign;
    frexp(size, &exponent); /* size = 0.5 to 1 times 2^exponent */
    /* The eleventh bit stands for 2^last; below 2^-14 the step shrinks no more. */
    int last = exponent - 11 < -24 ? -24 : exponent - 11;
    /* The bits count on through the exponents: 2048 steps are 1024 of the next. */
    return sign | (uint16_t)((last + 24) * 1024 + (long)rint(ldexp(size, -last)));
}

static int add_halves(struct buffer *b, const char *name, const struct tensor *t,
                      struct error *e)
{
    for (long i = 0; i < tensor_count(t); i++) {
        uint16_t bits = saved_half(t->f32[i]);
        if ((bits & 0x7c00) == 0x7c00)
            return error_set(e, "the weight %.100s holds %g, which no F16 is near: write "
                             "F32 (--precision f32)", name, (double)t->f32[i]);
        buffer_add_bytes(b, &(char){(char)(bits & 0xff)}, 1);
        buffer_add_bytes(b, &(char){(char)(bits >> 8)}, 1);
    }
    return 0;
}

/* ---- the file ---- */

static size_t bytes_of(const struct tensor *t, bool half)
{
    return half ? tensor_bytes(t) / 2 : tensor_bytes(t);
}

static struct json *describe(const struct tensor *t, size_t at, bool half)
{
    struct json *j = json_new_object(), *shape = json_new_array();
    struct json *offsets = json_new_array();
    for (int i = 0; i < t->rank; i++)
        json_append(shape, json_new_integer(t->size[i]));
    json_append(offsets, json_new_integer((long)at));
    json_append(offsets, json_new_integer((long)(at + bytes_of(t, half))));
    json_add_text(j, "dtype", half ? "F16" : "F32");
    json_add(j, "shape", shape);
    json_add(j, "data_offsets", offsets);
    return j;
}

/* The header, padded so that the data begins at a multiple of 8. Caller frees. */
static char *make_header(const struct weights *w, const char *const *texts, bool half)
{
    struct json *j = json_new_object();
    size_t at = 0;
    if (texts) {
        struct json *meta = json_new_object();
        for (; *texts; texts += 2)
            json_add_text(meta, texts[0], texts[1]);
        json_add(j, "__metadata__", meta);
    }
    for (size_t i = 0; i < w->count; i++) {
        json_add(j, w->items[i].name, describe(&w->items[i].tensor, at, half));
        at += bytes_of(&w->items[i].tensor, half);
    }
    char *text = json_print(j, false);
    json_free(j);
    struct buffer b = {0};
    buffer_add_bytes(&b, text, strcspn(text, "\n"));
    while (b.length % 8)
        buffer_add(&b, " ");
    free(text);
    return buffer_take(&b);
}

int saved_write(const char *path, const struct weights *w, const char *const *texts,
                bool half, struct error *e)
{
    char *header = make_header(w, texts, half);
    struct buffer b = {0};
    char length[8];
    int result = 0;
    for (size_t i = 0, n = strlen(header); i < 8; i++, n >>= 8)
        length[i] = (char)(n & 0xff);
    buffer_add_bytes(&b, length, sizeof length);
    buffer_add(&b, header);
    free(header);
    for (size_t i = 0; i < w->count && result == 0; i++) {
        const struct tensor *t = &w->items[i].tensor;
        if (half)
            result = add_halves(&b, w->items[i].name, t, e);
        else
            buffer_add_bytes(&b, t->data, tensor_bytes(t));
    }
    if (result == 0)
        result = file_write(path, b.data, b.length, true, e);
    buffer_free(&b);
    return result;
}
