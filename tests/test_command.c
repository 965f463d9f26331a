/* The table of commands and the whole of main, run inside this program with its output in
 * a file. More, as a user runs them, stands in tests/end/commands.sh. */
#include "cli/command.h"

#include "base/file.h"
#include "base/say.h"
#include "support.h"

#include <fcntl.h>
#include <unistd.h>

struct ran {
    int status;
    char *out, *error;
};

static int redirect(FILE *stream, FILE *to)
{
    fflush(stream);
    int old = dup(fileno(stream));
    dup2(fileno(to), fileno(stream));
    return old;
}

static char *read_back(FILE *f)
{
    struct buffer b = {0};
    char block[4096];
    rewind(f);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buffer_add_bytes(&b, block, n);
    fclose(f);
    return buffer_take(&b);
}

static struct ran run(const char *const words[])
{
    int n = 0;
    while (words[n])
        n++;
    struct ran r;
    FILE *out = tmpfile(), *error = tmpfile();
    assert_true(out && error);
    int old_out = redirect(stdout, out), old_error = redirect(stderr, error);
    r.status = command_main(n, (char **)words);
    fflush(stdout);
    fflush(stderr);
    dup2(old_out, fileno(stdout));
    dup2(old_error, fileno(stderr));
    close(old_out);
    close(old_error);
    r.out = read_back(out);
    r.error = read_back(error);
    return r;
}

/* It ends with the status; `part` stands in what it printed, on the right stream. */
static void check(int status, const char *part, const char *const words[])
{
    struct ran r = run(words);
    if (r.status != status)
        fail_msg("status %d instead of %d: %s%s", r.status, status, r.out, r.error);
    assert_contains(status ? r.error : r.out, part);
    if (status) {
        assert_memory_equal(r.error, "stepformer: ", 12);
        assert_ptr_equal(strchr(r.error, '\n'), r.error + strlen(r.error) - 1);
        assert_string_equal(r.out, "");
    }
    free(r.out);
    free(r.error);
}

#define CHECK(status, part, ...) \
    check(status, part, (const char *const[]){"stepformer", __VA_ARGS__, NULL})

static void every_command_has_its_row(void **state)
{
    (void)state;
    int count;
    const struct command *table = command_table(&count);
    assert_true(count > 10);
    for (int i = 0; i < count; i++) {
        const struct command *c = &table[i];
        assert_ptr_equal(command_find(c->name), c);
        assert_true(c->least >= 0 && c->least <= c->most);
        assert_true(*c->summary[LANGUAGE_EN] && *c->summary[LANGUAGE_KO]);
        assert_true(c->options.has[OPTION_HELP]);
        assert_true(c->options.has[OPTION_LANG]);
        assert_non_null(c->run);
    }
    assert_null(command_find("nonsense"));
    assert_null(command_find(""));
}

/* The help of a command names what it takes, and nothing else. */
static void help_lists_the_options(void **state)
{
    (void)state;
    int count;
    const struct command *table = command_table(&count);
    for (int i = 0; i < count; i++) {
        char *help = command_help(&table[i]);
        assert_contains(help, table[i].name);
        for (int k = 0; k < OPTION_COUNT; k++) {
            char *name = mem_format("  %s%s", option_name((enum option)k)[1] ? "--" : "-",
                                    option_name((enum option)k));
            const char *at = strstr(help, name);
            while (at && at[strlen(name)] != ' ')
                at = strstr(at + 1, name);
            assert_int_equal(at != NULL, table[i].options.has[k]);
            free(name);
        }
        free(help);
    }
}

static void help_for_the_program_lists_the_commands(void **state)
{
    (void)state;
    int count;
    const struct command *table = command_table(&count);
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        say_set_language((enum language)language);
        char *help = command_help(NULL);
        for (int i = 0; i < count; i++) {
            assert_contains(help, table[i].name);
            assert_contains(help, table[i].summary[language]);
        }
        free(help);
    }
    say_set_language(LANGUAGE_EN);
}

static void help_is_printed(void **state)
{
    (void)state;
    CHECK(0, "predict TEXT", "--help");
    CHECK(0, "predict TEXT", "-h");
    CHECK(0, "predict TEXT", "help");
    CHECK(0, "--max-tokens", "help", "predict");
    CHECK(0, "--max-tokens", "predict", "--help");
    CHECK(0, "--max-tokens", "predict", "a", "b", "c", "-h");
    CHECK(0, "번역하기", "predict", "--help", "--lang", "ko");
    CHECK(0, "translate", "predict", "--help", "--lang=en");
    CHECK(0, STEPFORMER_VERSION, "--version");
    CHECK(2, "there is no such", "help", "nonsense");
}

static void what_main_refuses(void **state)
{
    (void)state;
    CHECK(2, "nonsense: there is no such command; there are: walk, predict", "nonsense");
    CHECK(2, "there is no such command", "");
    CHECK(2, "option --nonsense: unknown", "predict", "--nonsense", "x");
    CHECK(2, "option --head: the command predict does not take it", "predict", "x",
          "--head", "1");
    CHECK(2, "option --lang fr: it can be: en, ko", "predict", "x", "--lang", "fr");
    CHECK(2, "predict: an argument is missing: stepformer predict TEXT", "predict");
    CHECK(2, "an argument too many, \"b\"; quote a text", "predict", "a", "b");
    CHECK(2, "\"b\"; the command takes options only", "examples", "b");
    CHECK(2, "show: an argument is missing", "show", "나는");
    CHECK(2, "explain: an argument is missing", "explain", "나는", "logits");
    CHECK(2, "options --text and --ids", "predict", "--text", "a", "--ids", "3");
    CHECK(2, "\"a\"; the text is given by --text", "predict", "a", "--text", "b");
    CHECK(2, "\"a\"; the text is given by --ids", "predict", "a", "--ids", "3");
    CHECK(2, "trace: --out DIR is missing", "trace", "나는");
    CHECK(2, "figure: -o FILE is missing", "figure", "나는");
}

static void a_command_runs(void **state)
{
    (void)state;
    CHECK(0, "I go to school\n", "predict", "나는 학교에 간다");
    CHECK(0, "I go to school\n", "predict", "--text", "나는 학교에 간다");
    CHECK(0, "<eos>", "show", "--text", "나는 간다", "encoder.0.self_attn.weights");
    CHECK(1, "there is no such stage", "show", "나는 간다", "nonsense");
    CHECK(1, "the text is empty", "predict", "");
}

static void a_command_may_stand_behind_its_options(void **state)
{
    (void)state;
    CHECK(0, "I go to school\n", "--model", "ko-en", "predict", "나는 학교에 간다");
    CHECK(0, "--max-tokens", "--lang=en", "predict", "--help");
    CHECK(0, "--max-tokens", "--lang", "en", "help", "predict");
    CHECK(2, "option --head: the command predict does not take it", "--head", "1",
          "predict", "x");
    CHECK(2, "predict: an argument is missing", "--lang", "en", "predict");
    CHECK(2, "\"predict\"; quote a text", "--lang", "en", "predict", "나는", "predict");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_its_row),
        cmocka_unit_test(help_lists_the_options),
        cmocka_unit_test(help_for_the_program_lists_the_commands),
        cmocka_unit_test(help_is_printed),
        cmocka_unit_test(what_main_refuses),
        cmocka_unit_test(a_command_runs),
        cmocka_unit_test(a_command_may_stand_behind_its_options),
    };
    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
