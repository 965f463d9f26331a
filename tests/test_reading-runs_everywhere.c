/* Runs of a lesson's own together with all else that a lesson can say: gradients, short
 * names of weights, slices and functions, kinds of an exam, charts, two pictures, and
 * questions on sentences of their own. On the embedded model and its siblings. */
#include "lesson/reading.h"

#include "base/memory.h"
#include "lesson/timing.h"
#include "model/opened.h"
#include "model/weight_names.h"

#include "models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FRONT                                                                            \
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"
#define CUT "```run\nCut: what-if=no-position\n```\n\n"

struct fixture {
    struct lesson *lesson;
    struct reading *reading;
};

static struct fixture open_body(const char *body)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_FAST};
    char *text = mem_format("%s%s", FRONT, body);
    struct fixture f = {.lesson = lesson_parse(text, "x.md", &e)};
    if (f.lesson)
        f.reading =
            reading_new(f.lesson, session_new(shared_model("ko-en"), &options), &e);
    if (!f.reading)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    free(text);
    return f;
}

static void close_fixture(struct fixture *f)
{
    reading_free(f->reading);
    lesson_free(f->lesson);
    opened_close();
}

/* Everything of the scene is resolved, and its claims hold. */
static void holds(struct fixture *f)
{
    const struct scene *s = reading_scene(f->reading);
    struct error e = {0};
    if (reading_resolve(f->reading, &e) < 0)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    for (size_t i = 0; i < s->claim_count; i++)
        if (reading_check(f->reading, &s->claims[i], &e) < 0)
            fail_msg("%ld:%ld %s", e.line, e.column, e.message);
}

static void body_holds(const char *body)
{
    struct fixture f = open_body(body);
    assert_true(reading_scene(f.reading)->claim_count > 0);
    holds(&f);
    close_fixture(&f);
}

static char *value(struct fixture *f, size_t i)
{
    return reading_value(f->reading, reading_scene(f->reading)->values[i].span);
}

static void value_is(struct fixture *f, size_t i, const char *want)
{
    char *text = value(f, i);
    assert_string_equal(text, want);
    free(text);
}

/* ---- gradients ---- */

static void gradients_are_of_the_run(void **state)
{
    (void)state;
    body_holds(
        "## S\n\n" CUT "```run\nDog: text='개가 고양이를 쫓는다'; what-if=no-scale\n```\n\n"
        "```compute\ng = Cut.grad.encoder.0.self_attn.scores\n"
        "h = after.grad.encoder.0.self_attn.scores\n"
        "b = before.grad.encoder.0.self_attn.scores\n```\n\n"
        "{{max(Cut.grad.encoder.0.norm1):.4}}\n\n```stage\n"
        "focus: Cut.grad.encoder.0.norm1[2,3]\nwhat-if: no-position\n```\n\n```assert\n"
        "max(abs(g - h)) == 0\nmax(abs(g - b)) > 0.0001\n"
        "max(abs(Cut.grad.encoder.0.norm1 - after.grad.encoder.0.norm1)) == 0\n"
        "rows(Dog.grad.encoder.0.norm1) == rows(Dog.encoder.0.norm1)\n"
        "max(abs(Dog.grad.encoder.0.norm1)) > 0\n```\n");
}

static double cell_of(const struct exhibit *x)
{
    const struct tensor *t = trace_acquire_ref(x->trace, x->ref);
    double cell = tensor_get(t, x->at.row * t->size[t->rank - 1] + x->at.column);
    trace_release_ref(x->trace, x->ref);
    return cell;
}

/* The picture, the same intact, and the walk from it show the gradient of that run. */
static void a_gradient_of_a_run_is_shown(void **state)
{
    (void)state;
    struct picture p;
    struct exhibit walk;
    struct error e = {0};
    struct fixture f = open_body("## S\n\n" CUT
                                 "```stage\nfocus: Cut.grad.encoder.0.norm1[2,3]\n```\n\n"
                                 "{{Cut.grad.encoder.0.norm1[2,3]:.9}} "
                                 "{{grad.encoder.0.norm1[2,3]:.9}}\n");
    assert_true(reading_picture(f.reading, &p));
    assert_string_equal(p.run, "Cut");
    assert_string_equal(p.whatifs, "no-position");
    char *cell = mem_format("%.9f", cell_of(&p.shown));
    value_is(&f, 0, cell);
    assert_int_equal(reading_free_walk(f.reading, &p.shown, &walk, &e), 0);
    char *walked = mem_format("%.9f", cell_of(&walk));
    assert_string_equal(walked, cell);
    session_free(walk.session);
    assert_true(reading_picture_before(f.reading, &p));
    assert_string_equal(p.run, "Cut");
    free(cell);
    cell = mem_format("%.9f", cell_of(&p.shown));
    value_is(&f, 1, cell); /* the target that is fed is the same */
    free(cell);
    free(walked);
    close_fixture(&f);
}

/* ---- names, slices, functions ---- */

static void weights_have_short_names(void **state)
{
    (void)state;
    struct model *m = shared_model("ko-en");
    struct weight_view query;
    assert_true(weight_names_find(m, "encoder.0.self_attn.W_Q", &query));
    long d = query.tensor.size[0];
    char *body = mem_format(
        "## S\n\n```run\nPre: model=ko-en-pre-norm\n```\n\n"
        "```stage\nfocus: Pre.weight:encoder.0.self_attn.W_K\n```\n\n"
        "```compute\nw = Pre.weight:encoder.0.self_attn.W_K\n"
        "all = Pre.weight:encoder.layers.0.self_attn.in_proj_weight\n"
        "part = all[%ld:%ld,:]\n```\n\n"
        "```assert\nrows(w) == %ld\nmax(abs(w - part)) == 0\n"
        "Pre.weight:encoder.0.self_attn.W_K[2,3] == w[2,3]\n"
        "Pre.weight:encoder.0.self_attn.W_Q[2,3] == all[2,3]\n"
        "Pre.weight:encoder.0.self_attn.W_K[2,3] != weight:encoder.0.self_attn.W_K[2,3]\n"
        "```\n",
        d + 1, 2 * d, d);
    body_holds(body);
    free(body);
    model_free(m);
}

static void slices_and_functions_take_a_run(void **state)
{
    (void)state;
    body_holds(
        "## S\n\n```run\nDog: text='개가 고양이를 쫓는다'\n```\n\n"
        "```compute\nx = Dog.encoder.0.norm1\ny = Dog.encoder.0.norm1[2:3,:]\n"
        "one = Dog.encoder.0.norm1[2,3]\nmany = count_where(Dog.encoder.0.norm1 > 0)\n"
        "turned = transpose(Dog.encoder.0.norm1)\n"
        "both = concat(Dog.encoder.0.norm1, encoder.0.norm1)\n```\n\n"
        "```assert\nrows(y) == 2\nmax(abs(y[1,:] - x[2,:])) == 0\none == x[2,3]\n"
        "many > 0\nturned[3,2] == x[2,3]\n"
        "rows(both) == rows(Dog.encoder.0.norm1) + rows(encoder.0.norm1)\n"
        "count(Dog.encoder.0.norm1[2:3,:]) == count(y)\n"
        "norm(Dog.encoder.0.norm1[2,:]) == norm(x[2,:])\n```\n");
}

/* What is measured of a model, and read with its tokenizer. */
static void measures_are_of_the_runs_model(void **state)
{
    (void)state;
    struct error e = {0};
    const char *random = "random:d_model=8,nhead=2,num_encoder_layers=1,seed=3";
    struct model *first = shared_model("ko-en");
    struct model *m = opened_get(random, first, &e);
    assert_non_null(m);
    long count = 0;
    for (size_t i = 0; i < m->weights.count; i++)
        count += tensor_count(&m->weights.items[i].tensor);
    char *body = mem_format(
        "## S\n\n```run\nR: model=%s\nH: model=ko-en-h1\n"
        "Dog: text='개가 고양이를 쫓는다'; what-if=no-position\n```\n\n"
        "```compute\nn = R.parameters()\nc = H.curve('train_loss')\n"
        "d = curve('train_loss')\nj = jacobian_norm(Dog.encoder.0.norm1[1,:], Dog.src.input)\n"
        "k = jacobian_norm(encoder.0.norm1[1,:], src.input)\n```\n\n"
        "{{R.parameters()}} {{pieces(Dog.text)}} {{Dog.pieces(text)}} "
        "{{Dog.pieces('학교')}} {{pieces('학교')}} {{words(Dog.text)}}\n\n```assert\n"
        "n == %ld\nR.parameters('encoder') < n\nH.parameters() > n\n"
        "H.curve('train_loss', 0) == c[1,2]\nc[1,2] != d[1,2]\n"
        "columns(j) == rows(Dog.src.input)\nmin(j) > 0\nj[1,1] != k[1,1]\n```\n",
        random, count);
    struct fixture f = open_body(body);
    holds(&f);
    char *one = value(&f, 1), *other = value(&f, 2);
    assert_non_null(strstr(one, "고양이"));
    assert_string_equal(one, other);
    free(one);
    free(other);
    one = value(&f, 3);
    value_is(&f, 4, one);
    free(one);
    value_is(&f, 5, "개가 고양이를 쫓는다");
    model_free(m);
    close_fixture(&f);
    model_free(first);
    free(body);
}

/* The clock of a run is a clock. */
static void no_claim_hangs_on_the_time_of_a_run(void **state)
{
    (void)state;
    struct error e = {0};
    struct lesson *l = lesson_parse(
        FRONT "## S\n\n" CUT "```compute\nt = Cut.time(8)\n```\n\n"
              "```assert\nt > 0\nCut.time(4) > 0\nCut.parameters() > 0\n```\n",
        "x.md", &e);
    assert_non_null(l);
    assert_true(timing_is_in(l, l->scenes[0].claims[0].node));
    assert_true(timing_is_in(l, l->scenes[0].claims[1].node));
    assert_false(timing_is_in(l, l->scenes[0].claims[2].node));
    lesson_free(l);
}

/* ---- exams ---- */

static void work_to_the_end(struct fixture *f)
{
    while (reading_work(f->reading, 0))
        ;
    reading_forget_cells(f->reading);
}

/* Prose, charts and the picture of exams say the same of a run's exam. */
static void exams_of_runs_are_shown(void **state)
{
    (void)state;
    struct picture p;
    struct chart_exam list[2];
    struct fixture f = open_body(
        "## S\n\n```run\nFirst: model=ko-en@0; what-if=no-ffn\n```\n\n"
        "{{First.exam().loss:.6}} {{First.exam(no-ffn).kind('roles'):.6}} "
        "{{First.exam(intact).loss:.6}} {{exam(intact).kind('roles'):.6}}\n\n"
        "```stage\nbars: a = First.exam().loss, b = First.exam(no-ffn).kind('roles'), "
        "c = First.exam(intact).loss, d = exam(intact).kind('roles')\n```\n\n"
        "```stage\nfocus: First.logits\nview: exam\n```\n");
    exams_limit(reading_exams(f.reading), 60);
    value_is(&f, 0, "…");
    assert_true(reading_picture(f.reading, &p));
    assert_true(p.cells->pending);
    work_to_the_end(&f);
    assert_true(reading_picture(f.reading, &p));
    for (size_t i = 0; i < 4; i++) {
        char *bar = mem_format("%.6f", tensor_get(&p.cells->values, (long)i));
        value_is(&f, i, bar);
        free(bar);
    }
    double loss = tensor_get(&p.cells->values, 0);
    double intact = tensor_get(&p.cells->values, 2);
    assert_true(reading_picture_at(f.reading, 1, &p));
    assert_string_equal(p.run, "First");
    assert_int_equal(reading_exam_list(f.reading, &p, list), 2);
    assert_float_equal(list[0].score->loss, intact, 1e-9);
    assert_float_equal(list[1].score->loss, loss, 1e-9);
    assert_true(loss != intact);
    close_fixture(&f);
}

/* ---- pictures and questions ---- */

static void a_second_picture_is_of_a_run(void **state)
{
    (void)state;
    struct picture p;
    struct error e = {0};
    struct fixture f = open_body(
        "## S\n\n```run\nDog: text='개가 고양이를 쫓는다'; what-if=no-scale\n```\n\n"
        "```stage\nfocus: encoder.0.norm1[1,1]\nwhat-if: no-position\n```\n\n"
        "```stage\nfocus: Dog.encoder.0.norm1[2,3]\n```\n\n"
        "{{Dog.encoder.0.norm1[2,3]:.6}}\n");
    assert_true(reading_picture(f.reading, &p));
    assert_null(p.run);
    assert_string_equal(p.whatifs, "no-position");
    assert_true(reading_picture_at(f.reading, 1, &p));
    assert_string_equal(p.run, "Dog");
    assert_string_equal(p.whatifs, "no-scale");
    char *cell = mem_format("%.6f", cell_of(&p.shown));
    value_is(&f, 0, cell);
    assert_true(reading_before_at(f.reading, 1, &p));
    assert_int_equal(p.shown.whatifs->count, 0);
    assert_int_equal(reading_set_text(f.reading, "물을 마신다", &e), 0);
    value_is(&f, 0, cell); /* the run keeps its sentence */
    free(cell);
    close_fixture(&f);
}

static void questions_are_about_runs(void **state)
{
    (void)state;
    struct error e = {0};
    struct fixture f = open_body(
        "## S\n\n" CUT
        "```recall\nfrom: 1/1\ntext: 고양이가 개를 쫓는다\n? {{Cut.text}}\n"
        "- permuted | max(abs(Cut.src.input - src.embedding_scaled)) == 0 and "
        "Cut.src.input['고양이',1] != 0 | {{Cut.encoder.0.norm1['고양이',1]:.6}}\n"
        "- placed | max(abs(Cut.src.input - src.embedding_scaled)) > 0\n```\n\n"
        "```predict\n? {{Cut.text}}\n- yes | Cut.text == text\n- no | Cut.text != text\n"
        "```\n\n```fill\n? q | Cut.encoder.0.norm1[1,1]:.3\n"
        "wrong = encoder.0.norm1[1,1] + 9 : with positions\n```\n\n"
        "{{Cut.encoder.0.norm1[1,1]:.3}}\n");
    const struct scene *s = reading_scene(f.reading);
    if (reading_resolve(f.reading, &e) < 0)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    assert_int_equal(reading_right_choice(f.reading, 0), 0);
    assert_int_equal(reading_right_choice(f.reading, 1), 0);
    char *asked = reading_prose(f.reading, &s->predicts[0].question);
    char *here = reading_prose(f.reading, &s->predicts[1].question);
    assert_string_equal(asked, "고양이가 개를 쫓는다");
    assert_string_equal(here, "나는 학교에 간다");
    char *result = reading_result(f.reading, 2);
    value_is(&f, 0, result); /* prose comes before questions */
    assert_int_equal(reading_judge(f.reading, 2, strtod(result, NULL)), 0);
    assert_int_equal(reading_judge(f.reading, 2, 12345), 2);
    char *reply = reading_prose(f.reading, &s->predicts[0].choices[0].feedback);
    assert_int_equal(reading_set_text(f.reading, "고양이가 개를 쫓는다", &e), 0);
    char *same = reading_prose(f.reading, &s->predicts[0].choices[0].feedback);
    assert_string_equal(reply, same);
    struct reading *again = reading_beside(f.reading, 0, &e);
    assert_non_null(again);
    assert_int_equal(reading_right_choice(again, 0), 0);
    reading_free(again);
    free(asked);
    free(here);
    free(result);
    free(reply);
    free(same);
    close_fixture(&f);
}

static void fails_at(const char *body, long line, long column, const char *why)
{
    struct fixture f = open_body(body);
    struct error e = {0};
    assert_int_equal(reading_resolve(f.reading, &e), -1);
    if (!strstr(e.message, why))
        fail_msg("%s", e.message);
    assert_int_equal(e.line, line);
    assert_int_equal(e.column, column);
    close_fixture(&f);
}

static void says_what_a_run_has_not(void **state)
{
    (void)state;
    fails_at("## S\n\n{{Q.parameters()}}\n", 11, 3, "Q: there is no such run");
    fails_at("## S\n\n" CUT "{{Cut.grad.nothing[1,1]}}\n", 15, 3, "Cut.grad.nothing");
    fails_at("## S\n\n" CUT "{{Cut.weight:encoder.9.W_Q[1,1]}}\n", 15, 3, "W_Q");
    fails_at("## S\n\n```compute\nx = a.curve('train_loss')\n```\n", 12, 5, "a.curve");
    fails_at("## S\n\n" CUT "```compute\nx = Cut.jacobian_norm(a, b)\n```\n", 16, 5,
             "no such function");
    fails_at("## S\n\n```run\nR: model=random:d_model=8,nhead=2\n```\n\n"
             "```compute\nx = R.curve('train_loss')\n```\n",
             16, 5, "no loss.tsv");
    fails_at("## S\n\n```stage\nbars: a = Q.exam().loss\n```\n", 12, 11, "no run Q");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_of_the_run),
        cmocka_unit_test(a_gradient_of_a_run_is_shown),
        cmocka_unit_test(weights_have_short_names),
        cmocka_unit_test(slices_and_functions_take_a_run),
        cmocka_unit_test(measures_are_of_the_runs_model),
        cmocka_unit_test(no_claim_hangs_on_the_time_of_a_run),
        cmocka_unit_test(exams_of_runs_are_shown),
        cmocka_unit_test(a_second_picture_is_of_a_run),
        cmocka_unit_test(questions_are_about_runs),
        cmocka_unit_test(says_what_a_run_has_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
