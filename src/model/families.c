#include "model/families.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct family *const families[] = {
#define FAMILY(NAME) &family_##NAME,
#include "model/family.def"
#undef FAMILY
};

#define FAMILIES (sizeof families / sizeof *families)

const struct family *family_find(const char *model_type, struct error *e)
{
    struct buffer known = {0};
    for (size_t i = 0; i < FAMILIES; i++) {
        const char *name = families[i]->config.model_type;
        if (!strcmp(name, model_type)) {
            buffer_free(&known);
            return families[i];
        }
        buffer_addf(&known, "%s%s", i ? ", " : "", name);
    }
    char *safe = text_sanitize(model_type);
    error_set(e, "the model_type \"%.40s\" is not known; it can be: %s", safe,
              known.data);
    free(safe);
    buffer_free(&known);
    return NULL;
}

const struct family *family_of_random(void)
{
    return families[0];
}

const struct config_schema *family_schema(const char *model_type, struct error *e)
{
    const struct family *f = family_find(model_type, e);
    return f ? &f->config : NULL;
}
