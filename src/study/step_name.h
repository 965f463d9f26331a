/* What the steps of an opened number are called in the language of the program. */
#ifndef STEP_NAME_H
#define STEP_NAME_H

#include "numbers/explain.h"

/* "quotient", "나눗셈"; exp is exp everywhere. Borrowed: from the step, or for good. */
const char *step_name(const struct step *s);

#endif
