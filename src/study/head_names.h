/* What the heads of a model's attention are named after: where the strongest link of each
 * row leads, counted over sentences of the exam with their first right answer fed.
 *
 *     struct head_names *n = head_names_new(model, 0, e);
 *     while (head_names_work(n, 30))
 *         …look at the keys…
 *     head_names_find(n, "encoder.0.self_attn.weights", 3).pattern …
 *     head_names_free(n);
 *
 * The patterns and how often one must hold stand in head_names.def. A row counts for a
 * pattern when some column of it would be right; a head of which no pattern holds often
 * enough is mixed. Patterns of words need word classes or links that the model brings; in
 * a model without them the others are counted alone.
 *
 * It is of the intact model, whatever is switched off. What was counted to the end is
 * kept as scores of exams are (exam_cache.h). */
#ifndef HEAD_NAMES_H
#define HEAD_NAMES_H

#include "study/head_pattern.h"

#define HEAD_SENTENCES 200 /* that are looked at, where nobody says another number */
#define HEAD_LEAST_ROWS 20 /* fewer that could are no ground for a name */

struct head_count {
    long rows, hits; /* that could, and whose strongest link is such a one */
};

struct head_name {
    enum head_pattern pattern;
    double share; /* of the pattern, or of the one that held most where it is mixed */
    enum head_pattern most; /* that one; HEAD_MIXED where nothing could hold */
    struct head_count count;
};

struct head_names;

/* The model is shared. `sentences`: the first so many of the exam, 0 for HEAD_SENTENCES.
 * NULL with an error when the model has no exam that it can be asked. Caller frees. */
struct head_names *head_names_new(struct model *model, long sentences, struct error *e);
void head_names_free(struct head_names *n);

/* Works for about so many milliseconds; 0: to the end. Returns whether anything is left.
 */
bool head_names_work(struct head_names *n, int milliseconds);
bool head_names_done(const struct head_names *n);

long head_names_sentences(const struct head_names *n); /* looked at so far */

/* The attentions (stages of weights) that were met; nothing before the first sentence. */
size_t head_names_stages(const struct head_names *n);
const char *head_names_stage(const struct head_names *n, size_t index); /* its id */
long head_names_heads(const struct head_names *n, size_t index);

/* The name of a head, from 0, of a stage by its id; false before all is counted, and for
 * what has none. `n` may be NULL. */
bool head_names_find(const struct head_names *n, const char *stage, long head,
                     struct head_name *out);

/* What was counted so far; no rows for what is not looked for there. */
struct head_count head_names_count(const struct head_names *n, const char *stage,
                                   long head, enum head_pattern pattern);

#endif
