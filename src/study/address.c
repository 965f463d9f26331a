#include "study/address.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PARTS TENSOR_MAX_RANK

/* One part, taken apart: a number, or a quoted text with what to match it against. */
struct part_text {
    char text[160];
    bool word;      /* w'…' */
    bool predicted; /* >'…' */
    long number;    /* the number, or which of several matches; 0 for none given */
};

static void add_choices(struct buffer *b, const struct labels *l)
{
    size_t shown = l->count > 40 ? 40 : l->count;
    for (size_t i = 0; i < shown; i++)
        buffer_addf(b, "%s%zu %s", i ? ", " : "", i + 1, l->items[i].text);
    if (shown < l->count)
        buffer_addf(b, ", … %zu in all", l->count);
}

static int no_unique(const struct part_text *p, const struct labels *l, long matches,
                     struct error *e)
{
    struct buffer b = {0};
    add_choices(&b, l);
    if (matches && p->word)
        error_set(e, "the word '%s' is %ld pieces here; name one of them: %s", p->text,
                  matches, b.data);
    else if (matches > 1 && !p->number)
        error_set(e, "'%s' stands %ld times; write '%s'#1 to '%s'#%ld, or a number: %s",
                  p->text, matches, p->text, p->text, matches, b.data);
    else if (matches)
        error_set(e, "'%s'#%ld: it stands only %ld time%s: %s", p->text, p->number,
                  matches, text_plural(matches), b.data);
    else
        error_set(e, "'%s' is not among the labels: %s", p->text,
                  b.data ? b.data : "none");
    buffer_free(&b);
    return -1;
}

static bool matches_label(const struct part_text *p, const struct labels *l, size_t i)
{
    const struct label *label = &l->items[i];
    if (p->word) {
        char *word = labels_word(l, label->word);
        bool same = label->word >= 0 && word && !strcmp(word, p->text);
        free(word);
        return same;
    }
    const char *text = p->predicted ? label->next : label->text;
    return text &&
           (!strcmp(text, p->text) || !strcmp(label_without_mark(text), p->text));
}

static int find_label(const struct part_text *p, const struct labels *l, long size,
                      long *index, struct error *e)
{
    long matches = 0, found = -1;
    for (size_t i = 0; i < l->count && (long)i < size; i++)
        if (matches_label(p, l, i)) {
            matches++;
            if (matches == (p->number ? p->number : 1))
                found = (long)i;
        }
    if (found < 0 || (matches > 1 && !p->number))
        return no_unique(p, l, matches, e);
    *index = found;
    return 0;
}

/* Reads "'…'" with an optional "#N"; `s` stands at the opening quote. */
static int read_quoted(const char *s, struct part_text *p, struct error *e)
{
    const char *end = strrchr(s + 1, '\'');
    if (!end || end == s + 1)
        return error_set(e, "cell %.60s: a quoted label needs its closing quote: '나'", s);
    size_t n = (size_t)(end - s - 1);
    if (n >= sizeof p->text)
        return error_set(e, "cell %.30s…: the label is too long", s);
    memcpy(p->text, s + 1, n);
    p->text[n] = 0;
    if (!end[1])
        return 0;
    char *rest;
    p->number = strtol(end + 2, &rest, 10);
    if (end[1] != '#' || *rest || rest == end + 2 || p->number < 1)
        return error_set(
            e, "cell %.60s: after the quote only #2 (the second one) may stand", s);
    return 0;
}

static int read_part(const char *s, struct part_text *p, struct error *e)
{
    *p = (struct part_text){.text = ""};
    const char *at = s;
    if (*at == '>')
        p->predicted = true, at++;
    else if (*at == 'w')
        p->word = true, at++;
    if (*at == '\'')
        return read_quoted(at, p, e);
    char *rest;
    p->number = strtol(s, &rest, 10);
    if (*rest || rest == s)
        return error_set(e, "cell part %.60s: a number, '나', '나'#2, w'나는' or >'go' is "
                         "expected", *s ? s : "(empty)");
    return 0;
}

int address_parse_part(const char *part, const struct labels *labels, long size,
                       long *index, struct error *e)
{
    struct part_text p;
    char *normal = text_normalize(part); /* as the labels are */
    int status = read_part(normal, &p, e);
    free(normal);
    if (status < 0)
        return -1;
    if (p.text[0] && !labels)
        return error_set(
            e,
            "cell part %.60s: this axis has no labels; give a number from 1 to "
            "%ld",
            part, size);
    if (p.text[0])
        return find_label(&p, labels, size, index, e);
    long place = p.number < 0 ? size + p.number : p.number - 1;
    if (p.number == 0 || place < 0 || place >= size)
        return error_set(e, "cell part %ld is outside; it counts from 1 to %ld, or from "
                            "the last, -1, to -%ld", p.number, size, size);
    *index = place;
    return 0;
}

/* Splits at commas outside quotes, in place. Returns the number of parts, or -1. A quote
 * closes only before a comma, '#' or the end, so that ''' names the apostrophe. */
static int split(char *text, char **parts)
{
    int n = 0;
    bool quoted = false;
    parts[n++] = text;
    for (char *s = text; *s; s++) {
        if (*s == '\'' && !quoted)
            quoted = true;
        else if (*s == '\'' && (!s[1] || s[1] == ',' || s[1] == '#'))
            quoted = false;
        else if (*s == ',' && !quoted) {
            if (n == MAX_PARTS)
                return -1;
            *s = 0;
            parts[n++] = s + 1;
        }
    }
    return n;
}

int address_parse(const char *text, const struct stage *stage,
                  const struct label_sets *sets, long *cell, struct error *e)
{
    static const char *const forms[] = {"row", "row,column", "head,row,column"};
    char *copy = mem_string(text), *parts[MAX_PARTS];
    int rank = stage->shape.rank, n = split(copy, parts), result = 0;
    if (n != rank || !*text)
        result = error_set(e, "cell %.60s: %s needs %s", *text ? text : "(empty)",
                           stage_id(stage), forms[rank - 1]);
    *cell = 0;
    for (int i = 0; i < rank && result == 0; i++) {
        long index = 0, size = stage->shape.size[i];
        result = address_parse_part(parts[i], labels_of_axis(sets, stage->axes[i]), size,
                                    &index, e);
        *cell = *cell * size + index;
    }
    free(copy);
    return result;
}
