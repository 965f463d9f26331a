/* Keys, actions and key scripts.
 *
 * A terminal or a script gives events; a screen looks up the action of a key among the
 * groups that it listens to:
 *
 *     enum action a = action_find(GROUP_STEP | GROUP_PROGRAM, event->key);
 *
 * The table action.def is the one place where keys, short labels and help stand. */
#ifndef ACTION_H
#define ACTION_H

#include "base/error.h"
#include "base/say.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum action {
    ACTION_NONE,
#define ACTION(name, ...) ACTION_##name,
#include "screen/action.def"
#undef ACTION
    ACTION_COUNT
};

enum action_group {
    GROUP_STEP = 1,
    GROUP_MOVE = 2,
    GROUP_OPEN = 4,
    GROUP_LOOK = 8,
    GROUP_PROGRAM = 16,
    GROUP_FIELD = 32,
    GROUP_LAB = 64,
    GROUP_WORDS = 128,
    GROUP_LESSON = 256,
    GROUP_HOME = 512,
    GROUP_MAP = 2048,
    GROUP_ANY = 1024, /* screens need not listen to it: see app_other_key */
};

/* A key is a Unicode code point or one of these. */
enum key {
    KEY_NONE = 0,
    KEY_TAB = 9,
    KEY_RETURN = 13,
    KEY_ESCAPE = 27,
    KEY_SPACE = 32,
    KEY_NAMED = 0x110000, /* more follow in action.c, up to KEY_LAST */
    KEY_LAST = 0x110100,
};

enum event_kind {
    EVENT_KEY,    /* `key` */
    EVENT_TEXT,   /* `text`: pasted, or text:'…' of a script */
    EVENT_RESIZE, /* `rows`, `columns` */
    EVENT_TICK,   /* nothing was pressed for a while: `milliseconds` passed */
    EVENT_WAIT,   /* `text` names what a script waits for */
};

struct event {
    enum event_kind kind;
    uint32_t key;
    char *text; /* borrowed by screens; owned by the source */
    int rows, columns;
    int milliseconds;
};

/* The action of a key among the groups, ACTION_NONE when it has none. */
enum action action_find(unsigned groups, uint32_t key);

enum action_group action_group(enum action action);
const char *action_keys(enum action action); /* all keys, separated by spaces */
void action_first_key(enum action action, char *out, size_t size);
const char *action_short(enum action action, enum language language);
const char *action_help(enum action action, enum language language);
const char *action_group_title(enum action_group group, enum language language);

/* All actions as a Markdown table for the README. Caller frees. */
char *action_markdown(enum language language);

/* The key of a name ("Right", "Ctrl-C", "?", "가"), KEY_NONE when there is none; and the
 * name of a key. */
uint32_t key_find(const char *name);
void key_label(uint32_t key, char *out, size_t size);

/* A key script: words separated by spaces. A word is a key name, `text:'…'` (also with
 * double quotes; a backslash keeps the next character), `size:60x20` (columns x rows),
 * `wait:exam`, and any key followed by `*N` is pressed N times. An error names the word
 * and says what is valid. */
struct script {
    struct event *events;
    size_t count, capacity;
};

int script_parse(const char *text, struct script *script, struct error *e);
void script_free(struct script *script);

/* "80x24": columns x rows, each 1 to 1000; -1 with an error. */
int size_parse(const char *text, int *rows, int *columns, struct error *e);

#endif
