/* Files: reading whole, mapping, and writing so that nothing is ever half-written. */
#ifndef FILE_H
#define FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* For tests: the n-th call from now that opens, reads, maps, writes or renames a file (1
 * is the next one) fails with EIO; -1 for never. */
void file_fail_after(long n);

/* The whole file, ended by 0 (not counted in `*length`, which may be NULL). Only regular
 * files up to `limit` bytes. Caller frees; NULL and an error when it cannot be read. */
char *file_read(const char *path, size_t limit, size_t *length, struct error *e);

/* All of standard input, up to `limit` bytes, likewise. Caller frees. */
char *file_read_stdin(size_t limit, size_t *length, struct error *e);

/* A read-only private mapping of a regular file. An empty file maps to size 0. */
struct file_map {
    const unsigned char *data;
    size_t size;
};
int file_map(const char *path, struct file_map *map, struct error *e);
void file_unmap(struct file_map *map);

/* Writes a file under a temporary name in the same folder, then renames it over `path`.
 * On failure the temporary file is removed and an older `path` stays as it was. With
 * `replace` false, an existing file is an error that says how to replace it. */
int file_write(const char *path, const void *data, size_t length, bool replace,
               struct error *e);

/* The same for a file that only its owner may read; replaces an older one. */
int file_write_private(const char *path, const void *data, size_t length,
                       struct error *e);

/* "dir/name" (caller frees). */
char *file_join(const char *dir, const char *name);
/* The name from the root on, without links and dots; the name as it stands where nothing
 * is there. Caller frees. */
char *file_full_path(const char *path);
/* The names in a folder, sorted, without "." and "..". Caller frees each and the list. */
int file_list(const char *path, char ***names, size_t *count, struct error *e);

bool file_exists(const char *path);
bool file_is_folder(const char *path);
int file_make_folder(const char *path, struct error *e); /* existing is fine */

#endif
