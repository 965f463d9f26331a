/* The decoder word by word: at every step the whole distribution over the vocabulary, the
 * token that was taken, and another one to take instead. */
#include "base/memory.h"
#include "base/order.h"
#include "base/say.h"
#include "screen/app.h"
#include "screen/panel.h"
#include "screen/walk_state.h"
#include "study/decoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 8 /* of the vocabulary */

struct word_step {
    int32_t token, own; /* taken, and what the model would take itself */
    double *logits;     /* one number for each id */
};

struct words {
    struct walk *walk;
    struct word_step *steps;
    size_t capacity;
    long count, at, selected; /* steps, the one looked at, and the row of its list */
    int heat;                 /* index of the temperature */
    struct error error;
};

static const enum action bar[] = {ACTION_WORDS_NEXT,   ACTION_WORDS_TAKE,
                                  ACTION_WORDS_CLOSE,  ACTION_WORDS_OWN,
                                  ACTION_WORDS_WARMER, ACTION_LANGUAGE,
                                  ACTION_MAP};

static const double temperatures[] = {0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10};
#define TEMPERATURES (int)(sizeof temperatures / sizeof *temperatures)
#define TEMPERATURE_ONE 4

static long vocabulary(const struct words *v)
{
    const struct session *s = v->walk->session;
    return model_vocabulary(s->run.model, session_writes(s));
}

/* ---- generating ---- */

static void forget(struct words *v)
{
    for (long i = 0; i < v->count; i++)
        free(v->steps[i].logits);
    v->count = 0;
}

static struct word_step *add_step(struct words *v, const double *logits)
{
    size_t n = (size_t)vocabulary(v);
    v->steps = mem_grow(v->steps, (size_t)v->count, &v->capacity, sizeof *v->steps);
    struct word_step *s = &v->steps[v->count++];
    s->logits = mem_alloc(n, sizeof *s->logits);
    memcpy(s->logits, logits, n * sizeof *logits);
    s->token = s->own = (int32_t)decode_best(logits, (long)n);
    return s;
}

static void decode(struct words *v, struct decoder *d, const int32_t *chosen, long kept)
{
    const struct session *s = v->walk->session;
    const struct config *c = s->run.model->config;
    long limit = decode_limit(s->run.model, s->sources);
    int32_t token = decode_first(s->run.model, s->source, s->sources);
    while (v->count < limit) {
        const double *logits = decoder_step(d, token, &v->error);
        if (!logits)
            return;
        struct word_step *step = add_step(v, logits);
        if (v->count <= kept)
            step->token = chosen[v->count - 1];
        token = step->token;
        if (config_ends(c, token))
            return;
    }
}

/* Keeps the tokens of the first `kept` steps and goes on greedily from there. */
static void generate(struct words *v, long kept)
{
    const struct session *s = v->walk->session;
    int32_t *chosen = mem_alloc((size_t)kept + 1, sizeof *chosen);
    for (long i = 0; i < kept; i++)
        chosen[i] = v->steps[i].token;
    forget(v);
    v->error = (struct error){0};
    struct decoder *d = decoder_new(&s->run, s->source, s->sources, &v->error);
    if (d)
        decode(v, d, chosen, kept);
    decoder_free(d);
    free(chosen);
}

/* The largest logits of the step, in order. */
static long largest(const struct words *v, long order[SHOWN])
{
    long n = vocabulary(v), shown = n < SHOWN ? n : SHOWN;
    order_largest(v->steps[v->at].logits, n, shown, order);
    return shown;
}

/* Selected is the token that was taken, where it shows. */
static void go(struct words *v, long step)
{
    long order[SHOWN];
    v->at = step >= v->count ? v->count - 1 : step;
    v->at = v->at < 0 ? 0 : v->at;
    v->selected = 0;
    long shown = v->count ? largest(v, order) : 0;
    for (long i = 0; i < shown; i++)
        if (order[i] == v->steps[v->at].token)
            v->selected = i;
}

/* ---- drawing ---- */

static char *label(const struct words *v, long id)
{
    return session_label(v->walk->session, session_writes(v->walk->session), id);
}

static bool is_changed(const struct word_step *s)
{
    return s->token != s->own;
}

/* The words one after the other; those after the step are dim. Returns the rows. */
static int draw_words(const struct words *v, struct canvas *c, struct area a)
{
    int row = 0, column = 0;
    for (long i = 0; i < v->count; i++) {
        const struct word_step *s = &v->steps[i];
        char *piece = label(v, s->token);
        char *text = mem_format(" %s%s ", is_changed(s) ? "*" : "", piece);
        int width = canvas_width(c, text);
        if (column + width > a.columns && column > 0) {
            row++;
            column = 0;
        }
        enum look look = i == v->at      ? LOOK_TOKEN_ON
                         : is_changed(s) ? LOOK_WARNING
                         : i < v->at     ? LOOK_TOKEN
                                         : LOOK_DIM;
        column = canvas_text(c, a, row, column, theme_style(c, look), text);
        free(text);
        free(piece);
    }
    return row + 1 < a.rows ? row + 1 : a.rows;
}

static void draw_bar(struct canvas *c, struct area a, double share, enum look look)
{
    int full = (int)(a.columns * share + 0.5);
    for (int i = 0; i < a.columns; i++)
        canvas_text(c, a, 0, i, theme_style(c, i < full ? look : LOOK_BORDER),
                    i < full ? "█" : "·");
}

/* "▸ ● ▁school   0.9731  ████" */
static void draw_choice(const struct words *v, struct canvas *c, struct area line,
                        long index, long id, double p)
{
    const struct word_step *s = &v->steps[v->at];
    bool on = index == v->selected, taken = id == s->token;
    struct style style = theme_style(c, on      ? LOOK_SELECTION
                                        : taken ? LOOK_RESULT
                                                : LOOK_TEXT);
    char number[16];
    snprintf(number, sizeof number, p >= 0.00005 || p == 0 ? "%.4f" : "%.0e", p);
    char *piece = label(v, id);
    int name = line.columns >= 100 ? 24 : 16;
    canvas_fill(c, area_part(line, 0, 0, 1, name + 12), style);
    canvas_text(c, line, 0, 0, style, on ? "▸" : " ");
    canvas_text(c, line, 0, 2, style, taken ? "●" : id == s->own ? "○" : " ");
    canvas_field(c, area_part(line, 0, 4, 1, name), 0, ALIGN_LEFT, style, piece);
    canvas_text(c, line, 0, name + 5, style, number);
    draw_bar(c, area_part(line, 0, name + 13, 1, line.columns - name - 13), p,
             taken ? LOOK_GOOD : LOOK_STAGE_ID);
    free(piece);
}

static void draw_step_title(const struct words *v, struct canvas *c, struct area a)
{
    char number[48], heat[32];
    snprintf(number, sizeof number, "%ld / %ld", v->at + 1, v->count);
    snprintf(heat, sizeof heat, "T = %g", temperatures[v->heat]);
    char *step = say_with(SAY_WORDS_STEP, number);
    const struct session *s = v->walk->session;
    char *before = label(v, v->at ? v->steps[v->at - 1].token
                                  : decode_first(s->model, s->source, s->sources));
    char *after = say_with(SAY_WORDS_AFTER, before);
    int end = canvas_text(c, a, 0, 0, theme_style(c, LOOK_TITLE), step);
    end = canvas_text(c, a, 0, end + 2, theme_style(c, LOOK_DIM), after);
    if (end + 2 + (int)strlen(heat) <= a.columns)
        canvas_field(c, area_part(a, 0, end + 2, 1, a.columns - end - 2), 0, ALIGN_RIGHT,
                     theme_style(c, v->heat == TEMPERATURE_ONE ? LOOK_DIM : LOOK_FOCUS),
                     heat);
    free(step);
    free(before);
    free(after);
}

/* The full distribution, of which the largest are shown and the rest is summed up. */
static int draw_distribution(const struct words *v, struct canvas *c, struct area a)
{
    long n = vocabulary(v), order[SHOWN], shown = largest(v, order);
    struct decode_options options = {.temperature = temperatures[v->heat]};
    double *p = mem_alloc((size_t)n, sizeof *p), left = 1;
    decode_distribution(v->steps[v->at].logits, n, &options, p);
    int row = 0;
    for (long i = 0; i < shown && row < a.rows; i++) {
        draw_choice(v, c, area_part(a, row++, 0, 1, a.columns), i, order[i], p[order[i]]);
        left -= p[order[i]];
    }
    free(p);
    char number[64];
    snprintf(number, sizeof number, "%ld: %.4f", n - shown, left > 0 ? left : 0);
    char *rest = say_with(SAY_WORDS_REST, number);
    canvas_text(c, a, row++, 4, theme_style(c, LOOK_DIM), rest);
    free(rest);
    return row;
}

static void words_draw(const void *state, struct canvas *c, struct area a)
{
    const struct words *v = state;
    const struct session *s = v->walk->session;
    struct area in =
        panel_draw(c, a, say(SAY_WORDS_TITLE), bar, sizeof bar / sizeof *bar);
    canvas_field(c, area_part(in, 0, 0, 1, in.columns), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_TITLE), s->text ? s->text : "-");
    if (v->count == 0) {
        canvas_wrap(c, in, 2, theme_style(c, LOOK_WARNING), v->error.message);
        return;
    }
    bool roomy = in.rows >= 19;
    int row = 1 + roomy;
    row += draw_words(v, c, area_part(in, row, 0, roomy ? 3 : 2, in.columns)) + 1;
    draw_step_title(v, c, area_part(in, row, 0, 1, in.columns));
    row += 1 + roomy;
    row += draw_distribution(v, c, area_part(in, row, 0, in.rows - row, in.columns));
    row += roomy;
    canvas_wrap(c, area_part(in, row, 0, in.rows - row, in.columns), 0,
                theme_style(c, LOOK_DIM), say(SAY_WORDS_HINT));
}

/* ---- keys ---- */

static void select_by(struct words *v, long by)
{
    long n = vocabulary(v), shown = n < SHOWN ? n : SHOWN, to = v->selected + by;
    v->selected = to < 0 ? 0 : to >= shown ? shown - 1 : to;
}

static void warm(struct words *v, int by)
{
    int to = v->heat + by;
    v->heat = to < 0 ? 0 : to >= TEMPERATURES ? TEMPERATURES - 1 : to;
}

/* The selected token at this step, and the model's own words after it. */
static void take_selected(struct words *v)
{
    long order[SHOWN];
    largest(v, order);
    v->steps[v->at].token = (int32_t)order[v->selected];
    generate(v, v->at + 1);
    go(v, v->at);
}

static void take_own(struct words *v)
{
    generate(v, 0);
    go(v, v->at);
}

/* False for what does nothing here. */
static bool act_on_step(struct words *v, enum action action)
{
    switch (action) {
    case ACTION_WORDS_NEXT:
    case ACTION_WORDS_BACK:
        go(v, v->at + (action == ACTION_WORDS_NEXT ? 1 : -1));
        break;
    case ACTION_UP:
    case ACTION_DOWN:
        select_by(v, action == ACTION_UP ? -1 : 1);
        break;
    case ACTION_WORDS_TAKE:
        take_selected(v);
        break;
    case ACTION_WORDS_OWN:
        take_own(v);
        break;
    case ACTION_WORDS_WARMER:
    case ACTION_WORDS_COLDER:
        warm(v, action == ACTION_WORDS_WARMER ? 1 : -1);
        break;
    default:
        return false;
    }
    return true;
}

static void words_act(void *state, struct app *app, const struct event *event)
{
    struct words *v = state;
    if (event->kind != EVENT_KEY)
        return;
    enum action action = action_find(GROUP_WORDS, event->key);
    if (action == ACTION_NONE)
        action = action_find(GROUP_MOVE | GROUP_PROGRAM, event->key);
    switch (action) {
    case ACTION_WORDS_CLOSE:
    case ACTION_QUIT:
        app_pop(app);
        break;
    case ACTION_MAP:
        app_open_once(app, SCREEN_MAP,
                      &(struct subject){.has = NEED_RUN | NEED_MODEL, .walk = v->walk});
        break;
    case ACTION_RESTORE:
        app_pass(app, event);
        take_own(v);
        break;
    case ACTION_LANGUAGE:
    case ACTION_THEME:
    case ACTION_HELP:
        app_pass(app, event);
        break;
    default:
        if (v->count == 0 || !act_on_step(v, action))
            app_other_key(app, event->key);
    }
}

static void words_free(void *state)
{
    struct words *v = state;
    forget(v);
    free(v->steps);
    free(v);
}

static void *words_new(struct app *app, const struct subject *on)
{
    struct words *v = mem_zero(1, sizeof *v);
    (void)app;
    v->walk = on->walk;
    v->heat = TEMPERATURE_ONE;
    generate(v, 0);
    go(v, 0);
    return v;
}

const struct screen words_screen = {
    .name = "words",
    .covers = true,
    .open = words_new,
    .draw = words_draw,
    .act = words_act,
    .free = words_free,
};
