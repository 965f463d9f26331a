/* A toy recurrent network: tokens, embedding, projection, states. An opened state leads to
 * the row before it, down to the first row: by explain and in the walk; proved by the
 * other engine, and differentiated through time. */
#include "base/memory.h"
#include "base/random.h"
#include "numbers/explain.h"
#include "numbers/gradient.h"
#include "keys.h"
#include "screen/cell_state.h"
#include "screen/screens.h"
#include "screen/walk.h"
#include "study/render.h"
#include "golden.h"

#define WORDS 4 /* of the sentence */
#define WIDTH 3 /* of a state */
#define INTO 2  /* of an embedding */
#define VOCABULARY 5

static const int32_t ids[WORDS] = {3, 0, 4, 1};

struct toy {
    struct weights weights;
    float numbers[VOCABULARY * INTO + WIDTH * INTO + WIDTH * WIDTH + WIDTH];
    size_t used;
    struct trace *trace, *reference;
};

static void add_weight(struct toy *toy, const char *name, long rows, long columns)
{
    struct tensor t = {
        .type = TENSOR_F32, .rank = columns ? 2 : 1, .size = {rows, columns}};
    t.f32 = toy->numbers + toy->used;
    toy->used += (size_t)tensor_count(&t);
    assert_true(toy->used <= sizeof toy->numbers / sizeof *toy->numbers);
    weights_add(&toy->weights, name, t);
}

static struct ref add(struct plan *p, const char *id, const char *symbol, enum op_id op,
                      enum role role, struct ref a, struct ref b, struct ref c)
{
    struct stage s = {.name = id, .symbol = symbol, .op = op, .role = role,
                      .in = {a, b, c}};
    s.axes[0] = (struct axis){AXIS_TOKEN, SIDE_SOURCE, NULL};
    s.axes[1] = (struct axis){op == OP_TOKENS ? AXIS_NONE : AXIS_FEATURE, SIDE_NONE, NULL};
    if (op == OP_TOKENS)
        s.params = (struct op_params){.ids = ids, .size = {WORDS, 0}};
    return plan_add(p, s);
}

/* tokens, embedding, a, h */
static struct plan *make_plan(const struct toy *toy)
{
    struct plan *p = plan_new(&toy->weights);
    struct ref no = {0};
    struct ref t = add(p, "tokens", "t", OP_TOKENS, ROLE_TOKENS, no, no, no);
    struct ref x = add(p, "embedding", "E", OP_GATHER, ROLE_EMBEDDING, t,
                       plan_weight(p, "embedding.weight", "W_E"), no);
    struct ref a = add(p, "a", "A", OP_LINEAR, ROLE_INPUT, x,
                       plan_weight(p, "weight_ih", "W_ih"), no);
    add(p, "h", "H", OP_RNN, ROLE_STATE, a, plan_weight(p, "weight_hh", "W_hh"),
        plan_weight(p, "bias_hh", "b_hh"));
    if (p->error.set)
        fail_msg("%s", p->error.message);
    return p;
}

static struct trace *trace_of(struct plan *p, enum engine engine)
{
    return trace_new(p, &(struct trace_options){.engine = engine}, NULL);
}

static void open_toy(struct toy *toy)
{
    struct random r = random_seed(11);
    *toy = (struct toy){.used = 0};
    for (size_t i = 0; i < sizeof toy->numbers / sizeof *toy->numbers; i++)
        toy->numbers[i] = (float)random_normal(&r) / 2;
    add_weight(toy, "embedding.weight", VOCABULARY, INTO);
    add_weight(toy, "weight_ih", WIDTH, INTO);
    add_weight(toy, "weight_hh", WIDTH, WIDTH);
    add_weight(toy, "bias_hh", WIDTH, 0);
    toy->trace = trace_of(make_plan(toy), ENGINE_FAST);
    toy->reference = trace_of(make_plan(toy), ENGINE_REFERENCE);
}

static void close_toy(struct toy *toy)
{
    trace_free(toy->trace);
    trace_free(toy->reference);
    weights_free(&toy->weights);
}

static int stage_of(const struct trace *t, const char *id)
{
    int stage = plan_find(trace_plan(t), id);
    assert_true(stage >= 0);
    return stage;
}

/* ---- explained ---- */

static void the_formula_names_the_result_itself(void **state)
{
    (void)state;
    struct toy toy;
    open_toy(&toy);
    const struct plan *p = trace_plan(toy.trace);
    assert_string_equal(stage_formula(&p->stages[stage_of(toy.trace, "h")]),
                        "H = tanh(A + H[t-1]·W_hhᵀ + b_hh)");
    close_toy(&toy);
}

/* a, one product for each number of the row before, and b; then the tanh of their sum. */
static void check_state(struct trace *t, int stage, long row, long column)
{
    struct explanation x = explain_cell(t, stage, row * WIDTH + column);
    const struct step *s = x.steps;
    long products = row > 0 ? WIDTH : 0;
    assert_int_equal(x.count, 2);
    assert_int_equal(s[0].count, products + 2);
    assert_string_equal(s[0].formula, row > 0 ? "a + Σ h·w + b" : "a + b");
    for (long i = 0; i < products; i++) {
        const struct operand *h = &s[0].terms[1 + i].operand[0], *w = h + 1;
        assert_true(ref_is(h->from, (struct ref){REF_STAGE, stage}));
        assert_int_equal(h->cell, (row - 1) * WIDTH + i);
        assert_int_equal(w->from.kind, REF_WEIGHT);
        assert_int_equal(w->cell, column * WIDTH + i);
    }
    assert_int_equal(s[1].kind, STEP_TANH);
    assert_int_equal(s[1].terms->operand[0].step, 0);
    assert_near(s[1].result, tanh(s[0].result), 1e-15);
    explain_free(&x);
}

static void a_state_is_made_of_the_row_before(void **state)
{
    (void)state;
    struct toy toy;
    open_toy(&toy);
    for (long row = WORDS - 1; row >= 0; row--)
        for (long column = 0; column < WIDTH; column++) {
            check_state(toy.trace, stage_of(toy.trace, "h"), row, column);
            check_state(toy.reference, stage_of(toy.trace, "h"), row, column);
        }
    check_explanations("recurrence", toy.trace);
    check_explanations("recurrence", toy.reference);
    check_engines("recurrence", toy.trace, toy.reference);
    for (int i = 0; i < (int)trace_plan(toy.trace)->count; i++)
        assert_int_equal(trace_pins(toy.trace, i), 0);
    close_toy(&toy);
}

/* As text, each level one row earlier; of the first row only a is left to open. */
static void deeper_text_goes_further_back(void **state)
{
    (void)state;
    static const char *const lines[] = {"\nh[4,2] = ", "\n    h[3,1] = ",
                                        "\n        h[2,1] = ",
                                        "\n            h[1,1] = ",
                                        "\n                a[1,1] = "};
    struct toy toy;
    open_toy(&toy);
    for (int depth = 1; depth <= WORDS + 1; depth++) {
        struct buffer b = {0};
        struct label_sets sets = {0};
        struct render_options options = {.depth = depth, .top = 9};
        buffer_add(&b, "\n");
        render_explanation(toy.trace, &sets, stage_of(toy.trace, "h"),
                           (WORDS - 1) * WIDTH + 1, &options, &b);
        for (long i = 0; i <= WORDS; i++)
            assert_true((strstr(b.data, lines[i]) != NULL) == (i < depth));
        assert_contains(b.data, "tanh: tanh(sum)");
        buffer_free(&b);
    }
    close_toy(&toy);
}

/* ---- in the walk ---- */

static struct trace *reference_of(void *toy)
{
    return ((struct toy *)toy)->reference;
}

static struct app *open_app(struct toy *toy, struct walk **walk)
{
    struct app *app = app_new(theme_get(THEME_DARK), screen_table);
    *walk = walk_new((struct exhibit){.title = "A toy",
                                      .trace = toy->trace,
                                      .reference = reference_of,
                                      .maker = toy,
                                      .ref = {REF_STAGE, stage_of(toy->trace, "h")},
                                      .at = {0, WORDS - 1, 1}});
    walk_open(app, *walk);
    return app;
}

static void check_at(const struct walk *w, const char *id, long row)
{
    assert_non_null(w->sheet.stage);
    assert_string_equal(stage_id(w->sheet.stage), id);
    assert_int_equal(w->shown.at.row, row);
    assert_int_equal(w->x.cell, row * w->sheet.columns + w->shown.at.column);
}

/* Selects the product with the column of the row before, wherever its size puts it. */
static void select_before(struct walk *w, long column)
{
    for (long line = 0; line < cell_count(&w->x, w->open); line++) {
        const struct term *t = cell_term(&w->x, w->open, line);
        if (t && t->count == 2 && ref_is(t->operand[0].from, w->sheet.ref) &&
            sheet_place(&w->sheet, t->operand[0].cell).column == column) {
            walk_select_line(w, line);
            return;
        }
    }
    fail_msg("no product with column %ld", column + 1);
}

static void select_from(struct walk *w, const char *id)
{
    struct ref from = {REF_STAGE, plan_find(trace_plan(w->shown.trace), id)};
    for (long line = 0; line < cell_count(&w->x, w->open); line++) {
        const struct term *t = cell_term(&w->x, w->open, line);
        if (t && ref_is(t->operand[0].from, from)) {
            walk_select_line(w, line);
            return;
        }
    }
    fail_msg("nothing of %s", id);
}

/* Below the first row stand what the token brings in, and its embedding. */
static void the_walk_descends_through_time(void **state)
{
    (void)state;
    struct toy toy;
    struct walk *w;
    open_toy(&toy);
    struct app *app = open_app(&toy, &w);
        assert_true(!w->proving && !w->proof.failed);
    check_at(w, "h", WORDS - 1);
    press(app, "Enter Enter", 24, 80);
    assert_int_equal(w->focus, FOCUS_CELL);
    long lines[WORDS];
    for (long row = WORDS - 2; row >= 0; row--) {
        select_before(w, 0);
        lines[row] = w->line;
        press(app, "Enter", 24, 80);
        check_at(w, "h", row);
        assert_int_equal(w->shown.at.column, 0);
        assert_int_equal(w->depth, WORDS - 1 - row);
    }
    select_from(w, "a");
    press(app, "Enter", 24, 80);
    check_at(w, "a", 0);
    select_from(w, "embedding");
    press(app, "Enter", 24, 80);
    check_at(w, "embedding", 0);
    press(app, "Backspace*2", 24, 80);
    for (long row = 0; row < WORDS - 1; row++) {
        check_at(w, "h", row);
        press(app, "Backspace", 24, 80);
        assert_int_equal(w->line, lines[row]);
    }
    check_at(w, "h", WORDS - 1);
    assert_int_equal(w->shown.at.column, 1);
    assert_int_equal(w->depth, 0);
    app_free(app);
    close_toy(&toy);
}

/* The matrix itself is among those that it is made of, and the cell of the row before is
 * lit there. */
static void the_row_before_is_lit(void **state)
{
    (void)state;
    struct toy toy;
    struct walk *w;
    open_toy(&toy);
    struct app *app = open_app(&toy, &w);
    assert_int_equal(w->input_count, 4);
    assert_ptr_equal(w->inputs[3].sheet.stage, w->sheet.stage);
    press(app, "Enter Enter", 24, 80);
    walk_move_to(w, (struct place){0, WORDS - 1, 1});
    select_before(w, 2); /* the product with W_hh[2,3] */
    struct place h = walk_input_place(w, 3), weight = walk_input_place(w, 1);
    assert_true(h.row == WORDS - 2 && h.column == 2);
    assert_true(weight.row == 1 && weight.column == 2);
    walk_move_to(w, (struct place){0, 0, 1});
    h = walk_input_place(w, 3);
    assert_true(h.row == 0 && h.column == 1);
    walk_next(w, -1);
    assert_int_equal(w->input_count, 2);
    app_free(app);
    close_toy(&toy);
}

/* ---- differentiated ---- */

/* h[T-1, column] by the naive form, from the row `first` of a on, which follows `before`
 * (NULL: nothing). */
static double last_state(const struct toy *toy, const double *a, long first,
                         double *before, long column)
{
    double out[WORDS * WIDTH];
    const struct weights *w = &toy->weights;
    struct tensor rows = {.type = TENSOR_F64, .rank = 2, .size = {WORDS - first, WIDTH}};
    struct tensor start = {.type = TENSOR_F64, .rank = 2, .size = {1, WIDTH}};
    struct tensor h = rows;
    rows.f64 = (double *)a + first * WIDTH;
    start.f64 = before;
    h.f64 = out;
    struct op_call call = {.out = &h,
                           .in = {&rows, &w->items[weights_find(w, "weight_hh")].tensor,
                                  &w->items[weights_find(w, "bias_hh")].tensor,
                                  before ? &start : NULL}};
    op_get(OP_RNN)->naive(&call);
    return out[(WORDS - 1 - first) * WIDTH + column];
}

static void copy_stage(struct trace *t, int stage, double *out)
{
    const struct tensor *value = trace_acquire(t, stage);
    for (long i = 0; i < WORDS * WIDTH; i++)
        out[i] = tensor_get(value, i);
    trace_release(t, stage);
}

static struct trace *trace_back(const struct toy *toy, long column)
{
    struct plan *p = make_plan(toy);
    struct error e = {0};
    if (plan_backward(p, plan_find(p, "h"), (WORDS - 1) * WIDTH + column, &e) < 0)
        fail_msg("%s", e.message);
    return trace_of(p, ENGINE_REFERENCE);
}

/* The slope of h[T-1, column] in one number of a, or of the state before row `first`. */
static double slope(const struct toy *toy, double *a, long first, double *before,
                    double *x, long column)
{
    double old = *x, step = 1e-5;
    *x = old + step;
    double up = last_state(toy, a, first, before, column);
    *x = old - step;
    double down = last_state(toy, a, first, before, column);
    *x = old;
    return (up - down) / (2 * step);
}

/* ∂h[T]/∂a[t] and ∂h[T]/∂h[t], for every t. The first is the gradient that
 * runs back through time; the second is the first step of its opened cell. */
static void check_column(const struct toy *toy, long column)
{
    double a[WORDS * WIDTH], h[WORDS * WIDTH];
    struct trace *t = trace_back(toy, column);
    const struct plan *p = trace_plan(t);
    int grad = plan_gradient(p, stage_of(t, "a"));
    assert_int_equal(p->stages[grad].op, OP_RNN_GRADIENT);
    copy_stage(t, stage_of(t, "a"), a);
    copy_stage(t, stage_of(t, "h"), h);
    const struct tensor *mine = trace_acquire(t, grad);
    for (long i = 0; i < WORDS * WIDTH; i++) {
        long row = i / WIDTH;
        struct explanation x = explain_cell(t, grad, i);
        assert_near(mine->f64[i], slope(toy, a, 0, NULL, &a[i], column), 1e-9);
        assert_string_equal(x.steps[0].formula, row < WORDS - 1 ? "g + Σ s·w" : "g");
        if (row < WORDS - 1)
            assert_near(x.steps[0].result,
                        slope(toy, a, row + 1, h + row * WIDTH, &h[i], column), 1e-9);
        explain_free(&x);
    }
    trace_release(t, grad);
    check_explanations("recurrence, back", t);
    trace_free(t);
}

static void gradients_go_back_through_time(void **state)
{
    (void)state;
    struct toy toy;
    open_toy(&toy);
    for (long column = 0; column < WIDTH; column++)
        check_column(&toy, column);
    close_toy(&toy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formula_names_the_result_itself),
        cmocka_unit_test(a_state_is_made_of_the_row_before),
        cmocka_unit_test(deeper_text_goes_further_back),
        cmocka_unit_test(the_walk_descends_through_time),
        cmocka_unit_test(the_row_before_is_lit),
        cmocka_unit_test(gradients_go_back_through_time),
    };
    return cmocka_run_group_tests_name("walk-recurrence", tests, NULL, NULL);
}
