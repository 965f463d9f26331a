/* The model map: what its blocks are, where they stand, and what its keys do. */
#include "screen/map_screen.h"
#include "screen/map_view.h"
#include "screen/screens.h"
#include "screen/walk.h"

#include "base/memory.h"
#include "base/say.h"
#include "frames.h"
#include "keys.h"
#include "models.h"
#include "toy_family.h"

#define TEXT "나는 학교에 간다"
#define DEEP "random:num_encoder_layers=12,num_decoder_layers=12,d_model=16"

static const int32_t ids[] = {3, 1, 4, 1, 5};

static struct session *run(struct model *m, const char *text)
{
    struct error e = {0};
    struct session_options options = {.trace = {.engine = ENGINE_REFERENCE}};
    struct session *s = session_new(m, &options);
    int status = text ? session_set_text(s, text, &e) : session_set_ids(s, ids, 5, &e);
    if (status < 0 || session_run(s, &e) < 0)
        fail_msg("%s", e.message);
    return s;
}

static struct model *random_model(const struct family *family, const char *settings)
{
    struct error e = {0};
    struct model *m = model_random(family, settings, &e);
    if (!m)
        fail_msg("%s", e.message);
    return m;
}

static struct session *run_toy(void)
{
    return run(random_model(&family_toy, "vocab_size=17,max_positions=24,seed=5"), NULL);
}

/* What is tried everywhere: a trained model, and untrained ones of other shapes. */
static struct session *run_number(int i)
{
    static const char *const names[] = {
        DEEP,
        "random:num_encoder_layers=1,num_decoder_layers=3,norm_first=true,seed=2",
        "random:norm=false,residual=false,position=none,seed=3",
        "random:causal_mask=false,scale_attention=false,nhead=1,d_model=8,seed=4"};
    return i == 0   ? run(open_model(MODEL_FROZEN), TEXT)
           : i == 1 ? run_toy()
                    : run(open_model(names[i - 2]), NULL);
}
#define RUNS 6

static struct app *open_app(struct session *s, struct walk **walk)
{
    struct app *app = app_new(theme_find("dark"), screen_table);
    *walk = walk_new(exhibit_of_session(s));
    (*walk)->exam_limit = 20;
    walk_open(app, *walk);
    return app;
}

static struct app *open_frozen(struct walk **walk)
{
    return open_app(run(shared_model(MODEL_FROZEN), TEXT), walk);
}

/* ---- golden frames ---- */

static void compare(const char *name, struct session *s, const char *keys)
{
    struct walk *w;
    struct app *app = open_app(s, &w);
    press(app, keys, 24, 80);
    frame_compare_sizes(name, app);
    app_free(app);
}

static void test_frames(void **state)
{
    (void)state;
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        say_set_language((enum language)l);
        compare("map", run(shared_model(MODEL_FROZEN), TEXT), "N m");
        compare("map-off", run(shared_model(MODEL_FROZEN), TEXT), "N*6 m Up w");
        compare("map-deep", run_number(2), "m Up*8");
        compare("map-toy", run_toy(), "m Up");
        compare("map-idea", run(shared_model(MODEL_FROZEN), TEXT), "N*7 m i");
        compare("map-chapters", run(shared_model(MODEL_FROZEN), TEXT), "k Space*3");
        struct app *app = app_new(theme_find("dark"), screen_table);
        map_open_over(app, walk_new(exhibit_of_session(
                               run(shared_model(MODEL_FROZEN), TEXT))),
                      "encoder.0.self_attn.weights decoder.1.ffn.hidden");
        frame_compare_sizes("map-lesson", app);
        app_free(app);
    }
    say_set_language(LANGUAGE_EN);
    frame_done();
}

/* ---- blocks ---- */

/* Said by the places of the plan, not by the map. */
static bool belongs(const struct stage *s, const struct map_block *b)
{
    struct stage_place at = s->place;
    switch (b->kind) {
    case MAP_INPUT:
        return at.stack == b->place.stack && block_is_input(at.block);
    case MAP_OUTPUT:
        return s->role == ROLE_LOGITS || s->role == ROLE_PROBABILITIES;
    case MAP_NORM:
        return at.layer < 0 && at.sublayer == 0 && !at.block && s->role == ROLE_NORM;
    case MAP_LOSS:
    case MAP_OTHER:
        return at.gradient || !at.stack;
    default:
        return at.stack == b->place.stack && at.layer == b->place.layer &&
               (at.block == b->place.block || (!at.block && at.sublayer));
    }
}

static void check_blocks(const struct plan *p, const struct model_map *m)
{
    int *count = mem_zero(m->count, sizeof *count);
    for (int i = 0; i < (int)p->count; i++) {
        int block = m->of_stage[i];
        assert_in_range(block, 0, (int)m->count - 1);
        const struct map_block *b = &m->blocks[block];
        if (!belongs(&p->stages[i], b))
            fail_msg("%s stands in block %d", stage_id(&p->stages[i]), block);
        assert_in_range(i, b->first, b->last);
        count[block]++;
    }
    for (int i = 0; i < (int)m->count; i++) {
        assert_int_equal(count[i], m->blocks[i].count);
        assert_true(count[i] > 0);
        assert_int_equal(m->of_stage[m->blocks[i].stop], i);
        assert_true(i == 0 || m->blocks[i - 1].first < m->blocks[i].first);
    }
    free(count);
}

/* Sublayers that the weights of the model tell: as many blocks of a kind. */
static long count_kind(const struct model_map *m, enum map_kind kind)
{
    long n = 0;
    for (size_t i = 0; i < m->count; i++)
        n += m->blocks[i].kind == kind;
    return n;
}

static void test_every_stage_stands_in_one_block(void **state)
{
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        struct session *s = run_number(i);
        const struct plan *p = trace_plan(s->trace);
        struct model_map m = model_map_of(p);
        check_blocks(p, &m);
        model_map_free(&m);
        struct error e = {0};
        if (session_add_gradients(s, &e) == 0) {
            m = model_map_of(trace_plan(s->trace));
            check_blocks(trace_plan(s->trace), &m);
            assert_int_equal(count_kind(&m, MAP_LOSS), 1);
            model_map_free(&m);
        }
        session_free(s);
    }
}

static void test_blocks_follow_the_sizes_of_the_model(void **state)
{
    (void)state;
    static const struct {
        int run;
        long columns, self, masked, cross, ffn, input;
    } wanted[] = {{0, 2, 2, 2, 2, 4, 2},  {1, 1, 0, 2, 0, 0, 1}, {2, 2, 12, 12, 12, 24, 2},
                  {3, 2, 1, 3, 3, 4, 2}, {5, 2, 4, 0, 2, 4, 2}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct session *s = run_number(wanted[i].run);
        struct model_map m = model_map_of(trace_plan(s->trace));
        assert_int_equal(m.columns, wanted[i].columns);
        assert_int_equal(count_kind(&m, MAP_SELF), wanted[i].self);
        assert_int_equal(count_kind(&m, MAP_MASKED), wanted[i].masked);
        assert_int_equal(count_kind(&m, MAP_CROSS), wanted[i].cross);
        assert_int_equal(count_kind(&m, MAP_FFN), wanted[i].ffn);
        assert_int_equal(count_kind(&m, MAP_INPUT), wanted[i].input);
        for (size_t k = 0; k < m.count; k++) /* the memory goes to these alone */
            assert_int_equal(m.blocks[k].reads_other, m.blocks[k].kind == MAP_CROSS);
        model_map_free(&m);
        session_free(s);
    }
}

/* The blocks read all weights of the model; one table is read twice where the prediction
 * is tied to the embedding. */
static void test_parameters_add_up(void **state)
{
    (void)state;
    for (int i = 2; i < RUNS; i++) {
        struct session *s = run_number(i);
        const struct plan *p = trace_plan(s->trace);
        struct model_map m = model_map_of(p);
        long sum = 0;
        for (int k = 0; k < (int)m.count; k++)
            sum += model_map_parameters(&m, p, k);
        const struct weights *w = &s->model->weights;
        int table = weights_find(w, "tgt_embedding.weight");
        if (weights_find(w, "generator.weight") < 0)
            sum -= tensor_count(&w->items[table].tensor);
        assert_int_equal(sum, model_parameters(s->model));
        model_map_free(&m);
        session_free(s);
    }
}

/* ---- moving ---- */

static void test_arrows_lead_from_every_block_to_every_block(void **state)
{
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        struct session *s = run_number(i);
        struct model_map m = model_map_of(trace_plan(s->trace));
        for (int from = 0; from < (int)m.count; from++) {
            bool *seen = mem_zero(m.count, sizeof *seen);
            seen[from] = true;
            for (size_t round = 0; round < m.count; round++)
                for (int k = 0; k < (int)m.count; k++) {
                    if (!seen[k])
                        continue;
                    seen[model_map_along(&m, k, 1)] = true;
                    seen[model_map_along(&m, k, -1)] = true;
                    if (m.columns == 2) {
                        int across = model_map_across(&m, k, 1 - m.blocks[k].column);
                        assert_int_not_equal(m.blocks[across].column,
                                             m.blocks[k].column);
                        seen[across] = true;
                    }
                }
            for (size_t k = 0; k < m.count; k++)
                assert_true(seen[k]);
            free(seen);
        }
        model_map_free(&m);
        session_free(s);
    }
}

/* No two lines of a column meet, and the chosen block is seen at every size. */
static void check_layout(const struct model_map *m, const struct plan *p, int chosen,
                         struct area a)
{
    struct map_layout l = map_layout_of(m, p, chosen, true, a);
    for (size_t i = 0; i < l.count; i++)
        for (size_t k = 0; k < i; k++)
            if (l.lines[i].column == l.lines[k].column)
                assert_true(l.lines[i].row + l.lines[i].rows <= l.lines[k].row);
    const struct map_line *line = map_layout_line(&l, m, chosen);
    assert_non_null(line);
    assert_true(line->row >= 0 && line->row + line->rows <= a.rows);
    assert_true(line->kind == MAP_LINE_BLOCK);
    map_layout_free(&l);
}

static void test_the_chosen_block_is_seen_at_every_size(void **state)
{
    (void)state;
    static const struct area areas[] = {{0, 0, 8, 38},   {0, 0, 14, 58},  {0, 0, 19, 78},
                                        {0, 0, 34, 74},  {0, 0, 58, 120}, {0, 0, 78, 200}};
    for (int i = 0; i < RUNS; i++) {
        struct session *s = run_number(i);
        const struct plan *p = trace_plan(s->trace);
        struct model_map m = model_map_of(p);
        for (int k = 0; k < (int)m.count; k++)
            for (size_t j = 0; j < sizeof areas / sizeof *areas; j++)
                check_layout(&m, p, k, areas[j]);
        model_map_free(&m);
        session_free(s);
    }
}

/* The marker stands in front of the name, whatever is scrolled or folded. */
static void test_the_marker_is_seen(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_app(run_number(2), &w);
    for (int i = 0; i < 60; i++) {
        const struct canvas *c = press(app, i ? "Space" : "m", 12, 40);
        int markers = 0;
        for (int y = 0; y < 10; y++)
            for (int x = 0; x < 40; x++)
                markers += frame_style_is(canvas_cell(c, y, x)->style,
                                          theme_style(c, LOOK_SELECTION)) &&
                           !strcmp(canvas_cell(c, y, x)->text, "▸");
        assert_int_equal(markers, 1);
    }
    app_free(app);
}

/* ---- keys ---- */

static void test_enter_leads_into_the_block(void **state)
{
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        struct walk *w;
        struct app *app = open_app(run_number(i), &w);
        const struct plan *p = trace_plan(w->shown.trace);
        struct model_map m = model_map_of(p);
        for (int k = 0; k < (int)m.count; k++) {
            char *keys = mem_format("< m Home Space*%d Enter", k);
            press(app, k ? keys : "< m Home Enter", 24, 80);
            assert_ptr_equal(app_top(app), &walk_screen);
            assert_int_equal(m.of_stage[w->stage], k);
            bool attention = m.blocks[k].weights >= 0;
            if (attention)
                assert_int_equal(p->stages[w->stage].role, ROLE_SOFTMAX);
            free(keys);
        }
        model_map_free(&m);
        app_free(app);
    }
}

/* From every screen to the map and back to just that screen. */
static void test_the_map_is_a_key_away_everywhere(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        const struct screen *screen;
    } ways[] = {{"", &walk_screen},
                {"j text:encoder.0.self_attn.weights Enter a", &heads_screen},
                {"w", &lab_screen},
                {"d", &words_screen},
                {"w Down*3 Space Esc c", &compare_screen}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct walk *w;
        struct app *app = open_frozen(&w);
        press(app, ways[i].keys, 24, 80);
        assert_ptr_equal(app_top(app), ways[i].screen);
        press(app, "m", 24, 80);
        assert_ptr_equal(app_top(app), &map_screen);
        press(app, "Esc", 24, 80);
        assert_ptr_equal(app_top(app), ways[i].screen);
        press(app, "m Home Enter", 24, 80);
        assert_ptr_equal(app_top(app), &walk_screen);
        app_free(app);
    }
}

/* The map and the laboratory lead to each other as often as one likes. */
static void test_no_screen_is_opened_twice(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_frozen(&w);
    for (int i = 0; i < 40; i++) {
        press(app, "m", 24, 80);
        assert_ptr_equal(app_top(app), &map_screen);
        press(app, "x", 24, 80);
        assert_ptr_equal(app_top(app), &lab_screen);
    }
    press(app, "Esc Esc", 24, 80);
    assert_ptr_equal(app_top(app), &walk_screen);
    app_free(app);
}

/* In word by word the key is no longer that of the model's own words. */
static void test_backspace_alone_takes_the_own_words(void **state)
{
    (void)state;
    assert_string_equal(action_keys(ACTION_WORDS_OWN), "Backspace");
    assert_int_equal(action_find(GROUP_WORDS, 'm'), ACTION_NONE);
}

/* `w` on the map is the what-if itself: the run is that of a session which has it. */
static void test_a_part_is_switched_off_and_on(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *whatif;
    } parts[] = {{"N m", "ablate@encoder.0.self_attn"},
                 {"N*2 m", "no-ffn@encoder.0.ffn"},
                 {"N*5 m", "no-position@decoder"},
                 {"N*7 m", "ablate@decoder.0.cross_attn"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct error e = {0};
        struct whatifs list = {0};
        struct walk *w;
        struct app *app = open_frozen(&w);
        char *before = frame_text(press(app, parts[i].keys, 24, 80));
        char *off = frame_text(press(app, "w", 24, 80));
        struct session *other = run(shared_model(MODEL_FROZEN), TEXT);
        assert_int_equal(whatifs_add(&list, parts[i].whatif, &e), 0);
        assert_int_equal(session_set_whatifs(other, &list, &e), 0);
        assert_int_equal(session_run(other, &e), 0);
        assert_true(whatifs_equal(&w->session->whatifs, &list));
        assert_string_equal(w->session->prediction, other->prediction);
        assert_null(strstr(before, "▸×"));
        assert_non_null(strstr(off, "▸×"));
        char *after = frame_text(press(app, "w", 24, 80));
        assert_string_equal(after, before);
        assert_int_equal(w->session->whatifs.count, 0);
        whatifs_free(&list);
        session_free(other);
        free(before);
        free(off);
        free(after);
        app_free(app);
    }
}

/* What no what-if switches off is for the laboratory, which is opened at its place. */
static void test_the_laboratory_opens_at_the_place(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_frozen(&w);
    char *frame = frame_text(press(app, "N*7 m x", 24, 80));
    assert_ptr_equal(app_top(app), &lab_screen);
    assert_contains(frame, "decoder 0 · cross-atte");
    free(frame);
    press(app, "Esc End w", 24, 80);
    assert_ptr_equal(app_top(app), &lab_screen);
    app_free(app);
}

/* The exam of the pane is that of the run without the block. */
static void test_the_exam_without_the_block(void **state)
{
    (void)state;
    struct error e = {0};
    struct walk *w;
    struct app *app = open_frozen(&w);
    press(app, "", 36, 120);
    char *frame = frame_text(press(app, "N m size:120x36 wait:exam", 36, 120));
    struct exams *x = exams_new(w->session->model, &w->session->options.trace, 20);
    const char *without = "ablate@encoder.0.self_attn";
    assert_int_equal(exams_want(x, "", &e), 0);
    assert_int_equal(exams_want(x, without, &e), 0);
    exams_work(x, 0);
    bool done;
    char *intact = mem_format("intact  %.4f   20 / 20",
                              exams_score(x, "", &done)->exact_match);
    char *other = mem_format("without this part  %.4f   20 / 20",
                             exams_score(x, without, &done)->exact_match);
    assert_contains(frame, intact);
    assert_contains(frame, other);
    free(frame);
    free(intact);
    free(other);
    exams_free(x);
    app_free(app);
}

/* A map that was opened over a walk of its own leaves with it, or goes into it. */
static void test_a_map_for_itself(void **state)
{
    (void)state;
    for (int enters = 0; enters < 2; enters++) {
        struct walk *w;
        struct app *app = open_frozen(&w);
        map_open_over(app, walk_new(exhibit_of_session(
                               run(shared_model(MODEL_FROZEN), TEXT))), NULL);
        assert_ptr_equal(app_top(app), &map_screen);
        press(app, enters ? "End Enter Backspace*4" : "Esc", 24, 80);
        assert_ptr_equal(app_top(app), &walk_screen);
        press(app, "Space*3", 24, 80);
        assert_int_equal(w->stage, 3);
        app_free(app);
    }
}

/* ---- gaits ---- */

/* Forward and back by chapters: one stop in every block, in order; then by stages. */
static void test_chapters_stop_once_in_every_block(void **state)
{
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        struct walk *w;
        struct app *app = open_app(run_number(i), &w);
        struct model_map m = model_map_of(trace_plan(w->shown.trace));
        press(app, "k", 24, 80);
        for (int k = 0; k < (int)m.count; k++) {
            press(app, "Space", 24, 80);
            assert_int_equal(w->stage, m.blocks[k].stop);
        }
        press(app, "Space", 24, 80);
        assert_int_equal(w->stage, m.blocks[m.count - 1].stop);
        for (int k = (int)m.count - 2; k >= 0; k--) {
            press(app, "PgUp", 24, 80);
            assert_int_equal(w->stage, m.blocks[k].stop);
        }
        char *frame = frame_text(press(app, "", 24, 80));
        char *count = mem_format("chapter 1 / %zu", m.count);
        assert_contains(frame, count);
        press(app, "k < Space*4", 24, 80);
        assert_int_equal(w->stage, 4);
        free(frame);
        free(count);
        model_map_free(&m);
        app_free(app);
    }
}

/* Another sentence and another part off leave the gait as it is, and another walk goes on
 * with it. */
static void test_the_gait_is_kept(void **state)
{
    (void)state;
    struct walk *w;
    struct app *app = open_frozen(&w);
    press(app, "k e text:'개가 고양이를 쫓는다' Enter w Down Space Esc < Space*2", 24, 80);
    assert_int_equal(trace_plan(w->shown.trace)->stages[w->stage].role, ROLE_SOFTMAX);
    struct walk *next = walk_new(exhibit_of_session(
        run(shared_model(MODEL_FROZEN), TEXT)));
    walk_open_guest(app, next);
    press(app, "Space*2", 24, 80);
    assert_int_equal(next->stage, w->stage);
    app_free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_every_stage_stands_in_one_block),
        cmocka_unit_test(test_blocks_follow_the_sizes_of_the_model),
        cmocka_unit_test(test_parameters_add_up),
        cmocka_unit_test(test_arrows_lead_from_every_block_to_every_block),
        cmocka_unit_test(test_the_chosen_block_is_seen_at_every_size),
        cmocka_unit_test(test_the_marker_is_seen),
        cmocka_unit_test(test_enter_leads_into_the_block),
        cmocka_unit_test(test_the_map_is_a_key_away_everywhere),
        cmocka_unit_test(test_no_screen_is_opened_twice),
        cmocka_unit_test(test_backspace_alone_takes_the_own_words),
        cmocka_unit_test(test_a_part_is_switched_off_and_on),
        cmocka_unit_test(test_the_laboratory_opens_at_the_place),
        cmocka_unit_test(test_the_exam_without_the_block),
        cmocka_unit_test(test_a_map_for_itself),
        cmocka_unit_test(test_chapters_stop_once_in_every_block),
        cmocka_unit_test(test_the_gait_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
