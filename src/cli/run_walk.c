#include "cli/runs.h"

#include "base/file.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "lesson/progress.h"
#include "lesson/shelf.h"
#include "screen/help.h"
#include "screen/home.h"
#include "screen/lesson_screen.h"
#include "screen/plain.h"
#include "screen/plain_lesson.h"
#include "screen/screenshot.h"
#include "screen/walk.h"
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

static struct session *open_session(const struct options *o, struct error *e)
{
    if (o->count && cli_has_text(o)) {
        error_usage(e,
                    "walk: there is no lesson \"%.60s\"; stepformer lessons lists them",
                    o->arguments[0]);
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

static int open_lessons(const struct shelf_lesson *item,
                        struct lesson *in[LANGUAGE_COUNT], struct error *e)
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

/* The lesson on the model and the sentence of the options. */
static struct reading *open_reading(const struct options *o,
                                    struct lesson *const in[LANGUAGE_COUNT],
                                    struct error *e)
{
    if (o->whatif_count || option_is_set(o, OPTION_IDS) ||
        option_is_set(o, OPTION_TARGET) || option_is_set(o, OPTION_TARGET_IDS)) {
        error_usage(e, "walk LESSON: a lesson has its own what-ifs and targets; --text "
                       "gives it another sentence");
        return NULL;
    }
    char *text = option_is_set(o, OPTION_TEXT) ? cli_text(o, e) : NULL;
    struct session *s = e->set ? NULL : cli_new_session(o, e);
    struct reading *r = s ? reading_new(lesson_in(in), s, e) : NULL;
    if (r && text && reading_set_text(r, text, e) < 0) {
        reading_free(r);
        r = NULL;
    }
    free(text);
    return r;
}

/* The lesson on the model of the options. Takes the lessons; NULL with an error. */
static struct lesson_state *start_lesson(const struct options *o,
                                         struct lesson *in[LANGUAGE_COUNT],
                                         struct error *e)
{
    struct reading *r = open_reading(o, in, e);
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
    struct reading *r = open_reading(o, in, e);
    int status = r ? plain_lesson(r, &out, e) : -1;
    if (status == 0)
        fputs(out.data, stdout);
    buffer_free(&out);
    reading_free(r);
    free_lessons(in);
    return status < 0 ? CLI_FAILED : CLI_OK;
}

/* What a screen of this command keeps until the app ends. */
struct keeping {
    const struct options *o;
    struct shelf shelf;
    struct progress *progress; /* in memory only for scripts */
    const char *id;            /* of the lesson that is read; borrowed from the shelf */
};

static struct keeping keeping;

static int begin_keeping(const struct options *o, struct error *e)
{
    char *path = is_scripted(o) ? NULL : progress_path();
    keeping = (struct keeping){.o = o};
    if (shelf_open(&keeping.shelf, option_text(o, OPTION_LESSONS, NULL), e) < 0) {
        free(path);
        return -1;
    }
    keeping.progress = progress_open(path);
    free(path);
    cli_keep_exams(o, !is_scripted(o));
    return 0;
}

static void end_keeping(void)
{
    shelf_free(&keeping.shelf);
    progress_free(keeping.progress);
    exam_cache_stop();
    keeping = (struct keeping){0};
}

/* Scene and answers as they come. That a disk is full must not stop a lesson. */
static void keep_progress(void *data, const struct lesson_progress *now)
{
    struct keeping *k = data;
    struct error ignored = {0};
    const struct progress_entry *old = progress_get(k->progress, k->id);
    struct progress_entry entry = old ? *old : (struct progress_entry){0};
    entry.id = (char *)k->id;
    entry.scene = now->scene;
    entry.scenes = now->scenes;
    entry.furthest = now->scene > entry.furthest ? now->scene : entry.furthest;
    entry.asked += now->asked;
    entry.right += now->right;
    progress_set(k->progress, &entry);
    progress_save(k->progress, &ignored);
}

static int push_lesson(struct app *app, const struct shelf_lesson *item, int scene,
                       struct error *e)
{
    struct lesson *in[LANGUAGE_COUNT];
    struct lesson_state *s =
        open_lessons(item, in, e) == 0 ? start_lesson(keeping.o, in, e) : NULL;
    if (!s)
        return -1;
    keeping.id = item->id;
    s->saved = keep_progress;
    s->data = &keeping;
    lesson_screen_open(app, s, scene);
    return 0;
}

/* ---- home ---- */

/* One line with the place. Caller frees. */
static char *message_of(const struct error *e)
{
    char line[1024];
    error_line(e, line, sizeof line);
    return mem_string(line);
}

static void show_error(struct app *app, const struct error *e)
{
    char *message = message_of(e);
    reader_open(app, say(SAY_CANNOT_OPEN), message);
    free(message);
}

static void home_lesson(void *data, struct app *app, size_t item, int scene)
{
    struct keeping *k = data;
    struct error e = {0};
    if (push_lesson(app, &k->shelf.items[item], scene, &e) < 0)
        show_error(app, &e);
}

static void home_walk(void *data, struct app *app)
{
    struct keeping *k = data;
    struct error e = {0};
    struct session *s = open_default(k->o, &e);
    if (s)
        walk_open_guest(app, walk_new(exhibit_of_session(s)));
    else
        show_error(app, &e);
}

static void home_refresh(void *data, struct home_item *items, size_t count)
{
    const struct keeping *k = data;
    for (size_t i = 0; i < count; i++) {
        const struct progress_entry *x = progress_get(k->progress, items[i].id);
        items[i].started = x != NULL;
        if (!x)
            continue;
        items[i].scene = x->scene;
        items[i].furthest = x->furthest;
        items[i].asked = x->asked;
        items[i].right = x->right;
    }
}

static struct home_item make_item(const struct shelf_lesson *l)
{
    struct home_item item = {.id = mem_string(l->id),
                             .folder = l->own ? mem_string(l->folder) : NULL};
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        struct error e = {0};
        struct lesson *lesson = l->file[i] ? lesson_open(l->file[i], &e) : NULL;
        if (e.set && !item.problem)
            item.problem = message_of(&e);
        if (!lesson)
            continue;
        item.title[i] = mem_string(lesson->title);
        item.part = lesson->part;
        item.minutes = lesson->minutes;
        item.scenes = (long)lesson->count;
        free(item.text);
        item.text = mem_string(lesson->text);
        lesson_free(lesson);
    }
    return item;
}

static void push_home(struct app *app)
{
    size_t count = keeping.shelf.count;
    struct home_item *items = mem_zero(count + 1, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = make_item(&keeping.shelf.items[i]);
    home_open(app, items, count,
              (struct home_calls){home_lesson, home_walk, home_refresh, NULL, &keeping});
}

/* ---- the app ---- */

static int push_walk(const struct options *o, struct app *app, struct error *e)
{
    struct session *s = open_session(o, e);
    if (!s)
        return -1;
    struct walk *w = walk_new(exhibit_of_session(s));
    walk_open(app, w);
    return set_autoplay(o, w, e);
}

/* What the command asks for on a new app: home, a lesson, or the walk. Caller frees; NULL
 * with an error. */
static struct app *open_app(const struct options *o, bool home, struct error *e)
{
    const struct shelf_lesson *item;
    const struct theme *theme = choose_theme(o, e);
    if (!theme || begin_keeping(o, e) < 0)
        return NULL;
    struct app *app = app_new(theme);
    int status = choose_writing(o, app, e);
    if (status == 0 && home)
        push_home(app);
    else if (status == 0 && find_lesson(o, &keeping.shelf, &item))
        status = push_lesson(app, item, 0, e);
    else if (status == 0)
        status = push_walk(o, app, e);
    if (status == 0)
        return app;
    app_free(app);
    end_keeping();
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

static int play(const struct options *o, bool home, struct error *e)
{
    int rows = 24, columns = 80;
    struct script script = {0};
    const char *size = option_text(o, OPTION_SIZE, NULL);
    if ((size && size_parse(size, &rows, &columns, e) < 0) ||
        script_parse(option_text(o, OPTION_KEYS, ""), &script, e) < 0)
        return CLI_USAGE;
    struct app *app = open_app(o, home, e);
    int status = app ? save(o, app_run_script(app, &script, rows, columns), e) : -1;
    app_free(app);
    end_keeping();
    script_free(&script);
    return status < 0 ? CLI_FAILED : CLI_OK;
}

/* ---- on the terminal ---- */

static int run_on_terminal(const struct options *o, bool home, struct error *e)
{
    if (!isatty(STDOUT_FILENO)) {
        error_set(
            e, "walk: standard output is not a terminal; use walk --plain for text, or "
               "walk --keys 'KEYS' --dump FILE");
        return CLI_FAILED;
    }
    struct app *app = open_app(o, home, e);
    struct terminal *t = app ? terminal_open(e) : NULL;
    if (t)
        app_run_terminal(app, t);
    terminal_close(t);
    app_free(app);
    end_keeping();
    return t ? CLI_OK : CLI_FAILED;
}

static int print_plain_walk(const struct options *o, struct error *e)
{
    struct session *s = open_session(o, e);
    if (!s)
        return CLI_FAILED;
    struct buffer out = {0};
    struct exhibit x = exhibit_of_session(s);
    plain_walk(&x, &out);
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
    cli_keep_exams(o, true);
    int status = find_lesson(o, &shelf, &item) ? print_lesson(o, item, e)
                                               : print_plain_walk(o, e);
    exam_cache_stop();
    shelf_free(&shelf);
    return status;
}

static int run(const struct options *o, bool home, struct error *e)
{
    if (o->count > 1) {
        error_usage(e, "walk: there is an argument too many, \"%.60s\"; quote a text of "
                       "several words: stepformer walk TEXT", o->arguments[1]);
        return CLI_USAGE;
    }
    terminal_set_locale();
    if (option_is_set(o, OPTION_PLAIN))
        return print_plain(o, e);
    return is_scripted(o) ? play(o, home, e) : run_on_terminal(o, home, e);
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
