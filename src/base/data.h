/* Where the program's own files are: $STEPFORMER_DATA, else the assets of the build tree
 * that the program was started from, else PREFIX/share/stepformer. */
#ifndef DATA_H
#define DATA_H

/* The path of "models/ko-en" or the like, if it exists; NULL otherwise. Caller frees. */
char *data_path(const char *name);

/* The same for a folder that a build tree has beside its assets. */
char *data_path_beside(const char *name);

#endif
