/* The way through a scene: what a press leads to, on scenes written as letters, and what
 * must hold on random ones. */
#include "base/memory.h"
#include "base/random.h"
#include "screen/lesson_steps.h"
#include "support.h"

#include <string.h>

#define BLOCKS 12
#define ROWS 400

/* A scene and the learner in it. */
struct walked {
    struct scene scene;
    struct block blocks[BLOCKS];
    int heights[BLOCKS], replies[BLOCKS]; /* rows; of a question, those of its answer */
    bool answered[2 * BLOCKS];            /* by question */
    int page, pictures;
    bool apart, together;
    size_t more; /* questions behind the blocks, four rows each */
    struct lesson_place at;
};

/* "tpqt": text, picture, question, text. */
static void scene_of(struct walked *x, const char *letters)
{
    size_t questions = 0;
    x->scene.blocks = x->blocks;
    x->scene.predict_count = 0;
    x->scene.block_count = strlen(letters);
    for (size_t i = 0; i < x->scene.block_count; i++) {
        enum block_kind kind = letters[i] == 'p'   ? BLOCK_PICTURE
                               : letters[i] == 'q' ? BLOCK_PREDICT
                                                   : BLOCK_PARAGRAPH;
        x->blocks[i] = (struct block){.kind = kind};
        if (kind == BLOCK_PREDICT)
            x->blocks[i].index = questions++;
        x->scene.predict_count = questions;
        x->heights[i] = kind == BLOCK_PICTURE ? 0 : 4;
        x->replies[i] = kind == BLOCK_PREDICT ? 2 : 0;
    }
}

static int open_question(const struct walked *x)
{
    for (size_t i = 0; i < x->scene.block_count; i++)
        if (x->blocks[i].kind == BLOCK_PREDICT && !x->answered[x->blocks[i].index])
            return (int)x->blocks[i].index;
    for (size_t i = 0; i < x->more; i++)
        if (!x->answered[x->scene.predict_count + i])
            return (int)(x->scene.predict_count + i);
    return STEP_NONE;
}

/* Rows as they would be laid out; those behind an open question are hidden. */
static struct way way_of(const struct walked *x)
{
    int rows[2 * BLOCKS + 1], row = 0;
    bool hidden = false;
    struct way w = {.page = x->page,
                    .apart = x->apart,
                    .open = open_question(x),
                    .pictures = x->pictures,
                    .together = x->together,
                    .more = x->more};
    for (size_t i = 0; i < x->scene.block_count; i++) {
        const struct block *b = &x->blocks[i];
        bool open = b->kind == BLOCK_PREDICT && (int)b->index == w.open;
        rows[i] = row;
        row += hidden ? 0 : x->heights[i] + (open ? 0 : x->replies[i]);
        hidden = hidden || open;
    }
    for (size_t i = 0; i < x->more; i++) {
        rows[x->scene.block_count + i] = row;
        row += hidden ? 0 : 4;
        hidden = hidden || (int)(x->scene.predict_count + i) == w.open;
    }
    rows[x->scene.block_count + x->more] = row;
    way_of_scene(&w, &x->scene);
    way_measure(&w, rows);
    return w;
}

static enum move_kind go(struct walked *x, int direction)
{
    struct way w = way_of(x);
    struct move m = way_go(&w, &x->at, direction);
    if (m.kind == MOVE_ANSWER) {
        int question = w.open;
        x->answered[question] = true;
        way_free(&w);
        w = way_of(x);
        m.to = way_first(&w, way_answer(&w, question));
    }
    way_free(&w);
    x->at = m.to;
    return m.kind;
}

static char letter(const struct walked *x)
{
    struct way w = way_of(x);
    enum stop_kind kind = way_kind(&w, &x->at);
    way_free(&w);
    return "tmqap"[kind];
}

/* The names of the stops from here on: "tpqa". Caller frees. */
static char *stops(struct walked *x, int direction)
{
    struct buffer b = {0};
    enum move_kind kind = MOVE_SHOW;
    for (int i = 0; i < ROWS && kind != MOVE_SCENE; i++) {
        char name[2] = {letter(x), 0};
        buffer_add(&b, name);
        kind = go(x, direction);
    }
    assert_int_equal(kind, MOVE_SCENE);
    return buffer_take(&b);
}

static void leads(const char *scene, int page, bool apart, const char *forward,
                  const char *back)
{
    struct walked x = {.page = page, .apart = apart, .together = !apart};
    scene_of(&x, scene);
    char *there = stops(&x, 1), *here = stops(&x, -1);
    assert_string_equal(there, forward);
    assert_string_equal(here, back);
    free(there);
    free(here);
}

static void test_one_pane(void **state)
{
    (void)state;
    leads("tpqt", 20, true, "tpqa", "apt");
    leads("tpqpt", 20, true, "tpqapm", "mpapt");
    leads("tqpt", 20, true, "qapm", "mpa");
    leads("tp", 20, true, "tp", "pt");
    leads("ppt", 20, true, "tppm", "mpp");
    leads("tqqt", 20, true, "qqa", "a");
    leads("t", 20, true, "t", "t");
    leads("q", 20, true, "qa", "a");
}

static void test_beside_a_picture(void **state)
{
    (void)state;
    leads("tpqt", 20, false, "qa", "a");
    leads("tqpt", 20, false, "qa", "a");
    leads("tptpt", 20, false, "t", "t");
    leads("tptpt", 6, false, "tmm", "mmt");
    leads("p", 6, false, "t", "t");
    leads("", 6, false, "t", "t");
}

static void test_pages_within_a_step(void **state)
{
    (void)state;
    leads("ttttp", 6, true, "tmmp", "pmmt");
    leads("ttttq", 6, true, "tmmqa", "ammmt");
}

/* Two pictures in one place, and questions that come back from earlier scenes. */
static void test_more_of_everything(void **state)
{
    (void)state;
    struct walked x = {.page = 20, .apart = true, .pictures = 2, .more = 1};
    scene_of(&x, "tpqt");
    char *there = stops(&x, 1), *here = stops(&x, -1);
    assert_string_equal(there, "tppqqa");
    assert_string_equal(here, "appt");
    free(there);
    free(here);
    x = (struct walked){.page = 20, .apart = true, .pictures = 2, .together = true};
    scene_of(&x, "tpt");
    there = stops(&x, 1);
    assert_string_equal(there, "tpm");
    free(there);
    x = (struct walked){.page = 20, .pictures = 2}; /* only one has room beside the text */
    scene_of(&x, "tptq");
    there = stops(&x, 1);
    here = stops(&x, -1);
    assert_string_equal(there, "tpa");
    assert_string_equal(here, "ap");
    free(there);
    free(here);
}

/* The other pane, looked at from a step, leads back to the step. */
static void test_astray(void **state)
{
    (void)state;
    struct walked x = {.page = 6, .apart = true};
    scene_of(&x, "ttttpt");
    x.at.picture = true;
    assert_int_equal(go(&x, 1), MOVE_SHOW);
    assert_false(x.at.picture);
    assert_int_equal(x.at.step, 0);
    x.at = (struct lesson_place){1, false, 3}; /* away from the picture */
    assert_int_equal(go(&x, 1), MOVE_SHOW);
    assert_true(x.at.picture);
    x.at = (struct lesson_place){99, false, 99};
    assert_int_equal(go(&x, -1), MOVE_SHOW); /* a step that was is no harm */
}

/* Scrolled by hand: a press shows what was not seen, never what is above. */
static void test_scrolled(void **state)
{
    (void)state;
    struct walked x = {.page = 6, .apart = false};
    scene_of(&x, "tttt");
    x.at.top = 7;
    assert_int_equal(go(&x, 1), MOVE_SHOW);
    assert_int_equal(x.at.top, 10);
    assert_int_equal(go(&x, 1), MOVE_SCENE);
}

/* ---- properties ---- */

static void random_scene(struct walked *x, struct random *r)
{
    char letters[BLOCKS] = "";
    size_t count = random_below(r, BLOCKS - 1);
    for (size_t i = 0; i < count; i++)
        letters[i] = "tttpqt"[random_below(r, 6)];
    *x = (struct walked){.page = 5 + (int)random_below(r, 30),
                         .pictures = (int)random_below(r, 3),
                         .more = random_below(r, 3),
                         .together = random_below(r, 2),
                         .apart = random_below(r, 2)};
    scene_of(x, letters);
    for (size_t i = 0; i < count; i++)
        if (x->blocks[i].kind != BLOCK_PICTURE)
            x->heights[i] = 1 + (int)random_below(r, 12);
}

struct sight {
    bool rows[ROWS];
    int pictures;
    size_t last; /* the furthest step */
};

/* What is on the screen, as far as the step allows. */
static void look(const struct walked *x, struct sight *seen)
{
    struct way w = way_of(x);
    const struct lesson_step *s = &w.steps[x->at.step];
    int end = x->at.top + x->page;
    if (x->apart && s->picture == STEP_NONE && s->end < end)
        end = s->end;
    if (x->at.picture)
        seen->pictures |= 1 << s->picture;
    for (int i = x->at.top; i < end && !(x->apart && x->at.picture); i++)
        seen->rows[i] = true;
    seen->last = x->at.step;
    way_free(&w);
}

/* All rows and pictures are seen, in order, with no press in vain and none too many. */
static void walk_through(struct walked *x)
{
    struct sight seen = {.pictures = !x->apart}; /* the first one is there */
    int presses = 0, rows, pictures = 0;
    struct way w;
    struct lesson_place before;
    enum move_kind kind;
    if (x->apart && x->blocks[0].kind == BLOCK_PICTURE && x->scene.block_count)
        go(x, 1); /* a scene begins with its text */
    do {
        look(x, &seen);
        before = x->at;
        kind = go(x, 1);
        assert_true(kind == MOVE_SCENE || x->at.step >= before.step);
        assert_true(kind != MOVE_SHOW || memcmp(&before, &x->at, sizeof before));
        presses++;
        assert_in_range(presses, 1, ROWS);
    } while (kind != MOVE_SCENE);
    w = way_of(x);
    rows = w.steps[w.count - 1].end;
    for (int i = 0; i < rows; i++)
        assert_true(seen.rows[i]);
    for (size_t i = 0; i < w.count; i++)
        if (w.steps[i].picture == 0 || (w.steps[i].picture > 0 && !x->together))
            pictures |= 1 << w.steps[i].picture;
    assert_int_equal(seen.pictures & pictures, pictures);
    assert_in_range(presses, 1, 2 * (int)w.count + 2 * rows / (x->page - 1) + 1);
    assert_int_equal(open_question(x), STEP_NONE);
    way_free(&w);
}

static void walk_back(struct walked *x)
{
    struct sight seen = {0};
    struct way w = way_of(x);
    int presses = 0, rows = w.steps[w.count - 1].end;
    struct lesson_place last = way_last(&w);
    assert_true(!x->apart || last.picture == x->at.picture);
    for (enum move_kind kind = MOVE_SHOW; kind != MOVE_SCENE; presses++) {
        look(x, &seen);
        kind = go(x, -1);
        assert_in_range(presses, 0, ROWS);
    }
    for (int i = 0; i < rows; i++)
        assert_true(seen.rows[i]);
    way_free(&w);
}

static void test_random_scenes(void **state)
{
    (void)state;
    struct random r = random_seed(5);
    for (int i = 0; i < 20000; i++) {
        struct walked x;
        random_scene(&x, &r);
        walk_through(&x);
        walk_back(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_pane),
        cmocka_unit_test(test_beside_a_picture),
        cmocka_unit_test(test_pages_within_a_step),
        cmocka_unit_test(test_more_of_everything),
        cmocka_unit_test(test_astray),
        cmocka_unit_test(test_scrolled),
        cmocka_unit_test(test_random_scenes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
