/* The body of a lesson, read on a small model: its form, its expressions, its compute
 * blocks, questions, claims and picture, on its own sentence and on another. */
#include "fuzz.h"

#include "lesson/reading.h"
#include "model/opened.h"

#define FRONT "---\nid: a\npart: 1\ntitle: T\nminutes: 1\ntext: ab cd\n---\n\n## S\n\n"
#define TOKENIZER "tests/data/models/bytelevel/tokenizer.json"
#define SCENES 3
#define NUMBERS 20 /* of a scene */

static struct model *open_once(void)
{
    static struct model *model;
    struct error e = {0};
    if (!model) {
        struct tokenizer *t = tokenizer_open(TOKENIZER, &e);
        PROMISE(t);
        char *name = mem_format("random:d_model=8,nhead=2,dim_feedforward=8,vocab_size=%d,"
                                "num_encoder_layers=1,num_decoder_layers=1,seed=1",
                                tokenizer_size(t));
        model = model_open(name, &e);
        PROMISE(model);
        model->source = model->target = t;
        free(name);
    }
    return model_share(model);
}

/* One of the pictures, or a number that a stage was made for: its cell is in it. */
static void show_exhibit(const struct exhibit *x)
{
    if (!x->trace || x->ref.kind != REF_STAGE)
        return;
    const struct tensor *t = trace_acquire_ref(x->trace, x->ref);
    PROMISE(x->at.head >= 0 && x->at.row >= 0 && x->at.column >= 0);
    PROMISE(x->at.row * x->at.column < tensor_count(t) + 1);
    trace_release_ref(x->trace, x->ref);
    exhibit_proof(x, NULL);
}

/* What stands in the place of a matrix has a value for each cell that was listed, or NaN. */
static void show_cells(const struct staging *st, const struct picture *p)
{
    PROMISE(!p->cells || st->cell_count > 0);
    for (size_t i = 0; p->cells && i < st->cell_count; i++)
        PROMISE(utf8_is_valid(st->cells[i].label, strlen(st->cells[i].label)));
}

static void show_pictures(struct reading *r)
{
    const struct staging *st = reading_scene(r)->staging;
    struct picture p;
    for (size_t i = 0; i < 2; i++, st = st ? st->beside : NULL) {
        bool there = reading_picture_at(r, i, &p);
        PROMISE(!there || p.view);
        PROMISE(!there || i == 0 || st); /* no second picture that nobody asked for */
        if (there && st)
            show_cells(st, &p);
        if (there && !p.cells)
            show_exhibit(&p.shown);
        if (reading_before_at(r, i, &p) && !p.cells)
            show_exhibit(&p.shown);
    }
    struct exhibit number;
    for (size_t i = 0; i < NUMBERS && reading_number(r, i, &number); i++)
        show_exhibit(&number);
}

/* What the screen shows of a scene. */
static void show(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    for (size_t i = 0; i < s->block_count; i++) {
        char *text = reading_prose(r, &s->blocks[i].prose);
        PROMISE(utf8_is_valid(text, strlen(text)));
        free(text);
    }
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct predict *q = &s->predicts[i];
        const struct prose *prose;
        int answers = (int)predict_answers(q);
        PROMISE(reading_right_choice(r, i) < answers || !answers);
        PROMISE(!q->fill || !answers || reading_judge(r, i, 0.5) < answers);
        for (size_t k = 0; (prose = predict_prose(q, k)) != NULL; k++) {
            char *text = reading_prose(r, prose);
            PROMISE(utf8_is_valid(text, strlen(text)));
            free(text);
        }
    }
    show_pictures(r);
    if (reading_sliders(r) > 0)
        reading_slide(r, 0, 3);
}

static void check(struct reading *r)
{
    const struct scene *s = reading_scene(r);
    struct error e = {0};
    bool fails = reading_resolve(r, &e) < 0;
    promise_outcome(fails, &e);
    for (size_t i = 0; i < s->claim_count; i++) {
        struct error own = {0};
        fails = reading_check(r, &s->claims[i], &own) < 0;
        promise_outcome(fails, &own);
    }
}

static void read_lesson(const struct lesson *l)
{
    struct error e = {0};
    struct session_options options = {0};
    struct reading *r = reading_new(l, session_new(open_once(), &options), &e);
    PROMISE(r);
    for (int i = 0; i < (int)l->count && i < SCENES; i++) {
        PROMISE(reading_go(r, i, &e) == 0);
        check(r);
        show(r);
    }
    PROMISE(reading_set_text(r, "x", &e) == 0);
    show(r);
    reading_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    char *body = mem_bytes((const char *)data, size);
    char *text = mem_format("%s%s", FRONT, body);
    struct lesson *l = lesson_parse(text, "x.md", &e);
    promise_outcome(!l, &e);
    if (l)
        read_lesson(l);
    lesson_free(l);
    opened_close();
    free(text);
    free(body);
    return 0;
}
