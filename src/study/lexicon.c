#include "study/lexicon.h"

#include "base/memory.h"
#include "study/table.h"

#include <stdlib.h>
#include <string.h>

enum column { SIDE, PIECE, CLASS, COLUMNS = 5 };

struct lexicon {
    struct table table;
    char ***sorted; /* its rows by side and piece; those of a piece as in the file */
};

static int by_piece(const void *a, const void *b)
{
    char **x = *(char **const *)a, **y = *(char **const *)b;
    int side = strcmp(x[SIDE], y[SIDE]), piece = strcmp(x[PIECE], y[PIECE]);
    return side ? side : piece ? piece : (x > y) - (x < y);
}

struct lexicon *lexicon_open(const char *path, struct error *e)
{
    struct lexicon *l = mem_zero(1, sizeof *l);
    if (path && table_read(path, COLUMNS, &l->table, e) < 0) {
        free(l);
        return NULL;
    }
    l->sorted = mem_zero(l->table.rows + 1, sizeof *l->sorted);
    for (size_t i = 0; i < l->table.rows; i++)
        l->sorted[i] = l->table.cells + i * COLUMNS;
    qsort(l->sorted, l->table.rows, sizeof *l->sorted, by_piece);
    return l;
}

struct lexicon *lexicon_of_model(const struct model *m)
{
    char *path = model_file(m, "lexicon.tsv");
    struct error ignored = {0};
    struct lexicon *l = lexicon_open(path, &ignored);
    free(path);
    return l ? l : lexicon_open(NULL, NULL);
}

void lexicon_free(struct lexicon *l)
{
    if (!l)
        return;
    table_free(&l->table);
    free(l->sorted);
    free(l);
}

static const char *side_name(enum side side)
{
    return side == SIDE_TARGET ? "target" : "source";
}

/* The first row of a piece, or the place where it would stand. */
static size_t find(const struct lexicon *l, const char *side, const char *piece)
{
    size_t low = 0, high = l->table.rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(l->sorted[middle][SIDE], side);
        if (!order)
            order = strcmp(l->sorted[middle][PIECE], piece);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

char *lexicon_classes(const struct lexicon *l, enum side side, const char *piece)
{
    struct buffer b = {0};
    const char *name = side_name(side);
    for (size_t i = find(l, name, piece);
         i < l->table.rows && !strcmp(l->sorted[i][SIDE], name) &&
         !strcmp(l->sorted[i][PIECE], piece);
         i++)
        if (*l->sorted[i][CLASS] && !lexicon_is(b.data, l->sorted[i][CLASS]))
            buffer_addf(&b, "%s%s", b.length ? " " : "", l->sorted[i][CLASS]);
    return b.data;
}

char *lexicon_classes_of(const struct lexicon *l, enum side side,
                         const struct tokenizer *t, int32_t id)
{
    const char *piece = t ? tokenizer_piece(t, id) : NULL;
    return piece ? lexicon_classes(l, side, piece) : NULL;
}

bool lexicon_has(const struct lexicon *l, const char *word_class)
{
    for (size_t i = 0; i < l->table.rows; i++)
        if (!strcmp(table_cell(&l->table, i, CLASS), word_class))
            return true;
    return false;
}

char *lexicon_names(const struct lexicon *l, enum side side)
{
    struct buffer names = {0}, found = {0};
    for (size_t i = 0; i < l->table.rows; i++) {
        const char *word_class = table_cell(&l->table, i, CLASS);
        if (strcmp(table_cell(&l->table, i, SIDE), side_name(side)) != 0 ||
            lexicon_is(found.data, word_class))
            continue;
        buffer_addf(&found, "%s%s", found.length ? " " : "", word_class);
        buffer_addf(&names, "%s%s", names.length ? ", " : "", word_class);
    }
    buffer_free(&found);
    return buffer_take(&names);
}

bool lexicon_is(const char *classes, const char *word_class)
{
    size_t n = strlen(word_class);
    for (const char *s = classes; s && n && (s = strstr(s, word_class)); s += n)
        if ((s == classes || s[-1] == ' ') && (s[n] == ' ' || !s[n]))
            return true;
    return false;
}
