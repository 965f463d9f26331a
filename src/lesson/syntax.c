#include "lesson/syntax.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 40
#define OPERATORS_MOST 100

/* ---- primaries ---- */

static struct node *sum(struct scanner *p);
static struct node *condition(struct scanner *p);

/* The parts of a cell as they stand, without the spaces around them. */
static int cell_parts(struct scanner *p, struct node *n)
{
    for (;;) {
        scanner_skip_space(p);
        const char *s = p->source->text + p->at, *end = s;
        bool in_quotes = false;
        for (; *end && *end != '\n' && (in_quotes || (*end != ',' && *end != ']')); end++)
            if (*end == '\'')
                in_quotes = !in_quotes;
        if (*end != ',' && *end != ']')
            return scanner_fail(
                p, p->at, "a cell begins here and does not end: write [row,column]");
        size_t length = (size_t)(end - s);
        while (length && s[length - 1] == ' ')
            length--;
        if (!length || n->part_count == NODE_PARTS)
            return scanner_fail(p, p->at,
                                "a cell has one to three parts: [head,row,column]");
        n->parts[n->part_count++] = mem_bytes(s, length);
        p->at = (size_t)(end - p->source->text) + 1;
        if (*end == ']')
            return 0;
    }
}

/* Whether a name is exam, or that of a run: A.exam. */
static bool names_exam(const char *name)
{
    const char *dot = strrchr(name, '.');
    return !strcmp(dot ? dot + 1 : name, "exam");
}

/* exam(WHAT-IFS).FIELD or A.exam(…), from behind the opening parenthesis. */
static struct node *exam(struct scanner *p, struct node *n)
{
    n->kind = NODE_EXAM;
    const char *s = p->source->text + p->at;
    size_t length = strcspn(s, ")\n");
    n->parts[n->part_count++] = mem_bytes(s, length);
    p->at += length;
    const char *dot = strrchr(n->text, '.');
    n->parts[n->part_count++] = mem_bytes(n->text, dot ? (size_t)(dot - n->text) : 0);
    if (scanner_expect(p, ")", "after the what-ifs of exam(…)") < 0 ||
        scanner_expect(p, ".", "and then exact_match, loss, right, sentences or "
                               "kind('NAME')") < 0) {
        node_free(n);
        return NULL;
    }
    free(n->text);
    n->text = scanner_name(p);
    if (strcmp(n->text, "kind") != 0)
        return n;
    char *kind = NULL;
    if (scanner_expect(p, "(", "and the name of a kind: kind('roles')") == 0) {
        scanner_skip_space(p);
        if (scanner_peek(p) != '\'' && scanner_peek(p) != '"')
            scanner_fail(p, p->at, "a kind stands in quotes: kind('roles')");
        else
            kind = scanner_text(p);
    }
    if (kind)
        n->parts[n->part_count++] = kind;
    if (!kind || scanner_expect(p, ")", "after the kind") < 0) {
        node_free(n);
        return NULL;
    }
    return n;
}

/* The key of "key=value", or NULL. */
static char *argument_key(struct scanner *p)
{
    size_t before = p->at;
    scanner_skip_space(p);
    if (!scanner_is_letter(scanner_peek(p)))
        return NULL;
    char *key = scanner_name(p);
    scanner_skip_space(p);
    if (scanner_peek(p) == '=' && p->source->text[p->at + 1] != '=') {
        p->at++;
        return key;
    }
    free(key);
    p->at = before;
    return NULL;
}

static struct node *call(struct scanner *p, struct node *n)
{
    if (names_exam(n->text))
        return exam(p, n);
    n->kind = NODE_CALL;
    p->brackets++;
    while (n && !scanner_take(p, ")")) {
        if (n->count && scanner_expect(p, ",", "between arguments, or \")\"") < 0) {
            node_free(n);
            n = NULL;
            break;
        }
        char *key = argument_key(p);
        n = node_add(n, condition(p), key);
        if (n && n->count > NODE_CHILDREN) {
            scanner_fail(p, p->at, "a function takes %d arguments at most",
                         NODE_CHILDREN);
            node_free(n);
            n = NULL;
        }
    }
    p->brackets--;
    return n;
}

static struct node *name_or_call(struct scanner *p)
{
    struct node *n = scanner_node(p, NODE_NAME, p->at);
    n->text = scanner_name(p);
    return scanner_take(p, "(") ? call(p, n) : n;
}

/* ---- matrices ---- */

/* One cell: a number, which may be negative, or an expression. `at` is its place. */
static int matrix_cell(struct scanner *p, struct node *n, long at)
{
    n->cells = mem_grow(n->cells, (size_t)at, &n->cell_capacity, sizeof *n->cells);
    n->cells[at] = 0;
    int operators = p->operators; /* each cell is an expression of its own */
    struct node *x = sum(p);
    p->operators = operators;
    if (!x)
        return -1;
    bool minus = x->kind == NODE_NEGATE;
    const struct node *number = minus ? x->children[0] : x;
    if (number->kind != NODE_NUMBER) {
        x->cell = at;
        node_add(n, x, NULL);
        return 0;
    }
    n->cells[at] = minus ? -number->number : number->number;
    if (number->decimals > n->decimals)
        n->decimals = number->decimals;
    node_free(x);
    return 0;
}

/* One row: an optional label and cells. The columns of the first row decide. */
static int matrix_row(struct scanner *p, struct node *n)
{
    long columns = 0;
    char *label = NULL;
    size_t begin = p->at;
    scanner_skip_space(p);
    if (scanner_peek(p) == '"' || scanner_peek(p) == '\'') {
        if (!(label = scanner_text(p)))
            return -1;
        scanner_take(p, ",");
    }
    n->labels = mem_resize(n->labels, (size_t)n->rows + 1, sizeof *n->labels);
    n->labels[n->rows++] = label; /* freed with the node from here on */
    do {
        scanner_skip_space(p);
        char c = scanner_peek(p);
        if (c == ']' || c == '\'' || c == '"' || !c)
            return scanner_fail(p, p->at,
                                "a row of a matrix is written [\"label\", 1, -2.5, "
                                "sqrt(2)]");
        if (n->columns && n->rows > 1 && columns == n->columns)
            return scanner_fail(p, begin,
                                "this row has more numbers than the %ld of the "
                                "rows above; rows are of one length",
                                n->columns);
        if (matrix_cell(p, n, (n->rows - 1) * n->columns + columns) < 0)
            return -1;
        columns++;
    } while (scanner_take(p, ","));
    if (n->rows > 1 && columns != n->columns)
        return scanner_fail(
            p, begin,
            "this row has %ld number%s, the rows above %ld; rows are of one "
            "length",
            columns, text_plural(columns), n->columns);
    n->columns = columns;
    return scanner_expect(p, "]", "at the end of a row");
}

/* [[1, 2], [3, 4]], or [1, 2] for one row, or ['a', 'b'] for a list of texts. */
static struct node *matrix(struct scanner *p)
{
    struct node *n = scanner_node(p, NODE_MATRIX, p->at);
    int status = 0;
    p->at++;
    p->brackets++;
    if (scanner_take(p, "[")) {
        do
            status = matrix_row(p, n);
        while (status == 0 && scanner_take(p, ",") &&
               (status = scanner_expect(p, "[", "of the next row")) == 0);
        if (status == 0)
            status = scanner_expect(p, "]", "at the end of the matrix");
    } else {
        status = matrix_row(p, n);
        p->brackets--;
        return status == 0 ? n : (node_free(n), NULL);
    }
    p->brackets--;
    return status == 0 ? n : (node_free(n), NULL);
}

static struct node *primary(struct scanner *p)
{
    scanner_skip_space(p);
    char c = scanner_peek(p);
    if (scanner_is_digit(c))
        return scanner_number(p);
    if (c == '\'' || c == '"') {
        struct node *n = scanner_node(p, NODE_TEXT, p->at);
        n->text = scanner_text(p);
        return n->text ? n : (node_free(n), NULL);
    }
    if (c == '[')
        return matrix(p);
    if (scanner_is_letter(c))
        return name_or_call(p);
    if (scanner_take(p, "(")) {
        p->brackets++;
        struct node *n = condition(p);
        p->brackets--;
        if (n && scanner_expect(p, ")", "") < 0) {
            node_free(n);
            n = NULL;
        }
        return n;
    }
    scanner_fail(p, p->at, "a number, a name, a text or \"(\" is expected here");
    return NULL;
}

static struct node *postfix(struct scanner *p)
{
    struct node *n = primary(p);
    if (!n || scanner_peek(p) != '[')
        return n;
    struct node *index = scanner_node(p, NODE_INDEX, p->at++);
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

static struct node *unary(struct scanner *p)
{
    scanner_skip_space(p);
    size_t at = p->at;
    if (p->depth > DEPTH_MOST) {
        scanner_fail(p, at,
                     "this expression is nested too deeply; give a part of it a name");
        return NULL;
    }
    p->depth++;
    struct node *n;
    if (scanner_take(p, "-"))
        n = node_add(scanner_node(p, NODE_NEGATE, at), unary(p), NULL);
    else
        n = postfix(p);
    p->depth--;
    return n;
}

/* Takes both. A chain, 1+1+1+…, becomes a tree that is as deep as the chain is long, so
 * chains are bounded as brackets are. */
static struct node *binary(struct scanner *p, enum node_operator sign, struct node *left,
                           struct node *right)
{
    if (right && ++p->operators > OPERATORS_MOST) {
        scanner_fail(
            p, p->at,
            "this expression has more than %d operators; give a part of it a name",
            OPERATORS_MOST);
        node_free(right);
        right = NULL;
    }
    struct node *n = scanner_node(p, NODE_BINARY, 0);
    n->sign = sign;
    n->line = left->line;
    n->column = left->column;
    return node_add(node_add(n, left, NULL), right, NULL);
}

static struct node *product(struct scanner *p)
{
    struct node *n = unary(p);
    while (n) {
        if (scanner_take(p, "*"))
            n = binary(p, OPERATOR_MULTIPLY, n, unary(p));
        else if (scanner_take(p, "/"))
            n = binary(p, OPERATOR_DIVIDE, n, unary(p));
        else
            break;
    }
    return n;
}

static struct node *sum(struct scanner *p)
{
    struct node *n = product(p);
    while (n) {
        if (scanner_take(p, "+"))
            n = binary(p, OPERATOR_ADD, n, product(p));
        else if (scanner_take(p, "-"))
            n = binary(p, OPERATOR_SUBTRACT, n, product(p));
        else
            break;
    }
    return n;
}

static int tolerance(struct scanner *p, struct node *n)
{
    scanner_skip_space(p);
    if (!scanner_is_digit(scanner_peek(p)))
        return scanner_fail(
            p, p->at, "a number is expected after \"within\": within 0.01, within 2%%");
    struct node *x = scanner_number(p);
    n->tolerance = x->number;
    node_free(x);
    if (scanner_take(p, "%")) {
        n->relative = true;
        n->tolerance /= 100;
    }
    return 0;
}

static struct node *comparison(struct scanner *p)
{
    static const struct {
        const char *text;
        enum node_operator sign;
    } signs[] = {{"==", OPERATOR_EQUAL},      {"!=", OPERATOR_DIFFERENT},
                 {"<=", OPERATOR_LESS_EQUAL}, {">=", OPERATOR_GREATER_EQUAL},
                 {"<", OPERATOR_LESS},        {">", OPERATOR_GREATER},
                 {"~", OPERATOR_NEAR}};
    scanner_skip_space(p);
    size_t at = p->at;
    if (scanner_take(p, "not")) {
        if (++p->operators <= OPERATORS_MOST)
            return node_add(scanner_node(p, NODE_NOT, at), comparison(p), NULL);
        scanner_fail(
            p, at, "this expression has more than %d operators; give a part of it a name",
            OPERATORS_MOST);
        return NULL;
    }
    struct node *left = sum(p);
    for (size_t i = 0; left && i < sizeof signs / sizeof *signs; i++) {
        if (!scanner_take(p, signs[i].text))
            continue;
        struct node *n = binary(p, signs[i].sign, left, sum(p));
        if (n)
            n->kind = NODE_COMPARE;
        if (n && scanner_take(p, "within") && tolerance(p, n) < 0) {
            node_free(n);
            n = NULL;
        }
        return n;
    }
    return left;
}

static struct node *condition(struct scanner *p)
{
    if (p->depth > DEPTH_MOST) {
        scanner_fail(p, p->at,
                     "this expression is nested too deeply; give a part of it a name");
        return NULL;
    }
    p->depth++;
    struct node *n = comparison(p);
    while (n) {
        if (scanner_take(p, "and"))
            n = binary(p, OPERATOR_AND, n, comparison(p));
        else if (scanner_take(p, "or"))
            n = binary(p, OPERATOR_OR, n, comparison(p));
        else
            break;
    }
    p->depth--;
    return n;
}

/* ---- the doors ---- */

#define LEFT_OVER 20

/* What stands on the line from here on, shortened. Caller frees. */
static char *left_over(const struct scanner *p)
{
    const char *s = p->source->text + p->at;
    size_t n = strcspn(s, "\n"), shown = n;
    if (n > LEFT_OVER)
        for (shown = LEFT_OVER; shown && ((unsigned char)s[shown] & 0xc0) == 0x80;)
            shown--;
    return mem_format("%.*s%s", (int)shown, s, shown < n ? "…" : "");
}

static struct node *only(struct scanner *p, struct node *n)
{
    scanner_skip_space(p);
    if (n && scanner_peek(p)) {
        bool equals = scanner_peek(p) == '=';
        char *rest = left_over(p);
        scanner_fail(p, p->at, "the expression ends before \"%s\"; %s", rest,
                     equals ? "two values are compared by =="
                            : "an operator (+ - * /) or its end is expected here");
        free(rest);
        node_free(n);
        return NULL;
    }
    return n;
}

static int read_format(struct scanner *p, char format[16])
{
    size_t begin = p->at;
    const char *s = p->source->text + p->at;
    size_t n = strlen(s);
    while (n && s[n - 1] == ' ')
        n--;
    bool decimals = n >= 2 && s[0] == '.' && scanner_is_digit(s[1]);
    size_t rest = decimals ? 2 : 0;
    if (n != rest && !(n == rest + 1 && (s[rest] == '%' || (s[rest] == ',' && !rest))))
        return scanner_fail(
            p, begin,
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
    struct scanner p = {.source = s, .e = e ? e : &own};
    struct node *n = condition(&p);
    format[0] = 0;
    if (n && scanner_take(&p, ":")) {
        scanner_skip_space(&p);
        if (read_format(&p, format) < 0) {
            node_free(n);
            return NULL;
        }
    }
    return only(&p, n);
}

/* Whether it can only be true or false: a bare number would always hold. */
static bool is_condition(const struct node *n)
{
    bool both =
        n->kind == NODE_BINARY && (n->sign == OPERATOR_AND || n->sign == OPERATOR_OR);
    if (n->kind == NODE_NOT)
        return is_condition(n->children[0]);
    return n->kind == NODE_COMPARE ||
           (both && is_condition(n->children[0]) && is_condition(n->children[1]));
}

struct node *syntax_condition(const struct source *s, struct error *e)
{
    struct error own = {0};
    struct scanner p = {.source = s, .e = e ? e : &own, .brackets = 1};
    struct node *n = only(&p, condition(&p));
    if (!n || is_condition(n))
        return n;
    error_set(p.e, "this is no condition: compare two values, such as a == b or a > b");
    error_at(p.e, s->file, n->line, n->column);
    node_free(n);
    return NULL;
}

static void skip_empty_lines(struct scanner *p)
{
    for (;;) {
        scanner_skip_space(p);
        if (scanner_peek(p) == '#')
            p->at += strcspn(p->source->text + p->at, "\n");
        if (scanner_peek(p) != '\n')
            return;
        p->at++;
    }
}

int syntax_statement(const struct source *s, size_t *at, char **made, struct node **node,
                     size_t *begin, struct error *e)
{
    struct error own = {0};
    struct scanner p = {.source = s, .at = *at, .e = e ? e : &own};
    skip_empty_lines(&p);
    *at = *begin = p.at;
    if (!scanner_peek(&p))
        return 0;
    if (!scanner_is_letter(scanner_peek(&p)))
        return scanner_fail(&p, p.at,
                            "a line of a compute block is written: name = function(…)");
    *made = scanner_name(&p);
    if (strchr(*made, '.') || strchr(*made, ':')) {
        scanner_fail(
            &p, *begin,
            "%s: a name of your own holds letters, digits and _ only; choose another",
            *made);
    } else if (scanner_expect(&p, "=", "after the name: name = function(…)") == 0 &&
               (*node = sum(&p)) != NULL) {
        scanner_skip_space(&p);
        if (scanner_peek(&p) == '#')
            p.at += strcspn(s->text + p.at, "\n");
        if (!scanner_peek(&p) || scanner_peek(&p) == '\n') {
            *at = p.at;
            return 1;
        }
        char *rest = left_over(&p);
        scanner_fail(&p, p.at,
                     "\"%s\" does not belong to this line, which is one assignment: name "
                     "= function(…)",
                     rest);
        free(rest);
        node_free(*node);
    }
    free(*made);
    return -1;
}
