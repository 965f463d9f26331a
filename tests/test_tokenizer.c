#include "model/tokenizer.h"

#include "base/file.h"
#include "base/memory.h"
#include "support.h"

#define FOLDER "tests/data/tokenizers/"

static struct tokenizer *must_open(const char *path)
{
    struct error e = {0};
    struct tokenizer *t = tokenizer_open(path, &e);
    if (!t)
        fail_msg("%s: %s", e.file, e.message);
    return t;
}

/* "12/0 4/1": id and word of each token. Caller frees. */
static char *encoded(const struct tokenizer *t, const char *text)
{
    struct error e = {0};
    struct tokens tokens;
    if (tokenizer_encode(t, text, &tokens, &e) < 0)
        fail_msg("%s: %s", text, e.message);
    struct buffer b = {0};
    for (size_t i = 0; i < tokens.count; i++)
        buffer_addf(&b, "%s%d/%zu", i ? " " : "", tokens.ids[i], tokens.places[i].word);
    tokens_free(&tokens);
    return buffer_take(&b);
}

static void check_encoding(const struct tokenizer *t, const char *text, const char *wish)
{
    char *made = encoded(t, text);
    if (strcmp(made, wish) != 0)
        fail_msg("\"%s\" became \"%s\" instead of \"%s\"", text, made, wish);
    free(made);
}

static void test_metaspace(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "metaspace.json");
    static const char *const cases[][2] = {
        {"", ""}, {"나는 간다.", "12/0 4/1 10/1 9/1"},
        {"\xe1\x84\x82\xe1\x85\xa1", "11/0"},          /* conjoining jamo: NFC */
        {"xyz나", "4/0 3/0 5/0"},                      /* unknown ones fused in a word */
        {"x y", "4/0 3/0 4/1 3/1"}, {"aab", "4/0 13/0 15/0"},
        {"나  는", "11/0 4/1 4/1 6/1"}, {" 나 ", "11/0 4/0"}, {"▁나", "11/0"},
        {"<eos>", "2/0"}, {"나<eos>는", "11/0 2/1 4/2 6/2"},
        {"나 <sep>는", "11/0 20/1 4/2 6/2"},             /* lstrip takes the space */
        {"a\tb", "4/0 13/0 3/1 14/1"}, /* a tab is unknown */
        {"a\xff" "b", "4/0 13/0 3/0 14/0"}, {"\x07", "4/0 16/0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_encoding(t, cases[i][0], cases[i][1]);
    tokenizer_free(t);
}

static void test_places(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "metaspace.json");
    struct tokens tokens;
    assert_int_equal(tokenizer_encode(t, "나xyz 는", &tokens, NULL), 0);
    assert_string_equal(tokens.text, " 나xyz 는");
    assert_int_equal(tokens.count, 4);
    assert_int_equal(tokens.words, 2);
    assert_int_equal(tokens.ids[1], tokenizer_unk(t));
    assert_int_equal(tokens.places[1].begin, 4);
    assert_int_equal(tokens.places[1].end, 7);
    assert_int_equal(tokens.places[3].begin, 8);
    assert_int_equal(tokens.places[3].end, strlen(tokens.text));
    tokens_free(&tokens);
    tokenizer_free(t);
}

static void check_label(const struct tokenizer *t, int id, const char *wish)
{
    char *label = tokenizer_label(t, id);
    assert_string_equal(label, wish);
    free(label);
}

static void test_pieces(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "metaspace.json");
    assert_int_equal(tokenizer_size(t), 21);
    assert_int_equal(tokenizer_id(t, "▁나는"), 12);
    assert_int_equal(tokenizer_id(t, "<sep>"), 20);
    assert_int_equal(tokenizer_id(t, "없"), -1);
    assert_int_equal(tokenizer_id(t, ""), -1);
    assert_string_equal(tokenizer_piece(t, 10), "간다");
    assert_null(tokenizer_piece(t, 18));
    assert_null(tokenizer_piece(t, -1));
    assert_null(tokenizer_piece(t, 21));
    assert_true(tokenizer_starts_word(t, 12) && tokenizer_starts_word(t, 4));
    assert_false(tokenizer_starts_word(t, 10) || tokenizer_starts_word(t, 2));
    assert_true(tokenizer_is_special(t, 2));
    assert_false(tokenizer_is_special(t, 20) || tokenizer_is_special(t, 99));
    check_label(t, 12, "▁나는");
    check_label(t, 2, "<eos>");
    check_label(t, 16, "<0x07>");
    check_label(t, 17, "\xef\xbf\xbd");
    check_label(t, 18, "<id 18>");
    tokenizer_free(t);
    tokenizer_free(NULL);
}

static void check_decoding(const struct tokenizer *t, const int *ids, size_t count,
                           bool skip, const char *wish)
{
    char *text = tokenizer_decode(t, ids, count, skip);
    assert_string_equal(text, wish);
    free(text);
}

static void test_decode(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "metaspace.json");
    const int ids[] = {1, 12, 4, 10, 9, 18, 999, -3, 2};
    check_decoding(t, ids, 9, true, "나는 간다.");
    check_decoding(t, ids, 9, false, "<bos> 나는 간다.<eos>");
    check_decoding(t, ids, 0, true, "");
    tokenizer_free(t);
    t = must_open(FOLDER "byte_fallback.json");
    /* ▁나 and the three bytes of 간, then one byte alone */
    const int bytes[] = {1, 262, 3 + 0xea, 3 + 0xb0, 3 + 0x84, 261, 3 + 0xea};
    check_decoding(t, bytes, 7, true, "나간는\xef\xbf\xbd");
    tokenizer_free(t);
    t = must_open(FOLDER "whitespace.json");
    const int words[] = {6, 4};
    check_decoding(t, words, 2, true, "ab !");
    tokenizer_free(t);
}

static void test_byte_fallback(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "byte_fallback.json");
    check_encoding(t, "나는", "262/0 261/0");
    check_encoding(t, "나 나", "262/0 262/1");
    check_encoding(t, "나é", "262/0 198/0 172/0");
    assert_int_equal(tokenizer_unk(t), 0);
    tokenizer_free(t);
}

static void test_whitespace(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "whitespace.json");
    check_encoding(t, "ab, c!", "6/0 5/0 3/1 4/1");
    check_encoding(t, "xy ab", "0/0 0/0 6/1"); /* not fused */
    assert_false(tokenizer_starts_word(t, 6));
    tokenizer_free(t);
}

static void note_step(const struct merge_step *step, void *data)
{
    buffer_addf(data, "%zu:%d@%zu(", step->part, step->rank, step->joined);
    for (size_t i = 0; i < step->count; i++)
        buffer_addf(data, "%s%.*s", i ? "," : "",
                    (int)(step->symbols[i].end - step->symbols[i].begin),
                    step->text + step->symbols[i].begin);
    buffer_add(data, ") ");
}

static void test_merges(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "metaspace.json");
    struct buffer b = {0};
    assert_int_equal(tokenizer_merges(t, "나는 간다", note_step, &b, NULL), 0);
    assert_string_equal(b.data, "0:-1@0( ,나,는) 0:1@0( 나,는) 0:2@0( 나는) "
                        "1:-1@0( ,간,다) 1:0@1( ,간다) ");
    buffer_free(&b);
    struct error e = {0};
    char *text = mem_format("%5000s", "");
    assert_int_equal(tokenizer_merges(t, text, note_step, &b, &e), -1);
    assert_contains(e.message, "5000 bytes long");
    free(text);
    tokenizer_free(t);
}

/* ---- BPE against the definition ---- */

/* Merging as the definition says it: look for the best pair, join it, again. */
static size_t merge_slowly(int ranks[4][4], int *ids, size_t n)
{
    for (;;) {
        size_t best = 0;
        int rank = -1;
        for (size_t i = 0; i + 1 < n; i++) {
            int own = ids[i] < 4 && ids[i + 1] < 4 ? ranks[ids[i]][ids[i + 1]] : -1;
            if (own >= 0 && (rank < 0 || own < rank)) {
                rank = own;
                best = i;
            }
        }
        if (rank < 0)
            return n;
        ids[best] = rank + 2; /* the piece that this merge makes */
        memmove(ids + best + 1, ids + best + 2, (n - best - 2) * sizeof *ids);
        n--;
    }
}

static void test_bpe_by_definition(void **state)
{
    (void)state;
    /* Letters 0 and 1; the merge of rank r makes id r + 2. */
    static const int pairs[][2] = {{0, 1}, {2, 0}, {1, 1}, {0, 0}, {3, 2}};
    int ranks[4][4];
    memset(ranks, -1, sizeof ranks);
    struct bpe *b = bpe_new(10, 5);
    for (int r = 0; r < 5; r++) {
        bpe_add_merge(b, pairs[r][0], pairs[r][1], r + 2, r);
        ranks[pairs[r][0]][pairs[r][1]] = r;
    }
    for (size_t length = 0; length <= 12; length++)
        for (unsigned word = 0; word < 1u << length; word++) {
            struct bpe_symbol symbols[12];
            int ids[12];
            for (size_t i = 0; i < length; i++) {
                ids[i] = word >> i & 1;
                symbols[i] = (struct bpe_symbol){ids[i], i, i + 1};
            }
            size_t n = bpe_merge(b, symbols, length, NULL, NULL);
            assert_int_equal(n, merge_slowly(ranks, ids, length));
            for (size_t i = 0; i < n; i++)
                assert_int_equal(symbols[i].id, ids[i]);
        }
    bpe_free(b);
}

/* ---- sizes ---- */

static void test_long_texts(void **state)
{
    (void)state;
    struct tokenizer *t = must_open(FOLDER "metaspace.json");
    char *text = mem_zero(TOKENIZER_MAX_TEXT + 2, 1);
    for (size_t i = 0; i < TOKENIZER_MAX_TEXT; i++)
        text[i] = "ab"[i % 2];
    struct tokens tokens;
    struct error e = {0};
    assert_int_equal(tokenizer_encode(t, text, &tokens, &e), 0);
    assert_int_equal(tokens.count, 1 + TOKENIZER_MAX_TEXT / 2);
    tokens_free(&tokens);
    text[TOKENIZER_MAX_TEXT] = 'a';
    assert_int_equal(tokenizer_encode(t, text, &tokens, &e), -1);
    assert_contains(e.message, "65537 bytes long, at most 65536");
    assert_int_equal(tokens.count, 0);
    free(text);
    tokenizer_free(t);
}

/* ---- files that are refused ---- */

#define NO_RULES "\"normalizer\":null,\"pre_tokenizer\":null,\"decoder\":null"
#define MODEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},"
#define WITH(rules) "{" rules "," MODEL "\"merges\":[\"a b\"]}}"
#define WITH_MODEL(rest) "{" NO_RULES "," MODEL rest "}}"

static void test_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{", "not valid JSON"},
        {"{}", "\"model\" must be an object"},
        {"{\"model\":{\"type\":\"Unigram\"}}", "model type \"Unigram\" cannot be read"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":[],\"merges\":[]}}",
         "\"vocab\", an object"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}",
         "piece \"a\" has no id from 0"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":1000000},\"merges\":[]}}",
         "piece \"a\" has no id from 0 to 999999"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":\"1\"},\"merges\":[]}}", "no id"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":1,\"b\":1},\"merges\":[]}}",
         "piece \"b\" has the id 1 of another"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":1,\"a\":2},\"merges\":[]}}",
         "duplicate"},
        {WITH_MODEL("\"merges\":[\"ab\"]"), "merge 1 is not two pieces"},
        {WITH_MODEL("\"merges\":[\"a b\",\"a b a\"]"), "merge 2 is not two pieces"},
        {WITH_MODEL("\"merges\":[[\"a\"]]"), "merge 1 is not two pieces"},
        {WITH_MODEL("\"merges\":[[\"a\",\"b\",\"a\"]]"), "merge 1 is not two pieces"},
        {WITH_MODEL("\"merges\":[\"a c\"]"), "piece \"c\" of merge 1 is not in the voc"},
        {WITH_MODEL("\"merges\":[\"b a\"]"), "piece \"ba\" of merge 1 is not in the voc"},
        {WITH_MODEL("\"merges\":[],\"unk_token\":\"<unk>\""), "\"<unk>\" (unk_token)"},
        {WITH_MODEL("\"merges\":[],\"unk_token\":3"), "\"unk_token\" is an integer"},
        {WITH_MODEL("\"merges\":[],\"dropout\":0.1"), "\"dropout\""},
        {WITH_MODEL("\"merges\":[],\"end_of_word_suffix\":\"</w>\""),
         "\"end_of_word_suffix\" cannot be read"},
        {WITH("\"normalizer\":{\"type\":\"Precompiled\"}"),
         "normalizer type \"Precompiled\" cannot be read: export the tokenizer with null "
         "or"},
        {WITH("\"normalizer\":{}"), "normalizer must be null or"},
        {WITH("\"normalizer\":{\"type\":\"Sequence\"}"), "\"normalizers\" is missing"},
        {WITH("\"normalizer\":{\"type\":\"Replace\",\"content\":\"\"}"),
         "normalizer Replace: \"pattern\""},
        {WITH("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(\"}}"),
         "the pattern \"(\" is wrong at byte 2"},
        {WITH("\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"}"),
         "pre_tokenizer type \"BertPreTokenizer\""},
        {WITH("\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"ab\"}"),
         "must be one character"},
        {WITH("\"pre_tokenizer\":{\"type\":\"Metaspace\",\"prepend_scheme\":\"x\"}"),
         "\"prepend_scheme\" is none of"},
        {WITH("\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
              "{\"type\":\"ByteLevel\"},{\"type\":\"Whitespace\"}]}"),
         "stands after Metaspace or ByteLevel"},
        {WITH("\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
              "{\"type\":\"Whitespace\"},{\"type\":\"ByteLevel\"}]}"),
         "adds a space in front"},
        {WITH("\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"a\"},"
              "\"behavior\":\"Gone\"}"),
         "\"behavior\" is none of"},
        {WITH("\"decoder\":{\"type\":\"CTC\"}"), "decoder type \"CTC\""},
        {WITH("\"decoder\":{\"type\":\"Strip\",\"content\":\"\",\"start\":0,\"stop\":0}"),
         "\"content\" is empty"},
        {WITH("\"post_processor\":{\"type\":\"Odd\"}"),
         "post_processor type \"Odd\" cannot be read"},
        {WITH("\"post_processor\":[]"), "post_processor must be null or an object"},
        {WITH("\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"a\",0],"
              "\"sep\":[\"x\",3]}"),
         "has no id from 0 to 2"},
        {WITH("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[]}"),
         "\"single\" has no sequence A"},
        {WITH("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":["
              "{\"Sequence\":{\"id\":\"B\"}}]}"),
         "around the sequence A"},
        {WITH("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":["
              "{\"SpecialToken\":{\"id\":\"a\"}},{\"Sequence\":{\"id\":\"A\"}}]}"),
         "has no ids for a token"},
        {WITH("\"added_tokens\":{}"), "\"added_tokens\" is an object"},
        {WITH("\"added_tokens\":[{\"id\":5}]"), "has no \"content\""},
        {WITH("\"added_tokens\":[{\"content\":\"<x>\"}]"), "\"<x>\" (added) has no id"},
        {WITH("\"added_tokens\":[{\"content\":\"<x>\",\"id\":1}]"),
         "(added) has an id or"},
        {WITH("\"added_tokens\":[{\"content\":\"a\",\"id\":7}]"), "(added) has an id or"},
        {WITH("\"added_tokens\":[{\"content\":\"<x>\",\"id\":7,\"single_word\":true}]"),
         "single_word"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        if (tokenizer_parse(cases[i][0], strlen(cases[i][0]), "t.json", &e))
            fail_msg("accepted: %s", cases[i][0]);
        assert_contains(e.message, cases[i][1]);
        assert_string_equal(e.file, "t.json");
    }
}

static void test_no_unk(void **state)
{
    (void)state;
    const char *text = WITH_MODEL("\"merges\":[]");
    struct error e = {0};
    struct tokenizer *t = tokenizer_parse(text, strlen(text), "t.json", &e);
    assert_non_null(t);
    struct tokens tokens;
    assert_int_equal(tokenizer_encode(t, "a\x1b", &tokens, &e), -1);
    assert_contains(e.message, "the character \"U+001B\" is not in the vocabulary");
    assert_null(tokens.ids);
    tokenizer_free(t);
}

/* Thirty steps that each double the text stop with an error. */
static void test_growing_text(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add(&b, "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[");
    for (int i = 0; i < 30; i++)
        buffer_addf(&b, "%s{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},"
                    "\"content\":\"aa\"}", i ? "," : "");
    buffer_add(&b, "]}," MODEL "\"merges\":[]}}");
    struct error e = {0};
    struct tokenizer *t = tokenizer_parse(b.data, b.length, "grow", &e);
    assert_non_null(t);
    struct tokens tokens;
    assert_int_equal(tokenizer_encode(t, "a", &tokens, &e), -1);
    assert_contains(e.message, "the normalizer makes more than");
    buffer_free(&b);
    tokenizer_free(t);
}

/* ---- splitting ---- */

/* Encodes with a vocabulary of whole parts (ignore_merges) to see the cuts. */
static void check_split(const char *behavior, bool invert, const char *wish)
{
    char *json = mem_format(
        "{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"-\"},"
        "\"behavior\":\"%s\",\"invert\":%s},\"model\":{\"type\":\"BPE\",\"vocab\":"
        "{\"a\":0,\"-\":1,\"b\":2},\"merges\":[]}}", behavior, invert ? "true" : "false");
    struct error e = {0};
    struct tokenizer *t = tokenizer_parse(json, strlen(json), "split", &e);
    if (!t)
        fail_msg("%s", e.message);
    struct buffer b = {0};
    assert_int_equal(tokenizer_merges(t, "a--b-", note_step, &b, &e), 0);
    if (strcmp(b.data, wish) != 0)
        fail_msg("%s: %s instead of %s", behavior, b.data, wish);
    buffer_free(&b);
    tokenizer_free(t);
    free(json);
}

static void test_split(void **state)
{
    (void)state;
    /* The five examples of Hugging Face's SplitDelimiterBehavior, and their inverse. */
    check_split("Removed", false, "0:-1@0(a) 1:-1@0(b) ");
    check_split("Isolated", false, "0:-1@0(a) 1:-1@0(-) 2:-1@0(-) 3:-1@0(b) 4:-1@0(-) ");
    check_split("MergedWithPrevious", false, "0:-1@0(a,-) 1:-1@0(-) 2:-1@0(b,-) ");
    check_split("MergedWithNext", false, "0:-1@0(a) 1:-1@0(-) 2:-1@0(-,b) 3:-1@0(-) ");
    check_split("Contiguous", false, "0:-1@0(a) 1:-1@0(-,-) 2:-1@0(b) 3:-1@0(-) ");
    check_split("Removed", true, "0:-1@0(-) 1:-1@0(-) 2:-1@0(-) ");
}

/* ---- golden data ---- */

/* Undoes the escapes \\ \t \n \r of the .tsv files, in place. */
static char *unescape(char *s)
{
    char *to = s;
    for (char *p = s; *p; p++)
        *to++ = *p != '\\' ? *p : *++p == 't' ? '\t' : *p == 'n' ? '\n'
                : *p == 'r' ? '\r' : *p;
    *to = 0;
    return s;
}

/* The field of a line that begins at `*rest`, ended in place; `*rest` moves on. */
static char *next_field(char **rest, char end)
{
    char *field = *rest;
    char *stop = field ? strchr(field, end) : NULL;
    if (stop)
        *stop = 0;
    *rest = stop ? stop + 1 : NULL;
    return field;
}

static void check_ids(const struct tokenizer *t, const char *text, const char *wish)
{
    struct error e = {0};
    struct tokens tokens;
    if (tokenizer_encode(t, text, &tokens, &e) < 0)
        fail_msg("%s: %s", text, e.message);
    struct buffer b = {0};
    for (size_t i = 0; i < tokens.count; i++)
        buffer_addf(&b, "%s%d", i ? " " : "", tokens.ids[i]);
    if (strcmp(b.data ? b.data : "", wish) != 0)
        fail_msg("\"%s\" became \"%s\" instead of \"%s\"", text, b.data, wish);
    buffer_free(&b);
    tokens_free(&tokens);
}

static char *read_golden(const char *name)
{
    char *path = mem_format("tests/data/golden/%s", name);
    char *rows = file_exists(path) ? file_read(path, 10000000, NULL, NULL) : NULL;
    free(path);
    return rows;
}

static void test_golden_bytes(void **state)
{
    (void)state;
    char *rows = read_golden("bytelevel.tsv"), *rest = rows;
    assert_non_null(rows);
    struct tokenizer *t = must_open("tests/data/models/bytelevel/tokenizer.json");
    int checked = 0;
    next_field(&rest, '\n');
    for (char *line; (line = next_field(&rest, '\n')) && rest; checked++) {
        char *text = unescape(next_field(&line, '\t'));
        check_ids(t, text, next_field(&line, '\t'));
        struct tokens tokens;
        assert_int_equal(tokenizer_encode(t, text, &tokens, NULL), 0);
        check_decoding(t, tokens.ids, tokens.count, true, text);
        tokens_free(&tokens);
    }
    assert_true(checked > 100);
    check_label(t, tokenizer_id(t, "Ġ"), "▁");
    check_label(t, tokenizer_id(t, "Ċ"), "\\n");
    check_label(t, tokenizer_id(t, "ê"), "<0xEA>");
    check_label(t, tokenizer_id(t, "<|endoftext|>"), "<|endoftext|>");
    assert_true(tokenizer_starts_word(t, tokenizer_id(t, "Ġ")));
    assert_false(tokenizer_starts_word(t, tokenizer_id(t, "a")));
    tokenizer_free(t);
    free(rows);
}

static void test_golden_tokens(void **state)
{
    (void)state;
    char *rows = read_golden("tokens.tsv"), *rest = rows;
    if (!rows)
        skip();
    struct tokenizer *sides[2] = {must_open("assets/models/ko-en/source_tokenizer.json"),
                                  must_open("assets/models/ko-en/target_tokenizer.json")};
    next_field(&rest, '\n');
    for (char *line; (line = next_field(&rest, '\n')) && rest;) {
        char *side = next_field(&line, '\t');
        char *text = unescape(next_field(&line, '\t'));
        next_field(&line, '\t');
        check_ids(sides[strcmp(side, "target") == 0], text, next_field(&line, '\t'));
    }
    tokenizer_free(sides[0]);
    tokenizer_free(sides[1]);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metaspace), cmocka_unit_test(test_places),
        cmocka_unit_test(test_pieces), cmocka_unit_test(test_decode),
        cmocka_unit_test(test_byte_fallback), cmocka_unit_test(test_whitespace),
        cmocka_unit_test(test_merges), cmocka_unit_test(test_bpe_by_definition),
        cmocka_unit_test(test_long_texts), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_unk), cmocka_unit_test(test_split),
        cmocka_unit_test(test_growing_text),
        cmocka_unit_test(test_golden_bytes), cmocka_unit_test(test_golden_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
