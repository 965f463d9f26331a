/* The command figure: the picture holds the numbers, rows and columns that the options ask
 * for, and its notes say what run it is of. */
#include "cli/runs.h"

#include "base/memory.h"
#include "base/say.h"
#include "chart/charts.h"
#include "cli/common.h"
#include "models.h"
#include "pictures.h"
#include "study/session.h"

#include <unistd.h>

#define TEXT "나는 학교에 간다"
#define CROSS "decoder.1.cross_attn.weights"

static char folder[] = "/tmp/stepformer-figure-XXXXXX";
static char made[sizeof folder + 16], wanted[sizeof folder + 16];
static char other[sizeof folder + 16];

/* Draws TEXT into the file `made` with these options, up to a NULL. */
static void figure(const char *const more[])
{
    const char *words[24] = {TEXT, "--lang", "en", "--force", "-o", made};
    int n = 6;
    struct options o = {0};
    struct error e = {0};
    while (*more)
        words[n++] = *more++;
    assert_int_equal(options_parse(n, (char **)words, &o, &e), 0);
    if (run_figure(&o, &e) != CLI_OK)
        fail_msg("%s", e.message);
    options_free(&o);
}

/* ---- the notes ---- */

static void notes_say_what_it_is(void **state)
{
    (void)state;
    figure((const char *[]){"--stage", CROSS, "--head", "2", NULL});
    has_note(made, "Software", "Stepformer");
    has_note(made, "Title", TEXT " → I go to school");
    has_note(made, "stepformer:model", "ko-en");
    has_note(made, "stepformer:text", TEXT);
    has_note(made, "stepformer:prediction", "I go to school");
    has_note(made, "stepformer:what-if", "");
    has_note(made, "stepformer:stage", CROSS);
    has_note(made, "stepformer:head", "2");
}

static void notes_name_the_what_ifs(void **state)
{
    (void)state;
    figure((const char *[]){"--what-if", "no-scale@decoder.1", "--what-if", "no-position",
                            "--stage", "src.input", NULL});
    has_note(made, "stepformer:what-if", "no-scale@decoder.1, no-position");
    has_note(made, "stepformer:head", "");
}

/* ---- the picture, against one that is put together here ---- */

/* The labels of an axis as the figure should have them, and where they stand. */
struct ticks {
    char *texts[32];
    long places[32], count;
};

static bool is_special(const char *text)
{
    return !strcmp(text, "<bos>") || !strcmp(text, "<eos>");
}

/* Rows that ask are told by what they predict where they predict something. */
static struct ticks ticks_of(const struct labels *l, bool asks, bool special)
{
    struct ticks s = {.count = 0};
    for (size_t i = 0; i < l->count; i++) {
        const struct label *x = &l->items[i];
        bool predicts = asks && x->next;
        if (!special && is_special(predicts ? x->next : x->text))
            continue;
        s.places[s.count] = (long)i;
        s.texts[s.count++] = predicts ? mem_format("%s → %s", x->text, x->next)
                                      : mem_string(x->text);
    }
    return s;
}

static void free_ticks(struct ticks *s)
{
    for (long i = 0; i < s->count; i++)
        free(s->texts[i]);
}

/* What should be drawn of a stage: of a head from 0, or of all of it where it has none. */
struct shown {
    const char *stage;
    long head; /* -1 for none */
    const struct labels *rows, *columns; /* columns NULL: numbers */
    bool special;
};

/* The cells of the rows and columns that stay. Caller frees. */
static double *cells_of(const struct shown *x, const struct tensor *t,
                        const struct ticks *row, const struct ticks *column, long columns)
{
    long all = tensor_columns(t), rows = t->size[t->rank - 2];
    long first = x->head < 0 ? 0 : x->head * rows * all;
    double *cells = mem_alloc((size_t)(row->count * columns), sizeof *cells);
    for (long i = 0; i < row->count; i++)
        for (long k = 0; k < columns; k++)
            cells[i * columns + k] =
                tensor_get(t, first + row->places[i] * all +
                                  (x->columns ? column->places[k] : k));
    return cells;
}

static void write_wanted(struct session *s, const struct shown *x)
{
    struct error e = {0};
    bool asks = x->head >= 0;
    int index = plan_find(trace_plan(s->trace), x->stage);
    const struct tensor *t = trace_acquire(s->trace, index);
    struct ticks row = ticks_of(x->rows, asks, x->special), column = {.count = 0};
    if (x->columns)
        column = ticks_of(x->columns, false, x->special);
    long columns = x->columns ? column.count : tensor_columns(t);
    struct tensor values = {.type = TENSOR_F64, .rank = 2, .size = {row.count, columns},
                            .f64 = cells_of(x, t, &row, &column, columns)};
    struct colormap_range range = {0, 1, false};
    char *head = asks ? mem_format(", head %ld", x->head + 1) : mem_string("");
    char *subtitle = mem_format("%s%s", x->stage, head);
    struct heatmap map = {
        .values = {&values, 0, row.count, columns},
        .row = {asks ? "query" : "token", (const char *const *)row.texts, NULL},
        .column = {asks ? "key" : "feature", NULL, NULL},
        .heading = {.title = TEXT " → I go to school", .subtitle = subtitle},
        .range = asks ? &range : NULL};
    if (x->columns)
        map.column.labels = (const char *const *)column.texts;
    write_map(&map, wanted, &e);
    trace_release(s->trace, index);
    free_ticks(&row);
    free_ticks(&column);
    free(head);
    free(subtitle);
    free(values.data);
}

static struct session *new_run(void)
{
    struct error e = {0};
    struct session *s = session_new(open_model("ko-en"), &(struct session_options){0});
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    return s;
}

/* The left part of both, which has the cells, is the same; the bar beside them has another
 * title. */
static bool pictures_agree_left_of(const char *path, const char *second, double part)
{
    png_image a, b;
    png_bytep x = read_pixels_(path, &a), y = read_pixels_(second, &b);
    size_t stride = PNG_IMAGE_ROW_STRIDE(a), other_stride = PNG_IMAGE_ROW_STRIDE(b);
    bool same = a.height == b.height;
    for (size_t row = 0; same && row < a.height; row++)
        same = !memcmp(x + row * stride, y + row * other_stride,
                       (size_t)(part * (double)a.width) * 4);
    free(x);
    free(y);
    return same;
}

/* Weights that are all alike: by head, each is the largest; by the matrix, none is. */
static void the_range_is_that_of_the_head(void **state)
{
    (void)state;
    static const char stage[] = "encoder.0.self_attn.weights";
    static const struct {
        const char *range;
        bool same;
    } others[] = {{"0,0.14285714", true}, {"row", true}, {"auto", false}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *ranges[] = {others[i].range, "head"};
        for (int k = 0; k < 2; k++) {
            figure((const char *[]){"--what-if", "uniform-attention", "--stage", stage,
                                    "--range", ranges[k], NULL});
            if (k == 0)
                assert_int_equal(rename(made, wanted), 0);
        }
        assert_int_equal(pictures_agree_left_of(made, wanted, 0.8), others[i].same);
    }
}

static void it_shows_the_head_that_was_asked_for(void **state)
{
    (void)state;
    struct session *s = new_run();
    struct shown x = {CROSS, 1, session_written_labels(s), &s->source_labels, true};
    figure((const char *[]){"--stage", CROSS, "--head", "2", NULL});
    write_wanted(s, &x);
    assert_same_pictures(made, wanted);
    session_free(s);
}

/* Of rows that ask, the one that predicts <eos> goes; elsewhere <bos> and <eos> go
 * themselves. */
static void special_tokens_are_left_out(void **state)
{
    (void)state;
    struct session *s = new_run();
    const struct labels *source = &s->source_labels, *target = session_written_labels(s);
    const struct shown list[] = {{CROSS, 0, target, source, false},
                                 {"decoder.0.self_attn.weights", 0, target, target, false},
                                 {"encoder.1.self_attn.weights", 0, source, source, false},
                                 {"tgt.input", -1, target, NULL, false},
                                 {"src.input", -1, source, NULL, false}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        figure((const char *[]){"--stage", list[i].stage, "--no-special", NULL});
        write_wanted(s, &list[i]);
        assert_same_pictures(made, wanted);
    }
    session_free(s);
}

/* The other layers of an overview have the words of the layer that was asked for, and of
 * them the same ones: as if each had been asked for by itself. */
static void layers_are_regrouped_alike(void **state)
{
    (void)state;
    static const char *const layers[] = {"decoder.0.cross_attn.weights", CROSS};
    for (int i = 0; i < 2; i++) {
        figure((const char *[]){"--kind", "overview", "--stage", layers[i], "--by", "word",
                                "--no-special", NULL});
        has_note(made, "stepformer:head", "");
        assert_int_equal(rename(made, i ? wanted : other), 0);
    }
    assert_same_pictures(other, wanted);
}

static int make_folder(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    if (!mkdtemp(folder))
        return -1;
    snprintf(made, sizeof made, "%s/made.png", folder);
    snprintf(other, sizeof other, "%s/other.png", folder);
    snprintf(wanted, sizeof wanted, "%s/wanted.png", folder);
    return 0;
}

/* ---- the row ---- */

/* Draws twice, with these options alone and with a row, into `wanted` and `made`. */
static void figures_of_row(const char *kind, const char *stage, const char *one,
                           const char *two)
{
    figure((const char *[]){"--kind", kind, "--stage", stage, one ? "--row" : NULL, one,
                            NULL});
    assert_int_equal(rename(made, wanted), 0);
    figure((const char *[]){"--kind", kind, "--stage", stage, two ? "--row" : NULL, two,
                            NULL});
}

static void the_row_that_was_asked_for(void **state)
{
    (void)state;
    figures_of_row("bars", "src.input", "3", "'학교'");
    assert_same_pictures(made, wanted);
    has_note(made, "stepformer:row", "3");
    figures_of_row("bars", "src.input", NULL, "1");
    assert_same_pictures(made, wanted);
    /* what comes next */
    figures_of_row("ranking", "probabilities", NULL, ">'<eos>'");
    assert_same_pictures(made, wanted);
    figures_of_row("ranking", "probabilities", ">'go'", "2");
    assert_same_pictures(made, wanted);
}

static void no_such_row(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *row, *says;
    } list[] = {{"bars", "99", "counts from 1 to"},
                {"ranking", "'없다'", "not among the labels"},
                {"heatmap", "1", "shows every row"}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const char *words[] = {TEXT,      "--force",   "-o",     made,
                               "--stage", "src.input", "--kind", list[i].kind,
                               "--row",   list[i].row};
        struct options o = {0};
        struct error e = {0};
        assert_int_equal(options_parse(10, (char **)words, &o, &e), 0);
        assert_int_not_equal(run_figure(&o, &e), CLI_OK);
        assert_contains(e.message, list[i].says);
        options_free(&o);
    }
}

static int remove_folder(void **state)
{
    (void)state;
    remove(made);
    remove(other);
    remove(wanted);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_say_what_it_is),
        cmocka_unit_test(notes_name_the_what_ifs),
        cmocka_unit_test(the_range_is_that_of_the_head),
        cmocka_unit_test(it_shows_the_head_that_was_asked_for),
        cmocka_unit_test(special_tokens_are_left_out),
        cmocka_unit_test(layers_are_regrouped_alike),
        cmocka_unit_test(the_row_that_was_asked_for),
        cmocka_unit_test(no_such_row),
    };
    return cmocka_run_group_tests_name("run_figure", tests, make_folder, remove_folder);
}
