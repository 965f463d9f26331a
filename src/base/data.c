#include "base/data.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef INSTALLED_DATA
#define INSTALLED_DATA "/usr/local/share/stepformer"
#endif

static char *if_exists(char *path)
{
    if (file_exists(path))
        return path;
    free(path);
    return NULL;
}

/* In a build tree the lessons lie beside the assets. */
static char *beside(const char *folder, const char *name)
{
    return strcmp(name, "lessons") ? NULL : if_exists(file_join(folder, name));
}

/* "assets/NAME" or "share/stepformer/NAME" in one of the folders above the program: one
 * of a build tree lies in build/ or some levels deeper, an installed one in bin/. */
static char *near_program(const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return NULL;
    self[n] = 0;
    for (int up = 0; up < 5; up++) {
        char *slash = strrchr(self, '/');
        if (!slash || slash == self)
            return NULL;
        *slash = 0;
        char *path = if_exists(mem_format("%s/assets/%s", self, name));
        if (!path)
            path = if_exists(mem_format("%s/share/stepformer/%s", self, name));
        if (!path && up > 0)
            path = beside(self, name);
        if (path)
            return path;
    }
    return NULL;
}

char *data_path(const char *name)
{
    const char *chosen = getenv("STEPFORMER_DATA");
    if (chosen && *chosen) {
        char *own = if_exists(file_join(chosen, name));
        char *parent = mem_format("%s/..", chosen);
        if (!own)
            own = beside(parent, name);
        free(parent);
        return own;
    }
    char *path = near_program(name);
    return path ? path : if_exists(file_join(INSTALLED_DATA, name));
}
