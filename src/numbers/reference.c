#include "numbers/reference.h"

#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static double get(const struct op_call *c, int input, long index)
{
    return tensor_get(c->in[input], index);
}

void reference_tokens(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->i32[i] = c->params.ids[i];
}

void reference_gather(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++) {
            long id = (long)get(c, 0, r);
            bool there = id >= 0 && id < c->in[1]->size[0];
            c->out->f64[r * d + j] = there ? get(c, 1, id * d + j) : NAN;
        }
}

/* The sentence of row r of an axis of n rows, and its number where `number` wants it. */
static struct segment sentence_of(const struct pack *pack, long r, long n, long first,
                               long *number)
{
    for (long i = 0; i < call_sentences(pack); i++) {
        struct segment s = call_span(pack, i, n, first);
        if (number)
            *number = i;
        if (r >= s.start && r < s.start + s.count)
            return s;
    }
    return (struct segment){0, 0, 0}; /* no row stands outside of all sentences */
}

/* The position of row r in its sentence. */
static long position_of(const struct op_call *c, long r, long n)
{
    struct segment s = sentence_of(c->params.rows, r, n, c->params.integer, NULL);
    return s.first + r - s.start;
}

/* The keys that query row r may meet. */
static struct segment keys_of(const struct op_call *c, long r, long queries, long keys)
{
    long number = 0;
    sentence_of(c->params.rows, r, queries, 0, &number);
    return call_span(c->params.keys, number, keys, 0);
}

void reference_sinusoid(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++) {
            long i = j / 2;
            double p = (double)position_of(c, r, n);
            double angle = p / pow(10000, 2.0 * (double)i / (double)d);
            c->out->f64[r * d + j] = j == 2 * i ? sin(angle) : cos(angle);
        }
}

void reference_rows(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++)
            c->out->f64[r * d + j] = get(c, 0, position_of(c, r, n) * d + j);
}

void reference_scale(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = get(c, 0, i) * c->params.number;
}

void reference_add(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = get(c, 0, i) + get(c, 1, i);
}

void reference_linear(const struct op_call *c)
{
    long n = c->out->size[0], m = c->out->size[1], k = c->in[0]->size[1];
    for (long r = 0; r < n; r++)
        for (long o = 0; o < m; o++) {
            double sum = c->in[2] ? get(c, 2, o) : 0;
            for (long i = 0; i < k; i++)
                sum += get(c, 0, r * k + i) * get(c, 1, o * k + i);
            c->out->f64[r * m + o] = sum;
        }
}

void reference_split_heads(const struct op_call *c)
{
    long heads = c->out->size[0], n = c->out->size[1], k = c->out->size[2];
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < n; r++)
            for (long j = 0; j < k; j++)
                c->out->f64[(h * n + r) * k + j] = get(c, 0, r * heads * k + h * k + j);
}

void reference_scores(const struct op_call *c)
{
    long heads = call_heads(c->out), m = call_rows(c->out), n = tensor_columns(c->out);
    long k = tensor_columns(c->in[0]), rows = call_rows(c->in[1]);
    for (long h = 0; h < heads; h++)
        for (long q = 0; q < m; q++)
            for (long s = 0; s < n; s++) {
                struct segment keys = keys_of(c, q, m, rows);
                long key = h * rows + keys.start + s;
                double sum = s < keys.count ? 0 : -INFINITY;
                for (long i = 0; i < k && s < keys.count; i++)
                    sum += get(c, 0, (h * m + q) * k + i) * get(c, 1, key * k + i);
                c->out->f64[(h * m + q) * n + s] = sum;
            }
}

void reference_mask(const struct op_call *c)
{
    long m = call_rows(c->out), n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        long key = i % n, query = i / n % m;
        bool visible = key <= position_of(c, query, m);
        c->out->f64[i] = visible ? get(c, 0, i) : -INFINITY;
    }
}

void reference_softmax(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long first = 0; first < tensor_count(c->out); first += n) {
        double most = -INFINITY, sum = 0;
        for (long i = first; i < first + n; i++)
            most = fmax(most, get(c, 0, i));
        for (long i = first; i < first + n; i++)
            sum += exp((get(c, 0, i) - most) / call_temperature(c));
        for (long i = first; i < first + n; i++)
            c->out->f64[i] = exp((get(c, 0, i) - most) / call_temperature(c)) / sum;
    }
}

void reference_uniform(const struct op_call *c)
{
    reference_softmax(c);
    long n = tensor_columns(c->out), block = n * call_rows(c->out);
    for (long first = 0; first < tensor_count(c->out); first += n) {
        double seen = 0;
        for (long i = first; i < first + n; i++)
            seen += get(c, 0, i) != -INFINITY;
        for (long i = first; i < first + n && call_names_head(c, first / block); i++)
            c->out->f64[i] = get(c, 0, i) != -INFINITY ? 1 / seen : 0;
    }
}

void reference_copy(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = get(c, 0, i);
}

void reference_zero(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = 0;
}

void reference_append(const struct op_call *c)
{
    long old = call_kept(c) * c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = i < old ? get(c, 0, i) : get(c, 1, i - old);
}

void reference_mix(const struct op_call *c)
{
    long heads = call_heads(c->out), m = call_rows(c->out), n = tensor_columns(c->out);
    long k = tensor_columns(c->in[0]), rows = call_rows(c->in[1]);
    for (long h = 0; h < heads; h++)
        for (long q = 0; q < m; q++)
            for (long j = 0; j < n; j++) {
                double sum = 0;
                bool off = c->params.ids && call_names_head(c, h);
                struct segment keys = keys_of(c, q, m, rows);
                long value = h * rows + keys.start;
                for (long i = 0; i < keys.count && !off; i++)
                    sum +=
                        get(c, 0, (h * m + q) * k + i) * get(c, 1, (value + i) * n + j);
                c->out->f64[(h * m + q) * n + j] = sum;
            }
}

void reference_merge_heads(const struct op_call *c)
{
    long heads = c->in[0]->size[0], n = c->in[0]->size[1], k = c->in[0]->size[2];
    for (long r = 0; r < n; r++)
        for (long h = 0; h < heads; h++)
            for (long j = 0; j < k; j++)
                c->out->f64[r * heads * k + h * k + j] = get(c, 0, (h * n + r) * k + j);
}

void reference_relu(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        double x = get(c, 0, i);
        c->out->f64[i] = x < 0 ? 0 : x;
    }
}

void reference_gelu(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++) {
        double x = get(c, 0, i);
        c->out->f64[i] = x * 0.5 * erfc(-x / sqrt(2));
    }
}

void reference_gelu_tanh(const struct op_call *c)
{
    double root = sqrt(2 / acos(-1));
    for (long i = 0; i < tensor_count(c->out); i++) {
        double x = get(c, 0, i);
        c->out->f64[i] = 0.5 * x * (1 + tanh(root * (x + 0.044715 * pow(x, 3))));
    }
}

void reference_layer_norm(const struct op_call *c)
{
    long d = tensor_columns(c->out);
    for (long first = 0; first < tensor_count(c->out); first += d) {
        double mean = 0, variance = 0;
        for (long i = 0; i < d; i++)
            mean += get(c, 0, first + i) / (double)d;
        for (long i = 0; i < d; i++)
            variance += pow(get(c, 0, first + i) - mean, 2) / (double)d;
        for (long i = 0; i < d; i++) {
            double y = (get(c, 0, first + i) - mean) / sqrt(variance + c->params.number);
            y *= c->in[1] ? get(c, 1, i) : 1;
            y += c->in[2] ? get(c, 2, i) : 0;
            c->out->f64[first + i] = y;
        }
    }
}

void reference_subtract(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = get(c, 0, i) - get(c, 1, i);
}

void reference_multiply(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = get(c, 0, i) * get(c, 1, i);
}

void reference_share(const struct op_call *c)
{
    long n = tensor_columns(c->out);
    for (long i = 0; i < tensor_count(c->out); i++) {
        double sum = 0;
        for (long j = 0; j < n; j++)
            sum += get(c, 0, i / n * n + j);
        c->out->f64[i] = get(c, 0, i) / sum;
    }
}

void reference_cosine(const struct op_call *c)
{
    long n = c->out->size[0], m = c->out->size[1], k = c->in[0]->size[1];
    for (long r = 0; r < n; r++)
        for (long s = 0; s < m; s++) {
            double dot = 0, a = 0, b = 0;
            for (long i = 0; i < k; i++) {
                dot += get(c, 0, r * k + i) * get(c, 1, s * k + i);
                a += pow(get(c, 0, r * k + i), 2);
                b += pow(get(c, 1, s * k + i), 2);
            }
            c->out->f64[r * m + s] = dot / (sqrt(a) * sqrt(b));
        }
}

static double mean_of_column(const struct op_call *c, long column)
{
    long n = c->in[0]->size[0], d = c->in[0]->size[1];
    double mean = 0;
    for (long r = 0; r < n; r++)
        mean += get(c, 0, r * d + column);
    return mean / (double)n;
}

void reference_center(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = get(c, 0, i) - mean_of_column(c, i % d);
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
                cov[i * d + j] += (get(c, 0, r * d + i) - mean[i]) *
                                  (get(c, 0, r * d + j) - mean[j]) / (double)n;
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

void reference_pca_axes(const struct op_call *c)
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

void reference_random(const struct op_call *c)
{
    struct random r = random_seed((uint64_t)c->params.integer);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = random_normal(&r);
}

/* [-√3, √3] from the 2³² whole numbers. */
static double component(uint32_t half)
{
    return sqrt(3) * (2 * (((double)half + 0.5) / 4294967296.0) - 1);
}

/* Mean and sum of squares around it, as numbers come (Welford). */
struct running {
    double count, mean, squares;
};

static void add_number(struct running *s, double x)
{
    double before = x - s->mean;
    s->count++;
    s->mean += before / s->count;
    s->squares += before * (x - s->mean);
}

void reference_random_dots(const struct op_call *c)
{
    struct random r = random_seed((uint64_t)c->params.number);
    for (long i = 0; i < c->out->size[0]; i++) {
        struct running plain = {0}, scaled = {0};
        for (long pair = 0; pair < c->params.integer; pair++) {
            double dot = 0;
            for (long j = 0; j < c->params.ids[i]; j++) {
                uint64_t word = random_next(&r);
                dot += component((uint32_t)(word >> 32)) * component((uint32_t)word);
            }
            add_number(&plain, dot);
            add_number(&scaled, dot / sqrt((double)c->params.ids[i]));
        }
        c->out->f64[2 * i] = sqrt(plain.squares / plain.count);
        c->out->f64[2 * i + 1] = sqrt(scaled.squares / scaled.count);
    }
}

void reference_head(const struct op_call *c)
{
    long n = c->out->size[0], k = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < k; j++)
            c->out->f64[r * k + j] = get(c, 0, (c->params.integer * n + r) * k + j);
}
