#include "base/data.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdbool.h>
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

/* "assets/NAME" or "share/stepformer/NAME" in one of the folders above the program: one
 * of a build tree lies in build/ or some levels deeper, an installed one in bin/. */
static char *near_program(const char *name, bool beside)
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
        if (!path && beside && up > 0)
            path = if_exists(file_join(self, name));
        if (path)
            return path;
    }
    return NULL;
}

static char *find(const char *name, bool beside)
{
    const char *chosen = getenv("STEPFORMER_DATA");
    if (chosen && *chosen) {
        char *path = if_exists(file_join(chosen, name));
        return path || !beside ? path : if_exists(mem_format("%s/../%s", chosen, name));
    }
    char *path = near_program(name, beside);
    return path ? path : if_exists(file_join(INSTALLED_DATA, name));
}

char *data_path(const char *name)
{
    return find(name, false);
}

char *data_path_beside(const char *name)
{
    return find(name, true);
}
