/* Errors as values.
 *
 * A function that can fail takes a `struct error *` as its last parameter and
 * returns 0/-1 or a pointer/NULL. The first error wins: later calls on an error
 * that is already set change nothing, so an inner message is never lost.
 *
 *     struct error e = {0};
 *     if (model_open(dir, &e) == NULL) error_print(&e);
 *
 * A message has the form "what: why, what to do"; the place (file, line, column)
 * is kept apart and printed before it. NULL is accepted wherever an error is. */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct error {
    bool set;
    bool usage; /* the command line is at fault (exit status 2) */
    long line, column; /* from 1; 0 means unknown */
    char file[256];    /* empty when the error has no file */
    char message[512];
};

/* Sets the message unless one is set. Always returns -1. */
int error_set(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a fault of the command line, such as a wrong value of an option. */
int error_usage(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds the place to a set error that has none yet. Always returns -1. */
int error_at(struct error *e, const char *file, long line, long column);

/* The full line "file:line:column: message", without a newline, in `out`. Bytes that
 * could command a terminal or hide in it, and what is not UTF-8, are replaced; what does
 * not fit ends in "…". */
void error_line(const struct error *e, char *out, size_t size);

/* Prints "stepformer: " and the line on standard error. */
void error_print(const struct error *e);

/* A line that is no error on standard error, "stepformer: …", made safe in the same way
 * and cut to half a screen. */
void error_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The callback that `fatal` runs before it prints; it restores the terminal.
 * NULL removes it. */
void fatal_on_exit(void (*restore)(void));

/* Ends the program with status 1 after restoring the terminal. For conditions that no
 * caller can mend, such as no memory. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
