/* A key script; the first bytes are read as a size too. */
#include "fuzz.h"

#include "screen/action.h"

static void check_key(uint32_t key)
{
    char name[32];
    PROMISE(key != KEY_NONE);
    key_label(key, name, sizeof name);
    PROMISE(name[0] && key_find(name) == key);
    enum action a = action_find(GROUP_STEP | GROUP_MOVE | GROUP_OPEN | GROUP_PROGRAM, key);
    PROMISE((int)a >= 0 && a < ACTION_COUNT);
}

static void check_event(const struct event *event)
{
    switch (event->kind) {
    case EVENT_KEY:
        check_key(event->key);
        break;
    case EVENT_TEXT:
    case EVENT_WAIT:
        PROMISE(event->text);
        break;
    case EVENT_RESIZE:
        PROMISE(event->rows >= 1 && event->rows <= 1000);
        PROMISE(event->columns >= 1 && event->columns <= 1000);
        break;
    default:
        PROMISE(!"a script gives no other events");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_bytes((const char *)data, size);
    struct script script;
    struct error e = {0}, wrong = {0};
    int rows = 0, columns = 0;
    bool fails = script_parse(text, &script, &e) < 0;
    promise_outcome(fails, &e);
    PROMISE(!fails || script.count == 0);
    for (size_t i = 0; i < script.count; i++)
        if (i < 100 || script.events[i].kind != EVENT_KEY)
            check_event(&script.events[i]);
    script_free(&script);
    fails = size_parse(text, &rows, &columns, &wrong) < 0;
    promise_outcome(fails, &wrong);
    PROMISE(fails || (rows >= 1 && rows <= 1000 && columns >= 1 && columns <= 1000));
    free(text);
    return 0;
}
