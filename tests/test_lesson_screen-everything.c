/* The lesson that uses all that a lesson can hold (tests/data/lessons/everything): every
 * scene is resolved, its views can show their matrices, and it opens at the sizes of small
 * windows in both languages, with its questions answered and both of its pictures. */
#include "screen/lesson_screen.h"
#include "screen/screens.h"

#include "frames.h"
#include "lesson/vocabulary.h"
#include "models.h"

#define LESSON "tests/data/lessons/everything/"
#define FEW_SENTENCES 20 /* of each exam */

static struct lesson *open_file(const char *path)
{
    struct error e = {0};
    struct lesson *l = lesson_open(path, &e);
    if (!l)
        fail_msg("%s:%ld:%ld %s", e.file, e.line, e.column, e.message);
    return l;
}

static struct lesson_state *open_state(void)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    struct lesson *in[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = open_file(LESSON "en.md"),
        [LANGUAGE_KO] = open_file(LESSON "ko.md"),
    };
    struct reading *r = reading_new(in[say_language()],
                                    session_new(shared_model("ko-en"), &options), &e);
    if (!r)
        fail_msg("%s", e.message);
    exams_limit(reading_exams(r), FEW_SENTENCES);
    return lesson_state_new(r, in);
}

static void every_scene_is_resolved(void **state)
{
    (void)state;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        struct lesson_state *s = open_state();
        for (int i = 0; i < (int)reading_lesson(s->reading)->count; i++) {
            struct error e = {0};
            assert_int_equal(reading_go(s->reading, i, &e), 0);
            reading_work(s->reading, 0);
            if (reading_resolve(s->reading, &e) < 0)
                fail_msg("%s:%ld:%ld %s", e.file, e.line, e.column, e.message);
        }
        lesson_state_free(s);
    }
}

/* The screen of a scene after its keys, in which the title of the scene is read. */
static void opens(int scene, const char *keys, int rows, int columns)
{
    struct script script;
    struct error e = {0};
    struct app *app = app_new(theme_find("dark"), screen_table);
    struct lesson_state *s = open_state();
    char *name = mem_format("scene %d at %dx%d after \"%s\"", scene + 1, columns, rows, keys);
    if (script_parse(keys, &script, &e) < 0)
        fail_msg("%s", e.message);
    lesson_screen_open(app, s, scene);
    const struct canvas *c = app_run_script(app, &script, rows, columns);
    frame_properties(name, c);
    char *text = canvas_dump(c);
    if (!strstr(text, reading_lesson(s->reading)->scenes[scene].title))
        fail_msg("%s: its title is not to be seen:\n%s", name, text);
    free(text);
    free(name);
    script_free(&script);
    app_free(app);
}

static void every_scene_opens_in_small_windows(void **state)
{
    static const struct {
        int rows, columns;
    } sizes[] = {{24, 80}, {20, 60}};
    static const char *const keys[] = {"", "s v"};
    (void)state;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        struct lesson *l = open_file(LESSON "en.md");
        for (int scene = 0; scene < (int)l->count; scene++)
            for (size_t i = 0; i < 4; i++)
                opens(scene, keys[i / 2], sizes[i % 2].rows, sizes[i % 2].columns);
        lesson_free(l);
    }
}

/* A word of a list in a text, with no letter before or behind it. */
static bool has_word(const char *text, const char *word, size_t n)
{
    for (const char *at = strchr(text, *word); at; at = strchr(at + 1, *word)) {
        bool begins = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        bool ends = !(isalnum((unsigned char)at[n]) || at[n] == '_');
        if (!strncmp(at, word, n) && begins && ends)
            return true;
    }
    return false;
}

/* Its expressions and fences; of the prose only what is computed. */
static char *code_of(const char *path)
{
    size_t length;
    struct buffer b = {0};
    char *all = file_read(path, 1 << 20, &length, NULL);
    bool fence = true; /* the front matter counts */
    assert_non_null(all);
    for (char *line = strtok(all, "\n"); line; line = strtok(NULL, "\n")) {
        fence = !strncmp(line, "```", 3) ? strlen(line) > 3 : fence && *line != '#';
        if (fence)
            buffer_addf(&b, "%s\n", line);
        for (char *v = strstr(line, "{{"); !fence && v; v = strstr(v + 2, "{{"))
            buffer_addf(&b, "%.*s\n", (int)strcspn(v, "}"), v);
    }
    free(all);
    return buffer_take(&b);
}

static void it_uses_all_that_there_is(void **state)
{
    (void)state;
    const char *title;
    char *words, *code = code_of(LESSON "en.md");
    int count = 0;
    for (size_t i = 0; (words = vocabulary_list(i, &title)) != NULL; i++) {
        for (const char *w = words; *w; count++) {
            size_t n = strcspn(w, " ");
            if (!has_word(code, w, n))
                fail_msg("the lesson does without %.*s (%s)", (int)n, w, title);
            w += n + (w[n] == ' ');
        }
        free(words);
    }
    assert_true(count > 100);
    free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scene_is_resolved),
        cmocka_unit_test(every_scene_opens_in_small_windows),
        cmocka_unit_test(it_uses_all_that_there_is),
    };
    return cmocka_run_group_tests_name("lesson_screen-everything", tests, NULL, NULL);
}
