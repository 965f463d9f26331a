#include "lesson/claims.h"

#include <stdlib.h>

static char *print_side(const struct scope *scope, const struct node *n)
{
    struct value v = evaluate(scope, n, NULL);
    char *text = value_print(&v, v.kind == VALUE_TEXT ? "" : ".6");
    value_free(&v);
    return text;
}

int claim_check(const struct scope *s, const struct claim *claim, struct error *e)
{
    struct value v = evaluate(s, claim->node, e);
    bool holds = v.kind == VALUE_NUMBER && v.number != 0;
    bool known = v.kind != VALUE_NONE;
    value_free(&v);
    if (holds)
        return 0;
    const struct node *n = claim->node;
    if (known && n->kind == NODE_COMPARE) {
        char *left = print_side(s, n->children[0]);
        char *right = print_side(s, n->children[1]);
        error_set(
            e,
            "the claim \"%.100s\" does not hold: its left side is %.120s, its right "
            "side %.120s",
            claim->source, left, right);
        free(left);
        free(right);
    } else if (known) {
        error_set(e, "the claim \"%.200s\" does not hold%s", claim->source,
                  n->kind == NODE_BINARY ? "; write its parts as claims of their own to "
                                           "see which"
                                         : "");
    }
    return error_at(e, s->file, n->line, n->column);
}
