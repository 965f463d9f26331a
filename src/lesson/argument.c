#include "lesson/argument.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define WHOLE_MOST 1e9

int argument_any(struct compiler *c, const struct node *n, int i, struct made *out,
                 struct error *e)
{
    return c->compile(c, n->children[i], NULL, out, e);
}

int argument_matrix(struct compiler *c, const struct node *n, int i, struct ref *ref,
                    struct error *e)
{
    struct made made;
    if (argument_any(c, n, i, &made, e) < 0)
        return -1;
    if (made.is_number)
        return error_set(e, "%s: argument %d must be a matrix, not a number", n->text,
                         i + 1);
    *ref = made.ref;
    return 0;
}

int argument_number(struct compiler *c, const struct node *n, int i, double *x,
                    struct error *e)
{
    struct made made;
    if (argument_any(c, n, i, &made, e) < 0)
        return -1;
    if (!made.is_number)
        return error_set(e, "%s: argument %d must be a number", n->text, i + 1);
    *x = made.number;
    return 0;
}

int argument_whole(struct compiler *c, const struct node *n, int i, long *x,
                   struct error *e)
{
    double number;
    if (argument_number(c, n, i, &number, e) < 0)
        return -1;
    if (!(fabs(number) < WHOLE_MOST) || number != floor(number))
        return error_set(e, "%s: argument %d must be a whole number below %.0f",
                         n->text, i + 1, WHOLE_MOST);
    *x = (long)number;
    return 0;
}

static const char *text_of_session(const struct session *s, const char *what)
{
    return !strcmp(what, "text")         ? s->text
           : !strcmp(what, "prediction") ? s->prediction
                                         : NULL;
}

/* What `text` or `prediction` means, or A.text of a run of the lesson's own. */
static const char *text_of(struct compiler *c, const char *name, struct error *e)
{
    const char *rest = strrchr(name, '.');
    if (!rest)
        return text_of_session(c->session, name);
    if (!text_of_session(c->session, rest + 1))
        return NULL;
    const struct session *s = c->find_run(c->data, name, &rest, e);
    return s ? text_of_session(s, rest) : NULL;
}

const char *argument_text(struct compiler *c, const struct node *n, int i,
                          struct error *e)
{
    const struct node *x = n->children[i];
    if (x->kind == NODE_TEXT)
        return x->text;
    const char *of = x->kind == NODE_NAME ? text_of(c, x->text, e) : NULL;
    if (of)
        return of;
    error_set(e,
              "%s: argument %d must be a text in quotes, or one of the names text and "
              "prediction",
              n->text, i + 1);
    return NULL;
}

int argument_keyed(const struct node *n, const char *key)
{
    for (int i = 0; i < n->count; i++)
        if (n->keys[i] && !strcmp(n->keys[i], key))
            return i;
    return -1;
}

int argument_plain(const struct node *n)
{
    int count = 0;
    while (count < n->count && !n->keys[count])
        count++;
    return count;
}

int argument_check_keys(const struct node *n, const char *one, const char *two,
                        struct error *e)
{
    for (int i = 0; i < n->count; i++)
        if (n->keys[i] && (!one || strcmp(n->keys[i], one)) &&
            (!two || strcmp(n->keys[i], two)))
            return error_set(e, "%s: there is no argument %.30s%s%s", n->text, n->keys[i],
                             one ? "; there is " : "", one ? one : "");
    return 0;
}

int argument_check(const struct node *n, int least, int most, const char *one,
                   const char *two, struct error *e)
{
    int given = argument_plain(n);
    if (given >= least && given <= most)
        return argument_check_keys(n, one, two, e);
    if (least == most)
        return error_set(e, "%s: it takes %d argument%s, not %d", n->text, most,
                         text_plural(most), given);
    return error_set(e, "%s: it takes %d to %d arguments, not %d", n->text, least, most,
                     given);
}
