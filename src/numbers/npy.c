#include "numbers/npy.h"

#include <string.h>

static void add_little_endian(struct buffer *out, uint32_t bits)
{
    char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (char)(bits >> (8 * i));
    buffer_add_bytes(out, bytes, 4);
}

static void add_header(const struct tensor *t, struct buffer *out)
{
    struct buffer h = {0};
    buffer_addf(&h, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                t->type == TENSOR_I32 ? "<i4" : "<f4");
    for (int i = 0; i < t->rank; i++)
        buffer_addf(&h, "%ld,%s", t->size[i], i + 1 < t->rank ? " " : "");
    buffer_add(&h, "), }");
    /* magic, version and length take 10 bytes; the data starts at a multiple of 64 */
    while ((10 + h.length + 1) % 64)
        buffer_add(&h, " ");
    buffer_add(&h, "\n");
    buffer_add_bytes(out, "\x93NUMPY\x01\x00", 8);
    char length[2] = {(char)h.length, (char)(h.length >> 8)};
    buffer_add_bytes(out, length, 2);
    buffer_add_bytes(out, h.data, h.length);
    buffer_free(&h);
}

void npy_write(const struct tensor *t, struct buffer *out)
{
    add_header(t, out);
    for (long i = 0; i < tensor_count(t); i++) {
        uint32_t bits;
        float f = (float)tensor_get(t, i);
        if (t->type == TENSOR_I32)
            bits = (uint32_t)t->i32[i];
        else
            memcpy(&bits, &f, 4);
        add_little_endian(out, bits);
    }
}

void csv_write(const struct tensor *t, struct buffer *out)
{
    long columns = tensor_columns(t), rows = t->rank == 3 ? t->size[1] : 0;
    for (long i = 0; i < tensor_count(t); i++) {
        if (rows && i && i % (rows * columns) == 0)
            buffer_add(out, "\n");
        buffer_addf(out, "%.9g%s", tensor_get(t, i), (i + 1) % columns ? "," : "\n");
    }
}
