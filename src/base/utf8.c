#include "base/utf8.h"

#include <string.h>

/* What a lead byte promises: the number of continuation bytes, the bits it carries, and
 * the range of the first continuation byte, which rules out overlong forms, surrogates
 * and values above U+10FFFF (Unicode, table 3-7). */
struct lead {
    int more;
    uint32_t bits;
    unsigned char least, most;
};

static struct lead lead_of(unsigned char c)
{
    if (c >= 0xc2 && c <= 0xdf)
        return (struct lead){1, c & 0x1fu, 0x80, 0xbf};
    if (c >= 0xe0 && c <= 0xef)
        return (struct lead){2, c & 0x0fu, c == 0xe0 ? 0xa0 : 0x80,
                             c == 0xed ? 0x9f : 0xbf};
    if (c >= 0xf0 && c <= 0xf4)
        return (struct lead){3, c & 0x07u, c == 0xf0 ? 0x90 : 0x80,
                             c == 0xf4 ? 0x8f : 0xbf};
    return (struct lead){0, 0, 0, 0};
}

size_t utf8_decode(const char *s, const char *end, uint32_t *code)
{
    *code = UTF8_REPLACEMENT;
    if (s >= end)
        return 0;
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    struct lead lead = lead_of(p[0]);
    if (!lead.more)
        return 1;
    uint32_t value = lead.bits;
    for (int i = 1; i <= lead.more; i++) {
        if (s + i >= end || p[i] < lead.least || p[i] > lead.most)
            return (size_t)i;
        value = value << 6 | (p[i] & 0x3fu);
        lead.least = 0x80;
        lead.most = 0xbf;
    }
    *code = value;
    return (size_t)lead.more + 1;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        code = UTF8_REPLACEMENT;
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(marks[n] | code);
    return n;
}

bool utf8_is_broken(const char *s, size_t taken, uint32_t code)
{
    return code == UTF8_REPLACEMENT && !(taken == 3 && memcmp(s, "\xef\xbf\xbd", 3) == 0);
}

bool utf8_is_valid(const char *s, size_t length)
{
    const char *end = s + length;
    uint32_t code;
    for (size_t n; (n = utf8_decode(s, end, &code)) > 0; s += n)
        if (utf8_is_broken(s, n, code))
            return false;
    return true;
}
