/* Claims of a lesson: the lines of its assert fences. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "lesson/evaluate.h"
#include "lesson/scene.h"

/* 0 when it holds; -1 and what was found instead, with its place. */
int claim_check(const struct scope *s, const struct claim *claim, struct error *e);

#endif
