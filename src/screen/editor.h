/* The sentence editor: what is typed, the pieces that the model makes of it while it is
 * typed, what the model does not know, and examples to start from. */
#ifndef EDITOR_H
#define EDITOR_H

#include "screen/app.h"
#include "screen/walk_state.h"

/* Who wants a sentence. */
struct editor_use {
    const struct model *model; /* borrowed: its pieces and examples */
    const char *old;           /* the sentence so far, or NULL */
    /* Takes the new one; on an error the editor stays open and shows it. */
    int (*take)(void *data, const char *text, struct error *e);
    void *data;
};

/* `text` is put in, as if it had been typed, unless it is NULL. */
void editor_open_for(struct app *app, const struct editor_use *use, const char *text);

/* For the walk (borrowed). */
void editor_open(struct app *app, struct walk *w, const char *text);

#endif
