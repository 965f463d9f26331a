/* What is said about a model and a text before its numbers are trusted. */
#include "study/notes.h"

#include "base/memory.h"
#include "models.h"
#include "temporary.h"

#define SOUND "tests/data/models/one"

static struct session *open_session(const char *model)
{
    return session_new(open_model(model), &(struct session_options){0});
}

static void set_text(struct session *s, const char *text)
{
    struct error e = {0};
    if (session_set_text(s, text, &e) < 0)
        fail_msg("%s", e.message);
}

/* Unknown characters are counted and named, and what reaches labels is safe to show. */
static void what_the_vocabulary_does_not_have(void **state)
{
    (void)state;
    struct session *s = open_session(MODEL_DEFAULT);
    char *characters;
    set_text(s, "나는 학교에 간다");
    assert_int_equal(notes_unknown(s, &characters), 0);
    assert_null(characters);
    assert_null(notes_of_source(s));
    assert_null(notes_of_model(s->model));
    set_text(s, "나는 \x1b[31m\xc2\x9b 간다");
    assert_true(notes_unknown(s, &characters) > 0);
    assert_null(strchr(characters, '\x1b'));
    assert_null(strstr(characters, "\xc2\x9b"));
    free(characters);
    set_text(s, "나는 # 간다 # 나는 \u0e3f"); /* each once */
    assert_true(notes_unknown(s, &characters) >= 3);
    assert_string_equal(characters, "# \u0e3f");
    free(characters);
    bool unknown = false;
    for (size_t i = 0; i < s->source_labels.count; i++) {
        assert_null(strchr(s->source_labels.items[i].text, '\x1b'));
        unknown |= s->source_labels.items[i].unknown;
    }
    assert_true(unknown);
    char *notes = notes_of_source(s);
    assert_contains(notes, "note: not in the vocabulary");
    free(notes);
    session_free(s);
}

/* Whatever is not named in config.json is said, and the model works all the same. */
static void no_begin_and_no_end(void **state)
{
    (void)state;
    char place[200];
    struct error e = {0};
    assert_true(temporary_folder(place, sizeof place));
    size_t n;
    char *weights = file_read(SOUND "/model.safetensors", 1 << 20, &n, NULL);
    char *path = file_join(place, "model.safetensors");
    assert_int_equal(file_write(path, weights, n, true, &e), 0);
    free(path);
    path = file_join(place, "config.json");
    char *text = file_read(SOUND "/config.json", 1 << 20, NULL, NULL);
    char *cut = strstr(text, "\"bos_token_id\"");
    memcpy(cut, "\"xxx_token_id\"", 14);
    memcpy(strstr(text, "\"eos_token_id\""), "\"yyy_token_id\"", 14);
    assert_int_equal(file_write(path, text, strlen(text), true, &e), 0);
    struct session *s = open_session(place);
    char *notes = notes_of_model(s->model);
    assert_contains(notes, "no bos_token_id; the decoder begins with the id 0\n");
    assert_contains(notes, "no eos_token_id");
    free(notes);
    const int32_t ids[] = {5, 0, 7};
    assert_int_equal(session_set_ids(s, ids, 3, &e), 0);
    assert_int_equal(session_run(s, &e), 0);
    assert_int_equal(s->targets, 1 + 16); /* as long as may be */
    notes = notes_of_source(s);
    assert_contains(notes, "the id 0 is padding");
    free(notes);
    assert_int_equal(session_add_gradients(s, &e), -1);
    assert_contains(e.message, "names no eos_token_id");
    session_free(s);
    free(path);
    free(text);
    free(weights);
    remove_all(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_vocabulary_does_not_have),
        cmocka_unit_test(no_begin_and_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
