/* Where programs of a person keep their files, after the XDG base directory specification
 * (specifications.freedesktop.org/basedir-spec): a variable counts when it holds an
 * absolute path; without it the folder lies below $HOME.
 *
 *     char *path = folders_state("progress.tsv");   // ~/.local/state/stepformer/…
 *     if (path && folders_make_above(path, e) == 0) …
 *     free(path);
 */
#ifndef FOLDERS_H
#define FOLDERS_H

#include "base/error.h"

/* The path of a file or folder of ours; it need not exist. Caller frees; NULL without a
 * home. */
char *folders_state(const char *name); /* what to go on from: progress */
char *folders_cache(const char *name); /* what can be computed again */
char *folders_data(const char *name);  /* what the person put there: lessons */

/* Makes the folders that a file lies in, for the person alone; existing ones stay as they
 * are. */
int folders_make_above(const char *path, struct error *e);

#endif
