#include "lesson/scanner.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- places and errors ---- */

static void place(struct scanner *p, size_t at, long *line, long *column)
{
    const struct source *s = p->source;
    if (!p->place.line || p->place.at > at) {
        p->place.at = 0;
        p->place.line = s->line;
        p->place.column = s->column;
    }
    for (; p->place.at < at; p->place.at++) {
        if (s->text[p->place.at] == '\n') {
            p->place.line++;
            p->place.column = 0;
        }
        p->place.column++;
    }
    *line = p->place.line;
    *column = p->place.column;
}

int scanner_fail(struct scanner *p, size_t at, const char *format, ...)
{
    char message[400];
    long line, column;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    place(p, at, &line, &column);
    error_set(p->e, "%s", message);
    return error_at(p->e, p->source->file, line, column);
}

struct node *scanner_node(struct scanner *p, enum node_kind kind, size_t at)
{
    long line, column;
    place(p, at, &line, &column);
    return node_new(kind, line, column);
}

/* ---- characters and words ---- */

char scanner_peek(const struct scanner *p)
{
    return p->source->text[p->at];
}

void scanner_skip_space(struct scanner *p)
{
    for (;; p->at++) {
        char c = scanner_peek(p);
        if (c == '#' && p->brackets > 0)
            while (scanner_peek(p) && scanner_peek(p) != '\n')
                p->at++;
        else if (c != ' ' && c != '\t' && c != '\r' && !(c == '\n' && p->brackets > 0))
            return;
        if (!scanner_peek(p))
            return;
    }
}

bool scanner_take(struct scanner *p, const char *word)
{
    scanner_skip_space(p);
    size_t n = strlen(word);
    const char *s = p->source->text + p->at;
    if (strncmp(s, word, n) != 0)
        return false;
    bool letters = word[0] >= 'a' && word[0] <= 'z';
    if (letters && ((s[n] >= 'a' && s[n] <= 'z') || s[n] == '_' || s[n] == '('))
        return false;
    p->at += n;
    return true;
}

int scanner_expect(struct scanner *p, const char *word, const char *why)
{
    if (scanner_take(p, word))
        return 0;
    return scanner_fail(p, p->at, "\"%s\" is expected here%s%s", word, *why ? " " : "",
                        why);
}

bool scanner_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool scanner_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Measured before strtod reads it, which would take "inf" and "nan", too. */
struct node *scanner_number(struct scanner *p)
{
    struct node *n = scanner_node(p, NODE_NUMBER, p->at);
    const char *begin = p->source->text + p->at;
    size_t length = strspn(begin, "0123456789");
    if (begin[length] == '.') {
        n->decimals = (int)strspn(begin + length + 1, "0123456789");
        length += 1 + (size_t)n->decimals;
    }
    const char *e = begin + length;
    if ((*e == 'e' || *e == 'E') &&
        (scanner_is_digit(e[1]) ||
         (strchr("+-", e[1]) && e[1] && scanner_is_digit(e[2]))))
        length += 2 + strspn(e + 2, "0123456789");
    char *copy = mem_bytes(begin, length);
    n->number = strtod(copy, NULL);
    free(copy);
    p->at += length;
    return n;
}

char *scanner_text(struct scanner *p)
{
    char quote = scanner_peek(p);
    const char *begin = p->source->text + p->at + 1;
    size_t n = strcspn(begin, quote == '"' ? "\"\n" : "'\n");
    if (begin[n] != quote) {
        scanner_fail(p, p->at,
                     "a text begins here and does not end: write its closing quote");
        return NULL;
    }
    p->at += n + 2;
    return mem_bytes(begin, n);
}

char *scanner_name(struct scanner *p)
{
    const char *begin = p->source->text + p->at, *s = begin;
    size_t run = 0;
    while (scanner_is_letter(s[run]) || scanner_is_digit(s[run]))
        run++;
    if (!strncmp(s, "weight:", 7))
        s += 7;
    else if (!strncmp(s + run, ".weight:", 8)) /* of a run of its own */
        s += run + 8;
    while (scanner_is_letter(*s) || scanner_is_digit(*s) ||
           (*s == '.' && (scanner_is_letter(s[1]) || scanner_is_digit(s[1]))))
        s++;
    p->at += (size_t)(s - begin);
    return mem_bytes(begin, (size_t)(s - begin));
}
