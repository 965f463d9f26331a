#include "cli/runs.h"

#include "base/file.h"
#include "base/say.h"
#include "chart/charts.h"
#include "chart/page.h"
#include "base/text.h"
#include "cli/common.h"
#include "paint/picture.h"
#include "study/address.h"
#include "study/exam_cache.h"
#include "study/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 40

/* Everything a figure borrows until it is drawn. */
struct preparation {
    const struct options *o;
    const struct chart_kind *kind;
    struct exhibit shown;
    const struct stage *stage;
    struct chart chart;
    struct labels rows, columns; /* owned: as drawn, by piece or by word */
    /* owned: of rows and of columns, the word that each piece belongs to, NULL by piece;
     * and those that are left when the special tokens are left out, NULL for all */
    long *groups[2], *kept[2];
    long words[2];
    struct tensor values; /* owned: of those rows and columns, where not all are shown */
    struct head_names *names; /* owned; NULL where the chart tells none */
    struct chart_heading heading;
    struct colormap_range range;
    struct chart_page page;
};

static void copy_labels(const struct labels *from, struct labels *to)
{
    for (size_t i = 0; i < from->count; i++) {
        struct label l = from->items[i];
        l.text = mem_string(l.text);
        l.next = l.next ? mem_string(l.next) : NULL;
        l.gloss = l.gloss ? mem_string(l.gloss) : NULL;
        l.roman = NULL;
        l.classes = NULL;
        labels_add(to, l);
    }
}

/* The first stage whose id ends so. */
static int find_ending(const struct plan *p, const char *end)
{
    for (size_t i = 0; i < p->count; i++) {
        const char *dot = strrchr(stage_id(&p->stages[i]), '.');
        if (dot && !strcmp(dot + 1, end))
            return (int)i;
    }
    return -1;
}

/* The stage of --stage, or that which the chart is made for, or the last cross-attention,
 * or the last attention at all. */
static int choose_stage(const struct options *o, const struct chart_kind *kind,
                        struct session *s, struct error *e)
{
    const char *id = option_text(o, OPTION_STAGE, NULL);
    if (id)
        return cli_stage(s, id, e);
    int self = -1, cross = -1;
    const struct plan *p = trace_plan(s->trace);
    int own = kind->stage ? find_ending(p, kind->stage) : -1;
    if (kind->stage && own < 0)
        return error_set(e,
                         "figure: this model has no stage %s; name one with --stage",
                         kind->stage);
    for (size_t i = 0; i < p->count && own < 0; i++) {
        if (p->stages[i].role != ROLE_SOFTMAX)
            continue;
        self = (int)i;
        if (p->stages[i].axes[1].side != p->stages[i].axes[2].side)
            cross = (int)i;
    }
    if (own >= 0)
        return own;
    if (self < 0)
        error_set(e, "figure: this model has no attention; name a stage with --stage");
    return cross >= 0 ? cross : self;
}

/* Rows and columns of the preparation's own labels. */
static void label_by(struct preparation *p)
{
    struct sheet *s = &p->chart.sheet;
    if (s->row_labels) {
        s->row_labels = &p->rows;
        s->rows = (long)p->rows.count;
    }
    if (s->column_labels) {
        s->column_labels = &p->columns;
        s->columns = (long)p->columns.count;
    }
}

static int take_words(struct preparation *p, struct error *e)
{
    const struct sheet *s = &p->chart.sheet;
    if (p->stage->role != ROLE_SOFTMAX)
        return error_usage(e,
                           "option --by word: only attention weights have rows and "
                           "columns that are words; %s has not",
                           stage_id(p->stage));
    p->rows = words_labels(s->row_labels, &p->groups[0]);
    p->columns = words_labels(s->column_labels, &p->groups[1]);
    p->words[0] = (long)p->rows.count;
    p->words[1] = (long)p->columns.count;
    label_by(p);
    return 0;
}

/* The labels of both axes, and pieces grouped to words when that was asked for. */
static int take_labels(struct preparation *p, struct error *e)
{
    static const char *const ways[] = {"piece", "word", NULL};
    int way = option_choice(p->o, OPTION_BY, ways, e);
    const struct sheet *s = &p->chart.sheet;
    if (way < 0)
        return -1;
    if (p->stage->shape.rank < 2)
        return error_set(e,
                         "figure: the stage %s has one row of ids; there is nothing to "
                         "draw",
                         stage_id(p->stage));
    if (way == 1)
        return take_words(p, e);
    if (s->row_labels)
        copy_labels(s->row_labels, &p->rows);
    if (s->column_labels)
        copy_labels(s->column_labels, &p->columns);
    label_by(p);
    return 0;
}

/* A piece may be of any length; a label takes so much room that the cells keep theirs. */
static void shorten(char **text)
{
    size_t fits = *text ? text_fit(*text, LABEL_COLUMNS) : 0;
    if (!*text || !(*text)[fits])
        return;
    char *part = mem_format("%.*s…", (int)fits, *text);
    free(*text);
    *text = part;
}

static void shorten_labels(struct labels *l)
{
    for (size_t i = 0; i < l->count; i++) {
        shorten(&l->items[i].text);
        shorten(&l->items[i].next);
        shorten(&l->items[i].gloss);
    }
}

/* ---- --no-special ---- */

/* Of decoder rows that ask, the one that predicts the end goes, and the first stays: what
 * it predicts is a word. Elsewhere the special tokens themselves go. */
static long keep(struct labels *l, bool has, bool asks, long size, long *kept)
{
    long n = 0;
    struct labels left = {0};
    for (long i = 0; i < size; i++) {
        bool predicts = has && asks && l->items[i].next;
        if (predicts ? l->items[i].last : has && l->items[i].special)
            continue;
        kept[n++] = i;
        if (has) {
            labels_add(&left, l->items[i]);
            l->items[i] = (struct label){0};
        }
    }
    if (has) {
        labels_free(l);
        *l = left;
    }
    return n;
}

static void leave_out_special(struct preparation *p)
{
    struct sheet *s = &p->chart.sheet;
    long m = s->rows, n = s->columns;
    bool has_rows = s->row_labels, has_columns = s->column_labels;
    bool tokens = s->column_axis != AXIS_VOCABULARY;
    p->kept[0] = mem_alloc((size_t)m, sizeof(long));
    p->kept[1] = mem_alloc((size_t)n, sizeof(long));
    s->rows = keep(&p->rows, has_rows, s->row_axis == AXIS_QUERY, m, p->kept[0]);
    s->columns = keep(&p->columns, has_columns && tokens, false, n, p->kept[1]);
}

/* The rows and columns of every head that are kept. */
static struct tensor kept_of(const struct preparation *p, const struct tensor *from)
{
    const struct sheet *s = &p->chart.sheet;
    long m = from->size[from->rank - 2], n = from->size[from->rank - 1];
    long heads = s->heads ? s->heads : 1, a = s->rows, b = s->columns;
    struct tensor t = *from;
    t.type = TENSOR_F64;
    t.size[t.rank - 2] = a;
    t.size[t.rank - 1] = b;
    t.f64 = mem_alloc((size_t)(heads * a * b), sizeof(double));
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < a; r++)
            for (long c = 0; c < b; c++)
                t.f64[(h * a + r) * b + c] =
                    tensor_get(from, (h * m + p->kept[0][r]) * n + p->kept[1][c]);
    return t;
}

/* Any stage's values as this preparation shows its own. */
static struct tensor regroup(const void *preparation, const struct tensor *whole)
{
    const struct preparation *p = preparation;
    if (!p->groups[0])
        return kept_of(p, whole);
    struct tensor words =
        words_map(whole, p->groups[0], p->words[0], p->groups[1], p->words[1]);
    if (!p->kept[0])
        return words;
    struct tensor kept = kept_of(p, &words);
    free(words.data);
    return kept;
}

static void take_values(struct preparation *p)
{
    if (!p->groups[0] && !p->kept[0])
        return;
    p->values = regroup(p, p->chart.values);
    p->chart.values = &p->values;
    p->chart.regroup = regroup;
    p->chart.regroup_with = p;
}

/* ---- the page ---- */

static int set_range(struct preparation *p, struct error *e)
{
    const char *text = option_text(p->o, OPTION_RANGE, "auto");
    char *end;
    bool head = !strcmp(text, "head"), row = !strcmp(text, "row");
    if (head || row || !strcmp(text, "auto")) {
        p->chart.range_by = head  ? RANGE_BY_HEAD
                            : row ? RANGE_BY_ROW
                                  : RANGE_BY_MATRIX;
        return 0;
    }
    double least = strtod(text, &end);
    bool comma = end != text && *end == ',';
    const char *second = comma ? end + 1 : text;
    double most = strtod(second, &end);
    if (!comma || end == second || *end || !(least < most) || !isfinite(most - least))
        return error_usage(e,
                           "option --range %.60s: auto, head, row, or two numbers A,B "
                           "with A < B, such as 0,1, are expected",
                           text);
    p->range = colormap_range_of(least, most);
    p->page.range = &p->range;
    return 0;
}

static int set_colormap(struct preparation *p, struct error *e)
{
    const char *map = option_text(p->o, OPTION_COLORMAP, NULL);
    p->page.map = map ? colormap_find(map) : NULL;
    if (!map || p->page.map)
        return 0;
    struct buffer names = {0};
    for (size_t i = 0; colormap_at(i); i++)
        buffer_addf(&names, "%s%s", i ? ", " : "", colormap_name(colormap_at(i)));
    error_usage(e, "option --colormap %.40s: it can be: %s", map, names.data);
    buffer_free(&names);
    return -1;
}

static int set_page(struct preparation *p, struct error *e)
{
    struct chart_page *page = &p->page;
    long digits = 0; /* as the chart likes it */
    const char *theme = option_text(p->o, OPTION_THEME, "light");
    if (option_integer(p->o, OPTION_DIGITS, 1, 6, &digits, e) < 0 ||
        option_number(p->o, OPTION_WIDTH, 40, 10000, &page->width, e) < 0 ||
        option_number(p->o, OPTION_SCALE, 0.25, 16, &page->medium.scale, e) < 0 ||
        set_range(p, e) < 0 || set_colormap(p, e) < 0)
        return -1;
    page->digits = (int)digits;
    page->print_values = option_is_set(p->o, OPTION_VALUES);
    if (frame_find_theme(theme, &page->theme) < 0)
        return error_usage(e, "option --theme %.40s: it can be: light, dark, transparent",
                           theme);
    p->heading = charts_heading(p->kind, &p->chart);
    page->heading = (struct frame_heading){
        option_text(p->o, OPTION_TITLE, p->heading.title), p->heading.subtitle,
        p->heading.badge};
    return 0;
}

/* The row of --row where a chart shows one; else the last of a vocabulary, which is what
 * comes next, or the first. */
static int choose_row(struct preparation *p, struct error *e)
{
    const struct chart_kind *kind = p->kind;
    const struct sheet *s = &p->chart.sheet;
    const char *text = option_text(p->o, OPTION_ROW, NULL);
    struct place *at = &p->chart.at;
    if (text && !kind->one_row)
        return error_usage(e, "option --row: the chart %s shows every row", kind->name);
    if (text)
        return address_parse_part(text, s->row_labels, s->rows, &at->row, e);
    bool last = (kind->needs & CHART_NEEDS_PLANE) == 0 && kind->one_row &&
                s->column_axis == AXIS_VOCABULARY;
    at->row = last ? s->rows - 1 : 0;
    return 0;
}

static int prepare(struct preparation *p, struct error *e)
{
    long head;
    if (cli_head(p->o, p->stage, &head, e) < 0)
        return -1;
    p->shown.at.head = p->chart.at.head = head < 0 ? 0 : head;
    p->chart.gloss = option_is_set(p->o, OPTION_GLOSS);
    if (take_labels(p, e) < 0)
        return -1;
    shorten_labels(&p->rows);
    shorten_labels(&p->columns);
    p->shown.at.head = head < 0 ? 0 : head;
    if (option_is_set(p->o, OPTION_NO_SPECIAL))
        leave_out_special(p);
    take_values(p);
    return choose_row(p, e) < 0 ? -1 : set_page(p, e);
}

static void release(struct preparation *p)
{
    labels_free(&p->rows);
    labels_free(&p->columns);
    for (int side = 0; side < 2; side++) {
        free(p->groups[side]);
        free(p->kept[side]);
    }
    free(p->values.data);
    charts_heading_free(&p->heading);
    head_names_free(p->names);
}

/* The names are of the intact model; one that cannot be asked has none. */
static void name_heads(struct preparation *p, struct session *s)
{
    if (!p->kind->names || s->whatifs.count || !head_where(p->stage))
        return;
    cli_keep_exams(p->o, true);
    p->names = head_names_new(s->model, 0, NULL);
    if (p->names)
        head_names_work(p->names, 0);
    p->chart.names = p->names;
    exam_cache_stop();
}

/* ---- the command ---- */

static const struct chart_kind *choose_kind(const struct options *o, struct error *e)
{
    const char *name = option_text(o, OPTION_KIND, "heatmap");
    const struct chart_kind *kind = charts_find(name);
    char *names = kind ? NULL : charts_names();
    if (!kind)
        error_usage(e, "option --kind %.40s: it can be: %s", name, names);
    free(names);
    return kind;
}

/* The file to write, before anything is computed. */
static const char *choose_file(const struct options *o, struct error *e)
{
    const char *path = option_text(o, OPTION_OUTPUT, NULL);
    enum draw_form form;
    if (!path || !*path)
        error_usage(e, "figure: -o FILE is missing; it names the picture to write");
    else if (!strcmp(path, "-"))
        error_usage(e, "option -o -: a picture is not written to standard output; give a "
                       "name that ends in .png, .svg or .pdf");
    else if (file_is_folder(path))
        error_set(e,
                  "option -o %.200s: this is a folder; name a file in it, such as "
                  "%.200s/attention.png",
                  path, path);
    else if (picture_form(path, &form, e) == 0)
        return path;
    return NULL;
}

static int draw(struct preparation *p, const struct chart_kind *kind, const char *path,
                struct error *e)
{
    int missing = 0;
    if (prepare(p, e) < 0 ||
        charts_write(kind, &p->chart, &p->page, path,
                     option_is_set(p->o, OPTION_FORCE), &missing, e) < 0)
        return -1;
    cli_say_file(path);
    if (missing)
        error_note("%s: %d characters have no shape in the installed fonts; install %s",
                   path, missing, draw_font_packages());
    return 0;
}

int run_figure(const struct options *o, struct error *e)
{
    const struct chart_kind *kind = choose_kind(o, e);
    const char *path = kind ? choose_file(o, e) : NULL;
    if (!path)
        return e->usage ? CLI_USAGE : CLI_FAILED;
    struct session *s = cli_session(o, e);
    struct preparation p = {.o = o, .kind = kind};
    int stage = s ? choose_stage(o, kind, s, e) : -1, result = -1;
    if (stage >= 0) {
        p.shown = exhibit_of_stage(s, stage);
        p.stage = &trace_plan(s->trace)->stages[stage];
        p.chart = chart_of(&p.shown);
        name_heads(&p, s);
        result = draw(&p, kind, path, e);
        chart_release(&p.chart);
    }
    release(&p);
    session_free(s);
    return result < 0 ? CLI_FAILED : CLI_OK;
}
