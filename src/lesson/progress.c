#include "lesson/progress.h"

#include "base/bounds.h"
#include "base/file.h"
#include "base/folders.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE ((size_t)1 << 20)
#define LARGEST_NUMBER 9999
#define FIELDS 5 /* numbers behind the id */
#define MISSED_MOST 500

struct progress {
    char *path; /* NULL: memory only */
    struct progress_entry *items;
    size_t count, capacity;
};

char *progress_path(void)
{
    return folders_state("progress.tsv");
}

static struct progress_entry *find(const struct progress *p, const char *id)
{
    for (size_t i = 0; i < p->count; i++)
        if (!strcmp(p->items[i].id, id))
            return &p->items[i];
    return NULL;
}

const struct progress_entry *progress_get(const struct progress *p, const char *id)
{
    return find(p, id);
}

static bool fits_a_line(const char *id)
{
    for (const char *s = id; *s; s++)
        if (iscntrl((unsigned char)*s))
            return false;
    return *id;
}

/* "2.0@4 5.1@7" */
static bool is_missed(const char *s)
{
    size_t n = strlen(s);
    return n <= MISSED_MOST && strchr(s, '@') && strspn(s, "0123456789.@ ") == n;
}

static char *copy_missed(const char *missed)
{
    return missed && is_missed(missed) ? mem_string(missed) : NULL;
}

/* A lesson may have lost scenes or questions since. */
static void keep_in_order(struct progress_entry *x)
{
    x->scenes = between(x->scenes, 1, LARGEST_NUMBER);
    x->scene = between(x->scene, 0, x->scenes - 1);
    x->furthest = between(x->furthest, x->scene, x->scenes - 1);
    x->asked = between(x->asked, 0, LARGEST_NUMBER);
    x->right = between(x->right, 0, x->asked);
}

void progress_set(struct progress *p, const struct progress_entry *entry)
{
    struct progress_entry *kept = find(p, entry->id);
    if (!kept && !fits_a_line(entry->id))
        return;
    if (!kept) {
        p->items = mem_grow(p->items, p->count, &p->capacity, sizeof *p->items);
        kept = &p->items[p->count++];
        *kept = (struct progress_entry){.id = mem_string(entry->id)};
    }
    char *id = kept->id, *missed = copy_missed(entry->missed);
    free(kept->missed);
    *kept = *entry;
    kept->id = id;
    kept->missed = missed;
    keep_in_order(kept);
}

/* ---- reading ---- */

/* "\t3\t7…": FIELDS numbers, and maybe one field more, which is handed back; NULL when
 * they are not all there. */
static const char *read_numbers(const char *s, int numbers[FIELDS])
{
    for (int i = 0; i < FIELDS; i++) {
        char *end;
        if (s[0] != '\t' || !isdigit((unsigned char)s[1]))
            return NULL;
        long n = strtol(s + 1, &end, 10);
        if (n > LARGEST_NUMBER)
            return NULL;
        numbers[i] = (int)n;
        s = end;
    }
    if (*s == '\t' && is_missed(s + 1))
        return s + 1;
    return *s ? NULL : s;
}

static void read_line(struct progress *p, char *line)
{
    int n[FIELDS];
    size_t length = strcspn(line, "\t");
    const char *missed = length ? read_numbers(line + length, n) : NULL;
    if (!missed)
        return;
    line[length] = 0;
    progress_set(p, &(struct progress_entry){.id = line,
                                             .scene = n[0],
                                             .furthest = n[1],
                                             .scenes = n[2],
                                             .asked = n[3],
                                             .right = n[4],
                                             .missed = (char *)missed});
}

struct progress *progress_open(const char *path)
{
    struct progress *p = mem_zero(1, sizeof *p);
    struct error ignored = {0};
    char *rest = NULL;
    if (!path)
        return p;
    p->path = mem_string(path);
    char *text = file_read(path, LARGEST_FILE, NULL, &ignored);
    if (text)
        for (char *l = strtok_r(text, "\r\n", &rest); l;
             l = strtok_r(NULL, "\r\n", &rest))
            read_line(p, l);
    free(text);
    return p;
}

void progress_free(struct progress *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++) {
        free(p->items[i].id);
        free(p->items[i].missed);
    }
    free(p->items);
    free(p->path);
    free(p);
}

/* ---- writing ---- */

int progress_save(const struct progress *p, struct error *e)
{
    struct buffer b = {0};
    if (!p->path)
        return 0;
    for (size_t i = 0; i < p->count; i++) {
        const struct progress_entry *x = &p->items[i];
        buffer_addf(&b, "%s\t%d\t%d\t%d\t%d\t%d%s%s\n", x->id, x->scene, x->furthest,
                    x->scenes, x->asked, x->right, x->missed ? "\t" : "",
                    x->missed ? x->missed : "");
    }
    int status = folders_make_above(p->path, e);
    if (status == 0)
        status = file_write(p->path, b.data ? b.data : "", b.length, true, e);
    buffer_free(&b);
    return status;
}
