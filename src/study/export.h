/* A whole trace as files: one .npy or .csv a stage, and trace.json. */
#ifndef EXPORT_H
#define EXPORT_H

#include "study/session.h"

struct export_options {
    bool csv;   /* .csv instead of .npy */
    bool force; /* replace existing files */
};

/* The shape of a stage as an array. Caller frees, or gives it to an object. */
struct json *export_shape(const struct stage *stage);

/* Writes every stage of the session's trace into the folder, which is made when it does
 * not exist, and trace.json last (format "stepformer-trace", version 1); of a session
 * with gradients also grad.ID and grad.weight.NAME, listed under "gradients". Without
 * `force`, a folder that has a trace.json already is an error before anything is written.
 * */
int export_trace(struct session *s, const char *folder,
                 const struct export_options *options, struct error *e);

#endif
