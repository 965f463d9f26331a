#include "base/file.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static long until_failure;

void file_fail_after(long n)
{
    until_failure = n;
}

/* Is this call to the system the one that a test wants to fail? */
static bool refused(void)
{
    if (until_failure <= 0 || --until_failure > 0)
        return false;
    errno = EIO;
    return true;
}

/* Opens a regular file for reading and tells its size; -1 with an error. A pipe or a
 * device could block or never end, so it is refused before anything is read. */
static int open_regular(const char *path, size_t *size, struct error *e)
{
    struct stat s;
    int fd = refused() ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        error_set(e, "cannot be opened: %s", strerror(errno));
        return error_at(e, path, 0, 0);
    }
    if (fstat(fd, &s) < 0 || !S_ISREG(s.st_mode)) {
        close(fd);
        error_set(e, "is not a regular file");
        return error_at(e, path, 0, 0);
    }
    *size = (size_t)s.st_size;
    return fd;
}

/* Reads until the end or until `limit` is passed. */
static char *read_all(int fd, size_t limit, size_t *length, struct error *e)
{
    struct buffer b = {0};
    char block[16384];
    for (;;) {
        ssize_t n = refused() ? -1 : read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            error_set(e, "cannot be read: %s", strerror(errno));
            break;
        }
        if (n == 0) {
            if (length)
                *length = b.length;
            return buffer_take(&b);
        }
        if (b.length + (size_t)n > limit) {
            error_set(e, "is larger than the %zu bytes allowed here", limit);
            break;
        }
        buffer_add_bytes(&b, block, (size_t)n);
    }
    buffer_free(&b);
    return NULL;
}

char *file_read(const char *path, size_t limit, size_t *length, struct error *e)
{
    size_t size;
    int fd = open_regular(path, &size, e);
    if (fd < 0)
        return NULL;
    char *text = read_all(fd, limit, length, e);
    close(fd);
    if (!text)
        error_at(e, path, 0, 0);
    return text;
}

char *file_read_stdin(size_t limit, size_t *length, struct error *e)
{
    char *text = read_all(STDIN_FILENO, limit, length, e);
    if (!text)
        error_at(e, "standard input", 0, 0);
    return text;
}

int file_map(const char *path, struct file_map *map, struct error *e)
{
    *map = (struct file_map){0};
    size_t size;
    int fd = open_regular(path, &size, e);
    if (fd < 0)
        return -1;
    void *data = NULL;
    if (size)
        data = refused() ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED) {
        error_set(e, "cannot be mapped: %s", strerror(errno));
        return error_at(e, path, 0, 0);
    }
    map->data = data;
    map->size = size;
    return 0;
}

void file_unmap(struct file_map *map)
{
    if (map->data)
        munmap((void *)map->data, map->size);
    *map = (struct file_map){0};
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length) {
        ssize_t n = refused() ? -1 : write(fd, data, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        length -= (size_t)n;
    }
    return 0;
}

/* What a file of this program may be used for by others, as the person has set it. */
static mode_t common_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static int cannot_write(const char *path, int cause, struct error *e)
{
    error_set(e, "cannot be written: %s", strerror(cause));
    return error_at(e, path, 0, 0);
}

/* A name that stands for something open, such as /dev/stdout: when that is a file, the
 * name looks like one, and renaming over it would take the name away from everybody. */
static bool is_stream(const char *path)
{
    char target[64];
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n < 0 ? 0 : n] = 0;
    return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0 ||
           strncmp(target, "/dev/", 5) == 0 || strncmp(target, "/proc/", 6) == 0;
}

static int write_as(const char *path, const void *data, size_t length, mode_t mode,
                    struct error *e)
{
    struct stat s; /* a device or a folder is not replaced by a file */
    if (is_stream(path) || (stat(path, &s) == 0 && !S_ISREG(s.st_mode))) {
        error_set(e, "cannot be written: it is not a regular file; choose another name");
        return error_at(e, path, 0, 0);
    }
    char *temporary = mem_format("%s.XXXXXX", path);
    int fd = refused() ? -1 : mkstemp(temporary), cause = errno;
    if (fd < 0) {
        free(temporary);
        return cannot_write(path, cause, e);
    }
    bool fine = fchmod(fd, mode) == 0 && write_all(fd, data, length) == 0;
    cause = errno;
    if (close(fd) != 0 && fine) {
        fine = false;
        cause = errno;
    }
    if (fine && (refused() || rename(temporary, path) != 0)) {
        fine = false;
        cause = errno;
    }
    if (!fine)
        unlink(temporary);
    free(temporary);
    return fine ? 0 : cannot_write(path, cause, e);
}

int file_write(const char *path, const void *data, size_t length, bool replace,
               struct error *e)
{
    if (!replace && file_exists(path)) {
        error_set(e, "exists already; --force replaces it");
        return error_at(e, path, 0, 0);
    }
    return write_as(path, data, length, common_mode(), e);
}

int file_write_private(const char *path, const void *data, size_t length,
                       struct error *e)
{
    return write_as(path, data, length, 0600, e);
}

char *file_join(const char *dir, const char *name)
{
    size_t n = strlen(dir);
    return mem_format("%s%s%s", dir, n && dir[n - 1] == '/' ? "" : "/", name);
}

char *file_full_path(const char *path)
{
    char *real = realpath(path, NULL);
    char *copy = mem_string(real ? real : path);
    free(real);
    return copy;
}

bool file_exists(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

int file_make_folder(const char *path, struct error *e)
{
    if (file_is_folder(path) || mkdir(path, 0777) == 0)
        return 0;
    error_set(e, "the folder cannot be made: %s", strerror(errno));
    return error_at(e, path, 0, 0);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int file_list(const char *path, char ***names, size_t *count, struct error *e)
{
    size_t capacity = 0;
    struct dirent *entry;
    DIR *dir = refused() ? NULL : opendir(path);
    *names = NULL;
    *count = 0;
    if (!dir) {
        error_set(e, "the folder cannot be read: %s", strerror(errno));
        return error_at(e, path, 0, 0);
    }
    while ((entry = readdir(dir)) != NULL) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        *names = mem_grow(*names, *count, &capacity, sizeof **names);
        (*names)[(*count)++] = mem_string(entry->d_name);
    }
    closedir(dir);
    if (*count)
        qsort(*names, *count, sizeof **names, compare_names);
    return 0;
}
