#include "cli/options.h"

#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *argument, *help[LANGUAGE_COUNT];
} table[OPTION_COUNT] = {
#define OPTION(ID, name, argument, en, ko) [OPTION_##ID] = {name, argument, {en, ko}},
#include "cli/options.def"
#undef OPTION
};

const char *option_name(enum option option)
{
    return table[option].name;
}

const char *option_argument(enum option option)
{
    return table[option].argument;
}

const char *option_help(enum option option, int language)
{
    return table[option].help[language];
}

/* "--" for long names, "-" for a name of one letter. */
static const char *dashes(enum option option)
{
    return table[option].name[1] ? "--" : "-";
}

static int find(const char *name, size_t length)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strlen(table[i].name) == length && !strncmp(table[i].name, name, length))
            return i;
    return -1;
}

/* The options whose name begins like the word, or begins with the same letter. */
static int unknown(const char *word, struct error *e)
{
    struct buffer near = {0};
    const char *name = word + strspn(word, "-");
    for (int i = 0; i < OPTION_COUNT && *name; i++)
        if (!strncmp(table[i].name, name, 2))
            buffer_addf(&near, "%s%s%s", near.length ? ", " : "; did you mean ",
                        dashes((enum option)i), table[i].name);
    error_usage(e, "option %.60s: unknown%s; --help lists the options", word,
                near.data ? near.data : "");
    buffer_free(&near);
    return -1;
}

/* Reads the option at argv[i]; returns the number of words it took, or -1. */
static int read_option(int argc, char **argv, int i, struct options *o, struct error *e)
{
    const char *word = argv[i];
    const char *name = word + (word[1] == '-' ? 2 : 1), *equals = strchr(name, '=');
    if (!strcmp(word, "-h"))
        name = "help";
    int option = find(name, equals ? (size_t)(equals - name) : strlen(name));
    if (option < 0)
        return unknown(word, e);
    if (o->value[option] && option != OPTION_WHAT_IF)
        return error_usage(e, "option %.60s: given twice", word);
    if (!table[option].argument) {
        if (equals)
            return error_usage(e, "option %.60s: takes no value", word);
        o->value[option] = "";
        return 1;
    }
    if (!equals && i + 1 >= argc)
        return error_usage(e, "option %.60s: needs a value, %s", word,
                           table[option].argument);
    o->value[option] = equals ? equals + 1 : argv[i + 1];
    if (option == OPTION_WHAT_IF)
        o->whatifs[o->whatif_count++] = o->value[option];
    return equals ? 1 : 2;
}

int options_parse(int argc, char **argv, struct options *o, struct error *e)
{
    *o = (struct options){.arguments = mem_zero((size_t)argc + 1, sizeof(char *)),
                          .whatifs = mem_zero((size_t)argc + 1, sizeof(char *))};
    bool ended = false;
    for (int i = 0; i < argc;) {
        if (!ended && !strcmp(argv[i], "--")) {
            ended = true;
            i++;
        } else if (ended || argv[i][0] != '-' || !argv[i][1]) {
            o->arguments[o->count++] = argv[i++];
        } else {
            int took = read_option(argc, argv, i, o, e);
            if (took < 0)
                return -1;
            i += took;
        }
    }
    return 0;
}

void options_free(struct options *o)
{
    free(o->arguments);
    free(o->whatifs);
    *o = (struct options){0};
}

int options_check(const struct options *o, const struct option_set *allowed,
                  const char *command, struct error *e)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (o->value[i] && !allowed->has[i])
            return error_usage(e, "option %s%s: the command %s does not take it; "
                               "stepformer %s --help lists what it takes",
                               dashes((enum option)i), table[i].name, command, command);
    return 0;
}

bool option_is_set(const struct options *o, enum option option)
{
    return o->value[option] != NULL;
}

const char *option_text(const struct options *o, enum option option, const char *other)
{
    return o->value[option] ? o->value[option] : other;
}

int option_integer(const struct options *o, enum option option, long least, long most,
                   long *out, struct error *e)
{
    const char *text = o->value[option];
    if (!text)
        return 0;
    char *end;
    errno = 0;
    long x = strtol(text, &end, 10);
    if (end == text || *end || errno || x < least || x > most)
        return error_usage(e, "option --%s %.60s: a whole number from %ld to %ld "
                           "is expected", table[option].name, text, least, most);
    *out = x;
    return 0;
}

int option_number(const struct options *o, enum option option, double least, double most,
                  double *out, struct error *e)
{
    const char *text = o->value[option];
    if (!text)
        return 0;
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !isfinite(x) || x < least || x > most)
        return error_usage(e, "option --%s %.60s: a number from %g to %g is expected",
                           table[option].name, text, least, most);
    *out = x;
    return 0;
}

int option_choice(const struct options *o, enum option option, const char *const *names,
                  struct error *e)
{
    const char *text = o->value[option];
    if (!text)
        return 0;
    struct buffer list = {0};
    for (int i = 0; names[i]; i++) {
        if (!*names[i])
            continue;
        if (!strcmp(names[i], text)) {
            buffer_free(&list);
            return i;
        }
        buffer_addf(&list, "%s%s", list.data ? ", " : "", names[i]);
    }
    error_usage(e, "option --%s %.60s: it can be: %s", table[option].name, text,
                list.data);
    buffer_free(&list);
    return -1;
}

void options_help(const struct option_set *allowed, struct buffer *out)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!allowed->has[i])
            continue;
        size_t start = out->length;
        buffer_addf(out, "  %s%s", dashes((enum option)i), table[i].name);
        if (table[i].argument)
            buffer_addf(out, " %s", table[i].argument);
        int used = text_width(out->data + start);
        buffer_addf(out, "%*s%s\n", used < 28 ? 28 - used : 2, "",
                    table[i].help[say_language()]);
    }
}
