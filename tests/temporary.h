/* A folder for the time of a test. Needs the modules up to base/file. */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include "base/file.h"

#include "support.h"

#include <unistd.h>

/* Makes one in $TMPDIR or /tmp; false when that fails. */
static inline bool temporary_folder(char *out, size_t size)
{
    const char *parent = getenv("TMPDIR");
    snprintf(out, size, "%s/stepformer-XXXXXX", parent ? parent : "/tmp");
    return mkdtemp(out) != NULL;
}

/* Removes a folder with all that is in it. */
static inline void remove_all(const char *folder)
{
    char **names;
    size_t count;
    if (file_list(folder, &names, &count, NULL) == 0) {
        for (size_t i = 0; i < count; i++) {
            char *path = file_join(folder, names[i]);
            if (file_is_folder(path))
                remove_all(path);
            else
                unlink(path);
            free(path);
            free(names[i]);
        }
        free(names);
    }
    rmdir(folder);
}

#endif
