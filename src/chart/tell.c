#include "chart/tell.h"

#include "base/order.h"
#include "study/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_TOLD 4
#define STRONGEST_TOLD 30 /* rows of one head */

char *tell_label(const struct labels *labels, long index, bool next)
{
    char *label = label_text(labels, index, 0, next, false);
    for (char *mark; (mark = strstr(label, WORD_MARK)) != NULL;)
        memmove(mark, mark + strlen(WORD_MARK), strlen(mark + strlen(WORD_MARK)) + 1);
    return label;
}

/* ---- the numbers of a row ---- */

static void tell_number(struct buffer *out, const struct chart *v, double value)
{
    char number[RENDER_NUMBER];
    int digits = v->sheet.values == VALUES_IDS ? 0 : chart_digits(v, 2);
    buffer_add(out, chart_number(v, value, digits, number));
}

/* The first numbers as they stand. */
static void tell_first(struct buffer *out, const struct chart *v, long row, long most)
{
    for (long i = 0; i < v->sheet.columns && i < most; i++) {
        buffer_add(out, i ? ", " : "");
        tell_number(out, v, tensor_get(v->values, row * v->sheet.columns + i));
    }
    if (v->sheet.columns > most)
        buffer_add(out, ", …");
}

int tell_largest_columns(const struct chart *v, long row, int most, long *order)
{
    long n = v->sheet.columns;
    double *x = mem_alloc((size_t)n, sizeof *x);
    for (long i = 0; i < n; i++)
        x[i] = chart_cell(v, row, i);
    order_largest(x, n, most < n ? most : n, order);
    free(x);
    return most < n ? most : (int)n;
}

/* Where the columns are tokens: the largest, with their tokens. */
static void tell_largest(struct buffer *out, const struct chart *v, long row, long most)
{
    long *told = mem_alloc((size_t)v->sheet.columns, sizeof *told);
    int count = tell_largest_columns(v, row, (int)most, told);
    for (int k = 0; k < count; k++) {
        char *label = tell_label(v->sheet.column_labels, told[k], false);
        buffer_addf(out, "%s%s ", k ? ", " : "", label);
        tell_number(out, v, chart_cell(v, row, told[k]));
        free(label);
    }
    free(told);
}

void tell_numbers(const struct chart *v, long row, long numbers, struct buffer *out)
{
    const struct sheet *s = &v->sheet;
    long first = s->heads ? v->at.head * s->rows : 0;
    char *label = tell_label(s->row_labels, row, true);
    buffer_addf(out, "- %s: ", label);
    free(label);
    if (s->column_labels)
        tell_largest(out, v, row, numbers);
    else
        tell_first(out, v, first + row, numbers);
    buffer_add(out, "\n");
}

void tell_rows(const struct chart *v, long most, struct buffer *out)
{
    for (long row = 0; row < v->sheet.rows && row < most; row++)
        tell_numbers(v, row, NUMBERS_TOLD, out);
    tell_more_rows(v->sheet.rows - most, out);
}

void tell_more_rows(long count, struct buffer *out)
{
    char number[24];
    if (count < 1)
        return;
    snprintf(number, sizeof number, "%ld", count);
    char *more = say_with(SAY_PLAIN_MORE_ROWS, number);
    buffer_addf(out, "- %s\n", more);
    free(more);
}

/* ---- links ---- */

long tell_strongest_column(const struct chart *v, long row)
{
    long found = -1;
    double most = 0;
    for (long i = 0; i < v->sheet.columns; i++) {
        double x = chart_cell(v, row, i);
        if (isfinite(x) && (found < 0 || x > most)) {
            found = i;
            most = x;
        }
    }
    return found;
}

void tell_strongest(const struct chart *v, struct buffer *out)
{
    const struct sheet *s = &v->sheet;
    for (long row = 0; row < s->rows && row < STRONGEST_TOLD; row++) {
        long column = tell_strongest_column(v, row);
        char *from = tell_label(s->row_labels, row, true);
        char *to = tell_label(s->column_labels, column < 0 ? 0 : column, false);
        buffer_addf(out, "%s%s ← %s ", row ? "; " : "", from, column < 0 ? "–" : to);
        tell_number(out, v, column < 0 ? NAN : chart_cell(v, row, column));
        free(from);
        free(to);
    }
    buffer_add(out, s->rows > STRONGEST_TOLD ? "; …" : "");
}

void tell_link(struct buffer *out, const char *text, const char *label, double value)
{
    char number[RENDER_NUMBER];
    render_number(value, 2, number);
    for (const char *s = text; *s; s++) {
        bool mark = *s == '$' && (s[1] == 'l' || s[1] == 'n');
        if (mark)
            buffer_add(out, *++s == 'l' ? label : number);
        else
            buffer_add_bytes(out, s, 1);
    }
}

void tell_name(struct buffer *out, const char *name)
{
    if (name)
        buffer_addf(out, " (%s)", name);
    buffer_add(out, ": ");
}
