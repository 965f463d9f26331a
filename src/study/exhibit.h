/* What is shown, wherever it is shown: a matrix of a run, or of the worked example of a
 * lesson, one cell of it, and the proof that goes with just that.
 *
 *     struct exhibit x = exhibit_of_stage(session, stage);
 *     double limit, difference = exhibit_proof(&x, &limit);
 *
 * An exhibit owns nothing and can be copied. It holds until the next run of its session
 * or the next change of its example; then it is made anew. */
#ifndef EXHIBIT_H
#define EXHIBIT_H

#include "study/session.h"

/* A cell of a matrix, from 0. */
struct place {
    long head, row, column;
};

struct exhibit {
    struct session *session;       /* whose run it is; NULL for a worked example */
    const struct model *model;     /* whose numbers it reads; NULL for none */
    const struct whatifs *whatifs; /* in force; NULL for none */
    const char *title; /* the text, or the example's name; NULL when ids were given */
    struct trace *trace;
    struct trace *(*reference)(void *maker); /* of the other engine, made on demand */
    void *maker;
    struct label_sets sets;
    struct ref ref; /* the stage or the weight; REF_NONE: the run as a whole */
    struct place at;
};

/* A session that was run, as a whole. */
struct exhibit exhibit_of_session(struct session *s);
/* A stage of it, at the first cell. */
struct exhibit exhibit_of_stage(struct session *s, int stage);

/* The proof: the largest difference of the stage between the fast and the reference path,
 * and the tolerance (may be NULL) of trace_difference. 0 and 0 where no stage
 * is shown. */
double exhibit_proof(const struct exhibit *x, double *limit);

/* The same over all stages of the run, by and by: a long pass takes its time in the naive
 * path. All zero: nothing is proved yet. */
struct proof {
    int next;         /* the stages before it are proved */
    double most;      /* the largest difference of them */
    bool failed;      /* some stage is beyond its tolerance: */
    int worst;        /* the one that is the most so (a NaN before all), */
    double failing;   /* and its difference */
    double farthest_; /* of it, in tolerances */
};

/* Proves at least one more stage, and more of them until about so many products are
 * computed (INFINITY: all stages). False when none is left. */
bool proof_go_on(struct proof *p, const struct exhibit *x, double products);

/* What is told of it: the largest difference, or that of the worst stage. */
double proof_difference(const struct proof *p);

/* All of it at once. `*fine`: whether every stage is within its
 * tolerance; then the largest difference, else that of the stage that is the most beyond
 * its tolerance (a NaN before all), whose index `*worst` (may be NULL) gets. */
double exhibit_proof_all(const struct exhibit *x, bool *fine, int *worst);

/* The what-ifs in force, joined by ", "; NULL for none. Caller frees. */
char *exhibit_whatifs(const struct exhibit *x);
/* The same as a picture carries it, in the language of the run: "what-if: no-ffn". */
char *exhibit_badge(const struct exhibit *x);

/* "encoder.0.self_attn.weights", or the symbol of a weight; with ", head 2" where it has
 * heads. Caller frees. */
char *exhibit_name(const struct exhibit *x);

#endif
