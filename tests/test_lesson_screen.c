/* The lesson on the screen: golden frames of its scenes, and what its keys do; every scene
 * of the shipped lesson opens at every size in both languages with all of its text. */
#include "screen/lesson_screen.h"
#include "screen/screens.h"

#include "screen/lesson_view.h"
#include "screen/prose_view.h"

#include "frames.h"
#include "models.h"

#define LESSON "lessons/05-self-attention/"

static const struct {
    int rows, columns;
} sizes[] = {{20, 60}, {24, 80}, {60, 200}};
#define SIZES (sizeof sizes / sizeof *sizes)

static struct lesson *open_file(const char *path)
{
    struct error e = {0};
    struct lesson *l = lesson_open(path, &e);
    if (!l)
        fail_msg("%s:%ld:%ld %s", e.file, e.line, e.column, e.message);
    return l;
}

static long exam_sentences; /* only so many in each exam; 0: all */
static const char *model = "ko-en";

/* Frames must not differ between machines: the reference engine. */
static struct lesson_state *open_state(void)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    struct lesson *in[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = open_file(LESSON "en.md"),
        [LANGUAGE_KO] = open_file(LESSON "ko.md"),
    };
    struct reading *r = reading_new(in[say_language()],
                                    session_new(shared_model(model), &options), &e);
    if (!r)
        fail_msg("%s", e.message);
    if (exam_sentences)
        exams_limit(reading_exams(r), exam_sentences);
    return lesson_state_new(r, in);
}

static struct lesson_progress saved;

static void save(void *data, const struct lesson_progress *p)
{
    (void)data;
    saved = (struct lesson_progress){p->scene, p->scenes, saved.asked + p->asked,
                                     saved.right + p->right};
}

/* Plays keys on the lesson; the app is the caller's to free. */
static const struct canvas *play(struct app *app, int scene, const char *keys, int rows,
                                 int columns)
{
    struct script script;
    struct error e = {0};
    if (script_parse(keys, &script, &e) < 0)
        fail_msg("%s", e.message);
    struct lesson_state *s = open_state();
    s->saved = save;
    saved = (struct lesson_progress){0};
    lesson_screen_open(app, s, scene);
    const struct canvas *c = app_run_script(app, &script, rows, columns);
    script_free(&script);
    return c;
}

static char *frame_of(int scene, const char *keys, int rows, int columns)
{
    struct app *app = app_new(theme_find("dark"), screen_table);
    char *frame = frame_text(play(app, scene, keys, rows, columns));
    app_free(app);
    return frame;
}

static void shows_at(int scene, const char *keys, const char *text)
{
    char *frame = frame_of(scene, keys, 24, 80);
    assert_contains(frame, text);
    free(frame);
}

static void shows(const char *keys, const char *text)
{
    shows_at(0, keys, text);
}

static void hides(const char *keys, const char *text)
{
    char *frame = frame_of(0, keys, 24, 80);
    if (strstr(frame, text))
        fail_msg("\"%s\" is seen after %s:\n%s", text, keys, frame);
    free(frame);
}

/* ---- golden frames ---- */

static const struct frame {
    const char *name;
    int scene;
    const char *keys;
} frames[] = {
    {"lesson-start", 0, ""},
    {"lesson-asks", 1, ""},
    {"lesson-vectors", 1, "2 Tab Down Down"},
    {"lesson-ranking", 2, "2"},
    {"lesson-wrong", 3, "3"},
    {"lesson-measured", 4, "s"},
    {"lesson-bars", 6, "1 Tab Up"},
    {"lesson-slider", 7, "+*20"},
    {"lesson-head", 8, "2 Tab Down Right"},
    {"lesson-own", 0, "e text:'물을 마신다' Enter"},
};

static void compare_all(enum language language)
{
    say_set_language(language);
    model = MODEL_FROZEN;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct app *app = app_new(theme_find("dark"), screen_table);
        play(app, frames[i].scene, frames[i].keys, 24, 80);
        frame_compare_sizes(frames[i].name, app);
        app_free(app);
    }
    model = "ko-en";
    frame_done();
}

static void frames_in_english(void **state)
{
    (void)state;
    compare_all(LANGUAGE_EN);
}

static void frames_in_korean(void **state)
{
    (void)state;
    compare_all(LANGUAGE_KO);
}

/* ---- every scene ---- */

static void opens_scene(struct lesson_state *s, int scene)
{
    lesson_go(s, scene);
    while (lesson_open_question(s) >= 0)
        lesson_answer(s, ANSWER_SHOWN);
    if (!reading_is_resolved(s->reading))
        fail_msg("scene %d is not resolved", scene);
    if (!s->p.there)
        fail_msg("scene %d has no picture", scene);
}

/* The columns of the text: up to the line beside the picture, or all of them. */
static int columns_of_text(const struct canvas *c)
{
    for (int i = 0; i < c->columns && lesson_is_wide(canvas_area(c)); i++)
        if (!strcmp(canvas_cell(c, 2, i)->text, "│"))
            return i;
    return c->columns;
}

/* No row of the text is cut, on any page: the mark of that stands in its last column. */
static void shows_all_text(struct lesson_state *s, struct canvas *c)
{
    struct area a = canvas_area(c);
    int rows, seen;
    s->step = 1000; /* all of it, not only up to the picture */
    lesson_text_rows(s, c, a, &rows, &seen);
    if (rows < 3 || seen < 8)
        fail_msg("scene %d: %d rows, %d seen", reading_scene_number(s->reading), rows, seen);
    for (s->scroll = 0; s->scroll < rows; s->scroll += seen) {
        canvas_clear(c, (struct style){0});
        lesson_draw(s, c, a);
        int left = columns_of_text(c);
        for (int row = 2; row < c->rows - 2; row++)
            if (!strcmp(canvas_cell(c, row, left - 1)->text, "…"))
                fail_msg("scene %d at %dx%d: a row of the text is cut:\n%s",
                         reading_scene_number(s->reading), c->columns, c->rows,
                         canvas_dump(c));
    }
}

static void every_scene_opens(void **state)
{
    (void)state;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        struct lesson_state *s = open_state();
        int count = (int)reading_lesson(s->reading)->count;
        for (int i = 0; i < count; i++) {
            opens_scene(s, i);
            for (size_t k = 0; k < SIZES; k++) {
                struct canvas *c = canvas_new(sizes[k].rows, sizes[k].columns);
                c->theme = theme_find("dark");
                shows_all_text(s, c);
                canvas_free(c);
            }
        }
        lesson_state_free(s);
    }
}

/* ---- keys ---- */

static void hides_what_a_question_asks(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    hides(">", "cos 0.71");
    shows(">", "Answer the question first.");
    shows("> Tab", "Answer the question first.");
    shows(">", "Answer with a number");
    shows("> Space", "✓2 0");
    hides("> Space", "Right.");
    shows("> 2", "Right.");
    shows("> 2", "cos 0.71");
    shows("> 3", "Not so.");
    shows("> Down Enter", "Right.");
    shows("> s", "cos 0.71");
    hides("> s", "Not so.");
}

static void counts_answers(void **state)
{
    (void)state;
    struct app *app = app_new(theme_find("dark"), screen_table);
    play(app, 0, "> 2 > 1 > s >", 24, 80);
    assert_int_equal(saved.asked, 2);
    assert_int_equal(saved.right, 1);
    assert_int_equal(saved.scene, 4);
    assert_int_equal(saved.scenes, 12);
    app_free(app);
}

static void goes_through_pages_and_scenes(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    shows("> 2 Space Space", "3/12");
    shows_at(8, "2 Space", "9/12");
    shows("> <", "1/12");
    shows("p", "This is the first scene.");
    shows_at(11, "Space Space Space", "This is the end of the lesson.");
    shows("> p", "1/12");
}

static void walks_freely_and_comes_back(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    shows("Tab Enter", "encoder.1.self_attn.weights");
    shows("Tab Enter", "/ 118");
    shows("Tab Enter Esc", "1/12");
    shows("f Esc", "1/12");
    shows("> 2 Tab Enter Esc Esc w", "2/12");
    shows("> > > 1 Tab Enter", "worked example");
    shows("> > > 1 Tab Enter w", "this key works on the model's own walk");
    shows("> > > 1 f Esc", "4/12");
    shows("f Enter Esc Esc", "1/12");      /* deeper: one step out for each step in */
    shows("f Shift-Tab Enter Esc", "/ 118"); /* in from the stages: back to them */
    shows("f Shift-Tab Enter Esc Esc", "1/12");
}

static void reads_another_sentence(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    shows("e text:'물을 마신다' Enter", "물을 마신다");
    shows("e text:'물을 마신다' Enter o", "나는 학교에 간다");
    shows("o", "already the lesson's own sentence");
}

static void changes_language_in_place(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    shows("> > l", "낱말끼리 얼마나 닮았나");
    say_set_language(LANGUAGE_EN);
}

static void shows_before_and_after(void **state)
{
    (void)state;
    say_set_language(LANGUAGE_EN);
    shows("b", "Nothing is switched off");
    exam_sentences = 300;
    shows_at(10, "2 wait:exam", "97.3%");
    exam_sentences = 0;
    shows_at(10, "", "what-if: no-scale");
    hides("", "what-if:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_in_english),
        cmocka_unit_test(frames_in_korean),
        cmocka_unit_test(every_scene_opens),
        cmocka_unit_test(hides_what_a_question_asks),
        cmocka_unit_test(counts_answers),
        cmocka_unit_test(goes_through_pages_and_scenes),
        cmocka_unit_test(walks_freely_and_comes_back),
        cmocka_unit_test(reads_another_sentence),
        cmocka_unit_test(changes_language_in_place),
        cmocka_unit_test(shows_before_and_after),
    };
    return cmocka_run_group_tests_name("lesson_screen", tests, NULL, NULL);
}
