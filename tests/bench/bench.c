/* The speed goals as ratios, measured in one run; see tests/bench/run.
 *
 *     bench STEPFORMER PEERS.PY FOLDER     what the processor can do, in two lines; then the
 *                                          table, a line a goal, tabs between fields
 *     bench write|pass|memory FOLDER …     one measurement of big.h, in its own process
 *     bench steps|half PAIRS FOLDER N      one of learn.h
 *     bench keys                           the lines of keys alone
 *
 * FOLDER takes the large model and the pictures. The peers run with $PYTHON. */
#include "base/file.h"
#include "base/memory.h"
#include "big.h"
#include "learn.h"
#include "lesson/shelf.h"
#include "measure.h"
#include "numbers/matmul.h"
#include "peak.h"
#include "pictures.h"
#include "screen/home.h"
#include "screen/lesson_screen.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "study/exam.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STARTS 15
#define RUNS 51

static struct session *open_session(void)
{
    struct error e = {0};
    struct model *m = model_open(MODEL_DEFAULT, &e);
    must(&e, m);
    struct session *s = session_new(m, &(struct session_options){0});
    if (session_set_text(s, "나는 학교에 간다", &e) == 0)
        session_run(s, &e);
    must(&e, s);
    return s;
}

/* ---- the processor ---- */

static int cores(void)
{
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* All that is compared with sgemm hangs on these lines. */
static void print_processor(void)
{
    static const struct product squares[] = {
        {768, 768, 768}, {1024, 1024, 1024}, {1536, 1536, 1536}};
    const char *chosen = getenv("OPENBLAS_CORETYPE");
    printf("BLAS kernel: %s%s%s%s\t%s\n", matmul_kernel(),
           chosen && *chosen ? " (OPENBLAS_CORETYPE=" : "",
           chosen && *chosen ? chosen : "", chosen && *chosen ? ")" : "",
           matmul_library());
    printf("processor's peak, best sgemm: %.4g GFLOP/s at one thread",
           peak_rate(squares, 3, 1) / 1e9);
    if (cores() > 1)
        printf(", %.4g at two independent ones", peak_rate(squares, 3, 2) / 1e9);
    printf("\n");
    fflush(stdout);
}

/* ---- the program as a process ---- */

static double import_time(const char *library)
{
    char code[64];
    snprintf(code, sizeof code, "import %s", library);
    const char *argv[] = {python, "-c", code, NULL};
    struct child warm, c;
    if (!child_run(argv, &warm) || !child_run(argv, &c))
        return NAN;
    return 1e3 * c.processor;
}

static void row_start(void)
{
    const char *argv[] = {program, "walk",   "--keys",    "", "--size",
                    "80x24",         "--dump", "-", NULL};
    double times[STARTS];
    for (int i = 0; i < STARTS; i++) {
        struct child c;
        if (!child_run(argv, &c))
            exit(fprintf(stderr, "bench: %s walk does not run\n", program) > 0);
        times[i] = 1e3 * c.processor;
    }
    double torch = import_time("torch"), matplotlib = import_time("matplotlib.pyplot");
    char note[64] = "";
    if (!isnan(matplotlib))
        snprintf(note, sizeof note, "(matplotlib %.3g ms)", matplotlib);
    print_line(&(struct line){.what = "start to first frame, processor time",
                              .unit = "ms",
                              .value = middle(times, STARTS),
                              .most = 20,
                              .peer = "importing torch",
                              .reference = torch,
                              .note = note});
}

static void row_resident(void)
{
    const char *argv[] = {program, "walk",   "--keys",    "Space*200", "--size",
                    "80x24",         "--dump", "-", NULL};
    struct child c;
    if (child_run(argv, &c))
        print_line(&(struct line){.what = "resident memory, walk over all stages",
                                  .unit = "MB",
                                  .value = c.resident / 1024,
                                  .most = 20});
}

/* ---- a key to the next frame ---- */

/* A key's processor time holds two drawn frames: the one before it is drawn again. */
static int time_keys(struct app *app, const struct script *script, double *times)
{
    int n = 0;
    for (size_t i = 0; i < script->count && app_top(app); i++) {
        struct script one = {&script->events[i], 1, 1};
        double start = processor();
        app_run_script(app, &one, 60, 200);
        times[n++] = 1e3 * (processor() - start);
    }
    return n;
}

/* Takes the app. */
static void row_key(struct app *app, const char *screen, const char *keys)
{
    struct error e = {0};
    struct script script = {0};
    script_parse(keys, &script, &e);
    must(&e, script.events);
    double *times = mem_alloc(4 * script.count, sizeof *times);
    int n = 0;
    for (int round = 0; round < 4; round++)
        n += time_keys(app, &script, times + n);
    char what[96];
    snprintf(what, sizeof what, "a key to the next frame, %s, 200x60, 99th of %d", screen,
             n);
    print_line(&(struct line){.what = what,
                              .unit = "ms",
                              .value = percentile(times, n, 0.99),
                              .most = 5,
                              .peer = "a 60 Hz screen",
                              .reference = 1e3 / 60});
    app_free(app);
    script_free(&script);
    free(times);
}

static void row_key_walk(void)
{
    struct app *app = app_new(theme_get(THEME_DARK), screen_table);
    walk_open(app, walk_new(exhibit_of_session(open_session())));
    row_key(app, "walk",
            "Space*40 Right*5 Down*5 Enter Down Enter Esc Esc h*4 a Right Down Esc + + - - "
            "g i Down Esc PgUp*10 Tab Right*4 Tab Tab ? Down*3 Esc j Down*4 Enter l t t t "
            "t > Right*20 End Home , . Ctrl-D Ctrl-U Up*3 Enter Esc < N N P e Esc "
            "Space*30");
}

/* The screens that lie on the walk, each opened by its keys from the first attention
 * weights on. */
static void row_key_on_walk(void)
{
    static const struct {
        enum screen_id id;
        const char *way, *keys;
    } screens[] = {
        {SCREEN_JUMP, "j", "Down*20 PgDn*4 s o f t Backspace*4 Up*9"},
        {SCREEN_WALK, "Enter", "v*6 Right*4 F Right*3 Down*3 v*3 M F v*6 R*3 v*3 D D"},
        {SCREEN_MAP, "m", "Down*9 Right*9 Left*9 Up*9 + + - - Tab Down*4 Tab t t l l"},
        {SCREEN_HEADS, "a", "Right*3 Left*3 Down Up Space*12 p*12"},
        {SCREEN_READER, "i", "Down*20 Up*20 PgDn*3 l l"},
        {SCREEN_COMPARE, "w Down*4 Space Esc c", "Right*9 Down*6 Space*20 p*20 + + - - h*4"},
        {SCREEN_LAB, "w", "Down*13 Up*13 Right*4 Left*4 + + - -"},
        {SCREEN_WORDS, "d", "Right*5 Down*4 Left*5 + + - - Up*4"},
        {SCREEN_EDITOR, "e", "Ctrl-U a b c d e Backspace*5 Down*9 Up*9"},
        {SCREEN_HELP, "?", "Down*30 Up*30 PgDn*3 l l"},
    };
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        struct error e = {0};
        struct script way = {0};
        struct app *app = app_new(theme_get(THEME_DARK), screen_table);
        walk_open(app, walk_new(exhibit_of_session(open_session())));
        char *keys = mem_format("Space*11 %s", screens[i].way);
        script_parse(keys, &way, &e);
        must(&e, way.events);
        app_run_script(app, &way, 60, 200);
        if (app_top(app) != screen_table[screens[i].id].screen)
            exit(fprintf(stderr, "bench: %s leads to no screen\n", keys) > 0);
        row_key(app, app_top(app)->name, screens[i].keys);
        script_free(&way);
        free(keys);
    }
}

static void row_key_home(void)
{
    struct app *app = app_new(theme_get(THEME_DARK), screen_table);
    struct home_item *items = mem_zero(8, sizeof *items);
    for (int i = 0; i < 8; i++)
        items[i] = (struct home_item){.id = mem_format("%d", i),
                                      .title = {mem_string("Lesson"), mem_string("레슨")},
                                      .part = i + 1,
                                      .minutes = 15,
                                      .scenes = 12};
    home_open(app, items, 8, (struct home_calls){.has = NEED_RUN});
    row_key(app, "home", "Down*9 Up*9 l l t t t t");
}

/* The first lesson there is. */
static void row_key_lesson(const struct shelf *shelf)
{
    struct error e = {0};
    if (!shelf->count)
        return;
    struct lesson *in[LANGUAGE_COUNT] = {NULL};
    in[LANGUAGE_EN] = lesson_open(shelf_file(&shelf->items[0], LANGUAGE_EN), &e);
    must(&e, in[LANGUAGE_EN]);
    struct reading *r = reading_new(in[LANGUAGE_EN], open_session(), &e);
    must(&e, r);
    struct app *app = app_new(theme_get(THEME_DARK), screen_table);
    lesson_screen_open(app, lesson_state_new(r, in), 0);
    row_key(app, "lesson",
            "PgDn*12 PgUp*4 Tab Right*6 Down*6 + - Tab Down*3 Up*3 Right Left Space*6 ? "
            "Down*3 Esc t t t t l l PgUp*12");
}

/* ---- new text, what-if, exam ---- */

static void row_new_text(void)
{
    static const char *const texts[] = {"개가 고양이를 쫓는다", "나는 학교에 간다"};
    struct error e = {0};
    struct session *s = open_session();
    double times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double start = now();
        if (session_set_text(s, texts[i % 2], &e) < 0 || session_run(s, &e) < 0)
            must(&e, NULL);
        trace_compute_all(s->trace);
        times[i] = 1e3 * (now() - start);
    }
    session_free(s);
    print_line(&(struct line){.what = "new text to all values",
                              .unit = "ms",
                              .value = middle(times, RUNS),
                              .most = 1});
}

static void row_whatif(void)
{
    static const char *const names[] = {"no-position", "no-scale", "no-residual@encoder",
                                        "ablate@decoder.1.cross_attn:2"};
    struct error e = {0};
    struct session *s = open_session();
    double times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        struct whatifs list = {0};
        whatifs_add(&list, names[i % 4], &e);
        double start = now();
        if (session_set_whatifs(s, &list, &e) < 0 || session_run(s, &e) < 0)
            must(&e, NULL);
        trace_compute_all(s->trace);
        times[i] = 1e3 * (now() - start);
        whatifs_free(&list);
    }
    session_free(s);
    print_line(&(struct line){.what = "what-if to all values",
                              .unit = "ms",
                              .value = middle(times, RUNS),
                              .most = 1});
}

/* The cache of results is an empty folder. */
static void empty_cache(const char *name)
{
    char *cache = file_join(folder, name);
    setenv("XDG_CACHE_HOME", cache, 1);
    free(cache);
}

static void row_exam(void)
{
    struct error e = {0};
    struct whatifs none = {0};
    empty_cache("exam");
    struct model *m = model_open(MODEL_DEFAULT, &e);
    must(&e, m);
    struct run run = {.model = m, .whatifs = &none};
    struct exam *x = exam_new(&run, &e);
    must(&e, x);
    double start = processor();
    while (exam_step(x, &e) > 0)
        continue;
    double spent = processor() - start;
    long n = exam_score(x)->sentences;
    struct answers a = ask("'%s' '%s' sentence '%s/config.json'", python, peers,
                           m->folder);
    char what[64];
    snprintf(what, sizeof what, "exam of %ld sentences, one core, empty cache", n);
    print_line(&(struct line){.what = what,
                              .unit = "s",
                              .value = spent,
                              .most = 0.5,
                              .peer = "numpy, one by one",
                              .reference = (double)n * answer(&a, "seconds")});
    exam_free(x);
    model_free(m);
}

/* ---- lint ---- */

/* Every file of every lesson of the program, in one process. */
static void row_lint(const struct shelf *shelf)
{
    const char **argv = mem_zero(3 + LANGUAGE_COUNT * shelf->count, sizeof *argv);
    int n = 0;
    long lessons = 0;
    argv[n++] = program;
    argv[n++] = "lint";
    for (size_t i = 0; i < shelf->count; i++) {
        lessons += !shelf->items[i].own;
        for (int k = 0; k < LANGUAGE_COUNT && !shelf->items[i].own; k++)
            if (shelf->items[i].file[k])
                argv[n++] = shelf->items[i].file[k];
    }
    empty_cache("lint");
    for (int warm = 0; warm < 2 && lessons; warm++) {
        struct child c;
        char what[96];
        snprintf(what, sizeof what, "lint of all lessons (%ld), processor time, %s cache",
                 lessons, warm ? "warm" : "empty");
        bool fine = child_run(argv, &c);
        print_line(&(struct line){.what = what,
                                  .unit = "s",
                                  .value = fine ? c.processor : NAN,
                                  .most = warm ? 1 : 6});
    }
    free(argv);
}

/* ---- the large pass ---- */

/* The best of a few rounds of everything in turn, so that a busy moment meets all. */
struct contest {
    double ours, linear, torch; /* seconds */
    double rate, bandwidth;     /* of sgemm at the shapes of the pass; of memory */
    double flops, linear_flops, bytes;
};

static void play(struct contest *c, int threads)
{
    static const struct product shapes[] = {
        {256, 768, 768}, {256, 3072, 768}, {256, 768, 3072}};
    struct answers a = ask("'%s' pass '%s' 256 %d", self, folder, threads);
    c->rate = fmax(c->rate, peak_rate(shapes, 3, threads));
    c->bandwidth = fmax(c->bandwidth, peak_bandwidth());
    if (answer(&a, "seconds") < c->ours) {
        c->ours = answer(&a, "seconds");
        c->linear = answer(&a, "linear");
    }
    c->flops = answer(&a, "flops");
    c->linear_flops = answer(&a, "linear_flops");
    c->bytes = answer(&a, "bytes");
    for (int n = 1; n <= threads; n += n < threads ? threads - n : 1) {
        struct answers b = ask("'%s' '%s' pass 256 %d maps", python, peers, n);
        c->torch = fmin(c->torch, answer(&b, "seconds")); /* passes over NaN */
    }
}

static void row_pass(int threads)
{
    struct contest c = {.ours = INFINITY, .torch = INFINITY};
    for (int round = 0; round < 2; round++)
        play(&c, threads);
    double bound = c.flops / c.rate + c.bytes / c.bandwidth;
    char what[96], note[96];
    snprintf(what, sizeof what, "GPT-2-small-sized pass, 256 tokens, %d thread%s",
             threads, threads > 1 ? "s" : "");
    snprintf(note, sizeof note, "(bound by sgemm and memory: %.4g ms)", 1e3 * bound);
    print_line(&(struct line){.what = what, .unit = "ms", .value = 1e3 * c.ours,
                              .peer = threads > 1 ? "PyTorch at its better count"
                                                  : "PyTorch",
                              .reference = isinf(c.torch) ? NAN : 1e3 * c.torch,
                              .least = 1, .note = note});
    snprintf(what, sizeof what, "%d independent sgemms", threads);
    snprintf(note, sizeof note, "(%.4g GFLOP/s)", c.rate / 1e9);
    print_line(&(struct line){.what = "  its projections and FFN", .unit = "ms",
                              .value = 1e3 * c.linear,
                              .peer = threads > 1 ? what : "sgemm",
                              .reference = 1e3 * c.linear_flops / c.rate, .least = 0.85,
                              .note = note});
}

static void row_memory(void)
{
    struct answers a = ask("'%s' memory '%s' 1024", self, folder);
    struct answers b = ask("'%s' '%s' pass 1024 1 all", python, peers);
    char note[96];
    snprintf(note, sizeof note, "(all stages %.4g MB)", answer(&a, "all") / 1024);
    print_line(&(struct line){.what = "the same, 1,024 tokens: private memory",
                              .unit = "MB",
                              .value = answer(&a, "anon") / 1024,
                              .peer = "PyTorch",
                              .reference = answer(&b, "anon") / 1024,
                              .least = 10,
                              .note = note});
    print_line(&(struct line){.what = "  a dropped map of the first layer, opened again",
                              .unit = "ms",
                              .value = 1e3 * answer(&a, "reopen"),
                              .most = 100});
}

static void rows_of_keys(const struct shelf *shelf)
{
    row_key_walk();
    row_key_on_walk();
    row_key_home();
    row_key_lesson(shelf);
}

static struct shelf open_shelf(void)
{
    struct error e = {0};
    struct shelf shelf;
    if (shelf_open(&shelf, NULL, &e) < 0)
        must(&e, NULL);
    return shelf;
}

static void table(void)
{
    struct shelf shelf = open_shelf();
    char *picture = file_join(folder, "heatmap.png");
    row_start(); /* the processes first: a child's memory begins as this one's */
    row_resident();
    rows_of_keys(&shelf);
    row_new_text();
    row_whatif();
    row_exam();
    row_lint(&shelf);
    learn_rows(&(struct learn_bench){self, python, peers, folder, cores()});
    row_heatmap(picture, 320);
    row_heatmap(picture, 0);
    row_heatmap_process(picture);
    row_sheet(picture);
    ask("'%s' write '%s'", self, folder);
    row_pass(1);
    if (cores() > 1)
        row_pass(cores());
    row_memory();
    shelf_free(&shelf);
    free(picture);
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "write"))
        return big_write(argv[2]);
    if (argc == 5 && !strcmp(argv[1], "pass"))
        return big_pass(argv[2], strtol(argv[3], NULL, 10), atoi(argv[4]));
    if (argc == 4 && !strcmp(argv[1], "memory"))
        return big_memory(argv[2], strtol(argv[3], NULL, 10));
    if (argc == 5 && !strcmp(argv[1], "steps"))
        return learn_steps(argv[2], argv[3], atoi(argv[4]));
    if (argc == 5 && !strcmp(argv[1], "half"))
        return learn_half(argv[2], argv[3], atoi(argv[4]));
    if (argc == 2 && !strcmp(argv[1], "keys")) {
        struct shelf shelf = open_shelf();
        rows_of_keys(&shelf);
        shelf_free(&shelf);
        return 0;
    }
    if (argc != 4)
        return fprintf(stderr, "usage: bench STEPFORMER PEERS.PY FOLDER\n"), 2;
    self = argv[0];
    program = argv[1];
    peers = argv[2];
    folder = argv[3];
    python = getenv("PYTHON");
    if (!python)
        python = "/usr/bin/python3";
    print_processor();
    table();
    return 0;
}
