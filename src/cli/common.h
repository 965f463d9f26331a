/* What the commands share: exit statuses, and opening what the options ask for. */
#ifndef COMMON_H
#define COMMON_H

#include "base/memory.h"
#include "cli/options.h"
#include "study/session.h"

/* Exit statuses. A command that returns CLI_FAILED or CLI_USAGE has set the error. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* The model of --model. */
struct model *cli_model(const struct options *o, struct error *e);

/* Notes (study/notes.h) on standard error, a line each. Takes them; NULL is fine. */
void cli_print_notes(char *notes);

/* Whether --text or --ids stands for the argument TEXT: then the arguments begin with
 * what follows it. */
bool cli_has_text(const struct options *o);

/* Argument `index` of those after TEXT, from 0. */
const char *cli_argument(const struct options *o, int index);

/* A session on the model, text (or ids), target and engine of the options, run. Caller
 * frees. */
struct session *cli_session(const struct options *o, struct error *e);

/* The same in steps: a session with the model and options set but no text yet, and its
 * text (or ids), target and what-ifs; session_run follows. */
struct session *cli_new_session(const struct options *o, struct error *e);
int cli_set_input(const struct options *o, struct session *s, struct error *e);

/* The ids of an option that is set, "5,3,9"; returns their number, or -1 with an error
 * and `*ids` NULL. Caller frees. */
long cli_ids(const struct options *o, enum option option, int32_t **ids,
             struct error *e);

/* The text: the argument, --text, or standard input for "-". Caller frees; NULL with an
 * error, or without one when the options give ids or no text at all. */
char *cli_text(const struct options *o, struct error *e);

/* The what-ifs of --what-if; a wrong one is wrong usage. Free with whatifs_free. */
int cli_whatifs(const struct options *o, struct whatifs *list, struct error *e);

/* From here on scores of exams are kept, with `disk` also in the person's cache; until
 * exam_cache_stop. With threads of one's own choice the last bits of a score may differ
 * from run to run, so those stay in memory. */
void cli_keep_exams(const struct options *o, bool disk);

/* A stage of the session by id or alias; an unknown one is an error that lists near
 * ids. "loss" and "grad.ID" are those of its gradients, which are added then. */
int cli_stage(struct session *s, const char *id, struct error *e);

/* --head N of a per-head stage as an index from 0, or -1 for all heads. An error for a
 * stage without heads or a head it does not have. */
int cli_head(const struct options *o, const struct stage *stage, long *head,
                 struct error *e);

/* Prints a text as text_padded makes it. */
void cli_print_padded(const char *text, int columns);

/* Says on standard output where a file was written, by its full path. */
void cli_say_file(const char *path);

#endif
