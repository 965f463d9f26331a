/* What heads are named after: each pattern on sentences where its links are known; the
 * counts of the shipped model against those of PyTorch (train/verify.log); what is kept. */
#include "study/head_names.h"

#include "base/file.h"
#include "base/memory.h"
#include "models.h"
#include "study/exam_cache.h"
#include "study/session.h"
#include "support.h"
#include "temporary.h"

#define LOG "assets/models/ko-en/train/verify.log"

/* ---- patterns ---- */

static struct session *read_by_model(const char *text)
{
    struct error e = {0};
    struct session *s =
        session_new(shared_model(MODEL_DEFAULT), &(struct session_options){0});
    if (session_set_text(s, text, &e) < 0 || session_run(s, &e) < 0)
        fail_msg("%s", e.message);
    return s;
}

static long piece_at(const struct labels *l, const char *text)
{
    for (size_t i = 0; i < l->count; i++)
        if (!strcmp(label_without_mark(l->items[i].text), text))
            return (long)i;
    fail_msg("no piece %s", text);
    return -1;
}

/* The links of a pattern as "row>column", in order. Caller frees. */
static char *links_of(const struct head_map *m, enum head_pattern p)
{
    struct buffer b = {0};
    buffer_add(&b, "");
    for (long r = 0; r < (long)m->rows->count; r++) {
        bool any = false;
        for (long c = 0; c < (long)m->columns->count; c++)
            if (head_pattern_holds(m, p, r, c)) {
                any = true;
                buffer_addf(&b, "%s>%s ", label_without_mark(m->rows->items[r].text),
                            label_without_mark(m->columns->items[c].text));
            }
        assert_int_equal(head_pattern_can(m, p, r), any);
    }
    return buffer_take(&b);
}

static void patterns_hold_where_they_should(void **state)
{
    (void)state;
    static const struct {
        enum head_pattern pattern;
        const char *links;
    } cases[] = {
        {HEAD_ITSELF, "민수>민수 가>가 책>책 을>을 읽>읽 는다>는다 <eos>><eos> "},
        {HEAD_PREVIOUS, "가>민수 책>가 을>책 읽>을 는다>읽 <eos>>는다 "},
        {HEAD_NEXT, "민수>가 가>책 책>을 을>읽 읽>는다 는다><eos> "},
        {HEAD_FIRST, "가>민수 책>민수 을>민수 읽>민수 는다>민수 <eos>>민수 "},
        {HEAD_LAST, "민수><eos> 가><eos> 책><eos> 을><eos> 읽><eos> 는다><eos> "},
        {HEAD_WORD_BEFORE, "책>민수 책>가 을>민수 을>가 읽>책 읽>을 는다>책 는다>을 "},
        {HEAD_WORD_AFTER, "민수>책 민수>을 가>책 가>을 책>읽 책>는다 을>읽 을>는다 "},
        {HEAD_LAST_WORD,
         "민수>읽 민수>는다 가>읽 가>는다 책>읽 책>는다 을>읽 을>는다 "},
        {HEAD_PARTICLE, "민수>가 책>을 "},
        {HEAD_NOUN, "가>민수 을>책 "},
        {HEAD_OBJECT, "읽>책 "},
    };
    struct session *s = read_by_model("민수가 책을 읽는다");
    struct head_lexicon *l = head_lexicon_open(s->model, NULL);
    struct head_map m = {HEAD_IN_ENCODER, &s->source_labels, &s->source_labels, l, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *links = links_of(&m, cases[i].pattern);
        assert_true(head_pattern_is_in(l, cases[i].pattern, HEAD_IN_ENCODER));
        assert_string_equal(links, cases[i].links);
        free(links);
    }
    head_lexicon_free(l);
    session_free(s);
}

/* The first sentence of the exam, whose links stand in the first line of exam_links.tsv:
 * the row before the first piece of "dislike" (2) leads to the Korean word 4, that before
 * "butterfly" (4) to the word 3. */
static void translated_words_are_linked(void **state)
{
    (void)state;
    struct error e = {0};
    struct session *s = read_by_model("우리는 이 나비가 싫어요");
    if (session_set_target_text(s, "we dislike this butterfly", &e) < 0 ||
        session_run(s, &e) < 0)
        fail_msg("%s", e.message);
    struct head_lexicon *l = head_lexicon_open(s->model, NULL);
    struct head_map m = {HEAD_IN_CROSS, &s->target_labels, &s->source_labels, l, 0};
    int rows = 0;
    for (long r = 0; r < (long)m.rows->count; r++)
        rows += head_pattern_can(&m, HEAD_TRANSLATED, r);
    assert_int_equal(rows, 2);
    long we = piece_at(m.rows, "we"), noun = piece_at(m.columns, "나비");
    for (long c = 0; c < (long)m.columns->count; c++)
        assert_int_equal(head_pattern_holds(&m, HEAD_TRANSLATED, we, c),
                         m.columns->items[c].word == 3);
    long this = piece_at(m.rows, "this");
    assert_true(head_pattern_holds(&m, HEAD_TRANSLATED, this, noun));
    assert_false(head_pattern_is_in(l, HEAD_TRANSLATED, HEAD_IN_ENCODER));
    head_lexicon_free(l);
    session_free(s);
}

/* ---- the shipped model ---- */

static struct head_names *names_of(const char *model, long sentences)
{
    struct error e = {0};
    struct model *m = shared_model(model);
    struct head_names *n = head_names_new(m, sentences, &e);
    if (!n)
        fail_msg("%s", e.message);
    model_free(m);
    return n;
}

/* "noun to its particle 0.83" behind "encoder.0.self_attn:2 ", or -1. */
static double share_in_log(const char *log, const char *head, const char *relation)
{
    char *start = mem_format("  %s  ", head);
    const char *line = strstr(log, start), *end = line ? strchr(line, '\n') : NULL;
    size_t length = strlen(relation);
    free(start);
    for (const char *at = line; at && (at = strstr(at + 1, relation)) && at < end;) {
        bool whole = at[-1] == ' ' && (at[-2] == ',' || at[-2] == ' ');
        if (whole && at[length] == ' ')
            return strtod(at + length + 1, NULL);
    }
    return -1;
}

/* PyTorch counted over the first 300 sentences, the rows of <eos> too where the places
 * alone count: those may be hits or not. Two decimals, and a row between two columns that
 * weigh the same may fall on either side. */
static int compare_share(const struct head_names *n, const char *log, int layer, long head,
                         enum head_pattern p, const char *relation, long more)
{
    char *stage = mem_format("encoder.%d.self_attn.weights", layer);
    char *name = mem_format("encoder.%d.self_attn:%ld", layer, head + 1);
    struct head_count c = head_names_count(n, stage, head, p);
    double share = share_in_log(log, name, relation), rows = (double)(c.rows + more);
    assert_true(c.rows > 0);
    if (share >= 0) {
        double least = (double)c.hits / rows, most = (double)(c.hits + more) / rows;
        if (share < least - 0.008 || share > most + 0.008)
            fail_msg("%s, %s: %.3f to %.3f, PyTorch %.2f", name, relation, least, most,
                     share);
    }
    free(stage);
    free(name);
    return share >= 0;
}

static void pytorch_counts_the_same(void **state)
{
    (void)state;
    static const struct {
        enum head_pattern pattern;
        const char *relation;
        long more;
    } relations[] = {
        {HEAD_ITSELF, "itself", 0},
        {HEAD_PREVIOUS, "piece before", 300},
        {HEAD_NEXT, "piece after", 300},
        {HEAD_FIRST, "first", 300},
        {HEAD_LAST, "<eos>", 300},
        {HEAD_WORD_BEFORE, "word before", 0},
        {HEAD_WORD_AFTER, "word after", 0},
        {HEAD_LAST_WORD, "the last word", 0},
        {HEAD_PARTICLE, "noun to its particle", 0},
        {HEAD_NOUN, "particle to its noun", 0},
    };
    struct error e = {0};
    char *log = file_read(LOG, 1 << 20, NULL, &e);
    if (!log)
        fail_msg("%s", e.message);
    struct head_names *n = names_of(MODEL_DEFAULT, 300);
    head_names_work(n, 0);
    assert_int_equal(head_names_sentences(n), 300);
    int compared = 0;
    for (int layer = 0; layer < 2; layer++)
        for (long head = 0; head < 4; head++)
            for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
                compared += compare_share(n, log, layer, head, relations[i].pattern,
                                          relations[i].relation, relations[i].more);
    assert_true(compared >= 24); /* the log tells five of each head */
    head_names_free(n);
    free(log);
}

/* A name is the pattern that held most of the time, and often enough. */
static void names_follow_from_counts(void **state)
{
    (void)state;
    struct head_names *n = names_of(MODEL_DEFAULT, 0);
    struct head_name name;
    assert_false(head_names_find(n, "encoder.0.self_attn.weights", 0, &name));
    while (head_names_work(n, 1))
        assert_false(head_names_done(n));
    assert_int_equal(head_names_sentences(n), HEAD_SENTENCES);
    assert_int_equal(head_names_stages(n), 6);
    int named = 0;
    for (size_t i = 0; i < head_names_stages(n); i++)
        for (long h = 0; h < head_names_heads(n, i); h++) {
            const char *stage = head_names_stage(n, i);
            double most = 0;
            for (int p = HEAD_MIXED + 1; p < HEAD_PATTERNS; p++) {
                struct head_count c =
                    head_names_count(n, stage, h, (enum head_pattern)p);
                if (c.rows >= HEAD_LEAST_ROWS && (double)c.hits / (double)c.rows > most)
                    most = (double)c.hits / (double)c.rows;
            }
            assert_true(head_names_find(n, stage, h, &name));
            assert_near(name.share, most, 1e-12);
            assert_int_equal(name.pattern != HEAD_MIXED, most >= 0.6);
            named += name.pattern != HEAD_MIXED;
        }
    assert_true(named >= 4);
    assert_false(head_names_find(n, "encoder.0.self_attn.weights", 4, &name));
    assert_false(head_names_find(n, "encoder.0.self_attn.scores", 0, &name));
    assert_false(head_names_find(NULL, "encoder.0.self_attn.weights", 0, &name));
    head_names_free(n);
}

/* The frozen model brings no word classes and no links. */
static void without_words_there_are_places(void **state)
{
    (void)state;
    struct head_names *n = names_of(MODEL_FROZEN, 40);
    const char *stages[] = {"encoder.0.self_attn.weights", "decoder.1.cross_attn.weights"};
    head_names_work(n, 0);
    for (int i = 0; i < 2; i++) {
        assert_true(head_names_count(n, stages[i], 0, HEAD_LAST).rows > 0);
        for (int p = HEAD_PARTICLE; p < HEAD_PATTERNS; p++)
            assert_int_equal(
                head_names_count(n, stages[i], 0, (enum head_pattern)p).rows, 0);
    }
    /* what is masked is not looked for */
    assert_int_equal(head_names_count(n, "decoder.0.self_attn.weights", 0, HEAD_NEXT).rows,
                     0);
    head_names_free(n);
}

static void no_exam_is_told(void **state)
{
    (void)state;
    struct error e = {0};
    struct model *m = open_model("random:d_model=8,nhead=2,seed=1");
    assert_null(head_names_new(m, 0, &e));
    assert_contains(e.message, "exam.tsv");
    model_free(m);
}

/* ---- what is kept ---- */

static char top[100];

static void check_same(const struct head_names *a, const struct head_names *b)
{
    assert_int_equal(head_names_stages(a), head_names_stages(b));
    for (size_t i = 0; i < head_names_stages(a); i++)
        for (long h = 0; h < head_names_heads(a, i); h++)
            for (int p = HEAD_MIXED + 1; p < HEAD_PATTERNS; p++) {
                const char *id = head_names_stage(a, i);
                struct head_count x = head_names_count(a, id, h, (enum head_pattern)p);
                struct head_count y = head_names_count(b, id, h, (enum head_pattern)p);
                assert_true(x.rows == y.rows && x.hits == y.hits);
            }
}

/* Cuts every file of the folder short, or puts a number of heads or more hits than rows
 * into it. */
enum fault { FAULT_CUT, FAULT_HEADS, FAULT_HITS, FAULTS };

static void spoil(const char *folder, enum fault fault)
{
    char **names;
    size_t count;
    assert_int_equal(file_list(folder, &names, &count, NULL), 0);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        char *path = file_join(folder, names[i]);
        size_t length;
        char *text = file_read(path, 1 << 20, &length, NULL);
        char *heads = strstr(text, "\"heads\":"), *counts = strstr(text, "\"counts\":");
        assert_true(heads && counts);
        char *hits = strchr(counts, ',') + 1; /* of the first pattern, which has no rows */
        if (fault == FAULT_HEADS)
            heads[8 + (heads[8] == ' ')] = '9';
        else if (fault == FAULT_HITS)
            hits[*hits == ' '] = '9';
        if (fault == FAULT_CUT)
            length /= 2;
        assert_int_equal(file_write(path, text, length, true, NULL), 0);
        free(text);
        free(path);
        free(names[i]);
    }
    free(names);
}

static void counts_are_kept(void **state)
{
    (void)state;
    assert_true(temporary_folder(top, sizeof top));
    char *folder = file_join(top, "kept");
    struct head_names *fresh = names_of(MODEL_FROZEN, 30);
    head_names_work(fresh, 0);
    for (int round = 0; round <= FAULTS; round++) {
        exam_cache_start(folder);
        struct head_names *n = names_of(MODEL_FROZEN, 30);
        assert_false(head_names_done(n)); /* nothing there yet, or it is broken */
        head_names_work(n, 0);
        check_same(fresh, n);
        head_names_free(n);
        for (int disk = 0; disk < 2; disk++) { /* from memory, then from the folder */
            n = names_of(MODEL_FROZEN, 30);
            assert_true(head_names_done(n));
            check_same(fresh, n);
            head_names_free(n);
            exam_cache_start(folder);
        }
        struct head_names *other = names_of(MODEL_FROZEN, 31);
        assert_false(head_names_done(other));
        head_names_free(other);
        exam_cache_stop();
        if (round < FAULTS)
            spoil(folder, (enum fault)round);
    }
    head_names_free(fresh);
    remove_all(top);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_hold_where_they_should),
        cmocka_unit_test(translated_words_are_linked),
        cmocka_unit_test(pytorch_counts_the_same),
        cmocka_unit_test(names_follow_from_counts),
        cmocka_unit_test(without_words_there_are_places),
        cmocka_unit_test(no_exam_is_told),
        cmocka_unit_test(counts_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
