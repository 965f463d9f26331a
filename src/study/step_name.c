#include "study/step_name.h"

#include "base/say.h"

#include <string.h>

static const struct name {
    const char *name, *korean;
} names[] = {
#define STEP_NAME(NAME, KOREAN) {NAME, KOREAN},
#include "study/step_name.def"
#undef STEP_NAME
};

const char *step_name(const struct step *s)
{
    if (say_language() != LANGUAGE_KO)
        return s->name;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, s->name) == 0)
            return names[i].korean;
    return s->name;
}
