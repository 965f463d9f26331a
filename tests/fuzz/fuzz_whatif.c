/* What-ifs, one a line, and what the list says of itself read again. */
#include "fuzz.h"

#include "study/whatif.h"

#include <math.h>

static void check_item(const struct whatif *w)
{
    PROMISE((int)w->id >= 0 && w->id < WHATIF_COUNT && w->head >= 0);
    PROMISE(w->id != WHATIF_TEMPERATURE || (w->number > 0 && isfinite(w->number)));
    PROMISE(w->id != WHATIF_ORDER || w->order);
    PROMISE(!whatif_needs_place(w->id) || w->place);
    PROMISE(!w->head || w->place);
    if (w->order) {
        struct error e = {0};
        char *text = whatif_reorder("나는 오늘 학교에 간다", w->order, &e);
        promise_outcome(!text, &e);
        free(text);
    }
}

/* The list as text, cut at its ", ", gives the same list. */
static void check_text(const struct whatifs *list)
{
    struct whatifs again = {0}, copy;
    struct error e = {0};
    char *text = whatifs_text(list), *rest = text;
    promise_safe(text);
    for (char *comma; *rest; rest = comma) {
        comma = strstr(rest, ", ");
        char *one = mem_bytes(rest, comma ? (size_t)(comma - rest) : strlen(rest));
        comma = comma ? comma + 2 : rest + strlen(rest);
        PROMISE(whatifs_add(&again, one, &e) == 0);
        free(one);
    }
    PROMISE(whatifs_equal(list, &again) && whatifs_equal(&again, list));
    whatifs_copy(&copy, list);
    PROMISE(whatifs_equal(&copy, list));
    if (copy.count) {
        whatifs_remove(&copy, copy.count / 2);
        PROMISE(!whatifs_equal(&copy, list) && copy.count == list->count - 1);
    }
    whatifs_free(&copy);
    whatifs_free(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct whatifs list = {0};
    char *text = mem_bytes((const char *)data, size), *line = text;
    for (char *end; line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = 0;
        struct error e = {0};
        size_t before = list.count;
        bool fails = whatifs_add(&list, line, &e) < 0;
        promise_outcome(fails, &e);
        PROMISE(list.count == before + !fails);
        if (!fails)
            check_item(&list.items[before]);
    }
    check_text(&list);
    whatifs_free(&list);
    free(text);
    return 0;
}
