#include "chart/tell.h"

#include "base/order.h"
#include "study/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_TOLD 4

char *tell_label(const struct labels *labels, long index, bool next)
{
    char *label = label_text(labels, index, 0, next, false);
    for (char *mark; (mark = strstr(label, WORD_MARK)) != NULL;)
        memmove(mark, mark + strlen(WORD_MARK), strlen(mark + strlen(WORD_MARK)) + 1);
    return label;
}

/* ---- the numbers of a row ---- */

static void tell_number(struct buffer *out, const struct sheet *s, double value)
{
    char number[RENDER_NUMBER];
    render_number(value, s->values == VALUES_IDS ? 0 : 2, number);
    buffer_add(out, number);
}

/* The first numbers as they stand. */
static void tell_first(struct buffer *out, const struct sheet *s, const struct tensor *v,
                       long row, long most)
{
    for (long i = 0; i < s->columns && i < most; i++) {
        buffer_add(out, i ? ", " : "");
        tell_number(out, s, tensor_get(v, row * s->columns + i));
    }
    if (s->columns > most)
        buffer_add(out, ", …");
}

/* Where the columns are tokens: the largest, with their tokens. */
static void tell_largest(struct buffer *out, const struct sheet *s,
                         const struct tensor *v, long row, long most)
{
    long count = s->columns < most ? s->columns : most;
    long *told = mem_alloc((size_t)count, sizeof *told);
    double *x = mem_alloc((size_t)s->columns, sizeof *x);
    for (long i = 0; i < s->columns; i++)
        x[i] = tensor_get(v, row * s->columns + i);
    order_largest(x, s->columns, count, told);
    for (long k = 0; k < count; k++) {
        char *label = tell_label(s->column_labels, told[k], false);
        buffer_addf(out, "%s%s ", k ? ", " : "", label);
        tell_number(out, s, x[told[k]]);
        free(label);
    }
    free(told);
    free(x);
}

void tell_row(const struct chart *v, long row, long numbers, struct buffer *out)
{
    const struct sheet *s = &v->sheet;
    long at = (s->heads ? v->at.head * s->rows : 0) + row;
    char *label = tell_label(s->row_labels, row, true);
    buffer_addf(out, "- %s: ", label);
    free(label);
    if (s->column_labels)
        tell_largest(out, s, v->values, at, numbers);
    else
        tell_first(out, s, v->values, at, numbers);
    buffer_add(out, "\n");
}

void tell_more(long rows, long most, struct buffer *out)
{
    char number[24];
    if (rows <= most)
        return;
    snprintf(number, sizeof number, "%ld", rows - most);
    char *more = say_with(SAY_PLAIN_MORE_ROWS, number);
    buffer_addf(out, "- %s\n", more);
    free(more);
}

void tell_rows(const struct chart *v, long most, struct buffer *out)
{
    for (long row = 0; row < v->sheet.rows && row < most; row++)
        tell_row(v, row, NUMBERS_TOLD, out);
    tell_more(v->sheet.rows, most, out);
}
