/* A file of pairs of sentences to learn from. */
#include "fuzz.h"

#include "learn/pairs.h"

static void check_pair(const struct pair *p, long before)
{
    PROMISE(p->line > before && *p->source && *p->target);
    PROMISE(!strpbrk(p->source, "\t\n") && !strpbrk(p->target, "\t\n"));
    PROMISE(utf8_is_valid(p->source, strlen(p->source)));
    PROMISE(utf8_is_valid(p->target, strlen(p->target)));
    PROMISE(!strchr(p->kind, '\t'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    struct pairs p;
    int status = pairs_parse((const char *)data, size, "fuzz", &p, &e);
    promise_outcome(status < 0, &e);
    PROMISE(status < 0 ? !p.items && !p.count : p.count > 0);
    for (size_t i = 0; i < p.count; i++)
        check_pair(&p.items[i], i ? p.items[i - 1].line : 0);
    if (p.count && pairs_hold_out(&p, 0.02, NULL) == 0) {
        char *exam = pairs_exam(&p);
        PROMISE(!strncmp(exam, "source\ttarget\tkind\n", 19) && strlen(exam) > 19);
        free(exam);
    }
    pairs_free(&p);
    return 0;
}
