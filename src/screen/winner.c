#include "screen/winner.h"

#include <math.h>

enum winner_rule winner_rule(const struct sheet *s)
{
    static const enum winner_rule rules[ROLE_COUNT] = {
#define WINNER(role, rule) [ROLE_##role] = WINNER_##rule,
#include "screen/winner.def"
#undef WINNER
    };
    return s->stage ? rules[s->stage->role] : WINNER_SIZE;
}

long winner_column(const struct sheet *s, const struct tensor *values, struct place at)
{
    enum winner_rule rule = winner_rule(s);
    double most = -INFINITY;
    long best = 0;
    at.column = 0;
    long first = sheet_cell(s, at);
    for (long i = 0; rule != WINNER_FIRST && i < s->columns; i++) {
        double x = tensor_get(values, first + i);
        double weight = rule == WINNER_SIZE ? fabs(x) : x;
        if (rule == WINNER_SIZE && isinf(x))
            continue;
        if (weight > most) {
            most = weight;
            best = i;
        }
    }
    return best;
}
