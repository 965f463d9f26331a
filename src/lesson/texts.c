#include "lesson/texts.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "lesson/argument.h"
#include "lesson/merging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list in the making: numbers with their labels. */
struct list {
    double *numbers;
    size_t count, capacity;
    struct labels *labels;
};

/* Takes the label. */
static void add(struct list *l, double number, char *label)
{
    l->numbers = mem_grow(l->numbers, l->count, &l->capacity, sizeof *l->numbers);
    l->numbers[l->count++] = number;
    labels_add(l->labels, (struct label){.text = label, .word = -1});
}

/* The list as a row. */
static int finish(struct compiler *c, const struct node *n, struct list *l,
                  const char *name, struct made *out, struct error *e)
{
    if (!l->count) {
        free(l->numbers);
        return error_set(e, "%s: the text is empty; write one between the quotes",
                         n->text);
    }
    *out = (struct made){
        .ref = compiler_matrix(c, name, l->numbers, 1, (long)l->count,
                               (struct axis){AXIS_TOKEN, SIDE_NONE, NULL},
                               (struct axis){AXIS_TOKEN, SIDE_NONE, l->labels})};
    return 0;
}

/* ---- bytes, syllables, jamo, words ---- */

static void add_bytes(struct list *l, const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s; s++)
        add(l, *s, mem_format("%d", *s));
}

static void add_code(struct list *l, uint32_t code)
{
    char text[5] = "";
    text[utf8_encode(code, text)] = 0;
    add(l, code, text_sanitize(text));
}

/* The characters, without spaces: of Hangul they are syllables. */
static void add_syllables(struct list *l, const char *text)
{
    uint32_t code;
    for (const char *s = text; *s; s += utf8_decode(s, s + strnlen(s, 4), &code)) {
        utf8_decode(s, s + strnlen(s, 4), &code);
        if (code != ' ')
            add_code(l, code);
    }
}

/* Of a Hangul syllable its two or three jamo: compatibility jamo, which stand alone. */
static void add_jamo_of(struct list *l, uint32_t code)
{
    static const uint16_t first[] = {
        0x3131, 0x3132, 0x3134, 0x3137, 0x3138, 0x3139, 0x3141, 0x3142, 0x3143, 0x3145,
        0x3146, 0x3147, 0x3148, 0x3149, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};
    static const uint16_t last[] = {
        0,      0x3131, 0x3132, 0x3133, 0x3134, 0x3135, 0x3136, 0x3137, 0x3139, 0x313A,
        0x313B, 0x313C, 0x313D, 0x313E, 0x313F, 0x3140, 0x3141, 0x3142, 0x3144, 0x3145,
        0x3146, 0x3147, 0x3148, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};
    uint32_t index = code - 0xAC00;
    if (code < 0xAC00 || code > 0xD7A3) {
        add_code(l, code);
        return;
    }
    add_code(l, first[index / 588]);
    add_code(l, 0x314F + index % 588 / 28);
    if (index % 28)
        add_code(l, last[index % 28]);
}

static void add_jamo(struct list *l, const char *text)
{
    uint32_t code;
    for (const char *s = text; *s; s += utf8_decode(s, s + strnlen(s, 4), &code)) {
        utf8_decode(s, s + strnlen(s, 4), &code);
        if (code != ' ')
            add_jamo_of(l, code);
    }
}

static void add_words(struct list *l, const char *text)
{
    for (const char *s = text; *s;) {
        s += strspn(s, " ");
        size_t n = strcspn(s, " ");
        if (n) {
            char *word = mem_bytes(s, n);
            add(l, (double)l->count + 1, text_sanitize(word));
            free(word);
        }
        s += n;
    }
}

static const struct {
    const char *name;
    void (*add)(struct list *l, const char *text);
} units[] = {{"bytes", add_bytes},
             {"syllables", add_syllables},
             {"jamo", add_jamo},
             {"words", add_words}};

static int make_units(struct compiler *c, const struct node *n, const char *name,
                      struct made *out, struct error *e)
{
    if (argument_check(n, 1, 1, NULL, NULL, e) < 0)
        return -1;
    const char *text = argument_text(c, n, 0, e);
    if (!text)
        return -1;
    struct list l = {.labels = compiler_labels(c)};
    char *normal = text_normalize(text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(units[i].name, n->text))
            units[i].add(&l, normal);
    free(normal);
    return finish(c, n, &l, name, out, e);
}

/* ---- pieces and merges of the model's tokenizer ---- */

/* pieces(text) of the side that is read, pieces(text, 'target') of the other. */
static const struct tokenizer *tokenizer_of(struct compiler *c, const struct node *n,
                                            struct error *e)
{
    if (argument_check(n, 1, 2, NULL, NULL, e) < 0)
        return NULL;
    const struct node *side = n->count > 1 ? n->children[1] : NULL;
    bool target = side && side->kind == NODE_TEXT && !strcmp(side->text, "target");
    if (side && !target && (side->kind != NODE_TEXT || strcmp(side->text, "source"))) {
        error_set(e, "%s: the second argument must be 'source' or 'target'", n->text);
        return NULL;
    }
    const struct tokenizer *t =
        session_tokenizer(c->session, target ? SIDE_TARGET : SIDE_SOURCE);
    if (!t)
        error_set(e, "%s: the model has no tokenizer for it; take one that reads words",
                  n->text);
    return t;
}

static int make_pieces(struct compiler *c, const struct node *n, const char *name,
                       struct made *out, struct error *e)
{
    const struct tokenizer *t = tokenizer_of(c, n, e);
    const char *text = t ? argument_text(c, n, 0, e) : NULL;
    struct tokens tokens = {0};
    if (!text || tokenizer_encode(t, text, &tokens, e) < 0)
        return -1;
    struct list l = {.labels = compiler_labels(c)};
    for (size_t i = 0; i < tokens.count; i++)
        add(&l, tokens.ids[i], tokenizer_label(t, tokens.ids[i]));
    tokens_free(&tokens);
    return finish(c, n, &l, name, out, e);
}

/* Rows of two numbers with a label each. */
static int finish_rows(struct compiler *c, const struct node *n, struct list *l,
                       const char *one, const char *two, const char *name,
                       struct made *out, struct error *e)
{
    if (!l->count) {
        free(l->numbers);
        return error_set(
            e, "%s: nothing is merged here; give a longer text, or more merges", n->text);
    }
    struct labels *columns = compiler_texts(c, (const char *const[]){one, two, NULL});
    *out = (struct made){
        .ref = compiler_matrix(c, name, l->numbers, (long)l->count / 2, 2,
                               (struct axis){AXIS_TOKEN, SIDE_NONE, l->labels},
                               (struct axis){AXIS_FEATURE, SIDE_NONE, columns})};
    return 0;
}

static void add_row(struct list *l, char *label, double one, double two)
{
    add(l, one, label);
    l->numbers = mem_grow(l->numbers, l->count, &l->capacity, sizeof *l->numbers);
    l->numbers[l->count++] = two;
}

struct merges {
    struct list *list;
    const struct tokenizer *tokenizer;
    struct bpe_symbol *before; /* the symbols of the step before */
    size_t count;
};

/* "▁학 + 교 → ▁학교" with the rank of the merge, and how many symbols are left. */
static void add_merge(const struct merge_step *step, void *data)
{
    struct merges *m = data;
    if (step->rank >= 0 && step->joined + 1 < m->count + 1) {
        char *left = tokenizer_label(m->tokenizer, m->before[step->joined].id);
        char *right = tokenizer_label(m->tokenizer, m->before[step->joined + 1].id);
        char *made = tokenizer_label(m->tokenizer, step->symbols[step->joined].id);
        add_row(m->list, mem_format("%s + %s → %s", left, right, made), step->rank + 1,
                (double)step->count);
        free(left);
        free(right);
        free(made);
    }
    m->before = mem_resize(m->before, step->count + 1, sizeof *m->before);
    memcpy(m->before, step->symbols, step->count * sizeof *m->before);
    m->count = step->count;
}

static int make_merges(struct compiler *c, const struct node *n, const char *name,
                       struct made *out, struct error *e)
{
    const struct tokenizer *t = tokenizer_of(c, n, e);
    const char *text = t ? argument_text(c, n, 0, e) : NULL;
    if (!text)
        return -1;
    struct list l = {.labels = compiler_labels(c)};
    struct merges m = {.list = &l, .tokenizer = t};
    int status = tokenizer_merges(t, text, add_merge, &m, e);
    free(m.before);
    if (status < 0) {
        free(l.numbers);
        return -1;
    }
    return finish_rows(c, n, &l, "rank", "pieces", name, out, e);
}

/* ---- merges that a lesson learns ---- */

/* learn_merges('a text', …, n, bytes=1) by its node. NULL with an error; caller frees. */
static struct merging *learn(struct compiler *c, const struct node *n, struct error *e)
{
    const char *texts[NODE_CHILDREN];
    int count = argument_plain(n) - 1, key = argument_keyed(n, "bytes");
    long most = 0, bytes = 0;
    if (argument_check(n, 2, NODE_CHILDREN, "bytes", NULL, e) < 0 ||
        argument_whole(c, n, count, &most, e) < 0 ||
        (key >= 0 && argument_whole(c, n, key, &bytes, e) < 0))
        return NULL;
    for (int i = 0; i < count; i++)
        if (!(texts[i] = argument_text(c, n, i, e)))
            return NULL;
    return merging_learn(texts, (size_t)count, most, bytes != 0, e);
}

static int make_learn_merges(struct compiler *c, const struct node *n, const char *name,
                             struct made *out, struct error *e)
{
    struct merging *m = learn(c, n, e);
    if (!m)
        return -1;
    struct list l = {.labels = compiler_labels(c)};
    for (size_t i = 0; i < m->count; i++)
        add_row(&l,
                mem_format("%s + %s", bpe_piece(m->bpe, m->steps[i].left),
                           bpe_piece(m->bpe, m->steps[i].right)),
                (double)m->steps[i].count, (double)m->steps[i].vocabulary);
    merging_free(m);
    if (finish_rows(c, n, &l, "count", "vocabulary", name, out, e) < 0)
        return -1;
    c->learned = mem_grow(c->learned, c->learned_count, &c->learned_capacity,
                          sizeof *c->learned);
    c->learned[c->learned_count++] = (struct learned){out->ref, n};
    return 0;
}

/* learned(merges, 'text'): the pieces of a text by merges that were learned. */
static int make_learned(struct compiler *c, const struct node *n, const char *name,
                        struct made *out, struct error *e)
{
    struct ref ref;
    const struct node *from = NULL;
    if (argument_check(n, 2, 2, NULL, NULL, e) < 0 ||
        argument_matrix(c, n, 0, &ref, e) < 0)
        return -1;
    for (size_t i = 0; i < c->learned_count; i++)
        if (ref_is(c->learned[i].ref, ref))
            from = c->learned[i].node;
    if (!from)
        return error_set(e, "learned: its first argument must be the name of a line with "
                            "learn_merges(…)");
    const char *text = argument_text(c, n, 1, e);
    struct merging *m = text ? learn(c, from, e) : NULL;
    if (!m)
        return -1;
    struct list l = {.labels = compiler_labels(c)};
    size_t count;
    int *ids = merging_encode(m, text, &count);
    for (size_t i = 0; i < count; i++)
        add(&l, ids[i], text_sanitize(bpe_piece(m->bpe, ids[i])));
    free(ids);
    merging_free(m);
    return finish(c, n, &l, name, out, e);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    texts_make *make;
} functions[] = {
    {"bytes", make_units},     {"jamo", make_units},
    {"syllables", make_units}, {"words", make_units},
    {"pieces", make_pieces},   {"merges", make_merges},
    {"learned", make_learned}, {"learn_merges", make_learn_merges},
};

const char *const texts_functions =
    "bytes jamo syllables words pieces merges learn_merges learned";

bool texts_of_model(const char *name)
{
    return !strcmp(name, "pieces") || !strcmp(name, "merges");
}

texts_make *texts_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name))
            return functions[i].make;
    return NULL;
}
