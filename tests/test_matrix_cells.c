/* Matrices of made-up sizes: whatever the area, the cursor's cell is seen and marked, and
 * nothing is painted outside. */
#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "chart/matrix_cells.h"
#include "paint/theme.h"
#include "support.h"

#include <math.h>

struct example {
    struct stage stage;
    struct tensor values;
    struct labels rows, columns;
    struct chart view;
};

static void add_labels(struct labels *l, long count, struct random *r)
{
    static const char *const texts[] = {"▁나",       "는",      "▁학교",
                                        "<eos>",     "▁school", "에",
                                        "e\xcc\x81", "🙂",    "아주긴조각이름"};
    for (long i = 0; i < count; i++) {
        struct label label = {.text = mem_string(texts[random_below(r, 9)])};
        if (random_below(r, 3) == 0)
            label.next = mem_string(texts[random_below(r, 9)]);
        if (random_below(r, 3) == 0)
            label.gloss = mem_string("(a gloss)");
        labels_add(l, label);
    }
}

static void make(struct example *x, struct random *r)
{
    static char id[] = "stage", symbol[] = "S";
    long rows = 1 + (long)random_below(r, 20), columns = 1 + (long)random_below(r, 40);
    *x = (struct example){.stage = {.name = id, .symbol = symbol}};
    x->values = (struct tensor){.type = TENSOR_F64, .rank = 2, .size = {rows, columns}};
    x->values.f64 = mem_alloc((size_t)(rows * columns), sizeof(double));
    for (long i = 0; i < rows * columns; i++)
        x->values.f64[i] = random_below(r, 9) == 0    ? -(double)INFINITY
                           : random_below(r, 20) == 0 ? (double)NAN
                                                      : 20 * random_normal(r);
    add_labels(&x->rows, rows, r);
    add_labels(&x->columns, columns, r);
    struct sheet *s = &x->view.sheet;
    *s = (struct sheet){.ref = {REF_STAGE, 0},
                        .stage = &x->stage,
                        .rows = rows,
                        .columns = columns,
                        .row_axis = AXIS_QUERY,
                        .column_axis = AXIS_KEY,
                        .values = VALUES_SIGNED,
                        .symbol = symbol};
    s->row_labels = random_below(r, 2) ? &x->rows : NULL;
    s->column_labels = random_below(r, 2) ? &x->columns : NULL;
    x->view.values = &x->values;
    x->view.range = sheet_range(s, &x->values);
    x->view.at = (struct place){0, (long)random_below(r, (uint64_t)rows),
                                (long)random_below(r, (uint64_t)columns)};
    x->view.zoom = (int)random_below(r, CHART_ZOOM_MOST + 1);
    x->view.focused = random_below(r, 2);
    x->view.gloss = random_below(r, 2);
    x->view.bare = random_below(r, 4) == 0;
}

static void unmake(struct example *x)
{
    free(x->values.f64);
    labels_free(&x->rows);
    labels_free(&x->columns);
}

static void check_outside(const struct canvas *c, struct area a)
{
    for (int row = 0; row < c->rows; row++)
        for (int column = 0; column < c->columns; column++)
            if (row < a.row || row >= a.row + a.rows || column < a.column ||
                column >= a.column + a.columns)
                assert_string_equal(canvas_cell(c, row, column)->text, " ");
}

static void test_the_cursor_is_seen_in_every_area(void **state)
{
    (void)state;
    struct random r = random_seed(5);
    for (int round = 0; round < 2000; round++) {
        struct example x;
        make(&x, &r);
        struct canvas *c = canvas_new(30, 120);
        c->theme = theme_get((enum theme_name)random_below(&r, THEME_COUNT));
        c->ascii = c->romanize = random_below(&r, 4) == 0;
        struct area a = {(int)random_below(&r, 10), (int)random_below(&r, 30),
                         1 + (int)random_below(&r, 20), 1 + (int)random_below(&r, 90)};
        struct matrix_layout l = matrix_layout(&x.view, c, a);
        assert_true(l.first_row >= 0 && l.first_row + l.rows <= x.view.sheet.rows);
        assert_true(l.first_column >= 0);
        assert_true(l.first_column + l.columns <= x.view.sheet.columns);
        assert_true(x.view.at.row >= l.first_row);
        assert_true(x.view.at.row < l.first_row + l.rows);
        assert_true(x.view.at.column >= l.first_column);
        assert_true(x.view.at.column < l.first_column + l.columns);
        matrix_draw(&x.view, c, a);
        check_outside(c, a);
        canvas_free(c);
        unmake(&x);
    }
}

/* Columns of numbers stand under their labels, whatever the glyphs are. */
static void test_a_small_matrix(void **state)
{
    (void)state;
    double numbers[] = {0.25, 0.75, 1, -(double)INFINITY};
    struct labels tokens = {0};
    labels_add(&tokens,
               (struct label){.text = mem_string("▁학교"), .next = mem_string("에")});
    labels_add(&tokens, (struct label){.text = mem_string("go")});
    static char symbol[] = "A", id[] = "a";
    struct stage stage = {.name = id, .symbol = symbol};
    struct tensor values = {
        .type = TENSOR_F64, .rank = 2, .size = {2, 2}, .f64 = numbers};
    struct chart v = {
        .values = &values, .zoom = CHART_ZOOM_PLAIN, .at = {0, 1, 0}};
    v.sheet = (struct sheet){.stage = &stage,
                             .rows = 2,
                             .columns = 2,
                             .symbol = symbol,
                             .row_labels = &tokens,
                             .column_labels = &tokens,
                             .row_axis = AXIS_QUERY,
                             .column_axis = AXIS_KEY,
                             .values = VALUES_PROBABILITY};
    v.range = sheet_range(&v.sheet, &values);
    say_set_language(LANGUAGE_EN);
    struct canvas *c = canvas_new(5, 50);
    matrix_draw(&v, c, canvas_area(c));
    char *frame = canvas_dump(c);
    assert_string_equal(frame, "            key →\n"
                               "query ↓     ▁학교     go\n"
                               "▁학교 → 에   0.25   0.75\n"
                               "go         [ 1.00]    -∞\n"
                               "range 0.00 … 1.00                            2 × 2\n");
    free(frame);
    canvas_free(c);
    labels_free(&tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cursor_is_seen_in_every_area),
        cmocka_unit_test(test_a_small_matrix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
