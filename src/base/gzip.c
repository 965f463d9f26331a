#include "base/gzip.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BLOCK 65536
/* For inflateInit2: the largest window, and a gzip header and no other. */
#define GZIP_WINDOW (MAX_WBITS + 16)
/* What gzip adds where nothing can be packed: headers, and 5 bytes a block of 16 kB or
 * more. */
#define PACKED_LIMIT(limit) ((limit) + (limit) / 1000 + 1024)

/* How far the packed bytes are read: zlib counts them in an unsigned int. */
struct packed {
    const unsigned char *at;
    size_t left;
};

static void give_input(z_stream *z, struct packed *in)
{
    if (z->avail_in || !in->left)
        return;
    size_t n = in->left < BLOCK ? in->left : BLOCK;
    z->next_in = (unsigned char *)in->at; /* zlib only reads it */
    z->avail_in = (uInt)n;
    in->at += n;
    in->left -= n;
}

/* Unpacks the next bytes. 1: a part has ended, 0: go on, -1 with an error. */
static int unpack_block(z_stream *z, struct packed *in, size_t limit, struct buffer *out,
                        struct error *e)
{
    unsigned char block[BLOCK];
    give_input(z, in);
    z->next_out = block;
    z->avail_out = BLOCK;
    int status = inflate(z, Z_NO_FLUSH);
    size_t made = BLOCK - z->avail_out;
    if (status == Z_MEM_ERROR)
        fatal("out of memory while unpacking");
    if (status == Z_BUF_ERROR) /* nothing was left to read */
        return error_set(e, "ends in the middle of packed data; get the whole file");
    if (status != Z_OK && status != Z_STREAM_END)
        return error_set(e, "is damaged or was not packed by gzip%s%s",
                         z->msg ? ": " : "", z->msg ? z->msg : "");
    if (made > limit - out->length)
        return error_set(e, "unpacks to more than the %zu bytes allowed here", limit);
    if (made)
        buffer_add_bytes(out, (const char *)block, made);
    return status == Z_STREAM_END;
}

char *gzip_unpack(const void *data, size_t size, size_t limit, size_t *length,
                  struct error *e)
{
    z_stream z = {0};
    struct packed in = {data, size};
    struct buffer out = {0};
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
        fatal("out of memory while unpacking");
    int status = 0;
    for (bool more = true; more && status >= 0;) {
        status = unpack_block(&z, &in, limit, &out, e);
        more = status == 0 || z.avail_in || in.left;
        if (status > 0 && more)
            inflateReset(&z); /* another part follows */
    }
    inflateEnd(&z);
    if (status < 0) {
        buffer_free(&out);
        return NULL;
    }
    if (length)
        *length = out.length;
    return buffer_take(&out);
}

char *gzip_read(const char *path, size_t limit, size_t *length, struct error *e)
{
    size_t size;
    char *packed = file_read(path, PACKED_LIMIT(limit), &size, e);
    if (!packed)
        return NULL;
    char *text = gzip_unpack(packed, size, limit, length, e);
    free(packed);
    if (!text)
        error_at(e, path, 0, 0);
    return text;
}
