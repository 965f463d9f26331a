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

struct session_options {
    struct trace_options trace;
    struct decode_options decode; /* how the model's own output is made */
};

struct session {
    struct model *model; /* NULL: the traces alone, of a worked example */
    struct session_options options;
    struct gloss *gloss; /* NULL until it is needed */

    struct whatifs whatifs; /* in force */
    struct model *twin;     /* with random weights, while a what-if asks for them */
    struct run run; /* what is computed: model or twin, the what-ifs, the engine */

    char *text;      /* as typed, NFC; NULL when ids were given */
    int32_t *source; /* with eos where the model wants it */
    long sources;
    int32_t *target; /* decoder rows: bos and the target ids */
    long targets;
    bool forced;     /* the target was given, not decoded */

    struct labels source_labels, target_labels, vocabulary_labels, source_vocabulary;
    char *prediction; /* the model's own output as text (or ids) */
    struct trace *trace;     /* of the last session_run; NULL before */
    struct trace *reference; /* the other engine on the same input; made on demand */
    bool borrowed;           /* without a model: both traces, and these labels */
    struct label_sets given;
};

/* Takes the model. Caller frees. */
struct session *session_new(struct model *m, const struct session_options *options);
void session_free(struct session *s);

/* Traces without a model, to be looked at: a worked example. Both are borrowed; the title
 * (copied) is the session's text. Only labels and proofs may be asked for. */
struct session *session_of_traces(struct trace *trace, struct trace *reference,
                                  const char *title, const struct label_sets *sets);

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

/* Labels of the axes; the vocabulary's are made at the first call. */
struct label_sets session_label_sets(struct session *s);

/* All pieces of the source vocabulary with their glosses, made at the first call. */
const struct labels *session_source_vocabulary(struct session *s);

/* The number of source tokens that stand for characters the vocabulary does not have, and
 * those characters, one after the other with spaces (caller frees; NULL for none). */
long session_unknown(const struct session *s, char **characters);

/* The proof: the largest difference of a stage between the fast and the reference path,
 * and the tolerance (2e-5 · max(1, max|b|)). */
double session_proof(struct session *s, int stage, double *limit);

/* The same over all stages: the largest difference; `*fine` whether every stage is within
 * its tolerance. Computed once for each run. */
double session_proof_all(struct session *s, bool *fine);

/* The token with the largest logit in a decoder row, and its label (borrowed). */
long session_argmax(struct session *s, long row);

/* The what-ifs in force as an array of texts. Caller frees, or gives it to an object. */
struct json *session_whatifs_json(const struct session *s);

/* "▁go" of an id on one side. Caller frees. */
char *session_label(const struct session *s, enum side side, long id);

#endif
