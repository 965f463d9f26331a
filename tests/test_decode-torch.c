/* Beam search against a search in PyTorch (tests/reference/beam.py): the best outputs of
 * random models, in order, with their scores; several ends, a beginning that is given, and
 * both ways to divide by the length. */
#include "study/decode.h"

#include "base/file.h"
#include "base/memory.h"
#include "models.h"
#include "support.h"

#include <math.h>

#define MOST 6 /* tokens that were chosen, the one that ends an output among them */
#define ROOM 16

static const struct whatifs none;

/* "5,9" or "-" for none; returns where it ends. */
static const char *read_ids(const char *text, int32_t *ids, long *count)
{
    *count = 0;
    if (*text == '-')
        return text + 1;
    for (;; text++) {
        char *end;
        assert_true(*count < ROOM);
        ids[(*count)++] = (int32_t)strtol(text, &end, 10);
        text = end;
        if (*text != ',')
            return text;
    }
}

/* "5,9:-1.25:-0.5" */
static const char *check_output(const char *text, long prefix,
                                const struct decode_output *o)
{
    int32_t ids[ROOM];
    long n;
    char *end;
    text = read_ids(text, ids, &n);
    assert_int_equal(o->count, n);
    assert_memory_equal(o->ids, ids, sizeof *ids * (size_t)n);
    assert_int_equal(o->end >= 0, n < prefix + MOST);
    assert_near(o->score, strtod(text + 1, &end), 1e-4);
    assert_near(o->scaled, strtod(end + 1, &end), 1e-4);
    return *end ? end + 1 : end;
}

enum { MODEL, SOURCE, PREFIX, ENDS, BEAM, DIVISOR, A, OUTPUTS, COLUMNS };

static void check_row(char *line)
{
    char *cells[COLUMNS], *rest = NULL;
    for (int i = 0; i < COLUMNS; i++) {
        cells[i] = strtok_r(i ? NULL : line, "\t", &rest);
        assert_non_null(cells[i]);
    }
    int32_t source[ROOM], prefix[ROOM], ends[ROOM];
    long sources;
    bool power = !strcmp(cells[DIVISOR], "power");
    struct decode_options options = {.beam = atoi(cells[BEAM]), .best = atoi(cells[BEAM]),
                                     .prefix = {.ids = prefix}, .ends = {.ids = ends}};
    *(power ? &options.length_power : &options.length_penalty) = strtod(cells[A], NULL);
    read_ids(cells[SOURCE], source, &sources);
    read_ids(cells[PREFIX], prefix, &options.prefix.count);
    read_ids(cells[ENDS], ends, &options.ends.count);
    options.most = options.prefix.count + MOST;
    char *name = mem_format("tests/data/models/%s", cells[MODEL]);
    struct error e = {0};
    struct model *m = shared_model(name);
    struct run run = {m, &none, {0}};
    struct decode_outputs out;
    if (decode_outputs(&run, source, sources, &options, &out, &e) < 0)
        fail_msg("%s", e.message);
    const char *text = cells[OUTPUTS];
    for (long i = 0; i < out.count; i++)
        text = check_output(text, options.prefix.count, &out.items[i]);
    assert_int_equal(*text, 0);
    decode_outputs_free(&out);
    model_free(m);
    free(name);
}

static void the_best_are_those_of_pytorch(void **state)
{
    (void)state;
    struct error e = {0};
    char *rows = file_read("tests/data/golden/beam.tsv", 10000000, NULL, &e), *rest = NULL;
    if (!rows)
        fail_msg("%s", e.message);
    long count = 0;
    strtok_r(rows, "\n", &rest); /* the names of the columns */
    for (char *line; (line = strtok_r(NULL, "\n", &rest)); count++)
        check_row(line);
    assert_true(count > 400);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_are_those_of_pytorch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
