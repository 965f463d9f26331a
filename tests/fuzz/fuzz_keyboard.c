/* The bytes of a keyboard. The first byte says where they are cut in two, which must make
 * no difference. */
#include "fuzz.h"

#include "screen/keyboard.h"

static void check_event(const struct event *event, struct buffer *out)
{
    char name[32] = "";
    if (event->kind == EVENT_TEXT) {
        PROMISE(utf8_is_valid(event->text, strlen(event->text)));
        buffer_addf(out, "[%s] ", event->text);
        return;
    }
    PROMISE(event->kind == EVENT_KEY && event->key != KEY_NONE);
    key_label(event->key, name, sizeof name);
    PROMISE(name[0] && key_find(name) == event->key);
    buffer_addf(out, "%s ", name);
}

static void take_all(struct keyboard *k, bool paused, struct buffer *out)
{
    struct event event;
    while (keyboard_take(k, paused, &event))
        check_event(&event, out);
}

static char *decode(const char *bytes, size_t first, size_t length)
{
    struct keyboard k = {0};
    struct buffer out = {0};
    keyboard_learn(&k, "\033[M", "F1");
    keyboard_learn(&k, "\033A", "Up");
    keyboard_put(&k, bytes, first);
    take_all(&k, false, &out);
    keyboard_put(&k, bytes + first, length - first);
    take_all(&k, false, &out);
    take_all(&k, true, &out);
    PROMISE(keyboard_patience(&k) == -1);
    PROMISE(k.taken == k.bytes.length);
    keyboard_free(&k);
    return buffer_take(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *bytes = (const char *)data + 1;
    char *whole = decode(bytes, size - 1, size - 1);
    char *pieces = decode(bytes, data[0] % size, size - 1);
    PROMISE(strcmp(whole, pieces) == 0);
    free(whole);
    free(pieces);
    return 0;
}
