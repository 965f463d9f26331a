#include "screen/keyboard.h"

#include "base/text.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE 0x1b
#define BELL 0x07

/* A terminal writes a sequence at once, but a network may cut it. Nobody notices the
 * wait for a lone Esc; one byte more is hardly ever typed by hand, so that the rest of a
 * sequence gets more time, and a long paste the most. */
enum { ESCAPE_PAUSE = 50, SEQUENCE_PAUSE = 200, PASTE_PAUSE = 1000 };

#define MOST_PASTED 65536

/* One item of the input: a key or KEY_NONE, and what the bytes behind it belong to. */
struct item {
    uint32_t key;
    enum keyboard_mode mode;
};

/* Functions that count the bytes of an item return 0 when it is not all there. */
struct input {
    const unsigned char *bytes;
    size_t length;
    bool paused; /* no more comes */
};

/* ---- what a key is called ---- */

enum modifier { SHIFT = 1, ALT = 2, CTRL = 4, MODIFIERS = 63 /* and no locks */ };

static uint32_t named(const char *name, unsigned modifiers)
{
    char full[48];
    snprintf(full, sizeof full, "%s%s%s%s", modifiers & CTRL ? "Ctrl-" : "",
             modifiers & ALT ? "Alt-" : "", modifiers & SHIFT ? "Shift-" : "", name);
    uint32_t key = key_find(full);
    return key ? key : key_find(name);
}

/* What a sequence ends with. */
static const char *name_of_letter(unsigned char letter)
{
    static const struct {
        unsigned char letter;
        const char *name;
    } names[] = {
        {'A', "Up"},  {'B', "Down"}, {'C', "Right"}, {'D', "Left"}, {'H', "Home"},
        {'F', "End"}, {'P', "F1"},   {'Q', "F2"},    {'R', "F3"},   {'S', "F4"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].letter == letter)
            return names[i].name;
    return NULL;
}

static const char *name_of_number(long number)
{
    static const char *const names[] = {
        NULL, "Home", "Insert", "Delete", "End", "PgUp", "PgDn", "Home", "End",
        NULL, NULL,   "F1",     "F2",     "F3",  "F4",   "F5",   NULL,   "F6",
        "F7", "F8",   "F9",     "F10",    NULL,  "F11",  "F12",
    };
    bool known = number >= 0 && number < (long)(sizeof names / sizeof *names);
    return known ? names[number] : NULL;
}

static uint32_t key_of_code(uint32_t code)
{
    if (code == 0x7f || code == 8)
        return key_find("Backspace");
    if (code == '\n')
        return KEY_RETURN;
    bool control =
        (code > 26 && code < 32 && code != KEY_ESCAPE) || (code >= 0x80 && code < 0xa0);
    return control || code == UTF8_REPLACEMENT ? KEY_NONE : code;
}

/* A key that is given by its character. */
static uint32_t key_of_character(long code, unsigned modifiers)
{
    static const struct {
        long code;
        const char *name;
    } names[] = {{'\t', "Tab"}, {'\r', "Enter"}, {27, "Esc"}, {127, "Backspace"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return named(names[i].name, modifiers);
    bool small = code >= 'a' && code <= 'z', large = code >= 'A' && code <= 'Z';
    bool character = code >= 0x20 && code < 0xd800 && !(code >= 0x7f && code < 0xa0);
    if (modifiers & ~(unsigned)(SHIFT | CTRL) || !character)
        return KEY_NONE; /* halves of pairs; from 0xe000 on keys such as those of sound */
    if (modifiers & CTRL)
        return small || large ? key_of_code((uint32_t)code & 31) : KEY_NONE;
    return key_of_code((uint32_t)(small && modifiers ? code - 'a' + 'A' : code));
}

/* ---- control sequences: ESC [ parameters, intermediate bytes, a final byte ---- */

struct parameters {
    long number[3];
    int count;
    bool foreign; /* a mark that no key has */
    long event;   /* 3 when the key was let go */
};

static void add_digit(long *number, unsigned char digit)
{
    if (*number < 100000000)
        *number = 10 * *number + (digit - '0');
}

static struct parameters read_parameters(const unsigned char *s, size_t length)
{
    struct parameters p = {.count = length > 0};
    int part = 0;
    for (size_t i = 0; i < length; i++) {
        bool digit = s[i] >= '0' && s[i] <= '9';
        if (digit && part == 0 && p.count <= 3)
            add_digit(&p.number[p.count - 1], s[i]);
        else if (digit && part == 1 && p.count == 2)
            add_digit(&p.event, s[i]);
        else if (s[i] == ';')
            p.count++, part = 0;
        else if (s[i] == ':')
            part++;
        else if (!digit)
            p.foreign = true;
    }
    return p;
}

static unsigned modifiers_of(long number)
{
    return number > 1 ? (unsigned)(number - 1) & MODIFIERS : 0;
}

/* rxvt says the modifiers by the final byte. */
static unsigned modifiers_of_final(unsigned char final)
{
    return final == '$' ? SHIFT : final == '^' ? CTRL : final == '@' ? SHIFT | CTRL : 0;
}

/* With a modifier the first number is 1; a place of the cursor ends with R, too. */
static bool is_report(const struct parameters *p, unsigned char final)
{
    return p->count > 1 && (p->number[0] > 1 || (final == 'R' && p->number[1] > 16));
}

static struct item item_of_control(const unsigned char *s, size_t length,
                                   unsigned char final)
{
    struct item item = {KEY_NONE, KEYBOARD_KEYS};
    struct parameters p = read_parameters(s, length);
    if (p.foreign || p.event == 3)
        return item;
    unsigned modifiers = modifiers_of(p.number[p.count > 1]);
    const char *name = name_of_letter(final);
    if (name) {
        item.key = is_report(&p, final) ? KEY_NONE : named(name, modifiers);
    } else if (final >= 'a' && final <= 'd') {
        item.key = named(name_of_letter(final - 'a' + 'A'), SHIFT);
    } else if (final == 'Z') {
        item.key = key_find("Shift-Tab");
    } else if (final == 'u') {
        item.key = key_of_character(p.number[0], modifiers_of(p.number[1]));
    } else if (final == '~' && p.number[0] == 200) {
        item.mode = KEYBOARD_PASTE;
    } else if (final == '~' && p.number[0] == 27 && p.count == 3) {
        item.key = key_of_character(p.number[2], modifiers_of(p.number[1]));
    } else if (strchr("~$^@", final)) {
        name = name_of_number(p.number[0]);
        modifiers = modifiers_of(p.number[1]) | modifiers_of_final(final);
        item.key = name ? named(name, modifiers) : KEY_NONE;
    }
    return item;
}

/* `count` bytes that can be printed, behind the first three. */
static size_t read_more(struct input in, size_t count)
{
    for (size_t i = 3; i < 3 + count; i++) {
        if (i >= in.length)
            return in.paused ? in.length : 0;
        if (in.bytes[i] < 0x20)
            return i;
    }
    return 3 + count;
}

/* "$" is a final byte of rxvt behind one number, else an intermediate byte. */
static bool is_final(const unsigned char *s, size_t at)
{
    if (s[at] == '$') {
        size_t i = 2;
        while (s[i] >= '0' && s[i] <= '9')
            i++;
        return i == at && at > 2;
    }
    return s[at] >= 0x40;
}

static size_t read_control(struct input in, struct item *item)
{
    const unsigned char *s = in.bytes;
    if (in.length > 2 && s[2] == 'M') /* a mouse: the button, the column, the row */
        return read_more(in, 3);
    if (in.length > 2 && s[2] == '[') { /* F1 to F5 of the Linux console */
        size_t n = read_more(in, 1);
        if (n == 4 && s[3] >= 'A' && s[3] <= 'E')
            item->key = named(name_of_number(11 + s[3] - 'A'), 0);
        return n;
    }
    for (size_t i = 2; i < in.length; i++) {
        if (s[i] < 0x20 || s[i] > 0x7e)
            return i; /* not a sequence: this byte begins anew */
        if (is_final(s, i)) {
            *item = item_of_control(s + 2, i - 2, s[i]);
            return i + 1;
        }
    }
    return in.paused ? in.length : 0;
}

/* ---- single shifts: ESC O, perhaps a modifier, one byte ---- */

static uint32_t key_of_shift(unsigned char final, unsigned modifiers)
{
    const char *name = name_of_letter(final);
    if (!name && final >= 'a' && final <= 'd') /* rxvt, with Ctrl */
        name = name_of_letter(final - 'a' + 'A');
    if (name)
        return named(name, modifiers);
    if (final >= 'j' && final <= 'y') /* the keypad, from * to 9 */
        return (uint32_t) final - 'j' + '*';
    return final == 'M'   ? KEY_RETURN
           : final == 'I' ? KEY_TAB
           : final == 'X' ? '='
           : final == ' ' ? KEY_SPACE
                          : KEY_NONE;
}

static size_t read_shift(struct input in, struct item *item)
{
    size_t i = 2;
    while (i < in.length && in.bytes[i] >= '0' && in.bytes[i] <= '9')
        i++;
    if (i >= in.length)
        return in.paused ? in.length : 0;
    if (in.bytes[i] < 0x20 || in.bytes[i] > 0x7e)
        return i;
    struct parameters p = read_parameters(in.bytes + 2, i - 2);
    item->key = key_of_shift(in.bytes[i], modifiers_of(p.number[0]));
    return i + 1;
}

/* ---- characters and the rest ---- */

/* One character; of several bytes when it is not ASCII. */
static size_t read_character(struct input in, uint32_t *code)
{
    const char *s = (const char *)in.bytes;
    unsigned char first = in.bytes[0];
    size_t wish = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    size_t n = utf8_decode(s, s + in.length, code);
    bool cut = n == in.length && n < wish && first < 0xf5 && !in.paused;
    return cut ? 0 : n;
}

/* Whether the third byte is one that such a report has: a number begins those of OSC, a
 * mark or a number those of DCS, a G those of APC. Else it was a key with Alt. */
static bool begins_report(const unsigned char *s)
{
    bool digit = s[2] >= '0' && s[2] <= '9';
    return s[1] == ']'   ? digit
           : s[1] == 'P' ? digit || strchr(">!+$=|{", s[2])
                         : s[2] == 'G';
}

static size_t read_report(struct input in, struct item *item)
{
    if (in.length < 3 && !in.paused)
        return 0;
    if (in.length >= 3 && in.bytes[2] && begins_report(in.bytes))
        item->mode = KEYBOARD_STRING;
    return 2;
}

/* Two escapes: the key Esc twice, unless Alt goes before a key that is a sequence. */
static size_t read_two_escapes(struct input in, struct item *item);

static size_t read_escape(struct input in, struct item *item)
{
    uint32_t ignored;
    if (in.length < 2) {
        item->key = KEY_ESCAPE;
        return in.paused ? 1 : 0;
    }
    switch (in.bytes[1]) {
    case '[':
        return read_control(in, item);
    case 'O':
        return read_shift(in, item);
    case ']':
    case 'P':
    case '_':
        return read_report(in, item);
    case ESCAPE:
        return read_two_escapes(in, item);
    default: { /* Alt and a character */
        struct input rest = {in.bytes + 1, in.length - 1, in.paused};
        size_t n = read_character(rest, &ignored);
        return n ? n + 1 : 0;
    }
    }
}

static size_t read_two_escapes(struct input in, struct item *item)
{
    bool sequence = in.length > 2 && (in.bytes[2] == '[' || in.bytes[2] == 'O');
    if (in.length < 3 && !in.paused)
        return 0;
    if (!sequence) {
        item->key = KEY_ESCAPE;
        return 1;
    }
    size_t n = read_escape((struct input){in.bytes + 1, in.length - 1, in.paused}, item);
    return n ? n + 1 : 0;
}

static uint32_t learned_key(const struct keyboard *k, struct input in)
{
    for (size_t i = 0; i < k->learned_count; i++)
        if (strlen(k->learned[i].sequence) == in.length &&
            memcmp(k->learned[i].sequence, in.bytes, in.length) == 0)
            return k->learned[i].key;
    return KEY_NONE;
}

static size_t read_item(const struct keyboard *k, struct input in, struct item *item)
{
    *item = (struct item){KEY_NONE, KEYBOARD_KEYS};
    if (in.bytes[0] != ESCAPE) {
        uint32_t code;
        size_t n = read_character(in, &code);
        item->key = key_of_code(code);
        return n;
    }
    size_t n = read_escape(in, item);
    if (n && item->key == KEY_NONE && item->mode == KEYBOARD_KEYS)
        item->key = learned_key(k, (struct input){in.bytes, n, true});
    return n;
}

/* ---- what lies between two marks ---- */

static struct input rest_of(const struct keyboard *k, bool paused)
{
    const unsigned char *bytes = (const unsigned char *)k->bytes.data;
    return (struct input){bytes ? bytes + k->taken : NULL, k->bytes.length - k->taken,
                          paused};
}

/* Up to BEL or ESC \; any other control character ends a report too, so that no key of a
 * person is lost in one that never ends. */
static void skip_string(struct keyboard *k, bool paused)
{
    struct input in = rest_of(k, paused);
    size_t i = 0;
    while (i < in.length && in.bytes[i] >= 0x20)
        i++;
    k->taken += i;
    if (i == in.length) {
        k->mode = paused ? KEYBOARD_KEYS : KEYBOARD_STRING;
        return;
    }
    bool escape = in.bytes[i] == ESCAPE, last = i + 1 == in.length;
    if (escape && last && !paused)
        return;
    k->mode = KEYBOARD_KEYS;
    if (in.bytes[i] == BELL)
        k->taken += 1;
    else if (escape && !last && in.bytes[i + 1] == '\\')
        k->taken += 2;
}

static void add_pasted(struct keyboard *k, const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length && k->paste.length < MOST_PASTED; i++)
        if (bytes[i]) /* it would end the text */
            buffer_add_bytes(&k->paste, (const char *)bytes + i, 1);
    k->taken += length;
}

/* How many bytes come before the end of the paste; `*end` is the length of the mark that
 * ends it, 0 where it is not there. A beginning of the mark is left for later. */
static size_t pasted_length(struct input in, size_t *end)
{
    static const char mark[] = "\033[201~";
    const size_t whole = sizeof mark - 1;
    *end = 0;
    for (size_t i = 0; i < in.length; i++) {
        size_t left = in.length - i, n = left < whole ? left : whole;
        if (in.bytes[i] != ESCAPE || memcmp(in.bytes + i, mark, n) != 0)
            continue;
        if (n == whole)
            *end = whole;
        if (n == whole || !in.paused)
            return i;
    }
    return in.length;
}

static bool take_paste(struct keyboard *k, bool paused, struct event *event)
{
    struct input in = rest_of(k, paused);
    size_t end, length = pasted_length(in, &end);
    add_pasted(k, in.bytes, length);
    k->taken += end;
    if (!end && !paused)
        return false;
    k->mode = KEYBOARD_KEYS;
    if (!k->paste.length)
        return false;
    char *pasted = buffer_take(&k->paste);
    free(k->text);
    k->text = text_repair(pasted);
    free(pasted);
    *event = (struct event){.kind = EVENT_TEXT, .text = k->text};
    return true;
}

/* ---- the keyboard ---- */

void keyboard_learn(struct keyboard *k, const char *sequence, const char *key_name)
{
    size_t length = strlen(sequence);
    uint32_t key = key_find(key_name);
    if (k->learned_count >= KEYBOARD_LEARNED || !key || length < 2 ||
        length >= sizeof k->learned->sequence || sequence[0] != ESCAPE)
        return;
    struct keyboard_learned *l = &k->learned[k->learned_count++];
    memcpy(l->sequence, sequence, length + 1);
    l->key = key;
}

void keyboard_put(struct keyboard *k, const char *bytes, size_t length)
{
    if (k->taken) {
        k->bytes.length -= k->taken;
        memmove(k->bytes.data, k->bytes.data + k->taken, k->bytes.length);
        k->taken = 0;
    }
    buffer_add_bytes(&k->bytes, bytes, length);
}

bool keyboard_take(struct keyboard *k, bool paused, struct event *event)
{
    for (;;) {
        if (k->mode == KEYBOARD_STRING)
            skip_string(k, paused);
        if (k->mode == KEYBOARD_PASTE && take_paste(k, paused, event))
            return true;
        struct input in = rest_of(k, paused);
        if (k->mode != KEYBOARD_KEYS || !in.length)
            return false;
        struct item item;
        size_t n = read_item(k, in, &item);
        if (!n)
            return false;
        k->taken += n;
        k->mode = item.mode;
        if (item.key != KEY_NONE) {
            *event = (struct event){.kind = EVENT_KEY, .key = item.key};
            return true;
        }
    }
}

int keyboard_patience(const struct keyboard *k)
{
    struct input in = rest_of(k, false);
    if (k->mode != KEYBOARD_KEYS)
        return k->mode == KEYBOARD_PASTE ? PASTE_PAUSE : SEQUENCE_PAUSE;
    if (!in.length)
        return -1;
    bool lone = in.bytes[in.length - 1] == ESCAPE && in.length <= 2;
    return lone ? ESCAPE_PAUSE : SEQUENCE_PAUSE;
}

void keyboard_free(struct keyboard *k)
{
    buffer_free(&k->bytes);
    buffer_free(&k->paste);
    free(k->text);
    *k = (struct keyboard){0};
}
