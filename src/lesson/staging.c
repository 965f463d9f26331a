#include "lesson/staging.h"

#include "base/memory.h"
#include "chart/charts.h"
#include "lesson/fences.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_MOST 24

const char *const staging_keys =
    "focus view bars ranking lines log classes what-if text pinned export";

static bool has_cells(const char *key)
{
    return !strcmp(key, "bars") || !strcmp(key, "ranking") || !strcmp(key, "lines");
}

/* The first of `wanted` that stands outside of quotes and brackets, or the end. */
static size_t find_outside(const char *text, char wanted)
{
    int depth = 0;
    char quote = 0;
    size_t i = 0;
    for (; text[i]; i++) {
        char c = text[i];
        if (quote || c == '\'' || c == '"') {
            quote = !quote ? c : c == quote ? 0 : quote;
            continue;
        }
        if (c == wanted && depth == 0)
            break;
        depth += strchr("([", c) ? 1 : strchr(")]", c) ? -1 : 0;
    }
    return i;
}

/* "name = expression" or an expression alone, which names itself. */
static int add_cell(struct reader *r, struct staging *st, const char *item, long line,
                    long column)
{
    size_t equals = find_outside(item, '=');
    bool named = item[equals] == '=';
    const char *text = named ? item + equals + 1 : item;
    text += strspn(text, " ");
    column += (long)(text - item);
    if (st->cell_count == CELLS_MOST)
        return reader_fail(r, line, column,
                           "a chart shows 24 expressions at most; take some "
                           "away");
    char *label = named ? mem_bytes(item, equals) : mem_string(text);
    text_trim(label);
    text_unquote(label);
    if (!*label || !*text) {
        free(label);
        return reader_fail(r, line, column,
                           "what a chart shows is written: name = expression, …");
    }
    struct source source = reader_source(r, text, line, column);
    char format[16];
    struct node *node = syntax_value(&source, format, r->e);
    if (!node || *format) {
        free(label);
        node_free(node);
        return node ? reader_fail(r, line, column,
                                  "a chart takes no format of a value; leave "
                                  "the : away")
                    : -1;
    }
    st->cells =
        mem_grow(st->cells, st->cell_count, &st->cell_capacity, sizeof *st->cells);
    st->cells[st->cell_count++] = (struct shown_cell){label, node, column};
    return 0;
}

static int staging_cells(struct reader *r, struct staging *st,
                         const struct chart_kind *view, const char *text, long line,
                         long column)
{
    if (st->cell_count && st->view != view)
        return reader_fail(
            r, line, 1,
            "a stage fence lists expressions for one chart; write a second "
            "stage fence for another");
    st->view = view;
    st->cells_line = line;
    while (true) {
        size_t skip = strspn(text, " ");
        text += skip;
        column += (long)skip;
        size_t length = find_outside(text, ',');
        char *item = mem_bytes(text, length);
        int status = add_cell(r, st, item, line, column);
        free(item);
        if (status < 0 || !text[length])
            return status;
        text += length + 1;
        column += (long)length + 1;
    }
}

static int staging_log(struct reader *r, struct staging *st, const char *text,
                       long line, long column)
{
    if (!strcmp(text, "x"))
        st->log = CHART_LOG_X;
    else if (!strcmp(text, "y"))
        st->log = CHART_LOG_Y;
    else if (!strcmp(text, "x y") || !strcmp(text, "y x"))
        st->log = CHART_LOG_X | CHART_LOG_Y;
    else
        return reader_fail(r, line, column,
                           "log: is x, y or x y, the axes that are logarithmic");
    return 0;
}

/* "noun, 동사 = verb-stem": kept as a line for each, "verb-stem=동사". */
static int staging_classes(struct reader *r, struct staging *st, const char *text,
                           long line, long column)
{
    struct buffer b = {0};
    int count = 0;
    bool empty = false;
    for (const char *s = text; s; s = *s ? s + 1 : NULL) {
        char *item = mem_bytes(s, strcspn(s, ",")), *of = strchr(item, '=');
        s += strlen(item);
        if (of)
            *of++ = 0;
        text_trim(item);
        text_trim(of ? of : item);
        empty = empty || !*item || (of && !*of);
        buffer_addf(&b, "%s%s=%s", count++ ? "\n" : "", of ? of : item, item);
        free(item);
    }
    free(st->classes);
    st->classes = buffer_take(&b);
    if (!empty && count <= CHART_CLASSES_MOST)
        return 0;
    return reader_fail(r, line, column,
                       "classes are one to four word classes, each alone or as name = "
                       "class");
}

static int staging_check(struct reader *r, const struct staging *st)
{
    bool curves = !strcmp(st->view->name, "lines") || !strcmp(st->view->name, "waves") ||
                  !strcmp(st->view->name, "position");
    if (st->cell_count && st->focus)
        return reader_fail(
            r, st->cells_line, 1,
            "a stage fence has a focus, or expressions for a chart; take one "
            "of them away");
    if (st->cell_count && !has_cells(st->view->name))
        return reader_fail(r, st->cells_line, 1,
                           "expressions are shown as bars, ranking or lines; leave "
                           "view: out");
    if (st->pinned && !st->text)
        return reader_fail(r, st->line, 1,
                           "pinned: yes needs the sentence that stays: text: …");
    if (st->log && !curves)
        return reader_fail(r, st->line, 1,
                           "log: is for the views lines and waves; choose one by view:");
    if (st->classes && strcmp(st->view->name, "points") != 0)
        return reader_fail(r, st->line, 1, "classes: is for the view points");
    return 0;
}

/* ---- the fence ---- */

static int staging_view(struct reader *r, struct staging *st, const char *value,
                        long number, long column)
{
    const struct chart_kind *view = charts_find(value);
    if (view) {
        st->view = view;
        return 0;
    }
    char *names = charts_names();
    char *text = mem_format("there is no such view; there are %s", names);
    reader_fail(r, number, column, text);
    free(names);
    free(text);
    return -1;
}

/* What is switched off and which sentence is read is the same for both pictures of a
 * scene: the first one says it. */
static int beside_says(struct reader *r, const struct scene *s, const struct staging *st,
                       const char *key, long number)
{
    bool first = s->staging == st;
    bool of_scene = !strcmp(key, "what-if") || !strcmp(key, "text") ||
                    !strcmp(key, "pinned") || !strcmp(key, "export");
    if (first || !of_scene)
        return 0;
    return reader_fail(r, number, 1,
                       "what-if, text, pinned and export stand in the first stage fence "
                       "of a scene and hold for both");
}

static int staging_focus(struct reader *r, struct staging *st, const char *text,
                         long line, long column)
{
    char format[16];
    struct source source = reader_source(r, text, line, column);
    node_free(st->focus);
    st->focus = syntax_value(&source, format, r->e);
    if (!st->focus)
        return -1;
    const struct node *n = st->focus;
    if (n->kind == NODE_INDEX)
        n = n->children[0];
    if (n->kind == NODE_NAME)
        return 0;
    return reader_fail(
        r, line, column,
        "the focus is the name of a matrix, maybe with a cell; give what is "
        "computed a name in a compute block");
}

static int unknown_key(struct reader *r, long line)
{
    char *text =
        mem_format("there is no such line in a stage fence; there are %s", staging_keys);
    reader_fail(r, line, 1, text);
    free(text);
    return -1;
}

/* What is said of both pictures of a scene, and once. */
static int staging_common(struct reader *r, struct staging *st, const char *key,
                          const char *value, long line, long column)
{
    bool of_text = !strcmp(key, "text"), yes = !strcmp(value, "yes");
    if (!strcmp(key, "what-if") || of_text) {
        char **text = of_text ? &st->text : &st->whatifs;
        *(of_text ? &st->text_line : &st->whatifs_line) = line;
        free(*text);
        *text = mem_string(value);
        return 0;
    }
    if (strcmp(key, "export") && strcmp(key, "pinned"))
        return unknown_key(r, line);
    *(*key == 'e' ? &st->export : &st->pinned) = yes;
    if (yes || !strcmp(value, "no"))
        return 0;
    return reader_fail(r, line, column, "export: and pinned: are yes or no");
}

static int staging_field(struct reader *r, struct scene *s, struct staging *st,
                         char *line, long number, long column)
{
    char *value = text_cut_key(line);
    if (!value || !*value)
        return reader_fail(r, number, column,
                           "a stage fence has lines \"key: value\", such as focus: "
                           "src.embedding");
    column += (long)(value - line);
    if (!strcmp(line, "focus"))
        return staging_focus(r, st, value, number, column);
    text_unquote(value);
    if (!strcmp(line, "view"))
        return staging_view(r, st, value, number, column);
    if (!strcmp(line, "log"))
        return staging_log(r, st, value, number, column);
    if (!strcmp(line, "classes"))
        return staging_classes(r, st, value, number, column);
    if (has_cells(line))
        return staging_cells(r, st, charts_find(line), value, number, column);
    if (beside_says(r, s, st, line, number) < 0)
        return -1;
    return staging_common(r, st, line, value, number, column);
}

int fence_staging(struct reader *r, struct scene *s, const struct markdown_block *b)
{
    if (s->staging && s->staging->beside)
        return reader_fail(r, b->line, 1,
                           "a scene has two stage fences at most; begin another scene");
    struct staging *st = mem_zero(1, sizeof *st);
    *(s->staging ? &s->staging->beside : &s->staging) = st;
    st->view = charts_at(0);
    st->line = b->line;
    const char *at = b->code;
    char *line;
    long column, number = b->line;
    int status = 0;
    for (; status == 0 && text_next_line(&at, &line, &column); number++) {
        if (*line && *line != '#')
            status = staging_field(r, s, st, line, number, column);
        free(line);
    }
    return status < 0 ? -1 : staging_check(r, st);
}
