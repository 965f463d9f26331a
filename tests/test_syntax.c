/* Expressions of lessons: what they parse to, and the place and hint of every error. */
#include "lesson/syntax.h"

#include "support.h"

static const struct source *source(const char *text)
{
    static struct source s;
    s = (struct source){text, "x.md", 7, 3};
    return &s;
}

/* The tree as text, for comparing. */
static void print(const struct node *n, char *out)
{
    static const char *const signs[] = {
        "+", "-", "*", "/", "and", "or", "==", "!=", "<", "<=", ">", ">=", "~"};
    char *end = out + strlen(out);
    switch (n->kind) {
    case NODE_NUMBER:
        sprintf(end, "%g", n->number);
        return;
    case NODE_TEXT:
        sprintf(end, "'%s'", n->text);
        return;
    case NODE_NAME:
        sprintf(end, "%s", n->text);
        return;
    case NODE_EXAM:
        sprintf(end, "exam{%s}%s", n->parts[0], n->text);
        return;
    case NODE_MATRIX:
        sprintf(end, "matrix%ldx%ld", n->rows, n->columns);
        return;
    default:
        break;
    }
    bool is_operator = n->kind == NODE_BINARY || n->kind == NODE_COMPARE;
    strcat(out, is_operator              ? "("
                : n->kind == NODE_NEGATE ? "-("
                : n->kind == NODE_NOT    ? "!("
                                         : "");
    if (n->kind == NODE_CALL)
        sprintf(out + strlen(out), "%s(", n->text);
    for (int i = 0; i < n->count; i++) {
        if (i)
            sprintf(out + strlen(out), is_operator ? " %s " : ", ", signs[n->sign]);
        if (n->keys[i])
            sprintf(out + strlen(out), "%s=", n->keys[i]);
        print(n->children[i], out);
    }
    for (int i = 0; i < n->part_count; i++)
        sprintf(out + strlen(out), "%s%s", i ? "|" : "[", n->parts[i]);
    strcat(out, n->kind == NODE_INDEX ? "]" : ")");
}

static void parses_as(const char *text, const char *tree)
{
    struct error e = {0};
    char out[1000] = "";
    char whole[300]; /* any expression within a condition */
    snprintf(whole, sizeof whole, "(%s) == 0", text);
    struct node *n = syntax_condition(source(whole), &e);
    if (!n)
        fail_msg("%s: %s", text, e.message);
    print(n->children[0], out);
    assert_string_equal(out, tree);
    node_free(n);
}

static void parses_expressions(void **state)
{
    (void)state;
    parses_as("1 + 2*3 - x", "((1 + (2 * 3)) - x)");
    parses_as("-a.b[1, '나,다', :]", "-(a.b[1|'나,다'|:])");
    parses_as("weight:src_embedding.weight[w'나는',2]",
              "weight:src_embedding.weight[w'나는'|2]");
    parses_as("softmax(x, temperature=T) == 'a'", "(softmax(x, temperature=T) == 'a')");
    parses_as("exam(no-scale@encoder:2 no-mask).exact_match > 0.5",
              "(exam{no-scale@encoder:2 no-mask}exact_match > 0.5)");
    parses_as("s ~ [[1, -2.50], [\"x\", 3, 4]] within 2%", "(s ~ matrix2x2)");
    parses_as("not a < b and c or d", "((!((a < b)) and c) or d)");
    parses_as("(1 < 2)", "(1 < 2)");
    parses_as("f([1, 2,\n 3]) # comment\n", "f(matrix1x3)");
}

static void keeps_decimals_and_tolerance(void **state)
{
    (void)state;
    struct error e = {0};
    struct node *n = syntax_condition(source("a ~ 8.00 within 2%"), &e);
    assert_non_null(n);
    assert_int_equal(n->children[1]->decimals, 2);
    assert_near(n->tolerance, 0.02, 1e-12);
    assert_true(n->relative);
    node_free(n);
}

static void reads_formats(void **state)
{
    (void)state;
    static const char *const good[] = {".3", "%", ".1%", ","};
    for (size_t i = 0; i < 4; i++) {
        char text[32], format[16];
        struct error e = {0};
        snprintf(text, sizeof text, "x[1,:]:%s", good[i]);
        struct node *n = syntax_value(source(text), format, &e);
        assert_non_null(n);
        assert_string_equal(format, good[i]);
        node_free(n);
    }
}

/* Every fault has its place (line 7, column 3 is the first byte) and says what to do. */
static void places_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line, column;
        const char *message;
    } cases[] = {
        {"", 7, 3, "is expected here"},
        {"1 +", 7, 6, "is expected here"},
        {"a[1,2", 7, 7, "a cell begins here"},
        {"a[1,2,3,4]", 7, 11, "one to three parts"},
        {"f(1, 2", 7, 9, "\",\" is expected here between arguments"},
        {"'open", 7, 3, "closing quote"},
        {"[[1, 2],\n [3]]", 8, 3, "this row has 1 number, the rows above 2"},
        {"a b", 7, 5, "the expression ends before \"b\""},
        {"exam(no-scale)", 7, 17, "exact_match, loss"},
        {"a ~ 1 within x", 7, 16, "a number is expected after \"within\""},
        {"((((((((((((((((((((((((((((((((((((((((((((((1", 7, 0, "nested too deeply"},
        {"------------------------------------------------1", 7, 0, "nested too deeply"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        assert_null(syntax_condition(source(cases[i].text), &e));
        assert_contains(e.message, cases[i].message);
        assert_string_equal(e.file, "x.md");
        assert_int_equal(e.line, cases[i].line);
        if (cases[i].column)
            assert_int_equal(e.column, cases[i].column);
    }
}

static void refuses_formats(void **state)
{
    (void)state;
    static const char *const bad[] = {"x:.", "x:3", "x:.123", "x:%.1", "x:.2,", "x: "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char format[16];
        struct error e = {0};
        struct node *n = syntax_value(source(bad[i]), format, &e);
        if (n && strcmp(bad[i], "x: "))
            fail_msg("%s was taken", bad[i]);
        node_free(n);
    }
}

static void reads_statements(void **state)
{
    (void)state;
    const char *text =
        "# first\n\na = [[1, 2],\n     [3, 4]]  # two rows\n  b = dot(a, a)\n";
    size_t at = 0, begin;
    char *name;
    struct node *n;
    struct error e = {0};
    assert_int_equal(syntax_statement(source(text), &at, &name, &n, &begin, &e), 1);
    assert_string_equal(name, "a");
    assert_int_equal(n->rows, 2);
    assert_int_equal(n->line, 9);
    free(name);
    node_free(n);
    assert_int_equal(syntax_statement(source(text), &at, &name, &n, &begin, &e), 1);
    assert_string_equal(name, "b");
    assert_int_equal(n->line, 11);
    free(name);
    node_free(n);
    assert_int_equal(syntax_statement(source(text), &at, &name, &n, &begin, &e), 0);
    at = 0;
    assert_int_equal(syntax_statement(source("a.b = 1"), &at, &name, &n, &begin, &e), -1);
    assert_contains(e.message, "letters, digits");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_expressions),
        cmocka_unit_test(keeps_decimals_and_tolerance),
        cmocka_unit_test(reads_formats),
        cmocka_unit_test(places_errors),
        cmocka_unit_test(refuses_formats),
        cmocka_unit_test(reads_statements),
    };
    return cmocka_run_group_tests_name("syntax", tests, NULL, NULL);
}
