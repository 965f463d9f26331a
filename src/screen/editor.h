/* The sentence editor: what is typed, the pieces that the model makes of it while it is
 * typed, what the model does not know, and examples to start from. It is opened on a
 * walk, or for somebody else who wants a sentence:
 *
 *     app_open(app, SCREEN_EDITOR, &(struct subject){.has = NEED_MODEL, .use = &use});
 *
 * The text of the subject is put in, as if it had been typed. */
#ifndef EDITOR_H
#define EDITOR_H

#include "base/error.h"
#include "model/model.h"

/* Who wants a sentence. */
struct editor_use {
    const struct model *model; /* borrowed: its pieces and examples */
    const char *old;           /* the sentence so far, or NULL */
    /* Takes the new one; on an error the editor stays open and shows it. */
    int (*take)(void *data, const char *text, struct error *e);
    void *data;
};

#endif
