#include "study/table.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_MAX_BYTES ((size_t)16 << 20)

/* The pointers to the cells of one line, which is cut in place. Returns their number,
 * counted on past `columns`. */
static size_t cut_line(char *line, size_t columns, char **cells)
{
    size_t n = 0;
    for (char *cell = line; cell; n++) {
        char *tab = strchr(cell, '\t');
        if (tab)
            *tab = 0;
        if (n < columns)
            cells[n] = cell;
        cell = tab ? tab + 1 : NULL;
    }
    return n;
}

/* A cell must be text that is safe to show: valid UTF-8 without control characters. */
static int check_cells(char **cells, size_t columns, struct error *e)
{
    int result = 0;
    for (size_t i = 0; i < columns && result == 0; i++) {
        char *safe = text_sanitize(cells[i]);
        if (strcmp(safe, cells[i]))
            result = error_set(e,
                               "holds a control character or invalid UTF-8 in cell %zu: "
                               "%s; remove it",
                               i + 1, safe);
        free(safe);
    }
    return result;
}

static int cut_lines(struct table *t, const char *path, size_t columns, struct error *e)
{
    size_t capacity = 0;
    long number = 0;
    for (char *line = t->text; line && *line;) {
        char *end = strchr(line, '\n'), *next = end ? end + 1 : NULL;
        if (end)
            *end = 0;
        number++;
        if (number > 1) {
            while ((t->rows + 1) * columns > capacity) {
                capacity = capacity ? 2 * capacity : 256 * columns;
                t->cells = mem_resize(t->cells, capacity, sizeof *t->cells);
            }
            char **cells = t->cells + t->rows * columns;
            size_t n = cut_line(line, columns, cells);
            if (n != columns)
                error_set(e, "has %zu cell%s in this line; %zu, separated by tabs, are "
                          "expected", n, text_plural((long)n), columns);
            if (n != columns || check_cells(cells, columns, e) < 0)
                return error_at(e, path, number, 0);
            t->rows++;
        }
        line = next;
    }
    return 0;
}

int table_read(const char *path, size_t columns, struct table *t, struct error *e)
{
    size_t length;
    *t = (struct table){.columns = columns};
    t->text = file_read(path, TABLE_MAX_BYTES, &length, e);
    if (!t->text)
        return -1;
    if (strlen(t->text) != length) {
        error_set(e, "holds a NUL byte; remove it");
        error_at(e, path, 0, 0);
    } else if (cut_lines(t, path, columns, e) == 0) {
        return 0;
    }
    table_free(t);
    return -1;
}

void table_free(struct table *t)
{
    free(t->cells);
    free(t->text);
    *t = (struct table){0};
}
