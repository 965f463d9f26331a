/* Files that gzip has packed (RFC 1952). A few bytes of a strange file may stand for
 * gigabytes, so nothing is unpacked beyond a limit. */
#ifndef GZIP_H
#define GZIP_H

#include "base/error.h"

#include <stddef.h>

/* What `size` packed bytes stand for, ended by 0 (not counted in `*length`, which may be
 * NULL); at most `limit` bytes. Several packed parts one after another are joined, as
 * gzip does. Caller frees; NULL and an error when the bytes are not whole, damaged or no
 * gzip, or stand for more. */
char *gzip_unpack(const void *data, size_t size, size_t limit, size_t *length,
                  struct error *e);

/* The same for a file, which is not larger than `limit` either. */
char *gzip_read(const char *path, size_t limit, size_t *length, struct error *e);

#endif
