#include "cli/runs.h"

#include "base/file.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "lesson/shelf.h"
#include "screen/lesson_screen.h"
#include "screen/plain.h"
#include "screen/plain_lesson.h"
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

/* ---- lessons ---- */

/* The lesson that the argument names, in both languages; false when it names none. */
static bool find_lesson(const struct options *o, const struct shelf *shelf,
                        const struct shelf_lesson **found)
{
    *found = o->count == 1 ? shelf_find(shelf, o->arguments[0]) : NULL;
    return *found != NULL;
}

static void free_lessons(struct lesson *in[LANGUAGE_COUNT])
{
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        lesson_free(in[i]);
}

static int open_lessons(const struct shelf_lesson *item, struct lesson *in[LANGUAGE_COUNT],
                        struct error *e)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        in[i] = item->file[i] ? lesson_open(item->file[i], e) : NULL;
    if (e->set) {
        free_lessons(in);
        return -1;
    }
    return 0;
}

static struct lesson *lesson_in(struct lesson *const in[LANGUAGE_COUNT])
{
    enum language other = say_language() == LANGUAGE_KO ? LANGUAGE_EN : LANGUAGE_KO;
    return in[say_language()] ? in[say_language()] : in[other];
}

/* The lesson on the model of the options. Takes the lessons; NULL with an error. */
static struct lesson_state *start_lesson(const struct options *o,
                                         struct lesson *in[LANGUAGE_COUNT],
                                         struct error *e)
{
    struct session *s = cli_new_session(o, e);
    struct reading *r = s ? reading_new(lesson_in(in), s, e) : NULL;
    if (r)
        return lesson_state_new(r, in);
    free_lessons(in);
    return NULL;
}

static int print_lesson(const struct options *o, const struct shelf_lesson *item,
                        struct error *e)
{
    struct lesson *in[LANGUAGE_COUNT];
    struct buffer out = {0};
    if (open_lessons(item, in, e) < 0)
        return CLI_FAILED;
    struct session *s = cli_new_session(o, e);
    struct reading *r = s ? reading_new(lesson_in(in), s, e) : NULL;
    int status = r ? plain_lesson(r, &out, e) : -1;
    if (status == 0)
        fputs(out.data, stdout);
    buffer_free(&out);
    reading_free(r);
    free_lessons(in);
    return status < 0 ? CLI_FAILED : CLI_OK;
}

static struct app *open_walk(const struct options *o, const struct theme *theme,
                             struct error *e)
{
    struct session *s = open_session(o, e);
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

static struct app *open_lesson(const struct options *o, const struct theme *theme,
                               const struct shelf_lesson *item, struct error *e)
{
    struct lesson *in[LANGUAGE_COUNT];
    struct lesson_state *s =
        open_lessons(item, in, e) == 0 ? start_lesson(o, in, e) : NULL;
    if (!s)
        return NULL;
    struct app *app = app_new(theme);
    lesson_screen_open(app, s, 0);
    if (choose_writing(o, app, e) == 0)
        return app;
    app_free(app);
    return NULL;
}

/* The app with a lesson or the walk on it. Caller frees; NULL with an error. */
static struct app *open_app(const struct options *o, struct error *e)
{
    struct shelf shelf;
    const struct shelf_lesson *item;
    const struct theme *theme = choose_theme(o, e);
    if (!theme || shelf_open(&shelf, option_text(o, OPTION_LESSONS, NULL), e) < 0)
        return NULL;
    struct app *app = find_lesson(o, &shelf, &item) ? open_lesson(o, theme, item, e)
                                                    : open_walk(o, theme, e);
    shelf_free(&shelf);
    return app;
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

static int print_plain_walk(const struct options *o, struct error *e)
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

static int print_plain(const struct options *o, struct error *e)
{
    struct shelf shelf;
    const struct shelf_lesson *item;
    if (shelf_open(&shelf, option_text(o, OPTION_LESSONS, NULL), e) < 0)
        return CLI_FAILED;
    int status = find_lesson(o, &shelf, &item) ? print_lesson(o, item, e)
                                               : print_plain_walk(o, e);
    shelf_free(&shelf);
    return status;
}

int run_walk(const struct options *o, struct error *e)
{
    terminal_set_locale();
    if (option_is_set(o, OPTION_PLAIN))
        return print_plain(o, e);
    return is_scripted(o) ? play(o, e) : run_on_terminal(o, e);
}
