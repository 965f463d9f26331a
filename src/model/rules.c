#include "model/rules.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "model/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "\xe2\x96\x81"      /* ▁ */
#define BYTE_MARK "\xc4\xa0"     /* Ġ, a space in a ByteLevel vocabulary */
#define MAX_STEPS 64

/* The cut of openai/gpt-2 (encoder.py): contractions, then words, numbers and signs with
 * the space before them, then spaces. */
#define GPT2_PATTERN \
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

enum prefix { NEVER, FIRST, ALWAYS };

struct rules {
    struct tokenizer_steps normalizer, splitter, decoder;
    bool has_decoder;
    enum rules_alphabet alphabet;
    enum prefix prefix;
    bool sealed; /* Metaspace or ByteLevel was read: nothing may follow */
    char *mark;
};

/* ---- reading: pieces of JSON ---- */

static bool flag(const struct json *j, const char *key, bool otherwise)
{
    json_boolean(json_get(j, key), &otherwise);
    return otherwise;
}

/* {"String": "…"} or {"Regex": "…"}. */
static int read_pattern(const struct json *j, struct tokenizer_step *s, struct error *e)
{
    const char *literal = json_text(json_get(json_get(j, "pattern"), "String"));
    const char *regex = json_text(json_get(json_get(j, "pattern"), "Regex"));
    if (!literal && !regex)
        return error_set(e,
                         "\"pattern\" must be {\"String\": text} or {\"Regex\": text}");
    s->pattern = pattern_compile(literal ? literal : regex, literal != NULL, e);
    return s->pattern ? 0 : -1;
}

static int read_content(const struct json *j, const char *key, struct tokenizer_step *s,
                        struct error *e)
{
    const char *text = NULL;
    if (json_need_text(j, key, &text, e) < 0)
        return -1;
    s->content = mem_string(text);
    return 0;
}

/* A reader takes one object of a type; the error names its own trouble only. */
typedef int reader(struct rules *r, const struct json *j, struct error *e);

struct type {
    const char *name;
    reader *read;
};

/* One of the three places of the file, its types and the name of the list in Sequence. */
struct place {
    const char *name, *list;
    const struct type *types; /* ended by a NULL name */
};

static int unknown_type(const struct place *p, const char *type, struct error *e)
{
    struct buffer known = {0};
    for (const struct type *t = p->types; t->name; t++)
        buffer_addf(&known, "%s, ", t->name);
    char *safe = text_sanitize(type);
    error_set(e, "%s type \"%.60s\" cannot be read: export the tokenizer with null or %s"
              "Sequence", p->name, safe, known.data);
    free(safe);
    buffer_free(&known);
    return -1;
}

static int read_steps(struct rules *r, const struct place *p, const struct json *j,
                      int depth, struct error *e);

static int read_sequence(struct rules *r, const struct place *p, const struct json *j,
                         int depth, struct error *e)
{
    const struct json *list = json_get(j, p->list);
    if (!json_is_array(list))
        return error_set(e, "%s: \"%s\" is %s instead of an array: export the tokenizer "
                         "again", p->name, p->list, json_kind(list));
    if (depth > 8 || json_length(list) > MAX_STEPS)
        return error_set(e,
                         "%s: Sequence is too deep or longer than %d steps: export the "
                         "tokenizer with fewer",
                         p->name, MAX_STEPS);
    for (size_t i = 0; i < json_length(list); i++)
        if (read_steps(r, p, json_item(list, i), depth + 1, e) < 0)
            return -1;
    return 0;
}

static int read_steps(struct rules *r, const struct place *p, const struct json *j,
                      int depth, struct error *e)
{
    if (json_is_null(j))
        return 0;
    const char *type = json_text(json_get(j, "type"));
    if (!type)
        return error_set(e, "%s must be null or an object with a \"type\": export the "
                         "tokenizer again", p->name);
    if (strcmp(type, "Sequence") == 0)
        return read_sequence(r, p, j, depth, e);
    const struct type *t = p->types;
    while (t->name && strcmp(t->name, type) != 0)
        t++;
    if (!t->name)
        return unknown_type(p, type, e);
    struct error cause = {0};
    if (t->read(r, j, &cause) == 0)
        return 0;
    return error_set(e, "%s %s: %.300s", p->name, type, cause.message);
}

/* ---- reading: normalizer ---- */

static int read_form(struct rules *r, const struct json *j, struct error *e)
{
    static const char *const names[] = {[TEXT_NFC] = "NFC", [TEXT_NFD] = "NFD",
                                        [TEXT_NFKC] = "NFKC", [TEXT_NFKD] = "NFKD"};
    (void)e;
    const char *type = json_text(json_get(j, "type"));
    struct tokenizer_step *s = steps_add(&r->normalizer, TOKENIZER_FORM);
    for (int i = 0; i < 4; i++)
        if (strcmp(type, names[i]) == 0)
            s->form = (enum text_form)i;
    return 0;
}

static int read_prepend(struct rules *r, const struct json *j, struct error *e)
{
    return read_content(j, "prepend", steps_add(&r->normalizer, TOKENIZER_PREPEND), e);
}

static int read_replace(struct rules *r, const struct json *j, struct error *e)
{
    struct tokenizer_step *s = steps_add(&r->normalizer, TOKENIZER_REPLACE);
    return read_pattern(j, s, e) < 0 ? -1 : read_content(j, "content", s, e);
}

static int read_strip(struct rules *r, const struct json *j, struct error *e)
{
    (void)e;
    struct tokenizer_step *s = steps_add(&r->normalizer, TOKENIZER_STRIP);
    s->left = flag(j, "strip_left", true);
    s->right = flag(j, "strip_right", true);
    return 0;
}

static const struct type normalizers[] = {
    {"NFC", read_form}, {"NFD", read_form}, {"NFKC", read_form}, {"NFKD", read_form},
    {"Prepend", read_prepend}, {"Replace", read_replace}, {"Strip", read_strip},
    {NULL, NULL},
};

/* ---- reading: pre_tokenizer ---- */

static int check_open(const struct rules *r, struct error *e)
{
    if (!r->sealed)
        return 0;
    return error_set(e, "stands after Metaspace or ByteLevel in a Sequence: export the "
                     "tokenizer with that one last");
}

static int add_split(struct rules *r, const char *regex, enum tokenizer_behavior behavior,
                     bool invert, struct error *e)
{
    struct tokenizer_step *s = steps_add(&r->splitter, TOKENIZER_SPLIT);
    s->behavior = behavior;
    s->invert = invert;
    s->pattern = pattern_compile(regex, false, e);
    return s->pattern ? 0 : -1;
}

static int read_split(struct rules *r, const struct json *j, struct error *e)
{
    static const char *const names[] = {
        [TOKENIZER_REMOVED] = "Removed",
        [TOKENIZER_ISOLATED] = "Isolated",
        [TOKENIZER_MERGED_WITH_PREVIOUS] = "MergedWithPrevious",
        [TOKENIZER_MERGED_WITH_NEXT] = "MergedWithNext",
        [TOKENIZER_CONTIGUOUS] = "Contiguous",
    };
    const char *behavior = NULL;
    if (check_open(r, e) < 0 || json_need_text(j, "behavior", &behavior, e) < 0)
        return -1;
    struct tokenizer_step *s = steps_add(&r->splitter, TOKENIZER_SPLIT);
    s->invert = flag(j, "invert", false);
    for (int i = 0; i < 5; i++)
        if (strcmp(behavior, names[i]) == 0) {
            s->behavior = (enum tokenizer_behavior)i;
            return read_pattern(j, s, e);
        }
    return error_set(e,
                     "its \"behavior\" is none of Removed, Isolated, MergedWithPrevious, "
                     "MergedWithNext, Contiguous");
}

static int read_whitespace(struct rules *r, const struct json *j, struct error *e)
{
    (void)j;
    return check_open(r, e) < 0
               ? -1
               : add_split(r, "\\w+|[^\\w\\s]+", TOKENIZER_REMOVED, true, e);
}

static int read_whitespace_split(struct rules *r, const struct json *j, struct error *e)
{
    (void)j;
    return check_open(r, e) < 0 ? -1 : add_split(r, "\\s+", TOKENIZER_REMOVED, false, e);
}

/* A space in front is put before a whole stretch of text, so only where no step has cut
 * it before. */
static int set_prefix(struct rules *r, enum prefix prefix, struct error *e)
{
    r->prefix = prefix;
    if (prefix == NEVER || r->splitter.count == 0)
        return 0;
    return error_set(e,
                     "adds a space in front of parts that another step has cut: export "
                     "the tokenizer with add_prefix_space false or without that step");
}

/* prepend_scheme, or the older add_prefix_space. */
static int read_scheme(const struct json *j, enum prefix *out, struct error *e)
{
    const struct json *value = json_get(j, "prepend_scheme");
    const char *scheme = json_text(value);
    *out = flag(j, "add_prefix_space", true) ? ALWAYS : NEVER;
    if (json_is_null(value))
        return 0;
    static const char *const names[] = {
        [NEVER] = "never", [FIRST] = "first", [ALWAYS] = "always"};
    for (int i = 0; scheme && i < 3; i++)
        if (strcmp(scheme, names[i]) == 0) {
            *out = (enum prefix)i;
            return 0;
        }
    return error_set(e, "\"prepend_scheme\" is none of \"always\", \"first\", \"never\"");
}

/* The one character that stands for a space. */
static int read_mark(const struct json *j, char **mark, uint32_t *code, struct error *e)
{
    const struct json *value = json_get(j, "replacement");
    const char *text = json_is_null(value) ? MARK : json_text(value);
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || utf8_decode(text, text + length, code) != length)
        return error_set(e,
                         "\"replacement\" must be one character, such as \"" MARK "\"");
    free(*mark);
    *mark = mem_string(text);
    return 0;
}

static int read_metaspace(struct rules *r, const struct json *j, struct error *e)
{
    enum prefix prefix;
    uint32_t code = 0;
    if (check_open(r, e) < 0 || read_mark(j, &r->mark, &code, e) < 0 ||
        read_scheme(j, &prefix, e) < 0 || set_prefix(r, prefix, e) < 0)
        return -1;
    r->alphabet = RULES_METASPACE;
    r->sealed = true;
    if (!flag(j, "split", true))
        return 0;
    char regex[32];
    snprintf(regex, sizeof regex, "[ \\x{%x}]", (unsigned)code);
    return add_split(r, regex, TOKENIZER_MERGED_WITH_NEXT, false, e);
}

static int read_byte_level(struct rules *r, const struct json *j, struct error *e)
{
    bool prefix = flag(j, "add_prefix_space", true);
    if (check_open(r, e) < 0 || set_prefix(r, prefix ? ALWAYS : NEVER, e) < 0)
        return -1;
    r->alphabet = RULES_BYTES;
    r->sealed = true;
    free(r->mark);
    r->mark = mem_string(BYTE_MARK);
    return flag(j, "use_regex", true)
               ? add_split(r, GPT2_PATTERN, TOKENIZER_ISOLATED, false, e)
               : 0;
}

static const struct type splitters[] = {
    {"Metaspace", read_metaspace}, {"ByteLevel", read_byte_level}, {"Split", read_split},
    {"Whitespace", read_whitespace}, {"WhitespaceSplit", read_whitespace_split},
    {NULL, NULL},
};

/* ---- reading: decoder ---- */

static int read_unmark(struct rules *r, const struct json *j, struct error *e)
{
    enum prefix prefix;
    uint32_t code;
    struct tokenizer_step *s = steps_add(&r->decoder, TOKENIZER_UNMARK);
    if (read_mark(j, &s->content, &code, e) < 0 || read_scheme(j, &prefix, e) < 0)
        return -1;
    s->left = prefix != NEVER;
    return 0;
}

static int read_unbyte(struct rules *r, const struct json *j, struct error *e)
{
    (void)j, (void)e;
    steps_add(&r->decoder, TOKENIZER_UNBYTE);
    return 0;
}

static int read_byte_fallback(struct rules *r, const struct json *j, struct error *e)
{
    (void)j, (void)e;
    steps_add(&r->decoder, TOKENIZER_BYTE_FALLBACK);
    return 0;
}

static int read_fuse(struct rules *r, const struct json *j, struct error *e)
{
    (void)j, (void)e;
    steps_add(&r->decoder, TOKENIZER_FUSE);
    return 0;
}

static int read_decoder_replace(struct rules *r, const struct json *j, struct error *e)
{
    struct tokenizer_step *s = steps_add(&r->decoder, TOKENIZER_REPLACE);
    return read_pattern(j, s, e) < 0 ? -1 : read_content(j, "content", s, e);
}

static int read_strip_piece(struct rules *r, const struct json *j, struct error *e)
{
    struct tokenizer_step *s = steps_add(&r->decoder, TOKENIZER_STRIP_PIECE);
    if (read_content(j, "content", s, e) < 0 ||
        json_need_integer(j, "start", 0, 1000, &s->start, e) < 0 ||
        json_need_integer(j, "stop", 0, 1000, &s->stop, e) < 0)
        return -1;
    return *s->content ? 0 : error_set(e, "\"content\" is empty: write one character");
}

static const struct type decoders[] = {
    {"Metaspace", read_unmark}, {"ByteLevel", read_unbyte},
    {"Replace", read_decoder_replace}, {"ByteFallback", read_byte_fallback},
    {"Fuse", read_fuse}, {"Strip", read_strip_piece}, {NULL, NULL},
};

/* ---- opening ---- */

struct rules *rules_open(const struct json *tokenizer, struct error *e)
{
    static const struct place places[] = {
        {"normalizer", "normalizers", normalizers},
        {"pre_tokenizer", "pretokenizers", splitters},
        {"decoder", "decoders", decoders},
    };
    struct rules *r = mem_zero(1, sizeof *r);
    r->mark = mem_string(MARK);
    r->has_decoder = !json_is_null(json_get(tokenizer, "decoder"));
    for (int i = 0; i < 3; i++)
        if (read_steps(r, &places[i], json_get(tokenizer, places[i].name), 0, e) < 0) {
            rules_free(r);
            return NULL;
        }
    return r;
}

void rules_free(struct rules *r)
{
    if (!r)
        return;
    steps_free(&r->normalizer);
    steps_free(&r->splitter);
    steps_free(&r->decoder);
    free(r->mark);
    free(r);
}

enum rules_alphabet rules_alphabet(const struct rules *r)
{
    return r->alphabet;
}

const char *rules_mark(const struct rules *r)
{
    return r->mark;
}

char *rules_normalize(const struct rules *r, const char *text, struct error *e)
{
    return steps_normalize(&r->normalizer, text, e);
}

/* A text that begins with a space or a mark has its space. */
bool rules_adds_space(const struct rules *r, const char *text, bool first)
{
    if (!*text || *text == ' ' || r->prefix == NEVER || (r->prefix == FIRST && !first))
        return false;
    return r->alphabet != RULES_METASPACE ||
           strncmp(text, r->mark, strlen(r->mark)) != 0;
}

struct tokenizer_span *rules_split(const struct rules *r, const char *text, size_t begin,
                                   size_t end, size_t *count, struct error *e)
{
    return steps_split(&r->splitter, text, begin, end, count, e);
}

/* Without a decoder nothing says how pieces join: a space stands between them. */
char *rules_decode(const struct rules *r, const char *const *pieces, size_t count)
{
    if (r->has_decoder)
        return steps_decode(&r->decoder, pieces, count);
    struct buffer b = {0};
    for (size_t i = 0; i < count; i++)
        buffer_addf(&b, "%s%s", i ? " " : "", pieces[i]);
    return buffer_take(&b);
}
