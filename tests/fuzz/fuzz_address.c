/* The address of a cell. The first byte chooses the stage and whether it has labels. */
#include "fuzz.h"

#include "study/address.h"

static struct labels source, target;

static void add(struct labels *l, const char *text, const char *next, int word)
{
    labels_add(l, (struct label){.text = mem_string(text),
                                 .next = next ? mem_string(next) : NULL,
                                 .word = word});
}

static void make_labels(void)
{
    static const char *const pieces[] = {"▁나", "는", ",", "'", "#", "▁나", "▁", "<eos>"};
    for (int i = 0; i < 8; i++)
        add(&source, pieces[i], NULL, i < 7 ? i / 2 : -1);
    add(&target, "<bos>", "▁I", -1);
    add(&target, "▁I", "▁go", 0);
    add(&target, "▁go", "▁go", 1);
    add(&target, "▁go", "<eos>", 2);
}

/* A cell that was found by a name is found by its numbers too. */
static void check_cell(const struct stage *stage, const struct label_sets *sets, long cell)
{
    PROMISE(cell >= 0 && cell < tensor_count(&stage->shape));
    struct buffer b = {0};
    long rest = cell, below = tensor_count(&stage->shape), again = -1;
    for (int i = 0; i < stage->shape.rank; i++) {
        below /= stage->shape.size[i];
        buffer_addf(&b, "%s%ld", i ? "," : "", rest / below + 1);
        rest %= below;
    }
    struct error e = {0};
    PROMISE(address_parse(b.data, stage, sets, &again, &e) == 0 && again == cell);
    buffer_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct stage stages[] = {
        {.name = "src.tokens",
         .shape = {.type = TENSOR_I32, .rank = 1, .size = {8}},
         .axes = {{AXIS_TOKEN, SIDE_SOURCE}}},
        {.name = "src.input", .shape = {.rank = 2, .size = {8, 32}},
         .axes = {{AXIS_TOKEN, SIDE_SOURCE}, {AXIS_FEATURE, SIDE_NONE}}},
        {.name = "decoder.0.cross_attn.weights",
         .shape = {.rank = 3, .size = {2, 4, 8}},
         .axes = {{AXIS_HEAD, SIDE_NONE}, {AXIS_QUERY, SIDE_TARGET},
                  {AXIS_KEY, SIDE_SOURCE}}},
    };
    if (!source.count)
        make_labels();
    if (!size)
        return 0;
    const struct label_sets sets = {data[0] & 4 ? NULL : &source, &target, NULL};
    const struct stage *stage = &stages[data[0] % 4 % 3];
    char *text = mem_bytes((const char *)data + 1, size - 1);
    struct error e = {0};
    long cell = -1;
    bool fails = address_parse(text, stage, &sets, &cell, &e) < 0;
    promise_outcome(fails, &e);
    if (!fails)
        check_cell(stage, &sets, cell);
    free(text);
    return 0;
}
