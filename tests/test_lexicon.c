#include "study/lexicon.h"

#include "base/file.h"
#include "base/memory.h"
#include "models.h"
#include "tablefile.h"

#include <stdlib.h>
#include <string.h>

#define HEADER "side\tpiece\tclass\tsenses\tenglish\n"

static struct lexicon *open_text(const char *text, struct error *e)
{
    assert_int_equal(file_write(path, text, strlen(text), true, NULL), 0);
    return lexicon_open(path, e);
}

static void classes_are(const struct lexicon *l, enum side side, const char *piece,
                        const char *want)
{
    char *classes = lexicon_classes(l, side, piece);
    assert_string_equal(classes ? classes : "none", want);
    free(classes);
}

/* Of one piece in the order of the file, each once; a side for itself. */
static void classes_of_a_piece(void **state)
{
    (void)state;
    struct lexicon *l = open_text(HEADER "source\t▁학교\tnoun\t-\tschool\n"
                                         "source\t는\tparticle\t-\t(topic)\n"
                                         "source\t는\tending\t-\t(modifier)\n"
                                         "source\t는\tending\t-\t(again)\n"
                                         "target\ta\tdeterminer\t-\ta\n"
                                         "source\ta\tletter\t-\ta\n",
                                  NULL);
    assert_non_null(l);
    classes_are(l, SIDE_SOURCE, "는", "particle ending");
    classes_are(l, SIDE_SOURCE, "▁학교", "noun");
    classes_are(l, SIDE_TARGET, "▁학교", "none");
    classes_are(l, SIDE_TARGET, "a", "determiner");
    classes_are(l, SIDE_SOURCE, "a", "letter");
    classes_are(l, SIDE_SOURCE, "", "none");
    assert_true(lexicon_has(l, "ending") && lexicon_has(l, "determiner"));
    assert_false(lexicon_has(l, "end"));
    char *names = lexicon_names(l, SIDE_SOURCE);
    assert_string_equal(names, "noun, particle, ending, letter");
    free(names);
    lexicon_free(l);
}

static void one_of_a_list(void **state)
{
    (void)state;
    assert_true(lexicon_is("particle ending", "ending"));
    assert_true(lexicon_is("particle ending", "particle"));
    assert_true(lexicon_is("verb-stem", "verb-stem"));
    assert_false(lexicon_is("verb-stem", "verb"));
    assert_false(lexicon_is("pronoun noun", "no"));
    assert_true(lexicon_is("pronoun noun", "noun"));
    assert_false(lexicon_is(NULL, "noun"));
    assert_false(lexicon_is("noun", ""));
}

static void without_a_lexicon(void **state)
{
    (void)state;
    struct error e = {0};
    struct lexicon *l = lexicon_open(NULL, &e);
    classes_are(l, SIDE_SOURCE, "는", "none");
    assert_false(lexicon_has(l, "noun"));
    lexicon_free(l);
    lexicon_free(NULL);
    assert_null(open_text(HEADER "source\t는\tparticle\n", &e));
    assert_true(e.set);
}

static void that_of_the_model(void **state)
{
    (void)state;
    struct model *m = open_model(MODEL_DEFAULT);
    struct lexicon *l = lexicon_of_model(m);
    classes_are(l, SIDE_SOURCE, "▁학교", "noun");
    classes_are(l, SIDE_SOURCE, "는", "particle ending");
    lexicon_free(l);
    model_free(m);
}

int main(void)
{
    setenv("STEPFORMER_DATA", "assets", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_of_a_piece),
        cmocka_unit_test(one_of_a_list),
        cmocka_unit_test(without_a_lexicon),
        cmocka_unit_test(that_of_the_model),
    };
    return cmocka_run_group_tests_name("lexicon", tests, set_up, tear_down);
}
