/* Expressions of lessons: the values of the prose, compute lines, conditions and claims.
 *
 *     sum       = product (("+" | "-") product)*
 *     product   = unary (("*" | "/") unary)*
 *     unary     = "-" unary | postfix
 *     postfix   = primary ("[" part ("," part)* "]")?
 *     primary   = NUMBER | 'text' | NAME | NAME "(" arguments ")" | "(" condition ")"
 *               | matrix
 *     condition = comparison (("and" | "or") comparison)* ; "not" before a comparison
 *     comparison = sum (("==" | "!=" | "<" | "<=" | ">" | ">=" | "~") sum
 *                  ("within" NUMBER "%"?)?)?
 *
 *     matrix    = "[" row ("," row)* "]" | row
 *     row       = "[" ('label' ",")? sum ("," sum)* "]"
 *
 * A NAME may hold dots (a stage id, one of a run: A.logits) and begin with "weight:" or
 * "A.weight:". The parts of a cell are
 * kept as they stand: the address parser reads them. The what-ifs of exam(…) likewise. */
#ifndef SYNTAX_H
#define SYNTAX_H

#include "base/error.h"
#include "lesson/node.h"
#include "lesson/scanner.h"

#include <stdbool.h>
#include <stddef.h>

/* Parses an expression that fills the text, but for what follows a ':' when `format` is
 * not NULL, which is copied to it. Caller frees; NULL and an error. */
struct node *syntax_value(const struct source *s, char format[16], struct error *e);
struct node *syntax_condition(const struct source *s, struct error *e);

/* Reads one "name = expression" from `*at` on, which is moved behind it and its line; the
 * name is the caller's. Lines that are empty or comments are skipped; returns 1, 0 at the
 * end of the text, or -1. */
int syntax_statement(const struct source *s, size_t *at, char **name, struct node **node,
                     size_t *begin, struct error *e);

#endif
