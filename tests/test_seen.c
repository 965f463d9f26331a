/* What is shown, saved as a picture: its notes say what run it is of, and its name is one
 * that was free. */
#include "screen/seen.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "chart/charts.h"
#include "models.h"
#include "pictures.h"

#include <unistd.h>

#define TEXT "나는 학교에 간다"
#define STAGE "encoder.1.self_attn.weights"

static char folder[] = "/tmp/stepformer-picture-XXXXXX";

static struct session *run(const char *whatif)
{
    struct error e = {0};
    struct whatifs list = {0};
    struct session *s =
        session_new(open_model(MODEL_DEFAULT), &(struct session_options){0});
    if (whatif)
        assert_int_equal(whatifs_add(&list, whatif, &e), 0);
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    assert_int_equal(session_set_whatifs(s, &list, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    whatifs_free(&list);
    return s;
}

/* Saves a head of the stage; returns the name of the file. Caller frees. */
static char *save_by(struct session *s, long head, enum range_by by)
{
    struct error e = {0};
    struct exhibit x = exhibit_of_stage(s, plan_find(trace_plan(s->trace), STAGE));
    x.at.head = head;
    struct seen seen = {.kind = charts_at(0), .chart = chart_of(&x)};
    seen.chart.range_by = by;
    char *path = seen_save(&seen, &e);
    chart_release(&seen.chart);
    if (!path)
        fail_msg("%s", e.message);
    return path;
}

static char *save(struct session *s, long head)
{
    return save_by(s, head, RANGE_BY_MATRIX);
}

static void notes_say_what_it_is(void **state)
{
    (void)state;
    struct session *s = run("no-ffn@decoder"), *intact = run(NULL);
    char *path = save(s, 1), *other = save(intact, 1);
    char *first = mem_format("%s/" STAGE "-head2.png", folder);
    char *second = mem_format("%s/" STAGE "-head2-2.png", folder);
    assert_string_equal(path, first);
    assert_string_equal(other, second);
    free(first);
    free(second);
    char *title = mem_format(TEXT " → %s", s->prediction);
    has_note(path, "Title", title);
    free(title);
    has_note(path, "stepformer:model", "ko-en");
    has_note(path, "stepformer:text", TEXT);
    has_note(path, "stepformer:stage", STAGE);
    has_note(path, "stepformer:what-if", "no-ffn@decoder");
    has_note(other, "stepformer:what-if", "");
    remove(path);
    remove(other);
    free(path);
    free(other);
    session_free(s);
    session_free(intact);
}

/* The figure of a head of the stage, put together here. */
static void write_wanted_by(struct session *s, long head, const char *path, bool by_row)
{
    struct error e = {0};
    int stage = plan_find(trace_plan(s->trace), STAGE);
    const struct tensor *t = trace_acquire(s->trace, stage);
    long n = t->size[1];
    const char **labels = mem_alloc((size_t)n, sizeof *labels);
    for (long i = 0; i < n; i++)
        labels[i] = s->source_labels.items[i].text;
    char *subtitle = mem_format("%s, head %ld", STAGE, head + 1);
    struct colormap_range range = {0, 1, false};
    struct heatmap map = {.values = {t, head * n * n, n, n},
                          .row = {"query", labels, NULL},
                          .column = {"key", labels, NULL},
                          .heading = {.title = TEXT " → I go to school", .subtitle = subtitle},
                          .value_title = by_row ? say(SAY_FIGURE_BY_ROW) : NULL,
                          .by_row = by_row,
                          .range = &range};
    write_map(&map, path, &e);
    trace_release(s->trace, stage);
    free(labels);
    free(subtitle);
}

static void write_wanted(struct session *s, long head, const char *path)
{
    write_wanted_by(s, head, path, false);
}

/* As the screen shows it. */
static void it_has_the_range_of_the_screen(void **state)
{
    (void)state;
    struct session *s = run(NULL);
    char *path = save_by(s, 1, RANGE_BY_ROW);
    write_wanted_by(s, 1, "wanted.png", true);
    assert_same_pictures(path, "wanted.png");
    remove(path);
    remove("wanted.png");
    free(path);
    session_free(s);
}

static void it_shows_the_head_of_its_name(void **state)
{
    (void)state;
    struct session *s = run(NULL);
    for (long head = 0; head < 3; head += 2) {
        char *path = save(s, head);
        write_wanted(s, head, "wanted.png");
        assert_same_pictures(path, "wanted.png");
        remove(path);
        remove("wanted.png");
        free(path);
    }
    session_free(s);
}

/* ---- the command ---- */

static void assert_command(struct session *s, const char *stage, struct place at,
                           bool opened, const char *kind, const char *want)
{
    struct exhibit x = exhibit_of_stage(s, plan_find(trace_plan(s->trace), stage));
    x.at = at;
    struct seen seen = {
        .kind = charts_find(kind), .chart = chart_of(&x), .opened = opened};
    char *command = seen_command(&seen);
    assert_string_equal(command, want);
    free(command);
    chart_release(&seen.chart);
}

static void the_command_makes_what_is_seen(void **state)
{
    (void)state;
    struct error e = {0};
    struct session *s = run(NULL);
    assert_command(s, STAGE, (struct place){1, 2, 3}, false, "heatmap",
                   "stepformer figure '" TEXT "' --kind heatmap --stage " STAGE
                   " --head 2 -o " STAGE "-heatmap-head2.png");
    assert_command(s, STAGE, (struct place){1, 2, 3}, false, "bars",
                   "stepformer figure '" TEXT "' --kind bars --stage " STAGE
                   " --head 2 --row 3 -o " STAGE "-bars-head2.png");
    assert_command(s, STAGE, (struct place){1, 2, 3}, true, "matrix",
                   "stepformer explain '" TEXT "' " STAGE " 2,3,4");
    assert_command(s, "src.tokens", (struct place){0, 2, 0}, true, "matrix",
                   "stepformer explain '" TEXT "' src.tokens 3");
    session_free(s);
    s = run("no-ffn@decoder");
    assert_int_equal(session_set_target_text(s, "I am", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    assert_command(s, "src.input", (struct place){0}, false, "matrix",
                   "stepformer figure '" TEXT "' --kind matrix --stage src.input -o "
                   "src.input.png --target 'I am' --what-if no-ffn@decoder");
    session_free(s);
}

/* A shell gives the text back as it was, whatever it holds. */
static void a_shell_reads_the_text_back(void **state)
{
    (void)state;
    struct error e = {0};
    struct session *s = run(NULL);
    assert_int_equal(session_set_text(s, "I'm $HOME `x` \"나\"; *", &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    assert_command(s, "src.input", (struct place){0}, true, "matrix",
                   "stepformer explain 'I'\\''m $HOME `x` \"나\"; *' src.input 1,1");
    session_free(s);
}

static void what_no_command_makes(void **state)
{
    (void)state;
    struct session *s = run(NULL);
    struct exhibit x = exhibit_of_stage(s, 0);
    x.ref = (struct ref){REF_WEIGHT, 0};
    struct seen seen = {.kind = charts_at(0), .chart = chart_of(&x)};
    assert_null(seen_command(&seen));
    chart_release(&seen.chart);
    session_free(s);
}

static int enter_folder(void **state)
{
    (void)state;
    /* data is found from here on by its full path */
    char here[1024], *data;
    if (!getenv("STEPFORMER_DATA") && getcwd(here, sizeof here)) {
        data = mem_format("%s/assets", here);
        setenv("STEPFORMER_DATA", data, 1);
        free(data);
    }
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    (void)state;
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_say_what_it_is),
        cmocka_unit_test(it_shows_the_head_of_its_name),
        cmocka_unit_test(the_command_makes_what_is_seen),
        cmocka_unit_test(a_shell_reads_the_text_back),
        cmocka_unit_test(what_no_command_makes),
        cmocka_unit_test(it_has_the_range_of_the_screen),
    };
    return cmocka_run_group_tests_name("seen", tests, enter_folder, leave_folder);
}
