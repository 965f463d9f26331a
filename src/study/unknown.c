#include "study/unknown.h"

#include "base/memory.h"
#include "base/text.h"

long unknown_characters(const struct tokenizer *t, const char *text, char **characters)
{
    struct buffer b = {0};
    long n = 0;
    struct tokens tokens = {0};
    if (t && text && tokenizer_encode(t, text, &tokens, NULL) == 0)
        for (size_t i = 0; i < tokens.count; i++)
            if (tokens.ids[i] == tokenizer_unk(t)) {
                const struct token_place *p = &tokens.places[i];
                buffer_add(&b, n++ ? " " : "");
                buffer_add_bytes(&b, tokens.text + p->begin, p->end - p->begin);
            }
    tokens_free(&tokens);
    *characters = b.data ? text_sanitize(b.data) : NULL;
    buffer_free(&b);
    return n;
}
