#include "study/unknown.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define NAMED 20 /* characters at most */

/* The characters named so far, each with a space before and behind. */
struct names {
    struct buffer list;
    long count;
};

static void add_name(struct names *n, const char *text, size_t length)
{
    char *raw = mem_bytes(text, length), *visible = text_visible(raw);
    char *item = mem_format(" %s ", visible);
    if (!n->list.data || !strstr(n->list.data, item)) {
        if (n->count++ < NAMED)
            buffer_addf(&n->list, "%s%s ", n->list.length ? "" : " ", visible);
    }
    free(item);
    free(visible);
    free(raw);
}

long unknown_characters(const struct tokenizer *t, const char *text, char **characters)
{
    struct names names = {{0}, 0};
    struct tokens tokens = {0};
    long n = 0;
    if (t && text && tokenizer_encode(t, text, &tokens, NULL) == 0)
        for (size_t i = 0; i < tokens.count; i++)
            if (tokens.ids[i] == tokenizer_unk(t)) {
                const struct token_place *p = &tokens.places[i];
                add_name(&names, tokens.text + p->begin, p->end - p->begin);
                n++;
            }
    tokens_free(&tokens);
    *characters = NULL;
    if (n)
        *characters = mem_format("%.*s%s", (int)names.list.length - 2,
                                 names.list.data + 1, names.count > NAMED ? " …" : "");
    buffer_free(&names.list);
    return n;
}
