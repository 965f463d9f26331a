/* The weights of an attention on the walk: what is seen by word, who looks at whom, what
 * keys do with the pictures, and that no size and no setting cuts anything. */
#include "screen/attention.h"

#include "base/memory.h"
#include "base/say.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "screen/walk_view.h"

#include "frames.h"
#include "models.h"

#include <math.h>

static const char *model = MODEL_FROZEN;
static const char *text = "나는 학교에 간다";

static struct app *open_app(struct walk **walk)
{
    struct error e = {0};
    struct session *s = session_new(shared_model(model), &(struct session_options){0});
    if (session_set_text(s, text, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s", e.message);
    struct app *app = app_new(theme_find("dark"), screen_table);
    *walk = walk_new(exhibit_of_session(s));
    walk_open(app, *walk);
    return app;
}

static void press_at(struct app *app, const char *keys, int rows, int columns)
{
    struct script script;
    struct error e = {0};
    if (script_parse(keys, &script, &e) < 0)
        fail_msg("%s", e.message);
    app_run_script(app, &script, rows, columns);
    script_free(&script);
}

static void press(struct app *app, const char *keys)
{
    press_at(app, keys, 24, 80);
}

static void go(struct walk *w, const char *stage)
{
    walk_go(w, plan_find(trace_plan(w->shown.trace), stage));
    w->focus = FOCUS_MATRIX;
}

static const char *shown_id(const struct walk *w)
{
    return stage_id(w->sheet.stage);
}

static const char *const stages[] = {
    "encoder.0.self_attn.weights", "encoder.1.self_attn.weights",
    "decoder.0.self_attn.weights", "decoder.1.cross_attn.weights"};
#define STAGES (sizeof stages / sizeof *stages)

/* ---- by word ---- */

/* The word of a piece, from 0; a token without one is a word by itself. */
static int word_of(const struct labels *l, long piece)
{
    int words = 0;
    for (long i = 1; i <= piece; i++)
        words += l->items[i].word < 0 || l->items[i].word != l->items[i - 1].word;
    return words;
}

/* The sum over the pieces of the key word, for the mean over those of the query word. */
static double naive_weight(const struct walk *w, long head, int query, int key)
{
    double sum = 0;
    int pieces = 0;
    for (long r = 0; r < w->sheet.rows; r++) {
        if (word_of(w->sheet.row_labels, r) != query)
            continue;
        pieces++;
        for (long c = 0; c < w->sheet.columns; c++)
            if (word_of(w->sheet.column_labels, c) == key)
                sum += tensor_get(w->values,
                                  (head * w->sheet.rows + r) * w->sheet.columns + c);
    }
    return sum / pieces;
}

static void words_are_sums_and_means(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app(&w);
    for (size_t i = 0; i < STAGES; i++) {
        go(w, stages[i]);
        w->attention.words = true;
        struct chart whole = walk_chart(w);
        struct attention_seen s;
        attention_see(w, &whole, &s);
        const struct sheet *sheet = &s.chart.sheet;
        assert_int_equal(sheet->rows, word_of(w->sheet.row_labels, w->sheet.rows - 1) + 1);
        assert_int_equal(sheet->columns,
                         word_of(w->sheet.column_labels, w->sheet.columns - 1) + 1);
        assert_true(sheet->columns < w->sheet.columns || i == 2); /* one piece a word */
        for (s.chart.at.head = 0; s.chart.at.head < sheet->heads; s.chart.at.head++)
            for (long r = 0; r < sheet->rows; r++) {
                double sum = 0;
                for (long c = 0; c < sheet->columns; c++) {
                    double x = chart_cell(&s.chart, r, c);
                    double y = naive_weight(w, s.chart.at.head, (int)r, (int)c);
                    assert_near(x, y, 1e-6);
                    sum += x;
                }
                assert_near(sum, 1, 1e-5);
            }
        attention_seen_free(&s);
    }
    app_free(app);
}

/* Word by word, and Enter opens the piece. */
static void arrows_go_by_word(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app(&w);
    go(w, stages[1]);
    press(app, "M Home Up*9");
    assert_true(w->attention.words);
    assert_int_equal(w->shown.at.column, 0);
    for (int word = 1; word < 4; word++) {
        press(app, "Right Down");
        assert_int_equal(word_of(w->sheet.column_labels, w->shown.at.column), word);
        assert_int_equal(word_of(w->sheet.row_labels, w->shown.at.row), word);
        assert_true(word_of(w->sheet.column_labels, w->shown.at.column - 1) < word);
    }
    struct place last = w->shown.at;
    press(app, "Right Down"); /* there is no more */
    assert_true(w->shown.at.column == last.column && w->shown.at.row == last.row);
    char *how = attention_words_text(w);
    assert_contains(how, "eos");
    free(how);
    press(app, "Enter");
    assert_false(w->attention.words);
    assert_int_equal(w->focus, FOCUS_CELL);
    app_free(app);
}

/* ---- who looks at whom ---- */

static void columns_name_those_that_look_most(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app(&w);
    for (size_t i = 0; i < STAGES; i++) {
        go(w, stages[i]);
        assert_null(attention_sentence(w));
        w->attention.columns = true;
        for (long c = 0; c < w->sheet.columns; c++) {
            struct place at = w->shown.at;
            at.column = c;
            walk_move_to(w, at);
            struct chart v = walk_chart(w);
            long best = 0;
            for (long r = 0; r < v.sheet.rows; r++)
                best = chart_cell(&v, r, c) > chart_cell(&v, best, c) ? r : best;
            const struct label *l = &v.sheet.row_labels->items[best];
            bool cross = attention_is_cross(w);
            const char *name = label_without_mark(cross && l->next ? l->next : l->text);
            bool special = *name == '<';
            char *bare = special ? mem_bytes(name + 1, strlen(name) - 2) : mem_string(name);
            char *wanted = mem_format("most by %s (%.1f %%", bare,
                                      100 * chart_cell(&v, best, c));
            char *said = attention_sentence(w);
            if (chart_cell(&v, best, c) >= 0.05)
                assert_contains(said, wanted);
            else
                assert_contains(said, "no row looks at");
            free(said);
            free(wanted);
            free(bare);
        }
        w->attention.columns = false;
    }
    app_free(app);
}

static void rows_add_up(void **state)
{
    (void)state;
    double numbers[] = {0.5, 0.25, 0.25, 0, 0, 1, 0, 0};
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {2, 4}, .f64 = numbers};
    struct chart v = {.sheet = {.rows = 2, .columns = 4}, .values = &t};
    struct attention_row r = attention_row_of(&v, 0);
    assert_near(r.mean, 0.25, 1e-12);
    assert_near(r.most, 0.5, 1e-12);
    assert_near(r.bits, 1.5, 1e-12);
    r = attention_row_of(&v, 1);
    assert_near(r.most, 1, 1e-12);
    assert_near(r.bits, 0, 1e-12);
    struct tensor turned;
    v.at = (struct place){0, 1, 2};
    struct chart back = attention_turned(&v, &turned);
    assert_true(back.sheet.rows == 4 && back.sheet.columns == 2 && back.at.row == 2);
    assert_near(chart_cell(&back, 1, 0), 0.25, 1e-12);
    assert_near(chart_cell(&back, 1, 1), 1, 1e-12);
    free(turned.data);
}

/* ---- the pictures ---- */

static void one_key_turns_the_picture(void **state)
{
    (void)state;
    static const struct {
        const char *stage;
        int rows, columns;
        enum attention_pane panes[3];
    } cases[] = {
        {"encoder.0.self_attn.weights", 24, 80,
         {ATTENTION_HEADS, ATTENTION_MAP, ATTENTION_HEADS}},
        {"encoder.0.self_attn.weights", 20, 60,
         {ATTENTION_LINES, ATTENTION_HEADS, ATTENTION_MAP}},
        {"decoder.0.cross_attn.weights", 24, 80,
         {ATTENTION_LINES, ATTENTION_HEADS, ATTENTION_MAP}},
        {"decoder.0.cross_attn.weights", 36, 120,
         {ATTENTION_LINES, ATTENTION_HEADS, ATTENTION_MAP}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct walk *w;
        struct app *app = open_app(&w);
        go(w, cases[i].stage);
        for (int k = 0; k < 3; k++) {
            press_at(app, "v", cases[i].rows, cases[i].columns);
            assert_int_equal(w->attention.pane, cases[i].panes[k]);
        }
        app_free(app);
    }
    struct walk *w;
    struct app *app = open_app(&w);
    press(app, "v"); /* ids have no such pictures */
    assert_string_equal(w->message, say(SAY_ATTENTION_ONLY));
    assert_int_equal(w->attention.pane, ATTENTION_MAP);
    app_free(app);
}

/* Heads from left to right, layers up and down, the row held; Enter goes there. */
static void arrows_go_through_heads_and_layers(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app(&w);
    go(w, stages[0]);
    press(app, "Down*2 v");
    assert_int_equal(w->attention.pane, ATTENTION_HEADS);
    long row = w->shown.at.row;
    press(app, "Right Right");
    assert_int_equal(w->shown.at.head, 2);
    press(app, "Down");
    assert_string_equal(shown_id(w), stages[1]);
    assert_true(w->shown.at.head == 2 && w->shown.at.row == row);
    press(app, "Down End Right");
    assert_string_equal(shown_id(w), stages[1]);
    assert_int_equal(w->shown.at.head, w->sheet.heads - 1);
    press(app, "Up Home");
    assert_string_equal(shown_id(w), stages[0]);
    assert_int_equal(w->shown.at.head, 0);
    press(app, "Right Enter");
    assert_int_equal(w->attention.pane, ATTENTION_MAP);
    assert_int_equal(w->focus, FOCUS_MATRIX);
    assert_true(w->shown.at.head == 1 && w->shown.at.row == row);
    press(app, "Enter");
    assert_int_equal(w->focus, FOCUS_CELL);
    app_free(app);
}

/* ---- names ---- */

/* They are counted where weights are looked at, and are of the intact model. */
static void names_are_counted_in_the_background(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app(&w);
    struct head_name name;
    press(app, "wait:exam");
    assert_null(w->attention.names);
    press(app, "j text:encoder.0.self_attn.weights Enter Enter");
    assert_non_null(w->attention.names);
    assert_true(app_top(app)->patience(w) == 0);
    assert_false(head_names_find(attention_names(w), stages[0], 0, &name));
    press(app, "wait:exam");
    assert_true(app_top(app)->patience(w) < 0);
    assert_true(head_names_find(attention_names(w), stages[0], 0, &name));
    char *frame = frame_text(app_canvas(app));
    press(app, "v");
    char *heads = frame_text(app_canvas(app));
    assert_contains(heads, head_pattern_text(HEAD_MIXED, LANGUAGE_EN));
    free(heads);
    free(frame);
    press(app, "w Space Esc");
    assert_true(w->session->whatifs.count > 0);
    assert_null(attention_names(w));
    press(app, "0");
    assert_non_null(attention_names(w));
    app_free(app);
}

/* ---- every size ---- */

static const int sizes[][2] = {{12, 40}, {14, 50}, {20, 60},  {24, 80},  {24, 132},
                               {30, 100}, {36, 120}, {60, 200}, {80, 300}};

static void check_sizes(struct app *app, struct walk *w, const char *name)
{
    struct script none = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int focus = FOCUS_MATRIX; focus < FOCUS_COUNT; focus++) {
            w->focus = (enum walk_focus)focus;
            frame_properties(name, app_run_script(app, &none, sizes[i][0], sizes[i][1]));
        }
}

static void check_settings(struct app *app, struct walk *w)
{
    for (size_t i = 0; i < STAGES; i++)
        for (int pane = 0; pane < ATTENTION_PANES; pane++)
            for (int flags = 0; flags < 4; flags++) {
                go(w, stages[i]);
                w->attention.pane = (enum attention_pane)pane;
                w->attention.words = flags & 1;
                w->attention.columns = flags & 2;
                char *name = mem_format("%s pane %d, flags %d", stages[i], pane, flags);
                check_sizes(app, w, name);
                free(name);
            }
}

static void nothing_is_cut_at_any_size(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "나는 학교에 간다", "간다",
        "오늘 아침에 민수는 친구와 함께 작은 도서관에서 어려운 책을 조용히 읽고 싶었다"};
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            struct walk *w;
            say_set_language((enum language)language);
            text = texts[i];
            struct app *app = open_app(&w);
            go(w, stages[0]);
            press(app, "wait:exam");
            check_settings(app, w);
            app_free(app);
        }
    text = texts[0];
    say_set_language(LANGUAGE_EN);
    frame_done();
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_sums_and_means),
        cmocka_unit_test(arrows_go_by_word),
        cmocka_unit_test(columns_name_those_that_look_most),
        cmocka_unit_test(rows_add_up),
        cmocka_unit_test(one_key_turns_the_picture),
        cmocka_unit_test(arrows_go_through_heads_and_layers),
        cmocka_unit_test(names_are_counted_in_the_background),
        cmocka_unit_test(nothing_is_cut_at_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
