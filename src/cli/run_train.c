#include "cli/runs.h"

#include "base/data.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "learn/training.h"
#include "model/model.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOW_EVERY 0.2 /* seconds between two looks at the progress */
#define MOST_STEPS 10000000L
#define PIECES 2000

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

/* ---- progress ---- */

static void clear_line(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

static void show_progress(const struct training *t, double *shown)
{
    struct training_state s = training_state(t);
    if (s.line) {
        clear_line();
        fputs(s.line, stdout);
        fflush(stdout);
    }
    if (!isatty(STDERR_FILENO) || (s.seconds < *shown + SHOW_EVERY && *shown > 0))
        return;
    char left[32];
    long seconds = (long)(s.left + 0.5);
    snprintf(left, sizeof left, "%ld:%02ld", seconds / 60, seconds % 60);
    clear_line();
    fprintf(stderr, "%s %ld / %ld  %s %.4f  %s %.5f  %s %.0f  %s %s",
            say(SAY_CLI_TRAIN_STEP), s.step, s.steps, say(SAY_CLI_EXAM_LOSS), s.loss,
            say(SAY_CLI_TRAIN_RATE), s.rate, say(SAY_CLI_TRAIN_TOKENS), s.tokens,
            say(SAY_CLI_TRAIN_LEFT), left);
    *shown = s.seconds;
}

static int run(struct training *t, const char *folder, struct error *e)
{
    double shown = 0;
    int more = 1;
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    while (more > 0 && !stopped) {
        more = training_step(t, e);
        if (more >= 0)
            show_progress(t, &shown);
    }
    clear_line();
    if (more > 0 && training_save(t, e) == 0) {
        error_set(e, "train: stopped after step %ld; everything is saved, and --resume "
                  "--out %s goes on", training_state(t).step, folder);
        return -1;
    }
    if (more == 0)
        printf("%s --model %s\n", say(SAY_CLI_TRAIN_DONE), folder);
    return more == 0 ? 0 : -1;
}

/* ---- options ---- */

/* What --without says, as keys of config.json. */
static int add_without(struct buffer *b, const char *text, struct error *e)
{
    static const struct {
        const char *part, *setting;
    } parts[] = {
        {"residual", "residual=false"}, {"norm", "norm=false"},
        {"position", "position=none"},  {"mask", "causal_mask=false"},
        {"scale", "scale_attention=false"},
    };
    for (const char *s = text; *s; s += *s == ',') {
        size_t n = strcspn(s, ","), i = 0, count = sizeof parts / sizeof *parts;
        while (i < count && (strlen(parts[i].part) != n || strncmp(parts[i].part, s, n)))
            i++;
        if (i == count)
            return error_usage(e, "option --without: \"%.*s\" is no part; there are "
                               "residual, norm, position, mask, scale",
                               n < 40 ? (int)n : 40, s);
        buffer_addf(b, "%s%s", b->length ? "," : "", parts[i].setting);
        s += n;
    }
    return 0;
}

/* All keys of config.json that the options give, "key=value,…". */
static int read_config(const struct options *o, struct buffer *b, struct error *e)
{
    long heads = 0;
    buffer_add(b, option_text(o, OPTION_CONFIG, ""));
    if (option_integer(o, OPTION_HEADS, 1, 65536, &heads, e) < 0)
        return -1;
    if (heads)
        buffer_addf(b, "%snhead=%ld", b->length ? "," : "", heads);
    if (option_is_set(o, OPTION_RNN))
        buffer_addf(b, "%smodel_type=rnn", b->length ? "," : "");
    return add_without(b, option_text(o, OPTION_WITHOUT, ""), e);
}

static int read_pieces(const struct options *o, long *pieces, struct error *e)
{
    *pieces = PIECES;
    if (!strcmp(option_text(o, OPTION_PIECES, ""), "chars")) {
        *pieces = 0;
        return 0;
    }
    return option_integer(o, OPTION_PIECES, 16, 1000000, pieces, e);
}

static int read_weights(const struct options *o, struct recipe *r, struct error *e)
{
    static const char *const types[] = {"f32", "f16", NULL};
    int type = option_choice(o, OPTION_PRECISION, types, e);
    r->half = type > 0;
    return type < 0 ? -1 : 0;
}

static int read_recipe(const struct options *o, struct recipe *r, struct error *e)
{
    if (option_integer(o, OPTION_STEPS, 1, MOST_STEPS, &r->steps, e) < 0)
        return -1;
    if (r->warmup > r->steps / 10)
        r->warmup = r->steps / 10;
    if (option_integer(o, OPTION_BATCH, 1, 1000000, &r->batch, e) < 0 ||
        option_integer(o, OPTION_WARMUP, 0, MOST_STEPS, &r->warmup, e) < 0 ||
        option_integer(o, OPTION_SAVE_EVERY, 1, MOST_STEPS, &r->save_every, e) < 0 ||
        option_integer(o, OPTION_SEED, 0, 1000000000, &r->seed, e) < 0 ||
        option_integer(o, OPTION_ROUND, 0, 8, &r->round, e) < 0 ||
        read_weights(o, r, e) < 0 ||
        option_number(o, OPTION_RATE, 0, 100, &r->rate, e) < 0 ||
        option_number(o, OPTION_DROPOUT, 0, 0.99, &r->dropout, e) < 0 ||
        option_number(o, OPTION_SMOOTHING, 0, 0.99, &r->smoothing, e) < 0 ||
        option_number(o, OPTION_ENTROPY, 0, 1000, &r->entropy, e) < 0 ||
        option_number(o, OPTION_APART, 0, 1000, &r->apart, e) < 0)
        return -1;
    r->penalty_from = r->steps * 2 / 5;
    r->penalty_full = r->steps * 3 / 5;
    if (option_integer(o, OPTION_PENALTY_FROM, 0, MOST_STEPS, &r->penalty_from, e) < 0 ||
        option_integer(o, OPTION_PENALTY_FULL, 0, MOST_STEPS, &r->penalty_full, e) < 0)
        return -1;
    return recipe_check(r, e);
}

/* ---- the pairs that ship ---- */

#define BUILTIN "builtin"
#define BUILTIN_FOLDER "models/" MODEL_DEFAULT

/* What "--pairs builtin" stands for, beside the options that say otherwise. The paths are
 * kept here for the setup. */
struct builtin {
    char *folder, *pairs, *exam;
};

static void free_builtin(struct builtin *b)
{
    free(b->folder);
    free(b->pairs);
    free(b->exam);
}

static int find_builtin(struct builtin *b, const struct options *o,
                        struct training_setup *s, struct error *e)
{
    if (!s->pairs || strcmp(s->pairs, BUILTIN))
        return 0;
    b->folder = data_path(BUILTIN_FOLDER);
    b->pairs = data_path(BUILTIN_FOLDER "/pairs.tsv.gz");
    b->exam = data_path(BUILTIN_FOLDER "/exam.tsv");
    if (!b->pairs || !b->exam)
        return error_set(e, "option --pairs builtin: the model %s of this installation "
                         "brings no %s; give --pairs a file of your own",
                         MODEL_DEFAULT, b->pairs ? "exam.tsv" : "pairs.tsv.gz");
    s->pairs = b->pairs;
    s->exam = s->exam ? s->exam : b->exam;
    if (!s->tokenizers && !option_is_set(o, OPTION_PIECES)) /* else they are learned */
        s->tokenizers = b->folder;
    return 0;
}

/* What a training goes on with stands in its folder. */
static int check_resume(const struct options *o, struct error *e)
{
    static const enum option begun[] = {
        OPTION_EXAM,    OPTION_CONFIG,    OPTION_HEADS,      OPTION_RNN,
        OPTION_WITHOUT, OPTION_PIECES,    OPTION_TOKENIZERS, OPTION_STEPS,
        OPTION_BATCH,   OPTION_RATE,      OPTION_WARMUP,    OPTION_DROPOUT,
        OPTION_ENTROPY, OPTION_SMOOTHING, OPTION_APART,     OPTION_PENALTY_FROM,
        OPTION_PENALTY_FULL, OPTION_SAVE_EVERY, OPTION_SEED, OPTION_ROUND,
        OPTION_PRECISION,
        OPTION_FORCE,
    };
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++)
        if (option_is_set(o, begun[i]))
            return error_usage(e, "option --%s: --resume goes on as the training began; "
                               "leave it out", option_name(begun[i]));
    return 0;
}

/* What is given is checked before the folder is made. */
static struct training *begin_training(const struct options *o, struct training_setup *s,
                                       struct error *e)
{
    struct buffer config = {0};
    struct training *t = NULL;
    if (!s->folder) {
        error_usage(e, "train: --out is missing: the folder to write");
    } else if (option_is_set(o, OPTION_RESUME)) {
        if (check_resume(o, e) == 0)
            t = training_resume(s->folder, s->pairs, s->threads, e);
    } else if (!s->pairs) {
        error_usage(e, "train: --pairs is missing: a file of sentences to learn from, or "
                    "builtin");
    } else if (read_recipe(o, &s->recipe, e) == 0 && read_pieces(o, &s->pieces, e) == 0 &&
               read_config(o, &config, e) == 0) {
        s->config = config.data;
        t = training_new(s, e);
    }
    buffer_free(&config);
    return t;
}

static struct training *open_training(const struct options *o, struct error *e)
{
    struct training_setup s = {.pairs = option_text(o, OPTION_PAIRS, NULL),
                               .folder = option_text(o, OPTION_OUT, NULL),
                               .exam = option_text(o, OPTION_EXAM, NULL),
                               .tokenizers = option_text(o, OPTION_TOKENIZERS, NULL),
                               .recipe = recipe_default(),
                               .force = option_is_set(o, OPTION_FORCE)};
    struct builtin b = {0};
    struct training *t = NULL;
    long threads = 1;
    if (option_integer(o, OPTION_THREADS, 1, 64, &threads, e) < 0)
        return NULL;
    s.threads = (int)threads;
    if (find_builtin(&b, o, &s, e) == 0)
        t = begin_training(o, &s, e);
    free_builtin(&b);
    return t;
}

int run_train(const struct options *o, struct error *e)
{
    struct training *t = open_training(o, e);
    if (!t)
        return e->usage ? CLI_USAGE : CLI_FAILED;
    int result = run(t, option_text(o, OPTION_OUT, ""), e);
    training_free(t);
    return result < 0 ? CLI_FAILED : CLI_OK;
}
