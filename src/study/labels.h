/* The tokens that label the rows and columns of matrices. */
#ifndef LABELS_H
#define LABELS_H

#include "numbers/plan.h"

#include <stdbool.h>

struct label {
    char *text;  /* safe to show: "▁나", "<eos>" */
    char *next;  /* decoder rows: the token that follows, the one to predict; else NULL */
    char *gloss; /* English gloss, or NULL */
    char *roman; /* romanisation, or NULL */
    char *classes; /* word classes of the piece, "particle ending", or NULL */
    int32_t id;
    int word;     /* number of the word the token belongs to, from 0; -1 for none */
    bool unknown; /* stands for characters the vocabulary does not have */
    bool special; /* <bos>, <eos>, <pad> */
    bool last;    /* decoder rows: what follows is the end */
};

struct labels {
    struct label *items;
    size_t count, capacity;
};

void labels_add(struct labels *l, struct label label); /* takes the strings */
void labels_free(struct labels *l);

/* The text of one whole word: its pieces joined, without the word-start mark. NULL when
 * there is no such word. Caller frees. */
char *labels_word(const struct labels *l, int word);
int labels_word_count(const struct labels *l);

/* The labels that go with the axes of stages. Any of them may be NULL. */
struct label_sets {
    const struct labels *source, *target, *vocabulary;
};

/* An axis may have labels of its own. */
static inline const struct labels *labels_own(struct axis axis)
{
    return axis.own;
}

/* The labels of one axis: its own, or those of its side or of the vocabulary; NULL when
 * it has numbers only. */
const struct labels *labels_of_axis(const struct label_sets *sets, struct axis axis);

/* A row or column for people: its token ("▁go → ▁to" with `next`, "▁학교 hakgyo ‘school’"
 * with `gloss`), else its number, `first` + 1 for the first. `l` may be NULL. Caller
 * frees. */
char *label_text(const struct labels *l, long index, long first, bool next, bool gloss);

/* The name of an axis in the language of the run: "query 쿼리", "" for none. (axis_name is
 * the one of files and commands.) Borrowed, static. */
const char *label_axis(enum axis_name axis);

/* The word-start mark of pieces, "▁" (U+2581), and the text after it. */
#define WORD_MARK "\xe2\x96\x81"
const char *label_without_mark(const char *text);

#endif
