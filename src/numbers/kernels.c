#include "numbers/kernels.h"

#include "numbers/matmul.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Functions marked WIDE exist several times where that works, for processors with
 * AVX-512, with AVX2, and for all; the right one is chosen when the program is loaded, so
 * the build stays portable. The bits are the same: all round alike, in the same order. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(ONE_VERSION)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

/* Partial results that a row is summed up in: a register of floats of AVX-512. */
#define LANES 16

/* ---- exp and erf without branches, tables or calls: their loops become vectors ---- */

static inline float two_to_the(int32_t n)
{
    float power;
    uint32_t bits = (uint32_t)(n + 127) << 23;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* e^x within 1e-7 of itself; 0 below -105, NaN for NaN, finite: at most e^88. The method
 * and the polynomial are those of Cephes' expf: x = n·ln 2 + r with |r| <= ln 2 / 2. */
static inline float exponential(float x)
{
    const float shift = 12582912; /* 1.5·2^23: adding it rounds to a whole number */
    x = x < -105 ? -105 : x > 88 ? 88 : x;
    float shifted = x * 1.44269504f + shift, n = shifted - shift;
    float r = x - n * 0.693359375f + n * 2.12194440e-4f; /* ln 2 in two parts */
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    float y = p * r * r + r + 1;
    int32_t whole; /* n, from the low bits of the sum: NaN is never converted */
    memcpy(&whole, &shifted, sizeof whole);
    whole = (int32_t)((uint32_t)whole - 0x4b400000u);
    int32_t half = whole >> 1; /* in two steps: 2^n alone may be too small for a float */
    return y * two_to_the(half) * two_to_the(whole - half);
}

/* erf within 1e-7: for small |x| a polynomial in x², else 1 - exp of a polynomial; both
 * are computed and one is taken. NaN for NaN. */
static inline float error_function(float x)
{
    float t = fabsf(x), s = x * x;
    float p = -5.96761703e-4f;
    p = p * s + 4.99119423e-3f;
    p = p * s - 2.67681349e-2f;
    p = p * s + 1.12819925e-1f;
    p = p * s - 3.76125336e-1f;
    p = p * s + 1.28379166e-1f;
    float near = p * x + x;
    float q = -1.72853470e-5f * t + 3.83197126e-4f;
    q = q * s + (-3.88396438e-3f * t + 2.42546219e-2f);
    q = q * t - 1.06777877e-1f;
    q = q * t - 6.34846687e-1f;
    q = q * t - 1.28717512e-1f;
    float far = 1 - exponential(q * t - t);
    return t > 0.927734375f ? copysignf(far, x) : near;
}

/* ---- the kernels ---- */

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

/* The largest of a row (a NaN is passed over), kept in lanes: IEEE rules forbid the
 * compiler to change the order by itself, so the order that vectors want is written. */
WIDE static float row_maximum(const float *x, long n)
{
    float lane[LANES], most = -INFINITY;
    for (int j = 0; j < LANES; j++)
        lane[j] = -INFINITY;
    long i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j];
    for (; i < n; i++)
        most = x[i] > most ? x[i] : most;
    for (int j = 0; j < LANES; j++)
        most = lane[j] > most ? lane[j] : most;
    return most;
}

/* Σ (x - from)^power, power 1 or 2, in double and in lanes. */
WIDE static double row_sum(const float *x, double from, int power, long n)
{
    double lane[LANES] = {0}, sum = 0;
    long i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) {
            double y = (double)x[i + j] - from;
            lane[j] += power == 2 ? y * y : y;
        }
    for (; i < n; i++) {
        double y = (double)x[i] - from;
        sum += power == 2 ? y * y : y;
    }
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

WIDE static void row_exponentials(float *out, const float *x, float most, float cold,
                                  long n)
{
    for (long i = 0; i < n; i++)
        out[i] = exponential((x[i] - most) * cold);
}

void kernel_softmax(float *out, const float *x, long rows, long n, double temperature)
{
    /* inside what a float holds, so that neither 0 nor -inf times it is a NaN */
    float cold = (float)fmax(FLT_MIN, fmin(1 / temperature, FLT_MAX));
    for (long r = 0; r < rows; r++, out += n, x += n) {
        row_exponentials(out, x, row_maximum(x, n), cold, n);
        float inverse = (float)(1 / row_sum(out, 0, 1, n));
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

/* One row, its mean and deviation known: (x - mean) · inverse · gamma + beta. */
WIDE static void normalise(float *out, const float *x, const float *gamma,
                           const float *beta, double mean, double inverse, long d)
{
    for (long i = 0; i < d; i++) {
        double y = ((double)x[i] - mean) * inverse;
        if (gamma)
            y *= (double)gamma[i];
        if (beta)
            y += (double)beta[i];
        out[i] = (float)y;
    }
}

void kernel_layer_norm(float *out, const float *x, const float *gamma, const float *beta,
                       long rows, long d, double eps)
{
    for (long r = 0; r < rows; r++, out += d, x += d) {
        double mean = row_sum(x, 0, 1, d) / (double)d;
        double variance = row_sum(x, mean, 2, d) / (double)d;
        normalise(out, x, gamma, beta, mean, 1 / sqrt(variance + eps), d);
    }
}

void kernel_relu(float *out, const float *x, long n)
{
    /* a NaN stays NaN: the comparison with 0 is false for it */
    for (long i = 0; i < n; i++)
        out[i] = x[i] < 0 ? 0 : x[i];
}

WIDE static void gelu(float *out, const float *x, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = 0.5f * x[i] * (1 + error_function(x[i] * 0.70710678f));
}

WIDE static void gelu_tanh(float *out, const float *x, long n)
{
    for (long i = 0; i < n; i++) {
        float inner = 0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i]);
        float tanh_inner = 1 - 2 / (exponential(2 * inner) + 1);
        out[i] = 0.5f * x[i] * (1 + tanh_inner);
    }
}

/* clang gives a function with several versions another name outside of its file. */
void kernel_gelu(float *out, const float *x, long n)
{
    gelu(out, x, n);
}

void kernel_gelu_tanh(float *out, const float *x, long n)
{
    gelu_tanh(out, x, n);
}
