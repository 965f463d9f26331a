#include "base/text.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define JOINER 0x200du
#define NON_JOINER 0x200cu
#define EMOJI_SELECTOR 0xfe0fu

static bool ambiguous_wide;

static void add_code(struct buffer *b, uint32_t code)
{
    char bytes[4];
    buffer_add_bytes(b, bytes, utf8_encode(code, bytes));
}

/* ---- width ---- */

void text_set_ambiguous_wide(bool wide)
{
    ambiguous_wide = wide;
}

static bool is_ambiguous(uint32_t code)
{
    static const struct { uint32_t first, last; } ranges[] = {
#define RANGE(first, last) {first, last},
#include "base/ambiguous.def"
#undef RANGE
    };
    size_t low = 0, high = sizeof ranges / sizeof *ranges;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof ranges / sizeof *ranges && code >= ranges[low].first;
}

/* A code point newer than the tables still takes room: new emoji and ideographs two
 * columns, the rest one. */
static int unassigned_width(uint32_t code)
{
    bool wide = (code >= 0x1f000 && code <= 0x1faff) ||
                (code >= 0x20000 && code <= 0x3fffd);
    return wide ? 2 : 1;
}

static int code_width(uint32_t code)
{
    if (code < 0x7f)
        return code >= 0x20;
    utf8proc_int32_t c = (utf8proc_int32_t)code;
    if (utf8proc_category(c) == UTF8PROC_CATEGORY_CN)
        return unassigned_width(code);
    int width = utf8proc_charwidth(c);
    return width == 1 && ambiguous_wide && is_ambiguous(code) ? 2 : width;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f;
}

/* A cluster is as wide as its widest code point. An emoji selector makes it two columns
 * (UAX #11), and so do the two halves of a flag. */
static int grown_width(int width, uint32_t code)
{
    if (code == EMOJI_SELECTOR && width > 0)
        return 2;
    if (code >= 0x1f1e6 && code <= 0x1f1ff && width > 0)
        return 2;
    int own = code_width(code);
    return own > width ? own : width;
}

/* text_cluster with the end known, so that a loop over a text stays linear. */
static size_t cluster(const char *s, const char *end, int *width)
{
    *width = 0;
    if (s >= end)
        return 0;
    if (is_plain((unsigned char)s[0]) &&
        (s + 1 == end || is_plain((unsigned char)s[1]))) {
        *width = 1;
        return 1;
    }
    uint32_t last, code;
    utf8proc_int32_t state = 0;
    size_t length = utf8_decode(s, end, &last), n;
    *width = code_width(last);
    while ((n = utf8_decode(s + length, end, &code)) > 0) {
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)last,
                                             (utf8proc_int32_t)code, &state))
            break;
        *width = grown_width(*width, code);
        length += n;
        last = code;
    }
    return length;
}

size_t text_cluster(const char *s, int *width)
{
    /* The end is not searched for: the ended string stops the decoder by itself, for a
     * 0 byte is never a continuation byte. A window is enough to see it. */
    size_t n = 1;
    while (n < 64 && s[n - 1])
        n++;
    if (!s[n - 1])
        return cluster(s, s + n - 1, width);
    return cluster(s, s + strlen(s), width);
}

int text_width(const char *s)
{
    const char *end = s + strlen(s);
    int total = 0, width;
    size_t n;
    for (; (n = cluster(s, end, &width)) > 0; s += n)
        total += width;
    return total;
}

size_t text_fit(const char *s, int columns)
{
    const char *end = s + strlen(s), *p = s;
    int width;
    size_t n;
    for (; (n = cluster(p, end, &width)) > 0; p += n) {
        if (width > columns)
            break;
        columns -= width;
    }
    return (size_t)(p - s);
}

/* ---- whole strings ---- */

char *text_repair(const char *s)
{
    const char *end = s + strlen(s);
    struct buffer b = {0};
    uint32_t code;
    size_t n;
    for (; (n = utf8_decode(s, end, &code)) > 0; s += n)
        add_code(&b, code);
    return buffer_take(&b);
}

char *text_normalize_to(const char *s, enum text_form form)
{
    static const int options[] = {
        [TEXT_NFC] = UTF8PROC_COMPOSE,
        [TEXT_NFD] = UTF8PROC_DECOMPOSE,
        [TEXT_NFKC] = UTF8PROC_COMPOSE | UTF8PROC_COMPAT,
        [TEXT_NFKD] = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
    };
    char *valid = text_repair(s);
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)valid, 0, &out,
        (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE | options[form]));
    free(valid);
    /* The input is valid UTF-8, so only memory can have failed. */
    if (n < 0)
        fatal("out of memory while a text was normalised");
    return (char *)out;
}

char *text_normalize(const char *s)
{
    return text_normalize_to(s, TEXT_NFC);
}

const char *text_plural(long n)
{
    return n == 1 ? "" : "s";
}

bool text_is_control(uint32_t code)
{
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
        return true;
    default:
        return false;
    }
}

/* ---- white space ---- */

bool text_is_space(uint32_t code)
{
    if (code < 0x80)
        return code == ' ' || (code >= '\t' && code <= '\r');
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return code == 0x85; /* NEL, of the controls beyond ASCII the one line end */
    }
}

size_t text_space(const char *s)
{
    uint32_t code;
    size_t n = utf8_decode(s, s + strnlen(s, 4), &code); /* no code is longer */
    return text_is_space(code) ? n : 0;
}

size_t text_space_before(const char *begin, const char *s)
{
    for (size_t n = 1; n <= 4 && n <= (size_t)(s - begin); n++) {
        uint32_t code;
        if (utf8_decode(s - n, s, &code) == n && !utf8_is_broken(s - n, n, code))
            return text_is_space(code) ? n : 0;
    }
    return 0;
}

/* Letters and signs that are drawn as nothing: what a keyboard gives as a blank. */
static bool is_blank(uint32_t code)
{
    return text_is_space(code) || code == 0x3164 || code == 0xffa0 || code == 0x2800;
}

/* Format controls that are drawn: signs before Arabic and Syriac numbers and the like. */
static bool is_drawn(uint32_t code)
{
    return (code >= 0x600 && code <= 0x605) || code == 0x6dd || code == 0x70f ||
           code == 0x890 || code == 0x891 || code == 0x8e2 || code == 0x110bd ||
           code == 0x110cd;
}

static bool is_unseen(uint32_t code)
{
    return text_is_control(code) && !is_drawn(code) && !text_is_space(code);
}

char *text_tidy(const char *text)
{
    char *normal = text_normalize(text), *out = normal;
    const char *end = normal + strlen(normal);
    bool space = false;
    uint32_t code;
    size_t n;
    for (const char *s = normal; (n = utf8_decode(s, end, &code)) > 0; s += n) {
        if (is_blank(code)) {
            space = out != normal;
            continue;
        }
        bool joins = (code == JOINER || code == NON_JOINER) && out != normal && !space &&
                     s[n] && !text_space(s + n);
        if (is_unseen(code) && !joins)
            continue;
        if (space)
            *out++ = ' ';
        space = false;
        memmove(out, s, n);
        out += n;
    }
    *out = 0;
    return normal;
}

/* ---- safe to show ---- */

static bool is_selector(uint32_t code)
{
    return (code >= 0xfe00 && code <= EMOJI_SELECTOR) ||
           (code >= 0xe0100 && code <= 0xe01ef);
}

/* What a code point becomes on a terminal. Joiners are kept where they can join, and
 * selectors where there is something before them: emoji and several scripts need them. */
static uint32_t safe_code(uint32_t code, bool first, bool last)
{
    if (code == JOINER || code == NON_JOINER)
        return first || last ? UTF8_REPLACEMENT : code;
    if (first && is_selector(code))
        return UTF8_REPLACEMENT;
    if (code == '\t' || code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029)
        return ' ';
    return text_is_control(code) ? UTF8_REPLACEMENT : code;
}

/* The bytes of a flag of a region (UTS #51: a black flag, its name in letters that are
 * not seen, and their end); 0 when there is none. Elsewhere no such letters are kept. */
static size_t region_flag(const char *s, const char *end)
{
    uint32_t code;
    size_t length = utf8_decode(s, end, &code), n;
    if (code != 0x1f3f4)
        return 0;
    for (int letters = 0; letters < 8; letters++) {
        n = utf8_decode(s + length, end, &code);
        length += n;
        if (n && code == 0xe007f)
            return letters ? length : 0;
        if (!n || code < 0xe0030 || code > 0xe007a)
            return 0;
    }
    return 0;
}

char *text_sanitize(const char *s)
{
    const char *start = s, *end = s + strlen(s);
    struct buffer b = {0};
    uint32_t code;
    size_t n, flag;
    for (; (n = utf8_decode(s, end, &code)) > 0; s += n) {
        if ((flag = region_flag(s, end)) > 0)
            buffer_add_bytes(&b, s, n = flag);
        else
            add_code(&b, safe_code(code, s == start, s + n == end));
    }
    return buffer_take(&b);
}

char *text_visible(const char *s)
{
    const char *end = s + strlen(s);
    struct buffer b = {0};
    bool unseen = *s != 0;
    uint32_t code;
    size_t n;
    for (const char *p = s; (n = utf8_decode(p, end, &code)) > 0; p += n)
        unseen = unseen && (is_blank(code) || code_width(code) == 0);
    /* among others they belong to what is seen: accents, parts of emoji */
    if (!unseen)
        return text_sanitize(s);
    for (; (n = utf8_decode(s, end, &code)) > 0; s += n)
        buffer_addf(&b, "%sU+%04X", b.length ? " " : "", (unsigned)code);
    return buffer_take(&b);
}

char *text_sanitize_lines(const char *s)
{
    struct buffer b = {0};
    for (size_t n; *s; s += n + (s[n] == '\n')) {
        n = strcspn(s, "\n");
        char *line = mem_bytes(s, n), *safe = text_sanitize(line);
        buffer_addf(&b, "%s%s", safe, s[n] ? "\n" : "");
        free(line);
        free(safe);
    }
    return buffer_take(&b);
}

size_t text_find_control(const char *s, size_t n)
{
    const char *p = s, *end = s + n;
    uint32_t code;
    for (size_t length; (length = utf8_decode(p, end, &code)) > 0; p += length)
        if (safe_code(code, p == s, p + length == end) != code)
            break;
    return (size_t)(p - s);
}

/* ---- Hangul ---- */

static const char *const initials[] = {"g",  "kk", "n", "d",  "tt", "r", "m",
                                       "b",  "pp", "s", "ss", "",   "j", "jj",
                                       "ch", "k",  "t", "p",  "h"};
static const char *const vowels[] = {"a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o",
    "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"};
/* As spoken at the end of a word: ㅅ and ㅎ close as t, ㄺ as k, ㅄ as p. */
static const char *const finals[] = {"", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m",
    "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"};
/* The letters U+3131 to U+314E standing alone (ㅋㅋ). */
static const char *const letters[] = {"g", "kk", "gs", "n", "nj", "nh", "d", "tt", "r",
    "lg", "lm", "lb", "ls", "lt", "lp", "lh", "m", "b", "pp", "bs", "s", "ss", "ng", "j",
    "jj", "ch", "k", "t", "p", "h"};

static bool add_roman(struct buffer *b, uint32_t code)
{
    if (code >= 0xac00 && code <= 0xd7a3) {
        uint32_t index = code - 0xac00;
        buffer_add(b, initials[index / 588]);
        buffer_add(b, vowels[index / 28 % 21]);
        buffer_add(b, finals[index % 28]);
    } else if (code >= 0x3131 && code <= 0x314e) {
        buffer_add(b, letters[code - 0x3131]);
    } else if (code >= 0x314f && code <= 0x3163) {
        buffer_add(b, vowels[code - 0x314f]);
    } else if (code >= 0x1100 && code <= 0x1112) {
        buffer_add(b, initials[code - 0x1100]);
    } else if (code >= 0x1161 && code <= 0x1175) {
        buffer_add(b, vowels[code - 0x1161]);
    } else if (code >= 0x11a8 && code <= 0x11c2) {
        buffer_add(b, finals[code - 0x11a7]);
    } else {
        return false;
    }
    return true;
}

char *text_romanize(const char *s)
{
    const char *end = s + strlen(s);
    struct buffer b = {0};
    uint32_t code;
    size_t n;
    for (; (n = utf8_decode(s, end, &code)) > 0; s += n)
        if (!add_roman(&b, code))
            buffer_add_bytes(&b, s, n);
    return buffer_take(&b);
}

static bool is_hangul(uint32_t code)
{
    return (code >= 0xac00 && code <= 0xd7a3) || (code >= 0x1100 && code <= 0x11ff) ||
           (code >= 0x3131 && code <= 0x318e) || (code >= 0xa960 && code <= 0xa97c) ||
           (code >= 0xd7b0 && code <= 0xd7fb) || (code >= 0xffa0 && code <= 0xffdc);
}

bool text_has_hangul(const char *s)
{
    const char *end = s + strlen(s);
    uint32_t code;
    size_t n;
    for (; (n = utf8_decode(s, end, &code)) > 0; s += n)
        if (is_hangul(code))
            return true;
    return false;
}

char *text_short(const char *s)
{
    char *safe = text_sanitize(s);
    size_t fits = text_fit(safe, 60);
    char *result = mem_format("%.*s%s", (int)fits, safe, safe[fits] ? "..." : "");
    free(safe);
    return result;
}

char *text_padded(const char *s, int columns)
{
    int spaces = abs(columns) - text_width(s);
    spaces = spaces > 0 ? spaces : 0;
    return mem_format("%*s%s%*s", columns > 0 ? spaces : 0, "", s,
                      columns < 0 ? spaces : 0, "");
}
