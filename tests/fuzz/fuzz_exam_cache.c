/* An entry of the cache of exams, which any program may have written. */
#include "fuzz.h"

#include "study/exam_cache.h"

/* The key that the entries of the corpus have. */
static const struct exam_key key = {
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};

static void check_kinds(const struct exam_score *s)
{
    long sentences = 0, right = 0;
    for (size_t i = 0; i < s->kind_count; i++) {
        promise_safe(s->kinds[i].name);
        PROMISE(s->kinds[i].sentences > 0);
        PROMISE(s->kinds[i].right >= 0 && s->kinds[i].right <= s->kinds[i].sentences);
        sentences += s->kinds[i].sentences;
        right += s->kinds[i].right;
    }
    PROMISE(sentences == s->sentences && right == s->right);
}

static bool same_double(double a, double b)
{
    return !memcmp(&a, &b, sizeof a);
}

/* Written again it reads as the same. */
static void check_text(const struct exam_score *s)
{
    char *text = exam_cache_write(&key, s);
    struct exam_score *again = exam_cache_read(&key, text, strlen(text));
    PROMISE(again && again->sentences == s->sentences && again->right == s->right);
    PROMISE(same_double(again->loss, s->loss));
    PROMISE(same_double(again->exact_match, s->exact_match));
    PROMISE(again->kind_count == s->kind_count);
    for (size_t i = 0; i < s->kind_count; i++)
        PROMISE(!strcmp(again->kinds[i].name, s->kinds[i].name));
    free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct exam_score *s = exam_cache_read(&key, (const char *)data, size);
    if (!s)
        return 0;
    PROMISE(s->sentences > 0 && s->right >= 0 && s->right <= s->sentences);
    PROMISE(s->exact_match >= 0 && s->exact_match <= 1 && !(s->loss < 0));
    check_kinds(s);
    check_text(s);
    free(s);
    return 0;
}
