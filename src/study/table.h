/* Tab-separated tables: a header line, then rows of a fixed number of cells. Used for the
 * gloss, lexicon, exam and examples of a model. */
#ifndef TABLE_H
#define TABLE_H

#include "base/error.h"

#include <stddef.h>

struct table {
    char **cells; /* rows x columns, sanitised, owned by `text` */
    size_t rows, columns;
    char *text;
};

/* Reads a table; every row must have exactly `columns` cells. Errors name file and line.
 * Free with table_free. */
int table_read(const char *path, size_t columns, struct table *t, struct error *e);
void table_free(struct table *t);

static inline const char *table_cell(const struct table *t, size_t row, size_t column)
{
    return t->cells[row * t->columns + column];
}

#endif
