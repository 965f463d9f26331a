/* The fences of a lesson file that ask: predict, recall and fill, line by line. */
#ifndef ASKING_H
#define ASKING_H

#include "lesson/fences.h"

/* Adds the question of the block to the scene; `info` of the block says which fence. */
int fence_question(struct reader *r, struct scene *s, const struct markdown_block *b);

#endif
