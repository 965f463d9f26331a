#include "model/family.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const struct family families[] = {
    {"transformer", transformer_plan, transformer_memory_plan, transformer_step_plan,
     transformer_weights},
};

#define FAMILIES (sizeof families / sizeof *families)

const struct family *family_find(const char *model_type, struct error *e)
{
    struct buffer known = {0};
    for (size_t i = 0; i < FAMILIES; i++) {
        if (!strcmp(families[i].name, model_type)) {
            buffer_free(&known);
            return &families[i];
        }
        buffer_addf(&known, "%s%s", i ? ", " : "", families[i].name);
    }
    error_set(e, "the model_type \"%.40s\" is not known; it can be: %s", model_type,
              known.data);
    buffer_free(&known);
    return NULL;
}
