/* The tree of an expression (syntax.h). */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <stddef.h>

enum node_kind {
    NODE_NUMBER,
    NODE_TEXT,
    NODE_NAME,
    NODE_INDEX,  /* child[0] with parts */
    NODE_CALL,   /* name, children; keys[i] is the name of child i or NULL */
    NODE_EXAM,   /* parts[0]: the what-ifs; [1]: the run, "" for the lesson's model; [2]:
                    a kind, if any; text: the field */
    NODE_MATRIX, /* rows × columns numbers; labels[i] of a row or NULL; the children are
                    its expressions, each at its `cell` */
    NODE_NEGATE,
    NODE_NOT,
    NODE_BINARY,  /* sign: + - * / and or */
    NODE_COMPARE, /* sign; tolerance */
};

enum node_operator {
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_AND,
    OPERATOR_OR,
    OPERATOR_EQUAL,
    OPERATOR_DIFFERENT,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_NEAR,
};

#define NODE_CHILDREN 64
#define NODE_PARTS 3

struct node {
    enum node_kind kind;
    long line, column;
    double number;
    int decimals; /* that a number was written with */
    char *text;   /* a name or a text */
    char *parts[NODE_PARTS];
    int part_count;
    struct node **children;
    char **keys; /* one for each child, may be NULL */
    int count, capacity;
    long cell;     /* of an expression in a matrix: where it stands, row-major */
    double *cells; /* of a matrix; 0 where an expression stands */
    size_t cell_capacity;
    char **labels;
    long rows, columns;
    enum node_operator sign;
    double tolerance; /* negative: none was given */
    bool relative;    /* the tolerance is a share of the right side */
};

struct node *node_new(enum node_kind kind, long line, long column);

/* Adds a child; takes both. NULL, and everything is freed, when the child is NULL: its
 * error is set. */
struct node *node_add(struct node *n, struct node *child, char *key);

/* The expression as text again: "entropy(p[1,:])". Caller frees. */
char *node_text(const struct node *n);

void node_free(struct node *n); /* with its children; NULL is fine */

#endif
