/* Matrices of made-up sizes: whatever the area, the cursor's cell is seen and marked, and
 * nothing is painted outside. */
#include "areas.h"
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
                               "go         [ 1.00] ░░ -∞\n"
                               "range 0.00 … 1.00 (matrix)                   2 × 2\n");
    free(frame);
    c->ascii = true;
    canvas_clear(c, (struct style){COLOR_DEFAULT, COLOR_DEFAULT, 0});
    matrix_draw(&v, c, canvas_area(c));
    frame = canvas_dump(c);
    assert_contains(frame, "[ 1.00] /-inf\n");
    free(frame);
    canvas_free(c);
    labels_free(&tokens);
}

/* ---- ranges ---- */

static char symbol_a[] = "A";

/* 262144000 is written with an exponent; the shorter number takes more room. */
static void all_of_a_large_number_is_seen(void **state)
{
    (void)state;
    double numbers[] = {2621440, 262144000};
    struct tensor values = {.type = TENSOR_F64, .rank = 2, .size = {1, 2}, .f64 = numbers};
    struct chart v = {
        .sheet = {.rows = 1, .columns = 2, .symbol = symbol_a, .values = VALUES_SIGNED},
        .values = &values,
        .zoom = CHART_ZOOM_PLAIN};
    v.range = sheet_range(&v.sheet, &values);
    struct canvas *c = canvas_new(8, 60);
    c->theme = theme_get(THEME_DARK);
    matrix_draw(&v, c, canvas_area(c));
    char *text = canvas_dump(c);
    assert_contains(text, "2621440.00");
    assert_contains(text, "2.62e+08");
    free(text);
    canvas_free(c);
}

/* Where a column is too narrow for a number that is its label, a mark stands for the
 * rest. */
static void a_cut_number_has_a_mark(void **state)
{
    (void)state;
    double numbers[] = {0.1, 0.2};
    struct tensor values = {.type = TENSOR_F64, .rank = 2, .size = {1, 2}, .f64 = numbers};
    struct labels columns = {0};
    labels_add(&columns, (struct label){.text = mem_string("784")});
    labels_add(&columns, (struct label){.text = mem_string("12")});
    struct chart v = {
        .sheet = {.rows = 1, .columns = 2, .symbol = symbol_a, .values = VALUES_SIGNED,
                  .column_labels = &columns},
        .values = &values};
    v.range = sheet_range(&v.sheet, &values);
    struct canvas *c = canvas_new(8, 60);
    c->theme = theme_get(THEME_DARK);
    matrix_draw(&v, c, canvas_area(c));
    char *text = canvas_dump(c);
    assert_contains(text, "7…12");
    free(text);
    canvas_free(c);
    labels_free(&columns);
}

static double two_heads[] = {1, 2, 3, 8, -4, 1, 0, -INFINITY};
static const struct tensor of_heads = {
    .type = TENSOR_F64, .rank = 3, .size = {2, 2, 2}, .f64 = two_heads};

/* The first head has no negative value, and is on the map of the matrix nevertheless. */
static void ranges_are_of_the_matrix_the_head_or_the_row(void **state)
{
    (void)state;
    static const struct {
        enum range_by by;
        long head, row;
        double end;
    } cases[] = {{RANGE_BY_MATRIX, 0, 0, 8}, {RANGE_BY_MATRIX, 1, 1, 8},
                 {RANGE_BY_HEAD, 0, 0, 8},   {RANGE_BY_HEAD, 1, 1, 4},
                 {RANGE_BY_ROW, 0, 0, 2},    {RANGE_BY_ROW, 0, 1, 8},
                 {RANGE_BY_ROW, 1, 0, 4},    {RANGE_BY_ROW, 1, 1, 0}};
    struct chart v = {.values = &of_heads};
    v.sheet = (struct sheet){.heads = 2, .rows = 2, .columns = 2, .values = VALUES_SIGNED};
    v.range = sheet_range(&v.sheet, &of_heads);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        v.range_by = cases[i].by;
        v.at.head = cases[i].head;
        struct colormap_range r = chart_range(&v, cases[i].row);
        assert_true(r.diverging && r.lo == -cases[i].end && r.hi == cases[i].end);
    }
    v.beside = &of_heads; /* the same values change nothing, larger ones do */
    assert_true(chart_range(&v, 1).hi == 0);
    double larger[] = {0, 0, 0, 0, 0, 0, 5, 0};
    struct tensor other = of_heads;
    other.f64 = larger;
    v.beside = &other;
    assert_true(chart_range(&v, 1).hi == 5 && chart_range(&v, 1).lo == -5);
}

static void probabilities_start_at_zero_in_every_range(void **state)
{
    (void)state;
    double numbers_[] = {0.1, 0.2, 0.3, 0.4};
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {2, 2}, .f64 = numbers_};
    struct sheet s = {.rows = 2, .columns = 2, .values = VALUES_PROBABILITY};
    struct colormap_range whole = sheet_range(&s, &t), r;
    assert_true(whole.lo == 0 && whole.hi == 1);
    r = sheet_range_at(&s, &t, whole, RANGE_BY_ROW, (struct place){0, 0, 1});
    assert_true(r.lo == 0 && r.hi == 0.2 && !r.diverging);
    r = sheet_range_at(&s, &t, whole, RANGE_BY_HEAD, (struct place){0, 0, 0});
    assert_true(r.hi == 1); /* there are no heads */
}

static void one_key_goes_through_the_ranges(void **state)
{
    (void)state;
    struct sheet with = {.heads = 2}, without = {.heads = 0};
    assert_int_equal(sheet_range_next(&with, RANGE_BY_MATRIX), RANGE_BY_HEAD);
    assert_int_equal(sheet_range_next(&with, RANGE_BY_HEAD), RANGE_BY_ROW);
    assert_int_equal(sheet_range_next(&with, RANGE_BY_ROW), RANGE_BY_MATRIX);
    assert_int_equal(sheet_range_next(&without, RANGE_BY_MATRIX), RANGE_BY_ROW);
    assert_int_equal(sheet_range_next(&without, RANGE_BY_HEAD), RANGE_BY_ROW);
    assert_int_equal(sheet_range_by(&without, RANGE_BY_HEAD), RANGE_BY_MATRIX);
}

/* Every row's largest value has the last colour, and the legend is that of the cursor's
 * row. */
static void rows_are_coloured_by_their_own_range(void **state)
{
    (void)state;
    double cells[] = {0.1, 0.2, 0.6, 0.4};
    struct tensor t = {.type = TENSOR_F64, .rank = 2, .size = {2, 2}, .f64 = cells};
    static char symbol[] = "A", id[] = "a";
    struct stage stage = {.name = id, .symbol = symbol};
    struct chart v = {.values = &t, .zoom = CHART_ZOOM_PLAIN, .at = {0, 1, 1}};
    v.sheet = (struct sheet){.stage = &stage, .rows = 2, .columns = 2, .symbol = symbol,
                             .values = VALUES_PROBABILITY};
    v.range = sheet_range(&v.sheet, &t);
    v.range_by = RANGE_BY_ROW;
    say_set_language(LANGUAGE_EN);
    struct canvas *c = canvas_new(5, 60);
    c->theme = theme_get(THEME_DARK);
    matrix_draw(&v, c, canvas_area(c));
    struct matrix_layout l = matrix_layout(&v, c, canvas_area(c));
    struct colormap_range whole = {0, 1, false};
    for (int row = 0; row < 2; row++) {
        int largest = l.label_width + (row == 0) * l.cell_width + 1;
        assert_int_equal(canvas_cell(c, l.head_rows + row, largest)->style.bg,
                         theme_heat(c, whole, 1).bg);
    }
    char *frame = canvas_dump(c);
    assert_contains(frame, " 0.60 (row)");
    free(frame);
    canvas_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cursor_is_seen_in_every_area),
        cmocka_unit_test(test_a_small_matrix),
        cmocka_unit_test(all_of_a_large_number_is_seen),
        cmocka_unit_test(a_cut_number_has_a_mark),
        cmocka_unit_test(ranges_are_of_the_matrix_the_head_or_the_row),
        cmocka_unit_test(probabilities_start_at_zero_in_every_range),
        cmocka_unit_test(one_key_goes_through_the_ranges),
        cmocka_unit_test(rows_are_coloured_by_their_own_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
