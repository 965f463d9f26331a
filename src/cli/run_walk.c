#include "cli/runs.h"

#include "base/file.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "screen/plain.h"
#include "screen/screenshot.h"
#include "screen/walk.h"

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

static struct session *open_session(const struct options *o, struct error *e)
{
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

static int choose_writing(const struct options *o, struct app *app, struct error *e)
{
    long width = 1;
    if (option_integer(o, OPTION_AMBIGUOUS, 1, 2, &width, e) < 0)
        return -1;
    /* Where our symbols would take two columns, their ASCII forms are drawn instead. */
    text_set_ambiguous_wide(width == 2);
    bool ascii = option_is_set(o, OPTION_ASCII);
    app_set_writing(app, width == 2 || ascii, ascii);
    return 0;
}

static int set_autoplay(const struct options *o, struct walk *w, struct error *e)
{
    double seconds = 0;
    if (option_number(o, OPTION_AUTOPLAY, 0.1, 3600, &seconds, e) < 0)
        return -1;
    w->autoplay = (int)(seconds * 1000);
    w->playing = option_is_set(o, OPTION_AUTOPLAY);
    return 0;
}

/* The app with the walk on it. Caller frees; NULL with an error. */
static struct app *open_app(const struct options *o, struct error *e)
{
    const struct theme *theme = choose_theme(o, e);
    struct session *s = theme ? open_session(o, e) : NULL;
    if (!s)
        return NULL;
    struct app *app = app_new(theme);
    struct walk *w = walk_new(s);
    walk_open(app, w);
    if (choose_writing(o, app, e) == 0 && set_autoplay(o, w, e) == 0)
        return app;
    app_free(app);
    return NULL;
}

/* ---- with a script ---- */

static int save(const struct options *o, const struct canvas *c, struct error *e)
{
    const char *dump = option_text(o, OPTION_DUMP, NULL);
    const char *png = option_text(o, OPTION_PNG, NULL);
    int status = 0;
    if (dump || !png) {
        char *text = canvas_dump(c);
        if (!dump || strcmp(dump, "-") == 0)
            fputs(text, stdout);
        else
            status = file_write(dump, text, strlen(text), true, e);
        free(text);
    }
    if (status == 0 && png)
        status = screenshot_write(c, png, true, e);
    return status;
}

static int play(const struct options *o, struct error *e)
{
    int rows = 24, columns = 80;
    struct script script = {0};
    const char *size = option_text(o, OPTION_SIZE, NULL);
    if ((size && size_parse(size, &rows, &columns, e) < 0) ||
        script_parse(option_text(o, OPTION_KEYS, ""), &script, e) < 0)
        return CLI_USAGE;
    struct app *app = open_app(o, e);
    int status = app ? save(o, app_run_script(app, &script, rows, columns), e) : -1;
    app_free(app);
    script_free(&script);
    return status < 0 ? CLI_FAILED : CLI_OK;
}

/* ---- on the terminal ---- */

static int run_on_terminal(const struct options *o, struct error *e)
{
    if (!isatty(STDOUT_FILENO)) {
        error_set(
            e, "walk: standard output is not a terminal; use walk --plain for text, or "
               "walk --keys 'KEYS' --dump FILE");
        return CLI_FAILED;
    }
    struct app *app = open_app(o, e);
    struct terminal *t = app ? terminal_open(e) : NULL;
    if (t)
        app_run_terminal(app, t);
    terminal_close(t);
    app_free(app);
    return t ? CLI_OK : CLI_FAILED;
}

static int print_plain(const struct options *o, struct error *e)
{
    struct session *s = open_session(o, e);
    if (!s)
        return CLI_FAILED;
    struct buffer out = {0};
    plain_walk(s, &out);
    fputs(out.data, stdout);
    buffer_free(&out);
    session_free(s);
    return CLI_OK;
}

int run_walk(const struct options *o, struct error *e)
{
    terminal_set_locale();
    if (option_is_set(o, OPTION_PLAIN))
        return print_plain(o, e);
    return is_scripted(o) ? play(o, e) : run_on_terminal(o, e);
}
