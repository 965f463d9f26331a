#include "numbers/kernels.h"

#include "base/random.h"
#include "numbers/matmul.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
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

void kernel_gather(float *out, const float *table, const int32_t *ids, long n, long d,
                   long rows)
{
    for (long r = 0; r < n; r++)
        if (ids[r] >= 0 && ids[r] < rows)
            memcpy(out + r * d, table + ids[r] * d, sizeof(float) * (size_t)d);
        else
            for (long j = 0; j < d; j++)
                out[r * d + j] = NAN;
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

void kernel_subtract(float *out, const float *x, const float *y, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = x[i] - y[i];
}

void kernel_multiply(float *out, const float *x, const float *y, long n)
{
    for (long i = 0; i < n; i++)
        out[i] = x[i] * y[i];
}

void kernel_linear(float *out, const float *x, const float *w, const float *bias, long n,
                   long m, long k)
{
    if (bias)
        for (long r = 0; r < n; r++)
            memcpy(out + r * m, bias, sizeof(float) * (size_t)m);
    matmul_transposed(out, m, x, w, n, m, k, bias != NULL);
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

/* ---- products of attention ----
 *
 * Sentences are short and heads narrow, so most of these products are far too small for
 * BLAS to be worth its call; large ones are left to it. */

#define SMALL_MATRIX 4096 /* keys, padded: the room on the stack */
#define SMALL_PRODUCT (1L << 16)

/* keysᵀ in rows of `padded` numbers, so that a vector holds neighbouring keys. */
static void turn_keys(float *turned, const float *keys, long n, long k, long padded)
{
    for (long i = 0; i < k; i++) {
        for (long j = 0; j < n; j++)
            turned[i * padded + j] = keys[j * k + i];
        for (long j = n; j < padded; j++)
            turned[i * padded + j] = 0;
    }
}

/* One row of scores, a register of keys at a time. */
WIDE static void score_row(float *out, const float *q, const float *turned, long n,
                           long k, long padded)
{
    for (long first = 0; first < n; first += LANES) {
        float lane[LANES] = {0};
        for (long i = 0; i < k; i++)
            for (int j = 0; j < LANES; j++)
                lane[j] += q[i] * turned[i * padded + first + j];
        long count = n - first < LANES ? n - first : LANES;
        memcpy(out + first, lane, sizeof(float) * (size_t)count);
    }
}

void kernel_scores(float *out, const float *q, const float *keys, long m, long n, long k,
                   long width)
{
    float turned[SMALL_MATRIX];
    long padded = (n + LANES - 1) / LANES * LANES;
    if (padded * k <= SMALL_MATRIX && m * n * k <= SMALL_PRODUCT) {
        turn_keys(turned, keys, n, k, padded);
        for (long r = 0; r < m; r++)
            score_row(out + r * width, q + r * k, turned, n, k, padded);
    } else {
        matmul_transposed(out, width, q, keys, m, n, k, 0);
    }
    for (long r = 0; r < m; r++)
        for (long j = n; j < width; j++)
            out[r * width + j] = -INFINITY;
}

#define HALF (LANES / 2)

/* One row of the mix: columns in half registers, then one by one. */
WIDE static void mix_row(float *out, const float *a, const float *v, long n, long k)
{
    long first = 0;
    for (; first + HALF <= n; first += HALF) {
        float lane[HALF] = {0};
        for (long j = 0; j < k; j++)
            for (int i = 0; i < HALF; i++)
                lane[i] += a[j] * v[j * n + first + i];
        memcpy(out + first, lane, sizeof lane);
    }
    for (; first < n; first++) {
        float sum = 0;
        for (long j = 0; j < k; j++)
            sum += a[j] * v[j * n + first];
        out[first] = sum;
    }
}

void kernel_mix(float *out, const float *a, const float *v, long m, long n, long k,
                long width)
{
    if (m * n * k > SMALL_PRODUCT) {
        matmul(out, a, width, v, m, n, k);
        return;
    }
    for (long r = 0; r < m; r++)
        mix_row(out + r * n, a + r * width, v, n, k);
}

void kernel_mask(float *out, const float *x, long queries, long keys, long first)
{
    for (long row = 0; row < queries; row++) {
        long seen = first + row + 1;
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

WIDE static double exponential_sum(const float *x, float most, long n)
{
    double lane[LANES] = {0}, sum = 0;
    long i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += (double)exponential(x[i + j] - most);
    for (; i < n; i++)
        sum += (double)exponential(x[i] - most);
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

double kernel_log_sum_exp(const float *x, long n)
{
    float most = row_maximum(x, n);
    return (double)most + log(exponential_sum(x, most, n));
}

long kernel_largest(const float *x, long n)
{
    float most = row_maximum(x, n);
    long i = 0;
    while (i < n && x[i] != most)
        i++;
    return i < n ? i : 0;
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

void kernel_share(float *out, const float *x, long rows, long n)
{
    for (long r = 0; r < rows; r++, out += n, x += n) {
        double sum = row_sum(x, 0, 1, n);
        for (long i = 0; i < n; i++)
            out[i] = (float)((double)x[i] / sum);
    }
}

/* Σ x·y in double and in lanes. */
WIDE static double row_dot(const float *x, const float *y, long n)
{
    double lane[LANES] = {0}, sum = 0;
    long i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += (double)x[i + j] * (double)y[i + j];
    for (; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

void kernel_cosine(float *out, const float *a, const float *b, long n, long m, long k)
{
    for (long r = 0; r < n; r++, a += k) {
        double length = sqrt(row_dot(a, a, k));
        for (long s = 0; s < m; s++) {
            const float *y = b + s * k;
            double both = length * sqrt(row_dot(y, y, k));
            out[r * m + s] = (float)(row_dot(a, y, k) / both);
        }
    }
}

static double column_mean(const float *x, long n, long d, long column)
{
    double sum = 0;
    for (long r = 0; r < n; r++)
        sum += (double)x[r * d + column];
    return sum / (double)n;
}

void kernel_center(float *out, const float *x, long n, long d)
{
    for (long j = 0; j < d; j++) {
        double mean = column_mean(x, n, d, j);
        for (long r = 0; r < n; r++)
            out[r * d + j] = (float)((double)x[r * d + j] - mean);
    }
}

/* ---- principal directions ---- */

/* A symmetric matrix of the centred rows: their covariance [d,d] (not divided by n), or,
 * where there are fewer rows than columns, their products with each other [n,n], which
 * has the same eigenvalues. LAPACK replaces it by its eigenvectors, one a row, with the
 * eigenvalues rising. */
struct symmetric {
    double *a, *values;
    long size;
};

long kernel_pca_room(long n, long d)
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
                sum += ((double)x[p * d + j] - mean[j]) *
                       ((double)x[q * d + j] - mean[j]);
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

void kernel_pca_axes(float *out, const float *x, long n, long d, double *room)
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

/* ---- random numbers ---- */

void kernel_random(float *out, uint64_t seed, long n)
{
    struct random r = random_seed(seed);
    for (long i = 0; i < n; i++)
        out[i] = (float)random_normal(&r);
}

/* q·k of one pair. The components are uniform on [-√3, √3], which has mean 0 and variance
 * 1 and is cheap: the upper and the lower half of one random word make q and k, as whole
 * numbers around 0; √3 / 2³¹ brings each to its size. */
static double random_dot(struct random *r, long d)
{
    double sum = 0;
    for (long i = 0; i < d; i++) {
        uint64_t word = random_next(r);
        double q = (double)(uint32_t)(word >> 32) - 2147483647.5;
        double k = (double)(uint32_t)word - 2147483647.5;
        sum += q * k;
    }
    return sum * 3 * 0x1p-62;
}

static float deviation(double sum, double squares, double n)
{
    double mean = sum / n;
    return (float)sqrt(fmax(0, squares / n - mean * mean));
}

void kernel_random_dots(float *out, const int32_t *widths, long count, long pairs,
                        uint64_t seed)
{
    struct random r = random_seed(seed); /* one stream for all widths */
    for (long i = 0; i < count; i++) {
        double sum = 0, squares = 0, scaled = 0, scaled_squares = 0;
        double factor = 1 / sqrt((double)widths[i]);
        for (long pair = 0; pair < pairs; pair++) {
            double dot = random_dot(&r, widths[i]), small = dot * factor;
            sum += dot;
            squares += dot * dot;
            scaled += small;
            scaled_squares += small * small;
        }
        out[2 * i] = deviation(sum, squares, (double)pairs);
        out[2 * i + 1] = deviation(scaled, scaled_squares, (double)pairs);
    }
}
