#include "base/text.h"
#include "screen/guide.h"
#include "support.h"

/* Every role has a name and a text in both languages, whatever place the stage has; and
 * the texts hold no digits: numbers come from the run. */
static void test_every_role_is_explained(void **state)
{
    (void)state;
    char id[] = "encoder.0.self_attn.q";
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct stage s = {.name = id, .role = (enum role)role, .op = OP_ADD};
            const char *text = guide_text(&s, (enum language)language);
            if (strcmp(guide_name(&s, (enum language)language), id) == 0 || !*text)
                fail_msg("role %s has no row in guide.def", role_name((enum role)role));
            const char *digit = strpbrk(text, "123456789");
            if (digit)
                fail_msg("role %s: a digit in \"%s\"", role_name((enum role)role), text);
            assert_int_equal(text_has_hangul(text), language == LANGUAGE_KO);
        }
}

static void test_the_place_chooses_the_text(void **state)
{
    (void)state;
    struct stage a = {.name = "weights", .role = ROLE_SOFTMAX, .op = OP_SOFTMAX}, b = a;
    b.place.block = BLOCK_CROSS_ATTENTION;
    assert_string_equal(guide_name(&a, LANGUAGE_EN), "Attention weights");
    assert_string_equal(guide_name(&b, LANGUAGE_EN), "Cross-attention weights");
    char position[] = "src.position";
    struct stage p = {.name = position, .role = ROLE_POSITION, .op = OP_SINUSOID};
    assert_string_equal(guide_name(&p, LANGUAGE_EN), "Positional encoding");
    p.op = OP_ROWS;
    assert_string_equal(guide_name(&p, LANGUAGE_EN), "Learned positions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_role_is_explained),
        cmocka_unit_test(test_the_place_chooses_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
