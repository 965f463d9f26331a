/* How alike rows are, and the directions in which they differ.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "base/memory.h"
#include "numbers/matmul.h"
#include "numbers/op.h"
#include "numbers/vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PCA_MOST_COLUMNS 512

/* ---- COSINE. a·b / (|a|·|b|) for every two rows ----
 *
 * Inputs: a [n, k], b [m, k]. NaN for a row of zeros. */

static const char *shape_cosine(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || !shape_has_rank(c, 1, 2) ||
        c->in[0]->size[1] != c->in[1]->size[1])
        return "needs two matrices [n, k] and [m, k]";
    return shape_set(c, 2, c->in[0]->size[0], c->in[1]->size[0], 0);
}

static void kernel_cosine(float *out, const float *a, const float *b, long n, long m,
                          long k)
{
    for (long r = 0; r < n; r++, a += k) {
        double length = sqrt(vector_dot(a, a, k));
        for (long s = 0; s < m; s++) {
            const float *y = b + s * k;
            double both = length * sqrt(vector_dot(y, y, k));
            out[r * m + s] = (float)(vector_dot(a, y, k) / both);
        }
    }
}

static void forward_cosine(const struct op_call *c)
{
    kernel_cosine(c->out->f32, call_floats(c, 0), call_floats(c, 1), c->out->size[0],
                  c->out->size[1], c->in[0]->size[1]);
}

static void naive_cosine(const struct op_call *c)
{
    long n = c->out->size[0], m = c->out->size[1], k = c->in[0]->size[1];
    for (long r = 0; r < n; r++)
        for (long s = 0; s < m; s++) {
            double dot = 0, a = 0, b = 0;
            for (long i = 0; i < k; i++) {
                dot += call_get(c, 0, r * k + i) * call_get(c, 1, s * k + i);
                a += pow(call_get(c, 0, r * k + i), 2);
                b += pow(call_get(c, 1, s * k + i), 2);
            }
            c->out->f64[r * m + s] = dot / (sqrt(a) * sqrt(b));
        }
}

/* The products of two rows. */
static long sources_cosine(const struct op_call *c, long cell, struct op_source *out,
                           long limit)
{
    long m = c->out->size[1], k = c->in[0]->size[1], n = 0;
    for (long i = 0; i < k; i++)
        n = sources_put(out, limit, n,
                        (struct op_source){0, 1, cell / m * k + i, cell % m * k + i});
    return n;
}

static void steps_cosine(struct opening *o)
{
    long m = o->shape.size[1], k = tensor_columns(o->call.in[0]);
    steps_sum(o);
    o->x->steps->name = "dot product";
    opening_norm(o, "|a|", 0, o->x->cell / m * k, 1, k);
    opening_norm(o, "|b|", 1, o->x->cell % m * k, 1, k);
    struct operand dot = opening_result(o, 0), a = opening_result(o, 1),
                   b = opening_result(o, 2);
    struct step *q = opening_step(o, STEP_QUOTIENT, "quotient", "a·b / (|a|·|b|)", 1);
    q->result = dot.value / (a.value * b.value);
    term_set(q->terms, q->result, 3, dot, a);
    q->terms->operand[2] = b;
}

static void backward_cosine(struct backward *b)
{
    struct ref none = {0};
    struct op_params p = {0};
    struct ref turned = backward_add(b, OP_TRANSPOSE, b->grad, none, p);
    b->give(b, 0, b->add(b, OP_COSINE_GRADIENT, b->in[0], b->in[1], b->grad, p));
    b->give(b, 1, b->add(b, OP_COSINE_GRADIENT, b->in[1], b->in[0], turned, p));
}

const struct op op_cosine = {
    .name = "cosine",
    .kind = OP_KIND_PRODUCT,
    .least_inputs = 2,
    .most_inputs = 2,
    .formula = "cos($1, $2)",
    .shape = shape_cosine,
    .forward = forward_cosine,
    .naive = naive_cosine,
    .sources = sources_cosine,
    .steps = steps_cosine,
    .backward = backward_cosine,
    .form = {.arguments = "mm", .axes = AXES_ROWS_ROWS},
};

/* ---- COSINE_GRADIENT. The gradient of cosines with respect to the rows of a ----
 *
 * da = Σ g·(b / (|a|·|b|) - cos·a / |a|²). Inputs: a [n, k], b [m, k], g [n, m]. */

static const char *shape_cosine_gradient(const struct op_call *c)
{
    const char *wrong = shape_cosine(c);
    const struct tensor *g = c->in[2];
    if (wrong)
        return wrong;
    if (g->rank != 2 || g->size[0] != c->out->size[0] || g->size[1] != c->out->size[1])
        return "needs a gradient for each cosine";
    return shape_same(c);
}

/* The slope of the cosine of row r of a and row s of b along a[r,i]. */
static double cosine_slope(const struct op_call *c, long r, long s, long i)
{
    long k = c->in[0]->size[1];
    double dot = 0, a = 0, b = 0;
    for (long j = 0; j < k; j++) {
        double x = call_get(c, 0, r * k + j), y = call_get(c, 1, s * k + j);
        dot += x * y;
        a += x * x;
        b += y * y;
    }
    double both = sqrt(a) * sqrt(b);
    return call_get(c, 1, s * k + i) / both - dot / both * call_get(c, 0, r * k + i) / a;
}

static void forward_cosine_gradient(const struct op_call *c)
{
    long n = c->in[0]->size[0], m = c->in[1]->size[0], k = c->in[0]->size[1];
    memset(c->out->f32, 0, tensor_bytes(c->out));
    for (long r = 0; r < n; r++)
        for (long s = 0; s < m; s++) {
            const float *a = c->in[0]->f32 + r * k, *b = c->in[1]->f32 + s * k;
            double g = (double)c->in[2]->f32[r * m + s], square = vector_dot(a, a, k);
            double both = sqrt(square) * sqrt(vector_dot(b, b, k));
            double cosine = vector_dot(a, b, k) / both;
            for (long i = 0; i < k; i++)
                c->out->f32[r * k + i] +=
                    (float)(g * ((double)b[i] / both - cosine * (double)a[i] / square));
        }
}

static void naive_cosine_gradient(const struct op_call *c)
{
    long m = c->in[1]->size[0], k = c->in[0]->size[1];
    for (long cell = 0; cell < tensor_count(c->out); cell++) {
        c->out->f64[cell] = 0;
        for (long s = 0; s < m; s++)
            c->out->f64[cell] +=
                call_get(c, 2, cell / k * m + s) * cosine_slope(c, cell / k, s, cell % k);
    }
}

/* The row of a, all of b, the row of g. */
static long sources_cosine_gradient(const struct op_call *c, long cell,
                                    struct op_source *out, long limit)
{
    long m = c->in[1]->size[0], k = c->in[0]->size[1], n = 0;
    for (long i = 0; i < k; i++)
        n = sources_put(out, limit, n, (struct op_source){0, -1, cell / k * k + i, 0});
    for (long i = 0; i < m * k; i++)
        n = sources_put(out, limit, n, (struct op_source){1, -1, i, 0});
    for (long s = 0; s < m; s++)
        n = sources_put(out, limit, n, (struct op_source){2, -1, cell / k * m + s, 0});
    return n;
}

static void steps_cosine_gradient(struct opening *o)
{
    long m = o->call.in[1]->size[0], k = o->shape.size[1], cell = o->x->cell;
    struct step *s = opening_step(o, STEP_SUM, "sum", "Σ g·slope of cos", m);
    for (long i = 0; i < m; i++) {
        struct operand g = opening_input(o, 2, cell / k * m + i);
        double slope = cosine_slope(&o->call, cell / k, i, cell % k);
        term_set(&s->terms[i], g.value * slope, 2, g, opening_constant(slope));
        s->result += s->terms[i].value;
    }
}

const struct op op_cosine_gradient = {
    .name = "cosine_gradient",
    .kind = OP_KIND_ROW,
    .least_inputs = 3,
    .most_inputs = 3,
    .formula = "∂cos($1, $2)·$3",
    .shape = shape_cosine_gradient,
    .forward = forward_cosine_gradient,
    .naive = naive_cosine_gradient,
    .sources = sources_cosine_gradient,
    .steps = steps_cosine_gradient,
    .constant = "it is a gradient itself; how it changes is not followed",
};

/* ---- CENTER. Each number minus the mean of its column ---- */

static double column_mean(const float *x, long n, long d, long column)
{
    double sum = 0;
    for (long r = 0; r < n; r++)
        sum += (double)x[r * d + column];
    return sum / (double)n;
}

static void kernel_center(float *out, const float *x, long n, long d)
{
    for (long j = 0; j < d; j++) {
        double mean = column_mean(x, n, d, j);
        for (long r = 0; r < n; r++)
            out[r * d + j] = (float)((double)x[r * d + j] - mean);
    }
}

static void forward_center(const struct op_call *c)
{
    kernel_center(c->out->f32, call_floats(c, 0), c->out->size[0], c->out->size[1]);
}

static double mean_of_column(const struct op_call *c, long column)
{
    long n = c->in[0]->size[0], d = c->in[0]->size[1];
    double mean = 0;
    for (long r = 0; r < n; r++)
        mean += call_get(c, 0, r * d + column);
    return mean / (double)n;
}

static void naive_center(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = call_get(c, 0, i) - mean_of_column(c, i % d);
}

static void steps_center(struct opening *o)
{
    struct op_source *list;
    long n = opening_sources(o, &list);
    opening_mean(o, list, n);
    opening_difference(o, "a - μ", opening_input(o, 0, o->x->cell), opening_result(o, 0));
    free(list);
}

static void backward_center(struct backward *b)
{
    struct ref none = {0};
    b->give(b, 0, backward_add(b, OP_CENTER, b->grad, none, (struct op_params){0}));
}

const struct op op_center = {
    .name = "center",
    .kind = OP_KIND_COLUMN,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "$1 - mean of the rows",
    .shape = shape_matrix,
    .forward = forward_center,
    .naive = naive_center,
    .sources = sources_column,
    .steps = steps_center,
    .backward = backward_center,
    .form = {.arguments = "m"},
};

/* ---- PCA_AXES. The first two principal directions ----
 *
 * Input: x [n, d], which is centred first. Of length 1, with a positive largest component
 * (the first of several that are equal, up to 1e-6); zeros where there is no more
 * variance. Of directions with the same variance, any may come. */

static const char *shape_pca_axes(const struct op_call *c)
{
    if (!shape_has_rank(c, 0, 2) || c->in[0]->size[1] < 2 ||
        c->in[0]->size[1] > PCA_MOST_COLUMNS)
        return "needs a matrix of 2 to 512 columns";
    return shape_set(c, 2, 2, c->in[0]->size[1], 0);
}

/* A symmetric matrix of the centred rows: their covariance [d,d] (not divided by n), or,
 * where there are fewer rows than columns, their products with each other [n,n], which
 * has the same eigenvalues. LAPACK replaces it by its eigenvectors, one a row, with the
 * eigenvalues rising. */
struct symmetric {
    double *a, *values;
    long size;
};

static long kernel_pca_room(long n, long d)
{
    long size = n < d ? n : d;
    return 2 * d + size * size + size + matmul_eigen_room(size);
}

static void fill_covariance(struct symmetric *s, const float *x, const double *mean,
                            double *row, long n)
{
    long d = s->size;
    for (long r = 0; r < n; r++) {
        for (long j = 0; j < d; j++)
            row[j] = (double)x[r * d + j] - mean[j];
        for (long i = 0; i < d; i++)
            for (long j = 0; j < d; j++)
                s->a[i * d + j] += row[i] * row[j];
    }
}

static void fill_products(struct symmetric *s, const float *x, const double *mean, long d)
{
    for (long p = 0; p < s->size; p++)
        for (long q = 0; q <= p; q++) {
            double sum = 0;
            for (long j = 0; j < d; j++)
                sum +=
                    ((double)x[p * d + j] - mean[j]) * ((double)x[q * d + j] - mean[j]);
            s->a[p * s->size + q] = s->a[q * s->size + p] = sum;
        }
}

/* The sign that makes the first of the largest components positive. */
static double good_sign(const double *axis, long d)
{
    double most = 0;
    for (long j = 0; j < d; j++)
        most = fmax(most, fabs(axis[j]));
    long first = 0;
    while (fabs(axis[first]) < most * (1 - 1e-6))
        first++;
    return axis[first] < 0 ? -1 : 1;
}

/* The direction in the columns that belongs to eigenvector u; `axis` has d places. */
static void write_axis(float *out, const struct symmetric *s, long u, const float *x,
                       const double *mean, double *axis, long d)
{
    const double *vector = s->a + u * s->size;
    double square = 0;
    for (long j = 0; j < d; j++) {
        axis[j] = s->size == d ? vector[j] : 0;
        for (long r = 0; s->size < d && r < s->size; r++)
            axis[j] += vector[r] * ((double)x[r * d + j] - mean[j]);
        square += axis[j] * axis[j];
    }
    double scale = good_sign(axis, d) / sqrt(square);
    for (long j = 0; j < d; j++)
        out[j] = (float)(axis[j] * scale);
}

static void kernel_pca_axes(float *out, const float *x, long n, long d, double *room)
{
    double *mean = room, *row = room + d, trace = 0;
    struct symmetric s = {.a = room + 2 * d, .size = n < d ? n : d};
    s.values = s.a + s.size * s.size;
    for (long j = 0; j < d; j++)
        mean[j] = column_mean(x, n, d, j);
    if (n < d)
        fill_products(&s, x, mean, d);
    else
        fill_covariance(&s, x, mean, row, n);
    for (long i = 0; i < s.size; i++)
        trace += s.a[i * s.size + i];
    for (long j = 0; j < 2 * d; j++)
        out[j] = isfinite(trace) ? 0 : NAN;
    if (!isfinite(trace) || trace == 0)
        return;
    matmul_eigenvectors(s.a, s.values, s.size, s.values + s.size);
    long first = s.size - 1, second = s.size - 2;
    write_axis(out, &s, first, x, mean, row, d);
    if (second >= 0 && s.values[second] > 1e-12 * trace)
        write_axis(out + d, &s, second, x, mean, row, d);
}

static void forward_pca_axes(const struct op_call *c)
{
    long n = c->in[0]->size[0], d = c->in[0]->size[1];
    double *room = mem_zero((size_t)kernel_pca_room(n, d), sizeof *room);
    kernel_pca_axes(c->out->f32, call_floats(c, 0), n, d, room);
    free(room);
}

/* The covariance [d,d]. Caller frees. */
static double *covariance(const struct op_call *c)
{
    long n = c->in[0]->size[0], d = c->in[0]->size[1];
    double *cov = mem_zero((size_t)(d * d), sizeof *cov);
    double *mean = mem_alloc((size_t)d, sizeof *mean);
    for (long j = 0; j < d; j++)
        mean[j] = mean_of_column(c, j);
    for (long i = 0; i < d; i++)
        for (long j = 0; j < d; j++)
            for (long r = 0; r < n; r++)
                cov[i * d + j] += (call_get(c, 0, r * d + i) - mean[i]) *
                                  (call_get(c, 0, r * d + j) - mean[j]) / (double)n;
    free(mean);
    return cov;
}

/* Power iteration: v becomes the eigenvector of the largest eigenvalue, which is
 * returned; 0 when it is below `least`. The start is a row of sines, which no data are
 * orthogonal to in practice. `next` has d places. */
static double dominant(const double *cov, long d, double least, double *v, double *next)
{
    double length = 0, change = 1;
    for (long i = 0; i < d; i++)
        v[i] = sin((double)i + 1) / sqrt((double)d);
    for (int round = 0; round < 20000 && change >= 1e-14; round++) {
        length = 0;
        for (long i = 0; i < d; i++) {
            next[i] = 0;
            for (long j = 0; j < d; j++)
                next[i] += cov[i * d + j] * v[j];
            length += next[i] * next[i];
        }
        length = sqrt(length);
        if (length <= least)
            return 0;
        change = 0;
        for (long i = 0; i < d; i++) {
            change = fmax(change, fabs(next[i] / length - v[i]));
            v[i] = next[i] / length;
        }
    }
    return length;
}

/* The largest component is to be positive, the first of several. */
static double sign_of(const double *v, long d)
{
    double most = 0;
    for (long i = 0; i < d; i++)
        most = fmax(most, fabs(v[i]));
    for (long i = 0; i < d; i++)
        if (fabs(v[i]) >= most * (1 - 1e-6))
            return v[i] < 0 ? -1 : 1;
    return 1;
}

static void naive_pca_axes(const struct op_call *c)
{
    long d = c->out->size[1];
    double *cov = covariance(c), *v = mem_alloc((size_t)(2 * d), sizeof *v), trace = 0;
    for (long i = 0; i < d; i++)
        trace += cov[i * d + i];
    for (int axis = 0; axis < 2; axis++) {
        double *out = c->out->f64 + axis * d;
        double value = isfinite(trace) ? dominant(cov, d, 1e-12 * trace, v, v + d) : NAN;
        for (long i = 0; i < d; i++)
            out[i] = value > 0 ? v[i] * sign_of(v, d) : isnan(value) ? NAN : 0;
        for (long i = 0; i < d * d && value > 0; i++) /* deflation */
            cov[i] -= value * v[i / d] * v[i % d];
    }
    free(cov);
    free(v);
}

/* No arithmetic that would fit a few lines leads to an eigenvector. */
static void steps_pca_axes(struct opening *o)
{
    steps_given(o);
    o->x->steps->name = "axis";
    o->x->steps->formula = "an eigenvector of the covariance";
}

const struct op op_pca_axes = {
    .name = "pca_axes",
    .kind = OP_KIND_WHOLE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "principal axes of $1",
    .shape = shape_pca_axes,
    .forward = forward_pca_axes,
    .naive = naive_pca_axes,
    .sources = sources_all,
    .steps = steps_pca_axes,
    .constant = "a direction may turn round for any small change",
};
