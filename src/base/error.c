#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*restore_terminal)(void);

__attribute__((format(printf, 3, 0))) static int
set_message(struct error *e, bool usage, const char *format, va_list args)
{
    if (e && !e->set) {
        vsnprintf(e->message, sizeof e->message, format, args);
        e->set = true;
        e->usage = usage;
    }
    return -1;
}

int error_set(struct error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_message(e, false, format, args);
    va_end(args);
    return -1;
}

int error_usage(struct error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_message(e, true, format, args);
    va_end(args);
    return -1;
}

int error_at(struct error *e, const char *file, long line, long column)
{
    if (e && e->set && !e->file[0]) {
        snprintf(e->file, sizeof e->file, "%s", file);
        e->line = line;
        e->column = column;
    }
    return -1;
}

/* Bytes of the UTF-8 sequence at `p` (Unicode, table 3-7), 0 when it is not well formed.
 * The 0 that ends the string is never a continuation byte. */
static size_t sequence(const unsigned char *p)
{
    size_t n = *p < 0x80   ? 1
               : *p < 0xc2 ? 0
               : *p < 0xe0 ? 2
               : *p < 0xf0 ? 3
               : *p < 0xf5 ? 4
                           : 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool outside = (p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf4 && p[1] >= 0x90);
    return overlong || outside ? 0 : n;
}

/* Control characters: C0, DEL, C1; separators of lines and controls of direction. */
static bool is_control(const unsigned char *p, size_t n)
{
    if (n == 1)
        return *p < 0x20 || *p == 0x7f;
    if (n == 2)
        return p[0] == 0xc2 && p[1] < 0xa0;
    if (n != 3 || p[0] != 0xe2)
        return false;
    return (p[1] == 0x80 &&
            ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
           (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf);
}

/* Each byte of a control character, and each that is no UTF-8, becomes '?'. */
static void replace_controls(char *s)
{
    for (unsigned char *p = (unsigned char *)s; *p;) {
        size_t n = sequence(p);
        if (!n || is_control(p, n))
            memset(p, '?', n ? n : 1);
        p += n ? n : 1;
    }
}

void error_line(const struct error *e, char *out, size_t size)
{
    char place[320] = "";
    if (e->file[0] && e->line && e->column)
        snprintf(place, sizeof place, "%s:%ld:%ld: ", e->file, e->line, e->column);
    else if (e->file[0] && e->line)
        snprintf(place, sizeof place, "%s:%ld: ", e->file, e->line);
    else if (e->file[0])
        snprintf(place, sizeof place, "%s: ", e->file);
    snprintf(out, size, "%s%s", place, e->set ? e->message : "unknown error");
    replace_controls(out);
}

void error_print(const struct error *e)
{
    char line[900];
    error_line(e, line, sizeof line);
    fprintf(stderr, "stepformer: %s\n", line);
}

void fatal_on_exit(void (*restore)(void))
{
    restore_terminal = restore;
}

void fatal(const char *format, ...)
{
    void (*restore)(void) = restore_terminal;
    restore_terminal = NULL;
    if (restore)
        restore();
    va_list args;
    va_start(args, format);
    fputs("stepformer: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}
