#include "cli/command.h"

#include "base/say.h"
#include "base/text.h"
#include "cli/manual.h"
#include "cli/runs.h"
#include "model/opened.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS(...) {{__VA_ARGS__}}
#define O(name) [OPTION_##name] = true
#define COMMON O(MODEL), O(LANG), O(HELP)
#define INPUT                                                                            \
    COMMON, O(TEXT), O(IDS), O(TARGET), O(TARGET_IDS), O(ENGINE), O(THREADS), O(WHAT_IF)

static const struct command commands[] = {
#define COMMAND(name, arguments, least, most, options, en, ko) \
    {#name, arguments, least, most, options, {en, ko}, run_##name},
#include "cli/commands.def"
#undef COMMAND
};

#define COMMANDS (int)(sizeof commands / sizeof *commands)

const struct command *command_table(int *count)
{
    *count = COMMANDS;
    return commands;
}

const struct command *command_find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

char *command_help(const struct command *c)
{
    struct buffer b = {0};
    enum language language = say_language();
    if (c) {
        buffer_addf(&b, "stepformer %s%s%s\n  %s\n\n", c->name, *c->arguments ? " " : "",
                    c->arguments, c->summary[language]);
        options_help(&c->options, &b);
        return buffer_take(&b);
    }
    buffer_addf(&b, "%s\n\n", say(SAY_CLI_ABOUT));
    buffer_addf(&b, "  stepformer [%s]\n", say(SAY_CLI_OPTIONS));
    buffer_addf(&b, "  stepformer %s …\n\n", say(SAY_CLI_COMMAND));
    for (int i = 0; i < COMMANDS; i++) {
        int used = (int)strlen(commands[i].name);
        used += *commands[i].arguments ? 1 + (int)strlen(commands[i].arguments) : 0;
        buffer_addf(&b, "  %s%s%s%*s%s\n", commands[i].name,
                    *commands[i].arguments ? " " : "", commands[i].arguments,
                    used < 28 ? 28 - used : 2, "", commands[i].summary[language]);
    }
    buffer_addf(&b, "\n%s\n", say(SAY_CLI_MORE));
    return buffer_take(&b);
}

/* ---- main ---- */

static int check_arguments(const struct command *c, const struct options *o,
                           struct error *e)
{
    int taken = cli_has_text(o) && strstr(c->arguments, "TEXT") != NULL;
    int least = c->least - taken, most = c->most - taken;
    if (option_is_set(o, OPTION_TEXT) && option_is_set(o, OPTION_IDS))
        return error_usage(e, "options --text and --ids: give one of them");
    if (o->count >= least && o->count <= most)
        return 0;
    if (taken && o->count > most)
        return error_usage(e, "%s: there is an argument too many, \"%.60s\"; the text is "
                           "given by --%s", c->name, o->arguments[most],
                           option_is_set(o, OPTION_TEXT) ? "text" : "ids");
    if (o->count > most && !most)
        return error_usage(e, "%s: there is an argument too many, \"%.60s\"; the command "
                           "takes options only", c->name, o->arguments[most]);
    if (o->count > most)
        return error_usage(
            e,
            "%s: there is an argument too many, \"%.60s\"; quote a text of "
            "several words: stepformer %s %s",
            c->name, o->arguments[most], c->name, c->arguments);
    return error_usage(e, "%s: an argument is missing: stepformer %s %s", c->name,
                       c->name, c->arguments);
}

static int choose_language(const struct options *o, struct error *e)
{
    static const char *const names[] = {"en", "ko", NULL};
    say_set_language(say_language_of_environment());
    int language = option_choice(o, OPTION_LANG, names, e);
    if (language < 0)
        return -1;
    if (option_is_set(o, OPTION_LANG))
        say_set_language((enum language)language);
    return 0;
}

static int unknown_command(const char *word, struct error *e)
{
    struct buffer list = {0};
    for (int i = 0; i < COMMANDS; i++)
        buffer_addf(&list, "%s%s", i ? ", " : "", commands[i].name);
    char *safe = text_sanitize(word);
    error_usage(e, "%.60s: there is no such command; there are: %s", safe, list.data);
    free(safe);
    buffer_free(&list);
    return CLI_USAGE;
}

static int print_help(const struct command *c)
{
    char *help = command_help(c);
    fputs(help, stdout);
    free(help);
    return CLI_OK;
}

static int run(const struct command *c, const struct options *o, bool named,
               struct error *e)
{
    if (choose_language(o, e) < 0)
        return CLI_USAGE;
    if (option_is_set(o, OPTION_HELP))
        return print_help(named ? c : NULL);
    if (!named && option_is_set(o, OPTION_VERSION)) {
        printf("stepformer %s\n", STEPFORMER_VERSION);
        return CLI_OK;
    }
    if (options_check(o, &c->options, c->name, e) < 0 || check_arguments(c, o, e) < 0)
        return CLI_USAGE;
    return named ? c->run(o, e) : run_home(o, e);
}

/* The command that stands behind the options: stepformer --model mine predict TEXT. It is
 * taken out of the arguments. NULL when the first of them is no command. */
static const struct command *take_command(struct options *o)
{
    const struct command *c = o->count ? command_find(o->arguments[0]) : NULL;
    if (c)
        memmove(o->arguments, o->arguments + 1,
                (size_t)o->count-- * sizeof *o->arguments);
    return c;
}

int command_main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a file beyond ulimit -f is an error of write, EFBIG */
    struct error e = {0};
    struct options o;
    const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;
    bool named = c != NULL;
    int status = CLI_USAGE;
    if (!c && argc > 1 && argv[1][0] != '-')
        unknown_command(argv[1], &e);
    else if (options_parse(argc - 1 - named, argv + 1 + named, &o, &e) == 0) {
        c = named ? c : take_command(&o);
        named = c != NULL;
        status = run(named ? c : command_find("walk"), &o, named, &e);
        options_free(&o);
    } else {
        options_free(&o);
    }
    opened_close();
    if (e.set)
        error_print(&e);
    if (e.usage)
        status = CLI_USAGE;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (!e.set)
            error_note("standard output: cannot be written: %s", strerror(errno));
        status = status ? status : CLI_FAILED;
    }
    return status;
}

static bool print_topic(const char *topic)
{
    struct manual_command list[COMMANDS];
    for (int i = 0; i < COMMANDS; i++)
        list[i] =
            (struct manual_command){commands[i].name,
                                    commands[i].arguments,
                                    {commands[i].summary[0], commands[i].summary[1]},
                                    &commands[i].options};
    struct buffer b = {0};
    bool known = manual_write(topic, list, COMMANDS, &b);
    if (known)
        fputs(b.data, stdout);
    buffer_free(&b);
    return known;
}

int run_help(const struct options *o, struct error *e)
{
    const struct command *c = o->count ? command_find(o->arguments[0]) : NULL;
    if (!o->count || c)
        return print_help(c);
    if (print_topic(o->arguments[0]))
        return CLI_OK;
    char *safe = text_sanitize(o->arguments[0]);
    error_set(e, "help %.60s: there is no such command or topic; topics are %s", safe,
              manual_topics());
    free(safe);
    return CLI_USAGE;
}
