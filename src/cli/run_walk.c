#include "cli/runs.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/common.h"
#include "paint/picture.h"
#include "screen/program.h"
#include "screen/screenshot.h"
#include "study/exam_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the walk starts when nothing else is said. */
#define DEFAULT_TEXT "나는 학교에 간다"
static const int32_t default_ids[] = {3, 4, 5};

static bool is_scripted(const struct options *o)
{
    return option_is_set(o, OPTION_KEYS) || option_is_set(o, OPTION_DUMP) ||
           option_is_set(o, OPTION_PNG);
}

static struct session *open_default(const struct options *o, struct error *e)
{
    if (option_is_set(o, OPTION_TARGET) || option_is_set(o, OPTION_TARGET_IDS)) {
        error_set(e, "walk: --target needs a TEXT that it is the target of");
        return NULL;
    }
    struct session *s = cli_new_session(o, e);
    if (!s)
        return NULL;
    struct whatifs list = {0};
    int status = cli_whatifs(o, &list, e);
    if (status == 0 && list.count)
        status = session_set_whatifs(s, &list, e);
    whatifs_free(&list);
    if (status == 0)
        status = s->model->source ? session_set_text(s, DEFAULT_TEXT, e)
                                  : session_set_ids(s, default_ids, 3, e);
    if (status == 0 && session_run(s, e) == 0)
        return s;
    session_free(s);
    return NULL;
}

/* A lesson that is not there is asked for more likely than a translation of "6". */
static bool is_number(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

static struct session *open_session(const struct options *o, struct error *e)
{
    if (o->count && cli_has_text(o)) {
        error_usage(e,
                    "walk: there is no lesson \"%.60s\"; stepformer lessons lists them",
                    o->arguments[0]);
        return NULL;
    }
    if (o->count && is_number(o->arguments[0])) {
        error_usage(e,
                    "walk: there is no lesson %.60s; stepformer lessons lists them, and "
                    "--text %.60s walks through it as a text",
                    o->arguments[0], o->arguments[0]);
        return NULL;
    }
    bool has_text = o->count > 0 || cli_has_text(o);
    return has_text ? cli_session(o, e) : open_default(o, e);
}

static const struct theme *choose_theme(const struct options *o, struct error *e)
{
    const char *no_color = getenv("NO_COLOR");
    const char *name = option_is_set(o, OPTION_PRESENT) ? "present"
                       : no_color && *no_color          ? "mono"
                                                        : "dark";
    name = option_text(o, OPTION_THEME, name);
    const struct theme *theme = theme_find(name);
    if (!theme)
        error_set(e, "option --theme %.40s: there is no such theme; there are: %s", name,
                  theme_names());
    return theme;
}

static int choose_writing(const struct options *o, struct program_settings *x,
                          struct error *e)
{
    long width = 1;
    if (option_integer(o, OPTION_AMBIGUOUS, 1, 2, &width, e) < 0)
        return -1;
    /* Where our symbols would take two columns, their ASCII forms are drawn instead. */
    text_set_ambiguous_wide(width == 2);
    x->romanize = option_is_set(o, OPTION_ASCII);
    x->ascii = width == 2 || x->romanize;
    return 0;
}

static int choose_autoplay(const struct options *o, struct program_settings *x,
                           struct error *e)
{
    double seconds = 0;
    if (option_number(o, OPTION_AUTOPLAY, 0.1, 3600, &seconds, e) < 0)
        return -1;
    x->autoplay = (int)(seconds * 1000);
    x->playing = option_is_set(o, OPTION_AUTOPLAY);
    return 0;
}

/* ---- the settings ---- */

/* A lesson has its own what-ifs and targets. */
static struct session *lesson_session(const void *data, char **text, struct error *e)
{
    const struct options *o = data;
    if (o->whatif_count || option_is_set(o, OPTION_IDS) ||
        option_is_set(o, OPTION_TARGET) || option_is_set(o, OPTION_TARGET_IDS)) {
        error_usage(e, "walk LESSON: a lesson has its own what-ifs and targets; --text "
                       "gives it another sentence");
        return NULL;
    }
    *text = option_is_set(o, OPTION_TEXT) ? cli_text(o, e) : NULL;
    return e->set ? NULL : cli_new_session(o, e);
}

static struct session *walk_session(const void *data, bool asked, struct error *e)
{
    return asked ? open_session(data, e) : open_default(data, e);
}

/* What is shown. */
static struct program_settings content_of(const struct options *o)
{
    return (struct program_settings){
        .lessons = option_text(o, OPTION_LESSONS, NULL),
        .name = o->count == 1 ? o->arguments[0] : NULL,
        .source = {lesson_session, walk_session, o},
    };
}

/* And how, on a screen. Caller frees; NULL with an error. */
static struct program *open_program(const struct options *o, bool home, struct error *e)
{
    struct program_settings x = content_of(o);
    x.theme = choose_theme(o, e);
    x.home = home;
    x.keep = !is_scripted(o);
    if (!x.theme || choose_writing(o, &x, e) < 0 || choose_autoplay(o, &x, e) < 0)
        return NULL;
    return program_new(&x, e);
}

/* ---- with a script ---- */

static int save(const struct options *o, const struct canvas *c, struct error *e)
{
    const char *dump = option_text(o, OPTION_DUMP, NULL);
    const char *png = option_text(o, OPTION_PNG, NULL);
    bool shown = png ? dump && !strcmp(dump, "-") : !dump || !strcmp(dump, "-");
    int status = 0;
    if (dump || !png) {
        char *text = canvas_dump(c);
        if (shown)
            fputs(text, stdout);
        else
            status = file_write(dump, text, strlen(text), true, e);
        free(text);
    }
    if (status == 0 && png)
        status = screenshot_write(c, png, true, e);
    if (status == 0 && !shown && dump)
        cli_say_file(dump);
    if (status == 0 && !shown && png)
        cli_say_file(png);
    return status;
}

static int play(const struct options *o, bool home, struct error *e)
{
    int rows = 24, columns = 80;
    struct script script = {0};
    const char *size = option_text(o, OPTION_SIZE, NULL);
    const char *png = option_text(o, OPTION_PNG, NULL);
    enum draw_form form;
    if (png && picture_form(png, &form, e) < 0) /* before anything is computed */
        return CLI_USAGE;
    if ((size && size_parse(size, &rows, &columns, e) < 0) ||
        script_parse(option_text(o, OPTION_KEYS, ""), &script, e) < 0)
        return CLI_USAGE;
    struct program *p = open_program(o, home, e);
    int status = p ? save(o, program_play(p, &script, rows, columns), e) : -1;
    program_free(p);
    script_free(&script);
    return status < 0 ? CLI_FAILED : CLI_OK;
}

/* ---- on the terminal, and as text ---- */

static int run_on_terminal(const struct options *o, bool home, struct error *e)
{
    if (!isatty(STDOUT_FILENO)) {
        error_set(
            e, "walk: standard output is not a terminal; use walk --plain for text, or "
               "walk --keys 'KEYS' --dump FILE");
        return CLI_FAILED;
    }
    struct program *p = open_program(o, home, e);
    struct terminal *t = p ? terminal_open(e) : NULL;
    if (t)
        program_run(p, t);
    terminal_close(t);
    program_free(p);
    return t ? CLI_OK : CLI_FAILED;
}

/* The sentence of the person, the pieces of the model and the words of a lesson are
 * somebody else's bytes. */
static void print_safe(const char *text)
{
    char *safe = text_sanitize_lines(text);
    fputs(safe, stdout);
    free(safe);
}

static int print_plain(const struct options *o, struct error *e)
{
    const struct program_settings settings = content_of(o);
    struct buffer out = {0};
    int status = program_print(&settings, &out, e);
    if (status == 0)
        print_safe(out.data);
    buffer_free(&out);
    return status < 0 ? CLI_FAILED : CLI_OK;
}

static int run(const struct options *o, bool home, struct error *e)
{
    if (o->count > 1) {
        error_usage(e, "walk: there is an argument too many, \"%.60s\"; quote a text of "
                       "several words: stepformer walk TEXT", o->arguments[1]);
        return CLI_USAGE;
    }
    terminal_set_locale();
    bool plain = option_is_set(o, OPTION_PLAIN);
    cli_keep_exams(o, plain || !is_scripted(o));
    int status = plain            ? print_plain(o, e)
                 : is_scripted(o) ? play(o, home, e)
                                  : run_on_terminal(o, home, e);
    exam_cache_stop();
    return status;
}

int run_walk(const struct options *o, struct error *e)
{
    return run(o, false, e);
}

/* Options that speak of a sentence lead to the walk at once. */
int run_home(const struct options *o, struct error *e)
{
    bool walk = cli_has_text(o) || o->whatif_count || option_is_set(o, OPTION_AUTOPLAY) ||
                option_is_set(o, OPTION_TARGET) || option_is_set(o, OPTION_TARGET_IDS);
    return run(o, !walk, e);
}
