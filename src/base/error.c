#include "base/error.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARKS_MOST 2
#define NOTE_MOST 1000 /* half a screen */
#define CUT "…"

static void (*restore_terminal)(void);

/* Ends a text that fills its room with "…", not within a character. */
static void cut(char *text, size_t size)
{
    size_t at = size - 1 - strlen(CUT);
    while (at && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    strcpy(text + at, CUT);
}

__attribute__((format(printf, 3, 0))) static int
set_message(struct error *e, bool usage, const char *format, va_list args)
{
    if (e && !e->set) {
        int length = vsnprintf(e->message, sizeof e->message, format, args);
        if (length >= (int)sizeof e->message)
            cut(e->message, sizeof e->message);
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

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *list, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= list[i].first && code <= list[i].last)
            return true;
    return false;
}

/* What commands a terminal or shows nothing: C0, DEL, C1, separators of lines, controls
 * of direction, what has no width. (Just these, by hand: text.h, which has all of
 * Unicode, stands above and needs errors.) */
static bool is_control(uint32_t code)
{
    static const struct range list[] = {
        {0, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},      {0x61c, 0x61c},
        {0x115f, 0x1160}, {0x180b, 0x180f},   {0x200b, 0x200c},  {0x200e, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},  {0xfeff, 0xfeff},
        {0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};
    return is_in(list, sizeof list / sizeof *list, code);
}

/* Marks that are drawn over the letter before them, or join it. */
static bool is_mark(uint32_t code)
{
    static const struct range list[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
        {0x64b, 0x65f},   {0x6d6, 0x6ed},   {0x730, 0x74a},   {0xe31, 0xe3a},
        {0xe47, 0xe4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
        {0x3099, 0x309a}, {0xfe20, 0xfe2f}, {0x200d, 0x200d}, {0xfe00, 0xfe0f}};
    return is_in(list, sizeof list / sizeof *list, code);
}

/* Each byte of a control character, each that is no UTF-8, and each of a mark that has
 * two on its letter already, becomes '?'. */
static void replace_controls(char *s)
{
    const char *end = s + strlen(s);
    uint32_t code;
    int marks = MARKS_MOST; /* a mark without a letter is none */
    for (size_t n; (n = utf8_decode(s, end, &code)) > 0; s += n) {
        bool mark = is_mark(code);
        if (is_control(code) || utf8_is_broken(s, n, code) ||
            (mark && marks >= MARKS_MOST))
            memset(s, '?', n);
        marks = mark ? marks + 1 : 0;
    }
}

/* Prints into `out` and makes it safe; what does not fit ends in "…". */
__attribute__((format(printf, 3, 0))) static void
print_safe(char *out, size_t size, const char *format, va_list args)
{
    int length = vsnprintf(out, size, format, args);
    if (length >= (int)size)
        cut(out, size);
    replace_controls(out);
}

__attribute__((format(printf, 3, 4))) static void print_line(char *out, size_t size,
                                                             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_safe(out, size, format, args);
    va_end(args);
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
    print_line(out, size, "%s%s", place, e->set ? e->message : "unknown error");
}

void error_print(const struct error *e)
{
    char line[900];
    error_line(e, line, sizeof line);
    fprintf(stderr, "stepformer: %s\n", line);
}

void error_note(const char *format, ...)
{
    char line[NOTE_MOST];
    va_list args;
    va_start(args, format);
    print_safe(line, sizeof line, format, args);
    va_end(args);
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
