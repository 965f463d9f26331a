#include "model/beside.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KEY "beside"

/* ---- the name ---- */

/* A plain name leads nowhere but beside; whoever writes a path meant something else. */
static bool is_plain(const char *name)
{
    return name && *name && strlen(name) <= 200 && !strpbrk(name, "/\\.@") &&
           text_find_control(name, strlen(name)) == strlen(name);
}

static int bad_name(const struct json *value, struct error *e)
{
    char *safe = text_sanitize(json_text(value) ? json_text(value) : json_kind(value));
    error_set(e, "key \"" KEY "\" is %.60s: write the plain name of a folder that lies "
              "beside this one, such as \"ko-en\", without a slash or dot",
              *safe ? safe : "empty");
    free(safe);
    return -1;
}

static bool same_folder(const char *a, const char *b)
{
    char *x = file_full_path(a), *y = file_full_path(b);
    bool same = !strcmp(x, y);
    free(x);
    free(y);
    return same;
}

int beside_find(const char *folder, const struct json *config, char **out,
                struct error *e)
{
    const struct json *value = json_get(config, KEY);
    const char *name = json_text(value);
    *out = NULL;
    if (json_is_null(value))
        return 0;
    if (!is_plain(name))
        return bad_name(value, e);
    char *near = mem_format("%s/../%s", folder, name);
    int status = 0;
    if (!file_is_folder(near))
        status = error_set(e, "key \"" KEY "\" is %.60s, and no folder of that name lies "
                           "beside this one: put it there, or leave the key out", name);
    else if (same_folder(near, folder))
        status = error_set(e, "key \"" KEY "\" is %.60s, this folder itself: name "
                           "another, or leave the key out", name);
    else
        *out = file_full_path(near);
    free(near);
    return status;
}

/* ---- files ---- */

static const char *const tokenizers[] = {"tokenizer.json", "source_tokenizer.json",
                                         "target_tokenizer.json"};
static const char *const of_training[] = {"config.json", "model.safetensors",
                                          "train.log", "loss.tsv"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool is_one_of(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(list[i], name))
            return true;
    return false;
}

static char *file_in(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    if (file_exists(path))
        return path;
    free(path);
    return NULL;
}

static bool has_tokenizer(const char *folder)
{
    bool has = false;
    for (size_t i = 0; i < COUNT(tokenizers); i++) {
        char *path = file_in(folder, tokenizers[i]);
        has = has || path;
        free(path);
    }
    return has;
}

/* Does the folder do without the file of another? */
static bool is_own(const char *folder, const char *name)
{
    return is_one_of(of_training, COUNT(of_training), name) ||
           (is_one_of(tokenizers, COUNT(tokenizers), name) && has_tokenizer(folder));
}

char *beside_file(const char *folder, const char *beside, const char *name)
{
    char *path = file_in(folder, name);
    return path || !beside || is_own(folder, name) ? path : file_in(beside, name);
}
