/* A lesson on the screen, on lessons of its own: questions that an exam decides, that the
 * sentence does not decide, or that lie below the fold; two languages that differ;
 * pictures that cannot be drawn as they were asked for; and random keys and sizes. */
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "keys.h"
#include "models.h"
#include "screen/lesson_screen.h"
#include "screen/screens.h"
#include "screen/lesson_view.h"

#define FRONT                                                                            \
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"

#define STAGE "```stage\nfocus: encoder.0.self_attn.weights[1,1,1]\n```\n\n"

static int asked, right;

static void save(void *data, const struct lesson_progress *p)
{
    (void)data;
    asked += p->asked;
    right += p->right;
}

static struct lesson *parse(const char *body)
{
    struct error e = {0};
    char *text = mem_format("%s%s", FRONT, body);
    struct lesson *l = lesson_parse(text, "x.md", &e);
    if (!l)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    free(text);
    return l;
}

/* The Korean lesson may be NULL. */
static struct app *open_lesson(const char *en, const char *ko, struct lesson_state **s)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    struct lesson *in[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = parse(en), [LANGUAGE_KO] = ko ? parse(ko) : NULL};
    struct reading *r =
        reading_new(in[LANGUAGE_EN], session_new(shared_model("ko-en"), &options), &e);
    if (!r)
        fail_msg("%s", e.message);
    exams_limit(reading_exams(r), 100); /* enough to decide what is asked here */
    say_set_language(LANGUAGE_EN);
    struct app *app = app_new(theme_find("dark"), screen_table);
    *s = lesson_state_new(r, in);
    (*s)->saved = save;
    asked = right = 0;
    lesson_screen_open(app, *s, 0);
    return app;
}

static void shows(struct app *app, const char *keys, const char *text)
{
    char *frame = canvas_dump(press(app, keys, 24, 80));
    if (!strstr(frame, text))
        fail_msg("\"%s\" is not seen after %s:\n%s", text, keys, frame);
    free(frame);
}

static void hides(struct app *app, const char *keys, const char *text)
{
    char *frame = canvas_dump(press(app, keys, 24, 80));
    if (strstr(frame, text))
        fail_msg("\"%s\" is seen after %s:\n%s", text, keys, frame);
    free(frame);
}

static void counted(int want_asked, int want_right)
{
    assert_int_equal(asked, want_asked);
    assert_int_equal(right, want_right);
}

/* ---- questions ---- */

static const char one_question[] =
    "## S\n\n```predict\n? Which?\n- one | rows(src.input) < 0\n"
    "- two | encoder.0.self_attn.weights[1,'▁나','▁나'] >= 0 | Since it is so.\n"
    "- three | rows(src.input) < 0 | Never.\n```\n\n" STAGE "Behind it.\n";

static void test_an_answer_is_judged_and_reveals(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(one_question, NULL, &s);
    hides(app, "", "Behind it.");
    hides(app, "", "encoder.0");
    shows(app, "", "Answer with a number");
    hides(app, "9 6", "Behind it."); /* there is no such choice */
    shows(app, "3", "Not so. Never.");
    shows(app, "", "✗3 three");
    shows(app, "", "✓2 two");
    shows(app, "", "✓ Since it is so.");
    shows(app, "", "Behind it.");
    shows(app, "1", "✗3 three"); /* the answer stays */
    counted(1, 0);
    app_free(app);
}

/* Who passes by the question is told, and did not try. */
static void test_a_question_is_passed_by(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(one_question, NULL, &s);
    shows(app, "Space", "✓2 two");
    shows(app, "", "✓ Since it is so.");
    hides(app, "", "✗");
    struct lesson_asked a = lesson_asked(s, 0);
    assert_int_equal(lesson_answer_of(&a), ANSWER_SHOWN);
    counted(0, 0);
    app_free(app);
}

static void test_a_question_is_asked_again_on_another_sentence(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(one_question, NULL, &s);
    shows(app, "2", "Right. Since it is so.");
    counted(1, 1);
    hides(app, "e text:'나는 바다에 간다' Enter", "Behind it.");
    shows(app, "1", "Not so.");
    counted(1, 1); /* but counted once */
    app_free(app);
}

static void test_a_sentence_may_not_decide(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(one_question, NULL, &s);
    press(app, "e text:'물을 마신다' Enter", 24, 80);
    assert_int_equal(lesson_open_question(s), -1);
    shows(app, "", "This sentence does not decide");
    shows(app, "", "Behind it.");
    hides(app, "2", "Right.");
    counted(0, 0);
    hides(app, "o", "Behind it.");
    shows(app, "2", "Right.");
    counted(1, 1);
    app_free(app);
}

static void test_an_exam_decides_when_it_is_done(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson("## S\n\n```predict\n? How many?\n"
                                  "- few | exam(intact).exact_match < 0.5\n"
                                  "- most | exam(intact).exact_match >= 0.5\n```\n\n"
                                  "Behind it.\n",
                                  NULL, &s);
    hides(app, "", "Behind it.");
    shows(app, "2", say(SAY_LESSON_PENDING));
    shows(app, "", "▸2 most");
    shows(app, "", "Behind it.");
    counted(0, 0);
    shows(app, "wait:exam", "Right.");
    counted(1, 1);
    press(app, "wait:exam", 24, 80);
    counted(1, 1);
    app_free(app);
}

/* What the learner has not seen cannot be answered; the key brings it into view. */
static void test_a_question_below_the_fold(void **state)
{
    (void)state;
    struct buffer body = {0};
    struct lesson_state *s;
    buffer_add(&body, "## S\n\n");
    for (int i = 0; i < 12; i++)
        buffer_add(&body, "Words before it.\n\n");
    buffer_add(&body, one_question + strlen("## S\n\n"));
    struct app *app = open_lesson(body.data, NULL, &s);
    hides(app, "", "? Which?");
    shows(app, "2", "? Which?");
    shows(app, "", "3 three");
    counted(0, 0);
    shows(app, "2", "Right.");
    counted(1, 1);
    press(app, "Up*50 Down*3", 24, 80);
    assert_int_equal(s->scroll, 3);
    press(app, "Down*90 Up", 24, 80); /* no row is pressed for in vain */
    struct canvas *c = canvas_new(24, 80);
    int rows, seen;
    lesson_text_rows(s, c, canvas_area(c), &rows, &seen);
    assert_int_equal(s->scroll, rows - seen - 1);
    canvas_free(c);
    app_free(app);
    buffer_free(&body);
}

/* Space goes on in the text before it goes on to the next scene, on every screen. */
static void test_no_page_is_skipped(void **state)
{
    (void)state;
    struct buffer body = {0};
    struct lesson_state *s;
    buffer_add(&body, "## S\n\n");
    for (int i = 0; i < 12; i++)
        buffer_add(&body, "Words.\n\n");
    buffer_add(&body, STAGE "Last words.\n\n## Next\n\nMore.\n");
    struct app *app = open_lesson(body.data, NULL, &s);
    press(app, "Tab", 20, 60);
    assert_int_equal(s->focus, LESSON_FOCUS_PICTURE);
    press(app, "Space", 20, 60); /* back to the unread text */
    assert_int_equal(s->focus, LESSON_FOCUS_TEXT);
    assert_int_equal(reading_scene_number(s->reading), 0);
    hides(app, "", "Last words.");
    shows(app, "Space", "Last words.");
    shows(app, "Space", "2/2");
    app_free(app);
    buffer_free(&body);
}

static void test_languages_may_differ(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson(one_question,
                                  "## S\n\n```predict\n? 어느 것?\n"
                                  "- 하나 | rows(src.input) < 0\n"
                                  "- 둘 | rows(src.input) > 0\n```\n\n뒤의 글.\n",
                                  &s);
    shows(app, "3", "Not so.");
    shows(app, "l", "뒤의 글.");
    shows(app, "", "✓2 둘");
    shows(app, "l", "✗3 three");
    app_free(app);
    say_set_language(LANGUAGE_EN);
}

/* ---- pictures ---- */

static void test_a_picture_that_is_none(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app = open_lesson("## S\n\n```compute\nT = slider(0, 4, 1)\n```\n\n"
                                  "```stage\nfocus: T\nview: bars\n```\n\nText.\n",
                                  NULL, &s);
    shows(app, "Tab + - ] b x C f Esc", "Text.");
    app_free(app);
    app = open_lesson("## S\n\n```compute\none = [[1], [2]]\n```\n\n"
                      "```stage\nfocus: one\nview: vectors\n```\n\nText.\n",
                      NULL, &s);
    shows(app, "Tab Down", "(1, 0)·(2, 0) = 2");
    app_free(app);
}

static void test_before_and_after(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app =
        open_lesson("## S\n\n```stage\nfocus: encoder.0.self_attn.weights[2,1,1]\n"
                    "what-if: no-scale\n```\n\nText.\n",
                    NULL, &s);
    shows(app, "", "what-if: no-scale");
    shows(app, "", "head 2/4  after ");
    shows(app, "b", "head 2/4  before ");
    hides(app, "", "what-if: no-scale");
    shows(app, "]", "head 3/4  before ");
    shows(app, "b", "head 3/4  after ");
    app_free(app);
}

/* A compute block is computed on the run after the what-if: nothing before is claimed. */
static void test_computed_has_no_before(void **state)
{
    (void)state;
    struct lesson_state *s;
    struct app *app =
        open_lesson("## S\n\n```compute\nc = 2 * encoder.0.norm1\n```\n\n"
                    "```stage\nfocus: c[1,1]\nwhat-if: no-norm\n```\n\nText.\n",
                    NULL, &s);
    shows(app, "", "what-if: no-norm");
    hides(app, "", "before/after");
    shows(app, "b", "what-if: no-norm");
    shows(app, "", "This is computed under the what-if alone.");
    hides(app, "", " before ");
    app_free(app);
}

/* ---- property: random keys and sizes ---- */

static void check_canvas(const struct canvas *c)
{
    for (int row = 0; row < c->rows; row++)
        for (int i = 0; i < c->columns; i++) {
            const struct cell *cell = canvas_cell(c, row, i);
            if (cell->width == 2)
                assert_true(i + 1 < c->columns && canvas_cell(c, row, i + 1)->width == 0);
            else
                assert_true(cell->width == 0 || cell->text[0] != 0);
        }
}

static const char *const words[] = {
    "Up", "Down",      "Left", "Right", "Enter",     "Tab", "Space", "p",
    "<",  ">",         "]",    "[",     "+",         "-",   "g",     "1",
    "2",  "3",         "s",    "b",     "x",         "l",   "t",     "o",
    "?",  "Shift-Tab", "Home", "End",   "Backspace", "f",   "e",     "text:'물을 마신다'",
};

static char *file_text(const char *path)
{
    struct error e = {0};
    char *text = file_read(path, 1 << 20, NULL, &e);
    if (!text)
        fail_msg("%s", e.message);
    return text;
}

static void test_random_keys_and_sizes_do_no_harm(void **state)
{
    (void)state;
    const char *count = getenv("RANDOM_KEYS");
    long rounds = count ? atol(count) : 1200;
    struct random r = random_seed(23);
    struct lesson_state *s;
    char *en = file_text("lessons/05-self-attention/en.md");
    struct app *app = open_lesson(strstr(en, "\n## ") + 1, one_question, &s);
    for (long i = 0; i < rounds; i++) {
        const char *key = words[random_below(&r, sizeof words / sizeof *words)];
        /* the way out of the lesson is left to the screens above it */
        bool lesson = !strcmp(app_top(app)->name, "lesson");
        if (!strcmp(key, "Backspace") && lesson && s->focus == LESSON_FOCUS_TEXT)
            continue;
        int rows = 1 + (int)random_below(&r, 50),
            columns = 1 + (int)random_below(&r, 150);
        check_canvas(press(app, key, rows, columns));
        const struct place *at = &s->p.picture.shown.at;
        struct place there = sheet_clamp(&s->p.sheet, *at);
        assert_true(!s->p.values || (there.row == at->row && there.head == at->head));
        while (i % 25 == 24 && strcmp(app_top(app)->name, "lesson"))
            press(app, "Esc", 24, 80);
    }
    app_free(app);
    free(en);
    say_set_language(LANGUAGE_EN);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_is_judged_and_reveals),
        cmocka_unit_test(test_a_question_is_passed_by),
        cmocka_unit_test(test_a_question_is_asked_again_on_another_sentence),
        cmocka_unit_test(test_a_sentence_may_not_decide),
        cmocka_unit_test(test_an_exam_decides_when_it_is_done),
        cmocka_unit_test(test_a_question_below_the_fold),
        cmocka_unit_test(test_no_page_is_skipped),
        cmocka_unit_test(test_languages_may_differ),
        cmocka_unit_test(test_a_picture_that_is_none),
        cmocka_unit_test(test_before_and_after),
        cmocka_unit_test(test_computed_has_no_before),
        cmocka_unit_test(test_random_keys_and_sizes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
