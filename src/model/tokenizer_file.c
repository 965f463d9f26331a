#include "model/tokenizer_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ADDED 4096
#define MAX_PIECE 4096
#define MAX_SPACES 64 /* that a merge is tried at */
#define AGAIN "export the tokenizer again"

static int find(const struct tokenizer *t, const char *piece)
{
    return bpe_find(t->bpe, piece, strlen(piece));
}

struct loading {
    struct tokenizer *t;
    struct error *e;
};

static int __attribute__((format(printf, 3, 4)))
piece_error(struct error *e, const char *piece, const char *format, ...)
{
    char why[240];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    char *safe = text_sanitize(piece);
    error_set(e, "piece \"%.*s\" %s; " AGAIN, (int)text_fit(safe, 40), safe, why);
    free(safe);
    return -1;
}

static int add_piece(const char *piece, const struct json *value, void *data)
{
    struct loading *l = data;
    long id = 0;
    if (!json_long(value, &id) || id < 0 || id >= TOKENIZER_MAX_ID)
        return piece_error(l->e, piece, "has no id from 0 to %d", TOKENIZER_MAX_ID - 1);
    if (strlen(piece) > MAX_PIECE)
        return piece_error(l->e, piece, "is longer than %d bytes", MAX_PIECE);
    if (!bpe_add_piece(l->t->bpe, piece, (int)id))
        return piece_error(l->e, piece, "has the id %ld of another piece", id);
    return 0;
}

static bool has_bytes(const struct tokenizer *t, const char *s, size_t length)
{
    return length && bpe_find(t->bpe, s, length) >= 0;
}

/* Older files write "a b" for a merge, whatever spaces its pieces hold: the space between
 * them is the first one around which both pieces, and what they make, are in the
 * vocabulary. NULL for none. */
static const char *between(const struct tokenizer *t, const char *text)
{
    size_t length = strlen(text);
    const char *space = strchr(text, ' ');
    if (!space || !strchr(space + 1, ' ') || length > MAX_PIECE)
        return length > MAX_PIECE ? NULL : space;
    char *both = mem_alloc(length, 1); /* without the space at hand */
    memcpy(both, text, (size_t)(space - text));
    for (int tries = 0; space && tries < MAX_SPACES; tries++) {
        size_t left = (size_t)(space - text), right = length - left - 1;
        memcpy(both + left, space + 1, right);
        if (has_bytes(t, text, left) && has_bytes(t, space + 1, right) &&
            has_bytes(t, both, left + right))
            break;
        const char *next = strchr(space + 1, ' ');
        if (next)
            memcpy(both + left, space, (size_t)(next - space));
        space = tries + 1 < MAX_SPACES ? next : NULL;
    }
    free(both);
    return space;
}

/* "a b" or ["a", "b"]: the two halves, copied. False for anything else. */
static bool split_merge(const struct tokenizer *t, const struct json *j, char **left,
                        char **right)
{
    const char *text = json_text(j), *space = text ? between(t, text) : NULL;
    if (space) {
        *left = mem_bytes(text, (size_t)(space - text));
        *right = mem_string(space + 1);
        return true;
    }
    const char *a = json_text(json_item(j, 0)), *b = json_text(json_item(j, 1));
    if (!a || !b || json_length(j) != 2)
        return false;
    *left = mem_string(a);
    *right = mem_string(b);
    return true;
}

static int add_merge(struct tokenizer *t, const struct json *j, size_t rank,
                     struct error *e)
{
    char *left, *right;
    if (!split_merge(t, j, &left, &right))
        return error_set(e,
                         "merge %zu is not two pieces, \"a b\" or [\"a\", \"b\"]; " AGAIN,
                         rank + 1);
    char *both = mem_format("%s%s", left, right);
    int ids[3] = {find(t, left), find(t, right), find(t, both)};
    int result = 0;
    for (int i = 0; i < 3 && result == 0; i++)
        if (ids[i] < 0) {
            char why[80];
            snprintf(why, sizeof why, "of merge %zu is not in the vocabulary", rank + 1);
            result = piece_error(e, i == 0 ? left : i == 1 ? right : both, "%s", why);
        }
    if (result == 0)
        bpe_add_merge(t->bpe, ids[0], ids[1], ids[2], (int)rank);
    free(left);
    free(right);
    free(both);
    return result;
}

/* Parts of a BPE model that would change the result and that this program lacks. */
static int refuse_unsupported(const struct json *model, struct error *e)
{
    static const char *const keys[] = {"continuing_subword_prefix", "end_of_word_suffix"};
    for (int i = 0; i < 2; i++) {
        const struct json *value = json_get(model, keys[i]);
        const char *text = json_text(value);
        if (!json_is_null(value) && !(text && !*text))
            return error_set(e, "model: \"%s\" cannot be read: export the tokenizer "
                             "without it", keys[i]);
    }
    double dropout = 0;
    json_number(json_get(model, "dropout"), &dropout);
    if (dropout > 0)
        return error_set(e,
                         "model: \"dropout\" makes the encoding random: set it to null");
    return 0;
}

static int read_unk(struct tokenizer *t, const struct json *model, struct error *e)
{
    const struct json *value = json_get(model, "unk_token");
    if (json_is_null(value))
        return 0;
    const char *unk = json_text(value);
    if (!unk)
        return error_set(e, "model: \"unk_token\" is %s: write a piece or null",
                         json_kind(value));
    t->unk = find(t, unk);
    return t->unk >= 0 ? 0 : piece_error(e, unk, "(unk_token) is not in the vocabulary");
}

static void read_flags(struct tokenizer *t, const struct json *model)
{
    json_boolean(json_get(model, "fuse_unk"), &t->fuse_unk);
    json_boolean(json_get(model, "ignore_merges"), &t->ignore_merges);
    json_boolean(json_get(model, "byte_fallback"), &t->byte_fallback);
}

static int read_model(struct tokenizer *t, const struct json *model, size_t added,
                      struct error *e)
{
    const char *type = json_text(json_get(model, "type"));
    const struct json *vocab = json_get(model, "vocab"),
                      *merges = json_get(model, "merges");
    if (type && strcmp(type, "BPE") != 0) {
        char *safe = text_sanitize(type);
        error_set(e,
                  "model type \"%.40s\" cannot be read: train or export a tokenizer of "
                  "type BPE",
                  safe);
        free(safe);
        return -1;
    }
    if (!json_is_object(vocab) || !json_is_array(merges))
        return error_set(e, "\"model\" must be an object of type BPE with \"vocab\", an "
                         "object, and \"merges\", an array; " AGAIN);
    t->bpe = bpe_new(json_length(vocab) + added, json_length(merges));
    struct loading l = {t, e};
    if (refuse_unsupported(model, e) < 0 || json_each(vocab, add_piece, &l) < 0)
        return -1;
    for (size_t i = 0; i < json_length(merges); i++)
        if (add_merge(t, json_item(merges, i), i, e) < 0)
            return -1;
    read_flags(t, model);
    return read_unk(t, model, e);
}

static int read_added(struct tokenizer *t, const struct json *j, struct error *e)
{
    long id = 0;
    const char *content = json_text(json_get(j, "content"));
    bool single = false;
    if (!content || !*content || strlen(content) > MAX_PIECE)
        return error_set(e, "an entry of \"added_tokens\" has no \"content\" of 1 to %d "
                         "bytes; " AGAIN, MAX_PIECE);
    if (!json_long(json_get(j, "id"), &id) || id < 0 || id >= TOKENIZER_MAX_ID)
        return piece_error(e, content, "(added) has no id from 0 to %d",
                           TOKENIZER_MAX_ID - 1);
    const char *piece = bpe_piece(t->bpe, (int)id);
    if (!(piece && strcmp(piece, content) == 0) &&
        !bpe_add_piece(t->bpe, content, (int)id))
        return piece_error(e, content,
                           "(added) has an id or a content that another piece "
                           "has, id %ld",
                           id);
    json_boolean(json_get(j, "single_word"), &single);
    if (single)
        return piece_error(e, content, "(added) has single_word, which cannot be read");
    struct added_token a = {.content = mem_string(content), .length = strlen(content),
                      .id = (int)id};
    json_boolean(json_get(j, "special"), &a.special);
    json_boolean(json_get(j, "normalized"), &a.normalized);
    json_boolean(json_get(j, "lstrip"), &a.lstrip);
    json_boolean(json_get(j, "rstrip"), &a.rstrip);
    t->added = mem_grow(t->added, t->added_count, &t->added_capacity, sizeof *t->added);
    t->added[t->added_count++] = a;
    return 0;
}

/* An added token that is searched in normalised text is normalised itself. */
static int normalize_added(struct tokenizer *t, struct error *e)
{
    for (size_t i = 0; i < t->added_count; i++) {
        struct added_token *a = &t->added[i];
        if (!a->normalized)
            continue;
        char *content = rules_normalize(t->rules, a->content, e);
        if (!content)
            return -1;
        if (strlen(content) > MAX_PIECE) {
            free(content);
            return piece_error(e, a->content, "(added) is longer than %d bytes when it "
                               "is normalised", MAX_PIECE);
        }
        free(a->content);
        a->content = content;
        a->length = strlen(content);
    }
    return 0;
}

/* What encoding looks up again and again. */
static void prepare(struct tokenizer *t)
{
    t->mark_id = find(t, rules_mark(t->rules));
    t->kinds = mem_zero((size_t)bpe_size(t->bpe), 1);
    for (size_t i = 0; i < t->added_count; i++) {
        const struct added_token *a = &t->added[i];
        t->kinds[a->id] |=
            (unsigned char)(TOKEN_ADDED | (a->special ? TOKEN_SPECIAL : 0));
        t->begins_added[(unsigned char)*a->content] = true;
    }
    for (int byte = 0; byte < 256; byte++) {
        char name[8];
        size_t n = utf8_encode(tokenizer_byte_to_char((unsigned char)byte), name);
        t->byte_ids[byte] = bpe_find(t->bpe, name, n);
        snprintf(name, sizeof name, "<0x%02X>", (unsigned)byte);
        t->fallback_ids[byte] = bpe_find(t->bpe, name, 6);
    }
}

int tokenizer_file_read(struct tokenizer *t, const struct json *j, struct error *e)
{
    const struct json *added = json_get(j, "added_tokens");
    t->unk = -1;
    if (!json_is_null(added) && !json_is_array(added))
        return error_set(e, "\"added_tokens\" is %s instead of an array; " AGAIN,
                         json_kind(added));
    if (json_length(added) > MAX_ADDED)
        return error_set(e, "\"added_tokens\" has %zu entries, at most %d can be read; "
                         AGAIN, json_length(added), MAX_ADDED);
    if (read_model(t, json_get(j, "model"), json_length(added), e) < 0)
        return -1;
    for (size_t i = 0; i < json_length(added); i++)
        if (read_added(t, json_item(added, i), e) < 0)
            return -1;
    t->rules = rules_open(j, e);
    if (!t->rules || normalize_added(t, e) < 0 ||
        wrapping_read(json_get(j, "post_processor"), bpe_size(t->bpe), &t->wrapping, e) <
            0)
        return -1;
    prepare(t);
    return 0;
}

void tokenizer_file_free(struct tokenizer *t)
{
    bpe_free(t->bpe);
    rules_free(t->rules);
    for (size_t i = 0; i < t->added_count; i++)
        free(t->added[i].content);
    free(t->added);
    free(t->kinds);
}
