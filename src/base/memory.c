#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, _SC_PHYS_PAGES */
#include "base/memory.h"

#include "base/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static size_t checked(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        fatal("out of memory: %zu items of %zu bytes were asked for", count, size);
    size_t bytes = count * size;
    return bytes ? bytes : 1;
}

static long until_failure;

void mem_fail_after(long n)
{
    until_failure = n;
}

/* Is this allocation the one that a test wants to fail? */
static bool refused(void)
{
    return until_failure > 0 && --until_failure == 0;
}

static void *must(void *p, size_t bytes)
{
    if (!p)
        fatal("out of memory: %zu bytes were asked for", bytes);
    return p;
}

void *mem_alloc(size_t count, size_t size)
{
    size_t bytes = checked(count, size);
    return must(refused() ? NULL : malloc(bytes), bytes);
}

void *mem_zero(size_t count, size_t size)
{
    size_t bytes = checked(count, size);
    return must(refused() ? NULL : calloc(1, bytes), bytes);
}

void *mem_resize(void *p, size_t count, size_t size)
{
    size_t bytes = checked(count, size);
    return must(refused() ? NULL : realloc(p, bytes), bytes);
}

void *mem_copy(const void *p, size_t count, size_t size)
{
    void *copy = mem_alloc(count, size);
    return count ? memcpy(copy, p, count * size) : copy;
}

char *mem_bytes(const char *s, size_t length)
{
    char *copy = mem_alloc(length + 1, 1);
    if (length)
        memcpy(copy, s, length);
    copy[length] = 0;
    return copy;
}

char *mem_string(const char *s)
{
    return mem_bytes(s, strlen(s));
}

void *mem_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity ? 2 * *capacity : 8;
    return mem_resize(array, *capacity, size);
}

static void reserve(struct buffer *b, size_t extra)
{
    size_t need = b->length + extra + 1;
    if (need <= b->capacity)
        return;
    b->capacity = need > 2 * b->capacity ? need : 2 * b->capacity;
    b->data = mem_resize(b->data, b->capacity, 1);
}

void buffer_add_bytes(struct buffer *b, const char *s, size_t length)
{
    reserve(b, length);
    if (length)
        memcpy(b->data + b->length, s, length);
    b->length += length;
    b->data[b->length] = 0;
}

void buffer_add(struct buffer *b, const char *s)
{
    buffer_add_bytes(b, s, strlen(s));
}

__attribute__((format(printf, 2, 0))) static void
add_formatted(struct buffer *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return;
    reserve(b, (size_t)length);
    vsnprintf(b->data + b->length, (size_t)length + 1, format, args);
    b->length += (size_t)length;
}

void buffer_addf(struct buffer *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_formatted(b, format, args);
    va_end(args);
}

char *mem_format(const char *format, ...)
{
    struct buffer b = {0};
    va_list args;
    va_start(args, format);
    add_formatted(&b, format, args);
    va_end(args);
    return buffer_take(&b);
}

char *buffer_take(struct buffer *b)
{
    char *data = b->data ? b->data : mem_string("");
    *b = (struct buffer){0};
    return data;
}

void buffer_free(struct buffer *b)
{
    free(b->data);
    *b = (struct buffer){0};
}

/* ---- arenas ---- */

#define BLOCK ((size_t)4096)

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    max_align_t data[];
};

static struct arena_block *add_block(struct arena *a, size_t bytes)
{
    size_t size = bytes > BLOCK ? bytes : BLOCK;
    struct arena_block *b = mem_alloc(1, sizeof *b + size);
    *b = (struct arena_block){.older = a->block, .size = size};
    return a->block = b;
}

void *arena_zero(struct arena *a, size_t count, size_t size)
{
    size_t unit = sizeof(max_align_t);
    size_t bytes = (checked(count, size) + unit - 1) / unit * unit;
    struct arena_block *b = a->block;
    if (!b || b->size - b->used < bytes)
        b = add_block(a, bytes);
    void *p = (char *)b->data + b->used;
    b->used += bytes;
    return memset(p, 0, bytes);
}

void *arena_copy(struct arena *a, const void *data, size_t bytes)
{
    void *copy = arena_zero(a, 1, bytes);
    return bytes ? memcpy(copy, data, bytes) : copy;
}

char *arena_string(struct arena *a, const char *s)
{
    return arena_copy(a, s, strlen(s) + 1);
}

void arena_free(struct arena *a)
{
    for (struct arena_block *b = a->block, *older; b; b = older) {
        older = b->older;
        free(b);
    }
    *a = (struct arena){0};
}

double mem_installed(void)
{
    struct rlimit limit;
    double pages = (double)sysconf(_SC_PHYS_PAGES), bytes = INFINITY;
    if (pages > 0)
        bytes = pages * (double)sysconf(_SC_PAGESIZE);
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        bytes = fmin(bytes, (double)limit.rlim_cur);
    return bytes;
}

void mem_need_room(size_t bytes, const char *what)
{
    void *p =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        fatal("out of memory: %s need %zu bytes; is there a limit (ulimit -v)?", what,
              bytes);
    munmap(p, bytes);
}
