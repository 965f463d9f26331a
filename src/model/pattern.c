#define PCRE2_CODE_UNIT_WIDTH 8

#include "model/pattern.h"

#include "base/memory.h"
#include "base/text.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LENGTH 16384
/* Far above what a tokenizer needs; an expression that backtracks without end stops. */
#define MATCH_LIMIT 5000000
#define HEAP_LIMIT 65536 /* KiB */

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

struct pattern *pattern_compile(const char *text, bool literal, struct error *e)
{
    size_t length = strlen(text);
    if (length == 0 || length > MAX_LENGTH) {
        error_set(e, "the pattern is %zu bytes long: write one of 1 to %d bytes", length,
                  MAX_LENGTH);
        return NULL;
    }
    /* \C could stop inside a code point. */
    uint32_t options = PCRE2_UTF | (literal ? PCRE2_LITERAL
                                            : PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C);
    int number;
    PCRE2_SIZE place;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, length, options, &number, &place,
                                     NULL);
    if (!code && number == PCRE2_ERROR_HEAP_FAILED)
        fatal("out of memory while a pattern was compiled");
    if (!code) {
        PCRE2_UCHAR why[160];
        pcre2_get_error_message(number, why, sizeof why);
        char *safe = text_sanitize(text);
        error_set(e, "the pattern \"%.*s\" is wrong at byte %zu: %s",
                  (int)text_fit(safe, 60), safe, (size_t)place + 1, (const char *)why);
        free(safe);
        return NULL;
    }
    struct pattern *p = mem_alloc(1, sizeof *p);
    p->code = code;
    p->match = pcre2_match_data_create_from_pattern(code, NULL);
    p->limits = pcre2_match_context_create(NULL);
    if (!p->match || !p->limits)
        fatal("out of memory while a pattern was compiled");
    pcre2_set_match_limit(p->limits, MATCH_LIMIT);
    pcre2_set_heap_limit(p->limits, HEAP_LIMIT);
    return p;
}

int pattern_find(const struct pattern *p, const char *text, size_t length, size_t start,
                 size_t *begin, size_t *end, struct error *e)
{
    /* The caller vouches for the UTF-8: checking the rest of the text at every search
     * would make a scan quadratic. */
    int n = pcre2_match(p->code, (PCRE2_SPTR)text, length, start,
                        PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, p->match, p->limits);
    if (n == PCRE2_ERROR_NOMATCH)
        return 0;
    if (n < 0)
        return error_set(e,
                         "a pattern of the tokenizer takes too long on this text (PCRE2 "
                         "error %d): shorten the text",
                         n);
    const PCRE2_SIZE *found = pcre2_get_ovector_pointer(p->match);
    *begin = found[0];
    *end = found[1];
    /* \K inside a lookaround can turn a match around; such a match is none. */
    return *begin >= start && *begin < *end;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    pcre2_match_context_free(p->limits);
    pcre2_match_data_free(p->match);
    pcre2_code_free(p->code);
    free(p);
}
