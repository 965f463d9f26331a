#include "lesson/run_fence.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const char *const keys[RUN_KEYS] = {"text", "target", "what-if", "model"};

const char *run_key_name(enum run_key key)
{
    return keys[key];
}

/* ---- one line ---- */

/* A line that is being read. */
struct line {
    struct reader *r;
    const char *text, *at;
    long number, column;
};

static long column_at(const struct line *l, const char *at)
{
    return l->column + (long)(at - l->text);
}

static int line_fail(const struct line *l, const char *at, const char *message)
{
    return reader_fail(l->r, l->number, column_at(l, at), message);
}

static void skip_space(struct line *l)
{
    l->at += strspn(l->at, " \t");
}

static int read_name(struct line *l, struct run_line *run)
{
    size_t n = strspn(l->at, LETTERS CAPITALS "0123456789_");
    const char *end = l->at + n + strspn(l->at + n, " \t");
    if (!n || !strchr(CAPITALS, *l->at) || *end != ':')
        return line_fail(l, l->at,
                         "a line of a run fence is written NAME: key=value; key=value, "
                         "and its name begins with a capital letter");
    run->name = mem_bytes(l->at, n);
    l->at = end + 1;
    return 0;
}

static int read_key(struct line *l, enum run_key *key)
{
    size_t n = strspn(l->at, LETTERS "-");
    const char *end = l->at + n + strspn(l->at + n, " \t");
    for (int k = 0; k < RUN_KEYS; k++)
        if (n == strlen(keys[k]) && !memcmp(keys[k], l->at, n) && *end == '=') {
            *key = (enum run_key)k;
            l->at = end + 1;
            return 0;
        }
    return line_fail(l, l->at, "a run knows text='…', target='…', what-if=… and "
                               "model=…, separated by ;");
}

/* The quote that closes a text is the one before the next ; or the end: it's. */
static const char *closing_quote(const char *text)
{
    for (const char *s = text + 1; (s = strchr(s, *text)) != NULL; s++) {
        const char *behind = s + 1 + strspn(s + 1, " \t");
        if (!*behind || *behind == ';')
            return s;
    }
    return NULL;
}

static int read_text(struct line *l, char **value)
{
    bool opens = *l->at == '\'' || *l->at == '"';
    const char *end = opens ? closing_quote(l->at) : NULL;
    if (!end)
        return line_fail(
            l, l->at,
            "a sentence stands in quotes, and ; or the end of the line behind "
            "them: text='나는 간다'");
    *value = mem_bytes(l->at + 1, (size_t)(end - l->at) - 1);
    l->at = end + 1;
    return 0;
}

/* Up to the next ; that stands in no quotes, which a what-if may have. */
static void read_list(struct line *l, char **value)
{
    const char *s = l->at;
    bool quoted = false;
    for (; *s && (quoted || *s != ';'); s++)
        quoted = quoted != (*s == '\'');
    *value = mem_bytes(l->at, (size_t)(s - l->at));
    text_trim(*value);
    l->at = s;
}

static int read_field(struct line *l, struct run_line *run)
{
    enum run_key key = RUN_TEXT;
    const char *begin = l->at;
    if (read_key(l, &key) < 0)
        return -1;
    if (run->value[key])
        return line_fail(l, begin,
                         "this key stands twice in the line; leave one of them out");
    skip_space(l);
    run->value_column[key] = column_at(l, l->at);
    if (key == RUN_TEXT || key == RUN_TARGET) {
        if (read_text(l, &run->value[key]) < 0)
            return -1;
    } else {
        read_list(l, &run->value[key]);
    }
    if (!*run->value[key])
        return reader_fail(l->r, l->number, run->value_column[key],
                           "nothing stands behind the =; write a value there");
    skip_space(l);
    return !*l->at || *l->at == ';'
               ? 0
               : line_fail(l, l->at, "; is expected here, before the next key");
}

static int read_run(struct line *l, struct run_line *run)
{
    if (read_name(l, run) < 0)
        return -1;
    skip_space(l);
    do {
        if (read_field(l, run) < 0)
            return -1;
        if (*l->at == ';')
            l->at++;
        skip_space(l);
    } while (*l->at);
    return 0;
}

/* ---- the fence ---- */

static size_t count_runs(const struct lesson *l)
{
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++)
        count += l->scenes[i].run_count;
    return count;
}

int fence_runs(struct reader *r, struct scene *s, const struct markdown_block *b)
{
    const char *at = b->code;
    char *text;
    long column, number = b->line;
    int status = 0;
    for (; status == 0 && text_next_line(&at, &text, &column); number++) {
        struct line l = {r, text, text, number, column};
        if (*text && *text != '#' && count_runs(r->lesson) == RUNS_MOST) {
            status = line_fail(&l, text,
                               "a lesson has 64 runs of its own at most; take "
                               "some away");
        } else if (*text && *text != '#') {
            s->runs = mem_grow(s->runs, s->run_count, &s->run_capacity, sizeof *s->runs);
            struct run_line *run = &s->runs[s->run_count++];
            *run = (struct run_line){.line = number, .column = column};
            status = read_run(&l, run);
        }
        free(text);
    }
    return status;
}

/* ---- names ---- */

/* A run of that name before a place in the lesson. */
static const struct run_line *find_before(const struct lesson *l, const char *name,
                                          size_t scene, size_t index)
{
    for (size_t i = 0; i <= scene && i < l->count; i++)
        for (size_t k = 0; k < l->scenes[i].run_count; k++)
            if ((i < scene || k < index) && !strcmp(l->scenes[i].runs[k].name, name))
                return &l->scenes[i].runs[k];
    return NULL;
}

static int fail_taken(struct reader *r, long line, long column,
                      const struct run_line *taken)
{
    char *message = mem_format("%.60s is the name of a run already, in line %ld: choose "
                               "another",
                               taken->name, taken->line);
    reader_fail(r, line, column, message);
    free(message);
    return -1;
}

static int check_scene(struct reader *r, size_t scene)
{
    const struct lesson *l = r->lesson;
    const struct scene *s = &l->scenes[scene];
    for (size_t i = 0; i < s->run_count; i++) {
        const struct run_line *taken = find_before(l, s->runs[i].name, scene, i);
        if (taken)
            return fail_taken(r, s->runs[i].line, s->runs[i].column, taken);
    }
    for (size_t i = 0; i < s->statement_count; i++) {
        const struct statement *st = &s->statements[i];
        const struct run_line *taken = find_before(l, st->name, l->count, 0);
        if (taken)
            return fail_taken(r, st->line, 1, taken);
    }
    return 0;
}

int run_names_check(struct reader *r)
{
    for (size_t i = 0; i < r->lesson->count; i++)
        if (check_scene(r, i) < 0)
            return -1;
    return 0;
}

/* ---- two languages ---- */

static bool same_value(const char *a, const char *b)
{
    return !strcmp(a ? a : "", b ? b : "");
}

bool run_lines_equal(const struct scene *a, const struct scene *b)
{
    bool same = a->run_count == b->run_count;
    for (size_t i = 0; same && i < a->run_count; i++) {
        same = !strcmp(a->runs[i].name, b->runs[i].name);
        for (int k = 0; k < RUN_KEYS; k++)
            same = same && same_value(a->runs[i].value[k], b->runs[i].value[k]);
    }
    return same;
}
