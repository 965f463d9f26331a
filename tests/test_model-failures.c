/* No memory and broken disks, at every place in turn: the n-th allocation and the n-th call
 * to the file system fail while models and tokenizers are read, for every n until a run
 * gets through. */
#include "base/file.h"
#include "base/memory.h"
#include "model/model.h"
#include "support.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL "tests/data/models/post"
#define EMBEDDED "assets/models/ko-en"
#define TOKENIZERS "tests/data/tokenizers/"

/* ---- memory ---- */

static bool open_model(const char *folder)
{
    struct model *m = model_open(folder, NULL);
    model_free(m);
    return m != NULL;
}

static bool open_small(void)
{
    return open_model(SMALL);
}

static bool open_embedded(void)
{
    return open_model(EMBEDDED);
}

static bool open_random(void)
{
    return open_model("random:d_model=8,nhead=2,seed=3");
}

/* A tokenizer is opened, encodes and decodes. */
static bool use_tokenizer(const char *path)
{
    struct tokenizer *t = tokenizer_open(path, NULL);
    struct tokens tokens = {0};
    if (!t)
        return false;
    bool fine = tokenizer_encode(t, "<eos> ab", &tokens, NULL) == 0;
    char *text = tokenizer_decode(t, tokens.ids, tokens.count, false);
    free(text);
    tokens_free(&tokens);
    tokenizer_free(t);
    return fine;
}

static bool use_metaspace(void)
{
    return use_tokenizer(TOKENIZERS "metaspace.json");
}

static bool use_byte_fallback(void)
{
    return use_tokenizer(TOKENIZERS "byte_fallback.json");
}

static bool use_whitespace(void)
{
    return use_tokenizer(TOKENIZERS "whitespace.json");
}

/* The first to run when the program exits: the sanitizer must not look for leaks where
 * the program was ended in the middle. */
static void leave(void)
{
    _exit(1);
}

/* In a child: the n-th allocation fails. The status of the child, and what it wrote. */
static int run_child(bool (*run)(void), long n, char *text, size_t size)
{
    int ends[2], status = 0;
    size_t length = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        atexit(leave);
        mem_fail_after(n);
        _exit(run() ? 0 : 2);
    }
    close(ends[1]);
    for (ssize_t got; (got = read(ends[0], text + length, size - 1 - length)) > 0;)
        length += (size_t)got;
    text[length] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Every n up to 300, then a stride that grows; the number of the run that gets through. */
static long fail_each_allocation(bool (*run)(void))
{
    static const char start[] = "stepformer: out of memory";
    char text[2000];
    for (long n = 1;; n += n < 300 ? 1 : n / 16) {
        int status = run_child(run, n, text, sizeof text);
        if (status == 0 && !text[0])
            return n;
        size_t line = strcspn(text, "\n");
        if (status != 1 || strncmp(text, start, strlen(start)) != 0 ||
            strcmp(text + line, "\n") != 0)
            fail_msg("allocation %ld: status %d, \"%s\"", n, status, text);
    }
}

static void test_each_allocation(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(open_small) > 300);
    assert_true(fail_each_allocation(open_random) > 100);
    assert_true(fail_each_allocation(open_embedded) > 10000);
    assert_true(fail_each_allocation(use_metaspace) > 100);
    assert_true(fail_each_allocation(use_byte_fallback) > 100);
    assert_true(fail_each_allocation(use_whitespace) > 50);
}

/* ---- files ---- */

/* Each failed call gives NULL and an error that names the file. How many there were. */
static long fail_each_read(const char *folder)
{
    for (long n = 1;; n++) {
        struct error e = {0};
        file_fail_after(n);
        struct model *m = model_open(folder, &e);
        file_fail_after(-1);
        assert_int_equal(e.set, m == NULL);
        model_free(m);
        if (m)
            return n - 1;
        if (strncmp(e.file, folder, strlen(folder)) != 0 || !e.file[strlen(folder)])
            fail_msg("call %ld: the error names \"%s\"", n, e.file);
        assert_contains(e.message, "Input/output error");
    }
}

static void test_each_read(void **state)
{
    (void)state;
    /* config.json: opened, read, read to its end; the weights: opened, mapped */
    assert_int_equal(fail_each_read(SMALL), 5);
    assert_true(fail_each_read(EMBEDDED) >= 11);
}

static int count_files(const char *folder)
{
    DIR *d = opendir(folder);
    int n = -2; /* . and .. */
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void assert_content(const char *path, const char *wish)
{
    struct error e = {0};
    char *text = file_read(path, 100, NULL, &e);
    assert_non_null(text);
    assert_string_equal(text, wish);
    free(text);
}

/* An older file stays whole until the new one is, and nothing else is left behind. */
static void test_each_write(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    char *folder = mem_format("%s/stepformer-XXXXXX", parent ? parent : "/tmp");
    assert_non_null(mkdtemp(folder));
    char *path = file_join(folder, "text");
    assert_int_equal(file_write(path, "old", 3, false, NULL), 0);
    long n = 1;
    for (;; n++) {
        struct error e = {0};
        file_fail_after(n);
        int result = file_write(path, "new", 3, true, &e);
        file_fail_after(-1);
        assert_int_equal(count_files(folder), 1);
        if (result == 0)
            break;
        assert_string_equal(e.file, path);
        assert_string_equal(e.message, "cannot be written: Input/output error");
        assert_content(path, "old");
    }
    assert_int_equal(n, 4); /* made, written, renamed */
    assert_content(path, "new");
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    free(path);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation),
        cmocka_unit_test(test_each_read),
        cmocka_unit_test(test_each_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
