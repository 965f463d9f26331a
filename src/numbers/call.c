#include "numbers/call.h"

#include <stddef.h>

bool call_takes(const struct tensor *t)
{
    long room = CALL_MOST;
    if (t->rank < 1 || t->rank > TENSOR_MAX_RANK)
        return false;
    for (int i = 0; i < t->rank; i++) {
        if (t->size[i] < 1 || t->size[i] > room)
            return false;
        room /= t->size[i];
    }
    return true;
}

long call_sentence(const struct pack *pack, long row)
{
    long i = 0;
    while (i + 1 < call_sentences(pack) &&
           row >= pack->spans[i].start + pack->spans[i].count)
        i++;
    return i;
}

long call_position(const struct op_call *c, long row, long n)
{
    const struct pack *pack = c->params.rows;
    struct segment s = call_span(pack, call_sentence(pack, row), n, c->params.integer);
    return s.first + row - s.start;
}
