#include "study/gloss.h"

#include "base/memory.h"
#include "base/text.h"
#include "study/table.h"

#include <stdlib.h>
#include <string.h>

struct gloss {
    struct table table; /* piece, English, romanisation; sorted by piece */
};

static int by_piece(const void *a, const void *b)
{
    return strcmp(((char *const *)a)[0], ((char *const *)b)[0]);
}

struct gloss *gloss_open(const char *path, struct error *e)
{
    struct gloss *g = mem_zero(1, sizeof *g);
    if (path && table_read(path, 3, &g->table, e) < 0) {
        free(g);
        return NULL;
    }
    if (g->table.rows)
        qsort(g->table.cells, g->table.rows, 3 * sizeof(char *), by_piece);
    return g;
}

struct gloss *gloss_of_model(const struct model *m)
{
    char *path = model_file(m, "gloss.tsv");
    struct error ignored = {0};
    struct gloss *g = gloss_open(path, &ignored);
    free(path);
    return g ? g : gloss_open(NULL, NULL);
}

void gloss_free(struct gloss *g)
{
    if (!g)
        return;
    table_free(&g->table);
    free(g);
}

static const char *find(const struct gloss *g, const char *piece, int column)
{
    const char *key[1] = {piece};
    if (!g->table.rows)
        return NULL;
    char **row =
        bsearch(key, g->table.cells, g->table.rows, 3 * sizeof(char *), by_piece);
    return row && *row[column] ? row[column] : NULL;
}

const char *gloss_english(const struct gloss *g, const char *piece)
{
    return find(g, piece, 1);
}

const char *gloss_roman(const struct gloss *g, const char *piece)
{
    return find(g, piece, 2);
}
