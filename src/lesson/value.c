#include "lesson/value.h"

#include "base/memory.h"
#include "base/order.h"
#include "numbers/op.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void value_free(struct value *v)
{
    free(v->text);
    if (v->kind == VALUE_TENSOR)
        free(v->tensor.data);
    *v = (struct value){0};
}

struct value value_number(double x)
{
    return (struct value){.kind = VALUE_NUMBER, .number = x};
}

struct value value_text(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .text = mem_string(text)};
}

struct value value_none(void)
{
    return (struct value){.kind = VALUE_NONE};
}

static struct value new_tensor(int rank, const long *size)
{
    struct value v = {.kind = VALUE_TENSOR};
    v.tensor = (struct tensor){.type = TENSOR_F64, .rank = rank};
    memcpy(v.tensor.size, size, sizeof *size * (size_t)rank);
    v.tensor.data = mem_zero((size_t)tensor_count(&v.tensor) + 1, sizeof(double));
    return v;
}

struct value value_slice(const struct tensor *t, const struct labels *const labels[],
                         const struct slice *some)
{
    long size[TENSOR_MAX_RANK], stride[TENSOR_MAX_RANK], first = 0, step = 1;
    struct value kept = {0};
    int rank = 0;
    long strides[TENSOR_MAX_RANK];
    for (int i = t->rank - 1; i >= 0; i--) {
        strides[i] = step;
        step *= t->size[i];
    }
    for (int i = 0; i < t->rank; i++) {
        first += some->first[i] * strides[i];
        if (some->one[i])
            continue;
        size[rank] = some->count[i];
        stride[rank] = strides[i];
        kept.first[rank] = some->first[i];
        kept.labels[rank++] = labels[i];
    }
    if (rank == 0)
        return value_number(tensor_get(t, first));
    struct value v = new_tensor(rank, size);
    memcpy(v.labels, kept.labels, sizeof v.labels);
    memcpy(v.first, kept.first, sizeof v.first);
    long count = tensor_count(&v.tensor);
    for (long i = 0; i < count; i++) {
        long at = first, rest = i;
        for (int k = rank - 1; k >= 0; k--) {
            at += rest % size[k] * stride[k];
            rest /= size[k];
        }
        v.tensor.f64[i] = tensor_get(t, at);
    }
    return v;
}

/* ---- functions ---- */

static struct value wrong(struct error *e, const char *name, const char *wanted)
{
    error_set(e, "%s: %s must be given", name, wanted);
    return value_none();
}

/* The place of the k-th largest, from 1; the earlier one of equals. */
static long place_of(const struct tensor *t, long k)
{
    long n = tensor_count(t), *order = mem_alloc((size_t)n, sizeof *order);
    order_largest(t->f64, n, k, order);
    long place = order[k - 1];
    free(order);
    return place;
}

/* The label of a cell: of a row, its column; of a matrix "row → column". */
static struct value label_of(const struct value *v, long cell)
{
    char *parts[TENSOR_MAX_RANK];
    int rank = v->tensor.rank;
    struct buffer b = {0};
    for (int i = rank - 1; i >= 0; i--) {
        long index = cell % v->tensor.size[i] + v->first[i];
        const struct labels *l = v->labels[i];
        cell /= v->tensor.size[i];
        parts[i] = l && index < (long)l->count
                       ? mem_string(label_without_mark(l->items[index].text))
                       : mem_format("%ld", index + 1);
    }
    for (int i = 0; i < rank; i++) {
        bool only = v->tensor.size[i] == 1 && i + 1 < rank; /* its one row says nothing */
        if (!only)
            buffer_addf(&b, "%s%s", b.length ? " → " : "", parts[i]);
        free(parts[i]);
    }
    struct value label = {.kind = VALUE_TEXT, .text = buffer_take(&b)};
    return label;
}

static struct value shape(const struct tensor *t)
{
    struct buffer b = {0};
    for (int i = 0; i < t->rank; i++)
        buffer_addf(&b, "%s%ld", i ? " × " : "", t->size[i]);
    return (struct value){.kind = VALUE_TEXT, .text = buffer_take(&b)};
}

static struct value of_number(const char *name, double x, double digits)
{
    double power = pow(10, digits);
    return value_number(op_is_function(name) ? op_function(name, x)
                                             : round(x * power) / power);
}

/* Of each cell; within a function it is an op, here only what is shown. */
static struct value of_cells(const char *name, const struct value *v, double digits)
{
    struct value out = new_tensor(v->tensor.rank, v->tensor.size);
    memcpy(out.labels, v->labels, sizeof out.labels);
    memcpy(out.first, v->first, sizeof out.first);
    for (long i = 0; i < tensor_count(&v->tensor); i++)
        out.tensor.f64[i] = of_number(name, v->tensor.f64[i], digits).number;
    return out;
}

static double size_of(const char *name, const struct tensor *t)
{
    if (!strcmp(name, "count"))
        return (double)tensor_count(t);
    if (!strcmp(name, "columns"))
        return (double)tensor_columns(t);
    return t->rank > 1 ? (double)t->size[t->rank - 2] : 1;
}

static struct value ranked(const char *name, const struct value *args, int count,
                           struct error *e)
{
    double k = count > 1 ? args[1].number : 1;
    if (!(k >= 1 && k <= (double)tensor_count(&args[0].tensor)))
        return wrong(e, name, "a second argument from 1 to the number of cells");
    long place = place_of(&args[0].tensor, (long)k);
    return !strcmp(name, "largest") ? value_number(args[0].tensor.f64[place])
                                    : label_of(&args[0], place);
}

static bool is_one_of(const char *name, const char *list)
{
    size_t n = strlen(name);
    for (const char *s = list; (s = strstr(s, name)) != NULL; s += n)
        if ((s == list || s[-1] == ' ') && (s[n] == ' ' || !s[n]))
            return true;
    return false;
}

#define OF_NUMBERS "abs sign sqrt exp log sin cos tanh round"
#define OF_TENSORS "count rows columns shape"
#define RANKED "argmax top largest"

const char *const value_functions = RANKED " " OF_TENSORS " " OF_NUMBERS;

bool value_is_function(const char *name)
{
    return is_one_of(name, value_functions);
}

struct value value_function(const char *name, const struct value *args, int count,
                            struct error *e)
{
    bool numbers = is_one_of(name, OF_NUMBERS), ranks = is_one_of(name, RANKED);
    int most = ranks || !strcmp(name, "round") ? 2 : 1;
    if (count < 1 || count > most || (count == 2 && args[1].kind != VALUE_NUMBER))
        return wrong(e, name, most == 1 ? "one value" : "one value, or two");
    if (numbers && args[0].kind == VALUE_NUMBER)
        return of_number(name, args[0].number, count > 1 ? args[1].number : 0);
    if (args[0].kind != VALUE_TENSOR)
        return wrong(e, name, numbers ? "a number" : "a matrix or a row of one");
    if (numbers)
        return of_cells(name, &args[0], count > 1 ? args[1].number : 0);
    if (ranks)
        return ranked(name, args, count, e);
    if (!strcmp(name, "shape"))
        return shape(&args[0].tensor);
    return value_number(size_of(name, &args[0].tensor));
}

/* ---- arithmetic ---- */

static double operate(char sign, double a, double b)
{
    return sign == '+' ? a + b : sign == '-' ? a - b : sign == '*' ? a * b : a / b;
}

static bool same_shape(const struct tensor *a, const struct tensor *b)
{
    return a->rank == b->rank &&
           !memcmp(a->size, b->size, sizeof *a->size * (size_t)a->rank);
}

struct value value_arithmetic(char sign, const struct value *a, const struct value *b,
                              struct error *e)
{
    bool fits = (a->kind == VALUE_NUMBER || a->kind == VALUE_TENSOR) &&
                (b->kind == VALUE_NUMBER || b->kind == VALUE_TENSOR);
    if (!fits) {
        error_set(e, "\"%c\" needs numbers or matrices on both sides, and no texts",
                  sign);
        return value_none();
    }
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        return value_number(operate(sign, a->number, b->number));
    const struct value *big = a->kind == VALUE_TENSOR ? a : b;
    if (a->kind == b->kind && !same_shape(&a->tensor, &b->tensor)) {
        error_set(
            e,
            "\"%c\" needs two matrices of one shape; in a compute block a row goes with "
            "every row",
            sign);
        return value_none();
    }
    struct value v = new_tensor(big->tensor.rank, big->tensor.size);
    memcpy(v.labels, big->labels, sizeof v.labels);
    memcpy(v.first, big->first, sizeof v.first);
    for (long i = 0; i < tensor_count(&v.tensor); i++)
        v.tensor.f64[i] =
            operate(sign, a->kind == VALUE_TENSOR ? a->tensor.f64[i] : a->number,
                    b->kind == VALUE_TENSOR ? b->tensor.f64[i] : b->number);
    return v;
}

/* ---- as text ---- */

static void add_thousands(struct buffer *b, double x)
{
    char digits[48];
    int n = snprintf(digits, sizeof digits, "%.0f", fabs(x));
    if (x < 0)
        buffer_add(b, "-");
    for (int i = 0; i < n; i++)
        buffer_addf(b, "%s%c", i && (n - i) % 3 == 0 ? "," : "", digits[i]);
}

static void add_number(struct buffer *b, double x, const char *format)
{
    int decimals = format[0] == '.' ? format[1] - '0' : -1;
    if (isnan(x)) {
        buffer_add(b, "NaN");
    } else if (isinf(x)) {
        buffer_add(b, x < 0 ? "-∞" : "∞");
    } else if (!strcmp(format, ",") && fabs(x) < 1e30) {
        add_thousands(b, x);
    } else if (*format && format[strlen(format) - 1] == '%') {
        buffer_addf(b, "%.*f%%", decimals < 0 ? 0 : decimals, 100 * x);
    } else {
        bool whole = fabs(x - round(x)) < 1e-9 && fabs(x) < 1e15;
        if (decimals < 0)
            decimals = whole ? 0 : 2;
        if (fabs(x) < 0.5 * pow(10, -decimals))
            x = 0; /* no "-0.00" */
        buffer_addf(b, "%.*f", decimals, x);
    }
}

#define LISTED_MOST 64

/* The labels of the rows, or of the columns of the only row. */
static void add_list(struct buffer *b, const struct value *v)
{
    int axis = v->tensor.rank > 1 && v->tensor.size[0] == 1 ? v->tensor.rank - 1 : 0;
    const struct labels *l = v->labels[axis];
    long count = v->tensor.size[axis];
    for (long i = 0; i < count && i < LISTED_MOST; i++)
        buffer_addf(b, "%s%s", i ? axis ? " " : ", " : "",
                    l && i < (long)l->count ? l->items[i].text : "");
    buffer_add(b, count > LISTED_MOST ? " …" : "");
}

char *value_print(const struct value *v, const char *format)
{
    struct buffer b = {0};
    if (v->kind == VALUE_NUMBER) {
        add_number(&b, v->number, format);
    } else if (v->kind == VALUE_TEXT) {
        buffer_add(&b, v->text);
    } else if (v->kind == VALUE_TENSOR && v->listed && !*format) {
        add_list(&b, v);
    } else if (v->kind == VALUE_TENSOR) {
        long count = tensor_count(&v->tensor);
        for (long i = 0; i < count && i < 12; i++) {
            buffer_add(&b, i ? ", " : "");
            add_number(&b, v->tensor.f64[i], format);
        }
        buffer_add(&b, count > 12 ? ", …" : "");
    } else {
        buffer_add(&b, v->kind == VALUE_PENDING ? "…" : "–");
    }
    return buffer_take(&b);
}
