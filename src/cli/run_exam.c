#include "cli/runs.h"

#include "base/json.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "study/exam_cache.h"
#include "study/exams.h"
#include "study/rewrite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLICE 50 /* milliseconds of work between two looks at what has come */

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

/* One line on a terminal, written over itself. */
static void show_progress(const char *name, const struct exam_state *x)
{
    const struct exam_score *s = x->score;
    if (!isatty(STDERR_FILENO) || !s || x->size < 1)
        return;
    int width = 24, full = (int)(width * s->sentences / x->size);
    fprintf(stderr, "\r%s  [", name);
    for (int i = 0; i < width; i++)
        fputc(i < full ? '#' : '.', stderr);
    fprintf(stderr, "] %ld / %ld  %.4f ", s->sentences, x->size, s->exact_match);
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

/* The score under one list of what-ifs, as far as it came: borrowed from the set. NULL
 * with an error. */
static const struct exam_score *run_one(struct exams *x, const struct whatifs *list,
                                        const char *name, struct error *e)
{
    exams_pause(x);
    if (exams_want_list(x, list, e) < 0)
        return NULL;
    bool more = true;
    while (more && !stopped) {
        more = exams_work(x, SLICE);
        struct exam_state state = exams_state(x, list);
        show_progress(name, &state);
    }
    clear_progress();
    struct exam_state state = exams_state(x, list);
    if (!state.score && e && !e->set)
        *e = *state.error;
    return state.score;
}

/* ---- one exam ---- */

static void print_score(const struct exam_score *s)
{
    printf("%s %.4f (%ld / %ld)   %s %.6g\n\n", say(SAY_CLI_EXAM_LINE), s->exact_match,
           s->right, s->sentences, say(SAY_CLI_EXAM_LOSS), s->loss);
    printf("%s\n", say(SAY_CLI_EXAM_KIND));
    for (size_t i = 0; i < s->kind_count; i++) {
        const struct exam_kind *k = &s->kinds[i];
        printf("  %-14s %.4f (%ld / %ld)\n", k->name,
               (double)k->right / (double)k->sentences, k->right, k->sentences);
    }
}

static struct json *score_json(const struct exam_score *s)
{
    struct json *j = json_new_object(), *kinds = json_new_object();
    json_add_integer(j, "sentences", s->sentences);
    json_add_number(j, "exact_match", s->exact_match);
    json_add_number(j, "loss", s->loss);
    for (size_t i = 0; i < s->kind_count; i++)
        json_add_number(kinds, s->kinds[i].name,
                        (double)s->kinds[i].right / (double)s->kinds[i].sentences);
    json_add(j, "by_kind", kinds);
    return j;
}

static void print_json(struct json *j)
{
    char *text = json_print(j, true);
    fputs(text, stdout);
    free(text);
    json_free(j);
}

static int single(const struct options *o, struct session *s, struct exams *x,
                  struct error *e)
{
    char *name = whatifs_text(&s->whatifs);
    const struct exam_score *score =
        run_one(x, &s->whatifs, *name ? name : say(SAY_CLI_EXAM_INTACT), e);
    if (score && option_is_set(o, OPTION_JSON)) {
        struct json *j = score_json(score);
        json_add(j, "what_if", session_whatifs_json(s));
        print_json(j);
    } else if (score) {
        print_score(score);
    }
    free(name);
    return score ? 0 : -1;
}

/* ---- sweeps ---- */

/* The what-ifs that a sweep adds one at a time: every head, or every part. */
static struct buffer sweep_list(const struct session *s, bool heads)
{
    struct buffer b = {0};
    struct error ignored = {0};
    struct plan *p = model_shortest_plan(s->model, &ignored);
    struct places places = whatif_places(p, true);
    for (size_t i = 0; heads && i < places.count; i++) {
        char *at = place_text(places.items[i]);
        for (long h = 1; h <= plan_heads(p); h++)
            buffer_addf(&b, "ablate@%s:%ld\n", at, h);
        free(at);
    }
    for (int i = 0; i < WHATIF_COUNT && !heads; i++) {
        enum whatif_id id = (enum whatif_id)i;
        struct whatifs one = {0};
        struct error e = {0};
        if (!whatif_needs_value(id) && !whatif_needs_place(id) &&
            whatifs_add(&one, whatif_name(id), &e) == 0 &&
            whatifs_apply(&one, p, &e) == 0)
            buffer_addf(&b, "%s\n", whatif_name(id));
        whatifs_free(&one);
    }
    places_free(&places);
    plan_free(p);
    return b;
}

static void print_row(const char *add, const struct exam_score *score,
                      struct json *rows)
{
    if (rows) {
        struct json *j = score_json(score);
        json_add_text(j, "switched_off", add ? add : "");
        json_append(rows, j);
        return;
    }
    printf("%-34s %.4f   %.6g\n", add ? add : say(SAY_CLI_EXAM_INTACT),
           score->exact_match, score->loss);
    fflush(stdout);
}

/* One row of the sweep: the session's what-ifs and one more, unless it is in force. */
static int sweep_row(struct session *s, struct exams *x, const char *add,
                     struct json *rows, struct error *e)
{
    struct whatifs list;
    struct error twice = {0};
    whatifs_copy(&list, &s->whatifs);
    int result = 0;
    if (!add || whatifs_add(&list, add, &twice) == 0) {
        const char *name = add ? add : say(SAY_CLI_EXAM_INTACT);
        const struct exam_score *score = run_one(x, &list, name, e);
        if (score)
            print_row(add, score, rows);
        else
            result = -1;
    }
    whatifs_free(&list);
    return result;
}

static int sweep(const struct options *o, struct session *s, struct exams *x, bool heads,
                 struct error *e)
{
    bool json = option_is_set(o, OPTION_JSON);
    struct json *rows = json ? json_new_array() : NULL;
    struct buffer list = sweep_list(s, heads);
    if (!json)
        printf("%-34s %s   %s\n", "", say(SAY_CLI_EXAM_LINE), say(SAY_CLI_EXAM_LOSS));
    int result = sweep_row(s, x, NULL, rows, e);
    char *rest = NULL;
    for (char *w = list.data ? strtok_r(list.data, "\n", &rest) : NULL;
         w && result == 0 && !stopped; w = strtok_r(NULL, "\n", &rest))
        result = sweep_row(s, x, w, rows, e);
    if (json && result == 0) {
        struct json *j = json_new_object();
        json_add(j, "what_if", session_whatifs_json(s));
        json_add(j, "sweep", rows);
        print_json(j);
    } else {
        json_free(rows);
    }
    buffer_free(&list);
    return result;
}

static int hold(const struct options *o, struct session *s, int which, long first,
                struct error *e)
{
    cli_keep_exams(o, !option_is_set(o, OPTION_NO_CACHE));
    struct exams *x = exams_new(s->model, &s->options.trace, first);
    int result = which ? sweep(o, s, x, which == 1, e) : single(o, s, x, e);
    exams_free(x);
    exam_cache_stop();
    return result;
}

int run_exam(const struct options *o, struct error *e)
{
    static const char *const sweeps[] = {"", "heads", "parts", NULL};
    long first = 0;
    int which = option_choice(o, OPTION_SWEEP, sweeps, e);
    if (which < 0 || option_integer(o, OPTION_FIRST, 1, 100000000, &first, e) < 0)
        return CLI_USAGE;
    struct whatifs list;
    struct session *s = cli_new_session(o, e);
    int result = s ? cli_whatifs(o, &list, e) : -1;
    if (result == 0) {
        result = list.count ? session_set_whatifs(s, &list, e) : 0;
        whatifs_free(&list);
    }
    signal(SIGINT, stop);
    if (result == 0)
        result = hold(o, s, which, first, e);
    session_free(s);
    if (result == 0 && stopped)
        error_set(e, "exam: interrupted; the figures are those of the sentences done");
    return result < 0 || stopped ? CLI_FAILED : CLI_OK;
}
