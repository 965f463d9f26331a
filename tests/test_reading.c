/* A lesson read on the embedded model: values, what-ifs, compute blocks, questions,
 * claims, the picture, sliders; on its own sentence and on one it was not written for. */
#include "lesson/reading.h"

#include "base/memory.h"

#include "models.h"

#include <math.h>

#define FRONT                                                                            \
    "---\nid: 01-a\npart: 1\ntitle: T\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n"

struct fixture {
    struct lesson *lesson;
    struct reading *reading;
};

static struct fixture open_text(const char *body, struct model *model)
{
    struct error e = {0};
    struct session_options options = {.trace.engine = ENGINE_REFERENCE};
    char *text = mem_format("%s%s", FRONT, body);
    struct fixture f = {.lesson = lesson_parse(text, "x.md", &e)};
    if (f.lesson)
        f.reading = reading_new(f.lesson, session_new(model, &options), &e);
    if (!f.reading)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    free(text);
    return f;
}

static struct fixture open_body(const char *body)
{
    return open_text(body, shared_model("ko-en"));
}

static void close_fixture(struct fixture *f)
{
    reading_free(f->reading);
    lesson_free(f->lesson);
}

/* The prose of block `i` of the scene. */
static void says(struct fixture *f, size_t i, const char *want)
{
    char *text = reading_prose(f->reading, &reading_scene(f->reading)->blocks[i].prose);
    assert_string_equal(text, want);
    free(text);
}

static void expression_is(const char *expression, const char *want)
{
    char *body = mem_format("## S\n\n{{%s}}\n", expression);
    struct fixture f = open_body(body);
    says(&f, 0, want);
    close_fixture(&f);
    free(body);
}

static void fills_values(void **state)
{
    (void)state;
    expression_is("text", "나는 학교에 간다");
    expression_is("prediction", "I go to school");
    expression_is("1/4", "0.25");
    expression_is("0.256:%", "26%");
    expression_is("0.256:.1%", "25.6%");
    expression_is("2048*2048:,", "4,194,304");
    expression_is("0 - 0.0001:.2", "0.00");
    expression_is("shape(src.embedding)", "7 × 32");
    expression_is("rows(weight:src_embedding.weight)", "1700");
    expression_is("sum(encoder.0.self_attn.weights[1,'학교',:])", "1");
    expression_is("argmax(encoder.0.self_attn.weights[1,:,:] * 0 + 1)", "나 → 나");
    expression_is("cosine(src.embedding[1,:], src.embedding[1,:])", "1");
    expression_is("src.position[1,1]", "0");
    expression_is("dot([3, 0], [3, 3])", "9");
    expression_is("entropy([0.5, 0.5])", "1");
    expression_is("top([0.1, 0.7, 0.2], 2)", "3");
    expression_is("largest([0.1, 0.7, 0.2], 2)", "0.20");
    expression_is("diagonal([[1, 2], [3, 4]])", "1, 4");
    expression_is("fact: 28.4 | Table 2", "28.4 (Table 2)");
    /* what is made of a matrix, by hand */
    expression_is("sum([[1, 2], [3, 4.5]])", "10.50");
    expression_is("max(sum([[1, 2], [3, 4.5]], axis=1))", "6.50");
    expression_is("max(sum([[1, 2], [3, 4.5]], axis=2))", "7.50");
    expression_is("mean(max([[1, 2], [3, 4.5]], axis=1))", "3.75");
    expression_is("sum(norm([[3, 4], [6, 8]], axis=2))", "15");
    expression_is("columns(count_where([[1, 2], [3, 4], [5, 0]] > 1, axis=1))", "2");
    expression_is("max(count([[1, 2], [3, 4], [5, 0]]) * [1, 2])", "12");
    expression_is("max(count_where([[1, 2], [3, 4], [5, 0]] > 1, axis=1))", "2");
    expression_is("mean([[1, 2], [3, 4]]):.1", "2.5");
    expression_is("max([3, -7, 5]) - min([3, -7, 5])", "12");
    expression_is("std([2, 4, 4, 4, 5, 5, 7, 9])", "2");
    expression_is("norm([[3, 0], [0, 4]])", "5");
    expression_is("cosine([3, 0], [3, 3]):.4", "0.7071");
    expression_is("dot([[1, 2], [3, 4]], [5, 6, 7, 8])", "70");
    expression_is("entropy([0.5, 0.25, 0, 0.25])", "1.50");
    expression_is("entropy([[0.5, 0.5], [0.5, 0.5]])", "2"); /* of both rows */
    /* functions of functions, and of arithmetic */
    expression_is("mean(diagonal([[1, 2], [3, 4]]))", "2.50");
    expression_is("diagonal([[1, 2], [3, 4]]) - diagonal([[1, 0], [0, 1]])", "0, 3");
    expression_is("shape(diagonal([[1, 2], [3, 4]]))", "2");
    expression_is("sum(1 - [0.25, 0.5] / max([0.25, 0.5]))", "0.50");
    expression_is("max([1, 4] / [2, 2] + sqrt(16) * rows([[1], [2]]))", "10");
    expression_is("max(-[1, 4])", "-1");
    expression_is("sum(encoder.0.self_attn.weights[:,1,:])", "4"); /* of four heads */
    /* what differs in the seventh digit is not written twice */
    expression_is("sum([1, 2] * 1000001) - sum([1, 2] * 1000002)", "-3");
    expression_is("max([1048577]) - max([1048578])", "-1");
    expression_is("count(encoder.0.self_attn.weights[:,1,:])", "28");
    expression_is("sum(src.position[2,:]) - sum(src.position[2,1] + src.position[2,:])"
                  " + 32 * src.position[2,1]", "0");
    expression_is("max(weight:src_embedding.weight['▁학교',:]) - "
                  "max(weight:src_embedding.weight['▁학교',:] * 2) / 2", "0");
    /* what cannot be resolved */
    expression_is("encoder.0.self_attn.weights[1,'없다',1]", "–");
    expression_is("nothing", "–");
    expression_is("max()", "–");
    expression_is("max(1, 2, 3)", "–");
    expression_is("encoder.0.self_attn.weights[1]", "–");
    expression_is("[1, 2] + [1, 2, 3]", "–");
}

/* A value of the prose comes from the weights: another weight, another number. */
static void a_changed_weight_changes_the_prose(void **state)
{
    (void)state;
    const char *body = "## S\n\n{{encoder.0.self_attn.scores[1,1,1]:.4}}\n";
    struct fixture f = open_body(body);
    char *before = reading_prose(f.reading, &reading_scene(f.reading)->blocks[0].prose);
    close_fixture(&f);
    struct model *m = open_model("ko-en");
    int i = weights_find(&m->weights, "encoder.layers.0.self_attn.in_proj_weight");
    struct tensor *w = &m->weights.items[i].tensor;
    float *changed = mem_alloc(1, tensor_bytes(w));
    memcpy(changed, w->f32, tensor_bytes(w));
    changed[0] += 1;
    w->f32 = changed;
    f = open_text(body, m);
    char *after = reading_prose(f.reading, &reading_scene(f.reading)->blocks[0].prose);
    assert_string_not_equal(before, after);
    close_fixture(&f);
    free(changed);
    free(before);
    free(after);
}

static void knows_before_and_after(void **state)
{
    (void)state;
    struct fixture f = open_body("## S\n\n```stage\nfocus: encoder.0.self_attn.scaled\n"
                                 "what-if: no-scale\n```\n\n"
                                 "{{after.encoder.0.self_attn.scaled[1,1,1] / "
                                 "before.encoder.0.self_attn.scaled[1,1,1]:.4}} "
                                 "{{before.prediction}}\n");
    says(&f, 1, "2.8284 I go to school"); /* √8 */
    struct picture p;
    assert_true(reading_picture(f.reading, &p));
    assert_string_equal(p.whatifs, "no-scale");
    close_fixture(&f);
}

static const char worked[] =
    "## One\n\n```compute\nq = [[\"질의\", 3, 0]]\nk = [[\"가\", 3, 3], [\"나\", 0, 4], "
    "[\"다\", -2, 2]]\ns = dot(q, k)\nT = slider(0.5, 4.5, 1)\np = softmax(s, "
    "temperature=T)\n"
    "```\n\n{{s[1,'가']}} {{s[1,2]}} {{s[1,3]}} {{argmax(p[1,:])}}\n\n"
    "```assert\ns ~ [[9, 0, -6]]\np[1,1] > 0.99\nsum(p[1,:]) == 1\n```\n\n"
    "## Two\n\n{{s[1,1] + T}}\n\n```compute\nx = src.embedding\nc = cosine(x, x)\n"
    "u = pick(weight:src_embedding.weight, '▁학교', '에')\nv = u - u\nw = pca(x)\n"
    "h = encoder.0.self_attn.q_heads[2,:,:]\nd = dot(h, h) / sqrt(columns(h))\n```\n\n"
    "```assert\ndiagonal(c) ~ [1.000, 1.000, 1.000, 1.000, 1.000, 1.000, 1.000]\n"
    "max(v) == 0\ncolumns(w) == 2\nu['▁학교',1] == src.embedding['▁학교',1]\n"
    "d[1,2] ~ 0.35355 * dot(encoder.0.self_attn.q_heads[2,1,:], "
    "encoder.0.self_attn.q_heads[2,2,:]) within 0.001\n```\n";

static void checks_all(struct fixture *f)
{
    struct error e = {0};
    const struct scene *s = reading_scene(f->reading);
    if (reading_resolve(f->reading, &e) < 0)
        fail_msg("%ld:%ld %s", e.line, e.column, e.message);
    for (size_t i = 0; i < s->claim_count; i++)
        if (reading_check(f->reading, &s->claims[i], &e) < 0)
            fail_msg("%ld:%ld %s", e.line, e.column, e.message);
}

static void computes(void **state)
{
    (void)state;
    struct error e = {0};
    struct fixture f = open_body(worked);
    says(&f, 1, "9 0 -6 가");
    checks_all(&f);
    assert_int_equal(reading_go(f.reading, 1, &e), 0);
    says(&f, 0, "10");
    checks_all(&f);
    close_fixture(&f);
}

/* A number that a line made is one everywhere: in lines, and in the prose. */
static void lines_make_numbers(void **state)
{
    (void)state;
    struct fixture f = open_body(
        "## S\n\n```compute\nA = [[1, 2], [3, 6]]\nm = mean(A)\nd = diagonal(A)\n"
        "B = (A - m) / std(A)\nr = 2 * m + 1\nt = max(A) - min(A) * m\n```\n\n"
        "{{m}} {{m * 2}} {{r}} {{t}} {{d}} {{norm(B):.3}} {{mean(B)}}\n\n"
        "```assert\nm == 3\nB ~ [[-1.069, -0.535], [0.000, 1.604]]\nsum(A - m) == 0\n"
        "mean(A) < max(A) and entropy(A / sum(A)) ~ 1.73\n```\n");
    says(&f, 1, "3 6 7 3 1, 6 2.000 0");
    checks_all(&f);
    close_fixture(&f);
}

/* The last compute line is the picture; it is proved by the other engine. */
static void shows_and_proves_the_block(void **state)
{
    (void)state;
    struct fixture f = open_body(worked);
    struct picture p;
    double limit;
    assert_true(reading_picture(f.reading, &p));
    assert_null(p.shown.session); /* no run: an example */
    assert_string_equal(stage_id(&trace_plan(p.shown.trace)->stages[p.shown.ref.index]), "p");
    assert_true(exhibit_proof(&p.shown, &limit) <= limit);
    assert_true(limit > 0);
    close_fixture(&f);
}

static void slides(void **state)
{
    (void)state;
    struct fixture f = open_body(worked);
    struct picture p;
    assert_int_equal(reading_sliders(f.reading), 1);
    reading_slide(f.reading, 0, 100);
    assert_near(reading_slider(f.reading, 0)->value, 4.5, 1e-9);
    reading_picture(f.reading, &p);
    const struct tensor *t = trace_acquire_ref(p.shown.trace, p.shown.ref);
    assert_near(tensor_get(t, 0), 1 / (1 + exp(-9 / 4.5) + exp(-15 / 4.5)), 1e-9);
    trace_release_ref(p.shown.trace, p.shown.ref);
    reading_slide(f.reading, 0, -1000);
    assert_near(reading_slider(f.reading, 0)->value, 0.5, 1e-9);
    close_fixture(&f);
}

static void answers_questions(void **state)
{
    (void)state;
    struct fixture f =
        open_body("## S\n\n```predict\n? q {{1+1}}\n- a | 1 > 2\n"
                  "- b | text == '나는 학교에 간다'\n"
                  "- c | encoder.0.self_attn.weights[1,'학교',1] > 2\n```\n");
    struct error e = {0};
    assert_int_equal(reading_right_choice(f.reading, 0), 1);
    assert_int_equal(reading_set_text(f.reading, "물을 마신다", &e), 0);
    assert_int_equal(reading_choice(f.reading, 0, 2), TRUTH_UNKNOWN);
    assert_int_equal(reading_right_choice(f.reading, 0), -1);
    close_fixture(&f);
}

/* On a sentence that it was not written for a question may have two right choices: then it
 * has none. */
static void two_right_choices_are_none(void **state)
{
    (void)state;
    struct error e = {0};
    struct fixture f = open_body("## S\n\n```predict\n? q\n- a | 1 == 1\n"
                                 "- b | text == '물을 마신다'\n- c | 1 > 2\n```\n");
    assert_int_equal(reading_right_choice(f.reading, 0), 0);
    assert_int_equal(reading_set_text(f.reading, "물을 마신다", &e), 0);
    assert_int_equal(reading_choice(f.reading, 0, 1), TRUTH_TRUE);
    assert_int_equal(reading_right_choice(f.reading, 0), CHOICE_NONE);
    close_fixture(&f);
}

static void opens_on_a_foreign_sentence(void **state)
{
    (void)state;
    struct error e = {0};
    struct fixture f = open_body("## S\n\n{{src.embedding['학교',1]}} {{text}}\n");
    assert_true(reading_is_resolved(f.reading));
    assert_int_equal(reading_set_text(f.reading, "물을 마신다", &e), 0);
    assert_true(reading_is_own(f.reading));
    says(&f, 0, "– 물을 마신다");
    assert_false(reading_is_resolved(f.reading));
    assert_int_equal(reading_set_text(f.reading, "", &e), -1);
    says(&f, 0, "– 물을 마신다");
    assert_int_equal(reading_set_text(f.reading, NULL, &e), 0);
    assert_true(reading_is_resolved(f.reading));
    close_fixture(&f);
}

/* A scene whose sentence this model cannot take is shown on the one before. */
static void opens_a_scene_with_a_sentence_too_long(void **state)
{
    (void)state;
    struct error e = {0};
    struct picture p;
    struct buffer body = {0};
    buffer_add(&body, "## S\n\na\n\n## T\n\n```stage\nfocus: src.embedding\ntext:");
    for (int i = 0; i < 80; i++)
        buffer_add(&body, " 학교에");
    buffer_add(&body, "\n```\n\n```compute\nx = src.embedding\n```\n\n{{x[1,1]}}\n");
    struct fixture f = open_body(body.data);
    assert_int_equal(reading_go(f.reading, 1, &e), -1);
    assert_contains(e.message, "at most");
    assert_true(reading_is_resolved(f.reading));
    assert_true(reading_picture(f.reading, &p));
    assert_string_equal(p.shown.title, "나는 학교에 간다");
    assert_true(exhibit_proof(&p.shown, NULL) >= 0);
    buffer_free(&body);
    close_fixture(&f);
}

/* Faults of a scene are told with their place; the scene opens all the same. */
static void tells_faults(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        long line;
        const char *message;
    } cases[] = {
        {"## S\n\n{{foo[1]}}\n", 11, "no such name"},
        {"## S\n\n```compute\na = foo([[1]])\n```\n", 12, "no such function"},
        {"## S\n\n```compute\na = dot([[1, 2]], [[1]])\n```\n", 12, "op linear"},
        {"## S\n\n```compute\na = softmax([[1]], heat=2)\n```\n", 12, "no argument heat"},
        {"## S\n\n```compute\na = softmax([[1]], temperature=0)\n```\n", 12,
         "more than 0"},
        {"## S\n\n```compute\na = pick(src.embedding, '없다')\n```\n", 12, "not among"},
        {"## S\n\n```compute\na = sinusoid(100000, 100000)\n```\n", 12, "4 million"},
        {"## S\n\n```compute\na = random(0, 3)\n```\n", 12, "op random"},
        {"## S\n\n```compute\na = slider(3, 1, 2)\n```\n", 12, "least < most"},
        {"## S\n\n```compute\na = [[1, 2, 3]] + [[1, 2]]\n```\n", 12, "op add"},
        {"## S\n\n```compute\na = mean(2)\n```\n", 12, "not a number"},
        {"## S\n\n```compute\na = diagonal(split_heads([[1, 2]], 2))\n```\n", 12,
         "one head"},
        {"## S\n\na {{max(1 + src.embedding['없다',1])}}\n", 11, "not among"},
        {"## S\n\na {{max(2)}}\n", 11, "a row of one"},
        {"## S\n\na {{cosine([1, 2], [1])}}\n", 11, "one length"},
        {"## S\n\na {{cosine([1, 2])}}\n", 11, "cosine: two values must be given"},
        {"## S\n\na {{sum()}}\n", 11, "sum: one value must be given"},
        {"## S\n\n```compute\nA = [[1, 2]]\nm = mean(A)\nB = A[1,m]\n```\n", 14,
         "known beforehand"},
        {"## S\n\n```compute\nA = [[1, 2]]\nh = 1 / 2\nB = A[1,h]\n```\n", 14,
         "no whole number"},
        {"## S\n\n```compute\nA = [[1, 2]]\nn = 3\nB = A[:,1:n]\n```\n", 14, "outside"},
        {"## S\n\na {{sum(of=[1, 2])}}\n", 11, "no argument of; there is axis"},
        {"## S\n\na {{max(sum([1, 2], axis=3))}}\n", 11, "axis=1 goes down the rows"},
        {"## S\n\na {{rows(of=[1, 2])}}\n", 11, "rows: there is no argument of"},
        {"## S\n\na {{sum([1, 2] * rows(of=[1, 2]))}}\n", 11, "no argument of"},
        {"## S\n\na {{diagonal(encoder.0.self_attn.weights)}}\n", 11, "one head"},
        {"## S\n\na {{sum(round([1, 2]))}}\n", 11, "compute block"},
        {"## S\n\na {{softmux([1, 2])}}\n", 11, "help lesson-words"},
        {"## S\n\n```compute\na = [[1]]\nb = a[1,3]\n```\n", 13, "outside"},
        {"## S\n\n```compute\na = [[1, 2]]\nb = a[:,2:1]\n```\n", 13, "FIRST:LAST"},
        {"## S\n\n```compute\na = where(1, [1], [2])\n```\n", 12, "condition"},
        {"## S\n\n```compute\na = concat([1, 2], [1])\n```\n", 12, "as many columns"},
        {"## S\n\n```compute\na = power([1], [2])\n```\n", 12, "a number"},
        {"## S\n\n```compute\na = rotate([1, 2, 3])\n```\n", 12, "pairs"},
        {"## S\n\n```compute\na = learned([1], 'a')\n```\n", 12, "learn_merges"},
        {"## S\n\n```compute\na = diagonal([[1, 2]], 5)\n```\n", 12, "no diagonal"},
        {"## S\n\na {{bytes(2)}}\n", 11, "a text in quotes"},
        {"## S\n\na {{parameters('foo')}}\n", 11, "model --weights"},
        {"## S\n\na {{curve('foo')}}\n", 11, "begins with: step"},
        {"## S\n\na {{weight:encoder.0.self_attn.W_X[1,1]}}\n", 11, "no such name"},
        {"## S\n\na {{grad.encoder.9.norm1[1,1]}}\n", 11, "no such name"},
        {"## S\n\na {{jacobian_norm(src.embedding, src.embedding)}}\n", 11, "one row"},
        {"## S\n\n```stage\nfocus: encoder.7.norm1\n```\n", 12, "no such name"},
        {"## S\n\n```stage\nfocus: src.embedding['없다',1]\n```\n", 12, "not among"},
        {"## S\n\n```stage\nfocus: src.embedding\nwhat-if: no-foo\n```\n", 13, "no-foo"},
        {"## S\n\n```predict\n? a\n- b | 1 == 1\n- c | 2 == 2\n```\n", 12, "exactly one"},
        {"## S\n\n{{exam(no-foo).loss}}\n", 11, "no-foo"},
        {"## S\n\n{{exam(intact).foo}}\n", 11, "exact_match"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct fixture f = open_body(cases[i].body);
        exams_limit(reading_exams(f.reading), 20);
        reading_work(f.reading, i + 1 == sizeof cases / sizeof *cases ? 0 : 1);
        if (reading_resolve(f.reading, &e) == 0)
            fail_msg("case %zu was taken", i);
        if (e.line != cases[i].line || !strstr(e.message, cases[i].message))
            fail_msg("case %zu: %ld:%ld %s", i, e.line, e.column, e.message);
        close_fixture(&f);
    }
}

static void tells_what_a_claim_found(void **state)
{
    (void)state;
    struct error e = {0};
    struct fixture f = open_body("## S\n\n```assert\n2 * 3 ~ 6.5\n```\n");
    assert_int_equal(reading_check(f.reading, reading_scene(f.reading)->claims, &e), -1);
    assert_contains(e.message, "its left side is 6.000000, its right side 6.500000");
    assert_int_equal(e.line, 12);
    close_fixture(&f);
}

static void walks_freely_from_a_scene(void **state)
{
    (void)state;
    struct error e = {0};
    struct picture p;
    struct exhibit walk;
    struct fixture f =
        open_body("## S\n\n```stage\nfocus: encoder.0.self_attn.scaled[2,3,4]\n"
                  "what-if: no-scale\n```\n");
    assert_true(reading_picture(f.reading, &p));
    assert_int_equal(reading_free_walk(f.reading, &p.shown, &walk, &e), 0);
    assert_ptr_not_equal(walk.session, p.shown.session); /* a session of its own */
    assert_string_equal(walk.title, "나는 학교에 간다");
    assert_int_equal(walk.whatifs->count, 1);
    assert_int_equal(walk.session->targets, p.shown.session->targets);
    assert_true(ref_is(walk.ref, p.shown.ref));
    assert_int_equal(walk.at.column, 3);
    session_free(walk.session);
    /* what nobody points at: the run as a whole */
    assert_int_equal(reading_free_walk(f.reading, NULL, &walk, &e), 0);
    assert_int_equal(walk.ref.kind, REF_NONE);
    assert_int_equal(walk.whatifs->count, 1);
    session_free(walk.session);
    /* the run before */
    assert_true(reading_picture_before(f.reading, &p));
    assert_int_equal(reading_free_walk(f.reading, &p.shown, &walk, &e), 0);
    assert_int_equal(walk.whatifs->count, 0);
    assert_int_equal(walk.at.head, 1);
    session_free(walk.session);
    close_fixture(&f);
}

static void walks_on_the_blocks_and_from_a_weight(void **state)
{
    (void)state;
    struct error e = {0};
    struct picture p;
    struct exhibit walk;
    struct fixture f = open_body(worked);
    assert_true(reading_picture(f.reading, &p));
    assert_int_equal(reading_free_walk(f.reading, &p.shown, &walk, &e), 0);
    assert_null(walk.session);
    assert_string_equal(walk.title, "One");
    assert_true(plan_find(trace_plan(walk.trace), "p") == walk.ref.index);
    close_fixture(&f);
    f = open_body("## S\n\n```stage\nfocus: weight:src_embedding.weight[2,3]\n```\n");
    assert_true(reading_picture(f.reading, &p));
    assert_int_equal(p.shown.ref.kind, REF_WEIGHT);
    assert_int_equal(reading_free_walk(f.reading, &p.shown, &walk, &e), 0);
    assert_non_null(walk.session);
    assert_int_equal(walk.ref.kind, REF_NONE);
    session_free(walk.session);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_values),
        cmocka_unit_test(a_changed_weight_changes_the_prose),
        cmocka_unit_test(knows_before_and_after),
        cmocka_unit_test(computes),
        cmocka_unit_test(lines_make_numbers),
        cmocka_unit_test(shows_and_proves_the_block),
        cmocka_unit_test(slides),
        cmocka_unit_test(answers_questions),
        cmocka_unit_test(two_right_choices_are_none),
        cmocka_unit_test(opens_on_a_foreign_sentence),
        cmocka_unit_test(opens_a_scene_with_a_sentence_too_long),
        cmocka_unit_test(tells_faults),
        cmocka_unit_test(tells_what_a_claim_found),
        cmocka_unit_test(walks_freely_from_a_scene),
        cmocka_unit_test(walks_on_the_blocks_and_from_a_weight),
    };
    return cmocka_run_group_tests_name("reading", tests, NULL, NULL);
}
