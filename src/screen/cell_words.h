/* What an opened number says, as a sentence made of the numbers: "는 takes 99.5 % from
 * 에". In the language of the program. */
#ifndef CELL_WORDS_H
#define CELL_WORDS_H

#include "screen/cell_view.h"

/* NULL where its arithmetic says it best. Caller frees. */
char *cell_sentence(const struct cell_view *v);

#endif
