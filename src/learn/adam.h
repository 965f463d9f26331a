/* AdamW (Kingma and Ba 2015; Loshchilov and Hutter 2019), as torch.optim.AdamW computes
 * it in float32. */
#ifndef ADAM_H
#define ADAM_H

struct adam {
    double rate, beta1, beta2, epsilon, decay;
    long step; /* from 1 */
};

/* One step over n weights w with gradient g · scale; m and v are the means of the
 * gradients and of their squares so far. */
void adam_step(const struct adam *a, float *w, float *m, float *v, const float *g,
               double scale, long n);

/* The factor that brings a gradient down to a norm of `most`; 1 where it is shorter.
 * torch.nn.utils.clip_grad_norm_. */
double adam_clip(const float *g, long n, double most);

#endif
