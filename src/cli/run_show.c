#include "cli/runs.h"

#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "study/render.h"
#include "study/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A matrix with its labels, ready to print. */
struct sheet_of {
    const struct tensor *value;
    const struct labels *rows, *columns; /* NULL: numbers */
    int digits;
    bool gloss;
};

/* The width of column `c` of the matrix that starts at `first`. */
static int column_width(const struct sheet_of *s, long first, long rows, long c)
{
    char number[RENDER_NUMBER];
    char *label = label_text(s->columns, c, 0, true, false);
    int width = text_width(label);
    long n = tensor_columns(s->value);
    for (long r = 0; r < rows; r++) {
        double x = tensor_get(s->value, first + r * n + c);
        int w = text_width(render_number(x, s->digits, number));
        width = w > width ? w : width;
    }
    free(label);
    return width;
}

static int row_width(const struct sheet_of *s, long rows)
{
    int width = 0;
    for (long r = 0; r < rows; r++) {
        char *label = label_text(s->rows, r, 0, true, s->gloss);
        int w = text_width(label);
        width = w > width ? w : width;
        free(label);
    }
    return width;
}

static void print_matrix(const struct sheet_of *s, long first, long rows)
{
    long n = tensor_columns(s->value);
    int left = row_width(s, rows), *widths = mem_alloc((size_t)n, sizeof *widths);
    char number[RENDER_NUMBER];
    printf("%*s", left, "");
    for (long c = 0; c < n; c++) {
        char *label = label_text(s->columns, c, 0, true, false);
        widths[c] = column_width(s, first, rows, c);
        printf("  ");
        cli_print_padded(label, widths[c]);
        free(label);
    }
    printf("\n");
    for (long r = 0; r < rows; r++) {
        char *label = label_text(s->rows, r, 0, true, s->gloss);
        printf("%s%*s", label, left - text_width(label), "");
        for (long c = 0; c < n; c++) {
            double x = tensor_get(s->value, first + r * n + c);
            printf("  ");
            cli_print_padded(render_number(x, s->digits, number), widths[c]);
        }
        printf("\n");
        free(label);
    }
    free(widths);
}

/* Names the axes: "query x key". */
static void print_axes(const struct stage *stage)
{
    int n = stage->shape.rank, first = n == 3;
    printf("%s ", stage_id(stage));
    for (int i = first; i < n; i++)
        printf("%s%s", i > first ? " x " : "[", axis_name(stage->axes[i].name));
    printf("]   %s\n", stage_formula(stage));
}

static void print_stage(const struct stage *stage, const struct sheet_of *s, long head)
{
    long heads = stage->shape.rank == 3 ? s->value->size[0] : 1;
    long rows = stage->shape.rank == 1 ? 1 : s->value->size[stage->shape.rank - 2];
    print_axes(stage);
    for (long h = 0; h < heads; h++) {
        if (head >= 0 && h != head)
            continue;
        if (stage->shape.rank == 3)
            printf("%shead %ld\n", h && head < 0 ? "\n" : "", h + 1);
        print_matrix(s, h * rows * tensor_columns(s->value), rows);
    }
}

static int show_by_word(const struct stage *stage, struct sheet_of *s, long head,
                        struct error *e)
{
    if (stage->role != ROLE_SOFTMAX)
        return error_usage(
            e,
            "option --by word: only attention weights have rows and columns "
            "that are words; %s has not",
            stage_id(stage));
    long *row_group, *column_group;
    struct labels rows = words_labels(s->rows, &row_group);
    struct labels columns = words_labels(s->columns, &column_group);
    struct tensor map = words_map(s->value, row_group, (long)rows.count, column_group,
                                  (long)columns.count);
    struct sheet_of words = {&map, &rows, &columns, s->digits, false};
    print_stage(stage, &words, head);
    free(map.data);
    free(row_group);
    free(column_group);
    labels_free(&rows);
    labels_free(&columns);
    return 0;
}

static int show(const struct options *o, struct session *s, struct error *e)
{
    static const char *const ways[] = {"piece", "word", NULL};
    long digits = 4, head;
    int way = option_choice(o, OPTION_BY, ways, e);
    int index = way < 0 ? -1 : cli_stage(s, cli_argument(o, 0), e);
    if (index < 0 || option_integer(o, OPTION_DIGITS, 0, 12, &digits, e) < 0)
        return -1;
    const struct stage *stage = &trace_plan(s->trace)->stages[index];
    if (cli_head(o, stage, &head, e) < 0)
        return -1;
    struct label_sets sets = session_label_sets(s);
    int rank = stage->shape.rank;
    struct sheet_of sheet = {
        trace_acquire(s->trace, index),
        rank > 1 ? labels_of_axis(&sets, stage->axes[rank - 2]) : NULL,
        labels_of_axis(&sets, stage->axes[rank - 1]),
        stage->shape.type == TENSOR_I32 ? 0 : (int)digits,
        option_is_set(o, OPTION_GLOSS),
    };
    int result = 0;
    if (way == 1)
        result = show_by_word(stage, &sheet, head, e);
    else
        print_stage(stage, &sheet, head);
    trace_release(s->trace, index);
    return result;
}

int run_show(const struct options *o, struct error *e)
{
    struct session *s = cli_session(o, e);
    int result = s ? show(o, s, e) : -1;
    session_free(s);
    return result < 0 ? CLI_FAILED : CLI_OK;
}
