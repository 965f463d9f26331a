/* The walk on a worked example of a lesson: traces without a model, as a guest on top of
 * another screen. The frames are compared as in test_walk.c. */
#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "keys.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "screen/walk_view.h"
#include "frames.h"

#define TITLE "Scores and shares"

static float q_numbers[] = {3, 0, -1, 2}, k_numbers[] = {3, 3, 0, 4, -2, 2};

/* Borrowed by the traces of one test. */
struct worked {
    struct labels queries, keys;
    struct trace *trace, *reference;
};

static void add_label(struct labels *l, const char *text)
{
    labels_add(l, (struct label){.text = mem_string(text), .word = -1});
}

static struct ref give(struct plan *p, const char *name, float *numbers, long rows,
                       const struct labels *labels)
{
    struct ref ref = plan_given(
        p, name,
        (struct tensor){.type = TENSOR_F32, .rank = 2, .size = {rows, 2}, .f32 = numbers});
    p->parts[ref.index].axes[0] = (struct axis){AXIS_TOKEN, SIDE_NONE, labels};
    p->parts[ref.index].axes[1] = (struct axis){AXIS_FEATURE, SIDE_NONE, NULL};
    return ref;
}

static struct ref add(struct plan *p, const char *id, enum op_id op, struct ref a,
                      struct ref b, long heads, const struct axis axes[TENSOR_MAX_RANK])
{
    struct stage s = {.name = id,
                      .symbol = id,
                      .op = op,
                      .role = op == OP_SOFTMAX ? ROLE_COMPUTED_SHARE : ROLE_COMPUTED,
                      .in = {a, b},
                      .params.integer = heads};
    memcpy(s.axes, axes, sizeof s.axes);
    return plan_add(p, s);
}

/* s = q·kᵀ, p.1 = s + s, p = softmax(p.1), and k in two heads of one feature each. */
static struct plan *make_plan(struct worked *x)
{
    struct plan *p = plan_new(NULL);
    struct ref no = {0};
    struct ref q = give(p, "q", q_numbers, 2, &x->queries);
    struct ref k = give(p, "k", k_numbers, 3, &x->keys);
    const struct axis map[] = {{AXIS_QUERY, SIDE_NONE, &x->queries},
                               {AXIS_KEY, SIDE_NONE, &x->keys},
                               {0}};
    const struct axis split[] = {{AXIS_HEAD, SIDE_NONE, NULL},
                                 {AXIS_TOKEN, SIDE_NONE, &x->keys},
                                 {AXIS_FEATURE, SIDE_NONE, NULL}};
    struct ref s = add(p, "s", OP_SCORES, q, k, 0, map);
    struct ref twice = add(p, "p.1", OP_ADD, s, s, 0, map);
    add(p, "p", OP_SOFTMAX, twice, no, 0, map);
    add(p, "h", OP_SPLIT_HEADS, k, no, 2, split);
    if (p->error.set)
        fail_msg("%s", p->error.message);
    return p;
}

static void open_worked(struct worked *x)
{
    *x = (struct worked){0};
    add_label(&x->queries, "첫째");
    add_label(&x->queries, "둘째");
    add_label(&x->keys, "같은 쪽");
    add_label(&x->keys, "수직");
    add_label(&x->keys, "반대쪽");
    struct trace_options naive = {.engine = ENGINE_REFERENCE};
    x->trace = trace_new(make_plan(x), &(struct trace_options){0}, NULL);
    x->reference = trace_new(make_plan(x), &naive, NULL);
}

static void close_worked(struct worked *x)
{
    trace_free(x->trace);
    trace_free(x->reference);
    labels_free(&x->queries);
    labels_free(&x->keys);
}

static struct trace *reference_of(void *worked)
{
    return ((struct worked *)worked)->reference;
}

static struct exhibit exhibit_of(struct worked *x)
{
    return (struct exhibit){
        .title = TITLE, .trace = x->trace, .reference = reference_of, .maker = x};
}

/* ---- the screen below ---- */

static void below_draw(const void *state, struct canvas *c, struct area a)
{
    canvas_text(c, a, 0, 0, theme_style(c, LOOK_TEXT), state);
}

static void below_act(void *state, struct app *app, const struct event *event)
{
    (void)state;
    (void)app;
    (void)event;
}

static const struct screen below = {"below", true, below_draw, below_act, NULL, NULL, NULL};

static struct app *open_app(struct worked *x, struct walk **walk)
{
    static char text[] = "a lesson";
    struct app *app = app_new(theme_get(THEME_DARK), screen_table);
    app_push(app, &below, text);
    *walk = walk_new(exhibit_of(x));
    walk_open_guest(app, *walk);
    return app;
}

static const char *top(const struct app *app)
{
    return app_top(app) ? app_top(app)->name : "none";
}

/* ---- frames ---- */

/* Plays keys on a walk of its own; close_played frees both. */
static const struct canvas *play(struct worked *x, struct app **app, const char *keys,
                                 int rows, int columns)
{
    struct script script;
    struct walk *w;
    assert_int_equal(script_parse(keys, &script, NULL), 0);
    open_worked(x);
    *app = open_app(x, &w);
    const struct canvas *c = app_run_script(*app, &script, rows, columns);
    script_free(&script);
    return c;
}

static void close_played(struct worked *x, struct app *app)
{
    app_free(app);
    close_worked(x);
}

static const struct {
    const char *name, *keys;
} frames[] = {
    {"worked", ""},
    {"worked-cell", "Right*2 Enter Enter"},
    {"worked-given", "Enter Enter Enter"},
    {"worked-heads", "> a Right"},
};

static void frames_in_both_languages(void **state)
{
    (void)state;
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
            say_set_language((enum language)l);
            struct worked x;
            struct app *app;
            play(&x, &app, frames[i].keys, 24, 80);
            frame_compare_sizes(frames[i].name, app);
            close_played(&x, app);
        }
    say_set_language(LANGUAGE_EN);
    frame_done();
}

/* There is no prediction: the title stands alone, and the map is one part. */
static void the_header_is_the_title(void **state)
{
    (void)state;
    struct worked x;
    struct app *app;
    char *frame = frame_text(play(&x, &app, "", 24, 80));
    close_played(&x, app);
    assert_contains(frame, TITLE);
    char *line = mem_bytes(frame, strcspn(frame, "\n"));
    assert_null(strstr(line, "→"));
    free(line);
    assert_contains(frame, "worked example");
    free(frame);
    struct walk *w;
    open_worked(&x);
    app = open_app(&x, &w);
    assert_int_equal(w->map.count, 1);
    assert_int_equal(w->map.parts[0].count, trace_plan(x.trace)->count);
    app_free(app);
    close_worked(&x);
}

/* ---- keys ---- */

static void stages_and_cells_are_walked_through(void **state)
{
    (void)state;
    struct worked x;
    struct walk *w;
    open_worked(&x);
    struct app *app = open_app(&x, &w);
    assert_string_equal(stage_id(w->sheet.stage), "s");
    assert_near(tensor_get(w->values, 0), 9, 1e-6);
    assert_true(!w->proving && !w->proof.failed);
    press(app, "Space", 24, 80);
    assert_string_equal(stage_id(w->sheet.stage), "p.1");
    press(app, "j text:split Ctrl-U text:p.1 Enter Enter Enter", 24, 80);
    assert_int_equal(w->focus, FOCUS_CELL);
    press(app, "Enter", 24, 80); /* from p.1 to s, to a number of q or k */
    assert_string_equal(stage_id(w->sheet.stage), "s");
    press(app, "Enter", 24, 80);
    assert_null(w->sheet.stage);
    assert_string_equal(w->sheet.part->name, "q");
    assert_string_equal(walk_text(w), say(SAY_GIVEN_TEXT));
    press(app, "Enter", 24, 80);
    assert_string_equal(w->message, say(SAY_IS_GIVEN));
    press(app, "Backspace*2", 24, 80);
    assert_string_equal(stage_id(w->sheet.stage), "p.1");
    app_free(app);
    close_worked(&x);
}

static void heads_and_looks_work(void **state)
{
    (void)state;
    struct worked x;
    struct walk *w;
    open_worked(&x);
    struct app *app = open_app(&x, &w);
    const struct theme *theme = app_theme(app);
    press(app, "> ]", 24, 80);
    assert_string_equal(stage_id(w->sheet.stage), "h");
    assert_int_equal(w->shown.at.head, 1);
    press(app, "a", 24, 80);
    assert_string_equal(top(app), "heads");
    press(app, "Left Enter", 24, 80);
    assert_int_equal(w->shown.at.head, 0);
    int zoom = w->zoom;
    press(app, "+ t g", 24, 80);
    assert_int_equal(w->zoom, zoom + 1);
    assert_ptr_not_equal(app_theme(app), theme);
    press(app, "?", 24, 80);
    assert_string_equal(top(app), "page");
    press(app, "Esc i", 24, 80);
    assert_string_equal(top(app), "page");
    press(app, "Esc l", 24, 80);
    assert_int_equal(say_language(), LANGUAGE_KO);
    press(app, "l", 24, 80);
    app_free(app);
    close_worked(&x);
}

/* What only a model can do says so and changes nothing. */
static void keys_that_need_a_model_say_so(void **state)
{
    (void)state;
    static const char *const keys[] = {"w", "x", "0", "d", "e", "c", "text:'나는'"};
    struct worked x;
    struct walk *w;
    open_worked(&x);
    struct app *app = open_app(&x, &w);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        press(app, "<", 24, 80);
        press(app, keys[i], 24, 80);
        assert_string_equal(top(app), "walk");
        if (!w->message || strcmp(w->message, say(SAY_WORKED_ONLY)) != 0)
            fail_msg("%s says: %s", keys[i], w->message ? w->message : "nothing");
    }
    app_free(app);
    close_worked(&x);
}

/* And the help page does not offer it. */
static void help_says_what_needs_a_model(void **state)
{
    (void)state;
    struct worked x;
    struct walk *w;
    open_worked(&x);
    struct app *app = open_app(&x, &w);
    struct script script;
    assert_int_equal(script_parse("?", &script, NULL), 0);
    char *frame = canvas_dump(app_run_script(app, &script, 60, 170));
    assert_non_null(strstr(frame, "the decoder word by word · This is a worked example"));
    assert_null(strstr(frame, action_help(ACTION_WORDS, LANGUAGE_EN)));
    assert_non_null(strstr(frame, action_help(ACTION_HEADS, LANGUAGE_EN)));
    free(frame);
    script_free(&script);
    app_free(app);
    close_worked(&x);
}

static void a_guest_goes_back_to_the_screen_below(void **state)
{
    (void)state;
    static const char *const ways[] = {"Esc", "Backspace", "Enter Esc Esc",
                                       "Enter Enter Esc Esc Esc"};
    struct worked x;
    struct walk *w;
    open_worked(&x);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct app *app = open_app(&x, &w);
        press(app, ways[i], 24, 80);
        assert_string_equal(top(app), "below");
        app_free(app);
    }
    struct app *app = open_app(&x, &w);
    press(app, "q Space", 24, 80); /* all ends: Space reaches nobody */
    assert_int_equal(w->stage, 0);
    app_free(app);
    close_worked(&x);
}

/* ---- property: random keys and sizes ---- */

static void random_keys_and_sizes_do_no_harm(void **state)
{
    (void)state;
    static const char *const words[] = {
        "Up", "Down", "Left", "Right", "Enter", "Tab", "Shift-Tab", "Home", "End", "Space",
        "p",  "N",    "P",    "<",     ">",     "j",   "]",         "[",    "a",   "+",
        "-",  "g",    "i",    "e",     "l",     "t",   "A",         "w",    "d",   "c",
        "x",  "0",    "?",    "Ctrl-U", "Ctrl-D", ",", ".", "Esc", "text:p", "가"};
    struct random r = random_seed(5);
    struct worked x;
    struct walk *w;
    open_worked(&x);
    struct app *app = open_app(&x, &w);
    for (int i = 0; i < 1500; i++) {
        struct script script;
        const char *word = words[random_below(&r, sizeof words / sizeof *words)];
        assert_int_equal(script_parse(word, &script, NULL), 0);
        int rows = 1 + (int)random_below(&r, 70);
        int columns = 1 + (int)random_below(&r, 220);
        app_run_script(app, &script, rows, columns);
        script_free(&script);
        if (strcmp(top(app), "below") == 0) {
            w = walk_new(exhibit_of(&x));
            walk_open_guest(app, w);
        }
        struct place at = sheet_clamp(&w->sheet, w->shown.at);
        assert_true(at.head == w->shown.at.head && at.row == w->shown.at.row &&
                    at.column == w->shown.at.column);
    }
    app_free(app);
    close_worked(&x);
    say_set_language(LANGUAGE_EN);
}

/* ---- the example itself ---- */

static void the_walk_borrows_the_example(void **state)
{
    (void)state;
    struct worked x;
    open_worked(&x);
    struct exhibit shown = exhibit_of(&x);
    shown.ref = (struct ref){REF_STAGE, 2};
    shown.at = (struct place){0, 1, 2};
    struct walk *w = walk_new(shown);
    assert_null(w->session);
    assert_int_equal(w->stage, 2);
    assert_int_equal(w->shown.at.row, 1);
    assert_int_equal(w->shown.at.column, 2);
    assert_true(!w->proving && !w->proof.failed);
    walk_free(w);
    assert_int_equal(trace_plan(x.trace)->count, 4); /* it lives on */
    close_worked(&x);
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_in_both_languages),
        cmocka_unit_test(the_header_is_the_title),
        cmocka_unit_test(stages_and_cells_are_walked_through),
        cmocka_unit_test(heads_and_looks_work),
        cmocka_unit_test(keys_that_need_a_model_say_so),
        cmocka_unit_test(help_says_what_needs_a_model),
        cmocka_unit_test(a_guest_goes_back_to_the_screen_below),
        cmocka_unit_test(random_keys_and_sizes_do_no_harm),
        cmocka_unit_test(the_walk_borrows_the_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
