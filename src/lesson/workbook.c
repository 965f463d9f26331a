#include "lesson/workbook.h"

#include "base/memory.h"
#include "lesson/compile.h"
#include "lesson/prose.h"
#include "model/weight_names.h"

#include <stdlib.h>
#include <string.h>

struct workbook {
    struct runs *runs;
    struct sliders *sliders;
    struct constants *constants;
    struct workbook_name *names;
    size_t name_count, name_capacity;
    struct workbook_value *values;
    size_t value_count, value_capacity;
    bool claims;
    struct compiler compiler;
    struct trace *trace, *reference;
};

/* ---- what comes from the model ---- */

/* A stage of a run as a given matrix; its labels come along. */
static bool import_stage(struct workbook *b, const char *name, struct ref *ref,
                         struct error *e)
{
    const char *id;
    struct session *s = runs_of_name(b->runs, name, &id, e);
    int stage = s ? plan_find(trace_plan(s->trace), id) : -1;
    if (stage < 0)
        return false;
    const struct plan *p = trace_plan(s->trace);
    struct label_sets sets = session_label_sets(s);
    struct axis axes[TENSOR_MAX_RANK];
    for (int i = 0; i < TENSOR_MAX_RANK; i++) {
        axes[i] = p->stages[stage].axes[i];
        axes[i].own = labels_of_axis(&sets, axes[i]);
    }
    *ref = compiler_pin(&b->compiler, name, s->trace, stage, axes);
    return true;
}

static bool import_weight(struct workbook *b, const char *name, struct ref *ref)
{
    const char *id;
    struct session *s = runs_of_name(b->runs, name, &id, NULL);
    if (!s || strncmp(id, "weight:", 7) != 0)
        return false;
    struct weight_view view;
    if (!weight_names_find(s->run.model, id + 7, &view))
        return false;
    struct axis axes[TENSOR_MAX_RANK] = {{AXIS_TOKEN, SIDE_NONE, NULL}};
    axes[0].own = runs_weight_labels(s, id + 7);
    axes[1].name = AXIS_FEATURE;
    if (view.tensor.rank == 1)
        axes[0].name = AXIS_FEATURE;
    *ref = compiler_given(&b->compiler, name, view.tensor, axes);
    return true;
}

bool workbook_part(const struct workbook *b, const char *name, struct ref *ref)
{
    return compiler_find_part(&b->compiler, name, ref);
}

const struct workbook_name *workbook_find(const struct workbook *b, const char *name)
{
    for (size_t i = b->name_count; i > 0; i--)
        if (!strcmp(b->names[i - 1].name, name))
            return &b->names[i - 1];
    return NULL;
}

/* What a name of a compute line stands for. */
static int look_up(void *data, const struct node *n, struct made *out, struct error *e)
{
    struct workbook *b = data;
    const struct workbook_name *own = workbook_find(b, n->text);
    if (own && own->error.set && b->compiler.prose) {
        *e = own->error; /* with its place: prose is not at fault */
        return -1;
    }
    if (own && own->error.set) {
        error_set(e, "%s", own->error.message);
        return -1;
    }
    if (own) {
        *out = (struct made){own->ref, own->is_number, own->number, own->one};
        return 0;
    }
    *out = (struct made){0};
    if (compiler_find_part(&b->compiler, n->text, &out->ref) ||
        import_stage(b, n->text, &out->ref, e) || import_weight(b, n->text, &out->ref))
        return 0;
    error_set(e,
              "%.80s: there is no such name, stage or weight; \"stepformer stages TEXT\" "
              "lists the stages, \"stepformer model --weights\" the weights",
              n->text);
    return -1;
}

/* The run that a name speaks of, for what is measured of one. */
static struct session *find_run(void *data, const char *name, const char **rest,
                                struct error *e)
{
    struct workbook *b = data;
    return runs_of_name(b->runs, name, rest, e);
}

/* ---- lines ---- */

static struct workbook_name *add_name(struct workbook *b, const char *name, size_t scene)
{
    b->names = mem_grow(b->names, b->name_count, &b->name_capacity, sizeof *b->names);
    struct workbook_name *made = &b->names[b->name_count++];
    *made = (struct workbook_name){.name = mem_string(name), .scene = scene};
    return made;
}

/* slider(least, most, start): the value it has, or its start. */
static int make_slider(struct workbook *b, const struct statement *st, size_t scene,
                       struct made *out, struct error *e)
{
    double number[3];
    const struct node *n = st->node;
    for (int i = 0; i < 3; i++) {
        if (i >= n->count || n->children[i]->kind != NODE_NUMBER)
            return error_set(e,
                             "a slider is written slider(least, most, start) with three "
                             "numbers");
        number[i] = n->children[i]->number;
    }
    if (!(number[0] < number[1]) || number[2] < number[0] || number[2] > number[1])
        return error_set(e, "a slider needs least < most, and a start between them");
    struct sliders *s = b->sliders;
    size_t i = 0;
    while (i < s->count && strcmp(s->items[i].name, st->name) != 0)
        i++;
    if (i == s->count) {
        s->items = mem_grow(s->items, s->count, &s->capacity, sizeof *s->items);
        s->items[s->count++] = (struct slider){
            mem_string(st->name), number[0], number[1], number[2], number[2], scene};
    }
    s->items[i].scene = scene;
    *out = (struct made){.is_number = true, .number = s->items[i].value};
    return 0;
}

static void run_statement(struct workbook *b, const struct statement *st, size_t scene)
{
    struct made made = {0};
    struct error e = {0};
    bool slider = st->node->kind == NODE_CALL && !strcmp(st->node->text, "slider");
    int status = slider ? make_slider(b, st, scene, &made, &e)
                        : compile(&b->compiler, st->node, st->name, &made, &e);
    struct workbook_name *name = add_name(b, st->name, scene);
    if (status < 0) {
        error_at(&e, b->runs->lesson->file, st->node->line, st->node->column);
        name->error = e;
        return;
    }
    name->ref = made.ref;
    name->is_number = made.is_number;
    name->number = made.number;
    name->one = made.one;
}

/* ---- values ---- */

const struct workbook_value *workbook_value(const struct workbook *b,
                                            const struct node *n)
{
    for (size_t i = 0; i < b->value_count; i++)
        if (b->values[i].node == n)
            return &b->values[i];
    return NULL;
}

static bool is_first(const struct workbook *b, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (ref_is(b->values[k].ref, b->values[i].ref))
            return false;
    return true;
}

const struct workbook_value *workbook_nth_value(const struct workbook *b, size_t index)
{
    for (size_t i = 0; i < b->value_count; i++)
        if (b->values[i].ref.kind == REF_STAGE && is_first(b, i) && index-- == 0)
            return &b->values[i];
    return NULL;
}

/* Every function in the expression becomes stages; what stands in it goes along. */
static void add_values(struct workbook *b, const struct node *n)
{
    if (!n)
        return;
    if (!prose_is_stage(n)) {
        for (int i = 0; i < n->count; i++)
            add_values(b, n->children[i]);
        return;
    }
    struct made made = {0};
    struct workbook_value v = {.node = n};
    if (prose_compile(&b->compiler, n, b->runs->lesson->file, &made, &v.error) == 0) {
        v.ref = made.ref;
        v.one = made.one;
        v.is_number = made.is_number;
        v.number = made.number;
    }
    b->values =
        mem_grow(b->values, b->value_count, &b->value_capacity, sizeof *b->values);
    b->values[b->value_count++] = v;
}

/* A question with a sentence of its own has its numbers in the book of that sentence. */
static bool is_asked_here(const struct workbook *b, const struct predict *p)
{
    const char *text = b->runs->after->text;
    return !p || !p->text || (text && !strcmp(p->text, text));
}

static void add_values_of(struct workbook *b, const struct scene *s)
{
    for (size_t i = 0; i < s->value_count; i++)
        if (is_asked_here(b, s->values[i].of))
            add_values(b, s->values[i].node);
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct node *n;
        if (is_asked_here(b, &s->predicts[i]))
            for (size_t k = 0; (n = predict_node(&s->predicts[i], k)) != NULL; k++)
                add_values(b, n);
    }
    for (const struct staging *st = s->staging; st; st = st->beside)
        for (size_t i = 0; i < st->cell_count; i++)
            add_values(b, st->cells[i].node);
    for (size_t i = 0; b->claims && i < s->claim_count; i++)
        add_values(b, s->claims[i].node);
}

/* A weight that a stage fence shows is a part of the plan, too. */
static void import_focus(struct workbook *b, const struct staging *st)
{
    const struct node *n = st->focus;
    struct ref ref;
    if (n && n->kind == NODE_INDEX)
        n = n->children[0];
    if (n && n->kind == NODE_NAME && !compiler_find_part(&b->compiler, n->text, &ref))
        import_weight(b, n->text, &ref);
}

static struct plan *build(struct workbook *b, enum engine engine)
{
    compiler_begin(&b->compiler, engine);
    for (size_t i = 0; i < b->name_count; i++)
        free(b->names[i].name);
    b->name_count = b->value_count = 0;
    for (size_t i = 0; i < b->runs->scenes; i++) {
        const struct scene *s = &b->runs->lesson->scenes[i];
        for (size_t k = 0; k < s->statement_count; k++)
            run_statement(b, &s->statements[k], i);
        if (i + 1 == b->runs->scenes) {
            for (const struct staging *st = s->staging; st; st = st->beside)
                import_focus(b, st);
            add_values_of(b, s);
        }
    }
    return b->compiler.plan;
}

/* ---- traces ---- */

static struct trace *trace_of(struct workbook *b, struct trace_options options)
{
    struct plan *p = build(b, options.engine);
    return trace_new(p, &options, b->constants->by_engine[options.engine]);
}

/* The stages without inputs that have been computed, as a plan of their own. */
static struct plan *constants_of(const struct trace *t)
{
    const struct plan *all = trace_plan(t);
    struct plan *p = plan_new(NULL);
    for (int i = 0; i < (int)all->count; i++) {
        const struct stage *s = &all->stages[i];
        if (s->in[0].kind == REF_NONE && trace_has(t, i))
            plan_add(p, (struct stage){.name = "constant",
                                       .symbol = "c",
                                       .op = s->op,
                                       .params = s->params});
    }
    return p;
}

/* A scene's book has the lines of all scenes before it: the one with the most constants
 * has them all. */
static void leave_constants(struct constants *k, struct trace *t)
{
    struct trace **held = &k->by_engine[trace_engine(t)];
    struct plan *p = constants_of(t);
    if (p->count == 0 || (*held && p->count < trace_plan(*held)->count)) {
        plan_free(p);
        return;
    }
    struct trace_options options = {.engine = trace_engine(t)};
    struct trace *values = trace_new(p, &options, t);
    trace_free(*held);
    *held = values;
}

void constants_free(struct constants *k)
{
    for (int i = 0; i < 2; i++)
        trace_free(k->by_engine[i]);
    *k = (struct constants){0};
}

/* ---- the book ---- */

struct workbook *workbook_new(struct runs *runs, struct sliders *sliders,
                              struct constants *constants, bool claims)
{
    struct workbook *b = mem_zero(1, sizeof *b);
    b->runs = runs;
    b->sliders = sliders;
    b->constants = constants;
    b->claims = claims;
    b->compiler = (struct compiler){.look_up = look_up,
                                    .find_run = find_run,
                                    .data = b,
                                    .session = runs->after};
    b->trace = trace_of(b, runs->after->options.trace);
    return b;
}

struct trace *workbook_trace(const struct workbook *b)
{
    return b->trace;
}

struct trace *workbook_reference(struct workbook *b)
{
    if (!b->reference) {
        struct trace_options options = b->runs->after->options.trace;
        bool fast = options.engine == ENGINE_FAST;
        options.engine = fast ? ENGINE_REFERENCE : ENGINE_FAST;
        b->reference = trace_of(b, options);
    }
    return b->reference;
}

const struct workbook_name *workbook_last(const struct workbook *b, size_t scene)
{
    for (size_t i = b->name_count; i > 0; i--) {
        const struct workbook_name *n = &b->names[i - 1];
        if (n->scene == scene && n->ref.kind != REF_NONE)
            return n;
    }
    return NULL;
}

void workbook_free(struct workbook *b)
{
    if (!b)
        return;
    leave_constants(b->constants, b->trace);
    if (b->reference)
        leave_constants(b->constants, b->reference);
    trace_free(b->trace);
    trace_free(b->reference);
    compiler_free(&b->compiler);
    for (size_t i = 0; i < b->name_count; i++)
        free(b->names[i].name);
    free(b->names);
    free(b->values);
    free(b);
}

void sliders_free(struct sliders *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].name);
    free(s->items);
    *s = (struct sliders){0};
}
