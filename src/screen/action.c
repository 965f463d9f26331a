#include "screen/action.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct action_row {
    const char *keys;
    enum action_group group;
    const char *label[LANGUAGE_COUNT], *help[LANGUAGE_COUNT];
} actions[ACTION_COUNT] = {
#define ACTION(name, keys, group, en, ko, help_en, help_ko)                              \
    [ACTION_##name] = {keys, GROUP_##group, {en, ko}, {help_en, help_ko}},
#include "screen/action.def"
#undef ACTION
};

/* Names of the keys that are not one printable character. The terminal finds a key by its
 * name, so a name is all that the two files share. */
static const struct key_row {
    const char *name;
    uint32_t key;
} keys[] = {
    {"Enter", KEY_RETURN},
    {"Tab", KEY_TAB},
    {"Esc", KEY_ESCAPE},
    {"Space", KEY_SPACE},
    {"Up", KEY_NAMED + 1},
    {"Down", KEY_NAMED + 2},
    {"Left", KEY_NAMED + 3},
    {"Right", KEY_NAMED + 4},
    {"Home", KEY_NAMED + 5},
    {"End", KEY_NAMED + 6},
    {"PgUp", KEY_NAMED + 7},
    {"PgDn", KEY_NAMED + 8},
    {"Backspace", KEY_NAMED + 9},
    {"Delete", KEY_NAMED + 10},
    {"Insert", KEY_NAMED + 11},
    {"Shift-Tab", KEY_NAMED + 12},
    {"Shift-Left", KEY_NAMED + 13},
    {"Shift-Right", KEY_NAMED + 14},
    {"Shift-Up", KEY_NAMED + 15},
    {"Shift-Down", KEY_NAMED + 16},
};

enum { FUNCTION_KEYS = KEY_NAMED + 0x40, FUNCTION_KEY_COUNT = 12 };

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = words; *s; s += strspn(s, " ")) {
        size_t length = strcspn(s, " ");
        if (length == n && memcmp(s, word, n) == 0)
            return true;
        s += length;
    }
    return false;
}

enum action action_find(unsigned groups, uint32_t key)
{
    char name[32];
    if (key == KEY_NONE)
        return ACTION_NONE;
    key_label(key, name, sizeof name);
    for (int i = 1; i < ACTION_COUNT; i++)
        if ((actions[i].group & groups) && has_word(actions[i].keys, name))
            return (enum action)i;
    return ACTION_NONE;
}

enum action_group action_group(enum action action)
{
    return actions[action].group;
}

const char *action_keys(enum action action)
{
    return actions[action].keys;
}

void action_first_key(enum action action, char *out, size_t size)
{
    int length = (int)strcspn(actions[action].keys, " ");
    snprintf(out, size, "%.*s", length, actions[action].keys);
}

const char *action_short(enum action action, enum language language)
{
    return actions[action].label[language];
}

const char *action_help(enum action action, enum language language)
{
    return actions[action].help[language];
}

const char *action_group_title(enum action_group group, enum language language)
{
    static const struct {
        enum action_group group;
        enum say title;
    } titles[] = {
        {GROUP_STEP, SAY_GROUP_STEP},       {GROUP_MOVE, SAY_GROUP_MOVE},
        {GROUP_OPEN, SAY_GROUP_OPEN},       {GROUP_LOOK, SAY_GROUP_LOOK},
        {GROUP_PROGRAM, SAY_GROUP_PROGRAM}, {GROUP_FIELD, SAY_GROUP_FIELD},
        {GROUP_LAB, SAY_GROUP_LAB},
        {GROUP_WORDS, SAY_GROUP_WORDS},
        {GROUP_LESSON, SAY_GROUP_LESSON},
        {GROUP_HOME, SAY_GROUP_HOME},
        {GROUP_MAP, SAY_GROUP_MAP},
        {GROUP_ANY, SAY_GROUP_ANY},
    };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (titles[i].group == group)
            return say_in(language, titles[i].title);
    return "";
}

char *action_markdown(enum language language)
{
    struct buffer b = {0};
    enum action_group group = 0;
    for (int i = 1; i < ACTION_COUNT; i++) {
        if (actions[i].group != group) {
            group = actions[i].group;
            buffer_addf(&b, "%s**%s**\n\n", b.length ? "\n" : "",
                        action_group_title(group, language));
        }
        buffer_addf(&b, "- `%s`: %s\n", actions[i].keys, actions[i].help[language]);
    }
    return buffer_take(&b);
}

/* The one code point that `s` consists of, or KEY_NONE. */
static uint32_t single_character(const char *s)
{
    uint32_t code;
    size_t length = strlen(s);
    if (length == 0 || utf8_decode(s, s + length, &code) != length || code < 0x21 ||
        code == 0x7f || code == 0xfffd)
        return KEY_NONE;
    return code;
}

uint32_t key_find(const char *name)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].name, name) == 0)
            return keys[i].key;
    if (strncmp(name, "Ctrl-", 5) == 0 && name[5] >= 'A' && name[5] <= 'Z' && !name[6])
        return (uint32_t)(name[5] - 'A' + 1);
    if (name[0] == 'F' && isdigit((unsigned char)name[1])) {
        char *end;
        long n = strtol(name + 1, &end, 10);
        if (!*end && n >= 1 && n <= FUNCTION_KEY_COUNT)
            return FUNCTION_KEYS + (uint32_t)n;
    }
    return single_character(name);
}

void key_label(uint32_t key, char *out, size_t size)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].key == key) {
            snprintf(out, size, "%s", keys[i].name);
            return;
        }
    if (key >= 1 && key <= 26) {
        snprintf(out, size, "Ctrl-%c", (int)('A' + key - 1));
    } else if (key > FUNCTION_KEYS && key <= FUNCTION_KEYS + FUNCTION_KEY_COUNT) {
        snprintf(out, size, "F%d", (int)(key - FUNCTION_KEYS));
    } else {
        char bytes[5] = "";
        bytes[utf8_encode(key, bytes)] = 0;
        snprintf(out, size, "%s", bytes);
    }
}

#define SIZE_MOST 1000

int size_parse(const char *text, int *rows, int *columns, struct error *e)
{
    char *end;
    long width = strtol(text, &end, 10);
    if (isdigit((unsigned char)text[0]) && *end == 'x' &&
        isdigit((unsigned char)end[1])) {
        long height = strtol(end + 1, &end, 10);
        if (!*end && width >= 1 && width <= SIZE_MOST && height >= 1 &&
            height <= SIZE_MOST) {
            *columns = (int)width;
            *rows = (int)height;
            return 0;
        }
    }
    return error_set(e, "size '%.40s': not columns x rows, each from 1 to %d; write for "
                     "example 80x24", text, SIZE_MOST);
}

static struct event *add_event(struct script *script, enum event_kind kind)
{
    script->events = mem_grow(script->events, script->count, &script->capacity,
                              sizeof *script->events);
    struct event *event = &script->events[script->count++];
    *event = (struct event){.kind = kind};
    return event;
}

#define REPEAT_MOST 10000

static int bad_word(size_t number, const char *word, struct error *e)
{
    struct buffer b = {0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        buffer_addf(&b, "%s ", keys[i].name);
    error_set(
        e,
        "key script: word %zu, '%.40s', is not a key; a key is one character or one "
        "of: %sF1 … F%d Ctrl-A … Ctrl-Z, or Right*5 for five, at most %d; other words "
        "are text:'…' size:80x24 wait:exam",
        number, word, b.data, FUNCTION_KEY_COUNT, REPEAT_MOST);
    buffer_free(&b);
    return -1;
}

/* Splits "Right*5" into the name and 5; a word without a count stands for itself. */
static long split_count(char *word)
{
    char *star = strrchr(word, '*');
    if (!star || star == word || !isdigit((unsigned char)star[1]))
        return 1;
    char *end;
    long count = strtol(star + 1, &end, 10);
    if (*end || count < 1 || count > REPEAT_MOST)
        return 1;
    *star = 0;
    return count;
}

static int add_keys(struct script *script, size_t number, const char *word,
                    struct error *e)
{
    char *name = mem_string(word);
    long count = split_count(name);
    uint32_t key = key_find(name);
    free(name);
    if (key == KEY_NONE)
        return bad_word(number, word, e);
    for (long i = 0; i < count; i++)
        add_event(script, EVENT_KEY)->key = key;
    return 0;
}

static int add_word(struct script *script, size_t number, const char *word,
                    struct error *e)
{
    if (strncmp(word, "text:", 5) == 0) {
        add_event(script, EVENT_TEXT)->text = mem_string(word + 5);
        return 0;
    }
    if (strncmp(word, "size:", 5) == 0) {
        int rows, columns;
        if (size_parse(word + 5, &rows, &columns, e) < 0)
            return -1;
        struct event *event = add_event(script, EVENT_RESIZE);
        event->rows = rows;
        event->columns = columns;
        return 0;
    }
    if (strcmp(word, "wait:exam") == 0) {
        add_event(script, EVENT_WAIT)->text = mem_string(word + 5);
        return 0;
    }
    return add_keys(script, number, word, e);
}

/* Reads one word; quotes after "text:" keep spaces. NULL when a quote is not closed. */
static char *read_word(const char **at, size_t number, struct error *e)
{
    struct buffer b = {0};
    const char *s = *at;
    char quote = 0;
    bool quotes = strncmp(s, "text:", 5) == 0;
    for (; *s && (quote || !strchr(" \t\n", *s)); s++) {
        if (quotes && *s == '\\' && s[1])
            buffer_add_bytes(&b, ++s, 1);
        else if (quote ? *s == quote : quotes && b.length == 5 && strchr("'\"", *s))
            quote = quote ? 0 : *s;
        else
            buffer_add_bytes(&b, s, 1);
    }
    *at = s;
    if (quote) {
        error_set(e, "key script: word %zu: the quote %c is not closed", number, quote);
        buffer_free(&b);
        return NULL;
    }
    return buffer_take(&b);
}

int script_parse(const char *text, struct script *script, struct error *e)
{
    *script = (struct script){0};
    size_t number = 1;
    for (const char *s = text; s += strspn(s, " \t\n"), *s; number++) {
        char *word = read_word(&s, number, e);
        int status = word ? add_word(script, number, word, e) : -1;
        free(word);
        if (status < 0) {
            script_free(script);
            return -1;
        }
    }
    return 0;
}

void script_free(struct script *script)
{
    for (size_t i = 0; i < script->count; i++)
        free(script->events[i].text);
    free(script->events);
    *script = (struct script){0};
}
