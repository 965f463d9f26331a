#include "numbers/reference.h"

#include <math.h>
#include <stdbool.h>

static double get(const struct op_call *c, int input, long index)
{
    return tensor_get(c->in[input], index);
}

void reference_tokens(const struct op_call *c)
{
    for (long i = 0; i < c->params.size[0]; i++)
        c->out->i32[i] = c->params.ids[i];
}

void reference_gather(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++)
            c->out->f64[r * d + j] = get(c, 1, (long)get(c, 0, r) * d + j);
}

void reference_sinusoid(const struct op_call *c)
{
    long n = c->out->size[0], d = c->out->size[1];
    for (long r = 0; r < n; r++)
        for (long j = 0; j < d; j++) {
            long i = j / 2;
            double p = (double)(c->params.integer + r);
            double angle = p / pow(10000, 2.0 * (double)i / (double)d);
            c->out->f64[r * d + j] = j == 2 * i ? sin(angle) : cos(angle);
        }
}

void reference_rows(const struct op_call *c)
{
    long d = c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = get(c, 0, c->params.integer * d + i);
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
    long heads = c->out->size[0], m = c->out->size[1], n = c->out->size[2];
    long k = c->in[0]->size[2];
    for (long h = 0; h < heads; h++)
        for (long q = 0; q < m; q++)
            for (long s = 0; s < n; s++) {
                double sum = 0;
                for (long i = 0; i < k; i++)
                    sum +=
                        get(c, 0, (h * m + q) * k + i) * get(c, 1, (h * n + s) * k + i);
                c->out->f64[(h * m + q) * n + s] = sum;
            }
}

void reference_mask(const struct op_call *c)
{
    long m = c->out->size[1], n = c->out->size[2];
    for (long i = 0; i < tensor_count(c->out); i++) {
        long key = i % n, query = i / n % m;
        bool visible = key <= c->params.integer + query;
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
    long n = tensor_columns(c->out), block = tensor_count(c->out) / c->out->size[0];
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
    long old = c->params.integer * c->out->size[1];
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = i < old ? get(c, 0, i) : get(c, 1, i - old);
}

void reference_mix(const struct op_call *c)
{
    long heads = c->out->size[0], m = c->out->size[1], n = c->out->size[2];
    long k = c->in[0]->size[2];
    for (long h = 0; h < heads; h++)
        for (long q = 0; q < m; q++)
            for (long j = 0; j < n; j++) {
                double sum = 0;
                bool off = c->params.ids && call_names_head(c, h);
                for (long i = 0; i < k && !off; i++)
                    sum +=
                        get(c, 0, (h * m + q) * k + i) * get(c, 1, (h * k + i) * n + j);
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
