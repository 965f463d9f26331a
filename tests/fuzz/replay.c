/* Runs a fuzz target over files: `replay_NAME FOLDER…`. A target that finds a fault ends
 * the program; the last line printed names the file. Works with every compiler. */
#include "fuzz.h"

#include "base/file.h"

#include <dirent.h>

#define LIMIT 10000000

/* In memory of exactly its size, so that the sanitizers see a step beyond it. */
static void replay_file(const char *path)
{
    struct error e = {0};
    size_t size = 0;
    char *text = file_read(path, LIMIT, &size, &e);
    if (!text) {
        error_print(&e);
        exit(1);
    }
    printf("%s\n", path);
    fflush(stdout);
    uint8_t *exact = malloc(size ? size : 1);
    PROMISE(exact);
    memcpy(exact, text, size);
    free(text);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static int replay_folder(const char *name)
{
    DIR *folder = opendir(name);
    int files = 0;
    if (!folder) {
        fprintf(stderr, "%s: there is no such folder\n", name);
        exit(1);
    }
    for (struct dirent *d; (d = readdir(folder)); ) {
        char *path = file_join(name, d->d_name);
        if (!file_is_folder(path)) {
            replay_file(path);
            files++;
        }
        free(path);
    }
    closedir(folder);
    return files;
}

int main(int argc, char **argv)
{
    int files = 0;
    for (int i = 1; i < argc; i++)
        files += replay_folder(argv[i]);
    printf("%d files\n", files);
    return files > 0 ? 0 : 1;
}
