#include "cli/manual.h"

#include "base/say.h"
#include "base/text.h"
#include "chart/charts.h"
#include "lesson/glossary.h"
#include "lesson/vocabulary.h"
#include "model/shipped.h"
#include "screen/action.h"
#include "study/whatif.h"

#include <stdlib.h>
#include <string.h>

struct topic {
    const char *name;
    void (*write)(const struct manual_command *commands, int count, struct buffer *out);
};

/* ---- keys ---- */

static void write_keys(const struct manual_command *commands, int count,
                       struct buffer *out)
{
    (void)commands, (void)count;
    enum language language = say_language();
    enum action_group group = 0;
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        enum action action = (enum action)a;
        if (action_group(action) != group) {
            buffer_addf(out, "%s%s\n", group ? "\n" : "",
                        action_group_title(action_group(action), language));
            group = action_group(action);
        }
        int used = text_width(action_keys(action));
        buffer_addf(out, "  %s%*s%s\n", action_keys(action), used < 16 ? 16 - used : 1,
                    "", action_help(action, language));
    }
}

static void write_markdown_keys(const struct manual_command *commands, int count,
                                struct buffer *out)
{
    (void)commands, (void)count;
    char *table = action_markdown(say_language());
    buffer_add(out, table);
    free(table);
}

/* ---- commands and options ---- */

/* Text inside a Markdown table: a bar would end the cell, "<bos>" be taken for HTML. */
static void add_markdown(struct buffer *out, const char *s, bool code)
{
    for (; *s; s++) {
        if (*s == '|')
            buffer_add(out, "\\|");
        else if (*s == '<' && !code)
            buffer_add(out, "&lt;");
        else
            buffer_add_bytes(out, s, 1);
    }
}

static void write_markdown_commands(const struct manual_command *commands, int count,
                                    struct buffer *out)
{
    buffer_addf(out, "| %s | |\n|---|---|\n", say(SAY_CLI_COMMAND));
    for (int i = 0; i < count; i++) {
        buffer_addf(out, "| `%s%s", commands[i].name, *commands[i].arguments ? " " : "");
        add_markdown(out, commands[i].arguments, true);
        buffer_add(out, "` | ");
        add_markdown(out, commands[i].summary[say_language()], false);
        buffer_add(out, " |\n");
    }
}

static const char *dashes(enum option option)
{
    return option_name(option)[1] ? "--" : "-";
}

static void write_markdown_options(const struct manual_command *commands, int count,
                                   struct buffer *out)
{
    buffer_addf(out, "| %s | | %s |\n|---|---|---|\n", say(SAY_CLI_OPTIONS),
                say(SAY_CLI_COMMAND));
    for (int i = 0; i < OPTION_COUNT; i++) {
        enum option option = (enum option)i;
        const char *argument = option_argument(option);
        buffer_addf(out, "| `%s%s", dashes(option), option_name(option));
        buffer_add(out, argument ? " " : "");
        add_markdown(out, argument ? argument : "", true);
        buffer_add(out, "` | ");
        add_markdown(out, option_help(option, (int)say_language()), false);
        buffer_add(out, " |");
        int takers = 0;
        for (int c = 0; c < count; c++)
            takers += commands[c].options->has[i];
        for (int c = 0; c < count && takers < count; c++)
            if (commands[c].options->has[i])
                buffer_addf(out, " %s", commands[c].name);
        buffer_add(out, takers == count ? " * |\n" : " |\n");
    }
}

/* ---- the man page (man(7) macros) ---- */

/* Text of the tables, with what groff reads as a command made harmless. */
static void add_roff(struct buffer *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '\\')
            buffer_add(out, "\\e");
        else if (*s == '-')
            buffer_add(out, "\\-");
        else
            buffer_add_bytes(out, s, 1);
    }
}

static void add_entry(struct buffer *out, const char *head, const char *argument,
                      const char *text)
{
    buffer_add(out, ".TP\n.B ");
    add_roff(out, head);
    if (argument && *argument) {
        buffer_add(out, " ");
        add_roff(out, argument);
    }
    buffer_add(out, "\n");
    add_roff(out, text);
    buffer_add(out, "\n");
}

static void write_man(const struct manual_command *commands, int count,
                      struct buffer *out)
{
    enum language language = say_language();
    buffer_add(out, ".TH STEPFORMER 1\n.SH NAME\nstepformer \\- ");
    add_roff(out, say(SAY_CLI_ABOUT_SHORT));
    buffer_addf(out, "\n.SH SYNOPSIS\n.B stepformer\n[%s]\n.br\n.B stepformer\n%s [%s]\n",
                say(SAY_CLI_OPTIONS), say(SAY_CLI_COMMAND), say(SAY_CLI_OPTIONS));
    buffer_add(out, ".SH COMMANDS\n");
    for (int i = 0; i < count; i++)
        add_entry(out, commands[i].name, commands[i].arguments,
                  commands[i].summary[language]);
    buffer_add(out, ".SH OPTIONS\n");
    for (int i = 0; i < OPTION_COUNT; i++) {
        char *head =
            mem_format("%s%s", dashes((enum option)i), option_name((enum option)i));
        add_entry(out, head, option_argument((enum option)i),
                  option_help((enum option)i, (int)language));
        free(head);
    }
    buffer_add(out, ".SH KEYS\n");
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
        add_entry(out, action_keys((enum action)a), NULL,
                  action_help((enum action)a, language));
    buffer_add(out, ".SH ENVIRONMENT\n");
    add_entry(out, "STEPFORMER_DATA", NULL, say(SAY_CLI_DATA));
    add_entry(out, "STEPFORMER_NO_CACHE", NULL, say(SAY_CLI_NO_CACHE));
    add_entry(out, "NO_COLOR", NULL, say(SAY_CLI_NO_COLOR));
    add_entry(out, "COLORTERM", NULL, say(SAY_CLI_COLORTERM));
    add_entry(out, "XDG_CACHE_HOME", NULL, say(SAY_CLI_CACHE));
    add_entry(out, "XDG_STATE_HOME", NULL, say(SAY_CLI_STATE));
    buffer_add(out, ".SH EXIT STATUS\n");
    add_roff(out, say(SAY_CLI_STATUS));
    buffer_add(out, "\n");
}

static void write_whatifs(const struct manual_command *commands, int count,
                          struct buffer *out)
{
    (void)commands, (void)count;
    for (int i = 0; i < WHATIF_COUNT; i++) {
        enum whatif_id id = (enum whatif_id)i;
        char *name =
            mem_format("%s%s%s", whatif_name(id), whatif_needs_value(id) ? "=…" : "",
                       whatif_needs_place(id) ? "@PLACE" : "");
        int used = text_width(name);
        buffer_addf(out, "  %s%*s%s\n", name, used < 26 ? 26 - used : 1, "",
                    whatif_help(id, (int)say_language()));
        free(name);
    }
    buffer_addf(out, "\n%s\n", say(SAY_CLI_PLACES));
}

static void write_markdown_whatifs(const struct manual_command *commands, int count,
                                   struct buffer *out)
{
    (void)commands, (void)count;
    buffer_add(out, "| `--what-if` | |\n|---|---|\n");
    for (int i = 0; i < WHATIF_COUNT; i++) {
        enum whatif_id id = (enum whatif_id)i;
        buffer_addf(out, "| `%s%s%s` | %s |\n", whatif_name(id),
                    whatif_needs_value(id) ? "=…" : "",
                    whatif_needs_place(id) ? "@PLACE" : "",
                    whatif_help(id, (int)say_language()));
    }
}

static void write_charts(const struct manual_command *commands, int count,
                         struct buffer *out)
{
    (void)commands, (void)count;
    for (size_t i = 0; charts_at(i); i++) {
        const struct chart_kind *kind = charts_at(i);
        buffer_addf(out, "  %-12s%s\n", kind->name, kind->help[say_language()]);
    }
}

static void write_markdown_charts(const struct manual_command *commands, int count,
                                  struct buffer *out)
{
    (void)commands, (void)count;
    buffer_addf(out, "| `--kind`, `view:` | |\n|---|---|\n");
    for (size_t i = 0; charts_at(i); i++) {
        const struct chart_kind *kind = charts_at(i);
        buffer_addf(out, "| `%s` | %s |\n", kind->name, kind->help[say_language()]);
    }
}

static void write_glossary(const struct manual_command *commands, int count,
                           struct buffer *out)
{
    (void)commands, (void)count;
    struct error e = {0};
    char *text = glossary_text(say_language(), &e);
    buffer_addf(out, "%s%s", text ? text : e.message, text ? "" : "\n");
    free(text);
}

#define WORDS_COLUMNS 78

/* A list of words under its title, in lines of a screen. */
static void add_words(struct buffer *out, const char *title, const char *words)
{
    buffer_addf(out, "\n%s\n", title);
    size_t used = 0;
    for (size_t n; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        bool fits = used && used + 1 + n <= WORDS_COLUMNS;
        buffer_add(out, fits ? " " : used ? "\n  " : "  ");
        buffer_add_bytes(out, words, n);
        used = fits ? used + 1 + n : 2 + n;
    }
    buffer_add(out, "\n");
}

static void write_lesson_words(const struct manual_command *commands, int count,
                               struct buffer *out)
{
    const char *title;
    char *words;
    (void)commands, (void)count;
    buffer_addf(out, "%s\n", say(SAY_CLI_WORDS));
    for (size_t i = 0; (words = vocabulary_list(i, &title)) != NULL; i++) {
        add_words(out, title, words);
        free(words);
    }
}

/* ---- shell completion (bash) ---- */

/* "ko|en" is a choice of words; "N" and "NAME|DIR" are not. */
static bool is_choice(const char *argument)
{
    return argument && strchr(argument, '|') &&
           strspn(argument, "abcdefghijklmnopqrstuvwxyz0123456789|") == strlen(argument);
}

static void add_choices(struct buffer *out)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        enum option option = (enum option)i;
        if (!is_choice(option_argument(option)))
            continue;
        buffer_addf(out, "        %s%s) words=\"", dashes(option), option_name(option));
        for (const char *s = option_argument(option); *s; s++)
            buffer_addf(out, "%c", *s == '|' ? ' ' : *s);
        buffer_add(out, "\" ;;\n");
    }
    char *models = shipped_text(" ");
    buffer_addf(out, "        --model) words=\"%s\" ;;\n", models);
    buffer_add(out, "        --pairs) words=\"builtin\" ;;\n");
    free(models);
    buffer_add(out, "        --kind) words=\"");
    for (size_t i = 0; charts_at(i); i++)
        buffer_addf(out, "%s%s", i ? " " : "", charts_at(i)->name);
    buffer_add(out, "\" ;;\n");
    buffer_add(out, "        --what-if) words=\"");
    for (int i = 0; i < WHATIF_COUNT; i++)
        buffer_addf(out, "%s%s%s", i ? " " : "", whatif_name((enum whatif_id)i),
                    whatif_needs_value((enum whatif_id)i) ? "=" : "");
    buffer_add(out, "\" ;;\n");
}

static void add_command_options(const struct manual_command *c, struct buffer *out)
{
    buffer_addf(out, "            %s) words=\"", c->name);
    bool first = true;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (c->options->has[i]) {
            buffer_addf(out, "%s%s%s", first ? "" : " ", dashes((enum option)i),
                        option_name((enum option)i));
            first = false;
        }
    buffer_add(out, "\" ;;\n");
}

static void write_completion(const struct manual_command *commands, int count,
                             struct buffer *out)
{
    buffer_add(out, "# bash completion of stepformer, made from its tables\n"
                    "_stepformer()\n{\n"
                    "    local current=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n"
                    "    case \"${COMP_WORDS[COMP_CWORD-1]}\" in\n");
    add_choices(out);
    buffer_add(out, "        *) case \"${COMP_WORDS[1]}\" in\n");
    for (int i = 0; i < count; i++)
        add_command_options(&commands[i], out);
    buffer_add(out, "            esac\n"
                    "            [ \"$COMP_CWORD\" = 1 ] && words=\"");
    for (int i = 0; i < count; i++)
        buffer_addf(out, "%s%s", i ? " " : "", commands[i].name);
    buffer_add(out, "\" ;;\n    esac\n"
                    "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                    "complete -o default -F _stepformer stepformer\n");
}

static const struct topic topics[] = {
    {"keys", write_keys},
    {"man", write_man},
    {"completion", write_completion},
    {"what-ifs", write_whatifs},
    {"charts", write_charts},
    {"glossary", write_glossary},
    {"lesson-words", write_lesson_words},
    {"markdown-what-ifs", write_markdown_whatifs},
    {"markdown-charts", write_markdown_charts},
    {"markdown-commands", write_markdown_commands},
    {"markdown-options", write_markdown_options},
    {"markdown-keys", write_markdown_keys},
};

const char *manual_topics(void)
{
    return "keys, man, completion, what-ifs, charts, glossary, lesson-words, "
           "markdown-what-ifs, "
           "markdown-charts, markdown-commands, markdown-options, markdown-keys";
}

bool manual_write(const char *topic, const struct manual_command *commands, int count,
                  struct buffer *out)
{
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        if (!strcmp(topics[i].name, topic)) {
            topics[i].write(commands, count, out);
            return true;
        }
    return false;
}
