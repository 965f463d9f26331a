/* A tokenizer.json and, after a byte 0, a text to encode with it. Without one, a text that
 * has a little of everything is encoded. */
#include "fuzz.h"

#include "model/tokenizer.h"

#define MOST 512 /* bytes of the text */

static void check_pieces(const struct tokenizer *t)
{
    int size = tokenizer_size(t);
    PROMISE(size >= 0 && tokenizer_unk(t) < size && !tokenizer_piece(t, size));
    for (int id = -1; id <= size && id < 2000; id++) {
        const char *piece = tokenizer_piece(t, id);
        char *label = tokenizer_label(t, id);
        promise_safe(label);
        free(label);
        tokenizer_starts_word(t, id);
        if (piece)
            PROMISE(tokenizer_id(t, piece) == id);
    }
}

/* The tokens stand in order inside the text, and every id is one of the vocabulary. */
static void check_tokens(const struct tokenizer *t, const struct tokens *tokens)
{
    size_t length = strlen(tokens->text), at = 0, word = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        struct token_place p = tokens->places[i];
        PROMISE(tokenizer_piece(t, tokens->ids[i]));
        PROMISE(p.begin >= at && p.end > p.begin && p.end <= length);
        PROMISE(p.word >= word && p.word < tokens->words);
        at = p.end;
        word = p.word;
    }
    PROMISE(tokens->count > 0 || tokens->words == 0);
    for (int skip = 0; skip < 2; skip++) {
        char *text = tokenizer_decode(t, tokens->ids, tokens->count, skip);
        PROMISE(utf8_is_valid(text, strlen(text)));
        free(text);
    }
}

static void count_step(const struct merge_step *step, void *data)
{
    size_t length = strlen(step->text);
    PROMISE(step->rank >= -1 && (step->rank < 0 || step->joined < step->count));
    for (size_t i = 0; i < step->count; i++)
        PROMISE(step->symbols[i].end <= length);
    ++*(size_t *)data;
}

static void check_text(const struct tokenizer *t, const char *text)
{
    struct error e = {0}, other = {0};
    struct tokens tokens = {0};
    size_t steps = 0;
    bool fails = tokenizer_encode(t, text, &tokens, &e) < 0;
    promise_outcome(fails, &e);
    if (!fails)
        check_tokens(t, &tokens);
    bool again = tokenizer_merges(t, text, count_step, &steps, &other) < 0;
    promise_outcome(again, &other);
    PROMISE(again == fails && (steps > 0 || fails || tokens.count == 0));
    tokens_free(&tokens);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    size_t length = zero ? (size_t)(zero - data) : size, rest = size - length;
    struct tokenizer *t = tokenizer_parse((const char *)data, length, "fuzz", &e);
    promise_outcome(!t, &e);
    if (!t)
        return 0;
    char *text = rest > 1 ? mem_bytes((const char *)zero + 1, rest > MOST ? MOST : rest - 1)
                          : mem_string("  나는 a\tb<eos>\n 1é漢\xff ▁x ");
    check_pieces(t);
    check_text(t, text);
    check_text(t, "");
    free(text);
    tokenizer_free(t);
    return 0;
}
