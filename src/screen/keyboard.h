/* Keys out of the bytes that a terminal sends, whatever terminfo says of them.
 *
 *     struct keyboard k = {0};
 *     keyboard_put(&k, bytes, n);                    // as they come
 *     while (keyboard_take(&k, false, &event)) …
 *     if (keyboard_patience(&k) >= 0) …              // wait so long for the rest, then
 *     while (keyboard_take(&k, true, &event)) …      // there is no more
 *     keyboard_free(&k);
 *
 * An escape that nothing follows is the key Esc. What follows it at once belongs to it,
 * up to the end of the sequence (ECMA-48): cursor keys in both of their forms, with and
 * without modifiers, pastes, and whatever a terminal reports unasked. A sequence without
 * a meaning gives no event, and no byte of it becomes another key. A key that is pressed
 * with a modifier is the one that the key table has ("Shift-Up"), else the plain one; a
 * letter together with Alt has no meaning.
 *
 * How the bytes are cut into pieces makes no difference. */
#ifndef KEYBOARD_H
#define KEYBOARD_H

#include "base/memory.h"
#include "screen/action.h"

#include <stdbool.h>
#include <stddef.h>

/* What the bytes belong to. */
enum keyboard_mode {
    KEYBOARD_KEYS,
    KEYBOARD_STRING, /* a report (OSC, DCS, APC), of which nothing is kept */
    KEYBOARD_PASTE,
};

#define KEYBOARD_LEARNED 32

struct keyboard {
    struct buffer bytes; /* what came */
    size_t taken;        /* and how much of it is done */
    enum keyboard_mode mode;
    struct buffer paste;
    char *text; /* of the last event */
    struct keyboard_learned {
        char sequence[16];
        uint32_t key;
    } learned[KEYBOARD_LEARNED];
    size_t learned_count;
};

/* A sequence that is known of this terminal. It counts where the sequence has no meaning
 * of its own; what does not begin with an escape is left out. */
void keyboard_learn(struct keyboard *k, const char *sequence, const char *key_name);

void keyboard_put(struct keyboard *k, const char *bytes, size_t length);

/* The next key or paste; false when there is none, or when it is not all there. `paused`
 * says that no more comes: what has begun ends here. The event's text is borrowed until
 * the next call. */
bool keyboard_take(struct keyboard *k, bool paused, struct event *event);

/* The milliseconds without a byte that are a pause; -1 when nothing has begun. */
int keyboard_patience(const struct keyboard *k);

void keyboard_free(struct keyboard *k);

#endif
