#include "screen/program.h"

#include "base/memory.h"
#include "base/say.h"
#include "lesson/progress.h"
#include "lesson/shelf.h"
#include "screen/help.h"
#include "screen/home.h"
#include "screen/lesson_screen.h"
#include "screen/map_screen.h"
#include "screen/plain.h"
#include "screen/plain_lesson.h"
#include "screen/screens.h"
#include "screen/walk.h"

#include <stdlib.h>

struct program {
    struct program_settings settings;
    struct app *app;
    struct shelf shelf;
    struct progress *progress;
    const char *id; /* of the lesson that is read; borrowed from the shelf */
    struct home *home; /* NULL without one; borrowed from the app */
};

/* ---- lessons ---- */

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

/* The lesson on the model and the sentence that were asked for. */
static struct reading *open_reading(const struct program_source *source,
                                    struct lesson *const in[LANGUAGE_COUNT],
                                    struct error *e)
{
    char *text = NULL;
    struct session *s = source->lesson(source->data, &text, e);
    struct reading *r = s ? reading_new(lesson_in(in), s, e) : NULL;
    if (r && text && reading_set_text(r, text, e) < 0) {
        reading_free(r);
        r = NULL;
    }
    free(text);
    return r;
}

/* Takes the lessons; NULL with an error. */
static struct lesson_state *start_lesson(const struct program_source *source,
                                         struct lesson *in[LANGUAGE_COUNT],
                                         struct error *e)
{
    struct reading *r = open_reading(source, in, e);
    if (r)
        return lesson_state_new(r, in);
    free_lessons(in);
    return NULL;
}

/* Scene and answers as they come. That a disk is full must not stop a lesson. */
static void keep_progress(void *data, const struct lesson_progress *now)
{
    struct program *p = data;
    struct error ignored = {0};
    const struct progress_entry *old = progress_get(p->progress, p->id);
    struct progress_entry entry = old ? *old : (struct progress_entry){0};
    entry.id = (char *)p->id;
    entry.scene = now->scene;
    entry.scenes = now->scenes;
    entry.furthest = now->scene > entry.furthest ? now->scene : entry.furthest;
    entry.asked += now->asked;
    entry.right += now->right;
    entry.missed = (char *)now->missed;
    progress_set(p->progress, &entry);
    progress_save(p->progress, &ignored);
}

/* The last scene was left: the home screen is next. */
static void end_lesson(void *data)
{
    const struct program *p = data;
    for (size_t i = 0; i < p->shelf.count; i++)
        if (p->shelf.items[i].id == p->id)
            home_ended(p->home, p->app, i);
}

static int push_lesson(struct program *p, const struct shelf_lesson *item, int scene,
                       struct error *e)
{
    struct lesson *in[LANGUAGE_COUNT];
    struct lesson_state *s = open_lessons(item, in, e) == 0
                                 ? start_lesson(&p->settings.source, in, e)
                                 : NULL;
    if (!s)
        return -1;
    const struct progress_entry *old = progress_get(p->progress, item->id);
    if (old && old->missed)
        lesson_set_missed(s, old->missed);
    p->id = item->id;
    s->saved = keep_progress;
    s->ended = p->home ? end_lesson : NULL;
    s->data = p;
    lesson_screen_open(p->app, s, scene);
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

static void open_lesson(void *data, struct app *app, size_t item, int scene)
{
    struct program *p = data;
    struct error e = {0};
    if (push_lesson(p, &p->shelf.items[item], scene, &e) < 0)
        show_error(app, &e);
}

/* What can be brought to a screen of the menu: any sentence can be run, and all that is
 * there can be read. */
static unsigned brings(const struct program *p)
{
    return NEED_MODEL | NEED_RUN | (p->shelf.count ? NEED_LESSON : 0);
}

static void open_screen(void *data, struct app *app, enum screen_id id)
{
    const struct program *p = data;
    const struct program_source *source = &p->settings.source;
    struct error e = {0};
    if (id != SCREEN_WALK && id != SCREEN_MAP) {
        app_open(app, id, &(struct subject){.has = brings(p)});
        return;
    }
    struct session *s = source->walk(source->data, false, &e);
    if (!s)
        show_error(app, &e);
    else if (id == SCREEN_MAP)
        map_open_over(app, walk_new(exhibit_of_session(s)), NULL);
    else
        walk_open_guest(app, walk_new(exhibit_of_session(s)));
}

static void refresh(void *data, struct home_item *items, size_t count)
{
    const struct program *p = data;
    for (size_t i = 0; i < count; i++) {
        const struct progress_entry *x = progress_get(p->progress, items[i].id);
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

static void push_home(struct program *p)
{
    size_t count = p->shelf.count;
    struct home_item *items = mem_zero(count + 1, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = make_item(&p->shelf.items[i]);
    p->home = home_open(p->app, items, count,
                        (struct home_calls){.open_lesson = open_lesson,
                                            .open_screen = open_screen,
                                            .refresh = refresh,
                                            .data = p,
                                            .has = brings(p)});
}

/* ---- the program ---- */

static int push_walk(struct program *p, struct error *e)
{
    const struct program_settings *x = &p->settings;
    struct session *s = x->source.walk(x->source.data, true, e);
    if (!s)
        return -1;
    struct walk *w = walk_new(exhibit_of_session(s));
    w->autoplay = x->autoplay;
    w->playing = x->playing;
    walk_open(p->app, w);
    return 0;
}

/* The lesson that was named; NULL when none was, or there is none of this name. */
static const struct shelf_lesson *named(const struct program_settings *x,
                                        const struct shelf *shelf)
{
    return x->name ? shelf_find(shelf, x->name) : NULL;
}

static int push_first(struct program *p, struct error *e)
{
    const struct shelf_lesson *item = named(&p->settings, &p->shelf);
    if (p->settings.home) {
        push_home(p);
        return 0;
    }
    return item ? push_lesson(p, item, 0, e) : push_walk(p, e);
}

struct program *program_new(const struct program_settings *settings, struct error *e)
{
    struct program *p = mem_zero(1, sizeof *p);
    p->settings = *settings;
    if (shelf_open(&p->shelf, settings->lessons, e) < 0) {
        free(p);
        return NULL;
    }
    char *path = settings->keep ? progress_path() : NULL;
    p->progress = progress_open(path);
    free(path);
    p->app = app_new(settings->theme, screen_table);
    app_set_writing(p->app, settings->ascii, settings->romanize);
    if (push_first(p, e) == 0)
        return p;
    program_free(p);
    return NULL;
}

void program_free(struct program *p)
{
    if (!p)
        return;
    app_free(p->app);
    shelf_free(&p->shelf);
    progress_free(p->progress);
    free(p);
}

void program_run(struct program *p, struct terminal *t)
{
    app_run_terminal(p->app, t);
}

const struct canvas *program_play(struct program *p, const struct script *script,
                                  int rows, int columns)
{
    return app_run_script(p->app, script, rows, columns);
}

/* ---- as text ---- */

static int print_lesson(const struct program_source *source,
                        const struct shelf_lesson *item, struct buffer *out,
                        struct error *e)
{
    struct lesson *in[LANGUAGE_COUNT];
    if (open_lessons(item, in, e) < 0)
        return -1;
    struct reading *r = open_reading(source, in, e);
    int status = r ? plain_lesson(r, out, e) : -1;
    reading_free(r);
    free_lessons(in);
    return status;
}

static int print_walk(const struct program_source *source, struct buffer *out,
                      struct error *e)
{
    struct session *s = source->walk(source->data, true, e);
    if (!s)
        return -1;
    struct exhibit x = exhibit_of_session(s);
    plain_walk(&x, out);
    session_free(s);
    return 0;
}

int program_print(const struct program_settings *settings, struct buffer *out,
                  struct error *e)
{
    struct shelf shelf;
    if (shelf_open(&shelf, settings->lessons, e) < 0)
        return -1;
    const struct shelf_lesson *item = named(settings, &shelf);
    int status = item ? print_lesson(&settings->source, item, out, e)
                      : print_walk(&settings->source, out, e);
    shelf_free(&shelf);
    return status;
}
