/* Opening a model in a test, or once for all tests of a program. Needs the modules up to model/model. */
#ifndef MODELS_H
#define MODELS_H

#include "model/model.h"

#include "support.h"

/* The embedded model as it was once. Golden frames show its numbers, so that training the
 * embedded model again changes none of them; it is never made anew with it. */
#define MODEL_FROZEN "tests/data/models/frozen"

static inline struct model *open_model(const char *name)
{
    struct error e = {0};
    struct model *m = model_open(name, &e);
    if (!m)
        fail_msg("%s: %s", name, e.message);
    return m;
}

static struct model *shared_model_;

static inline void free_shared_model_(void)
{
    model_free(shared_model_);
    shared_model_ = NULL;
}

/* The same, opened once for the program: every call gives one more user, which frees it
 * like a model of its own and changes nothing in it. One that is not freed is a leak. */
static inline struct model *shared_model(const char *name)
{
    if (shared_model_ && strcmp(shared_model_->name, name))
        free_shared_model_();
    if (!shared_model_) {
        static bool at_exit;
        shared_model_ = open_model(name);
        if (!at_exit)
            atexit(free_shared_model_);
        at_exit = true;
    }
    return model_share(shared_model_);
}

#endif
