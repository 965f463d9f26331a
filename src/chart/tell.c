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
                       long row)
{
    for (long i = 0; i < s->columns && i < NUMBERS_TOLD; i++) {
        buffer_add(out, i ? ", " : "");
        tell_number(out, s, tensor_get(v, row * s->columns + i));
    }
    if (s->columns > NUMBERS_TOLD)
        buffer_add(out, ", …");
}

/* Where the columns are tokens: the largest, with their tokens. */
static void tell_largest(struct buffer *out, const struct sheet *s,
                         const struct tensor *v, long row)
{
    long told[NUMBERS_TOLD];
    long count = s->columns < NUMBERS_TOLD ? s->columns : NUMBERS_TOLD;
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
    free(x);
}

void tell_rows(const struct chart *v, long most, struct buffer *out)
{
    const struct sheet *s = &v->sheet;
    long first = s->heads ? v->at.head * s->rows : 0;
    for (long row = 0; row < s->rows && row < most; row++) {
        char *label = tell_label(s->row_labels, row, true);
        buffer_addf(out, "- %s: ", label);
        free(label);
        if (s->column_labels)
            tell_largest(out, s, v->values, first + row);
        else
            tell_first(out, s, v->values, first + row);
        buffer_add(out, "\n");
    }
    if (s->rows > most) {
        char number[24];
        snprintf(number, sizeof number, "%ld", s->rows - most);
        char *more = say_with(SAY_PLAIN_MORE_ROWS, number);
        buffer_addf(out, "- %s\n", more);
        free(more);
    }
}
