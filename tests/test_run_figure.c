/* The command figure: the picture holds the numbers, rows and columns that the options ask
 * for, and its notes say what run it is of. */
#include "cli/runs.h"

#include "base/memory.h"
#include "base/say.h"
#include "cli/common.h"
#include "figure/figure.h"
#include "models.h"
#include "pictures.h"
#include "study/session.h"

#include <unistd.h>

#define TEXT "나는 학교에 간다"
#define CROSS "decoder.1.cross_attn.weights"

static char folder[] = "/tmp/stepformer-figure-XXXXXX";
static char made[sizeof folder + 16], wanted[sizeof folder + 16];

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
    has_note(made, "stepformer:what-if", "what-if: no-scale@decoder.1, no-position");
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

static void write_wanted(struct session *s, const char *stage, long head,
                         const struct labels *rows, const struct labels *columns,
                         bool special)
{
    struct error e = {0};
    int index = plan_find(trace_plan(s->trace), stage);
    const struct tensor *t = trace_acquire(s->trace, index);
    struct ticks row = ticks_of(rows, true, special);
    struct ticks column = ticks_of(columns, false, special);
    double *cells = mem_alloc((size_t)(row.count * column.count), sizeof *cells);
    for (long i = 0; i < row.count; i++)
        for (long k = 0; k < column.count; k++)
            cells[i * column.count + k] =
                tensor_get(t, (head * t->size[1] + row.places[i]) * t->size[2] +
                                  column.places[k]);
    struct tensor values = {.type = TENSOR_F64, .rank = 2,
                            .size = {row.count, column.count}, .f64 = cells};
    struct colormap_range range = {0, 1, false};
    char *subtitle = mem_format("%s, head %ld", stage, head + 1);
    struct heatmap map = {
        .values = {&values, 0, row.count, column.count},
        .row = {"query", (const char *const *)row.texts, NULL},
        .column = {"key", (const char *const *)column.texts, NULL},
        .heading = {.title = TEXT " → I go to school", .subtitle = subtitle},
        .digits = 2, .range = &range};
    struct figure_request r = {.maps = &map, .map_count = 1, .replace = true};
    assert_int_equal(figure_write(figure_find("heatmap"), &r, wanted, NULL, &e), 0);
    trace_release(s->trace, index);
    free_ticks(&row);
    free_ticks(&column);
    free(subtitle);
    free(cells);
}

static struct session *new_run(void)
{
    struct error e = {0};
    struct session *s = session_new(open_model("ko-en"), &(struct session_options){0});
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    return s;
}

static void it_shows_the_head_that_was_asked_for(void **state)
{
    (void)state;
    struct session *s = new_run();
    figure((const char *[]){"--stage", CROSS, "--head", "2", NULL});
    write_wanted(s, CROSS, 1, session_written_labels(s), &s->source_labels, true);
    assert_same_pictures(made, wanted);
    session_free(s);
}

/* Of the written side the row that predicts <eos> goes, and as a column <bos>. */
static void special_tokens_are_left_out(void **state)
{
    (void)state;
    static const char *const stages[] = {CROSS, "decoder.0.self_attn.weights",
                                         "encoder.1.self_attn.weights"};
    struct session *s = new_run();
    const struct labels *source = &s->source_labels, *target = session_written_labels(s);
    const struct labels *const rows[] = {target, target, source};
    const struct labels *const columns[] = {source, target, source};
    for (int i = 0; i < 3; i++) {
        figure((const char *[]){"--stage", stages[i], "--head", "1", "--no-special", NULL});
        write_wanted(s, stages[i], 0, rows[i], columns[i], false);
        assert_same_pictures(made, wanted);
    }
    session_free(s);
}

static int make_folder(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    if (!mkdtemp(folder))
        return -1;
    snprintf(made, sizeof made, "%s/made.png", folder);
    snprintf(wanted, sizeof wanted, "%s/wanted.png", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    remove(made);
    remove(wanted);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_say_what_it_is),
        cmocka_unit_test(notes_name_the_what_ifs),
        cmocka_unit_test(it_shows_the_head_that_was_asked_for),
        cmocka_unit_test(special_tokens_are_left_out),
    };
    return cmocka_run_group_tests_name("run_figure", tests, make_folder, remove_folder);
}
