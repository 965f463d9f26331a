#include "lesson/slice.h"

#include "base/memory.h"
#include "base/text.h"
#include "study/address.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice slice_whole(const struct tensor *shape)
{
    struct slice s = {.rank = shape->rank};
    memcpy(s.count, shape->size, sizeof s.count);
    return s;
}

/* The colon of a range, outside of quotes; NULL for none. */
static const char *colon_of(const char *part)
{
    bool quoted = false;
    for (; *part; part++) {
        if (*part == '\'')
            quoted = !quoted;
        else if (*part == ':' && !quoted)
            return part;
    }
    return NULL;
}

/* What each part is read against. */
struct axis_of {
    const struct labels *labels;
    long size;
    struct slice_names names;
};

static bool is_name(const char *part)
{
    bool begins = isalpha((unsigned char)*part) || *part == '_';
    while (isalnum((unsigned char)*part) || *part == '_')
        part++;
    return begins && !*part;
}

static int read_place(const char *part, const struct axis_of *a, long *index,
                      struct error *e)
{
    double number;
    if (!is_name(part))
        return address_parse_part(part, a->labels, a->size, index, e);
    if (!a->names.number(a->names.data, part, &number))
        return error_set(e,
                         "cell part %.60s: there is no number of that name that is known "
                         "beforehand, as rows(x) is; a label stands in quotes: '나'",
                         part);
    if (number != floor(number) || !(fabs(number) < 1e9))
        return error_set(e, "cell part %.60s: it is %g, no whole number", part, number);
    char digits[24];
    snprintf(digits, sizeof digits, "%.0f", number);
    return address_parse_part(digits, a->labels, a->size, index, e);
}

/* One end of a range: from `begin` to `end`, or `otherwise` when nothing stands there. */
static int read_end(const char *begin, const char *end, const struct axis_of *a,
                    long otherwise, long *index, struct error *e)
{
    while (begin < end && *begin == ' ')
        begin++;
    while (end > begin && end[-1] == ' ')
        end--;
    *index = otherwise;
    if (begin == end)
        return 0;
    char *part = mem_bytes(begin, (size_t)(end - begin));
    int status = read_place(part, a, index, e);
    free(part);
    return status;
}

static int read_part(const char *part, const struct axis_of *a, int axis,
                     struct slice *out, struct error *e)
{
    const char *colon = colon_of(part);
    long first = 0, last = 0;
    if (!colon) {
        out->one[axis] = true;
        out->count[axis] = 1;
        return read_place(part, a, &out->first[axis], e);
    }
    if (read_end(part, colon, a, 0, &first, e) < 0 ||
        read_end(colon + 1, part + strlen(part), a, a->size - 1, &last, e) < 0)
        return -1;
    if (last < first)
        return error_set(e,
                         "the range %.60s ends before it begins; write FIRST:LAST, both "
                         "of them in it",
                         part);
    out->first[axis] = first;
    out->count[axis] = last - first + 1;
    return 0;
}

static const char *const forms[] = {"no cell", "[column]", "[row,column]",
                                    "[head,row,column]"};

int slice_read(const struct node *index, const struct tensor *shape,
               const struct labels *const labels[], struct slice_names names,
               struct slice *out, struct error *e)
{
    *out = slice_whole(shape);
    if (index->part_count != shape->rank)
        return error_set(e, "a cell of this matrix has %d part%s, not %d: write %s",
                         shape->rank, text_plural(shape->rank), index->part_count,
                         forms[shape->rank]);
    for (int i = 0; i < shape->rank; i++) {
        struct axis_of a = {labels[i], shape->size[i], names};
        if (read_part(index->parts[i], &a, i, out, e) < 0)
            return -1;
    }
    return 0;
}

bool slice_is_whole(const struct slice *s, const struct tensor *shape)
{
    bool whole = true;
    for (int i = 0; i < s->rank; i++)
        whole = whole && !s->one[i] && s->count[i] == shape->size[i];
    return whole;
}

bool slice_is_cell(const struct slice *s)
{
    bool cell = true;
    for (int i = 0; i < s->rank; i++)
        cell = cell && s->one[i];
    return cell;
}
