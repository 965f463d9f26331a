/* tokenizer.json read and checked: the tables that tokenizer.c works with. */
#ifndef TOKENIZER_FILE_H
#define TOKENIZER_FILE_H

#include "base/error.h"
#include "base/json.h"
#include "model/bpe.h"
#include "model/rules.h"
#include "model/wrapping.h"

#include <stdbool.h>
#include <stddef.h>

#define TOKENIZER_MAX_ID 1000000 /* ids lie below */

/* A token that is found in the text as a whole. */
struct added_token {
    char *content;
    size_t length;
    int id;
    bool special;
    bool normalized;   /* is searched in the normalised text instead of the typed one */
    bool lstrip, rstrip; /* takes the spaces before or after it along */
};

enum token_kind { TOKEN_ADDED = 1, TOKEN_SPECIAL = 2 };

/* The tokenizer of tokenizer.h. */
struct tokenizer {
    struct bpe *bpe;
    struct rules *rules;
    struct added_token *added;
    size_t added_count, added_capacity;
    unsigned char *kinds; /* by id: enum token_kind */
    bool begins_added[256]; /* does an added token begin with this byte? */
    int unk;
    struct wrapping wrapping;
    bool fuse_unk, ignore_merges;
    int mark_id;        /* of the character that stands for a space */
    int byte_ids[256];  /* of the characters that stand for bytes (ByteLevel) */
    bool byte_fallback;
    int fallback_ids[256]; /* of <0x00> … <0xFF> */
};

/* Fills a tokenizer that is all zero. -1 and an error without a place; what was filled is
 * freed by tokenizer_file_free in any case. The JSON is not needed afterwards. */
int tokenizer_file_read(struct tokenizer *t, const struct json *j, struct error *e);
void tokenizer_file_free(struct tokenizer *t); /* the tables, not `t` itself */

#endif
