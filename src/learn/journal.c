#include "learn/journal.h"

#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)64 << 20)
#define HEADER                                                      \
    "step\ttrain_loss\theld_out_loss\theld_out_exact_match\t"       \
    "attention_entropy_bits\n"

/* The lines whose step is not after `last`; `prefix` stands before the step. */
static void keep_lines(struct buffer *b, char *text, const char *prefix, long last)
{
    for (char *line = text, *next; line && *line; line = next) {
        size_t n = strcspn(line, "\n"), skip = strlen(prefix);
        next = line[n] ? line + n + 1 : NULL;
        line[n] = 0;
        bool row = !strncmp(line, prefix, skip) && line[skip];
        char *end;
        long step = row ? strtol(line + skip, &end, 10) : 0;
        if (row && end != line + skip && step <= last)
            buffer_addf(b, "%s\n", line);
    }
}

static int read_back(struct buffer *b, const char *path, const char *prefix, long last,
                     struct error *e)
{
    if (last < 0 || !file_exists(path))
        return 0;
    char *text = file_read(path, MOST_BYTES, NULL, e);
    if (!text)
        return -1;
    keep_lines(b, text, prefix, last);
    free(text);
    return 0;
}

int journal_open(struct journal *j, const char *folder, long step, struct error *e)
{
    *j = (struct journal){.table_path = file_join(folder, "loss.tsv"),
                          .log_path = file_join(folder, "train.log")};
    buffer_add(&j->table, HEADER);
    if (read_back(&j->table, j->table_path, "", step, e) < 0)
        return -1;
    return read_back(&j->log, j->log_path, "step ", step, e);
}

void journal_free(struct journal *j)
{
    free(j->table_path);
    free(j->log_path);
    buffer_free(&j->table);
    buffer_free(&j->log);
}

static void add_number(struct buffer *b, int digits, double x)
{
    if (!isnan(x))
        buffer_addf(b, "%.*f", digits, x);
}

void journal_add(struct journal *j, const struct journal_row *row, const char **line)
{
    buffer_addf(&j->table, "%ld\t", row->step);
    add_number(&j->table, 4, row->loss);
    buffer_add(&j->table, "\t");
    add_number(&j->table, 4, row->held_loss);
    buffer_add(&j->table, "\t");
    add_number(&j->table, 4, row->held_match);
    buffer_add(&j->table, "\t");
    add_number(&j->table, 3, row->entropy);
    buffer_add(&j->table, "\n");
    size_t begin = j->log.length;
    if (line)
        *line = NULL;
    if (isnan(row->held_match))
        return;
    buffer_addf(&j->log, "step %5ld  loss %.4f  held-out loss %.4f  exact %.4f",
                row->step, row->loss, row->held_loss, row->held_match);
    if (!isnan(row->entropy))
        buffer_addf(&j->log, "  entropy %.3f bits", row->entropy);
    buffer_addf(&j->log, "  %4.0f s\n", row->seconds);
    if (line)
        *line = j->log.data + begin;
}

void journal_say(struct journal *j, const char *line)
{
    buffer_addf(&j->log, "%s\n", line);
}

int journal_write(const struct journal *j, struct error *e)
{
    if (file_write(j->table_path, j->table.data, j->table.length, true, e) < 0)
        return -1;
    const char *log = j->log.data ? j->log.data : "";
    return file_write(j->log_path, log, strlen(log), true, e);
}
