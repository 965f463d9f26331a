#include "base/error.h"

#include "base/utf8.h"

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

/* Control characters: C0, DEL, C1; separators of lines and controls of direction. (Just
 * these, by hand: text.h, which has all of Unicode, stands above and needs errors.) */
static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f);
}

/* Each byte of a control character, and each that is no UTF-8, becomes '?'. */
static void replace_controls(char *s)
{
    const char *end = s + strlen(s);
    uint32_t code;
    for (size_t n; (n = utf8_decode(s, end, &code)) > 0; s += n)
        if (is_control(code) || utf8_is_broken(s, n, code))
            memset(s, '?', n);
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
