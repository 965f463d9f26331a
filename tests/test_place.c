/* Places: ids and texts are made of them, and they hold what stands within them. */
#include "numbers/place.h"

#include "support.h"

#include <stdlib.h>

#define AT(stack, layer, block, sublayer) \
    ((struct stage_place){STACK_##stack, layer, BLOCK_##block, sublayer})

static void ids_are_made_of_places(void **state)
{
    (void)state;
    static const struct {
        struct stage_place place;
        const char *name, *id, *text;
    } cases[] = {
        {AT(NONE, -1, NONE, 0), "logits", "logits", ""},
        {AT(ENCODER, -1, SOURCE, 0), "input", "src.input", "src"},
        {AT(DECODER, -1, TARGET, 0), "tokens", "tgt.tokens", "tgt"},
        {AT(DECODER, -1, INPUT, 0), "tokens", "input.tokens", "input"},
        {AT(ENCODER, -1, NONE, 0), "norm", "encoder.norm", "encoder"},
        {AT(DECODER, 12, NONE, 3), "norm", "decoder.12.norm3", "decoder.12"},
        {AT(DECODER, 1, CROSS_ATTENTION, 2), "scores", "decoder.1.cross_attn.scores",
         "decoder.1.cross_attn"},
        {AT(ENCODER, 0, FFN, 2), "hidden", "encoder.0.ffn.hidden", "encoder.0.ffn"},
        {AT(DECODER, -1, ATTENTION, 0), "weights", "decoder.attn.weights",
         "decoder.attn"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0};
        buffer_add(&b, "= "); /* what stands before an id takes no dot */
        place_add_id(&b, cases[i].place, cases[i].name);
        assert_string_equal(b.data + 2, cases[i].id);
        buffer_free(&b);
        char *text = place_text(cases[i].place);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

static void texts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct stage_place place;
    } good[] = {
        {"encoder", AT(ENCODER, -1, NONE, 0)},
        {"decoder.0", AT(DECODER, 0, NONE, 0)},
        {"decoder.10.cross_attn", AT(DECODER, 10, CROSS_ATTENTION, 0)},
        {"encoder.3.ffn", AT(ENCODER, 3, FFN, 0)},
        {"decoder.attn", AT(DECODER, -1, ATTENTION, 0)},
    };
    static const char *const bad[] = {
        "", ".", "enc", "encoders", "encoder.", "encoder..0", "encoder.0.", "encoder.00",
        "encoder.-1", "encoder.0x", "encoder.0.ffn.", "encoder.0.ffn.0", "encoder.0.norm",
        "encoder.src", "src", "encoder.1234567890", "encoder.0.self_attn:1", " encoder",
    };
    struct stage_place place;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(place_parse(good[i].text, &place));
        assert_true(place_equal(place, good[i].place));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (place_parse(bad[i], &place))
            fail_msg("\"%s\" is read as a place", bad[i]);
}

static void a_place_holds_what_is_within(void **state)
{
    (void)state;
    static const struct {
        struct stage_place outer, inner;
        bool holds;
    } cases[] = {
        {AT(NONE, -1, NONE, 0), AT(DECODER, 1, FFN, 3), true},
        {AT(NONE, -1, NONE, 0), AT(NONE, -1, NONE, 0), true},
        {AT(ENCODER, -1, NONE, 0), AT(ENCODER, -1, SOURCE, 0), true},
        {AT(ENCODER, -1, NONE, 0), AT(ENCODER, 1, NONE, 2), true},
        {AT(ENCODER, -1, NONE, 0), AT(DECODER, 1, NONE, 2), false},
        {AT(ENCODER, -1, NONE, 0), AT(NONE, -1, NONE, 0), false},
        {AT(ENCODER, 1, NONE, 0), AT(ENCODER, 1, FFN, 2), true},
        {AT(ENCODER, 1, NONE, 0), AT(ENCODER, 0, FFN, 2), false},
        {AT(ENCODER, 1, NONE, 0), AT(ENCODER, -1, SOURCE, 0), false},
        {AT(ENCODER, 1, FFN, 2), AT(ENCODER, 1, FFN, 2), true},
        {AT(ENCODER, 1, FFN, 2), AT(ENCODER, 1, NONE, 2), true}, /* its norm */
        {AT(ENCODER, 1, FFN, 2), AT(ENCODER, 1, NONE, 1), false},
        {AT(ENCODER, 1, FFN, 2), AT(ENCODER, 0, NONE, 2), false},
        {AT(ENCODER, 1, FFN, 2), AT(ENCODER, 1, SELF_ATTENTION, 1), false},
        {AT(DECODER, -1, ATTENTION, 0), AT(DECODER, -1, NONE, 0), false},
        {AT(DECODER, -1, ATTENTION, 0), AT(DECODER, -1, ATTENTION, 0), true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (place_holds(cases[i].outer, cases[i].inner) != cases[i].holds)
            fail_msg("case %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_made_of_places),
        cmocka_unit_test(texts_are_read),
        cmocka_unit_test(a_place_holds_what_is_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
