#include "study/whatif.h"

#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_SEED, VALUE_ORDER };
enum place_kind { AT_NOWHERE, AT_ANYWHERE, AT_BLOCK, AT_HEADS, AT_BLOCK_HEADS };

static const struct {
    const char *name;
    enum value_kind value;
    enum place_kind place;
    const char *help[LANGUAGE_COUNT];
} table[WHATIF_COUNT] = {
#define WHATIF(NAME, name, value, place, change, en, ko) \
    [WHATIF_##NAME] = {name, VALUE_##value, AT_##place, {en, ko}},
#include "study/whatif.def"
#undef WHATIF
};

const char *whatif_name(enum whatif_id id)
{
    return table[id].name;
}

const char *whatif_help(enum whatif_id id, int language)
{
    return table[id].help[language];
}

bool whatif_needs_value(enum whatif_id id)
{
    return table[id].value != VALUE_NONE;
}

bool whatif_needs_place(enum whatif_id id)
{
    return table[id].place == AT_BLOCK || table[id].place == AT_BLOCK_HEADS;
}

/* ---- parsing ---- */

static int unknown_name(const char *text, size_t length, struct error *e)
{
    struct buffer names = {0};
    for (int i = 0; i < WHATIF_COUNT; i++)
        buffer_addf(&names, "%s%s%s", i ? ", " : "", table[i].name,
                    whatif_needs_value((enum whatif_id)i) ? "=…" : "");
    char *raw = mem_bytes(text, length > 40 ? 40 : length), *safe = text_sanitize(raw);
    error_set(e, "what-if %s: there is no such; there are: %s", safe, names.data);
    free(raw);
    free(safe);
    buffer_free(&names);
    return -1;
}

static bool is_order(const char *s)
{
    bool digit = false;
    for (; *s; s++) {
        if (*s >= '0' && *s <= '9')
            digit = true;
        else if (*s != ',' || !digit)
            return false;
        else
            digit = false;
    }
    return digit;
}

/* The digits alone of a whole number: no sign, no space, not too large. */
static bool read_whole(const char *s, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(s, &end, 10);
    return *s >= '0' && *s <= '9' && !*end && !errno;
}

static int read_value(struct whatif *w, const char *value, struct error *e)
{
    const char *name = table[w->id].name;
    char *end = NULL;
    switch (table[w->id].value) {
    case VALUE_NONE:
        return value ? error_set(e, "what-if %s: it takes no value", name) : 0;
    case VALUE_NUMBER:
        w->number = value ? strtod(value, &end) : 0;
        if (!value || end == value || *end || !(w->number > 0) || !isfinite(w->number))
            return error_set(e, "what-if %s: a number above 0 is needed, such as %s=2",
                             name, name);
        return 0;
    case VALUE_SEED:
        if (!value || !read_whole(value, &w->seed))
            return error_set(e, "what-if %s: a whole number is needed, such as %s=1",
                             name, name);
        return 0;
    default:
        if (!value || !is_order(value))
            return error_set(e, "what-if %s: numbers of words are needed, such as "
                             "%s=3,1,2", name, name);
        w->order = mem_string(value);
        return 0;
    }
}

static bool is_place_text(const char *s)
{
    return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(s);
}

/* "decoder.1.cross_attn:2"; takes the string. */
static int read_place(struct whatif *w, char *place, struct error *e)
{
    const char *name = table[w->id].name;
    enum place_kind kind = table[w->id].place;
    char *colon = place ? strchr(place, ':') : NULL;
    unsigned long head = 0;
    w->place = place;
    if (!place)
        return whatif_needs_place(w->id)
                   ? error_set(e, "what-if %s: a place is needed, such as "
                               "%s@decoder.1.cross_attn:2", name, name)
                   : 0;
    if (kind == AT_NOWHERE)
        return error_set(e, "what-if %s: it takes no place", name);
    if (colon) {
        *colon = 0;
        if (!read_whole(colon + 1, &head) || head < 1 || head > 100000)
            return error_set(e, "what-if %s: after ':' a head is needed, counted from 1",
                             name);
        w->head = (long)head;
        if (kind != AT_HEADS && kind != AT_BLOCK_HEADS)
            return error_set(e, "what-if %s: it takes a place without a head", name);
    }
    if (!is_place_text(place))
        return error_set(e, "what-if %s: a place is written like encoder.0.self_attn",
                         name);
    return 0;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_target(const struct whatif *a, const struct whatif *b)
{
    return a->id == b->id && a->head == b->head && same_text(a->place, b->place);
}

static void free_item(struct whatif *w)
{
    free(w->order);
    free(w->place);
}

int whatifs_add(struct whatifs *list, const char *text, struct error *e)
{
    const char *at = strchr(text, '@'), *equals = strchr(text, '=');
    const char *end = at ? at : text + strlen(text);
    if (equals && equals > end)
        equals = NULL;
    size_t length = (size_t)((equals ? equals : end) - text);
    int id = 0;
    while (id < WHATIF_COUNT &&
           (strlen(table[id].name) != length || strncmp(table[id].name, text, length)))
        id++;
    if (id == WHATIF_COUNT)
        return unknown_name(text, length, e);
    struct whatif w = {.id = (enum whatif_id)id};
    char *value = equals ? mem_bytes(equals + 1, (size_t)(end - equals - 1)) : NULL;
    int result = read_value(&w, value, e);
    if (result == 0)
        result = read_place(&w, at ? mem_string(at + 1) : NULL, e);
    free(value);
    for (size_t i = 0; i < list->count && result == 0; i++)
        if (same_target(&list->items[i], &w))
            result = error_set(e, "what-if %s: given twice for the same place",
                               table[id].name);
    if (result < 0) {
        free_item(&w);
        return -1;
    }
    list->items =
        mem_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = w;
    return 0;
}

/* ---- lists ---- */

/* A space separates, and a comma before a space or the end: order=3,1,2 is one. */
static size_t length_of_one(const char *text)
{
    size_t n = 0;
    while (text[n] && text[n] != ' ' &&
           !(text[n] == ',' && (text[n + 1] == ' ' || !text[n + 1])))
        n++;
    return n;
}

int whatifs_add_all(struct whatifs *list, const char *text, const char *passed,
                    struct error *e)
{
    while (*text) {
        size_t skip = strspn(text, " ,"), n = length_of_one(text + skip);
        char *one = mem_bytes(text + skip, n);
        bool is_passed = !*one || (passed && !strcmp(one, passed));
        int status = is_passed ? 0 : whatifs_add(list, one, e);
        free(one);
        if (status < 0)
            return -1;
        text += skip + n;
    }
    return 0;
}

void whatifs_remove(struct whatifs *list, size_t index)
{
    free_item(&list->items[index]);
    list->count--;
    memmove(list->items + index, list->items + index + 1,
            (list->count - index) * sizeof *list->items);
}

void whatifs_copy(struct whatifs *to, const struct whatifs *from)
{
    *to = (struct whatifs){0};
    for (size_t i = 0; i < from->count; i++) {
        struct whatif w = from->items[i];
        w.order = w.order ? mem_string(w.order) : NULL;
        w.place = w.place ? mem_string(w.place) : NULL;
        to->items = mem_grow(to->items, to->count, &to->capacity, sizeof *to->items);
        to->items[to->count++] = w;
    }
}

void whatifs_free(struct whatifs *list)
{
    for (size_t i = 0; i < list->count; i++)
        free_item(&list->items[i]);
    free(list->items);
    *list = (struct whatifs){0};
}

static bool contains(const struct whatifs *list, const struct whatif *w)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct whatif *x = &list->items[i];
        if (same_target(x, w) && x->number == w->number && x->seed == w->seed &&
            same_text(x->order, w->order))
            return true;
    }
    return false;
}

bool whatifs_equal(const struct whatifs *a, const struct whatifs *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!contains(b, &a->items[i]))
            return false;
    return a->count == b->count;
}

const struct whatif *whatifs_find(const struct whatifs *list, enum whatif_id id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == id)
            return &list->items[i];
    return NULL;
}

bool whatifs_unmask(const struct whatifs *list)
{
    return whatifs_find(list, WHATIF_NO_MASK) != NULL;
}

/* In six digits, or as many more as read back to the same number. */
static void add_number(struct buffer *b, double x)
{
    char text[40];
    int digits = 6;
    do
        snprintf(text, sizeof text, "%.*g", digits, x);
    while (strtod(text, NULL) != x && ++digits <= 17);
    buffer_addf(b, "=%s", text);
}

char *whatif_text(const struct whatif *w)
{
    struct buffer b = {0};
    buffer_add(&b, table[w->id].name);
    if (table[w->id].value == VALUE_NUMBER)
        add_number(&b, w->number);
    else if (table[w->id].value == VALUE_SEED)
        buffer_addf(&b, "=%lu", w->seed);
    else if (table[w->id].value == VALUE_ORDER)
        buffer_addf(&b, "=%s", w->order);
    if (w->place)
        buffer_addf(&b, "@%s", w->place);
    if (w->head)
        buffer_addf(&b, ":%ld", w->head);
    return buffer_take(&b);
}

char *whatifs_text(const struct whatifs *list)
{
    struct buffer b = {0};
    for (size_t i = 0; i < list->count; i++) {
        char *one = whatif_text(&list->items[i]);
        buffer_addf(&b, "%s%s", i ? ", " : "", one);
        free(one);
    }
    return buffer_take(&b);
}

/* ---- order ---- */

/* The words of a text cut in place at its spaces; returns their number. */
static long cut_words(char *text, char **words, long most)
{
    long n = 0;
    char *rest = NULL;
    for (char *w = strtok_r(text, " ", &rest); w && n < most;
         w = strtok_r(NULL, " ", &rest))
        words[n++] = w;
    return n;
}

char *whatif_reorder(const char *text, const char *order, struct error *e)
{
    char *copy = mem_string(text);
    long most = (long)strlen(text) + 1, used = 0;
    char **words = mem_alloc((size_t)most, sizeof *words);
    long n = cut_words(copy, words, most);
    struct buffer b = {0};
    bool fine = true;
    for (const char *s = order; *s && fine;) {
        char *end;
        long k = strtol(s, &end, 10);
        fine = k >= 1 && k <= n && words[k - 1];
        if (fine) {
            buffer_addf(&b, "%s%s", used++ ? " " : "", words[k - 1]);
            words[k - 1] = NULL;
        }
        s = *end ? end + 1 : end;
    }
    if (!fine || used != n) {
        error_set(e,
                  "what-if order=%s: the text has %ld word%s; every number from 1 to %ld "
                  "must stand once",
                  order, n, text_plural(n), n);
        buffer_free(&b);
        b = (struct buffer){0};
    }
    free(words);
    free(copy);
    return b.data;
}
