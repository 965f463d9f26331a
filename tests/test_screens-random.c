/* Random keys at random sizes, on the walk of models of all kinds and in lessons, do no
 * harm: nothing crashes, and where there is room for a screen its texts are whole or a mark
 * says that they go on. RANDOM_KEYS says how many keys in all, RANDOM_SEED which; with the
 * former, every key is told before it is pressed. */
#include "screen/lesson_screen.h"
#include "screen/screens.h"
#include "screen/walk.h"

#include "base/random.h"

#include "frames.h"
#include "models.h"

#include <unistd.h>

#define DEEP "random:num_encoder_layers=12,num_decoder_layers=12,d_model=16"
#define DATA "tests/data/models/"
#define EXPERIMENT(name) "tests/data/experiments/" name ".md"
#define ROUND 150      /* keys on one app */
#define HANGING 120    /* seconds of one key that is never done */
#define LEAST_ROWS 12  /* where a screen has room */
#define LEAST_COLUMNS 40

/* On what keys are pressed: a lesson, else the walk. */
static const struct start {
    const char *model, *lesson;
} starts[] = {
    {MODEL_DEFAULT, NULL},
    {MODEL_DEFAULT, "lessons/05-self-attention/en.md"},
    {"ko-en-h1", NULL},
    {MODEL_DEFAULT, EXPERIMENT("01-transformer")},
    {"ko-en-rnn", NULL},
    {MODEL_DEFAULT, EXPERIMENT("02-positional-encoding")},
    {"ko-en-rnn-attention", NULL},
    {MODEL_DEFAULT, EXPERIMENT("03-feed-forward")},
    {"ko-en-no-norm", NULL},
    {MODEL_DEFAULT, EXPERIMENT("04-residual-and-norm")},
    {"ko-en-pre-norm", NULL},
    {MODEL_DEFAULT, EXPERIMENT("05-self-attention")},
    {"ko-en-no-mask", NULL},
    {MODEL_DEFAULT, EXPERIMENT("06-multi-head-attention")},
    {"ko-en-h8", NULL},
    {MODEL_DEFAULT, EXPERIMENT("07-tokens")},
    {DEEP, NULL},
    {MODEL_DEFAULT, EXPERIMENT("08-whole-machine")},
    {MODEL_FROZEN, NULL},
    {"ko-en-rnn-attention", "lessons/05-self-attention/ko.md"},
    {DATA "rnn-deep", NULL},
    {"ko-en-no-residual", EXPERIMENT("06-multi-head-attention")},
};
#define STARTS (sizeof starts / sizeof *starts)

enum { ESCAPE };

/* Those that lead deep stand twice. */
static const char *const words[] = {
    [ESCAPE] = "Esc",
    "Up", "Down", "Left", "Right", "Up", "Down", "Left", "Right", "Enter", "Enter",
    "Backspace", "Tab", "Tab", "Shift-Tab", "Home", "End", "Space", "Space",
    "PgDn", "PgUp", "p", "n", "N", "P", "<", ">", "j", "]", "[", "a", "v", "v", "F", "M",
    "R", "D", "E", "+", "-", "g", "i", "e", "l", "t", "A", "w", "d", "c", "x", "0", "m",
    "m", "k", "?", "Ctrl-U", "Ctrl-D", ",", ".", "Delete", "z", "가", "f", "b", "o", "s",
    "G", "C", "r", "1", "2", "3", "4", "5", "6", "7", "9", "text:'0.25'", "text:'-1.5'",
    "text:'나는 학교에'", "text:'개가 고양이를 쫓는다'", "text:'\xf0\x9f\x99\x82 漢字 x'",
    "text:scores", "text:'cross_attn.weights' Enter", "text:'encoder.0.self_attn.weights'",
};

static struct lesson *open_lesson(const char *path)
{
    struct error e = {0};
    struct lesson *l = lesson_open(path, &e);
    if (!l)
        fail_msg("%s:%ld:%ld %s", e.file, e.line, e.column, e.message);
    return l;
}

static void open_reading(struct app *app, const struct start *start, int scene)
{
    struct error e = {0};
    struct lesson *in[LANGUAGE_COUNT] = {NULL};
    struct session_options options = {0};
    in[say_language()] = open_lesson(start->lesson);
    struct reading *r = reading_new(in[say_language()],
                                    session_new(shared_model(start->model), &options), &e);
    if (!r)
        fail_msg("%s on %s: %s", start->lesson, start->model, e.message);
    exams_limit(reading_exams(r), 4);
    scene %= (int)reading_lesson(r)->count;
    lesson_screen_open(app, lesson_state_new(r, in), scene);
}

static struct walk *open_walk(struct app *app, const struct start *start)
{
    static const int32_t ids[] = {3, 1, 4, 1, 5};
    struct error e = {0};
    struct model *m = shared_model(start->model);
    struct session *s = session_new(m, &(struct session_options){0});
    int status = m->source ? session_set_text(s, "나는 학교에 간다", &e)
                                 : session_set_ids(s, ids, 5, &e);
    if (status < 0 || session_run(s, &e) < 0)
        fail_msg("%s: %s", start->model, e.message);
    struct walk *w = walk_new(exhibit_of_session(s));
    w->exam_limit = 4;
    walk_open(app, w);
    return w;
}

static void check_walk(const struct walk *w)
{
    struct place at = sheet_clamp(&w->sheet, w->shown.at);
    assert_true(at.head == w->shown.at.head && at.row == w->shown.at.row &&
                at.column == w->shown.at.column);
    assert_non_null(w->values);
    assert_true(w->stage >= 0 && w->stage < (int)trace_plan(w->session->trace)->count);
    assert_true(w->focus >= FOCUS_STAGE && w->focus < FOCUS_COUNT);
}

static void check_cells(const struct canvas *c)
{
    for (int y = 0; y < c->rows; y++)
        for (int x = 0; x < c->columns; x++)
            if (!frame_cell_is_whole(c, y, x))
                frame_fault("random", c, y, x, x + 1, "half a character");
}

static bool is_typed(const struct app *app)
{
    return !strcmp(app_top(app)->name, "editor") || !strcmp(app_top(app)->name, "jump");
}

static bool told; /* every key, before it is pressed */

/* One word, or time that goes by; false when the last screen ended. */
static bool press(struct app *app, struct random *r)
{
    struct event tick = {.kind = EVENT_TICK};
    struct script script = {&tick, 1, 1};
    size_t word = (size_t)random_below(r, sizeof words / sizeof *words + 1);
    if (!random_below(r, 4) && is_typed(app)) /* where every letter is text */
        word = ESCAPE;
    bool key = word < sizeof words / sizeof *words, room = random_below(r, 4) != 0;
    int rows = room ? LEAST_ROWS + (int)random_below(r, 69) : 1 + (int)random_below(r, 70);
    int columns = room ? LEAST_COLUMNS + (int)random_below(r, 261)
                       : 1 + (int)random_below(r, 220);
    if (told)
        fprintf(stderr, "key %s %dx%d %s\n", app_top(app)->name, columns, rows,
                key ? words[word] : "(time)");
    if (key)
        assert_int_equal(script_parse(words[word], &script, NULL), 0);
    alarm(HANGING);
    const struct canvas *c = app_run_script(app, &script, rows, columns);
    alarm(0);
    if (key)
        script_free(&script);
    assert_true(c->rows == rows && c->columns == columns);
    check_cells(c);
    if (app_top(app) && rows >= LEAST_ROWS && columns >= LEAST_COLUMNS)
        frame_properties(app_top(app)->name, c);
    return app_top(app);
}

static void play(const struct start *start, long keys, struct random *r)
{
    while (keys > 0) {
        struct app *app = app_new(theme_find("dark"), screen_table);
        struct walk *w = NULL;
        if (told)
            fprintf(stderr, "key (on %s %s)\n", start->model,
                    start->lesson ? start->lesson : "");
        if (start->lesson)
            open_reading(app, start, (int)random_below(r, 30));
        else
            w = open_walk(app, start);
        for (int i = 0; i < ROUND && keys-- > 0 && press(app, r); i++)
            if (w)
                check_walk(w);
        app_free(app);
    }
}

static long number_of(const char *name, long without)
{
    const char *said = getenv(name);
    return said ? atol(said) : without;
}

static void random_keys_and_sizes_do_no_harm(void **state)
{
    (void)state;
    long keys = number_of("RANDOM_KEYS", 600);
    struct random r = random_seed((uint64_t)number_of("RANDOM_SEED", 11));
    told = getenv("RANDOM_KEYS");
    for (size_t i = 0; i < STARTS; i++) {
        play(&starts[i], keys / (long)STARTS, &r);
        say_set_language(LANGUAGE_EN);
    }
    frame_done();
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_keys_and_sizes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
