/* Memory that never comes back NULL, and a growing string.
 *
 * Out of memory ends the program (`fatal`), so callers have no failure path to test.
 * Sizes are given as count and size, and their product is checked. Freed with `free`. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

void *mem_alloc(size_t count, size_t size);             /* uninitialised */
void *mem_zero(size_t count, size_t size);              /* all bytes 0 */
void *mem_resize(void *p, size_t count, size_t size);   /* like realloc; p may be NULL */
void *mem_copy(const void *p, size_t count, size_t size); /* caller frees */
char *mem_string(const char *s);                        /* a copy; caller frees */
char *mem_bytes(const char *s, size_t length);          /* a copy, ended by 0 */
char *mem_format(const char *format, ...)               /* caller frees */
    __attribute__((format(printf, 1, 2)));

/* For tests: the n-th allocation from now (1 is the next one) finds no memory, so that
 * the program ends; -1 for never. */
void mem_fail_after(long n);

/* Makes room for one more element in a growing array: doubles `*capacity` when `count`
 * has reached it, and returns the array, moved or not.
 *     list->items = mem_grow(list->items, list->n, &list->capacity, sizeof *list->items);
 */
void *mem_grow(void *array, size_t count, size_t *capacity, size_t size);

/* A growing byte string, always ended by 0 once anything was added.
 *     struct buffer b = {0};
 *     buffer_addf(&b, "%d rows", n);
 *     char *text = buffer_take(&b);       // caller frees; b is empty again
 */
struct buffer {
    char *data; /* NULL while nothing was added */
    size_t length, capacity;
};

void buffer_add(struct buffer *b, const char *s);
void buffer_add_bytes(struct buffer *b, const char *s, size_t length);
void buffer_addf(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *buffer_take(struct buffer *b); /* never NULL; caller frees */
void buffer_free(struct buffer *b);

/* Memory for many small things that go together: handed out piece by piece, never moved,
 * freed all at once.
 *     struct arena a = {0};
 *     char *name = arena_string(&a, "scores");
 *     arena_free(&a);
 */
struct arena_block;
struct arena {
    struct arena_block *block; /* the newest */
};

void *arena_zero(struct arena *a, size_t count, size_t size); /* all bytes 0 */
char *arena_string(struct arena *a, const char *s);           /* a copy */
void *arena_copy(struct arena *a, const void *data, size_t bytes);
void arena_free(struct arena *a);

/* The bytes of memory that the machine has, or that a limit of the process (ulimit -v)
 * leaves of them; INFINITY where nobody knows. */
double mem_installed(void);

/* Ends the program with one line that names `what` where a library will need so many
 * bytes and there are not so many: for libraries that wait or crash then. */
void mem_need_room(size_t bytes, const char *what);

#endif
