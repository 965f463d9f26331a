/* The words of an expression, read one after the other: numbers, texts, names and signs.
 * The grammar, syntax.c, asks for what it expects. */
#ifndef SCANNER_H
#define SCANNER_H

#include "base/error.h"
#include "lesson/node.h"

#include <stdbool.h>
#include <stddef.h>

/* Where an expression stands, for messages. */
struct source {
    const char *text; /* all of the expression, from the place below */
    const char *file;
    long line, column;
};

/* All borrowed. The grammar counts `brackets` and `depth`, and moves `at` over what it
 * reads by itself. */
struct scanner {
    const struct source *source;
    size_t at;
    int brackets; /* inside of these a new line is only space */
    int depth;
    int operators; /* read so far */
    struct {       /* the last place asked for, from which the next is counted on */
        size_t at;
        long line, column;
    } place;
    struct error *e;
};

/* Sets the error at a place of the text; -1. */
int scanner_fail(struct scanner *p, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A node that stands at a place of the text. Caller frees. */
struct node *scanner_node(struct scanner *p, enum node_kind kind, size_t at);

char scanner_peek(const struct scanner *p); /* 0 at the end */
bool scanner_is_letter(char c);             /* of a name, which may hold _ */
bool scanner_is_digit(char c);

/* Skips spaces; inside of brackets new lines and comments too. */
void scanner_skip_space(struct scanner *p);

/* Takes `word` when it stands here, behind spaces. A word of letters must end there. */
bool scanner_take(struct scanner *p, const char *word);

/* The same, or -1 and an error that says why it should stand here. */
int scanner_expect(struct scanner *p, const char *word, const char *why);

/* A number, which begins here with a digit, and how many decimals it was written with.
 * Caller frees. */
struct node *scanner_number(struct scanner *p);

/* The text between the quotes, single or double, that begin here; NULL with an error.
 * Caller frees. */
char *scanner_text(struct scanner *p);

/* The name that begins here: it may hold dots and begin with "weight:". Caller frees. */
char *scanner_name(struct scanner *p);

#endif
