#include "lesson/lesson.h"

#include "base/file.h"
#include "base/memory.h"
#include "lesson/asking.h"
#include "lesson/fences.h"
#include "lesson/run_fence.h"
#include "lesson/staging.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MOST ((size_t)1 << 20)

#define ID_MOST 64
#define SCENES_MOST 100

bool lesson_is_id(const char *s)
{
    size_t n = strlen(s);
    return n > 0 && n <= ID_MOST &&
           strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* ---- front matter ---- */

static int read_count(struct reader *r, const char *text, long line, long *out)
{
    char *end;
    *out = strtol(text, &end, 10);
    if (end == text || *end || *out < 0 || *out > 999)
        return reader_fail(
            r, line, 1, "part and minutes are whole numbers up to 999, such as part: 20");
    return 0;
}

static const char *const front_keys[] = {"id", "part", "title", "minutes", "text"};

const char *lesson_front_at(size_t index)
{
    return index < sizeof front_keys / sizeof *front_keys ? front_keys[index] : NULL;
}

static const char id_rule[] =
    "the id is the name of the lesson's folder: up to 64 small letters, digits and "
    "hyphens, such as 20-my-lesson";

static int front_field(struct reader *r, char *line, long number)
{
    struct lesson *l = r->lesson;
    char *value = text_cut_key(line);
    if (value)
        text_unquote(value);
    if (!value || !*value)
        return reader_fail(r, number, 1,
                           "the front matter has lines \"key: value\", such as title: "
                           "Attention");
    char **const texts[] = {&l->id, NULL, &l->title, NULL, &l->text};
    long *const counts[] = {NULL, &l->part, NULL, &l->minutes, NULL};
    for (size_t i = 0; lesson_front_at(i); i++) {
        if (strcmp(line, front_keys[i]) != 0)
            continue;
        if (counts[i])
            return read_count(r, value, number, counts[i]);
        free(*texts[i]);
        *texts[i] = mem_string(value);
        return i || lesson_is_id(value) ? 0 : reader_fail(r, number, 1, id_rule);
    }
    return reader_fail(r, number, 1,
                       "there is no such line in a front matter; there are id:, part:, "
                       "title:, minutes: and text:");
}

/* Reads the lines between the two "---"; `*at` is moved behind them. */
static int read_front(struct reader *r, const char **at, long *number)
{
    char *line;
    long column;
    int status = 0;
    bool closed = false;
    for (*number = 1; status == 0 && !closed && text_next_line(at, &line, &column);
         ++*number) {
        if (*number == 1)
            status = strcmp(line, "---") ? reader_fail(r, 1, 1,
                                                       "a lesson begins with --- and its "
                                                       "front matter: id, part, title, "
                                                       "minutes, text")
                                         : 0;
        else if (!strcmp(line, "---"))
            closed = true;
        else if (*line)
            status = front_field(r, line, *number);
        free(line);
    }
    if (status < 0)
        return -1;
    const struct lesson *l = r->lesson;
    if (!closed)
        return reader_fail(r, *number, 1,
                           "the front matter is not closed: end it with ---");
    if (!l->id || !l->title || !l->text)
        return reader_fail(r, 1, 1,
                           "the front matter needs its lines id:, title: and text:");
    return 0;
}

/* ---- values ---- */

static int read_fact(struct reader *r, struct lesson_value *v, const char *text)
{
    const char *bar = strchr(text, '|');
    if (!bar)
        return reader_fail(r, v->span->line, v->span->column,
                           "a fact needs its source: {{fact: 28.4 | Table 2}}");
    v->fact = mem_bytes(text, (size_t)(bar - text));
    v->source = mem_string(bar + 1);
    text_trim(v->fact);
    text_trim(v->source);
    return 0;
}

static int read_values(struct reader *r, struct scene *s, const struct predict *of,
                       const struct prose *prose)
{
    for (size_t i = 0; i < prose->count; i++) {
        const struct span *span = &prose->items[i];
        if (span->kind != SPAN_VALUE)
            continue;
        s->values =
            mem_grow(s->values, s->value_count, &s->value_capacity, sizeof *s->values);
        struct lesson_value *v = &s->values[s->value_count++];
        *v = (struct lesson_value){.span = span, .of = of};
        const char *text = span->text + strspn(span->text, " ");
        if (!strncmp(text, "fact:", 5)) {
            if (read_fact(r, v, text + 5) < 0)
                return -1;
            continue;
        }
        struct source source = reader_source(r, span->text, span->line, span->column);
        v->node = syntax_value(&source, v->format, r->e);
        if (!v->node)
            return -1;
    }
    return 0;
}

/* ---- scenes ---- */

static struct block *add_block(struct scene *s, enum block_kind kind, long line)
{
    s->blocks =
        mem_grow(s->blocks, s->block_count, &s->block_capacity, sizeof *s->blocks);
    struct block *b = &s->blocks[s->block_count++];
    *b = (struct block){.kind = kind, .marker = "", .line = line};
    return b;
}

/* The picture stands where its stage fence is, else where the last compute fence is. */
static void move_picture(struct scene *s, long line)
{
    for (size_t i = 0; i < s->block_count; i++)
        if (s->blocks[i].kind == BLOCK_PICTURE) {
            memmove(s->blocks + i, s->blocks + i + 1,
                    sizeof *s->blocks * (s->block_count - i - 1));
            s->block_count--;
            break;
        }
    add_block(s, BLOCK_PICTURE, line);
}

static void note_fence(struct scene *s, const char *kind)
{
    char *fences =
        mem_format("%s%s%s", s->fences ? s->fences : "", s->fences ? " " : "", kind);
    free(s->fences);
    s->fences = fences;
}

static int add_question(struct reader *r, struct scene *s, struct markdown_block *b)
{
    add_block(s, BLOCK_PREDICT, b->line)->index = s->predict_count;
    return fence_question(r, s, b);
}

static int add_staging(struct reader *r, struct scene *s, struct markdown_block *b)
{
    if (!s->staging) /* both pictures stand where the first one does */
        move_picture(s, b->line);
    return fence_staging(r, s, b);
}

static int add_runs(struct reader *r, struct scene *s, struct markdown_block *b)
{
    return fence_runs(r, s, b);
}

static int add_compute(struct reader *r, struct scene *s, struct markdown_block *b)
{
    if (!s->staging)
        move_picture(s, b->line);
    return fence_compute(r, s, b);
}

static int add_claims(struct reader *r, struct scene *s, struct markdown_block *b)
{
    return fence_claims(r, s, b);
}

static int add_notes(struct reader *r, struct scene *s, struct markdown_block *b)
{
    (void)r;
    free(s->notes);
    s->notes = mem_string(b->code);
    return 0;
}

static const struct {
    const char *name;
    int (*add)(struct reader *r, struct scene *s, struct markdown_block *b);
} fences[] = {{"stage", add_staging},   {"run", add_runs},
              {"compute", add_compute}, {"predict", add_question},
              {"recall", add_question}, {"fill", add_question},
              {"assert", add_claims},   {"notes", add_notes}};

const char *lesson_fence_at(size_t index)
{
    return index < sizeof fences / sizeof *fences ? fences[index].name : NULL;
}

static int unknown_fence(struct reader *r, const struct markdown_block *b)
{
    struct buffer names = {0};
    for (size_t i = 0; lesson_fence_at(i); i++)
        buffer_addf(&names, "%s%s", i ? ", " : "", lesson_fence_at(i));
    char *message =
        mem_format("there is no fence %.40s; there are %s; ```text shows as it "
                   "stands",
                   b->info, names.data);
    reader_fail(r, b->line - 1, 1, message);
    free(message);
    buffer_free(&names);
    return -1;
}

static int add_code(struct reader *r, struct scene *s, struct markdown_block *b)
{
    for (size_t i = 0; lesson_fence_at(i); i++)
        if (!strcmp(b->info, fences[i].name)) {
            note_fence(s, fences[i].name);
            return fences[i].add(r, s, b);
        }
    if (*b->info && strcmp(b->info, "text") && strcmp(b->info, "sh"))
        return unknown_fence(r, b);
    return fence_code(r, b, &add_block(s, BLOCK_CODE, b->line)->prose);
}

static char *plain_text(const struct prose *p)
{
    struct buffer b = {0};
    for (size_t i = 0; i < p->count; i++)
        buffer_add(&b, p->items[i].kind == SPAN_BREAK ? " " : p->items[i].text);
    return buffer_take(&b);
}

static int add_heading(struct reader *r, struct markdown_block *b)
{
    struct lesson *l = r->lesson;
    if (b->level == 1 && !l->count)
        return 0; /* the title, for the code host */
    if (b->level != 2)
        return reader_fail(r, b->line, 1,
                           "a scene begins with ## and has no headings of its own; write "
                           "**strong** text");
    for (size_t i = 0; i < b->prose.count; i++)
        if (b->prose.items[i].kind == SPAN_VALUE)
            return reader_fail(
                r, b->line, 1,
                "a title holds no values; put the {{…}} into the text below it");
    if (l->count == SCENES_MOST)
        return reader_fail(r, b->line, 1,
                           "a lesson has 100 scenes at most; begin another one");
    l->scenes = mem_grow(l->scenes, l->count, &l->capacity, sizeof *l->scenes);
    l->scenes[l->count++] =
        (struct scene){.title = plain_text(&b->prose), .line = b->line};
    return 0;
}

static const char *static_marker(const char *marker)
{
    static const char *const numbers[] = {"1.", "2.", "3.", "4.", "5.",
                                          "6.", "7.", "8.", "9."};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!strcmp(marker, numbers[i]))
            return numbers[i];
    return *marker ? "•" : "";
}

static int add_markdown(struct reader *r, struct markdown_block *b)
{
    if (b->kind == MARKDOWN_HEADING)
        return add_heading(r, b);
    if (!r->lesson->count)
        return reader_fail(r, b->line, 1,
                           "nothing stands before the first scene; write its ## title "
                           "above this");
    struct scene *s = &r->lesson->scenes[r->lesson->count - 1];
    if (b->kind == MARKDOWN_CODE)
        return add_code(r, s, b);
    struct block *block = add_block(s,
                                    b->kind == MARKDOWN_ITEM    ? BLOCK_ITEM
                                    : b->kind == MARKDOWN_QUOTE ? BLOCK_QUOTE
                                                                : BLOCK_PARAGRAPH,
                                    b->line);
    block->level = b->level;
    block->marker = static_marker(b->marker);
    block->prose = b->prose;
    b->prose = (struct prose){0};
    return 0;
}

/* Blocks and questions do not move any more: their values can be pointed at. */
static int scene_values(struct reader *r, struct scene *s)
{
    for (size_t i = 0; i < s->block_count; i++)
        if (read_values(r, s, NULL, &s->blocks[i].prose) < 0)
            return -1;
    for (size_t i = 0; i < s->predict_count; i++) {
        const struct predict *p = &s->predicts[i];
        const struct prose *prose;
        for (size_t k = 0; (prose = predict_prose(p, k)) != NULL; k++)
            if (read_values(r, s, p, prose) < 0)
                return -1;
    }
    return 0;
}

static int read_lesson(struct reader *r, const char *text)
{
    struct markdown m = {0};
    long line = 1;
    int status = 0;
    if (read_front(r, &text, &line) < 0)
        return -1;
    if (markdown_parse(text, line, &m, r->e) < 0)
        return reader_name_file(r);
    for (size_t i = 0; i < m.count && status == 0; i++)
        status = add_markdown(r, &m.items[i]);
    markdown_free(&m);
    for (size_t i = 0; i < r->lesson->count && status == 0; i++)
        status = scene_values(r, &r->lesson->scenes[i]);
    if (status == 0)
        status = run_names_check(r);
    if (status == 0 && !r->lesson->count)
        return reader_fail(r, line, 1,
                           "a lesson has at least one scene; write its ## title below "
                           "the front matter");
    return status;
}

struct lesson *lesson_parse(const char *text, const char *file, struct error *e)
{
    struct error own = {0};
    struct lesson *l = mem_zero(1, sizeof *l);
    l->file = mem_string(file);
    struct reader r = {l, e ? e : &own, 0};
    char *clean = markdown_clean(text + (strncmp(text, "\xef\xbb\xbf", 3) ? 0 : 3), r.e);
    int status = clean ? read_lesson(&r, clean) : reader_name_file(&r);
    free(clean);
    if (status == 0)
        return l;
    lesson_free(l);
    return NULL;
}

struct lesson *lesson_open(const char *path, struct error *e)
{
    size_t length;
    char *text = file_read(path, FILE_MOST, &length, e);
    if (!text)
        return NULL;
    struct lesson *l = NULL;
    if (strlen(text) == length) {
        l = lesson_parse(text, path, e);
    } else {
        error_set(e, "the file holds a byte 0; a lesson is UTF-8 text, save it as such");
        error_at(e, path, 0, 0);
    }
    free(text);
    return l;
}

void lesson_free(struct lesson *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->count; i++)
        scene_free(&l->scenes[i]);
    free(l->scenes);
    free(l->file);
    free(l->id);
    free(l->title);
    free(l->text);
    free(l);
}
