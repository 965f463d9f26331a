#include "base/hash.h"

#include "base/random.h"
#include "support.h"

#define MOST 1000

static void end_is(struct hash *h, const char *wish)
{
    unsigned char out[HASH_SIZE];
    char text[2 * HASH_SIZE + 1];
    hash_end(h, out);
    for (int i = 0; i < HASH_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", out[i]);
    assert_string_equal(text, wish);
}

/* Made with Python's hashlib.blake2b(…, digest_size=32) over the bytes i mod 251. */
static const struct {
    size_t size;
    const char *hash;
} known[] = {
    {0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
    {128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1"},
    {129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9"},
    {1000, "b372d0608f720c8c3dd41e9c8eecb10143b41abe520b616607e754bf79c08331"},
};

static void others_find_the_same(void **state)
{
    (void)state;
    unsigned char bytes[MOST];
    struct hash h;
    for (size_t i = 0; i < MOST; i++)
        bytes[i] = (unsigned char)(i % 251);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        hash_begin(&h);
        hash_bytes(&h, bytes, known[i].size);
        end_is(&h, known[i].hash);
    }
    hash_begin(&h);
    hash_bytes(&h, "abc", 3);
    end_is(&h, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

/* Property: in how many pieces the bytes come makes no difference. */
static void pieces_are_joined(void **state)
{
    (void)state;
    unsigned char bytes[MOST];
    struct random r = random_seed(1);
    for (size_t i = 0; i < MOST; i++)
        bytes[i] = (unsigned char)(i % 251);
    for (int round = 0; round < 100; round++) {
        struct hash h;
        hash_begin(&h);
        for (size_t at = 0, n; at < MOST; at += n) {
            n = random_below(&r, 300);
            n = n > MOST - at ? MOST - at : n;
            hash_bytes(&h, bytes + at, n);
        }
        end_is(&h, known[3].hash);
    }
}

static void parts_do_not_run_together(void **state)
{
    (void)state;
    static const char *const parts[][2] = {
        {"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"", "abc"}};
    unsigned char out[4][HASH_SIZE];
    for (int i = 0; i < 4; i++) {
        struct hash h;
        hash_begin(&h);
        hash_text(&h, parts[i][0]);
        hash_text(&h, parts[i][1]);
        hash_end(&h, out[i]);
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(out[i], out[k], HASH_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_find_the_same),
        cmocka_unit_test(pieces_are_joined),
        cmocka_unit_test(parts_do_not_run_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
