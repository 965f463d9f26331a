/* The run fence: runs of a lesson's own, one a line.
 *
 *     A: text='개가 고양이를 쫓는다'; what-if=no-position
 *     B: model=ko-en@400; target='the dog chases the cat'
 */
#ifndef RUN_FENCE_H
#define RUN_FENCE_H

#include "lesson/fences.h"

/* In a lesson: each is a pass or two. */
#define RUNS_MOST 64

/* Adds what the block holds to the scene; 0 or -1. */
int fence_runs(struct reader *r, struct scene *s, const struct markdown_block *b);

/* Once all scenes are read: no two runs, and no run and no compute line, of one name. */
int run_names_check(struct reader *r);

/* "text", "target", "what-if", "model". */
const char *run_key_name(enum run_key key);

/* Whether two scenes have the same runs. */
bool run_lines_equal(const struct scene *a, const struct scene *b);

#endif
