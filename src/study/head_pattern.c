#include "study/head_pattern.h"

#include "base/memory.h"
#include "study/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum needs { NEEDS_NOTHING, NEEDS_CLASSES, NEEDS_LINKS };

struct head_lexicon {
    struct table words; /* lexicon.tsv: side, piece, class, senses, english */
    struct table links; /* exam_links.tsv, a line for each of exam.tsv */
};

unsigned head_where(const struct stage *s)
{
    const struct stage_place *p = &s->place;
    if (s->role != ROLE_SOFTMAX || s->shape.rank != 3 || p->gradient)
        return 0;
    if (p->block == BLOCK_CROSS_ATTENTION)
        return HEAD_IN_CROSS;
    if (p->block != BLOCK_SELF_ATTENTION)
        return 0;
    return p->stack == STACK_DECODER ? HEAD_IN_DECODER : HEAD_IN_ENCODER;
}

/* ---- what the model brings ---- */

/* What is not there stays empty. */
static int read_if_any(const struct model *m, const char *name, size_t columns,
                       struct table *t, struct error *e)
{
    char *path = model_file(m, name);
    int status = path ? table_read(path, columns, t, e) : 0;
    free(path);
    return status;
}

struct head_lexicon *head_lexicon_open(const struct model *m, struct error *e)
{
    struct head_lexicon *l = mem_zero(1, sizeof *l);
    if (read_if_any(m, "lexicon.tsv", 5, &l->words, e) == 0 &&
        read_if_any(m, "exam_links.tsv", 1, &l->links, e) == 0)
        return l;
    head_lexicon_free(l);
    return NULL;
}

void head_lexicon_free(struct head_lexicon *l)
{
    if (!l)
        return;
    table_free(&l->words);
    table_free(&l->links);
    free(l);
}

/* The first line of a piece of the source, or -1. */
static long line_of(const struct head_lexicon *l, const char *piece)
{
    for (size_t i = 0; i < l->words.rows; i++)
        if (!strcmp(table_cell(&l->words, i, 1), piece) &&
            !strcmp(table_cell(&l->words, i, 0), "source"))
            return (long)i;
    return -1;
}

static bool is_class(const struct head_map *m, const struct label *piece,
                     const char *class)
{
    long line = piece->special ? -1 : line_of(m->lexicon, piece->text);
    return line >= 0 && !strcmp(table_cell(&m->lexicon->words, (size_t)line, 2), class);
}

/* ---- the patterns ---- */

static const struct label *row_of(const struct head_map *m, long row)
{
    return &m->rows->items[row];
}

static const struct label *column_of(const struct head_map *m, long column)
{
    return &m->columns->items[column];
}

static bool in_one_word(const struct label *a, const struct label *b)
{
    return a->word >= 0 && a->word == b->word;
}

static bool is_ITSELF(const struct head_map *m, long row, long column)
{
    (void)m;
    return column == row;
}

static bool is_PREVIOUS(const struct head_map *m, long row, long column)
{
    (void)m;
    return column == row - 1;
}

static bool is_NEXT(const struct head_map *m, long row, long column)
{
    (void)m;
    return column == row + 1;
}

/* The first row of a text that looks at itself says nothing, nor does the last one. */
static bool is_FIRST(const struct head_map *m, long row, long column)
{
    return column == 0 && (m->where == HEAD_IN_CROSS || row > 0);
}

static bool is_LAST(const struct head_map *m, long row, long column)
{
    long last = (long)m->columns->count - 1;
    return column == last && (m->where == HEAD_IN_CROSS || row < last);
}

static bool is_WORD_BEFORE(const struct head_map *m, long row, long column)
{
    int word = column_of(m, column)->word;
    return word >= 0 && word == row_of(m, row)->word - 1;
}

static bool is_WORD_AFTER(const struct head_map *m, long row, long column)
{
    int word = row_of(m, row)->word;
    return word >= 0 && word + 1 == column_of(m, column)->word;
}

static bool is_LAST_WORD(const struct head_map *m, long row, long column)
{
    int last = labels_word_count(m->columns) - 1, word = row_of(m, row)->word;
    return word >= 0 && word < last && column_of(m, column)->word == last;
}

static bool is_PARTICLE(const struct head_map *m, long row, long column)
{
    const struct label *from = row_of(m, row), *to = column_of(m, column);
    return in_one_word(from, to) && is_class(m, from, "noun") &&
           is_class(m, to, "particle");
}

static bool is_NOUN(const struct head_map *m, long row, long column)
{
    const struct label *from = row_of(m, row), *to = column_of(m, column);
    return in_one_word(from, to) && is_class(m, from, "particle") &&
           is_class(m, to, "noun");
}

/* Whether a particle of objects stands in the word of that column. */
static bool is_in_object(const struct head_map *m, long column)
{
    for (size_t i = 0; i < m->columns->count; i++) {
        const struct label *piece = &m->columns->items[i];
        long line = in_one_word(piece, column_of(m, column))
                        ? line_of(m->lexicon, piece->text)
                        : -1;
        if (line >= 0 &&
            !strcmp(table_cell(&m->lexicon->words, (size_t)line, 4), "(object)"))
            return true;
    }
    return false;
}

static bool is_OBJECT(const struct head_map *m, long row, long column)
{
    return is_class(m, row_of(m, row), "verb-stem") &&
           is_class(m, column_of(m, column), "noun") && is_in_object(m, column);
}

/* A row counts for the word whose first piece it predicts. "4-6 1-2": word 4 of what is
 * written comes from word 6 of what was read, both from 1. */
static bool is_TRANSLATED(const struct head_map *m, long row, long column)
{
    const struct table *links = &m->lexicon->links;
    if (row + 1 >= (long)m->rows->count || m->sentence >= (long)links->rows)
        return false;
    int word = row_of(m, row + 1)->word, from, to, used;
    if (word < 0 || word == row_of(m, row)->word)
        return false;
    const char *s = table_cell(links, (size_t)m->sentence, 0);
    for (; sscanf(s, "%d-%d%n", &from, &to, &used) == 2; s += used)
        if (from == word + 1 && to == column_of(m, column)->word + 1)
            return true;
    return false;
}

/* ---- the table ---- */

static const struct {
    bool (*is)(const struct head_map *m, long row, long column);
    unsigned where;
    enum needs needs;
    double share;
    const char *key, *text[LANGUAGE_COUNT];
} patterns[HEAD_PATTERNS] = {
    [HEAD_MIXED] = {.key = "mixed", .text = {"mixed", "섞임"}},
#define HEAD_NAME(ID, where, words, share, key, en, ko) \
    [HEAD_##ID] = {is_##ID, HEAD_IN_##where, NEEDS_##words, share, key, {en, ko}},
#include "study/head_names.def"
#undef HEAD_NAME
};

bool head_pattern_is_in(const struct head_lexicon *l, enum head_pattern p, unsigned where)
{
    enum needs needs = patterns[p].needs;
    return patterns[p].is && (patterns[p].where & where) &&
           (needs != NEEDS_CLASSES || l->words.rows) &&
           (needs != NEEDS_LINKS || l->links.rows);
}

bool head_pattern_holds(const struct head_map *m, enum head_pattern p, long row,
                        long column)
{
    return patterns[p].is(m, row, column);
}

bool head_pattern_can(const struct head_map *m, enum head_pattern p, long row)
{
    for (long column = 0; column < (long)m->columns->count; column++)
        if (patterns[p].is(m, row, column))
            return true;
    return false;
}

double head_pattern_share(enum head_pattern p)
{
    return patterns[p].share;
}

const char *head_pattern_text(enum head_pattern p, enum language language)
{
    return patterns[p].text[language];
}

const char *head_pattern_key(enum head_pattern p)
{
    return patterns[p].key;
}
