/* The plan of a forward pass: every stage, in the order of computation, before any value
 * exists. A model family appends its stages with `plan_add`; a trace computes them.
 *
 * A stage has a place and a name, which make its id ("encoder.0.self_attn.scores"), an
 * op, a role, inputs (earlier stages or weights) and one result with named axes.
 * Building reports the first error into `plan->error` and goes on harmlessly, so a family
 * reads as equations. Ids and formulas become text when somebody reads them.
 *
 * A plan is made for a feed, the ids that go in, and can be fed again: the stages stay,
 * their shapes follow. */
#ifndef PLAN_H
#define PLAN_H

#include "base/error.h"
#include "numbers/ops.h"
#include "numbers/place.h"
#include "numbers/tensor.h"

#include <stdbool.h>
#include <stdint.h>

enum role {
#define ROLE(ID, name, values) ROLE_##ID,
#include "numbers/role.def"
#undef ROLE
    ROLE_COUNT
};

enum role_values { VALUES_IDS, VALUES_SIGNED, VALUES_PROBABILITY };

const char *role_name(enum role role);
enum role_values role_values(enum role role);

enum axis_name {
    AXIS_NONE,
    AXIS_HEAD,
    AXIS_QUERY,
    AXIS_KEY,
    AXIS_TOKEN,
    AXIS_FEATURE,
    AXIS_HIDDEN,
    AXIS_VOCABULARY,
    AXIS_COUNT
};

/* Whose tokens label an axis. One-stack families have only a source ("input"). */
enum side { SIDE_NONE, SIDE_SOURCE, SIDE_TARGET };

struct axis {
    enum axis_name name;
    enum side side;
    const void *own; /* borrowed; what whoever adds the stage wants to find again here */
};

const char *axis_name(enum axis_name name); /* "query"; "" for none */

/* What a stage is called, made when it is asked for. */
struct stage_text;

struct stage {
    struct stage_place place;
    const char *name;   /* the last part of the id: "scores" */
    const char *symbol; /* "Q"; for formulas */
    enum op_id op;
    enum role role;
    struct ref in[OP_MAX_INPUTS];
    struct op_params params;
    struct tensor shape; /* type, rank and size; no data */
    struct axis axes[TENSOR_MAX_RANK];
    uint64_t signature; /* equal for stages that must have equal values */
    bool off;           /* switched off by a what-if */
    struct stage_text *text; /* the plan's */
};

/* A weight, or some rows of one, as the input of a stage. */
struct part {
    const char *name;   /* of the weight: "encoder.layers.0.self_attn.in_proj_weight" */
    const char *symbol; /* "W_Q" */
    long first;   /* first row of the whole weight that this part shows */
    struct tensor tensor;
    struct axis axes[TENSOR_MAX_RANK]; /* zero for the weights of a model */
};

struct alias {
    struct stage_place place;
    const char *name;
    int stage;
};

/* ---- feeds ---- */

/* The ids of one side: of one sentence, or of several behind each other. */
struct feed_side {
    const int32_t *ids;
    const struct segment *spans; /* NULL: one sentence, from position 0 */
    long rows;                /* all ids; 0: this side is not fed */
    long count;               /* of spans */
};

/* What goes into a pass. A model of one stack has a source only. */
struct feed {
    struct feed_side source, target;
    /* of each target sentence the number of its source sentence; NULL: the same number */
    const long *sources;
    /* the side that is written goes on: one sentence, whose rows before the position of
     * its span are kept from earlier feeds (plan_keep) */
    bool goes_on;
};

enum pack_id {
    PACK_SOURCE, /* the rows of each side */
    PACK_TARGET,
    PACK_WRITTEN, /* all rows of the side that is written, those of earlier feeds too */
    PACK_MEMORY,  /* for each target sentence the rows of its source */
    PACK_COUNT
};

/* Rows that a plan that goes on needs from earlier feeds. */
struct keep {
    int stage; /* the new rows */
    int part;  /* the earlier ones; their memory is plan_keep_in's */
};

struct plan {
    struct stage *stages;
    size_t count, capacity;
    struct part *parts;
    size_t part_count, part_capacity;
    struct alias *aliases;
    size_t alias_count, alias_capacity;
    struct keep *keeps;
    size_t keep_count, keep_capacity;
    struct error error;            /* the first that building met */
    const struct weights *weights; /* borrowed */
    struct stage_place place;      /* of the stages that are being added */
    int32_t *ids[2];               /* of the feed: source and target */
    struct pack packs[PACK_COUNT];
    struct segment *spans[PACK_COUNT];
    bool goes_on;
    struct arena arena; /* of texts and lists */
};

/* An empty plan. Without a feed its stages take their sizes from their params. */
struct plan *plan_new(const struct weights *weights);
void plan_free(struct plan *p);

/* What goes in (copied), before the stages are added. */
void plan_set_feed(struct plan *p, const struct feed *feed);

/* Another feed for the finished plan, of the same sides: shapes and signatures follow. -1
 * with an error when it does not fit; the old one is lost then. */
int plan_feed(struct plan *p, const struct feed *feed, struct error *e);

/* The rows of the feed, for the params of a stage; NULL without. A stage of tokens takes
 * its ids from there. */
const struct pack *plan_pack(const struct plan *p, enum pack_id id);

/* The pack of the rows of a side. */
static inline enum pack_id pack_of_side(enum side side)
{
    return side == SIDE_TARGET ? PACK_TARGET : PACK_SOURCE;
}

/* ---- building ---- */

/* Where the next stages stand. */
void plan_scope(struct plan *p, struct stage_place place);

/* A copy of a text that lives as long as the plan, for names that are no literals. */
const char *plan_text(struct plan *p, const char *text);

/* A weight by name, with the symbol that formulas show. A missing one is an error. */
struct ref plan_weight(struct plan *p, const char *name, const char *symbol);

/* The same, REF_NONE without an error when the model has no such weight. */
struct ref plan_weight_if_any(struct plan *p, const char *name, const char *symbol);

/* A weight by its index in the table of weights; REF_NONE for -1. */
struct ref plan_weight_at(struct plan *p, int index, const char *symbol);

/* Rows first … first+rows-1 of a weight. REF_NONE stays REF_NONE. */
struct ref plan_rows(struct plan *p, struct ref weight, long first, long rows,
                     const char *symbol);

/* A matrix from outside, such as the rows of earlier steps of decoding, as an input. Its
 * memory is borrowed and must outlive the plan's traces. */
struct ref plan_given(struct plan *p, const char *name, struct tensor tensor);

/* Appends a stage at the place in force. Set name and symbol (literals, or plan_text),
 * op, role, in, params (ids are copied, unless they are the feed's) and axes; the rest is
 * filled here. */
struct ref plan_add(struct plan *p, struct stage spec);

/* Gives a stage that nobody has read yet another place, name, symbol and axes. */
void plan_rename(struct plan *p, int stage, const struct stage *as);

/* Where the plan goes on from earlier rows: a stage of this name that has those and then
 * the new ones; else the new rows themselves. */
struct ref plan_keep(struct plan *p, const char *name, struct ref rows);

/* Appends a stage whose rows are made of the row before in its own result, and whose
 * first row of that of input number `start`. Where the plan goes on, that is the last of
 * the earlier rows, in a stage of this name. */
struct ref plan_add_carried(struct plan *p, const char *name, struct stage spec,
                            int start);

/* The memory of the earlier rows of keep number `index` (borrowed), and how many rows it
 * has room for. */
void plan_keep_in(struct plan *p, size_t index, void *memory, enum tensor_type type,
                  long room);

/* Rewrites a finished plan, as what-ifs do: `change` is called for every stage in order
 * and may set its op, inputs, params and `off`, and returns whether it did. It must keep
 * the shape; ids in params are copied. Formulas and signatures follow. -1 with an error
 * when a changed stage does not fit. */
int plan_rewrite(struct plan *p,
                 bool (*change)(const struct plan *p, struct stage *s, void *data),
                 void *data, struct error *e);

/* Another name for a stage, at the place in force. */
void plan_alias(struct plan *p, const char *name, struct ref stage);

/* ---- reading ---- */

/* "encoder.0.self_attn.scores", and "Q = X·W_Qᵀ + b_Q". Both live as long as the plan,
 * the formula until the plan is rewritten. */
const char *stage_id(const struct stage *s);
const char *stage_formula(const struct stage *s);

/* The stage of an id or alias, or -1. */
int plan_find(const struct plan *p, const char *id);

/* The last stage of a role, or -1. */
int plan_find_role(const struct plan *p, enum role role);

/* The shape of the stage: "[4, 7, 7]". Caller frees. */
char *plan_shape_text(const struct stage *s);

/* The tensor (without data for a stage) that a reference stands for. NULL for none. */
const struct tensor *plan_shape(const struct plan *p, struct ref ref);

#endif
