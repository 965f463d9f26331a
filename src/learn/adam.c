#include "learn/adam.h"

#include "numbers/vector.h"
#include "numbers/wide.h"

#include <math.h>

/* In float32, in the order of PyTorch: decay; the two means; then the step. */
struct kernel {
    float keep, beta1, beta2, share1, share2, root, epsilon, rate, scale;
};

WIDE static void update(float *restrict w, float *restrict m, float *restrict v,
                        const float *restrict g, struct kernel k, long n)
{
    for (long i = 0; i < n; i++) {
        float gradient = g[i] * k.scale;
        m[i] = m[i] * k.beta1 + gradient * k.share1;
        v[i] = v[i] * k.beta2 + gradient * gradient * k.share2;
        w[i] = w[i] * k.keep - k.rate * (m[i] / (sqrtf(v[i]) / k.root + k.epsilon));
    }
}

void adam_step(const struct adam *a, float *w, float *m, float *v, const float *g,
               double scale, long n)
{
    double step = (double)a->step;
    struct kernel k = {.keep = (float)(1 - a->rate * a->decay),
                       .beta1 = (float)a->beta1,
                       .beta2 = (float)a->beta2,
                       .share1 = (float)(1 - a->beta1),
                       .share2 = (float)(1 - a->beta2),
                       .root = (float)sqrt(1 - pow(a->beta2, step)),
                       .epsilon = (float)a->epsilon,
                       .rate = (float)(a->rate / (1 - pow(a->beta1, step))),
                       .scale = (float)scale};
    update(w, m, v, g, k, n);
}

double adam_clip(const float *g, long n, double most)
{
    double norm = sqrt(vector_sum(g, 0, 2, n));
    return norm > most ? most / (norm + 1e-6) : 1;
}
