#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*restore_terminal)(void);

int error_set(struct error *e, const char *format, ...)
{
    if (e && !e->set) {
        va_list args;
        va_start(args, format);
        vsnprintf(e->message, sizeof e->message, format, args);
        va_end(args);
        e->set = true;
    }
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

/* A control byte (C0, DEL) or the lead of a C1 control becomes '?'. */
static void replace_controls(char *s)
{
    for (unsigned char *p = (unsigned char *)s; *p; p++) {
        if (*p < 0x20 || *p == 0x7f)
            *p = '?';
        else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
            p[0] = p[1] = '?';
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
