#include "model/wrapping.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 64
#define KIND "post_processor"
#define AGAIN "export the tokenizer with " KIND " null"

static int add(int *ids, size_t *count, const struct json *id, int size, struct error *e)
{
    long value = -1;
    if (!json_long(id, &value) || value < 0 || value >= size)
        return error_set(e, KIND ": a token that it adds has no id from 0 to %d; " AGAIN,
                         size - 1);
    if (*count == WRAPPING_MOST)
        return error_set(e, KIND ": adds more than %d tokens on one side; " AGAIN,
                         WRAPPING_MOST);
    ids[(*count)++] = (int)value;
    return 0;
}

/* ["</s>", 2] */
static int read_pairs(const struct json *j, int size, struct wrapping *w, struct error *e)
{
    if (add(w->before, &w->before_count, json_item(json_get(j, "cls"), 1), size, e) < 0)
        return -1;
    return add(w->after, &w->after_count, json_item(json_get(j, "sep"), 1), size, e);
}

/* The ids of a special token of the template, before or after the sequence. */
static int add_special(const struct json *j, const char *name, bool after, int size,
                       struct wrapping *w, struct error *e)
{
    const struct json *ids =
        json_get(json_get(json_get(j, "special_tokens"), name), "ids");
    if (!json_length(ids))
        return error_set(e, KIND ": \"special_tokens\" has no ids for a token of the "
                         "template; " AGAIN);
    for (size_t i = 0; i < json_length(ids); i++)
        if (add(after ? w->after : w->before, after ? &w->after_count : &w->before_count,
                json_item(ids, i), size, e) < 0)
            return -1;
    return 0;
}

static int read_template(const struct json *j, int size, struct wrapping *w,
                         struct error *e)
{
    const struct json *single = json_get(j, "single");
    bool after = false;
    for (size_t i = 0; i < json_length(single) && i < MAX_STEPS; i++) {
        const struct json *item = json_item(single, i);
        const char *special = json_text(json_get(json_get(item, "SpecialToken"), "id"));
        const char *sequence = json_text(json_get(json_get(item, "Sequence"), "id"));
        if (special && add_special(j, special, after, size, w, e) < 0)
            return -1;
        if (!special && (!sequence || strcmp(sequence, "A") != 0 || after))
            return error_set(e, KIND ": \"single\" must be special tokens around the "
                             "sequence A; " AGAIN);
        after = after || sequence;
    }
    return after ? 0 : error_set(e, KIND ": \"single\" has no sequence A; " AGAIN);
}

static int read_step(const struct json *j, int size, struct wrapping *w, struct error *e)
{
    const char *type = json_text(json_get(j, "type"));
    if (!type)
        return error_set(e, KIND " must be null or an object with a \"type\": export the "
                         "tokenizer again");
    if (!strcmp(type, "ByteLevel"))
        return 0;
    if (!strcmp(type, "TemplateProcessing"))
        return read_template(j, size, w, e);
    if (!strcmp(type, "BertProcessing") || !strcmp(type, "RobertaProcessing"))
        return read_pairs(j, size, w, e);
    char *safe = text_sanitize(type);
    error_set(e, KIND " type \"%.60s\" cannot be read: export the tokenizer with null, "
              "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel or "
              "Sequence", safe);
    free(safe);
    return -1;
}

int wrapping_read(const struct json *j, int size, struct wrapping *out, struct error *e)
{
    const char *type = json_text(json_get(j, "type"));
    const struct json *list = json_get(j, "processors");
    *out = (struct wrapping){.before_count = 0};
    if (json_is_null(j))
        return 0;
    if (!type || strcmp(type, "Sequence"))
        return read_step(j, size, out, e);
    if (!json_is_array(list) || json_length(list) > MAX_STEPS)
        return error_set(e, KIND " Sequence needs a list \"processors\" of at most %d: "
                         "export the tokenizer again", MAX_STEPS);
    for (size_t i = 0; i < json_length(list); i++)
        if (read_step(json_item(list, i), size, out, e) < 0)
            return -1;
    return 0;
}
