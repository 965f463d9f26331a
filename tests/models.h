/* Opening a model in a test. Needs the modules up to model/model. */
#ifndef MODELS_H
#define MODELS_H

#include "model/model.h"

#include "support.h"

static inline struct model *open_model(const char *name)
{
    struct error e = {0};
    struct model *m = model_open(name, &e);
    if (!m)
        fail_msg("%s: %s", name, e.message);
    return m;
}

#endif
