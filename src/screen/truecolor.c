#include "screen/truecolor.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <term.h>

/* What the new description says instead of the old one. No colour is an index any more,
 * so that none can be redefined. */
#define DIRECT(code)                                                                     \
    "\033[" code ";2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm"
#define COLORS 0x1000000
#define PAIRS 32767

static const struct {
    const char *name, *value;
} strings[] = {
    {"setaf", DIRECT("38")}, {"setab", DIRECT("48")}, {"setf", NULL}, {"setb", NULL},
    {"initc", NULL},         {"initp", NULL},         {"oc", NULL},
};
static const struct {
    const char *name;
    int value;
} numbers[] = {{"colors", COLORS}, {"pairs", PAIRS}};

bool truecolor_is_told(const char *term)
{
    const char *told = getenv("COLORTERM");
    if (!told || (strcmp(told, "truecolor") != 0 && strcmp(told, "24bit") != 0))
        return false;
    const char *tmux = getenv("TMUX");
    return strncmp(term, "screen", 6) != 0 || (tmux && *tmux);
}

/* ---- the old description ---- */

static bool is_number(const char *name, int *value)
{
    *value = tigetnum(name);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(numbers[i].name, name) == 0)
            *value = numbers[i].value;
    return *value >= 0;
}

/* NULL when there is none. */
static const char *string_of(const char *name)
{
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (strcmp(strings[i].name, name) == 0)
            return strings[i].value;
    const char *value = tigetstr(name);
    return value == (const char *)-1 ? NULL : value;
}

/* ---- the new one, as term(5) says: with numbers of 32 bits ---- */

#define MAGIC 01036

static void add(struct buffer *b, int bytes, int value)
{
    for (int i = 0; i < bytes; i++) {
        char byte = (char)(value >> (8 * i));
        buffer_add_bytes(b, &byte, 1);
    }
}

static void pad(struct buffer *b)
{
    if (b->length % 2)
        add(b, 1, 0);
}

static int count_of(const char *const *names)
{
    int count = 0;
    while (names[count])
        count++;
    return count;
}

/* The names, or the strings that they have, with offsets into the table; -1 for what is
 * not there. */
static void add_strings(struct buffer *offsets, struct buffer *table,
                        const char *const *names, int count, bool values)
{
    for (int i = 0; i < count; i++) {
        const char *text = values ? string_of(names[i]) : names[i];
        add(offsets, 2, text ? (int)table->length : -1);
        if (text)
            buffer_add_bytes(table, text, strlen(text) + 1);
    }
}

static void add_standard(struct buffer *b, const char *term)
{
    int bools = count_of(boolnames), nums = count_of(numnames), value;
    int strs = count_of(strnames);
    struct buffer offsets = {0}, table = {0};
    add_strings(&offsets, &table, strnames, strs, true);
    int head[] = {MAGIC, (int)strlen(term) + 1, bools, nums, strs, (int)table.length};
    for (int i = 0; i < 6; i++)
        add(b, 2, head[i]);
    buffer_add_bytes(b, term, strlen(term) + 1);
    for (int i = 0; i < bools; i++)
        add(b, 1, strcmp(boolnames[i], "ccc") != 0 && tigetflag(boolnames[i]) > 0);
    pad(b);
    for (int i = 0; i < nums; i++)
        add(b, 4, is_number(numnames[i], &value) ? value : -1);
    buffer_add_bytes(b, offsets.data, offsets.length);
    buffer_add_bytes(b, table.data, table.length);
    pad(b);
    buffer_free(&offsets);
    buffer_free(&table);
}

/* The names beyond the standard ones in their three groups: flags, with RGB, numbers, and
 * strings, which are those of many keys. */
static int choose_names(const char **names, int counts[3])
{
    int ends[] = {CUR ext_Booleans, CUR ext_Booleans + CUR ext_Numbers,
                  CUR ext_Booleans + CUR ext_Numbers + CUR ext_Strings};
    int count = 0, value;
    names[count++] = "RGB";
    for (int group = 0, i = 0; group < 3; group++) {
        int before = group == 0 ? 0 : count;
        for (; i < ends[group]; i++) {
            const char *name = CUR ext_Names[i];
            bool there = strcmp(name, "RGB") != 0 && strcmp(name, "CO") != 0 &&
                         (group == 0   ? tigetflag(name) > 0
                          : group == 1 ? is_number(name, &value)
                                       : string_of(name) != NULL);
            if (there)
                names[count++] = name;
        }
        counts[group] = count - before;
    }
    return count;
}

static void add_extended(struct buffer *b)
{
    int all = CUR ext_Booleans + CUR ext_Numbers + CUR ext_Strings;
    const char **names = mem_alloc((size_t)all + 1, sizeof *names);
    int counts[3], value, count = choose_names(names, counts);
    int strs = counts[2], first = count - strs;
    struct buffer offsets = {0}, table = {0}, called = {0};
    add_strings(&offsets, &table, names + first, strs, true);
    add_strings(&offsets, &called, names, count, false);
    buffer_add_bytes(&table, called.data, called.length);
    int head[] = {counts[0], counts[1], strs, strs + count, (int)table.length};
    for (int i = 0; i < 5; i++)
        add(b, 2, head[i]);
    for (int i = 0; i < counts[0]; i++)
        add(b, 1, true);
    pad(b);
    for (int i = counts[0]; i < first; i++)
        add(b, 4, is_number(names[i], &value) ? value : -1);
    buffer_add_bytes(b, offsets.data, offsets.length);
    buffer_add_bytes(b, table.data, table.length);
    buffer_free(&offsets);
    buffer_free(&called);
    buffer_free(&table);
    free(names);
}

char *truecolor_description(const char *term)
{
    struct buffer binary = {0}, text = {0};
    int status;
    if (setupterm(term, STDOUT_FILENO, &status) < 0)
        return NULL;
    if (tigetnum("colors") >= 8 && string_of("op")) {
        add_standard(&binary, term);
        add_extended(&binary);
        buffer_add(&text, "hex:");
        for (size_t i = 0; i < binary.length; i++)
            buffer_addf(&text, "%02X", (unsigned char)binary.data[i]);
    }
    del_curterm(cur_term);
    buffer_free(&binary);
    return text.length ? buffer_take(&text) : NULL;
}
