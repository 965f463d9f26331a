/* Runs of a lesson's own, read on the embedded model: what they are, what stays and what
 * follows the learner's sentence, how they are told apart, and where their numbers open. */
#include "lesson/reading.h"

#include "base/memory.h"
#include "model/opened.h"

#include "models.h"

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
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
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

/* All claims of the scene hold. */
static void holds(struct fixture *f)
{
    const struct scene *s = reading_scene(f->reading);
    struct error e = {0};
    if (reading_resolve(f->reading, &e) < 0)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    assert_true(s->claim_count > 0);
    for (size_t i = 0; i < s->claim_count; i++)
        if (reading_check(f->reading, &s->claims[i], &e) < 0)
            fail_msg("%ld:%ld %s", e.line, e.column, e.message);
}

static void claims_hold(const char *runs, const char *claims)
{
    char *body = mem_format("## S\n\n```run\n%s```\n\n```assert\n%s```\n", runs, claims);
    struct fixture f = open_body(body);
    holds(&f);
    close_fixture(&f);
    free(body);
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

static void the_same_sentence_is_the_same_run(void **state)
{
    (void)state;
    claims_hold("A: text='나는 학교에 간다'\n",
                "A.text == text\nA.prediction == prediction\n"
                "max(A.encoder.1.norm2 - encoder.1.norm2) == 0\n"
                "min(A.logits - logits) == 0\n");
}

static void a_what_if_is_that_of_a_scene(void **state)
{
    (void)state;
    struct fixture f = open_body(
        "## S\n\n```run\nA: what-if=no-scale no-position\n```\n\n"
        "```stage\nfocus: logits\nwhat-if: no-scale no-position\n```\n\n```assert\n"
        "max(A.logits - after.logits) == 0\nmin(A.logits - after.logits) == 0\n"
        "max(A.logits - before.logits) > 0\nA.prediction == after.prediction\n```\n");
    holds(&f);
    close_fixture(&f);
}

/* Without positions the encoder's rows are permuted as the words are. */
static void without_positions_order_is_nothing(void **state)
{
    (void)state;
    claims_hold("A: what-if=no-position; text='개가 고양이를 쫓는다'\n"
                "B: text='고양이를 개가 쫓는다'; what-if=no-position\n"
                "C: text='고양이를 개가 쫓는다'\n",
                "max(A.encoder.1.norm2['고양이',:] - B.encoder.1.norm2['고양이',:]) < "
                "0.00001\n"
                "min(A.encoder.1.norm2['고양이',:] - B.encoder.1.norm2['고양이',:]) > "
                "-0.00001\n"
                "max(C.encoder.1.norm2['고양이',:] - B.encoder.1.norm2['고양이',:]) > "
                "0.01\n");
}

static void a_model_has_its_own_weights(void **state)
{
    (void)state;
    claims_hold("Early: model=ko-en@400\n"
                "First: model=ko-en@0\n"
                "Same: model=ko-en\n"
                "R: model=random:d_model=8,nhead=2,num_encoder_layers=1,"
                "num_decoder_layers=1,seed=3\n",
                "max(Same.logits - logits) == 0\n"
                "max(Early.decoder.1.norm3 - decoder.1.norm3) > 0.01\n"
                "max(Early.decoder.1.norm3 - First.decoder.1.norm3) > 0.01\n"
                "weight:src_embedding.weight[9,1] != Early.weight:src_embedding.weight[9,1]"
                "\ncolumns(R.encoder.0.norm1) == 8\n"
                "rows(R.encoder.0.norm1['학교',:]) == 1\n"
                "argmax(R.src.embedding[:,1] * 0 + 1) == '나'\n"
                "rows(R.decoder.0.norm1) == rows(decoder.0.norm1)\n");
}

static void a_target_is_fed(void **state)
{
    (void)state;
    claims_hold("A: target='the dog'\nB: target='the dog'; what-if=no-mask\n",
                "rows(A.decoder.0.norm1) == 3\nrows(B.decoder.0.norm1) == 3\n"
                "A.text == text\nargmax(A.tgt.embedding[:,1] * 0 + 1) != 'none'\n"
                "max(A.tgt.embedding - B.tgt.embedding) == 0\n"
                "max(A.decoder.0.norm1 - B.decoder.0.norm1) > 0.001\n");
}

/* Compute lines, later scenes, questions and functions. */
static void stands_wherever_a_stage_can(void **state)
{
    (void)state;
    struct fixture f = open_body(
        "## S\n\n" CUT "```compute\nd = Cut.encoder.0.norm1 - encoder.0.norm1\n"
        "half = Cut.encoder.0.norm1 * 0.5\nw = pick(Cut.weight:src_embedding.weight, "
        "'▁학교')\nv = pick(weight:src_embedding.weight, '▁학교')\n```\n\n"
        "{{norm(d):.3}}\n\n```predict\n? Which?\n"
        "- more | sum(Cut.src.input) == sum(src.embedding_scaled) and norm(d) > 0 | y\n"
        "- less | norm(d) == 0\n```\n\n## T\n\n```assert\n"
        "max(half * 2 - Cut.encoder.0.norm1) ~ 0.0\nmax(w - v) == 0\n"
        "max(Cut.src.input - src.embedding_scaled) == 0\n```\n");
    struct error e = {0};
    assert_int_equal(reading_right_choice(f.reading, 0), 0);
    assert_int_equal(reading_resolve(f.reading, &e), 0);
    assert_int_equal(reading_go(f.reading, 1, &e), 0);
    holds(&f);
    close_fixture(&f);
}

static void follows_the_learners_sentence(void **state)
{
    (void)state;
    struct fixture f =
        open_body("## S\n\n" CUT "```run\nPinned: text='물을 마신다'\n"
                  "Words: what-if=order=3,1,2\n```\n\n"
                  "{{Cut.text}} {{Pinned.text}} {{rows(Cut.src.input) - "
                  "rows(src.input)}} {{Words.prediction}} {{Cut.src.input['학교',1]}}\n");
    struct error e = {0};
    value_is(&f, 0, "나는 학교에 간다");
    assert_true(reading_is_resolved(f.reading));
    assert_int_equal(reading_set_text(f.reading, "개가 잔다", &e), 0);
    value_is(&f, 0, "개가 잔다");
    value_is(&f, 1, "물을 마신다");
    value_is(&f, 2, "0");
    value_is(&f, 3, "–"); /* there are no three words to put in order */
    value_is(&f, 4, "–");
    assert_int_equal(reading_set_text(f.reading, NULL, &e), 0);
    value_is(&f, 0, "나는 학교에 간다");
    assert_true(reading_is_resolved(f.reading));
    close_fixture(&f);
}

static void a_pinned_scene_keeps_its_sentence(void **state)
{
    (void)state;
    struct fixture f = open_body("## S\n\n{{text}}\n\n## T\n\n```stage\nfocus: logits\n"
                                 "text: 물을 마신다\npinned: yes\n```\n\n{{text}}\n\n"
                                 "## U\n\n```stage\nfocus: logits\ntext: 물을 마신다\n"
                                 "```\n\n{{text}}\n");
    struct error e = {0};
    reading_go(f.reading, 1, &e);
    assert_int_equal(reading_set_text(f.reading, "개가 잔다", &e), 0);
    value_is(&f, 0, "물을 마신다");
    assert_true(reading_is_pinned(f.reading));
    assert_false(reading_is_own(f.reading));
    assert_int_equal(reading_set_text(f.reading, "  ", &e), -1); /* nor kept for others */
    e = (struct error){0};
    assert_int_equal(reading_go(f.reading, 2, &e), 0);
    value_is(&f, 0, "개가 잔다");
    assert_true(reading_is_own(f.reading));
    reading_go(f.reading, 0, &e);
    value_is(&f, 0, "개가 잔다");
    close_fixture(&f);
}

/* ---- pictures, and where their numbers open ---- */

static double cell_of(const struct exhibit *x)
{
    const struct tensor *t = trace_acquire_ref(x->trace, x->ref);
    long columns = t->size[t->rank - 1], rows = t->rank > 1 ? t->size[t->rank - 2] : 1;
    double cell =
        tensor_get(t, (x->at.head * rows + x->at.row) * columns + x->at.column);
    trace_release_ref(x->trace, x->ref);
    return cell;
}

static void opens_in_the_walk_of_that_run(void **state)
{
    (void)state;
    struct fixture f = open_body(
        "## S\n\n```run\nA: text='물을 마신다'; target='the dog'; what-if=no-position; "
        "model=ko-en@400\n```\n\n```stage\nfocus: A.decoder.0.norm1[2,3]\n```\n\n"
        "{{A.decoder.0.norm1[2,3]:.6}} {{A.prediction}}\n");
    struct error e = {0};
    struct picture p;
    struct exhibit walk;
    assert_true(reading_picture(f.reading, &p));
    assert_string_equal(p.run, "A");
    assert_string_equal(p.whatifs, "no-position");
    char *told = reading_run(f.reading, "A", false);
    assert_string_equal(told, "A: “물을 마신다” → “the dog” · ko-en@400 · no-position");
    free(told);
    told = reading_run(f.reading, "A", true);
    assert_string_equal(told, "A: “물을 마신다” → “the dog” · ko-en@400");
    free(told);
    assert_int_equal(reading_free_walk(f.reading, &p.shown, &walk, &e), 0);
    char *cell = mem_format("%.6f", cell_of(&walk));
    value_is(&f, 0, cell);
    value_is(&f, 1, walk.session->prediction);
    assert_string_equal(walk.title, "물을 마신다");
    assert_string_equal(walk.model->name, "ko-en@400");
    char *badge = exhibit_whatifs(&walk), *target = session_target_text(walk.session);
    assert_string_equal(badge, "no-position");
    assert_string_equal(target, "the dog");
    free(badge);
    free(target);
    free(cell);
    session_free(walk.session);
    close_fixture(&f);
}

static void before_is_the_run_intact(void **state)
{
    (void)state;
    struct fixture f = open_body(
        "## S\n\n```run\nA: text='물을 마신다'; what-if=no-position\nB: text='물을 마신다'\n"
        "```\n\n```stage\nfocus: A.encoder.0.norm1[2,3]\nwhat-if: no-scale\n```\n\n"
        "{{A.encoder.0.norm1[2,3]:.6}} {{B.encoder.0.norm1[2,3]:.6}}\n\n"
        "## T\n\n```stage\nfocus: B.encoder.0.norm1[2,3]\n```\n");
    struct picture p;
    struct error e = {0};
    assert_true(reading_picture(f.reading, &p));
    char *cell = mem_format("%.6f", cell_of(&p.shown));
    value_is(&f, 0, cell);
    free(cell);
    assert_true(reading_picture_before(f.reading, &p));
    assert_string_equal(p.run, "A");
    assert_int_equal(p.shown.whatifs->count, 0);
    cell = mem_format("%.6f", cell_of(&p.shown));
    value_is(&f, 1, cell);
    free(cell);
    reading_go(f.reading, 1, &e);
    assert_true(reading_picture(f.reading, &p));
    assert_null(p.whatifs);
    assert_false(reading_picture_before(f.reading, &p));
    close_fixture(&f);
}

/* ---- exams ---- */

static void exams_are_of_the_runs_model(void **state)
{
    (void)state;
    struct fixture f = open_body(
        "## S\n\n```run\nFirst: model=ko-en@0; what-if=no-ffn\nCut: what-if=no-ffn\n```\n\n"
        "{{First.exam().loss:.6}} {{First.exam(no-ffn).loss:.6}} "
        "{{First.exam(intact).loss:.6}} {{exam(no-ffn).loss:.6}} {{Cut.exam().loss:.6}} "
        "{{exam(intact).loss:.6}} {{Cut.exam(intact).loss:.6}}\n");
    value_is(&f, 0, "…");
    while (reading_work(f.reading, 0))
        ;
    char *loss[7];
    for (size_t i = 0; i < 7; i++)
        loss[i] = value(&f, i);
    assert_string_equal(loss[0], loss[1]);
    assert_string_equal(loss[3], loss[4]);
    assert_string_equal(loss[5], loss[6]);
    assert_string_not_equal(loss[1], loss[2]);
    assert_string_not_equal(loss[1], loss[3]);
    assert_string_not_equal(loss[2], loss[5]);
    assert_true(strtod(loss[2], NULL) > strtod(loss[5], NULL)); /* untrained */
    for (size_t i = 0; i < 7; i++)
        free(loss[i]);
    close_fixture(&f);
}

/* ---- models ---- */

static void models_are_opened_once(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *first = shared_model("ko-en");
    struct model *a = opened_get("ko-en@400", first, &e);
    struct model *b = opened_get("ko-en@400", first, &e);
    struct model *same = opened_get("ko-en", first, &e);
    struct model *random = opened_get("random:d_model=8,nhead=2", first, &e);
    assert_non_null(a);
    assert_ptr_equal(a, b);
    assert_ptr_equal(same, first);
    assert_ptr_equal(random->source, first->source);
    assert_int_equal(random->config->eos_token_id, first->config->eos_token_id);
    assert_null(opened_get("random:d_model=512,num_encoder_layers=60", first, &e));
    assert_non_null(strstr(e.message, "choose smaller"));
    e = (struct error){0};
    assert_null(opened_get("random:vocab_size=10", first, &e));
    assert_non_null(strstr(e.message, "leave vocab_size out"));
    model_free(a);
    model_free(b);
    model_free(same);
    model_free(random);
    opened_close();
    model_free(first);
}

/* ---- faults ---- */

static void refuses_run(const char *lines, long line, long column, const char *why)
{
    struct error e = {0};
    char *text = mem_format("%s## S\n\n```run\n%s```\n", FRONT, lines);
    struct lesson *l = lesson_parse(text, "x.md", &e);
    assert_null(l);
    assert_int_equal(e.line, line);
    assert_int_equal(e.column, column);
    if (!strstr(e.message, why))
        fail_msg("%s: %s", lines, e.message);
    assert_string_equal(e.file, "x.md");
    free(text);
}

static void says_what_is_wrong_with_a_line(void **state)
{
    (void)state;
    refuses_run("a: text='x'\n", 12, 1, "begins with a capital");
    refuses_run("A text='x'\n", 12, 1, "NAME: key=value");
    refuses_run("A:\n", 12, 3, "a run knows");
    refuses_run("A: sentence='x'\n", 12, 4, "a run knows");
    refuses_run("A: text=x\n", 12, 9, "in quotes");
    refuses_run("A: text='x\n", 12, 9, "in quotes");
    refuses_run("A: text=''\n", 12, 9, "nothing stands");
    refuses_run("A: model=; text='x'\n", 12, 10, "nothing stands");
    refuses_run("A: text='x' what-if=no-scale\n", 12, 9, "in quotes");
    refuses_run("A: text='x'; text='y'\n", 12, 14, "twice");
    refuses_run("A: text='x'\n\n  A: text='y'\n", 14, 3, "in line 12");
    refuses_run("A: text='x'\n```\n\n```compute\nA = [1, 2]\n", 16, 1, "in line 12");
    refuses_run("A: text='x'\n```\n\n```stage\nfocus: a\npinned: yes\n", 16, 1,
                "the sentence that stays");
}

static void reads_quotes_and_lists(void **state)
{
    (void)state;
    struct error e = {0};
    struct lesson *l = lesson_parse(
        FRONT "## S\n\n```run\n# a comment\nA : text = 'it's; so' ;what-if= no-scale "
              "no-mask@decoder.0 ; model=random:d_model=8,seed=1;\n```\n",
        "x.md", &e);
    assert_non_null(l);
    const struct run_line *run = &l->scenes[0].runs[0];
    assert_string_equal(run->name, "A");
    assert_string_equal(run->value[RUN_TEXT], "it's; so");
    assert_string_equal(run->value[RUN_WHATIF], "no-scale no-mask@decoder.0");
    assert_string_equal(run->value[RUN_MODEL], "random:d_model=8,seed=1");
    assert_null(run->value[RUN_TARGET]);
    lesson_free(l);
}

/* The first fault of the scene: its place, and what to do. */
static void fails_at(const char *body, long line, long column, const char *why)
{
    struct fixture f = open_body(body);
    struct error e = {0};
    assert_int_equal(reading_resolve(f.reading, &e), -1);
    assert_int_equal(e.line, line);
    assert_int_equal(e.column, column);
    if (!strstr(e.message, why))
        fail_msg("%s", e.message);
    assert_string_equal(e.file, "x.md");
    close_fixture(&f);
}

static void says_where_a_run_cannot_be(void **state)
{
    (void)state;
    fails_at("## S\n\n```run\nA: model=nothing-here\n```\n", 12, 10, "no such folder");
    fails_at("## S\n\n```run\nA: what-if=no-thing\n```\n", 12, 12, "no-thing");
    fails_at("## S\n\n```run\nA: what-if=no-ffn@encoder.9\n```\n", 12, 12, "encoder.9");
    fails_at("## S\n\n```run\nA: text=' '\n```\n", 12, 9, "empty");
    fails_at("## S\n\n" CUT "{{Cut.encoder.9.norm1[1,1]}}\n", 15, 3,
             "Cut.encoder.9.norm1");
    fails_at("## S\n\n{{Cut.encoder.0.norm1[1,1]}}\n", 11, 3, "no such run");
    fails_at("## S\n\n{{Cut.exam().loss}}\n\n## T\n\n" CUT, 11, 3, "no run Cut");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_sentence_is_the_same_run),
        cmocka_unit_test(a_what_if_is_that_of_a_scene),
        cmocka_unit_test(without_positions_order_is_nothing),
        cmocka_unit_test(a_model_has_its_own_weights),
        cmocka_unit_test(a_target_is_fed),
        cmocka_unit_test(stands_wherever_a_stage_can),
        cmocka_unit_test(follows_the_learners_sentence),
        cmocka_unit_test(a_pinned_scene_keeps_its_sentence),
        cmocka_unit_test(opens_in_the_walk_of_that_run),
        cmocka_unit_test(before_is_the_run_intact),
        cmocka_unit_test(exams_are_of_the_runs_model),
        cmocka_unit_test(models_are_opened_once),
        cmocka_unit_test(says_what_is_wrong_with_a_line),
        cmocka_unit_test(reads_quotes_and_lists),
        cmocka_unit_test(says_where_a_run_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
