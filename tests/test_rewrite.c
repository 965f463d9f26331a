/* What-ifs against PyTorch with the same part removed (tests/reference/whatifs.py), and
 * what they do to a plan: which stages are off, the same stages in the same order, the
 * order of the list of no account, every cell explained. */
#include "study/rewrite.h"

#include "golden.h"

static const char *const models[] = {"post", "pre"};
#define MODELS (sizeof models / sizeof *models)

static void open_case_file(const char *name, struct golden *g)
{
    char *folder = mem_format("tests/data/models/%s", name);
    char *file = mem_format("whatifs-%s", name);
    open_golden_of(folder, file, g);
    free(folder);
    free(file);
}

/* The next piece of a text up to one of `ends`; NULL after the last. Caller frees. */
static char *next_piece(const char **text, const char *ends)
{
    size_t n = strcspn(*text, ends);
    if (!n)
        return NULL;
    char *piece = mem_bytes(*text, n);
    *text += n + ((*text)[n] != 0);
    return piece;
}

/* What-ifs separated by spaces. */
static struct whatifs parse(const char *text)
{
    struct whatifs list = {0};
    struct error e = {0};
    for (char *one; (one = next_piece(&text, " ")); free(one))
        if (whatifs_add(&list, one, &e) < 0)
            fail_msg("%s", e.message);
    return list;
}

/* A fresh plan of the golden pass. */
static struct plan *plan_again(const struct golden *g)
{
    const struct plan *p = trace_plan(g->fast);
    const struct stage *source = &p->stages[plan_find(p, "src.tokens")];
    const struct stage *target = &p->stages[plan_find(p, "tgt.tokens")];
    struct error e = {0};
    struct plan *new =
        model_plan(g->model, source->params.ids, source->shape.size[0],
                   target->params.ids, target->shape.size[0], &e);
    if (!new)
        fail_msg("%s", e.message);
    return new;
}

static struct plan *rewritten(const struct golden *g, const struct whatifs *list)
{
    struct plan *p = plan_again(g);
    struct error e = {0};
    if (whatifs_apply(list, p, &e) < 0)
        fail_msg("%s", e.message);
    return p;
}

static struct trace *trace_case(const struct golden *g, const char *text,
                                enum engine engine)
{
    struct whatifs list = parse(text);
    struct trace *t = trace_new(rewritten(g, &list),
                                &(struct trace_options){.engine = engine}, NULL);
    whatifs_free(&list);
    return t;
}

/* ---- PyTorch ---- */

/* Compares what is stored of case `number`; returns how many stages that were. */
static int check_case(const struct golden *g, struct trace *t, int number,
                      const char *text)
{
    char prefix[16];
    snprintf(prefix, sizeof prefix, "%d:", number);
    size_t n = strlen(prefix);
    int stages = 0;
    for (size_t i = 0; i < g->values->weights.count; i++) {
        const struct weight *w = &g->values->weights.items[i];
        if (strncmp(w->name, prefix, n))
            continue;
        check_value(text, t, w->name + n, &w->tensor);
        stages++;
    }
    return stages;
}

/* All cases of a model, of each of which so many stages are stored; returns how many. */
static int check_cases(const char *model, int stages)
{
    struct golden g;
    open_case_file(model, &g);
    const char *cases = safetensors_metadata(g.values, "cases");
    int number = 0;
    for (char *one; (one = next_piece(&cases, ";")); free(one), number++) {
        struct trace *fast = trace_case(&g, one, ENGINE_FAST);
        struct trace *slow = trace_case(&g, one, ENGINE_REFERENCE);
        assert_int_equal(check_case(&g, fast, number, one), stages);
        assert_int_equal(check_case(&g, slow, number, one), stages);
        trace_free(fast);
        trace_free(slow);
    }
    close_golden(&g);
    return number;
}

static void every_case_equals_pytorch(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODELS; m++)
        assert_true(check_cases(models[m], 5) > 25);
    assert_int_equal(check_cases("rnn-attention", 3), 7);
}

/* A recurrent model has one head of attention at most; of what it has not, a line says
 * so. */
static void a_recurrent_model_says_what_it_has_not(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"rnn-plain", "uniform-attention", "uniform-attention: this model has no such"},
        {"rnn-plain", "ablate@decoder.attn", "places are: encoder, encoder.0, decoder"},
        {"rnn-attention", "no-mask", "no-mask: this model has no such part"},
        {"rnn-attention", "no-norm", "no-norm: this model has no such part"},
        {"rnn-attention", "no-position", "no-position: this model has no such part"},
        {"rnn-attention", "linear-ffn", "linear-ffn: this model has no such part"},
        {"rnn-attention", "ablate@encoder.0", "it changes nothing there; places are:"},
        {"rnn-attention", "ablate@decoder.attn:2",
         "heads are 1 to 1, places are: decoder.attn"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error e = {0};
        struct whatifs list = {0};
        char *path = mem_format("tests/data/models/%s", wrong[i][0]);
        struct model *m = model_open(path, &e);
        assert_non_null(m);
        assert_int_equal(whatifs_add(&list, wrong[i][1], &e), 0);
        assert_int_equal(whatifs_check(&list, m, &e), -1);
        assert_contains(e.message, wrong[i][2]);
        whatifs_free(&list);
        model_free(m);
        free(path);
    }
}

/* Each row of the table that changes a plan stands in some case of the golden data. */
static void no_whatif_is_forgotten(void **state)
{
    (void)state;
    struct golden g;
    open_case_file("post", &g);
    const char *cases = safetensors_metadata(g.values, "cases");
    for (int i = 0; i < WHATIF_COUNT; i++)
        if (i != WHATIF_RANDOM && i != WHATIF_ORDER)
            assert_contains(cases, whatif_name((enum whatif_id)i));
    close_golden(&g);
}

/* ---- the stages ---- */

static void the_stages_stay(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        struct golden g;
        open_case_file(models[m], &g);
        const struct plan *intact = trace_plan(g.fast);
        const char *cases = safetensors_metadata(g.values, "cases");
        for (char *one; (one = next_piece(&cases, ";")); free(one)) {
            struct whatifs list = parse(one);
            struct plan *p = rewritten(&g, &list);
            assert_int_equal(p->count, intact->count);
            for (size_t i = 0; i < p->count; i++) {
                const struct stage *a = &p->stages[i], *b = &intact->stages[i];
                assert_string_equal(stage_id(a), stage_id(b));
                assert_int_equal(a->role, b->role);
                assert_memory_equal(a->shape.size, b->shape.size, sizeof a->shape.size);
                assert_memory_equal(a->axes, b->axes, sizeof a->axes);
            }
            plan_free(p);
            whatifs_free(&list);
        }
        close_golden(&g);
    }
}

/* The stages that are off, separated by spaces. Caller frees. */
static char *off_stages(const struct plan *p)
{
    struct buffer b = {0};
    for (size_t i = 0; i < p->count; i++)
        if (p->stages[i].off)
            buffer_addf(&b, "%s%s", b.length ? " " : "", stage_id(&p->stages[i]));
    return buffer_take(&b);
}

#define D "decoder.1."
static const struct {
    const char *model, *whatifs, *off;
} off_cases[] = {
    {"post", "no-residual@encoder.0.self_attn", "encoder.0.residual1"},
    {"post", "no-residual@encoder.0.ffn", "encoder.0.residual2"},
    {"pre", "no-residual@decoder.1.cross_attn", D "residual2"},
    {"pre", "no-residual@decoder.1.ffn", D "residual3"},
    {"post", "no-norm@decoder.1.self_attn", D "norm1"},
    {"pre", "no-norm@decoder.1.ffn", D "norm3"},
    {"pre", "no-norm@encoder", "encoder.0.norm1 encoder.0.norm2 encoder.norm"},
    {"post", "no-norm@decoder.1", D "norm1 " D "norm2 " D "norm3"},
    {"post", "no-position", "src.input tgt.input"},
    {"post", "no-position@decoder", "tgt.input"},
    {"post", "no-embedding-scale@encoder", "src.embedding_scaled"},
    {"pre", "no-scale@decoder.1",
     D "self_attn.scaled " D "cross_attn.scaled"},
    {"post", "no-mask", "decoder.0.self_attn.masked " D "self_attn.masked"},
    {"post", "no-ffn", "encoder.0.ffn.output encoder.1.ffn.output "
                       "decoder.0.ffn.output decoder.1.ffn.output"},
    {"post", "linear-ffn@encoder.1.ffn", "encoder.1.ffn.activation"},
    {"post", "same-qkv@decoder.1.cross_attn",
     D "cross_attn.q " D "cross_attn.k " D "cross_attn.v"},
    {"post", "uniform-attention@decoder.1.cross_attn:4", D "cross_attn.weights"},
    {"post", "ablate@encoder.0.self_attn:1", "encoder.0.self_attn.context"},
    {"pre", "softmax-temperature=2@encoder", "encoder.0.self_attn.weights"},
    {"pre", "no-norm@encoder.0 ablate@decoder.1.cross_attn:3",
     "encoder.0.norm1 encoder.0.norm2 " D "cross_attn.context"},
};

static void exactly_the_right_stages_are_off(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        struct golden g;
        open_case_file(models[m], &g);
        for (size_t i = 0; i < sizeof off_cases / sizeof *off_cases; i++) {
            if (strcmp(off_cases[i].model, models[m]))
                continue;
            struct whatifs list = parse(off_cases[i].whatifs);
            struct plan *p = rewritten(&g, &list);
            char *off = off_stages(p);
            assert_string_equal(off, off_cases[i].off);
            free(off);
            plan_free(p);
            whatifs_free(&list);
        }
        close_golden(&g);
    }
}

/* Values and signatures of all that is not below a change stay: traces share them. */
static void a_change_leaves_what_is_before_it(void **state)
{
    (void)state;
    struct golden g;
    open_case_file("post", &g);
    trace_compute_all(g.fast);
    struct whatifs list = parse("no-ffn@decoder.1.ffn");
    struct plan *p = rewritten(&g, &list);
    struct trace *t = trace_new(p, &(struct trace_options){0}, g.fast);
    int first = plan_find(p, "decoder.1.ffn.output");
    trace_compute_all(t);
    assert_int_equal(trace_computed(t), (long)p->count - first);
    trace_free(t);
    whatifs_free(&list);
    close_golden(&g);
}

/* ---- the order of the list ---- */

static void swap(struct whatifs *list, size_t i, size_t j)
{
    struct whatif w = list->items[i];
    list->items[i] = list->items[j];
    list->items[j] = w;
}

/* The same bits for the list as it stands. */
static void check_same(const struct golden *g, struct trace *first,
                       const struct whatifs *list)
{
    struct trace *t = trace_new(
        rewritten(g, list), &(struct trace_options){.engine = trace_engine(first)}, NULL);
    for (int i = 0; i < (int)trace_plan(t)->count; i++) {
        assert_true(trace_difference(t, first, i, NULL) == 0);
        assert_string_equal(stage_formula(&trace_plan(t)->stages[i]),
                            stage_formula(&trace_plan(first)->stages[i]));
        assert_int_equal(trace_plan(t)->stages[i].off, trace_plan(first)->stages[i].off);
    }
    trace_free(t);
}

/* Every order of the items from `from` on. */
static void permute(const struct golden *g, struct trace *first, struct whatifs *list,
                    size_t from)
{
    if (from == list->count) {
        check_same(g, first, list);
        return;
    }
    for (size_t i = from; i < list->count; i++) {
        swap(list, from, i);
        permute(g, first, list, from + 1);
        swap(list, from, i);
    }
}

static const char *const combinations[] = {
    "no-mask uniform-attention",
    "no-residual no-norm no-ffn",
    "ablate@decoder.0.self_attn:2 softmax-temperature=0.5",
    "uniform-attention@encoder.0.self_attn:1 uniform-attention@encoder.0.self_attn:2 "
    "uniform-attention@encoder.0",
    "softmax-temperature=2 softmax-temperature=0.5@decoder.1 "
    "uniform-attention@decoder.1.cross_attn:3 softmax-temperature=7@decoder",
    "no-residual no-residual@decoder.1 no-residual@decoder.1.ffn",
    "same-qkv same-qkv@decoder no-norm no-norm@decoder.0",
    "ablate@decoder ablate@decoder.1.cross_attn:1 no-scale@decoder.1",
    "linear-ffn no-ffn no-ffn@encoder.0 no-mask@decoder.0",
};

static void the_order_of_the_list_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof combinations / sizeof *combinations; i++) {
        struct golden g;
        open_case_file(models[i % MODELS], &g);
        struct trace *first = trace_case(&g, combinations[i], ENGINE_FAST);
        struct whatifs list = parse(combinations[i]);
        permute(&g, first, &list, 0);
        trace_free(first);
        whatifs_free(&list);
        close_golden(&g);
    }
}

/* A what-if for everything and again for a part of it is the same as for everything. */
static void a_part_adds_nothing_to_everything(void **state)
{
    (void)state;
    struct golden g;
    open_case_file("pre", &g);
    static const char *const pairs[][2] = {
        {"no-residual", "no-residual no-residual@decoder.1.ffn"},
        {"no-norm", "no-norm@encoder no-norm no-norm@decoder.0.cross_attn"},
        {"same-qkv", "same-qkv@decoder.1 same-qkv"},
        {"no-position", "no-position@encoder no-position@decoder"},
        {"ablate@encoder", "ablate@encoder.0.self_attn:3 ablate@encoder"},
        {"softmax-temperature=2@decoder", "softmax-temperature=2@decoder.0 "
                                          "softmax-temperature=2@decoder.1"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct trace *first = trace_case(&g, pairs[i][0], ENGINE_FAST);
        struct whatifs list = parse(pairs[i][1]);
        check_same(&g, first, &list);
        trace_free(first);
        whatifs_free(&list);
    }
    close_golden(&g);
}

/* ---- explanations ---- */

static void every_cell_is_explained(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "no-position no-scale no-mask softmax-temperature=0.5",
        "no-residual no-norm@decoder.1 uniform-attention@decoder linear-ffn",
        "uniform-attention@decoder.0.self_attn:2 softmax-temperature=3 no-ffn same-qkv",
        "ablate@encoder.0.self_attn:1 ablate@decoder.1.cross_attn no-norm",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct golden g;
        open_case_file(models[i % MODELS], &g);
        for (int engine = 0; engine < 2; engine++) {
            struct trace *t =
                trace_case(&g, texts[i], engine ? ENGINE_REFERENCE : ENGINE_FAST);
            check_explanations(texts[i], t);
            trace_free(t);
        }
        close_golden(&g);
    }
}

/* Very hot and very cold: weights as even, or all on the largest; never a NaN. */
static void extreme_temperatures(void **state)
{
    (void)state;
    struct golden g;
    open_case_file("post", &g);
    static const char *const texts[] = {
        "softmax-temperature=1e-300", "softmax-temperature=1e-39",
        "softmax-temperature=1e50", "softmax-temperature=1e300"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct trace *fast = trace_case(&g, texts[i], ENGINE_FAST);
        struct trace *slow = trace_case(&g, texts[i], ENGINE_REFERENCE);
        check_engines(texts[i], fast, slow);
        check_explanations(texts[i], fast);
        int stage = plan_find(trace_plan(fast), "decoder.0.self_attn.weights");
        const struct tensor *w = trace_acquire(fast, stage);
        assert_near(tensor_get(w, w->size[2]), i < 2 ? tensor_get(w, w->size[2]) > 0.5
                                                     : 0.5, 1e-6);
        trace_release(fast, stage);
        trace_free(fast);
        trace_free(slow);
    }
    close_golden(&g);
}

/* What the formula says is what was computed. */
static void formulas_follow(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"softmax-temperature=1", "encoder.0.self_attn.weights", "A = softmax(S')"},
        {"softmax-temperature=0.25", "decoder.0.self_attn.weights",
         "A = softmax(M / 0.25)"},
        {"no-scale", "encoder.0.self_attn.scaled", "S' = S"},
        {"no-residual", "encoder.0.residual1", "R = O"},
        {"no-ffn", "encoder.0.ffn.output", "O = 0"},
        {"no-position", "src.input", "X = E"},
    };
    struct golden g;
    open_case_file("pre", &g);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct whatifs list = parse(cases[i][0]);
        struct plan *p = rewritten(&g, &list);
        const struct stage *s = &p->stages[plan_find(p, cases[i][1])];
        assert_string_equal(stage_formula(s), cases[i][2]);
        plan_free(p);
        whatifs_free(&list);
    }
    close_golden(&g);
}

/* ---- places ---- */

static const char *apply_error(const struct golden *g, const char *text, struct error *e)
{
    struct whatifs list = parse(text);
    struct plan *p = plan_again(g);
    *e = (struct error){0};
    int result = whatifs_apply(&list, p, e);
    if (result == 0 || !e->set)
        fail_msg("%s: no error", text);
    struct error again = {0};
    assert_int_equal(whatifs_check(&list, g->model, &again), -1);
    assert_string_equal(again.message, e->message);
    plan_free(p);
    whatifs_free(&list);
    return e->message;
}

static void a_wrong_place_lists_the_places(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "no-scale@encoder.7", "no-scale@decoders", "no-norm@encoder.0.norm1",
        "no-mask@encoder", "no-position@encoder.0", "no-ffn@encoder.0.self_attn",
        "no-position@src", "no-position@tgt", "no-scale@encoder.0.self_attn.scaled",
        "no-scale@encoder.0.cross_attn", "same-qkv@encoder.0.ffn", "no-norm@encoder.",
        "ablate@decoder.1.ffn", "no-norm@logits", "no-scale@encoder.0.self"};
    struct golden g;
    open_case_file("pre", &g);
    struct error e;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *message = apply_error(&g, texts[i], &e);
        assert_contains(message, texts[i]);
        assert_contains(message, ": encoder, encoder.0, encoder.0.self_attn, "
                                 "encoder.0.ffn, decoder, decoder.0, "
                                 "decoder.0.self_attn, decoder.0.cross_attn, "
                                 "decoder.0.ffn, decoder.1,");
    }
    close_golden(&g);
}

static void a_wrong_head_lists_blocks_with_heads(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "ablate@decoder.1.cross_attn:4", "uniform-attention@encoder.0.ffn:1",
        "uniform-attention@encoder.0.self_attn:100000"};
    struct golden g;
    open_case_file("pre", &g);
    struct error e;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *message = apply_error(&g, texts[i], &e);
        assert_contains(message, texts[i]);
        assert_contains(message, "heads are 1 to 3, places are: encoder.0.self_attn, "
                                 "decoder.0.self_attn, decoder.0.cross_attn,");
        assert_null(strstr(message, "ffn, "));
    }
    close_golden(&g);
}

static void a_part_that_is_not_there(void **state)
{
    (void)state;
    struct golden g;
    open_case_file("pre", &g); /* it has no √d */
    struct error e;
    assert_contains(apply_error(&g, "no-embedding-scale", &e), "no such part");
    assert_contains(apply_error(&g, "no-embedding-scale@encoder", &e), "places are");
    struct whatifs list = parse("random-weights=3 order=2,1"); /* not of the plan */
    struct plan *p = plan_again(&g);
    e = (struct error){0};
    assert_int_equal(whatifs_apply(&list, p, &e), 0);
    char *off = off_stages(p);
    assert_string_equal(off, "");
    free(off);
    plan_free(p);
    whatifs_free(&list);
    close_golden(&g);
}

/* Ten layers: encoder.1 is not encoder.10. */
static void layers_with_two_digits(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = model_open("random:d_model=8,nhead=2,num_encoder_layers=12,"
                                 "num_decoder_layers=1,dim_feedforward=8,seed=1", &e);
    if (!m)
        fail_msg("%s", e.message);
    struct whatifs list = parse("no-norm@encoder.1 no-residual@encoder.1.ffn");
    int32_t ids[] = {3};
    struct plan *p = model_plan(m, ids, 1, ids, 1, &e);
    assert_int_equal(whatifs_apply(&list, p, &e), 0);
    char *off = off_stages(p);
    assert_string_equal(off, "encoder.1.norm1 encoder.1.residual2 encoder.1.norm2");
    free(off);
    plan_free(p);
    whatifs_free(&list);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_equals_pytorch),
        cmocka_unit_test(a_recurrent_model_says_what_it_has_not),
        cmocka_unit_test(no_whatif_is_forgotten),
        cmocka_unit_test(the_stages_stay),
        cmocka_unit_test(exactly_the_right_stages_are_off),
        cmocka_unit_test(a_change_leaves_what_is_before_it),
        cmocka_unit_test(the_order_of_the_list_does_not_matter),
        cmocka_unit_test(a_part_adds_nothing_to_everything),
        cmocka_unit_test(every_cell_is_explained),
        cmocka_unit_test(extreme_temperatures),
        cmocka_unit_test(formulas_follow),
        cmocka_unit_test(a_wrong_place_lists_the_places),
        cmocka_unit_test(a_wrong_head_lists_blocks_with_heads),
        cmocka_unit_test(a_part_that_is_not_there),
        cmocka_unit_test(layers_with_two_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
