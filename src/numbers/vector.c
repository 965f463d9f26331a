#include "numbers/vector.h"

#include "numbers/wide.h"

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

/* clang gives a function with several versions another name outside of its file. */
float vector_largest(const float *x, long n)
{
    return row_maximum(x, n);
}

double vector_sum(const float *x, double from, int power, long n)
{
    return row_sum(x, from, power, n);
}

double vector_dot(const float *x, const float *y, long n)
{
    return row_dot(x, y, n);
}

void vector_exponentials(float *out, const float *x, float most, float cold, long n)
{
    row_exponentials(out, x, most, cold, n);
}

double vector_log_sum_exp(const float *x, long n)
{
    float most = row_maximum(x, n);
    return (double)most + log(exponential_sum(x, most, n));
}

long vector_largest_at(const float *x, long n)
{
    float most = row_maximum(x, n);
    long i = 0;
    while (i < n && x[i] != most)
        i++;
    return i < n ? i : 0;
}
