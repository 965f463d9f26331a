#include "study/words.h"

#include "base/memory.h"

#include <stdlib.h>

struct labels words_labels(const struct labels *l, long **groups)
{
    struct labels words = {0};
    *groups = mem_alloc(l->count, sizeof **groups);
    for (size_t i = 0; i < l->count; i++) {
        const struct label *piece = &l->items[i];
        bool continues = i && piece->word >= 0 && piece->word == l->items[i - 1].word;
        if (!continues) {
            char *text = piece->word >= 0 ? labels_word(l, piece->word) : NULL;
            labels_add(&words, (struct label){
                                   .text = text ? text : mem_string(piece->text),
                                   .id = piece->id,
                                   .word = piece->word,
                                   .special = piece->special,
                               });
        }
        (*groups)[i] = (long)words.count - 1;
        /* a decoder word predicts what its last piece predicts */
        struct label *word = &words.items[words.count - 1];
        word->last = piece->last;
        free(word->next);
        word->next = piece->next ? mem_string(piece->next) : NULL;
    }
    return words;
}

struct tensor words_map(const struct tensor *map, const long *row_group, long rows,
                        const long *column_group, long columns)
{
    struct tensor out = {.type = TENSOR_F64, .rank = map->rank};
    int r = map->rank - 2;
    long heads = map->rank == 3 ? map->size[0] : 1, m = map->size[r],
         n = map->size[r + 1];
    out.size[0] = heads;
    out.size[r] = rows;
    out.size[r + 1] = columns;
    out.f64 = mem_zero((size_t)(heads * rows * columns), sizeof(double));
    long *pieces = mem_zero((size_t)rows, sizeof *pieces);
    for (long q = 0; q < m; q++)
        pieces[row_group[q]]++;
    for (long h = 0; h < heads; h++)
        for (long q = 0; q < m; q++)
            for (long k = 0; k < n; k++)
                out.f64[(h * rows + row_group[q]) * columns + column_group[k]] +=
                    tensor_get(map, (h * m + q) * n + k) / (double)pieces[row_group[q]];
    free(pieces);
    return out;
}
