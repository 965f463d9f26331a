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
void tell_numbers(const struct chart *v, long row, long numbers, struct buffer *out);

/* "- and 3 more rows"; nothing where there are none. */
void tell_more_rows(long count, struct buffer *out);

/* The columns of the `most` largest numbers in a row of that head, falling; returns how
 * many there are. */
int tell_largest_columns(const struct chart *v, long row, int most, long *order);

/* "나 ← 간 0.74; 는 ← 에 0.99": of every row of that head the largest number. */
void tell_strongest(const struct chart *v, struct buffer *out);

/* The column of the largest finite number in a row of that head; -1 for none. */
long tell_strongest_column(const struct chart *v, long row);

/* Behind a head what it is named after, " (noun → particle): "; NULL: ": " alone. */
void tell_name(struct buffer *out, const char *name);

/* Adds the text with the label in the place of $l and the number in that of $n. */
void tell_link(struct buffer *out, const char *text, const char *label, double value);

#endif
