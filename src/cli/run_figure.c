#include "cli/runs.h"

#include "base/say.h"
#include "cli/common.h"
#include "figure/figure.h"
#include "screen/matrix_view.h"
#include "study/exhibit.h"
#include "study/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything a figure borrows until it is drawn. */
struct preparation {
    const struct options *o;
    struct exhibit shown;
    const struct stage *stage;
    const struct tensor *value; /* what is drawn, all heads */
    struct labels rows, columns;       /* as drawn: by piece or by word */
    bool has_rows, has_columns;
    const char **texts[2], **glosses[2];
    struct tensor words;               /* owned, when drawn by word */
    struct tensor part;                /* owned, when special tokens are left out */
    char *title, *subtitle, *badge;
    struct colormap_range range;
    struct heatmap map;
};

static void copy_labels(const struct labels *from, struct labels *to)
{
    for (size_t i = 0; i < from->count; i++) {
        struct label l = from->items[i];
        l.text = mem_string(l.text);
        l.next = l.next ? mem_string(l.next) : NULL;
        l.gloss = l.gloss ? mem_string(l.gloss) : NULL;
        l.roman = NULL;
        labels_add(to, l);
    }
}

/* The stage of --stage, or the last cross-attention, or the last attention at all. */
static int choose_stage(const struct options *o, struct session *s, struct error *e)
{
    const char *id = option_text(o, OPTION_STAGE, NULL);
    if (id)
        return cli_stage(s, id, e);
    int self = -1, cross = -1;
    const struct plan *p = trace_plan(s->trace);
    for (size_t i = 0; i < p->count; i++) {
        if (p->stages[i].role != ROLE_SOFTMAX)
            continue;
        self = (int)i;
        if (p->stages[i].axes[1].side != p->stages[i].axes[2].side)
            cross = (int)i;
    }
    if (self < 0)
        error_set(e, "figure: this model has no attention; name a stage with --stage");
    return cross >= 0 ? cross : self;
}

/* Takes the labels of both axes, and groups pieces to words when that was asked for. */
static int take_labels(struct preparation *p, struct error *e)
{
    static const char *const ways[] = {"piece", "word", NULL};
    int way = option_choice(p->o, OPTION_BY, ways, e), rank = p->stage->shape.rank;
    if (way < 0)
        return -1;
    if (rank < 2)
        return error_set(e,
                         "figure: the stage %s has one row of ids; there is nothing to "
                         "draw",
                         stage_id(p->stage));
    const struct label_sets *sets = &p->shown.sets;
    const struct labels *rows = labels_of_axis(sets, p->stage->axes[rank - 2]);
    const struct labels *columns = labels_of_axis(sets, p->stage->axes[rank - 1]);
    p->has_rows = rows != NULL;
    p->has_columns = columns != NULL;
    if (way == 1 && p->stage->role != ROLE_SOFTMAX)
        return error_usage(
            e,
            "option --by word: only attention weights have rows and columns "
            "that are words; %s has not",
            stage_id(p->stage));
    if (way == 1) {
        long *row_group, *column_group;
        p->rows = words_labels(rows, &row_group);
        p->columns = words_labels(columns, &column_group);
        p->words = words_map(p->value, row_group, (long)p->rows.count, column_group,
                             (long)p->columns.count);
        p->value = &p->words;
        free(row_group);
        free(column_group);
        return 0;
    }
    if (rows)
        copy_labels(rows, &p->rows);
    if (columns)
        copy_labels(columns, &p->columns);
    return 0;
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
    int rank = p->value->rank;
    long m = p->value->size[rank - 2], n = p->value->size[rank - 1];
    long heads = rank == 3 ? p->value->size[0] : 1;
    long *rows = mem_alloc((size_t)m, sizeof *rows);
    long *columns = mem_alloc((size_t)n, sizeof *columns);
    long a = keep(&p->rows, p->has_rows, p->stage->axes[rank - 2].name == AXIS_QUERY, m,
                  rows);
    long b =
        keep(&p->columns, p->has_columns && p->stage->axes[rank - 1].side != SIDE_NONE,
             false, n, columns);
    struct tensor t = *p->value;
    t.type = TENSOR_F64;
    t.size[rank - 2] = a;
    t.size[rank - 1] = b;
    t.f64 = mem_alloc((size_t)(heads * a * b), sizeof(double));
    for (long h = 0; h < heads; h++)
        for (long r = 0; r < a; r++)
            for (long c = 0; c < b; c++)
                t.f64[(h * a + r) * b + c] =
                    tensor_get(p->value, (h * m + rows[r]) * n + columns[c]);
    free(rows);
    free(columns);
    p->part = t;
    p->value = &p->part;
}

/* ---- texts ---- */

static const char **label_texts(const struct labels *l, bool gloss)
{
    const char **texts = mem_zero(l->count, sizeof *texts);
    for (size_t i = 0; i < l->count; i++) {
        if (gloss)
            texts[i] = l->items[i].gloss ? l->items[i].gloss : "";
        else
            texts[i] = l->items[i].text;
    }
    return texts;
}

/* Decoder rows read "input → predicted" where the row asks as a query. */
static void join_predicted(struct preparation *p)
{
    for (size_t i = 0; i < p->rows.count; i++) {
        struct label *l = &p->rows.items[i];
        if (!l->next)
            continue;
        char *both = mem_format("%s → %s", l->text, l->next);
        free(l->text);
        l->text = both;
    }
}

static void set_texts(struct preparation *p)
{
    int rank = p->stage->shape.rank;
    bool gloss = option_is_set(p->o, OPTION_GLOSS);
    struct heatmap_axis *axes[] = {&p->map.row, &p->map.column};
    const struct labels *labels[] = {&p->rows, &p->columns};
    for (int i = 0; i < 2; i++) {
        axes[i]->title = label_axis(p->stage->axes[rank - 2 + i].name);
        if (!(i ? p->has_columns : p->has_rows))
            continue;
        p->texts[i] = label_texts(labels[i], false);
        axes[i]->labels = p->texts[i];
        if (gloss && p->stage->axes[rank - 2 + i].side == SIDE_SOURCE) {
            p->glosses[i] = label_texts(labels[i], true);
            axes[i]->glosses = p->glosses[i];
        }
    }
    const char *title = option_text(p->o, OPTION_TITLE, NULL);
    p->title = title ? mem_string(title)
                     : mem_format("%s → %s", p->shown.title ? p->shown.title : "ids",
                                  p->shown.session->prediction);
    p->subtitle = exhibit_name(&p->shown);
    p->badge = exhibit_badge(&p->shown);
    p->map.heading.title = p->title;
    p->map.heading.subtitle = p->subtitle;
    p->map.heading.badge = p->badge;
}

/* ---- numbers ---- */

static int set_range(struct preparation *p, struct error *e)
{
    const char *text = option_text(p->o, OPTION_RANGE, "auto");
    double least = 0, most = 1;
    if (!strcmp(text, "row")) {
        p->map.by_row = true;
        p->map.value_title = say(SAY_FIGURE_BY_ROW);
        return 0;
    }
    if (!strcmp(text, "auto")) {
        if (role_values(p->stage->role) != VALUES_PROBABILITY)
            return 0; /* from the values */
    } else {
        char *end;
        least = strtod(text, &end);
        bool comma = end != text && *end == ',';
        const char *second = comma ? end + 1 : text;
        most = strtod(second, &end);
        if (!comma || end == second || *end || !(least < most) || !isfinite(most - least))
            return error_usage(e,
                               "option --range %.60s: auto, row, or two numbers A,B with "
                               "A < B, such as 0,1, are expected",
                               text);
    }
    p->range = colormap_range_of(least, most);
    p->map.range = &p->range;
    return 0;
}

static int set_look(struct preparation *p, double *scale, struct error *e)
{
    long digits = 2;
    const char *map = option_text(p->o, OPTION_COLORMAP, NULL);
    const char *theme = option_text(p->o, OPTION_THEME, "light");
    if (option_integer(p->o, OPTION_DIGITS, 1, 6, &digits, e) < 0 ||
        option_number(p->o, OPTION_WIDTH, 40, 10000, &p->map.width, e) < 0 ||
        option_number(p->o, OPTION_SCALE, 0.25, 16, scale, e) < 0 || set_range(p, e) < 0)
        return -1;
    p->map.digits = (int)digits;
    p->map.print_values = option_is_set(p->o, OPTION_VALUES);
    p->map.map = map ? colormap_find(map) : NULL;
    if (map && !p->map.map) {
        struct buffer names = {0};
        for (size_t i = 0; colormap_at(i); i++)
            buffer_addf(&names, "%s%s", i ? ", " : "", colormap_name(colormap_at(i)));
        error_usage(e, "option --colormap %.40s: it can be: %s", map, names.data);
        buffer_free(&names);
        return -1;
    }
    if (frame_find_theme(theme, &p->map.theme) < 0)
        return error_usage(e, "option --theme %.40s: it can be: light, dark, transparent",
                         theme);
    return 0;
}

static int prepare(struct preparation *p, double *scale, struct error *e)
{
    int rank = p->stage->shape.rank;
    long head;
    if (cli_head(p->o, p->stage, &head, e) < 0 || take_labels(p, e) < 0)
        return -1;
    p->shown.at.head = head < 0 ? 0 : head;
    if (option_is_set(p->o, OPTION_NO_SPECIAL))
        leave_out_special(p);
    if (p->stage->axes[rank - 2].name == AXIS_QUERY)
        join_predicted(p);
    long m = p->value->size[rank - 2], n = p->value->size[rank - 1];
    p->map.values = (struct heatmap_values){p->value, p->shown.at.head * m * n, m, n};
    set_texts(p);
    return set_look(p, scale, e);
}

static void release(struct preparation *p)
{
    for (int i = 0; i < 2; i++) {
        free(p->texts[i]);
        free(p->glosses[i]);
    }
    labels_free(&p->rows);
    labels_free(&p->columns);
    free(p->words.data);
    free(p->part.data);
    free(p->title);
    free(p->subtitle);
    free(p->badge);
}

/* ---- the command ---- */

static const struct figure_kind *choose_kind(const struct options *o, struct error *e)
{
    const char *name = option_text(o, OPTION_KIND, "heatmap");
    const struct figure_kind *kind = figure_find(name);
    if (kind)
        return kind;
    struct buffer names = {0};
    for (size_t i = 0; figure_at(i); i++)
        buffer_addf(&names, "%s%s", i ? ", " : "", figure_at(i)->name);
    error_usage(e, "option --kind %.40s: it can be: %s", name, names.data);
    buffer_free(&names);
    return NULL;
}

static int write_figure(struct preparation *p, const struct figure_kind *kind,
                        const char *path, double scale, struct error *e)
{
    char *head = mem_format("%ld", p->shown.at.head + 1);
    const struct png_text notes[] = {
        {"Software", "Stepformer"},
        {"Title", p->title},
        {"stepformer:model", p->shown.model->name},
        {"stepformer:text", p->shown.title ? p->shown.title : ""},
        {"stepformer:prediction", p->shown.session->prediction},
        {"stepformer:what-if", p->badge ? p->badge : ""},
        {"stepformer:stage", stage_id(p->stage)},
        {"stepformer:head", p->stage->shape.rank == 3 ? head : ""},
    };
    struct figure_request r = {&p->map, 1, scale, notes, sizeof notes / sizeof *notes,
                               option_is_set(p->o, OPTION_FORCE)};
    int missing = 0, result = figure_write(kind, &r, path, &missing, e);
    if (result == 0 && missing)
        error_note("%s: %d characters have no shape in the installed fonts; install %s",
                   path, missing, draw_font_packages());
    free(head);
    return result;
}

int run_figure(const struct options *o, struct error *e)
{
    const struct figure_kind *kind = choose_kind(o, e);
    const char *path = option_text(o, OPTION_OUTPUT, NULL);
    if (!kind)
        return CLI_USAGE;
    if (!path) {
        error_usage(e, "figure: -o FILE is missing; it names the picture to write");
        return CLI_USAGE;
    }
    enum draw_form form;
    if (picture_form(path, &form, e) < 0) /* before anything is computed */
        return CLI_USAGE;
    struct session *s = cli_session(o, e);
    struct preparation p = {.o = o};
    int stage = s ? choose_stage(o, s, e) : -1, result = -1;
    double scale = 0;
    if (stage >= 0) {
        p.shown = exhibit_of_stage(s, stage);
        p.stage = &trace_plan(s->trace)->stages[stage];
        p.value = trace_acquire(s->trace, stage);
        if (prepare(&p, &scale, e) == 0)
            result = write_figure(&p, kind, path, scale, e);
        trace_release(s->trace, stage);
    }
    release(&p);
    session_free(s);
    return result < 0 ? CLI_FAILED : CLI_OK;
}
