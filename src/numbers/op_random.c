/* Experiments with random numbers.
 *
 * Each op is one block: its idea, shape, fast form, naive form, sources, and the steps of
 * its explanation. Numbers in brackets are sections and equations of "Attention Is All
 * You Need". */
#include "base/random.h"
#include "numbers/op.h"

#include <math.h>

#define RANDOM_MOST 4000000 /* numbers of one result */
#define DOTS_MOST_WIDTH 65536
#define DOTS_MOST_PAIRS 1000000
#define DOTS_MOST_WIDTHS 64
#define DOTS_MOST_DRAWS 4000000000.0 /* of all: some ten seconds */

/* ---- RANDOM. Independent numbers, mean 0 and variance 1 ----
 *
 * With the normal distribution. Params: size; integer, the seed. */

static const char *shape_random(const struct op_call *c)
{
    const char *wrong = shape_sized(c);
    if (!wrong && tensor_count(c->out) > RANDOM_MOST)
        wrong = "makes 4000000 numbers at most";
    if (!wrong && c->params.integer < 0)
        wrong = "needs a seed from 0 onward";
    return wrong;
}

static void kernel_random(float *out, uint64_t seed, long n)
{
    struct random r = random_seed(seed);
    for (long i = 0; i < n; i++)
        out[i] = (float)random_normal(&r);
}

static void forward_random(const struct op_call *c)
{
    kernel_random(c->out->f32, (uint64_t)c->params.integer, tensor_count(c->out));
}

static void naive_random(const struct op_call *c)
{
    struct random r = random_seed((uint64_t)c->params.integer);
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = random_normal(&r);
}

static void steps_random(struct opening *o)
{
    steps_told(o, "a random number");
}

const struct op op_random = {
    .name = "random",
    .kind = OP_KIND_GIVEN,
    .least_inputs = 0,
    .most_inputs = 0,
    .formula = "random, mean 0, variance 1",
    .shape = shape_random,
    .forward = forward_random,
    .naive = naive_random,
    .sources = sources_none,
    .steps = steps_random,
    .constant = "the numbers are random",
};

/* ---- RANDOM_DOTS. The spread of q·k and of q·k / √d ----
 *
 * For each width d (ids, size[0] of them), pairs (integer) of random vectors with mean 0
 * and variance 1 from a seed (number): the standard deviation of q·k over the pairs, and
 * of q·k / √d. Nothing is kept but sums. */

static const char *shape_random_dots(const struct op_call *c)
{
    const struct op_params *p = &c->params;
    double draws = 0;
    if (!p->ids || p->size[0] < 1 || p->size[0] > DOTS_MOST_WIDTHS)
        return "needs a list of 1 to 64 widths";
    if (p->integer < 2 || p->integer > DOTS_MOST_PAIRS)
        return "needs 2 to 1000000 pairs";
    if (!(p->number >= 0 && p->number <= 0x1p53) || p->number != floor(p->number))
        return "needs a whole seed from 0 onward";
    for (long i = 0; i < p->size[0]; i++) {
        if (p->ids[i] < 1 || p->ids[i] > DOTS_MOST_WIDTH)
            return "needs widths from 1 to 65536";
        draws += (double)p->ids[i] * (double)p->integer;
    }
    if (draws > DOTS_MOST_DRAWS)
        return "would take too long: fewer pairs, or smaller widths";
    return shape_set(c, 2, p->size[0], 2, 0);
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

static void kernel_random_dots(float *out, const int32_t *widths, long count, long pairs,
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

static void forward_random_dots(const struct op_call *c)
{
    kernel_random_dots(c->out->f32, c->params.ids, c->out->size[0], c->params.integer,
                       (uint64_t)c->params.number);
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

static void naive_random_dots(const struct op_call *c)
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

const struct op op_random_dots = {
    .name = "random_dots",
    .kind = OP_KIND_GIVEN,
    .least_inputs = 0,
    .most_inputs = 0,
    .formula = "spread of q·k and of q·k / √d",
    .shape = shape_random_dots,
    .forward = forward_random_dots,
    .naive = naive_random_dots,
    .sources = sources_none,
    .steps = steps_random,
    .constant = "the numbers are random",
};
