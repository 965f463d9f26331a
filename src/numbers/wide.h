/* For loops that the compiler is to make vectors of: functions in several versions, and
 * exp, tanh and erf without branches, tables or calls. */
#ifndef WIDE_H
#define WIDE_H

#include <math.h>
#include <stdint.h>
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

static inline float two_to_the(int32_t n)
{
    float power;
    uint32_t bits = (uint32_t)(n + 127) << 23;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* e^x within 1e-7 of itself; 0 below -87, where numbers become so small that a processor
 * takes a hundred times as long for each; NaN for NaN, finite: at most e^88. The method
 * and the polynomial are those of Cephes' expf: x = n·ln 2 + r with |r| <= ln 2 / 2. */
static inline float exponential(float x)
{
    const float shift = 12582912; /* 1.5·2^23: adding it rounds to a whole number */
    float given = x;
    x = x < -87 ? -87 : x > 88 ? 88 : x;
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
    y = y * two_to_the(half) * two_to_the(whole - half);
    return given < -87 ? 0 : y;
}

/* log x within 2e-7 of max(1, itself), for numbers that are not smaller than 1e-37. The
 * method and the polynomial are those of Cephes' logf. */
static inline float logarithm(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    float power = (float)((bits >> 23) - 126), m;
    bits = (bits & 0x7fffff) | 0x3f000000;
    memcpy(&m, &bits, sizeof m);
    float less = m < 0.707106781f ? 1 : 0;
    power -= less;
    m = m + m * less - 1;
    float z = m * m, y = 7.0376836292e-2f;
    y = y * m - 1.1514610310e-1f;
    y = y * m + 1.1676998740e-1f;
    y = y * m - 1.2420140846e-1f;
    y = y * m + 1.4249322787e-1f;
    y = y * m - 1.6668057665e-1f;
    y = y * m + 2.0000714765e-1f;
    y = y * m - 2.4999993993e-1f;
    y = y * m + 3.3333331174e-1f;
    y = y * m * z - 2.12194440e-4f * power - 0.5f * z;
    return m + y + 0.693359375f * power;
}

/* tanh within 1e-7; NaN for NaN. */
static inline float hyperbolic_tangent(float x)
{
    return 1 - 2 / (exponential(2 * x) + 1);
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

#endif
