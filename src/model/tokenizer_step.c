#include "model/tokenizer_step.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Steps that each double a text must not fill the memory. */
#define MAX_NORMALIZED 4000000

struct tokenizer_step *steps_add(struct tokenizer_steps *s, enum tokenizer_action action)
{
    s->items = mem_grow(s->items, s->count, &s->capacity, sizeof *s->items);
    s->items[s->count] = (struct tokenizer_step){.action = action};
    return &s->items[s->count++];
}

void steps_free(struct tokenizer_steps *s)
{
    for (size_t i = 0; i < s->count; i++) {
        pattern_free(s->items[i].pattern);
        free(s->items[i].content);
    }
    free(s->items);
    *s = (struct tokenizer_steps){0};
}

/* ---- bytes as characters ---- */

static bool stands_for_itself(unsigned byte)
{
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

uint32_t tokenizer_byte_to_char(unsigned char byte)
{
    if (stands_for_itself(byte))
        return byte;
    /* The others are numbered from U+0100 in order: 0-32, 127-160, 173. */
    if (byte <= 32)
        return 256u + byte;
    return byte == 173 ? 256u + 67 : 256u + 33 + (byte - 127u);
}

int tokenizer_char_to_byte(uint32_t code)
{
    if (code < 256)
        return stands_for_itself(code) ? (int)code : -1;
    if (code < 256 + 33)
        return (int)code - 256;
    if (code < 256 + 67)
        return (int)code - 256 - 33 + 127;
    return code == 256 + 67 ? 173 : -1;
}

char *tokenizer_piece_bytes(const char *piece, size_t *length)
{
    const char *end = piece + strlen(piece);
    struct buffer b = {0};
    uint32_t code;
    size_t n;
    for (; (n = utf8_decode(piece, end, &code)) > 0; piece += n) {
        int byte = tokenizer_char_to_byte(code);
        if (byte < 0) {
            buffer_free(&b);
            return NULL;
        }
        buffer_add_bytes(&b, &(char){(char)byte}, 1);
    }
    *length = b.length;
    return buffer_take(&b);
}

/* ---- normalising ---- */

static int too_long(struct error *e)
{
    return error_set(e,
                     "the normalizer makes more than %d bytes of this text: shorten the "
                     "text",
                     MAX_NORMALIZED);
}

/* Each match becomes the content. The limit is looked at while the text grows: a content
 * of many bytes can make a thousand times of it. */
static char *replace_all(const struct tokenizer_step *s, const char *text, size_t limit,
                         struct error *e)
{
    size_t length = strlen(text), at = 0, begin, end;
    struct buffer b = {0};
    int found;
    while ((found = pattern_find(s->pattern, text, length, at, &begin, &end, e)) > 0) {
        buffer_add_bytes(&b, text + at, begin - at);
        buffer_add(&b, s->content);
        at = end;
        if (b.length + (length - at) > limit)
            found = too_long(e);
        if (found < 0)
            break;
    }
    if (found < 0) {
        buffer_free(&b);
        return NULL;
    }
    buffer_add_bytes(&b, text + at, length - at);
    return buffer_take(&b);
}

static char *strip(const struct tokenizer_step *s, const char *text)
{
    const char *end = text + strlen(text), *begin = text, *last = text;
    uint32_t code;
    size_t n;
    while (s->left && (n = utf8_decode(begin, end, &code)) > 0 && text_is_space(code))
        begin += n;
    last = s->right ? begin : end;
    for (const char *p = begin; s->right && (n = utf8_decode(p, end, &code)) > 0; p += n)
        if (!text_is_space(code))
            last = p + n;
    return mem_bytes(begin, (size_t)(last - begin));
}

static char *normalize_step(const struct tokenizer_step *s, const char *text,
                            struct error *e)
{
    switch (s->action) {
    case TOKENIZER_FORM:
        return text_normalize_to(text, s->form);
    case TOKENIZER_PREPEND:
        return mem_format("%s%s", *text ? s->content : "", text);
    case TOKENIZER_STRIP:
        return strip(s, text);
    default:
        return replace_all(s, text, MAX_NORMALIZED, e);
    }
}

char *steps_normalize(const struct tokenizer_steps *s, const char *text, struct error *e)
{
    char *now = mem_string(text);
    for (size_t i = 0; now && i < s->count; i++) {
        char *next = normalize_step(&s->items[i], now, e);
        free(now);
        now = next;
        if (now && strlen(now) > MAX_NORMALIZED) {
            too_long(e);
            free(now);
            now = NULL;
        }
    }
    return now;
}

/* ---- splitting ---- */

struct spans {
    struct tokenizer_span *items;
    size_t count, capacity;
};

static void add_span(struct spans *s, size_t begin, size_t end)
{
    if (begin == end)
        return;
    s->items = mem_grow(s->items, s->count, &s->capacity, sizeof *s->items);
    s->items[s->count++] = (struct tokenizer_span){begin, end};
}

/* Where the cutting of one part stands. The stretches of a part come in order, matched or
 * not, in turn or several matched ones in a row; `last` is what the one before was. */
struct cutter {
    struct spans *out;
    enum tokenizer_behavior behavior;
    bool any, last;
};

static void cut(struct cutter *c, size_t begin, size_t end, bool match)
{
    if (begin == end)
        return;
    bool joins = false;
    switch (c->behavior) {
    case TOKENIZER_REMOVED:
        if (match)
            return;
        break;
    case TOKENIZER_ISOLATED:
        break;
    case TOKENIZER_CONTIGUOUS:
        joins = c->any && match == c->last;
        break;
    case TOKENIZER_MERGED_WITH_PREVIOUS:
        joins = c->any && match && !c->last;
        break;
    case TOKENIZER_MERGED_WITH_NEXT:
        joins = c->any && !match && c->last;
        break;
    }
    if (joins)
        c->out->items[c->out->count - 1].end = end;
    else
        add_span(c->out, begin, end);
    c->any = true;
    c->last = match;
}

static int split_part(const struct tokenizer_step *s, const char *text,
                      struct tokenizer_span part, struct spans *out, struct error *e)
{
    struct cutter c = {.out = out, .behavior = s->behavior};
    size_t at = part.begin, begin = 0, end = 0;
    int found;
    /* The part is searched as a text of its own: no look beyond its two ends. */
    const char *own = text + part.begin;
    size_t length = part.end - part.begin;
    while ((found = pattern_find(s->pattern, own, length, at - part.begin, &begin, &end,
                                 e)) > 0) {
        cut(&c, at, part.begin + begin, s->invert);
        cut(&c, part.begin + begin, part.begin + end, !s->invert);
        at = part.begin + end;
    }
    if (found == 0)
        cut(&c, at, part.end, s->invert);
    return found;
}

struct tokenizer_span *steps_split(const struct tokenizer_steps *s, const char *text,
                                   size_t begin, size_t end, size_t *count,
                                   struct error *e)
{
    struct spans now = {0};
    add_span(&now, begin, end);
    for (size_t i = 0; i < s->count; i++) {
        struct spans next = {0};
        for (size_t k = 0; k < now.count; k++)
            if (split_part(&s->items[i], text, now.items[k], &next, e) < 0) {
                free(now.items);
                free(next.items);
                return NULL;
            }
        free(now.items);
        now = next;
    }
    *count = now.count;
    return now.items ? now.items : mem_alloc(1, sizeof *now.items);
}

/* ---- decoding ---- */

struct pieces {
    char **items; /* owned */
    size_t count;
};

static void set_piece(struct pieces *p, size_t i, char *text)
{
    free(p->items[i]);
    p->items[i] = text;
}

static void fuse(struct pieces *p)
{
    struct buffer b = {0};
    for (size_t i = 0; i < p->count; i++) {
        buffer_add(&b, p->items[i]);
        free(p->items[i]);
    }
    if (p->count)
        p->items[0] = buffer_take(&b);
    p->count = p->count > 0;
}

/* Each mark a space; in the first piece nothing, where a space was added in front. */
static char *unmark(const struct tokenizer_step *s, const char *piece, bool first)
{
    size_t length = strlen(s->content);
    struct buffer b = {0};
    for (const char *mark; (mark = strstr(piece, s->content)); piece = mark + length) {
        buffer_add_bytes(&b, piece, (size_t)(mark - piece));
        if (!(first && s->left))
            buffer_add(&b, " ");
    }
    buffer_add(&b, piece);
    return buffer_take(&b);
}

/* A text of ours cannot hold the byte 0: it shows as U+FFFD. */
static void add_byte(struct buffer *b, int byte)
{
    if (byte == 0)
        buffer_add(b, "\xef\xbf\xbd");
    else
        buffer_add_bytes(b, &(char){(char)byte}, 1);
}

/* All pieces as bytes; a piece with a character that is none (an added token) as it is.
 */
static void unbyte(struct pieces *p)
{
    for (size_t i = 0; i < p->count; i++) {
        size_t length;
        char *bytes = tokenizer_piece_bytes(p->items[i], &length);
        if (!bytes)
            continue;
        struct buffer b = {0};
        for (size_t k = 0; k < length; k++)
            add_byte(&b, bytes[k]);
        free(bytes);
        set_piece(p, i, buffer_take(&b));
    }
    fuse(p);
    if (p->count)
        set_piece(p, 0, text_repair(p->items[0]));
}

/* The byte of a piece "<0xE2>", or -1. */
static int fallback_byte(const char *piece)
{
    char *end;
    if (strlen(piece) != 6 || strncmp(piece, "<0x", 3) != 0 || piece[5] != '>')
        return -1;
    long byte = strtol(piece + 1, &end, 16);
    return end == piece + 5 ? (int)byte : -1;
}

/* A run of byte pieces that is valid UTF-8 becomes its text, else one U+FFFD a byte. */
static char *join_bytes(const struct pieces *p, size_t begin, size_t end)
{
    struct buffer b = {0};
    for (size_t i = begin; i < end; i++)
        add_byte(&b, fallback_byte(p->items[i]));
    if (utf8_is_valid(b.data, b.length))
        return buffer_take(&b);
    buffer_free(&b);
    for (size_t i = begin; i < end; i++)
        buffer_add(&b, "\xef\xbf\xbd");
    return buffer_take(&b);
}

static void undo_fallback(struct pieces *p)
{
    size_t n = 0;
    for (size_t i = 0, end; i < p->count; i = end) {
        end = i;
        while (end < p->count && fallback_byte(p->items[end]) >= 0)
            end++;
        if (end == i) {
            p->items[n++] = p->items[end++];
            continue;
        }
        char *text = join_bytes(p, i, end);
        for (size_t k = i; k < end; k++)
            free(p->items[k]);
        p->items[n++] = text;
    }
    p->count = n;
}

static char *strip_piece(const struct tokenizer_step *s, const char *piece)
{
    size_t width = strlen(s->content), length = strlen(piece);
    for (long i = 0; i < s->start && strncmp(piece, s->content, width) == 0; i++) {
        piece += width;
        length -= width;
    }
    for (long i = 0; i < s->stop && length >= width &&
                     strncmp(piece + length - width, s->content, width) == 0;
         i++)
        length -= width;
    return mem_bytes(piece, length);
}

static void decode_step(const struct tokenizer_step *s, struct pieces *p)
{
    size_t total = 0;
    if (s->action == TOKENIZER_UNBYTE)
        unbyte(p);
    else if (s->action == TOKENIZER_FUSE)
        fuse(p);
    else if (s->action == TOKENIZER_BYTE_FALLBACK)
        undo_fallback(p);
    else
        for (size_t i = 0; i < p->count; i++) {
            const char *piece = p->items[i];
            size_t left = total < MAX_NORMALIZED ? MAX_NORMALIZED - total : 0;
            char *text = s->action == TOKENIZER_UNMARK ? unmark(s, piece, i == 0)
                         : s->action == TOKENIZER_STRIP_PIECE
                             ? strip_piece(s, piece)
                             : replace_all(s, piece, left, NULL);
            if (text) /* else it stays as it is */
                set_piece(p, i, text);
            total += strlen(p->items[i]);
        }
}

char *steps_decode(const struct tokenizer_steps *s, const char *const *pieces,
                   size_t count)
{
    struct pieces p = {mem_alloc(count, sizeof *p.items), count};
    for (size_t i = 0; i < count; i++)
        p.items[i] = mem_string(pieces[i]);
    for (size_t i = 0; i < s->count; i++)
        decode_step(&s->items[i], &p);
    fuse(&p);
    char *text = text_repair(p.count ? p.items[0] : "");
    if (p.count)
        free(p.items[0]);
    free(p.items);
    return text;
}
