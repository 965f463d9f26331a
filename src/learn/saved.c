#include "learn/saved.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static struct json *describe(const struct tensor *t, size_t at)
{
    struct json *j = json_new_object(), *shape = json_new_array();
    struct json *offsets = json_new_array();
    for (int i = 0; i < t->rank; i++)
        json_append(shape, json_new_integer(t->size[i]));
    json_append(offsets, json_new_integer((long)at));
    json_append(offsets, json_new_integer((long)(at + tensor_bytes(t))));
    json_add_text(j, "dtype", "F32");
    json_add(j, "shape", shape);
    json_add(j, "data_offsets", offsets);
    return j;
}

/* The header, padded so that the data begins at a multiple of 8. Caller frees. */
static char *make_header(const struct weights *w, const char *const *texts)
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
        json_add(j, w->items[i].name, describe(&w->items[i].tensor, at));
        at += tensor_bytes(&w->items[i].tensor);
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
                struct error *e)
{
    char *header = make_header(w, texts);
    struct buffer b = {0};
    char length[8];
    for (size_t i = 0, n = strlen(header); i < 8; i++, n >>= 8)
        length[i] = (char)(n & 0xff);
    buffer_add_bytes(&b, length, sizeof length);
    buffer_add(&b, header);
    free(header);
    for (size_t i = 0; i < w->count; i++)
        buffer_add_bytes(&b, w->items[i].tensor.data, tensor_bytes(&w->items[i].tensor));
    int result = file_write(path, b.data, b.length, true, e);
    buffer_free(&b);
    return result;
}
