#include "screen/seen.h"

#include "base/file.h"
#include "chart/page.h"
#include "screen/screenshot.h"
#include "study/render.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MOST 100

/* ---- files ---- */

/* "NAME.png", or with "-2" … when that is taken. Caller frees. */
static char *free_name(const char *start)
{
    char *name = NULL;
    for (int i = 1; i <= NAMES_MOST; i++) {
        free(name);
        name = i > 1 ? mem_format("%s-%d.png", start, i) : mem_format("%s.png", start);
        if (!file_exists(name))
            break;
    }
    return name;
}

/* "encoder.1.self_attn.weights-head2", with "-links" for a chart that is not the plain
 * matrix. Caller frees. */
static char *name_of(const struct seen *s)
{
    const struct chart *v = &s->chart;
    if (!v->values || v->sheet.ref.kind == REF_NONE)
        return mem_format("stepformer-%s", s->kind->name);
    const char *id = sheet_name(&v->sheet);
    char *chart =
        s->kind == charts_at(0) ? mem_string("") : mem_format("-%s", s->kind->name);
    bool one = v->sheet.heads && !s->kind->subject; /* of its heads it shows one */
    char *head = one ? mem_format("-head%ld", v->at.head + 1) : mem_string("");
    char *name = mem_format("%s%s%s", id, chart, head);
    free(chart);
    free(head);
    return name;
}

char *seen_save(const struct seen *s, struct error *e)
{
    struct chart_heading heading = charts_heading(s->kind, &s->chart);
    struct chart_page page = {
        .heading = {heading.title, heading.subtitle, heading.badge}};
    char *start = name_of(s), *name = free_name(start);
    int status = charts_write(s->kind, &s->chart, &page, name, false, NULL, e);
    char *path = status < 0 ? NULL : file_full_path(name);
    free(start);
    free(name);
    charts_heading_free(&heading);
    return path;
}

char *seen_save_screen(const struct canvas *c, const char *screen, struct error *e)
{
    char *start = mem_format("stepformer-%s", screen), *name = free_name(start);
    int status = screenshot_write(c, name, false, e);
    char *path = status < 0 ? NULL : file_full_path(name);
    free(start);
    free(name);
    return path;
}

/* ---- the command ---- */

/* An argument as a POSIX shell reads it back. */
static void add_argument(struct buffer *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-./=,:@";
    buffer_add(out, " ");
    if (*text && strspn(text, plain) == strlen(text)) {
        buffer_add(out, text);
        return;
    }
    buffer_add(out, "'");
    for (; *text; text++)
        buffer_addf(out, *text == '\'' ? "'\\''" : "%c", *text);
    buffer_add(out, "'");
}

static void add_option(struct buffer *out, const char *option, const char *value)
{
    buffer_addf(out, " --%s", option);
    add_argument(out, value);
}

static void add_ids(struct buffer *out, const char *option, const int32_t *ids,
                    long count)
{
    struct buffer list = {0};
    for (long i = 0; i < count; i++)
        buffer_addf(&list, "%s%d", i ? "," : "", (int)ids[i]);
    add_option(out, option, list.data ? list.data : "");
    buffer_free(&list);
}

/* The sentence, or the ids that were given in its place. */
static void add_text(struct buffer *out, const struct session *s)
{
    if (s->text)
        add_argument(out, s->text);
    else
        add_ids(out, "ids", s->source, s->sources);
}

/* What is fed in the place of the model's own words. */
static void add_target(struct buffer *out, const struct session *s)
{
    if (!session_tokenizer(s, session_writes(s))) {
        add_ids(out, "target-ids", s->target + 1, s->targets - 1);
        return;
    }
    char *target = session_target_text(s);
    add_option(out, "target", target);
    free(target);
}

/* What of the run differs from the plain one. */
static void add_run(struct buffer *out, const struct session *s)
{
    if (strcmp(s->model->name, MODEL_DEFAULT) != 0)
        add_option(out, "model", s->model->name);
    if (s->forced)
        add_target(out, s);
    for (size_t i = 0; i < s->whatifs.count; i++) {
        char *text = whatif_text(&s->whatifs.items[i]);
        add_option(out, "what-if", text);
        free(text);
    }
}

/* The address of the lit cell: "2,1,3". Caller frees. */
static char *address_of(const struct chart *v)
{
    if (v->sheet.heads)
        return mem_format("%ld,%ld,%ld", v->at.head + 1, v->at.row + 1,
                          v->at.column + 1);
    if (v->sheet.stage->shape.rank == 1)
        return mem_format("%ld", v->at.row + 1);
    return mem_format("%ld,%ld", v->at.row + 1, v->at.column + 1);
}

static void add_explain(struct buffer *out, const struct seen *s)
{
    char *address = address_of(&s->chart);
    add_argument(out, stage_id(s->chart.sheet.stage));
    add_argument(out, address);
    free(address);
}

static void add_figure(struct buffer *out, const struct seen *s)
{
    const struct chart *v = &s->chart;
    char *name = name_of(s), *file = mem_format("%s.png", name);
    add_option(out, "kind", s->kind->name);
    add_option(out, "stage", stage_id(v->sheet.stage));
    if (v->sheet.heads && !s->kind->subject) {
        char *head = mem_format("%ld", v->at.head + 1);
        add_option(out, "head", head);
        free(head);
    }
    if (s->kind->one_row && v->sheet.rows > 1) {
        char *row = mem_format("%ld", v->at.row + 1);
        add_option(out, "row", row);
        free(row);
    }
    static const char *const ranges[] = {
        [RANGE_BY_HEAD] = "head", [RANGE_BY_ROW] = "row"};
    enum range_by by = sheet_range_by(&v->sheet, v->range_by);
    if (by != RANGE_BY_MATRIX)
        add_option(out, "range", ranges[by]);
    if (v->gloss)
        buffer_add(out, " --gloss");
    buffer_add(out, " -o");
    add_argument(out, file);
    free(name);
    free(file);
}

static char *exam_command(const struct seen *s)
{
    struct buffer out = {0};
    buffer_add(&out, "stepformer exam");
    for (size_t i = 1; i < s->chart.exam_count; i++)
        add_option(&out, "what-if", s->chart.exams[i].name);
    return buffer_take(&out);
}

char *seen_command(const struct seen *s)
{
    const struct session *run = s->chart.shown ? s->chart.shown->session : NULL;
    if (chart_is_of_exams(s->kind))
        return exam_command(s);
    if (!run || !s->chart.sheet.stage || s->chart.log ||
        s->chart.classes)
        return NULL;
    struct buffer out = {0};
    buffer_addf(&out, "stepformer %s", s->opened ? "explain" : "figure");
    add_text(&out, run);
    if (s->opened)
        add_explain(&out, s);
    else
        add_figure(&out, s);
    add_run(&out, run);
    return buffer_take(&out);
}
