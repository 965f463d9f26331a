#include "lesson/lesson_runs.h"

#include "base/memory.h"
#include "base/say.h"
#include "model/opened.h"
#include "model/weight_names.h"

#include <stdlib.h>
#include <string.h>

/* ---- keeping ---- */

static void free_gradients(struct session *gradients[2])
{
    for (int i = 0; i < 2; i++) {
        session_free(gradients[i]);
        gradients[i] = NULL;
    }
}

static void free_run(struct own_run *run)
{
    free_gradients(run->gradients);
    if (run->session != run->intact)
        session_free(run->session);
    session_free(run->intact);
}

void runs_free(struct runs *r)
{
    for (size_t i = 0; i < r->count; i++)
        free_run(&r->items[i]);
    free_gradients(r->gradients);
    free(r->items);
    free(r->text);
    *r = (struct runs){0};
}

/* Those that read the lesson's sentence. */
static void forget_readers(struct runs *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i].line->value[RUN_TEXT])
            r->items[kept++] = r->items[i];
        else
            free_run(&r->items[i]);
    r->count = kept;
}

void runs_follow(struct runs *r, const struct lesson *l, size_t scenes,
                 struct session *before, struct session *after)
{
    if (r->lesson && r->lesson != l)
        runs_free(r);
    else if (r->text && before->text && strcmp(r->text, before->text) != 0)
        forget_readers(r);
    free_gradients(r->gradients);
    free(r->text);
    r->text = before->text ? mem_string(before->text) : NULL;
    r->lesson = l;
    r->scenes = scenes < l->count ? scenes : l->count;
    r->before = before;
    r->after = after;
}

/* ---- making ---- */

static const struct run_line *find_line(const struct runs *r, const char *name,
                                        size_t length)
{
    for (size_t i = 0; i < r->scenes; i++)
        for (size_t k = 0; k < r->lesson->scenes[i].run_count; k++) {
            const struct run_line *line = &r->lesson->scenes[i].runs[k];
            if (strlen(line->name) == length && !memcmp(line->name, name, length))
                return line;
        }
    return NULL;
}

static int fail_at(const struct runs *r, const struct run_line *line, enum run_key key,
                   struct error *e)
{
    return error_at(e, r->lesson->file, line->line,
                    line->value[key] ? line->value_column[key] : line->column);
}

static struct model *model_of(const struct runs *r, const struct run_line *line,
                              struct error *e)
{
    const char *name = line->value[RUN_MODEL];
    struct model *m = name ? opened_get(name, r->before->model, e)
                           : model_share(r->before->model);
    if (!m)
        fail_at(r, line, RUN_MODEL, e);
    return m;
}

static int whatifs_of(const struct runs *r, const struct run_line *line,
                      struct whatifs *list, struct error *e)
{
    *list = (struct whatifs){0};
    if (!line->value[RUN_WHATIF] ||
        whatifs_add_all(list, line->value[RUN_WHATIF], NULL, e) == 0)
        return 0;
    whatifs_free(list);
    return fail_at(r, line, RUN_WHATIF, e);
}

static int make_intact(const struct runs *r, struct own_run *run, struct model *model)
{
    const struct run_line *line = run->line;
    const struct whatifs none = {0};
    bool reads_lesson = !line->value[RUN_TEXT] && !line->value[RUN_TARGET];
    struct session_change change = {.model = model,
                                    .text = line->value[RUN_TEXT],
                                    .target = line->value[RUN_TARGET],
                                    .whatifs = &none,
                                    .fed = reads_lesson ? r->before : NULL};
    run->intact = session_fork(r->before, &change, &run->error);
    if (run->intact)
        return 0;
    return fail_at(r, line, line->value[RUN_TEXT] ? RUN_TEXT : RUN_TARGET, &run->error);
}

static int make_changed(const struct runs *r, struct own_run *run)
{
    struct whatifs list;
    if (whatifs_of(r, run->line, &list, &run->error) < 0)
        return -1;
    const struct session_change change = {.whatifs = &list, .fed = run->intact};
    run->session = list.count ? session_fork(run->intact, &change, &run->error)
                              : run->intact;
    whatifs_free(&list);
    return run->session ? 0 : fail_at(r, run->line, RUN_WHATIF, &run->error);
}

static struct own_run *made(struct runs *r, const struct run_line *line)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i].line == line)
            return &r->items[i];
    r->items = mem_grow(r->items, r->count, &r->capacity, sizeof *r->items);
    struct own_run *run = &r->items[r->count++];
    *run = (struct own_run){.line = line};
    struct model *model = model_of(r, line, &run->error);
    if (model && make_intact(r, run, model) == 0)
        make_changed(r, run);
    model_free(model);
    return run;
}

static struct own_run *found(struct runs *r, const struct run_line *line,
                             struct error *e)
{
    struct own_run *run = made(r, line);
    if (!run->session && e && !e->set)
        *e = run->error;
    return run->session ? run : NULL;
}

static struct own_run *find(struct runs *r, const char *name, size_t length,
                            struct error *e)
{
    const struct run_line *line = find_line(r, name, length);
    int n = (int)(length < 60 ? length : 60);
    if (line)
        return found(r, line, e);
    error_set(e, "%.*s: there is no such run here; a run fence names one: %.*s: text=…",
              n, name, n, name);
    return NULL;
}

const struct own_run *runs_find(struct runs *r, const char *name, struct error *e)
{
    return find(r, name, strlen(name), e);
}

static bool is_of(const struct own_run *run, const struct session *s)
{
    return s == run->session || s == run->intact || s == run->gradients[0] ||
           s == run->gradients[1];
}

static struct own_run *find_of(const struct runs *r, const struct session *s)
{
    for (size_t i = 0; s && i < r->count; i++)
        if (is_of(&r->items[i], s))
            return &r->items[i];
    return NULL;
}

const struct own_run *runs_of_session(const struct runs *r, const struct session *s)
{
    return find_of(r, s);
}

/* ---- gradients ---- */

static struct session *with_gradients(const struct session *s, struct session **fork,
                                      struct error *e)
{
    if (*fork)
        return *fork;
    *fork = session_fork(s, &(struct session_change){0}, e);
    if (*fork && session_add_gradients(*fork, e) < 0) {
        session_free(*fork);
        *fork = NULL;
    }
    return *fork;
}

struct session *runs_intact(struct runs *r, const struct session *s, struct error *e)
{
    struct own_run *run = find_of(r, s);
    struct session *intact = run ? run->intact : r->before;
    struct session **gradients = run ? run->gradients : r->gradients;
    bool has = s && (s == gradients[0] || s == gradients[1]);
    return has ? with_gradients(intact, &gradients[0], e) : intact;
}

/* ---- names ---- */

static bool is_run_name(const char *name, size_t length)
{
    return length > 0 && name[length] == '.' && name[0] >= 'A' && name[0] <= 'Z';
}

/* What of the scene's run, or that under its what-ifs, is meant. */
static struct session *of_scene(struct runs *r, bool after, const char *rest,
                                struct error *e)
{
    struct session *s = after ? r->after : r->before;
    bool gradient = !strncmp(rest, "grad.", 5);
    return gradient ? with_gradients(s, &r->gradients[s != r->before], e) : s;
}

static struct session *of_run(struct own_run *run, const char *rest, struct error *e)
{
    bool gradient = !strncmp(rest, "grad.", 5);
    struct session **fork = &run->gradients[run->session != run->intact];
    return gradient ? with_gradients(run->session, fork, e) : run->session;
}

struct session *runs_of_name(struct runs *r, const char *name, const char **rest,
                             struct error *e)
{
    size_t length = strcspn(name, ".");
    bool before = !strncmp(name, "before.", 7), after = !strncmp(name, "after.", 6);
    bool own = is_run_name(name, length);
    *rest = before || after || own ? name + length + 1 : name;
    if (!own)
        return of_scene(r, !before, *rest, e);
    struct own_run *run = find(r, name, length, e);
    return run ? of_run(run, *rest, e) : NULL;
}

const struct labels *runs_weight_labels(struct session *s, const char *weight)
{
    struct weight_view view;
    enum side side = weight_names_find(s->run.model, weight, &view)
                         ? s->run.model->kinds[view.index].row->labels
                         : SIDE_NONE;
    if (side == SIDE_NONE)
        return NULL;
    return side == session_writes(s) ? session_label_sets(s).vocabulary
                                     : session_source_vocabulary(s);
}

char *runs_describe(struct runs *r, const char *name, bool intact)
{
    struct buffer b = {0};
    struct error e = {0};
    const struct own_run *run = runs_find(r, name, &e);
    buffer_addf(&b, "%s: ", name);
    if (!run) {
        buffer_add(&b, e.message);
        return buffer_take(&b);
    }
    const struct run_line *line = run->line;
    buffer_addf(&b, "“%s”", run->session->text ? run->session->text : "");
    if (line->value[RUN_TARGET])
        buffer_addf(&b, " → “%s”", line->value[RUN_TARGET]);
    if (line->value[RUN_MODEL])
        buffer_addf(&b, " · %s", line->value[RUN_MODEL]);
    if (line->value[RUN_WHATIF] && !intact)
        buffer_addf(&b, " · %s", line->value[RUN_WHATIF]);
    return buffer_take(&b);
}

/* ---- exams ---- */

static const struct run_line *line_of_exam(const struct runs *r, const struct node *n,
                                           struct error *e)
{
    const char *name = n->parts[1];
    const struct run_line *line = find_line(r, name, strlen(name));
    if (!line)
        error_set(e, "%.60s.exam: there is no run %.60s here; a run fence names one",
                  name, name);
    return line;
}

int runs_exam(struct runs *r, const struct node *n, struct model **model,
              struct whatifs *list, struct error *e)
{
    bool own = *n->parts[1];
    const struct run_line *line = own ? line_of_exam(r, n, e) : NULL;
    *list = (struct whatifs){0};
    if (own && !line)
        return -1;
    *model = line ? model_of(r, line, e) : model_share(r->before->model);
    if (!*model)
        return -1;
    int status = line && !*n->parts[0] ? whatifs_of(r, line, list, e)
                                       : whatifs_add_all(list, n->parts[0], "intact", e);
    if (status == 0)
        return 0;
    whatifs_free(list);
    model_free(*model);
    *model = NULL;
    return -1;
}
