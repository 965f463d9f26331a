/* A matrix in words: what the hands for plain text share. */
#ifndef TELL_H
#define TELL_H

#include "chart/chart.h"

/* The label of a row or column as it is read aloud: without the marks of word starts.
 * Caller frees. */
char *tell_label(const struct labels *labels, long index, bool next);

/* "- ▁go → ▁to: 간 0.97, …": the first `most` rows of the head that is lit, each with its
 * largest numbers where the columns are tokens, else with its first ones. */
void tell_rows(const struct chart *v, long most, struct buffer *out);

/* The same of one row, with so many of its numbers. */
void tell_row(const struct chart *v, long row, long numbers, struct buffer *out);

/* "- and 12 more rows", where there are more than `most`. */
void tell_more(long rows, long most, struct buffer *out);

#endif
