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

const struct family *family_cut(char *settings, struct error *e)
{
    static const char key[] = "model_type=";
    char *at = settings;
    while (at && strncmp(at, key, strlen(key)))
        at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL;
    if (!at)
        return family_of_random();
    size_t n = strcspn(at, ",");
    char *type = mem_bytes(at + strlen(key), n - strlen(key));
    const struct family *f = family_find(type, e);
    bool last = !at[n];
    memmove(at, at + n + !last, strlen(at + n + !last) + 1);
    if (last && at > settings)
        at[-1] = 0;
    free(type);
    return f;
}

const struct config_schema *family_schema(const char *model_type, struct error *e)
{
    const struct family *f = family_find(model_type, e);
    return f ? &f->config : NULL;
}
