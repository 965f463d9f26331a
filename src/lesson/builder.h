/* Builds the plan of compute blocks: matrices from outside, stages of their own, and the
 * memory and labels that both need. The lines themselves are compile.h's. */
#ifndef BUILDER_H
#define BUILDER_H

#include "lesson/node.h"
#include "lesson/slice.h"
#include "numbers/trace.h"
#include "study/session.h"

/* What an expression is made to: a matrix in the plan, or a number. */
struct made {
    struct ref ref; /* REF_NONE for a number */
    bool is_number;
    double number;
    bool one; /* a matrix of a single cell that stands for a number: mean(A) */
};

/* An expression of the prose that has been compiled, by its text. */
struct written {
    const char *text; /* the plan's */
    struct made made;
};

/* A matrix of merges, and the call that learned them. */
struct learned {
    struct ref ref;
    const struct node *node;
};

/* A value of a run that the plan reads: kept while the plan lives. */
struct pinned {
    struct trace *trace;
    int stage;
};

struct compiler {
    /* What a name stands for; 0 or -1 with an error. */
    int (*look_up)(void *data, const struct node *name, struct made *out,
                   struct error *e);
    /* The run that a name speaks of, and what of it: "A.logits" is of a run of the
     * lesson's own. NULL with an error. */
    struct session *(*find_run)(void *data, const char *name, const char **rest,
                                struct error *e);
    void *data;

    /* compile() of compile.h, for what stands before it; set by that. */
    int (*compile)(struct compiler *c, const struct node *n, const char *name,
                   struct made *out, struct error *e);
    struct session *session; /* the run that texts and measures are about */

    struct plan *plan; /* being built; whoever makes a trace of it takes it */
    enum engine engine;
    const char *statement; /* whose stages are being added */
    int inner;             /* how many of its inner stages there are */
    bool prose;            /* the stages are for values of the prose */
    struct written *written;
    struct learned *learned; /* merges that lines have learned, by their matrix */
    size_t learned_count, learned_capacity;
    size_t written_count, written_capacity;

    struct pinned *pins;
    size_t pin_count, pin_capacity;
    void **memory; /* of literals and converted inputs */
    size_t memory_count, memory_capacity;
    struct labels **labels; /* of rows that lines made; their addresses are lent */
    size_t label_count, label_capacity;
};

/* A new, empty plan for that engine; an earlier one belongs to its trace. */
void compiler_begin(struct compiler *c, enum engine engine);
void compiler_free(struct compiler *c); /* after the traces */

/* A matrix from outside. Its memory is borrowed. */
struct ref compiler_given(struct compiler *c, const char *name, struct tensor tensor,
                          const struct axis axes[TENSOR_MAX_RANK]);
/* The same under the name of a line, or an inner one where that is NULL. Takes the
 * numbers, row by row. */
struct ref compiler_matrix(struct compiler *c, const char *name, double *numbers,
                           long rows, long columns, struct axis row, struct axis column);
/* The value of a stage of a run, pinned until compiler_free. */
struct ref compiler_pin(struct compiler *c, const char *name, struct trace *trace,
                        int stage, const struct axis axes[TENSOR_MAX_RANK]);
/* The numbers that lines before have made. */
struct slice_names compiler_names(struct compiler *c);

/* A matrix that was given under this name before. */
bool compiler_find_part(const struct compiler *c, const char *name, struct ref *ref);

/* Memory and labels that live as long as the compiler. */
void *compiler_keep(struct compiler *c, void *memory); /* takes; returns it */
struct labels *compiler_labels(struct compiler *c);    /* new and empty */

/* Texts as labels; NULL ends them. */
struct labels *compiler_texts(struct compiler *c, const char *const *texts);
/* Numbers as labels, every `step`-th of them: "400". */
struct labels *compiler_number_labels(struct compiler *c, const double *numbers,
                                      long count, int step);

/* A label with its gloss and word classes. */
void compiler_copy_label(struct labels *to, const struct label *from);

/* Of what a reference stands for; borrowed. The axis of its rows, and of its columns. */
const struct tensor *compiler_shape(const struct compiler *c, struct ref ref);
const struct axis *compiler_axes(const struct compiler *c, struct ref ref);
struct axis compiler_row_axis(const struct compiler *c, struct ref ref);
struct axis compiler_column_axis(const struct compiler *c, struct ref ref);

void stage_set_axes(struct stage *s, struct axis a, struct axis b, struct axis d);
/* The axes of a matrix, behind the heads if `like` has some. */
void compiler_set_plane(const struct compiler *c, struct stage *s, struct ref like,
                        struct axis row, struct axis column);
/* Those of a number for each column (params.number 1) or row (2) of the first input. */
void compiler_set_reduced(const struct compiler *c, struct stage *s);

/* Some cells of what a reference stands for, at regular steps: a stage of OP_CELLS whose
 * result has that rank, with a size and a step for each axis. */
struct stage compiler_cells(struct ref x, long first, int rank,
                            const int32_t size_and_step[]);

/* Adds a stage with the id `name`; NULL: an inner one, "s.1". -1 with an error when its
 * shape does not fit or is too large. */
int compiler_add(struct compiler *c, const char *name, struct stage spec,
                 struct made *out, struct error *e);

#endif
