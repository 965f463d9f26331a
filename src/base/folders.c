#include "base/folders.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A relative path is to be ignored as if it were not set. */
static char *find(const char *variable, const char *below_home, const char *name)
{
    const char *chosen = getenv(variable), *home = getenv("HOME");
    if (chosen && *chosen == '/')
        return mem_format("%s/stepformer/%s", chosen, name);
    if (home && *home == '/')
        return mem_format("%s/%s/stepformer/%s", home, below_home, name);
    return NULL;
}

char *folders_state(const char *name)
{
    return find("XDG_STATE_HOME", ".local/state", name);
}

char *folders_cache(const char *name)
{
    return find("XDG_CACHE_HOME", ".cache", name);
}

char *folders_data(const char *name)
{
    return find("XDG_DATA_HOME", ".local/share", name);
}

static int make(const char *path, struct error *e)
{
    if (file_is_folder(path) || mkdir(path, 0700) == 0 || errno == EEXIST)
        return 0;
    error_set(e, "the folder cannot be made: %s", strerror(errno));
    return error_at(e, path, 0, 0);
}

int folders_make_above(const char *path, struct error *e)
{
    int status = 0;
    char *folder = mem_string(path);
    for (char *s = folder; status == 0 && *s && (s = strchr(s + 1, '/')) != NULL;) {
        *s = 0;
        status = make(folder, e);
        *s = '/';
    }
    free(folder);
    return status;
}
