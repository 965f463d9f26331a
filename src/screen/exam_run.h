/* Two exams side by side in slices of time: the intact model and the one under the
 * what-ifs in force, on the same sentences. */
#ifndef EXAM_RUN_H
#define EXAM_RUN_H

#include "study/exam.h"
#include "study/session.h"

struct exam_run;

/* Starts both (only the intact one when nothing is off). The session is borrowed and must
 * keep its what-ifs until exam_run_free. NULL with an error. `limit`: only the first so
 * many sentences, 0 for all. */
struct exam_run *exam_run_new(struct session *s, long limit, struct error *e);
void exam_run_free(struct exam_run *r);

/* Before the session's what-ifs change, and after: the exam under them begins anew, what
 * the intact model has done is kept. */
void exam_run_stop(struct exam_run *r);
int exam_run_restart(struct exam_run *r, struct session *s, struct error *e);

/* Works for about so many milliseconds; 0: to the end. Returns whether anything is left.
 * An error ends the run; exam_run_error tells it. */
bool exam_run_slice(struct exam_run *r, int milliseconds);
bool exam_run_is_done(const struct exam_run *r);
const struct error *exam_run_error(const struct exam_run *r); /* NULL for none */

long exam_run_size(const struct exam_run *r);
const struct exam_score *exam_run_intact(const struct exam_run *r);
/* NULL: nothing is off. */
const struct exam_score *exam_run_changed(const struct exam_run *r);

#endif
