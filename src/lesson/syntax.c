#include "lesson/syntax.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 40

struct parser {
    const struct source *source;
    size_t at;
    int brackets; /* inside of these a new line is only space */
    int depth;
    struct error *e;
};

/* ---- places and errors ---- */

static void place(const struct source *s, size_t at, long *line, long *column)
{
    *line = s->line;
    *column = s->column;
    for (size_t i = 0; i < at; i++) {
        if (s->text[i] == '\n') {
            ++*line;
            *column = 0;
        }
        ++*column;
    }
}

static int fail(struct parser *p, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct parser *p, size_t at, const char *format, ...)
{
    char message[400];
    long line, column;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    place(p->source, at, &line, &column);
    error_set(p->e, "%s", message);
    return error_at(p->e, p->source->file, line, column);
}

/* ---- nodes ---- */

static struct node *new_node(struct parser *p, enum node_kind kind, size_t at)
{
    long line, column;
    place(p->source, at, &line, &column);
    return node_new(kind, line, column);
}

/* ---- characters ---- */

static char peek(const struct parser *p)
{
    return p->source->text[p->at];
}

static void skip_space(struct parser *p)
{
    for (;; p->at++) {
        char c = peek(p);
        if (c == '#' && p->brackets > 0)
            while (peek(p) && peek(p) != '\n')
                p->at++;
        else if (c != ' ' && c != '\t' && c != '\r' && !(c == '\n' && p->brackets > 0))
            return;
        if (!peek(p))
            return;
    }
}

/* Takes `word` when it stands here. A word of letters must end there. */
static bool take(struct parser *p, const char *word)
{
    skip_space(p);
    size_t n = strlen(word);
    const char *s = p->source->text + p->at;
    if (strncmp(s, word, n) != 0)
        return false;
    bool letters = word[0] >= 'a' && word[0] <= 'z';
    if (letters && ((s[n] >= 'a' && s[n] <= 'z') || s[n] == '_' || s[n] == '('))
        return false;
    p->at += n;
    return true;
}

static int expect(struct parser *p, const char *word, const char *why)
{
    if (take(p, word))
        return 0;
    return fail(p, p->at, "\"%s\" is expected here %s", word, why);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- primaries ---- */

static struct node *sum(struct parser *p);
static struct node *condition(struct parser *p);

/* A number begins with a digit (strtod would read "inf" and "nan", too). */
static struct node *number(struct parser *p)
{
    struct node *n = new_node(p, NODE_NUMBER, p->at);
    const char *begin = p->source->text + p->at;
    size_t length = strspn(begin, "0123456789");
    if (begin[length] == '.') {
        n->decimals = (int)strspn(begin + length + 1, "0123456789");
        length += 1 + (size_t)n->decimals;
    }
    const char *e = begin + length;
    if ((*e == 'e' || *e == 'E') &&
        (is_digit(e[1]) || (strchr("+-", e[1]) && e[1] && is_digit(e[2]))))
        length += 2 + strspn(e + 2, "0123456789");
    char *copy = mem_bytes(begin, length);
    n->number = strtod(copy, NULL);
    free(copy);
    p->at += length;
    return n;
}

/* The text between quotes, single or double; NULL with an error. */
static char *quoted(struct parser *p)
{
    char quote = peek(p);
    const char *begin = p->source->text + p->at + 1;
    size_t n = strcspn(begin, quote == '"' ? "\"\n" : "'\n");
    if (begin[n] != quote) {
        fail(p, p->at, "a text begins here and does not end: write its closing quote");
        return NULL;
    }
    p->at += n + 2;
    return mem_bytes(begin, n);
}

static char *name(struct parser *p)
{
    const char *begin = p->source->text + p->at, *s = begin;
    if (!strncmp(s, "weight:", 7))
        s += 7;
    while (is_letter(*s) || is_digit(*s) ||
           (*s == '.' && (is_letter(s[1]) || is_digit(s[1]))))
        s++;
    p->at += (size_t)(s - begin);
    return mem_bytes(begin, (size_t)(s - begin));
}

/* The parts of a cell as they stand, without the spaces around them. */
static int cell_parts(struct parser *p, struct node *n)
{
    for (;;) {
        skip_space(p);
        const char *s = p->source->text + p->at, *end = s;
        bool in_quotes = false;
        for (; *end && *end != '\n' && (in_quotes || (*end != ',' && *end != ']')); end++)
            if (*end == '\'')
                in_quotes = !in_quotes;
        if (*end != ',' && *end != ']')
            return fail(p, p->at, "a cell is not closed: write [row,column]");
        size_t length = (size_t)(end - s);
        while (length && s[length - 1] == ' ')
            length--;
        if (!length || n->part_count == NODE_PARTS)
            return fail(p, p->at, "a cell has one to three parts: [head,row,column]");
        n->parts[n->part_count++] = mem_bytes(s, length);
        p->at = (size_t)(end - p->source->text) + 1;
        if (*end == ']')
            return 0;
    }
}

/* exam(WHAT-IFS).FIELD, from behind the opening parenthesis. */
static struct node *exam(struct parser *p, struct node *n)
{
    n->kind = NODE_EXAM;
    const char *s = p->source->text + p->at;
    size_t length = strcspn(s, ")\n");
    n->parts[n->part_count++] = mem_bytes(s, length);
    p->at += length;
    if (expect(p, ")", "after the what-ifs of exam(…)") < 0 ||
        expect(p, ".", "and then exact_match, loss, right or sentences") < 0) {
        node_free(n);
        return NULL;
    }
    free(n->text);
    n->text = name(p);
    return n;
}

/* The key of "key=value", or NULL. */
static char *argument_key(struct parser *p)
{
    size_t before = p->at;
    skip_space(p);
    if (!is_letter(peek(p)))
        return NULL;
    char *key = name(p);
    skip_space(p);
    if (peek(p) == '=' && p->source->text[p->at + 1] != '=') {
        p->at++;
        return key;
    }
    free(key);
    p->at = before;
    return NULL;
}

static struct node *call(struct parser *p, struct node *n)
{
    if (!strcmp(n->text, "exam"))
        return exam(p, n);
    n->kind = NODE_CALL;
    p->brackets++;
    while (n && !take(p, ")")) {
        if (n->count && expect(p, ",", "between arguments, or \")\"") < 0) {
            node_free(n);
            n = NULL;
            break;
        }
        char *key = argument_key(p);
        n = node_add(n, condition(p), key);
        if (n && n->count > NODE_CHILDREN) {
            fail(p, p->at, "too many arguments");
            node_free(n);
            n = NULL;
        }
    }
    p->brackets--;
    return n;
}

static struct node *name_or_call(struct parser *p)
{
    struct node *n = new_node(p, NODE_NAME, p->at);
    n->text = name(p);
    return take(p, "(") ? call(p, n) : n;
}

/* ---- matrices ---- */

/* One row: an optional label and numbers. The columns of the first row decide. */
static int matrix_row(struct parser *p, struct node *n)
{
    long columns = 0;
    char *label = NULL;
    size_t begin = p->at;
    skip_space(p);
    if (peek(p) == '"' || peek(p) == '\'') {
        if (!(label = quoted(p)))
            return -1;
        take(p, ",");
    }
    n->labels = mem_resize(n->labels, (size_t)n->rows + 1, sizeof *n->labels);
    n->labels[n->rows] = label;
    double row[NODE_CHILDREN];
    do {
        skip_space(p);
        bool minus = take(p, "-");
        skip_space(p);
        if (!is_digit(peek(p)) || columns == NODE_CHILDREN) {
            free(label);
            n->labels[n->rows] = NULL;
            return fail(p, p->at,
                        "a row of a matrix is written [\"label\", 1, -2.5], with up "
                        "to %d numbers",
                        NODE_CHILDREN);
        }
        struct node *cell = number(p);
        if (cell->decimals > n->decimals)
            n->decimals = cell->decimals;
        row[columns++] = minus ? -cell->number : cell->number;
        node_free(cell);
    } while (take(p, ","));
    n->cells = mem_resize(n->cells, (size_t)((n->rows + 1) * columns), sizeof *n->cells);
    if (n->rows && columns != n->columns) {
        free(label);
        n->labels[n->rows] = NULL;
        return fail(p, begin, "this row has %ld numbers, the rows above %ld", columns,
                    n->columns);
    }
    n->columns = columns;
    memcpy(n->cells + n->rows * columns, row, sizeof *row * (size_t)columns);
    n->rows++;
    return expect(p, "]", "at the end of a row");
}

/* [[1, 2], [3, 4]], or [1, 2] for one row, or ['a', 'b'] for a list of texts. */
static struct node *matrix(struct parser *p)
{
    struct node *n = new_node(p, NODE_MATRIX, p->at);
    int status = 0;
    p->at++;
    p->brackets++;
    if (take(p, "[")) {
        do
            status = matrix_row(p, n);
        while (status == 0 && take(p, ",") &&
               (status = expect(p, "[", "of the next row")) == 0);
        if (status == 0)
            status = expect(p, "]", "at the end of the matrix");
    } else {
        status = matrix_row(p, n);
        p->brackets--;
        return status == 0 ? n : (node_free(n), NULL);
    }
    p->brackets--;
    return status == 0 ? n : (node_free(n), NULL);
}

static struct node *primary(struct parser *p)
{
    skip_space(p);
    char c = peek(p);
    if (is_digit(c))
        return number(p);
    if (c == '\'' || c == '"') {
        struct node *n = new_node(p, NODE_TEXT, p->at);
        n->text = quoted(p);
        return n->text ? n : (node_free(n), NULL);
    }
    if (c == '[')
        return matrix(p);
    if (is_letter(c))
        return name_or_call(p);
    if (take(p, "(")) {
        p->brackets++;
        struct node *n = condition(p);
        p->brackets--;
        if (n && expect(p, ")", "") < 0) {
            node_free(n);
            n = NULL;
        }
        return n;
    }
    fail(p, p->at, "a number, a name, a text or \"(\" is expected here");
    return NULL;
}

static struct node *postfix(struct parser *p)
{
    struct node *n = primary(p);
    if (!n || peek(p) != '[')
        return n;
    struct node *index = new_node(p, NODE_INDEX, p->at++);
    index->line = n->line;
    index->column = n->column;
    if (cell_parts(p, index) < 0) {
        node_free(index);
        node_free(n);
        return NULL;
    }
    return node_add(index, n, NULL);
}

/* ---- operators ---- */

static struct node *unary(struct parser *p)
{
    skip_space(p);
    size_t at = p->at;
    if (p->depth > DEPTH_MOST) {
        fail(p, at, "this expression is nested too deeply");
        return NULL;
    }
    p->depth++;
    struct node *n;
    if (take(p, "-"))
        n = node_add(new_node(p, NODE_NEGATE, at), unary(p), NULL);
    else
        n = postfix(p);
    p->depth--;
    return n;
}

static struct node *binary(struct parser *p, enum node_operator sign, struct node *left,
                           struct node *right)
{
    struct node *n = new_node(p, NODE_BINARY, 0);
    n->sign = sign;
    n->line = left->line;
    n->column = left->column;
    return node_add(node_add(n, left, NULL), right, NULL);
}

static struct node *product(struct parser *p)
{
    struct node *n = unary(p);
    while (n) {
        if (take(p, "*"))
            n = binary(p, OPERATOR_MULTIPLY, n, unary(p));
        else if (take(p, "/"))
            n = binary(p, OPERATOR_DIVIDE, n, unary(p));
        else
            break;
    }
    return n;
}

static struct node *sum(struct parser *p)
{
    struct node *n = product(p);
    while (n) {
        if (take(p, "+"))
            n = binary(p, OPERATOR_ADD, n, product(p));
        else if (take(p, "-"))
            n = binary(p, OPERATOR_SUBTRACT, n, product(p));
        else
            break;
    }
    return n;
}

static int tolerance(struct parser *p, struct node *n)
{
    skip_space(p);
    if (!is_digit(peek(p)))
        return fail(p, p->at,
                    "a number is expected after \"within\": within 0.01, within 2%%");
    struct node *x = number(p);
    n->tolerance = x->number;
    node_free(x);
    if (take(p, "%")) {
        n->relative = true;
        n->tolerance /= 100;
    }
    return 0;
}

static struct node *comparison(struct parser *p)
{
    static const struct {
        const char *text;
        enum node_operator sign;
    } signs[] = {{"==", OPERATOR_EQUAL},      {"!=", OPERATOR_DIFFERENT},
                 {"<=", OPERATOR_LESS_EQUAL}, {">=", OPERATOR_GREATER_EQUAL},
                 {"<", OPERATOR_LESS},        {">", OPERATOR_GREATER},
                 {"~", OPERATOR_NEAR}};
    skip_space(p);
    size_t at = p->at;
    if (take(p, "not")) {
        struct node *n = node_add(new_node(p, NODE_NOT, at), comparison(p), NULL);
        return n;
    }
    struct node *left = sum(p);
    for (size_t i = 0; left && i < sizeof signs / sizeof *signs; i++) {
        if (!take(p, signs[i].text))
            continue;
        struct node *n = binary(p, signs[i].sign, left, sum(p));
        if (n)
            n->kind = NODE_COMPARE;
        if (n && take(p, "within") && tolerance(p, n) < 0) {
            node_free(n);
            n = NULL;
        }
        return n;
    }
    return left;
}

static struct node *condition(struct parser *p)
{
    if (p->depth > DEPTH_MOST) {
        fail(p, p->at, "this expression is nested too deeply");
        return NULL;
    }
    p->depth++;
    struct node *n = comparison(p);
    while (n) {
        if (take(p, "and"))
            n = binary(p, OPERATOR_AND, n, comparison(p));
        else if (take(p, "or"))
            n = binary(p, OPERATOR_OR, n, comparison(p));
        else
            break;
    }
    p->depth--;
    return n;
}

/* ---- the doors ---- */

static struct node *only(struct parser *p, struct node *n)
{
    skip_space(p);
    if (n && peek(p)) {
        fail(p, p->at, "the expression ends before \"%.20s\"", p->source->text + p->at);
        node_free(n);
        return NULL;
    }
    return n;
}

static int read_format(struct parser *p, char format[16])
{
    size_t begin = p->at;
    const char *s = p->source->text + p->at;
    size_t n = strlen(s);
    while (n && s[n - 1] == ' ')
        n--;
    bool decimals = n >= 2 && s[0] == '.' && is_digit(s[1]);
    size_t rest = decimals ? 2 : 0;
    if (n != rest && !(n == rest + 1 && (s[rest] == '%' || (s[rest] == ',' && !rest))))
        return fail(p, begin,
                    "the format \"%.10s\" is unknown; there are .3 (decimals), %% "
                    "or .1%% (per cent) and , (thousands)",
                    s);
    memcpy(format, s, n);
    format[n] = 0;
    p->at += strlen(s);
    return 0;
}

struct node *syntax_value(const struct source *s, char format[16], struct error *e)
{
    struct error own = {0};
    struct parser p = {.source = s, .e = e ? e : &own};
    struct node *n = condition(&p);
    format[0] = 0;
    if (n && take(&p, ":")) {
        skip_space(&p);
        if (read_format(&p, format) < 0) {
            node_free(n);
            return NULL;
        }
    }
    return only(&p, n);
}

struct node *syntax_condition(const struct source *s, struct error *e)
{
    struct error own = {0};
    struct parser p = {.source = s, .e = e ? e : &own, .brackets = 1};
    return only(&p, condition(&p));
}

static void skip_empty_lines(struct parser *p)
{
    for (;;) {
        skip_space(p);
        if (peek(p) == '#')
            p->at += strcspn(p->source->text + p->at, "\n");
        if (peek(p) != '\n')
            return;
        p->at++;
    }
}

int syntax_statement(const struct source *s, size_t *at, char **made, struct node **node,
                     size_t *begin, struct error *e)
{
    struct error own = {0};
    struct parser p = {.source = s, .at = *at, .e = e ? e : &own};
    skip_empty_lines(&p);
    *at = *begin = p.at;
    if (!peek(&p))
        return 0;
    if (!is_letter(peek(&p)))
        return fail(&p, p.at, "a line of a compute block is written: name = function(…)");
    *made = name(&p);
    if (strchr(*made, '.') || strchr(*made, ':')) {
        fail(&p, *begin, "%s: a name of your own holds letters, digits and _ only",
             *made);
    } else if (expect(&p, "=", "after the name") == 0 && (*node = sum(&p)) != NULL) {
        skip_space(&p);
        if (peek(&p) == '#')
            p.at += strcspn(s->text + p.at, "\n");
        if (!peek(&p) || peek(&p) == '\n') {
            *at = p.at;
            return 1;
        }
        fail(&p, p.at, "the line ends before \"%.20s\"", s->text + p.at);
        node_free(*node);
    }
    free(*made);
    return -1;
}
