/* A session: a model, a text, and the trace of its pass. What commands, screens and
 * figures look at.
 *
 *     struct session_options options = {0};
 *     struct session *s = session_new(model_open("ko-en", e), &options);
 *     session_set_text(s, "나는 학교에 간다", e);
 *     session_run(s, e);
 *     … s->prediction, s->trace, s->target_labels …
 */
#ifndef SESSION_H
#define SESSION_H

#include "model/model.h"
#include "numbers/trace.h"
#include "study/decode.h"
#include "study/gloss.h"
#include "study/labels.h"
#include "study/lexicon.h"

struct session_options {
    struct trace_options trace;
    struct decode_options decode; /* how the model's own output is made */
    bool gradients; /* the trace goes on with the loss and its gradients (study/loss.h) */
    struct gradient_start {
        bool given; /* else the gradients are those of the loss */
        int stage;
        long cell; /* row-major */
    } gradient_of;
};

struct session {
    struct model *model;
    struct session_options options;
    struct gloss *gloss; /* NULL until it is needed */
    struct lexicon *lexicon; /* likewise */

    struct whatifs whatifs; /* in force */
    struct model *twin;     /* with random weights, while a what-if asks for them */
    struct run run; /* what is computed: model or twin, the what-ifs, the engine */

    char *text;      /* as typed, NFC; NULL when ids were given */
    int32_t *source; /* with eos where the model wants it */
    long sources;
    int32_t *target; /* bos and the target ids; what continues a text of one stack */
    long targets;
    bool forced;     /* the target was given, not decoded */
    int32_t *rows; /* of the side that is written, as they are fed */
    long row_count;

    struct labels source_labels, target_labels, vocabulary_labels, source_vocabulary;
    char *prediction; /* the model's own output as text (or ids) */
    struct decode_outputs outputs; /* it and the others that were asked for, as ids */
    struct trace *trace;     /* of the last session_run; NULL before */
    struct trace *reference; /* the other engine on the same input; made on demand */
};

/* Takes the model. Caller frees. */
struct session *session_new(struct model *m, const struct session_options *options);
void session_free(struct session *s);

/* The source: text, or ids taken as given. The old source stays on an error. */
int session_set_text(struct session *s, const char *text, struct error *e);
int session_set_ids(struct session *s, const int32_t *ids, long count, struct error *e);

/* The target rows, without bos and eos; NULL: the model's own greedy output. */
int session_set_target_text(struct session *s, const char *text, struct error *e);
int session_set_target_ids(struct session *s, const int32_t *ids, long count,
                           struct error *e);

/* The what-ifs from the next session_run on, which must follow before the trace is looked
 * at again; the list is copied. -1 with an error, and the old ones stay, when one of them
 * does not fit the model or the text. */
int session_set_whatifs(struct session *s, const struct whatifs *list, struct error *e);

/* Decodes where no target was given, and makes the trace. Values are computed when they
 * are asked for. On an error the old trace stays. */
int session_run(struct session *s, struct error *e);

/* What is to be different in a fork; all zero: nothing. Everything is borrowed. */
struct session_change {
    struct model *model;           /* shared; NULL: the same */
    const char *text;              /* NULL: the same source */
    const struct whatifs *whatifs; /* NULL: the same; an empty list: the intact model */
    /* The target stays as it is, given or the model's own, unless one of these is set: */
    const char *target;        /* this text */
    bool own_output;           /* the model's own output */
    const struct session *fed; /* the decoder rows of that session, which was run */
};

/* A session of its own that was run, as `from` is but for the change: the only way to a
 * run with one thing different. NULL with an error. Caller frees. */
struct session *session_fork(const struct session *from,
                             const struct session_change *change, struct error *e);

/* What the intact model says to the same source. Caller frees; NULL with an error. */
char *session_intact_prediction(const struct session *s, struct error *e);

/* The same run with the loss and its gradients behind it; nothing when they are there. On
 * an error the old trace stays. The second one starts from a cell of any stage. */
int session_add_gradients(struct session *s, struct error *e);
int session_add_gradients_of(struct session *s, int stage, long cell, struct error *e);

/* Labels of the axes; the vocabulary's are made at the first call. */
struct label_sets session_label_sets(struct session *s);

/* All pieces of the source vocabulary with their glosses, made at the first call. */
const struct labels *session_source_vocabulary(struct session *s);

/* The word classes of pieces; none where the model brings no lexicon. Borrowed. */
const struct lexicon *session_lexicon(struct session *s);

/* The other engine on the same input, made at the first call after a run. Borrowed. */
struct trace *session_reference(struct session *s);

/* The token with the largest logit in a decoder row, and its label (borrowed). */
long session_argmax(struct session *s, long row);

/* The what-ifs in force as an array of texts. Caller frees, or gives it to an object. */
struct json *session_whatifs_json(const struct session *s);

/* The side that the model writes; the tokenizer of a side, NULL when there is none; the
 * labels of the rows that are written. Borrowed. */
enum side session_writes(const struct session *s);
const struct tokenizer *session_tokenizer(const struct session *s, enum side side);
const struct labels *session_written_labels(const struct session *s);

/* What is fed as the target, as text (or ids), without bos and eos. Caller frees. */
char *session_target_text(const struct session *s);

/* The text of ids of the side that is written (or the ids). Caller frees. */
char *session_ids_text(const struct session *s, const int32_t *ids, long count);

/* "▁go" of an id on one side. Caller frees. */
char *session_label(const struct session *s, enum side side, long id);

#endif
