#include "numbers/kernels.h"

#include "numbers/matmul.h"

#include <float.h>
#include <math.h>
#include <string.h>

void kernel_gather(float *out, const float *table, const int32_t *ids, long n, long d)
{
    for (long r = 0; r < n; r++)
        memcpy(out + r * d, table + ids[r] * d, sizeof(float) * (size_t)d);
}

void kernel_sinusoid(float *out, long first, long n, long d)
{
    for (long j = 0; j < d; j++) {
        double rate = pow(10000.0, -(double)(j - j % 2) / (double)d);
        for (long r = 0; r < n; r++) {
            double angle = (double)(first + r) * rate;
            out[r * d + j] = (float)(j % 2 ? cos(angle) : sin(angle));
        }
    }
}

void kernel_scale(float *out, const float *x, double c, long n)
{
    float factor = (float)c;
    for (long i = 0; i < n; i++)
        out[i] = factor * x[i];
}

void kernel_add(float *out, const float *x, const float *y, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = x[i] + y[i];
}

void kernel_linear(float *out, const float *x, const float *w, const float *bias, long n,
                   long m, long k)
{
    if (bias)
        for (long r = 0; r < n; r++)
            memcpy(out + r * m, bias, sizeof(float) * (size_t)m);
    matmul_transposed(out, x, w, n, m, k, bias != NULL);
}

void kernel_split_heads(float *out, const float *x, long n, long d, long heads)
{
    long k = d / heads;
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < n; r++)
            memcpy(out + (h * n + r) * k, x + r * d + h * k, sizeof(float) * (size_t)k);
}

void kernel_merge_heads(float *out, const float *x, long n, long k, long heads)
{
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < n; r++)
            memcpy(out + (r * heads + h) * k, x + (h * n + r) * k,
                   sizeof(float) * (size_t)k);
}

void kernel_mask(float *out, const float *x, long heads, long queries, long keys,
                 long first)
{
    for (long row = 0; row < heads * queries; row++) {
        long seen = first + row % queries + 1;
        if (seen > keys)
            seen = keys;
        memcpy(out + row * keys, x + row * keys, sizeof(float) * (size_t)seen);
        for (long k = seen; k < keys; k++)
            out[row * keys + k] = -INFINITY;
    }
}

void kernel_softmax(float *out, const float *x, long rows, long n, double temperature)
{
    /* inside what a float holds, so that neither 0 nor -inf times it is a NaN */
    float cold = (float)fmax(FLT_MIN, fmin(1 / temperature, FLT_MAX));
    for (long r = 0; r < rows; r++, out += n, x += n) {
        float most = -INFINITY;
        for (long i = 0; i < n; i++)
            most = x[i] > most ? x[i] : most;
        double sum = 0;
        for (long i = 0; i < n; i++) {
            out[i] = expf((x[i] - most) * cold);
            sum += (double)out[i];
        }
        float inverse = (float)(1 / sum);
        for (long i = 0; i < n; i++)
            out[i] *= inverse;
    }
}

void kernel_uniform(float *out, const float *x, long rows, long n)
{
    for (long r = 0; r < rows; r++, out += n, x += n) {
        long seen = 0;
        for (long i = 0; i < n; i++)
            seen += x[i] != -INFINITY;
        for (long i = 0; i < n; i++)
            out[i] = x[i] != -INFINITY ? 1 / (float)seen : 0;
    }
}

void kernel_layer_norm(float *out, const float *x, const float *gamma, const float *beta,
                       long rows, long d, double eps)
{
    for (long r = 0; r < rows; r++, out += d, x += d) {
        double sum = 0, squares = 0;
        for (long i = 0; i < d; i++)
            sum += (double)x[i];
        double mean = sum / (double)d;
        for (long i = 0; i < d; i++)
            squares += ((double)x[i] - mean) * ((double)x[i] - mean);
        double inverse = 1 / sqrt(squares / (double)d + eps);
        for (long i = 0; i < d; i++) {
            double y = ((double)x[i] - mean) * inverse;
            if (gamma)
                y *= (double)gamma[i];
            if (beta)
                y += (double)beta[i];
            out[i] = (float)y;
        }
    }
}

void kernel_relu(float *out, const float *x, long n)
{
    /* a NaN stays NaN: the comparison with 0 is false for it */
    for (long i = 0; i < n; i++)
        out[i] = x[i] < 0 ? 0 : x[i];
}

void kernel_gelu(float *out, const float *x, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = 0.5f * x[i] * (1 + erff(x[i] * 0.70710678f));
}

void kernel_gelu_tanh(float *out, const float *x, long n)
{
    for (long i = 0; i < n; i++) {
        float inner = 0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i]);
        out[i] = 0.5f * x[i] * (1 + tanhf(inner));
    }
}
