#include "study/session.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "study/decoder.h"
#include "study/loss.h"
#include "study/rewrite.h"
#include "study/run.h"
#include "study/unknown.h"

#include <stdlib.h>
#include <string.h>

struct session *session_new(struct model *m, const struct session_options *options)
{
    struct session *s = mem_zero(1, sizeof *s);
    s->model = m;
    s->options = *options;
    s->run = (struct run){m, &s->whatifs, options->trace};
    return s;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    trace_free(s->trace);
    trace_free(s->reference);
    labels_free(&s->source_labels);
    labels_free(&s->target_labels);
    labels_free(&s->vocabulary_labels);
    labels_free(&s->source_vocabulary);
    gloss_free(s->gloss);
    lexicon_free(s->lexicon);
    free(s->text);
    free(s->source);
    free(s->target);
    free(s->rows);
    free(s->prediction);
    decode_outputs_free(&s->outputs);
    whatifs_free(&s->whatifs);
    model_free(s->twin);
    model_free(s->model);
    free(s);
}

enum side session_writes(const struct session *s)
{
    return family_writes(s->model->family);
}

const struct labels *session_written_labels(const struct session *s)
{
    return session_writes(s) == SIDE_TARGET ? &s->target_labels : &s->source_labels;
}

/* ---- labels ---- */

const struct tokenizer *session_tokenizer(const struct session *s, enum side side)
{
    return side == SIDE_TARGET ? s->model->target : s->model->source;
}

char *session_label(const struct session *s, enum side side, long id)
{
    const struct tokenizer *t = session_tokenizer(s, side);
    return t ? tokenizer_label(t, (int)id) : mem_format("#%ld", id);
}

static const struct gloss *glosses(struct session *s)
{
    if (!s->gloss)
        s->gloss = gloss_of_model(s->model);
    return s->gloss;
}

const struct lexicon *session_lexicon(struct session *s)
{
    if (!s->lexicon)
        s->lexicon = lexicon_of_model(s->model);
    return s->lexicon;
}

static char *copy_or_null(const char *s)
{
    return s ? mem_string(s) : NULL;
}

static bool is_special(const struct session *s, const struct tokenizer *t, int32_t id)
{
    const struct config *c = s->model->config;
    if (id == c->bos_token_id || config_ends(c, id) || id == c->pad_token_id)
        return true;
    return t && tokenizer_is_special(t, id) && id != tokenizer_unk(t);
}

/* The word of a token that follows one of `word` (-1 at the beginning): a new one where a
 * piece says so, and after a special token. */
static int next_word(const struct session *s, enum side side, const int32_t *ids, long i,
                     int word)
{
    const struct tokenizer *t = session_tokenizer(s, side);
    if (!t || is_special(s, t, ids[i]))
        return word;
    bool first = i == 0 || is_special(s, t, ids[i - 1]);
    return word + (first || tokenizer_starts_word(t, ids[i]));
}

static struct label make_label(struct session *s, enum side side, int32_t id, int word)
{
    const struct tokenizer *t = session_tokenizer(s, side);
    const char *piece = t ? tokenizer_piece(t, id) : NULL;
    struct label l = {.text = session_label(s, side, id), .id = id, .word = word};
    l.unknown = t && id == tokenizer_unk(t);
    l.special = is_special(s, t, id);
    if (!t || l.special)
        l.word = -1;
    if (side == SIDE_SOURCE && piece) {
        l.gloss = copy_or_null(gloss_english(glosses(s), piece));
        l.roman = copy_or_null(gloss_roman(glosses(s), piece));
    }
    l.classes = lexicon_classes_of(session_lexicon(s), side, t, id);
    if (!l.roman && text_has_hangul(l.text))
        l.roman = text_romanize(l.text);
    return l;
}

static void label_source(struct session *s, const struct tokens *tokens)
{
    labels_free(&s->source_labels);
    int word = -1;
    for (long i = 0; i < s->sources; i++) {
        if (tokens && i < (long)tokens->count)
            word = (int)tokens->places[i].word;
        else
            word = next_word(s, SIDE_SOURCE, s->source, i, word);
        labels_add(&s->source_labels, make_label(s, SIDE_SOURCE, s->source[i], word));
    }
}

/* What is to follow the last row: the eos that ended the output, else the first of the
 * model; -1 when it has none. */
static int32_t last_token(const struct session *s)
{
    struct token_list ends = decode_ends(s->model);
    if (!s->forced && s->outputs.count && s->outputs.items[0].end >= 0)
        return s->outputs.items[0].end;
    return ends.count ? ends.ids[0] : -1;
}

/* The rows of the side that is written: each has the token that it is to predict. */
static void label_written(struct session *s)
{
    enum side side = session_writes(s);
    struct labels *labels =
        side == SIDE_TARGET ? &s->target_labels : &s->source_labels;
    struct token_list ends = decode_ends(s->model);
    labels_free(labels);
    int word = -1;
    for (long i = 0; i < s->row_count; i++) {
        word = next_word(s, side, s->rows, i, word);
        struct label l = make_label(s, side, s->rows[i], word);
        int32_t next = i + 1 < s->row_count ? s->rows[i + 1] : last_token(s);
        l.next = next < 0 ? mem_string("…") : session_label(s, side, next);
        l.last = next < 0 || token_list_has(&ends, next);
        labels_add(labels, l);
    }
}

struct label_sets session_label_sets(struct session *s)
{
    enum side writes = session_writes(s);
    const struct tokenizer *t = session_tokenizer(s, writes);
    for (int i = (int)s->vocabulary_labels.count; i < model_vocabulary(s->model, writes);
         i++)
        labels_add(&s->vocabulary_labels,
                   (struct label){.text = session_label(s, writes, i),
                                  .classes = lexicon_classes_of(session_lexicon(s),
                                                                writes, t, i),
                                  .id = i, .word = -1});
    return (struct label_sets){&s->source_labels, &s->target_labels,
                               &s->vocabulary_labels};
}

const struct labels *session_source_vocabulary(struct session *s)
{
    for (int i = (int)s->source_vocabulary.count; i < s->model->config->src_vocab_size;
         i++)
        labels_add(&s->source_vocabulary, make_label(s, SIDE_SOURCE, i, -1));
    return &s->source_vocabulary;
}

/* ---- source and target ---- */

static int32_t *ids_of(const struct tokens *tokens)
{
    int32_t *ids = mem_alloc(tokens->count, sizeof *ids);
    for (size_t i = 0; i < tokens->count; i++)
        ids[i] = tokens->ids[i];
    return ids;
}

static int encode(const struct session *s, enum side side, const char *text,
                  struct tokens *tokens, struct error *e)
{
    const struct tokenizer *t = session_tokenizer(s, side);
    if (!t)
        return error_set(e, "the model %s has no tokenizer; give token ids with %s",
                         s->model->name, side == SIDE_TARGET ? "--target-ids" : "--ids");
    return side == SIDE_SOURCE ? model_encode_source(s->model, text, tokens, e)
                               : tokenizer_encode(t, text, tokens, e);
}

static int check_length(const struct session *s, const char *side, long count,
                        struct error *e)
{
    if (count > s->model->config->max_positions)
        return error_set(e,
                         "the %s has %ld tokens; this model takes at most %d; shorten it",
                         side, count, s->model->config->max_positions);
    return 0;
}

static int check_ids(const int32_t *ids, long count, int vocabulary, struct error *e)
{
    for (long i = 0; i < count; i++)
        if (ids[i] < 0 || ids[i] >= vocabulary)
            return error_set(e, "token id %ld is not in the vocabulary; ids are 0 to %d",
                             (long)ids[i], vocabulary - 1);
    return 0;
}

/* Encodes the text, its words in the order of `order` (NULL: as typed), as the source. */
static int set_source(struct session *s, const char *text, const char *order,
                      struct error *e)
{
    struct tokens tokens = {0};
    char *ordered = order ? whatif_reorder(text, order, e) : mem_string(text);
    int result = ordered ? encode(s, SIDE_SOURCE, ordered, &tokens, e) : -1;
    free(ordered);
    if (result == 0)
        result = check_length(s, "text", (long)tokens.count, e);
    if (result == 0) {
        free(s->source);
        s->source = ids_of(&tokens);
        s->sources = (long)tokens.count;
        label_source(s, &tokens);
    }
    tokens_free(&tokens);
    return result;
}

static const char *order_of(const struct whatifs *list)
{
    const struct whatif *w = whatifs_find(list, WHATIF_ORDER);
    return w ? w->order : NULL;
}

int session_set_text(struct session *s, const char *text, struct error *e)
{
    char *tidied = text_tidy(text);
    int result = *tidied ? set_source(s, tidied, order_of(&s->whatifs), e)
                         : error_set(e, "the text is empty; type a sentence");
    if (result < 0) {
        free(tidied);
        return -1;
    }
    free(s->text);
    s->text = tidied;
    return 0;
}

static int apply_order(struct session *s, const struct whatifs *list, struct error *e)
{
    const char *order = order_of(list);
    if (!s->sources || (!order && !order_of(&s->whatifs)))
        return 0;
    if (!s->text)
        return error_set(e, "what-if order: it needs a text; token ids were given");
    return set_source(s, s->text, order, e);
}

int session_set_whatifs(struct session *s, const struct whatifs *list, struct error *e)
{
    if (whatifs_check(list, s->model, e) < 0 || apply_order(s, list, e) < 0)
        return -1;
    struct whatifs copy;
    whatifs_copy(&copy, list);
    whatifs_free(&s->whatifs);
    s->whatifs = copy;
    struct model *twin;
    s->run = run_under(s->model, &s->whatifs, &s->options.trace, &twin);
    if (s->twin ||
        twin) { /* a trace must not outlive, or be taken for one of, the weights */
        trace_free(s->trace);
        trace_free(s->reference);
        s->trace = s->reference = NULL;
    }
    model_free(s->twin);
    s->twin = twin;
    return 0;
}

int session_set_ids(struct session *s, const int32_t *ids, long count, struct error *e)
{
    if (count < 1)
        return error_set(e, "no source ids are given; give at least one");
    if (check_length(s, "source", count, e) < 0 ||
        check_ids(ids, count, s->model->config->src_vocab_size, e) < 0)
        return -1;
    free(s->text);
    free(s->source);
    s->text = NULL;
    s->source = mem_copy(ids, (size_t)count, sizeof *ids);
    s->sources = count;
    label_source(s, NULL);
    return 0;
}

int session_set_target_ids(struct session *s, const int32_t *ids, long count,
                           struct error *e)
{
    const struct family *f = s->model->family;
    int vocabulary = model_vocabulary(s->model, family_writes(f));
    if (ids && (check_length(s, "target", count + 1, e) < 0 ||
                check_ids(ids, count, vocabulary, e) < 0))
        return -1;
    s->forced = ids != NULL;
    if (!ids)
        return 0;
    free(s->target);
    s->target = mem_alloc((size_t)count + 1, sizeof *ids);
    s->targets = 0;
    if (f->two_sides)
        s->target[s->targets++] = decode_first(s->model, s->source, s->sources);
    memcpy(s->target + s->targets, ids, sizeof *ids * (size_t)count);
    s->targets += count;
    return 0;
}

int session_set_target_text(struct session *s, const char *text, struct error *e)
{
    if (!text)
        return session_set_target_ids(s, NULL, 0, e);
    struct tokens tokens = {0};
    char *tidied = text_tidy(text);
    int result = *tidied ? encode(s, SIDE_TARGET, tidied, &tokens, e) : 0;
    if (result == 0) {
        int32_t *ids = ids_of(&tokens);
        result = session_set_target_ids(s, ids, (long)tokens.count, e);
        free(ids);
    }
    tokens_free(&tokens);
    free(tidied);
    return result;
}

/* ---- the run ---- */

char *session_ids_text(const struct session *s, const int32_t *ids, long count)
{
    const struct tokenizer *t = session_tokenizer(s, session_writes(s));
    if (t) {
        char *raw = tokenizer_decode(t, ids, (size_t)count, false);
        char *safe = text_sanitize(raw);
        free(raw);
        return safe;
    }
    struct buffer b = {0};
    for (long i = 0; i < count; i++)
        buffer_addf(&b, "%s%ld", i ? " " : "", (long)ids[i]);
    return buffer_take(&b);
}

char *session_target_text(const struct session *s)
{
    long bos = s->model->family->two_sides;
    return session_ids_text(s, s->target + bos, s->targets - bos);
}

/* The model's own output; it becomes the target unless one was given. */
static int decode(struct session *s, struct error *e)
{
    struct decode_outputs out = {0};
    if (s->model->family->answers != ANSWERS_NOTHING &&
        decode_outputs(&s->run, s->source, s->sources, &s->options.decode, &out, e) < 0)
        return -1;
    decode_outputs_free(&s->outputs);
    s->outputs = out;
    struct decode_output best = out.count ? out.items[0] : (struct decode_output){0};
    free(s->prediction);
    s->prediction = session_ids_text(s, best.ids, best.count);
    if (s->forced)
        return 0;
    int result = session_set_target_ids(s, best.ids, best.count, e);
    s->forced = false;
    return result;
}

/* The rows of the side that is written: the target, or the text and what continues it. */
static void set_rows(struct session *s)
{
    long before = s->model->family->two_sides ? 0 : s->sources;
    s->row_count = before + s->targets;
    s->rows = mem_resize(s->rows, (size_t)s->row_count, sizeof *s->rows);
    memcpy(s->rows, s->source, sizeof *s->rows * (size_t)before);
    if (s->targets)
        memcpy(s->rows + before, s->target, sizeof *s->rows * (size_t)s->targets);
}

/* The token that each row is to predict: the next one that is fed, eos after the last.
 * Caller frees. */
static int32_t *right_tokens(const struct session *s)
{
    int32_t *right = mem_alloc((size_t)s->row_count, sizeof *right);
    for (long i = 0; i < s->row_count; i++)
        right[i] = i + 1 < s->row_count ? s->rows[i + 1] : last_token(s);
    return right;
}

/* The gradients of the loss, or of the cell that was chosen. */
static int go_back(struct plan *p, int loss, const struct gradient_start *of,
                   struct error *e)
{
    if (!of->given)
        return plan_backward(p, loss, 0, e);
    const struct stage *from = &p->stages[of->stage];
    if (of->stage > loss || of->cell >= tensor_count(&from->shape))
        return error_set(e, "the number whose gradients are wanted is not in this run");
    if (from->shape.type == TENSOR_I32)
        return error_set(e, "%s: ids have no gradient; they are no numbers to change a "
                         "little", stage_id(from));
    return plan_backward(p, of->stage, of->cell, e);
}

/* The plan of the whole pass, with its gradients where they are wanted. */
static struct plan *plan_pass(const struct session *s, struct error *e)
{
    if (s->options.gradients && s->model->config->eos_token_id < 0) {
        error_set(e, "the loss asks for the token after the last row, and config.json "
                  "names no eos_token_id: add it");
        return NULL;
    }
    struct plan *p =
        s->model->family->two_sides
            ? run_plan(&s->run, s->source, s->sources, s->rows, s->row_count, e)
            : run_plan(&s->run, s->rows, s->row_count, NULL, 0, e);
    if (!p || !s->options.gradients)
        return p;
    int32_t *right = right_tokens(s);
    int loss = loss_add(p, right, s->row_count, e);
    free(right);
    if (loss >= 0 && go_back(p, loss, &s->options.gradient_of, e) == 0)
        return p;
    plan_free(p);
    return NULL;
}

/* A trace of the whole pass in the place of the one before. */
static int trace_pass(struct session *s, struct error *e)
{
    struct plan *plan = plan_pass(s, e);
    if (!plan)
        return -1;
    struct trace *trace = trace_new(plan, &s->options.trace, s->trace);
    trace_free(s->trace);
    trace_free(s->reference);
    s->trace = trace;
    s->reference = NULL;
    return 0;
}

int session_add_gradients(struct session *s, struct error *e)
{
    if (s->options.gradients)
        return 0;
    s->options.gradients = true;
    int status = trace_pass(s, e);
    if (status < 0)
        s->options.gradients = false;
    return status;
}

int session_add_gradients_of(struct session *s, int stage, long cell, struct error *e)
{
    struct session_options before = s->options;
    s->options.gradients = false;
    s->options.gradient_of = (struct gradient_start){true, stage, cell};
    int status = session_add_gradients(s, e);
    if (status < 0)
        s->options = before;
    return status;
}

int session_run(struct session *s, struct error *e)
{
    if (!s->sources)
        return error_set(e, "there is no text; type a sentence");
    if (decode(s, e) < 0)
        return -1;
    set_rows(s);
    if (trace_pass(s, e) < 0)
        return -1;
    label_written(s);
    /* a target that was given is fed to rows that no decoding has been through */
    return s->forced ? decoder_check_finite(s->trace, e) : 0;
}

/* ---- a fork ---- */

static int fork_source(struct session *s, const struct session *from, const char *text,
                       struct error *e)
{
    text = text ? text : from->text;
    return text ? session_set_text(s, text, e)
                : session_set_ids(s, from->source, from->sources, e);
}

/* Ids mean something else to another tokenizer: there the target goes as text. */
static int fork_target(struct session *s, const struct session *from, struct error *e)
{
    const struct tokenizer *t = session_tokenizer(from, session_writes(from));
    long bos = from->model->family->two_sides, count = from->targets - bos;
    if (!t || tokenizer_same_pieces(t, session_tokenizer(s, session_writes(s))))
        return session_set_target_ids(s, from->target + bos, count, e);
    char *text = session_ids_text(from, from->target + bos, count);
    int status = session_set_target_text(s, text, e);
    free(text);
    return status;
}

static int fork_all(struct session *s, const struct session *from,
                    const struct session_change *change, struct error *e)
{
    const struct session *fed = change->fed;
    if (!fed && from->forced && !change->own_output)
        fed = from;
    if (fork_source(s, from, change->text, e) < 0 ||
        session_set_whatifs(s, change->whatifs ? change->whatifs : &from->whatifs, e) < 0)
        return -1;
    if (change->target ? session_set_target_text(s, change->target, e) < 0
                       : fed && fork_target(s, fed, e) < 0)
        return -1;
    return session_run(s, e);
}

struct session *session_fork(const struct session *from,
                             const struct session_change *change, struct error *e)
{
    struct model *m = change->model ? change->model : from->model;
    struct session *s = session_new(model_share(m), &from->options);
    if (fork_all(s, from, change, e) == 0)
        return s;
    session_free(s);
    return NULL;
}

char *session_intact_prediction(const struct session *s, struct error *e)
{
    const struct whatifs none = {0};
    struct session *intact =
        session_fork(s, &(struct session_change){.whatifs = &none}, e);
    char *text = intact ? mem_string(intact->prediction) : NULL;
    session_free(intact);
    return text;
}

/* ---- the other engine, and what is said of a run ---- */

struct trace *session_reference(struct session *s)
{
    if (!s->reference) {
        struct trace_options options = s->options.trace;
        bool fast = options.engine == ENGINE_FAST;
        options.engine = fast ? ENGINE_REFERENCE : ENGINE_FAST;
        /* the same input has been planned before: this cannot fail */
        s->reference = trace_new(plan_pass(s, NULL), &options, NULL);
    }
    return s->reference;
}

long session_argmax(struct session *s, long row)
{
    int logits = plan_find_role(trace_plan(s->trace), ROLE_LOGITS);
    long best = decode_argmax(trace_acquire(s->trace, logits), row);
    trace_release(s->trace, logits);
    return best;
}

struct json *session_whatifs_json(const struct session *s)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < s->whatifs.count; i++) {
        char *text = whatif_text(&s->whatifs.items[i]);
        json_append(list, json_new_text(text));
        free(text);
    }
    return list;
}
