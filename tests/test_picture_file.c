/* What is shown, saved as a picture: its notes say what run it is of, and its name is one
 * that was free. */
#include "screen/picture_file.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "models.h"

#include <png.h>
#include <unistd.h>

#define TEXT "나는 학교에 간다"
#define STAGE "encoder.1.self_attn.weights"

static struct session *run(const char *whatif)
{
    struct error e = {0};
    struct whatifs list = {0};
    struct session *s =
        session_new(open_model(MODEL_DEFAULT), &(struct session_options){0});
    if (whatif)
        assert_int_equal(whatifs_add(&list, whatif, &e), 0);
    assert_int_equal(session_set_text(s, TEXT, &e), 0);
    assert_int_equal(session_set_whatifs(s, &list, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    whatifs_free(&list);
    return s;
}

/* Saves a head of the stage; returns the name of the file. Caller frees. */
static char *save(struct session *s, long head)
{
    struct error e = {0};
    struct exhibit x = exhibit_of_stage(s, plan_find(trace_plan(s->trace), STAGE));
    x.at.head = head;
    char *path = picture_file_save(&x, TEXT, &e);
    if (!path)
        fail_msg("%s", e.message);
    return path;
}

static void has_note(const char *path, const char *key, const char *want)
{
    FILE *f = fopen(path, "rb");
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_textp notes;
    int count = 0, found = 0;
    assert_non_null(f);
    png_init_io(png, f);
    png_read_info(png, info);
    png_get_text(png, info, &notes, &count);
    for (int i = 0; i < count; i++)
        if (!strcmp(notes[i].key, key)) {
            assert_string_equal(notes[i].text, want);
            found++;
        }
    assert_int_equal(found, 1);
    png_destroy_read_struct(&png, &info, NULL);
    fclose(f);
}

static void notes_say_what_it_is(void **state)
{
    (void)state;
    struct session *s = run("no-ffn@decoder"), *intact = run(NULL);
    char *path = save(s, 1), *other = save(intact, 1);
    assert_string_equal(path, STAGE "-head2.png");
    assert_string_equal(other, STAGE "-head2-2.png");
    has_note(path, "Title", TEXT);
    has_note(path, "stepformer:model", "ko-en");
    has_note(path, "stepformer:text", TEXT);
    has_note(path, "stepformer:stage", STAGE);
    has_note(path, "stepformer:what-if", "no-ffn@decoder");
    has_note(other, "stepformer:what-if", "");
    remove(path);
    remove(other);
    free(path);
    free(other);
    session_free(s);
    session_free(intact);
}

static char folder[] = "/tmp/stepformer-picture-XXXXXX";

static int enter_folder(void **state)
{
    (void)state;
    /* data is found from here on by its full path */
    char here[1024], *data;
    if (!getenv("STEPFORMER_DATA") && getcwd(here, sizeof here)) {
        data = mem_format("%s/assets", here);
        setenv("STEPFORMER_DATA", data, 1);
        free(data);
    }
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    (void)state;
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

int main(void)
{
    say_set_language(LANGUAGE_EN);
    const struct CMUnitTest tests[] = {cmocka_unit_test(notes_say_what_it_is)};
    return cmocka_run_group_tests_name("picture_file", tests, enter_folder, leave_folder);
}
