#include "study/export.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "numbers/gradient.h"
#include "support.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where one test writes. */
struct place {
    char *base, *folder; /* `folder` is inside `base`; the export makes it */
    struct session *session;
};

static void run(struct session *s, const char *text)
{
    struct error e = {0};
    if (session_set_text(s, text, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s: %s", text, e.message);
}

static int set_up(void **state)
{
    struct error e = {0};
    struct place *p = mem_zero(1, sizeof *p);
    p->base = mem_string("/tmp/test-export-XXXXXX");
    assert_non_null(mkdtemp(p->base));
    p->folder = file_join(p->base, "out");
    struct model *m = model_open(MODEL_DEFAULT, &e);
    if (!m)
        fail_msg("%s: %s", e.file, e.message);
    p->session = session_new(m, &(struct session_options){0});
    run(p->session, "나는 학교에 간다");
    *state = p;
    return 0;
}

/* Removes a folder of files; returns how many there were, -1 without the folder. */
static int empty_folder(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    if (!d)
        return -1;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = file_join(folder, entry->d_name);
        remove(path);
        free(path);
        n++;
    }
    closedir(d);
    rmdir(folder);
    return n;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    empty_folder(p->folder);
    empty_folder(p->base);
    session_free(p->session);
    free(p->folder);
    free(p->base);
    free(p);
    return 0;
}

static void export(struct place *p, bool csv, bool force)
{
    struct error e = {0};
    if (export_trace(p->session, p->folder, &(struct export_options){csv, force}, &e) < 0)
        fail_msg("%s: %s", e.file, e.message);
}

static struct json *read_index(const struct place *p)
{
    struct error e = {0};
    char *path = file_join(p->folder, "trace.json");
    struct json *j = json_read(path, 10000000, &e);
    if (!j)
        fail_msg("%s: %s", e.file, e.message);
    free(path);
    return j;
}

static const char *text_of(const struct json *object, const char *key)
{
    const char *text = json_text(json_get(object, key));
    if (!text)
        fail_msg("%s is %s", key, json_kind(json_get(object, key)));
    return text;
}

static long integer_of(const struct json *object, const char *key)
{
    long x = 0;
    if (!json_long(json_get(object, key), &x))
        fail_msg("%s is %s", key, json_kind(json_get(object, key)));
    return x;
}

static void the_head_of_the_index(void **state)
{
    struct place *p = *state;
    export(p, false, false);
    struct json *j = read_index(p);
    assert_string_equal(text_of(j, "format"), "stepformer-trace");
    assert_int_equal(integer_of(j, "version"), 1);
    assert_string_equal(text_of(j, "text"), "나는 학교에 간다");
    assert_string_equal(text_of(j, "prediction"), "I go to school");
    assert_true(json_is_array(json_get(j, "what_if")));
    assert_int_equal(json_length(json_get(j, "what_if")), 0);
    assert_string_equal(text_of(json_get(j, "model"), "model_type"), "transformer");
    assert_int_equal(integer_of(json_get(j, "model"), "d_model"),
                     (long)config_own(p->session->model->config, "d_model"));
    json_free(j);
}

static void tokens_of_both_sides(void **state)
{
    struct place *p = *state;
    export(p, false, false);
    struct json *j = read_index(p);
    const struct json *source = json_get(j, "source"), *target = json_get(j, "target");
    assert_int_equal(json_length(source), p->session->sources);
    assert_int_equal(json_length(target), p->session->targets);
    for (long i = 0; i < p->session->sources; i++) {
        const struct json *token = json_item(source, (size_t)i);
        assert_int_equal(integer_of(token, "id"), p->session->source[i]);
        assert_string_equal(text_of(token, "text"),
                            p->session->source_labels.items[i].text);
    }
    assert_string_equal(text_of(json_item(target, 0), "text"), "<bos>");
    for (long i = 0; i < p->session->targets; i++) {
        const struct json *token = json_item(target, (size_t)i);
        const struct json *next = json_get(token, "next"),
                          *best = json_get(token, "argmax");
        bool last = i + 1 == p->session->targets;
        assert_int_equal(integer_of(next, "id"),
                         last ? p->session->model->config->eos_token_id
                              : p->session->target[i + 1]);
        assert_int_equal(integer_of(best, "id"), integer_of(next, "id")); /* greedy */
        assert_string_equal(text_of(best, "text"), text_of(next, "text"));
    }
    json_free(j);
}

static long file_size(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    struct stat s;
    if (stat(path, &s) < 0)
        fail_msg("%s is missing", path);
    free(path);
    return (long)s.st_size;
}

static void check_axes(const struct json *axes, const struct stage *stage)
{
    assert_int_equal(json_length(axes), stage->shape.rank);
    for (int k = 0; k < stage->shape.rank; k++) {
        const struct json *axis = json_item(axes, (size_t)k);
        const char *labels = json_text(json_get(axis, "labels"));
        static const char *const sides[] = {NULL, "source", "target"};
        assert_string_equal(text_of(axis, "name"), axis_name(stage->axes[k].name));
        if (sides[stage->axes[k].side])
            assert_string_equal(labels, sides[stage->axes[k].side]);
        else
            assert_null(labels);
    }
}

static void check_entry(struct place *p, const struct json *entry, int i)
{
    const struct stage *stage = &trace_plan(p->session->trace)->stages[i];
    const struct json *shape = json_get(entry, "shape");
    long count = 1, size = 0;
    double difference = -1;
    bool off = true;
    char *name = mem_format("%03d-%s.npy", i, stage_id(stage));
    assert_string_equal(text_of(entry, "id"), stage_id(stage));
    assert_string_equal(text_of(entry, "op"), op_get(stage->op)->name);
    assert_string_equal(text_of(entry, "role"), role_name(stage->role));
    assert_string_equal(text_of(entry, "file"), name);
    for (size_t k = 0; k < json_length(shape); k++) {
        assert_true(json_long(json_item(shape, k), &size));
        assert_int_equal(size, stage->shape.size[k]);
        count *= size;
    }
    assert_int_equal(file_size(p->folder, name) % 64, count * 4 % 64);
    assert_true(file_size(p->folder, name) >= 128 + count * 4 - 64);
    check_axes(json_get(entry, "axes"), stage);
    assert_true(json_number(json_get(entry, "max_abs_diff"), &difference));
    assert_true(difference >= 0 && difference < 0.01);
    assert_true(json_boolean(json_get(entry, "off"), &off));
    assert_false(off);
    for (size_t k = 0; k < json_length(json_get(entry, "inputs")); k++)
        assert_non_null(json_text(json_item(json_get(entry, "inputs"), k)));
    free(name);
}

static void every_stage_has_an_entry_and_a_file(void **state)
{
    struct place *p = *state;
    export(p, false, false);
    struct json *j = read_index(p);
    const struct json *stages = json_get(j, "stages");
    size_t count = trace_plan(p->session->trace)->count;
    assert_int_equal(json_length(stages), count);
    for (size_t i = 0; i < count; i++)
        check_entry(p, json_item(stages, i), (int)i);
    json_free(j);
    assert_int_equal(empty_folder(p->folder), (int)count + 1);
}

/* Every stage on the loss's path and every weight, as files; the list of the pass stays. */
static void gradients_on_demand(void **state)
{
    struct place *p = *state;
    struct error e = {0};
    size_t stages = trace_plan(p->session->trace)->count;
    if (session_add_gradients(p->session, &e) < 0)
        fail_msg("%s", e.message);
    assert_int_equal(session_add_gradients(p->session, &e), 0); /* once is enough */
    assert_int_equal(export_trace(p->session, p->folder, &(struct export_options){0}, &e),
                     0);
    struct json *j = read_index(p);
    const struct json *all = json_get(j, "gradients");
    assert_int_equal(json_length(json_get(j, "stages")), stages);
    double loss = 0;
    assert_true(json_number(json_get(all, "loss"), &loss) && loss > 0);
    assert_int_equal(json_length(json_get(all, "weights")),
                     p->session->model->weights.count);
    assert_int_equal(json_length(json_get(all, "stages")), stages - 3); /* ids, p */
    const struct json *first = json_item(json_get(all, "stages"), 0);
    assert_string_equal(text_of(first, "id"), "logits");
    char *path = file_join(p->folder, text_of(first, "file"));
    assert_true(file_exists(path));
    free(path);
    path = file_join(p->folder, "grad.weight.encoder.layers.0.linear1.weight.npy");
    assert_true(file_exists(path));
    free(path);
    json_free(j);
}

/* A logit is a row of decoder output times a row of the tied embedding: that row is its
 * gradient. */
static void gradients_of_a_number(void **state)
{
    struct place *p = *state;
    struct error e = {0};
    int logits = plan_find(trace_plan(p->session->trace), "logits");
    int last = trace_plan(p->session->trace)->stages[logits].in[0].index;
    long vocabulary = trace_plan(p->session->trace)->stages[logits].shape.size[1];
    if (session_add_gradients_of(p->session, logits, vocabulary + 2, &e) < 0)
        fail_msg("%s", e.message);
    int grad = plan_gradient(trace_plan(p->session->trace), last);
    const struct weights *w = &p->session->model->weights;
    const struct tensor *tied = &w->items[weights_find(w, "tgt_embedding.weight")].tensor;
    const struct tensor *g = trace_acquire(p->session->trace, grad);
    for (long d = 0, width = g->size[1]; d < width; d++) {
        assert_true(tensor_get(g, d) == 0);
        assert_true(tensor_get(g, width + d) == tensor_get(tied, 2 * width + d));
    }
    trace_release(p->session->trace, grad);
    assert_int_equal(session_add_gradients_of(p->session, 0, 0, &e), -1); /* ids */
    assert_int_equal(session_add_gradients_of(p->session, logits, 1 << 20, &e), -1);
    assert_int_equal(export_trace(p->session, p->folder, &(struct export_options){0}, &e),
                     0);
    struct json *j = read_index(p);
    const struct json *of = json_get(json_get(j, "gradients"), "of");
    double row = 0, column = 0;
    assert_string_equal(text_of(of, "id"), "logits");
    assert_true(json_number(json_item(json_get(of, "cell"), 0), &row) && row == 2);
    assert_true(json_number(json_item(json_get(of, "cell"), 1), &column) && column == 3);
    json_free(j);
}

static void csv_files(void **state)
{
    struct place *p = *state;
    export(p, true, false);
    struct json *j = read_index(p);
    const char *file = text_of(json_item(json_get(j, "stages"), 0), "file");
    assert_string_equal(file, "000-src.tokens.csv");
    char *path = file_join(p->folder, file), *text = file_read(path, 10000, NULL, NULL);
    struct buffer wish = {0};
    for (long i = 0; i < p->session->sources; i++)
        buffer_addf(&wish, "%s%ld", i ? "," : "", (long)p->session->source[i]);
    buffer_add(&wish, "\n");
    assert_string_equal(text, wish.data);
    buffer_free(&wish);
    free(text);
    free(path);
    json_free(j);
}

static void ids_have_no_text(void **state)
{
    struct place *p = *state;
    int32_t ids[] = {5, 6};
    assert_int_equal(session_set_ids(p->session, ids, 2, NULL), 0);
    assert_int_equal(session_run(p->session, NULL), 0);
    export(p, false, false);
    struct json *j = read_index(p);
    assert_non_null(json_get(j, "text"));
    assert_true(json_is_null(json_get(j, "text")));
    json_free(j);
}

static void an_existing_trace_needs_force(void **state)
{
    struct place *p = *state;
    struct error e = {0};
    export(p, false, false);
    run(p->session, "눈이 온다");
    assert_int_equal(export_trace(p->session, p->folder, &(struct export_options){0}, &e),
                     -1);
    assert_contains(e.message, "--force replaces it");
    assert_contains(e.file, "trace.json");
    struct json *j = read_index(p);
    assert_string_equal(text_of(j, "text"), "나는 학교에 간다"); /* as it was */
    json_free(j);
    export(p, false, true);
    j = read_index(p);
    assert_string_equal(text_of(j, "text"), "눈이 온다");
    json_free(j);
}

/* A stage file that cannot be replaced: the folder has no index that speaks of it. */
static void a_failed_export_has_no_index(void **state)
{
    struct place *p = *state;
    struct error e = {0};
    export(p, false, false);
    char *blocked = file_join(p->folder, "003-src.position.npy");
    remove(blocked);
    assert_int_equal(mkdir(blocked, 0777), 0);
    struct export_options force = {.force = true};
    assert_int_equal(export_trace(p->session, p->folder, &force, &e), -1);
    assert_string_equal(e.file, blocked);
    assert_contains(e.message, "not a regular file");
    char *index = file_join(p->folder, "trace.json");
    assert_false(file_exists(index));
    assert_int_equal(rmdir(blocked), 0);
    free(index);
    free(blocked);
}

static void folders_that_cannot_be_made(void **state)
{
    struct place *p = *state;
    struct error e = {0};
    struct export_options options = {0};
    assert_int_equal(export_trace(p->session, "/nonexistent/a/b", &options, &e), -1);
    assert_contains(e.file, "/nonexistent/a/b");
    assert_contains(e.message, "cannot be made");
    assert_int_equal(file_write(p->folder, "x", 1, false, NULL),
                     0); /* a file in its place */
    e = (struct error){0};
    assert_int_equal(export_trace(p->session, p->folder, &options, &e), -1);
    assert_true(e.set);
    assert_int_equal(empty_folder(p->base), 1); /* the file and nothing else */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_head_of_the_index),
        TEST(tokens_of_both_sides),
        TEST(every_stage_has_an_entry_and_a_file),
        TEST(gradients_on_demand), TEST(gradients_of_a_number), TEST(csv_files),
        TEST(ids_have_no_text),
        TEST(an_existing_trace_needs_force),
        TEST(a_failed_export_has_no_index),
        TEST(folders_that_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
