/* The speed goals as ratios, measured in one run; see tests/bench/run.
 *
 *     bench STEPFORMER PEERS.PY FOLDER     the table, a line a goal, tabs between fields
 *     bench write|pass|memory FOLDER …     one measurement of big.h, in its own process
 *
 * FOLDER takes the large model and the pictures. The peers run with $PYTHON. */
#include "base/file.h"
#include "base/memory.h"
#include "big.h"
#include "figure/figure.h"
#include "measure.h"
#include "screen/walk.h"
#include "study/exam.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STARTS 15
#define RUNS 51

static const char *program, *self, *peers, *folder, *python;

static void must(const struct error *e, const void *made)
{
    if (made && !e->set)
        return;
    error_print(e);
    exit(1);
}

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
                              .most = 30,
                              .peer = "import torch",
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
                                  .most = 40});
}

/* ---- a key to the next frame ---- */

static const char keys[] =
    "Space*40 Right*5 Down*5 Enter Down Enter Esc Esc h*4 a Right Down Esc + + - - g i "
    "Down Esc PgUp*10 Tab Right*4 Tab Tab ? Down*3 Esc j Down*4 Enter l t t t t > "
    "Right*20 End Home , . Ctrl-D Ctrl-U Up*3 Enter Esc < N N P e Esc Space*30";

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

static void row_key(void)
{
    struct error e = {0};
    struct script script = {0};
    script_parse(keys, &script, &e);
    must(&e, script.events);
    double *times = mem_alloc(4 * script.count, sizeof *times);
    struct app *app = app_new(theme_get(THEME_DARK));
    walk_open(app, walk_new(exhibit_of_session(open_session())));
    int n = 0;
    for (int round = 0; round < 4; round++)
        n += time_keys(app, &script, times + n);
    char what[96];
    snprintf(what, sizeof what, "a key to the next frame, 200x60, 99th of %d keys", n);
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
                              .most = 2});
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
                              .most = 2});
}

static void row_exam(void)
{
    struct error e = {0};
    struct whatifs none = {0};
    struct model *m = model_open(MODEL_DEFAULT, &e);
    must(&e, m);
    struct run run = {.model = m, .whatifs = &none};
    struct exam *x = exam_new(&run, &e);
    must(&e, x);
    double start = processor();
    while (exam_step(x, &e) > 0)
        continue;
    double spent = processor() - start;
    char what[64];
    snprintf(what, sizeof what, "exam of %ld sentences, one core",
             exam_score(x)->sentences);
    print_line(&(struct line){.what = what, .unit = "s", .value = spent, .most = 3});
    exam_free(x);
    model_free(m);
}

/* ---- figures ---- */

#define CELLS 12

static void time_heatmap(const struct heatmap *map, const char *path, double *times)
{
    struct error e = {0};
    struct figure_request r = {.maps = map, .map_count = 1, .replace = true};
    for (int i = -1; i < STARTS; i++) { /* the first loads the fonts */
        double start = now();
        if (figure_write(figure_find("heatmap"), &r, path, NULL, &e) < 0)
            must(&e, NULL);
        if (i >= 0)
            times[i] = 1e3 * (now() - start);
    }
}

/* Width and height stand in bytes 16 to 23 of a PNG, the high byte first. */
static void png_size(const char *path, int *width, int *height)
{
    unsigned char b[24] = {0};
    FILE *f = fopen(path, "rb");
    if (f && fread(b, 1, sizeof b, f) == sizeof b) {
        *width = b[18] << 8 | b[19];
        *height = b[22] << 8 | b[23];
    }
    if (f)
        fclose(f);
}

static void print_heatmap(const char *path, double ours)
{
    int width = 0, height = 0;
    png_size(path, &width, &height);
    struct answers a = ask("'%s' '%s' heatmap '%s' 12 %d %d", python, peers, path, width,
                           height);
    char what[96];
    snprintf(what, sizeof what, "one labelled heat map PNG, %dx%d, in process", width,
             height);
    print_line(&(struct line){.what = what, .unit = "ms", .value = ours,
                              .peer = "matplotlib",
                              .reference = 1e3 * answer(&a, "seconds"), .least = 10,
                              .note = ""});
}

/* At the width in points, 0 for what the figure takes by itself; matplotlib draws as many
 * pixels. 320 points are the 640 pixels that it draws by default. */
static void row_heatmap(const char *path, double width)
{
    float values[CELLS * CELLS];
    char texts[CELLS][16];
    const char *labels[CELLS];
    for (int i = 0; i < CELLS * CELLS; i++)
        values[i] = (float)((i / CELLS * 7 + i % CELLS * 13) % 17) / 16;
    for (int i = 0; i < CELLS; i++) {
        snprintf(texts[i], sizeof texts[i], "word %d", i + 1);
        labels[i] = texts[i];
    }
    struct tensor t = {.type = TENSOR_F32, .rank = 2, .size = {CELLS, CELLS},
                       .f32 = values};
    struct heatmap map = {.values = {&t, 0, CELLS, CELLS},
                          .row = {"query", labels, NULL},
                          .column = {"key", labels, NULL},
                          .heading = {.title = "attention"},
                          .width = width};
    double times[STARTS];
    time_heatmap(&map, path, times);
    print_heatmap(path, percentile(times, STARTS, 0.01));
}

/* The fastest of a few whole processes, in ms; NaN when it does not run. */
static double whole(const char *const argv[])
{
    double best = INFINITY;
    for (int i = 0; i < 5; i++) {
        struct child c;
        if (!child_run(argv, &c))
            return NAN;
        best = fmin(best, 1e3 * c.wall);
    }
    return best;
}

static void row_heatmap_process(const char *path)
{
    const char *ours[] = {program, "figure", "나는 학교에 간다", "-o", path, "--force",
                    NULL};
    const char *theirs[] = {python, peers, "heatmap", path, "0", NULL};
    print_line(&(struct line){.what = "one labelled heat map PNG, whole process",
                              .unit = "ms",
                              .value = whole(ours),
                              .peer = "matplotlib",
                              .reference = whole(theirs),
                              .least = 10});
}

/* ---- the large pass ---- */

/* Ours and PyTorch's in turn, the best of both, so that a busy moment meets both. */
static void row_pass(int threads)
{
    double ours = INFINITY, linear = 0, peak = 0, bound = 0, rate = 0, torch = INFINITY;
    for (int round = 0; round < 2; round++) {
        struct answers a = ask("'%s' pass '%s' 256 %d", self, folder, threads);
        struct answers b = ask("'%s' '%s' pass 256 %d maps", python, peers, threads);
        rate = fmax(rate, answer(&a, "rate"));
        peak = peak > 0 ? fmin(peak, answer(&a, "peak")) : answer(&a, "peak");
        bound = bound > 0 ? fmin(bound, answer(&a, "bound")) : answer(&a, "bound");
        if (answer(&a, "seconds") < ours) {
            ours = answer(&a, "seconds");
            linear = answer(&a, "linear");
        }
        torch = isnan(answer(&b, "seconds")) ? NAN : fmin(torch, answer(&b, "seconds"));
    }
    char what[96], note[96];
    snprintf(what, sizeof what, "GPT-2-small-sized pass, 256 tokens, %d thread%s",
             threads, threads > 1 ? "s" : "");
    snprintf(note, sizeof note, "(bound by sgemm and memory: %.4g ms)", 1e3 * bound);
    print_line(&(struct line){.what = what, .unit = "ms", .value = 1e3 * ours,
                              .peer = "PyTorch", .reference = 1e3 * torch, .least = 1,
                              .note = note});
    snprintf(note, sizeof note, "(%.4g GFLOP/s)", rate / 1e9);
    print_line(&(struct line){.what = "  its projections and FFN", .unit = "ms",
                              .value = 1e3 * linear, .peer = "sgemm peak",
                              .reference = 1e3 * peak, .least = 0.8, .note = note});
}

static void row_memory(void)
{
    struct answers a = ask("'%s' memory '%s' 1024", self, folder);
    struct answers b = ask("'%s' '%s' pass 1024 1 all", python, peers);
    char note[96];
    snprintf(note, sizeof note, "(all stages %.4g MB; a dropped map reopens in %.3g ms)",
             answer(&a, "all") / 1024, 1e3 * answer(&a, "reopen"));
    print_line(&(struct line){.what = "the same, 1,024 tokens: private memory",
                              .unit = "MB",
                              .value = answer(&a, "anon") / 1024,
                              .peer = "PyTorch",
                              .reference = answer(&b, "anon") / 1024,
                              .least = 4,
                              .note = note});
}

static void table(void)
{
    char *picture = file_join(folder, "heatmap.png");
    row_start(); /* the processes first: a child's memory begins as this one's */
    row_resident();
    row_key();
    row_new_text();
    row_whatif();
    row_exam();
    row_heatmap(picture, 320);
    row_heatmap(picture, 0);
    row_heatmap_process(picture);
    free(picture);
    ask("'%s' write '%s'", self, folder);
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    row_pass(1);
    if (cores > 1)
        row_pass(cores);
    row_memory();
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "write"))
        return big_write(argv[2]);
    if (argc == 5 && !strcmp(argv[1], "pass"))
        return big_pass(argv[2], strtol(argv[3], NULL, 10), atoi(argv[4]));
    if (argc == 4 && !strcmp(argv[1], "memory"))
        return big_memory(argv[2], strtol(argv[3], NULL, 10));
    if (argc != 4)
        return fprintf(stderr, "usage: bench STEPFORMER PEERS.PY FOLDER\n"), 2;
    self = argv[0];
    program = argv[1];
    peers = argv[2];
    folder = argv[3];
    python = getenv("PYTHON");
    if (!python)
        python = "/usr/bin/python3";
    table();
    return 0;
}
