#include "study/words.h"

#include "base/memory.h"
#include "base/random.h"
#include "support.h"

static void add(struct labels *l, const char *text, const char *next, int word)
{
    labels_add(l, (struct label){.text = mem_string(text),
                                 .next = next ? mem_string(next) : NULL,
                                 .id = (int32_t)l->count,
                                 .word = word});
}

/* 나는 학교에 간다 <eos>: pieces 2, 2, 3, 1. */
static struct labels sentence(void)
{
    struct labels l = {0};
    add(&l, "▁나", NULL, 0);
    add(&l, "는", NULL, 0);
    add(&l, "▁학교", NULL, 1);
    add(&l, "에", NULL, 1);
    add(&l, "▁", NULL, 2);
    add(&l, "간", NULL, 2);
    add(&l, "다", NULL, 2);
    add(&l, "<eos>", NULL, -1);
    return l;
}

static void pieces_become_words(void **state)
{
    (void)state;
    struct labels l = sentence();
    long *groups, wish[] = {0, 0, 1, 1, 2, 2, 2, 3};
    struct labels words = words_labels(&l, &groups);
    assert_int_equal(words.count, 4);
    assert_string_equal(words.items[0].text, "나는");
    assert_string_equal(words.items[1].text, "학교에");
    assert_string_equal(words.items[2].text, "간다");
    assert_string_equal(words.items[3].text, "<eos>");
    assert_memory_equal(groups, wish, sizeof wish);
    free(groups);
    labels_free(&words);
    labels_free(&l);
}

/* Tokens without a word stand for themselves, also side by side. */
static void special_tokens_stay_apart(void **state)
{
    (void)state;
    struct labels l = {0};
    add(&l, "<bos>", NULL, -1);
    add(&l, "<unk>", NULL, -1);
    add(&l, "▁go", NULL, 0);
    add(&l, "<eos>", NULL, -1);
    long *groups, wish[] = {0, 1, 2, 3};
    struct labels words = words_labels(&l, &groups);
    assert_int_equal(words.count, 4);
    assert_memory_equal(groups, wish, sizeof wish);
    free(groups);
    labels_free(&words);
    labels_free(&l);
}

static void a_word_predicts_what_its_last_piece_does(void **state)
{
    (void)state;
    struct labels l = {0};
    add(&l, "<bos>", "▁sch", -1);
    add(&l, "▁sch", "ool", 0);
    add(&l, "ool", "<eos>", 0);
    long *groups;
    struct labels words = words_labels(&l, &groups);
    assert_int_equal(words.count, 2);
    assert_string_equal(words.items[0].next, "▁sch");
    assert_string_equal(words.items[1].text, "school");
    assert_string_equal(words.items[1].next, "<eos>");
    free(groups);
    labels_free(&words);
    labels_free(&l);
}

static void keys_are_summed_and_queries_averaged(void **state)
{
    (void)state;
    float map[] = {0.5f, 0.25f, 0.25f,  /* query piece 1 of word 1 */
                   0.25f, 0.25f, 0.5f,  /* query piece 2 of word 1 */
                   0, 0.125f, 0.875f};  /* word 2 */
    struct tensor t = {.type = TENSOR_F32, .rank = 2, .size = {3, 3}, .f32 = map};
    long rows[] = {0, 0, 1}, columns[] = {0, 0, 1};
    struct tensor w = words_map(&t, rows, 2, columns, 2);
    assert_int_equal(w.rank, 2);
    assert_int_equal(w.size[0], 2);
    assert_int_equal(w.size[1], 2);
    double wish[] = {0.625, 0.375, 0.125, 0.875};
    for (int i = 0; i < 4; i++)
        assert_near(tensor_get(&w, i), wish[i], 1e-12);
    free(w.data);
}

/* Rows of any map that sum to 1 still do, in every head. */
static void rows_still_sum_to_one(void **state)
{
    (void)state;
    struct labels l = sentence();
    long *groups, heads = 3, n = (long)l.count;
    struct labels words = words_labels(&l, &groups);
    double *x = mem_alloc((size_t)(heads * n * n), sizeof *x);
    struct random r = random_seed(3);
    for (long row = 0; row < heads * n; row++) {
        double sum = 0;
        for (long i = 0; i < n; i++)
            sum += x[row * n + i] = random_uniform(&r);
        for (long i = 0; i < n; i++)
            x[row * n + i] /= sum;
    }
    struct tensor t = {.type = TENSOR_F64, .rank = 3, .size = {heads, n, n}, .f64 = x};
    struct tensor w = words_map(&t, groups, 4, groups, 4);
    assert_int_equal(w.size[0], heads);
    assert_int_equal(w.size[1], 4);
    assert_int_equal(w.size[2], 4);
    for (long row = 0; row < heads * 4; row++) {
        double sum = 0;
        for (long i = 0; i < 4; i++)
            sum += tensor_get(&w, row * 4 + i);
        assert_near(sum, 1, 1e-12);
    }
    /* the last query, a word of one piece: its keys are plain sums */
    double first = x[(n - 1) * n] + x[(n - 1) * n + 1];
    assert_near(tensor_get(&w, 3 * 4), first, 1e-12);
    free(w.data);
    free(x);
    free(groups);
    labels_free(&words);
    labels_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_become_words),
        cmocka_unit_test(special_tokens_stay_apart),
        cmocka_unit_test(a_word_predicts_what_its_last_piece_does),
        cmocka_unit_test(keys_are_summed_and_queries_averaged),
        cmocka_unit_test(rows_still_sum_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
