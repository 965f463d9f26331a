/* Scores of exams kept in memory and on disk: a score comes back to the bit, and files
 * which are broken, foreign or old do no harm. */
#include "study/exam_cache.h"

#include "base/file.h"
#include "base/memory.h"
#include "scores.h"
#include "support.h"
#include "temporary.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char top[100]; /* of this test */
static char *cache;   /* top/cache/exams, which is not there at first */

static int make_folder(void **state)
{
    (void)state;
    if (!temporary_folder(top, sizeof top))
        return -1;
    cache = file_join(top, "cache/exams");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    exam_cache_stop();
    remove_all(top);
    free(cache);
    return 0;
}

/* An empty cache on disk, in use. */
static int begin(void **state)
{
    (void)state;
    remove_all(cache);
    exam_cache_start(cache);
    return 0;
}

/* ---- scores ---- */

static const struct exam_key key = {
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};

static const struct exam_kind kinds[] = {{"plain", 2, 1}, {"뜻 \"x\" \\", 5, 5}};

static struct exam_score some_score(double loss)
{
    return (struct exam_score){.sentences = 7,
                               .right = 6,
                               .exact_match = 6.0 / 7,
                               .loss = loss,
                               .kinds = kinds,
                               .kind_count = 2};
}

/* As another program would find it. */
static struct exam_score *find_on_disk(const struct exam_key *k)
{
    exam_cache_start(cache);
    return exam_cache_find(k);
}

static void is_kept(const struct exam_key *k, const struct exam_score *score)
{
    struct exam_score *found = exam_cache_find(k);
    are_equal(found, score);
    free(found);
}

static void scores_come_back_to_the_bit(void **state)
{
    (void)state;
    const double losses[] = {0.1,      0,   5e-324, 1.7976931348623157e308,
                             INFINITY, NAN, -NAN,   0x1.fffffffffffffp-3};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        begin(NULL);
        struct exam_score score = some_score(losses[i]);
        assert_null(exam_cache_find(&key));
        exam_cache_keep(&key, &score);
        is_kept(&key, &score);
        exam_cache_start(cache);
        is_kept(&key, &score);
    }
}

static void memory_is_enough(void **state)
{
    (void)state;
    struct exam_score score = some_score(0.5);
    exam_cache_start(NULL);
    exam_cache_keep(&key, &score);
    is_kept(&key, &score);
    assert_false(file_exists(cache));
    exam_cache_stop();
    assert_null(exam_cache_find(&key));
    exam_cache_keep(&key, &score); /* nothing is kept before the start */
    exam_cache_start(NULL);
    assert_null(exam_cache_find(&key));
}

static char *entry_path(const struct exam_key *k)
{
    return mem_format("%s/%s.json", cache, k->text);
}

static void files_are_for_one_alone(void **state)
{
    (void)state;
    struct stat s;
    struct exam_score score = some_score(0.5);
    char *path = entry_path(&key);
    exam_cache_keep(&key, &score);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(stat(cache, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0700);
    free(path);
}

/* ---- what cannot be an entry ---- */

/* The text of the entry with `from` once replaced by `to`. Caller frees. */
static char *changed_entry(const char *from, const char *to)
{
    struct exam_score score = some_score(0.5);
    char *text = exam_cache_write(&key, &score), *at = strstr(text, from);
    if (!at)
        fail_msg("no \"%s\" in %s", from, text);
    *at = 0;
    char *made = mem_format("%s%s%s", text, to, at + strlen(from));
    free(text);
    return made;
}

static const char *const changes[][2] = {
    {"\"format\": 1", "\"format\": 2"},
    {"\"format\": 1", "\"format\": 1.0"},
    {"\"key\": \"0", "\"key\": \"1"},
    {"\"sentences\": 7", "\"sentences\": 8"},
    {"\"sentences\": 7", "\"sentences\": -7"},
    {"\"sentences\": 7", "\"sentences\": 7e99"},
    {"\"sentences\": 7", "\"sentences\": 99999999999999999999"},
    {"\"sentences\": 7", "\"sentences\": null"},
    {"\"right\": 6", "\"right\": 8"},
    {"\"right\": 6", "\"right\": -1"},
    {"\"right\": 6", "\"right\": 5"},
    {"\"exact_match\": \"3fe", "\"exact_match\": \"3fd"},
    {"\"exact_match\": \"3fe", "\"exact_match\": \"7ff"},
    {"\"loss\": \"3fe0000000000000\"", "\"loss\": \"bfe0000000000000\""}, /* -0.5 */
    {"\"loss\": \"3fe0000000000000\"", "\"loss\": \"fff0000000000000\""}, /* -inf */
    {"\"loss\": \"3fe0000000000000\"", "\"loss\": \"3fe000000000000\""},
    {"\"loss\": \"3fe0000000000000\"", "\"loss\": \"3fe00000000000000\""},
    {"\"loss\": \"3fe0000000000000\"", "\"loss\": \"3FE0000000000000\""},
    {"\"loss\": \"3fe0000000000000\"", "\"loss\": \" 3fe000000000000\""},
    {"\"loss\": \"3fe0000000000000\"", "\"loss\": 0.5"},
    {"\"loss\": \"3fe0000000000000\"", "\"lost\": \"3fe0000000000000\""},
    {"\"kinds\": [", "\"kinds\": [7, "},
    {"\"kinds\": [", "\"kinds\": 7, \"x\": ["},
    {"\"name\": \"plain\"", "\"name\": \"a\\u001b[2J\""},
    {"\"name\": \"plain\"", "\"name\": \"a\\u202eb\""},
    {"\"name\": \"plain\"", "\"name\": \"a\\nb\""},
    {"\"name\": \"plain\"", "\"name\": \"\\ud834\""},
    {"\"name\": \"plain\"", "\"name\": 7"},
    {"\"name\": \"plain\"", "\"name\": \"뜻 \\\"x\\\" \\\\\""}, /* twice */
    {"\"sentences\": 2", "\"sentences\": 0"},
    {"\"sentences\": 2", "\"sentences\": 3"},
    {"\"right\": 1", "\"right\": 3"},
    {"\"right\": 1", "\"right\": 2"},
    {"{", "[{"},
    {"{", ""},
    {"}", "}}"},
};

static void is_no_entry(const char *text, size_t length)
{
    struct exam_score *read = exam_cache_read(&key, text, length);
    if (read)
        fail_msg("taken for an entry: %s", text);
}

static void numbers_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *text = changed_entry(changes[i][0], changes[i][1]);
        is_no_entry(text, strlen(text));
        free(text);
    }
    char *text = changed_entry("7", "7");
    for (size_t n = 0; n + 2 < strlen(text); n++) /* truncated anywhere */
        is_no_entry(text, n);
    struct exam_score *read = exam_cache_read(&key, text, strlen(text));
    assert_non_null(read);
    free(read);
    free(text);
}

static void long_lists_and_names_are_none(void **state)
{
    (void)state;
    struct buffer b = {0};
    for (int i = 0; i < 201; i++)
        buffer_add(&b, "a");
    struct exam_kind one = {b.data, 7, 6};
    struct exam_score score = some_score(0.5);
    score.kinds = &one;
    score.kind_count = 1;
    for (int i = 0; i < 2; i++) {
        char *text = exam_cache_write(&key, &score);
        struct exam_score *read = exam_cache_read(&key, text, strlen(text));
        assert_int_equal(read != NULL, i == 1);
        free(read);
        free(text);
        b.data[200] = 0;
    }
    buffer_free(&b);
    struct exam_kind many[300];
    char names[300][16];
    for (int i = 0; i < 300; i++) {
        snprintf(names[i], sizeof names[i], "k%d", i);
        many[i] = (struct exam_kind){names[i], 1, 1};
    }
    score = (struct exam_score){300, 300, 1, 0, many, 300};
    char *text = exam_cache_write(&key, &score);
    is_no_entry(text, strlen(text));
    exam_cache_keep(&key, &score); /* so it is kept in memory only */
    is_kept(&key, &score);
    assert_null(find_on_disk(&key));
    free(text);
}

static void write_entry(const char *text, size_t length)
{
    char *path = entry_path(&key);
    struct exam_score score = some_score(0.25);
    exam_cache_keep(&key, &score); /* makes the folders */
    exam_cache_start(cache);
    assert_int_equal(file_write(path, text, length, true, NULL), 0);
    free(path);
}

static void what_is_broken_is_written_anew(void **state)
{
    (void)state;
    char *large = mem_alloc(200000, 1), *half = changed_entry("7", "7");
    memset(large, ' ', 200000);
    struct {
        const char *text;
        size_t length;
    } files[] = {{"", 0},          {"\0\0\0", 3},          {"null", 4},
                 {large, 200000},  {half, strlen(half) / 2}, {"\xff\xfe{}", 4},
                 {"PK\3\4 other", 10}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        begin(NULL);
        write_entry(files[i].text, files[i].length);
        assert_null(exam_cache_find(&key));
        struct exam_score score = some_score(0.5), *found;
        exam_cache_keep(&key, &score);
        are_equal(found = find_on_disk(&key), &score);
        free(found);
    }
    free(large);
    free(half);
}

/* A folder, a pipe or a link that leads nowhere in the place of an entry. */
static void what_is_no_file_is_left_alone(void **state)
{
    (void)state;
    char *path = entry_path(&key);
    struct exam_score score = some_score(0.5), *found;
    for (int i = 0; i < 3; i++) {
        begin(NULL);
        write_entry("", 0);
        unlink(path);
        int made = i == 0   ? mkdir(path, 0700)
                   : i == 1 ? mkfifo(path, 0600)
                            : symlink("nowhere", path);
        assert_int_equal(made, 0);
        assert_null(exam_cache_find(&key));
        exam_cache_keep(&key, &score);
        is_kept(&key, &score);
        found = find_on_disk(&key);
        assert_int_equal(found != NULL, i == 2); /* the link is replaced */
        free(found);
        if (i == 0)
            assert_int_equal(rmdir(path), 0);
    }
    free(path);
}

/* ---- no folder ---- */

static void without_a_disk_there_is_memory(void **state)
{
    (void)state;
    char *file = file_join(top, "file");
    char *below = file_join(file, "exams");
    struct exam_score score = some_score(0.5);
    assert_int_equal(file_write(file, "x", 1, true, NULL), 0);
    const char *const folders[] = {below, "/proc/nowhere/exams", "/dev/null/exams"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        exam_cache_start(folders[i]);
        assert_null(exam_cache_find(&key));
        exam_cache_keep(&key, &score);
        is_kept(&key, &score);
    }
    unlink(file);
    free(below);
    free(file);
}

/* Each call to the system fails once: the disk is full, say. */
static void a_disk_that_fails_does_no_harm(void **state)
{
    (void)state;
    struct exam_score score = some_score(0.5);
    for (int n = 1; n < 12; n++) {
        begin(NULL);
        file_fail_after(n);
        exam_cache_keep(&key, &score);
        is_kept(&key, &score);
        file_fail_after(n);
        exam_cache_start(cache);
        free(exam_cache_find(&key));
        file_fail_after(-1);
        char **names;
        size_t count;
        if (file_list(cache, &names, &count, NULL) == 0) {
            assert_true(count <= 1); /* nothing half-written is left */
            if (count)
                free(names[0]);
            free(names);
        }
    }
}

static void folders_are_those_of_xdg(void **state)
{
    (void)state;
    setenv("XDG_CACHE_HOME", "/c", 1);
    unsetenv("STEPFORMER_NO_CACHE");
    char *folder = exam_cache_folder();
    assert_string_equal(folder, "/c/stepformer/exams");
    free(folder);
    setenv("STEPFORMER_NO_CACHE", "1", 1);
    assert_null(exam_cache_folder());
    setenv("STEPFORMER_NO_CACHE", "", 1);
    folder = exam_cache_folder();
    assert_non_null(folder);
    free(folder);
    unsetenv("STEPFORMER_NO_CACHE");
    unsetenv("XDG_CACHE_HOME");
}

/* ---- old entries ---- */

static struct exam_key nth_key(int n)
{
    struct exam_key k;
    snprintf(k.text, sizeof k.text, "%064d", n);
    return k;
}

static void make_file(const char *name, double days)
{
    char *path = file_join(cache, name);
    struct timespec times[2] = {{.tv_sec = time(NULL) - (time_t)(days * 86400)}};
    times[1] = times[0];
    assert_int_equal(file_write(path, "x", 1, true, NULL), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

static bool is_there(const char *name)
{
    char *path = file_join(cache, name);
    bool there = file_exists(path);
    free(path);
    return there;
}

static void what_was_not_used_for_long_goes(void **state)
{
    (void)state;
    struct exam_key old = nth_key(1), young = nth_key(2), used = nth_key(3);
    struct exam_score score = some_score(0.5), *found;
    exam_cache_keep(&used, &score);
    char *names[] = {mem_format("%s.json", old.text), mem_format("%s.json", young.text),
                     mem_format("%s.json", used.text), mem_format("%s.json.ab12cd", old.text),
                     mem_format("%s.json.ab12cd", young.text), mem_string("mine.json")};
    static const double days[] = {31, 29, 0, 2, 0.5, 400};
    static const bool stay[] = {false, true, true, false, true, true};
    for (int i = 0; i < 6; i++)
        if (i != 2)
            make_file(names[i], days[i]);
    char *path = entry_path(&used);
    struct timespec times[2] = {{.tv_sec = time(NULL) - 40 * 86400},
                                {.tv_sec = time(NULL) - 40 * 86400}};
    utimensat(AT_FDCWD, path, times, 0);
    free(path);
    are_equal(found = find_on_disk(&used), &score); /* it is used, and so young again */
    free(found);
    exam_cache_keep(&key, &score);
    for (int i = 0; i < 6; i++) {
        if (is_there(names[i]) != stay[i])
            fail_msg("%s of %g days", names[i], days[i]);
        free(names[i]);
    }
}

static void the_newest_stay(void **state)
{
    (void)state;
    struct exam_score score = some_score(0.5);
    exam_cache_keep(&key, &score);
    for (int i = 0; i < EXAM_CACHE_MOST + 20; i++) {
        struct exam_key k = nth_key(i);
        char *name = mem_format("%s.json", k.text);
        make_file(name, 1 + i * 0.01);
        free(name);
    }
    struct exam_key last = nth_key(9999);
    exam_cache_keep(&last, &score);
    int there = 0;
    for (int i = 0; i < EXAM_CACHE_MOST + 20; i++) {
        struct exam_key k = nth_key(i);
        char *name = mem_format("%s.json", k.text);
        bool is = is_there(name);
        assert_int_equal(is, i < EXAM_CACHE_MOST - 2); /* two are younger */
        there += is;
        free(name);
    }
    assert_int_equal(there, EXAM_CACHE_MOST - 2);
}

/* ---- two programs at once ---- */

static void write_again_and_again(int rounds)
{
    struct exam_score score = some_score(0.5);
    for (int i = 0; i < rounds; i++) {
        exam_cache_start(cache);
        exam_cache_keep(&key, &score);
    }
    exam_cache_stop();
}

static void two_programs_write_the_same(void **state)
{
    (void)state;
    struct exam_score score = some_score(0.5);
    exam_cache_keep(&key, &score);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        write_again_and_again(100);
        _exit(0);
    }
    for (int i = 0; i < 100; i++) {
        struct exam_score *found = find_on_disk(&key);
        are_equal(found, &score); /* never a half of it */
        free(found);
        write_again_and_again(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(scores_come_back_to_the_bit, begin),
        cmocka_unit_test_setup(memory_is_enough, begin),
        cmocka_unit_test_setup(files_are_for_one_alone, begin),
        cmocka_unit_test_setup(numbers_are_checked, begin),
        cmocka_unit_test_setup(long_lists_and_names_are_none, begin),
        cmocka_unit_test_setup(what_is_broken_is_written_anew, begin),
        cmocka_unit_test_setup(what_is_no_file_is_left_alone, begin),
        cmocka_unit_test_setup(without_a_disk_there_is_memory, begin),
        cmocka_unit_test_setup(a_disk_that_fails_does_no_harm, begin),
        cmocka_unit_test_setup(folders_are_those_of_xdg, begin),
        cmocka_unit_test_setup(what_was_not_used_for_long_goes, begin),
        cmocka_unit_test_setup(the_newest_stay, begin),
        cmocka_unit_test_setup(two_programs_write_the_same, begin),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
