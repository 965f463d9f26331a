#include "cli/runs.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints "text" and spaces up to a column of the terminal. */
static void print_padded(const char *text, int columns)
{
    int used = text_width(text);
    printf("%s%*s", text, used < columns ? columns - used : 1, "");
}

static void print_json(const struct tokenizer *t, const struct tokens *tokens,
                       const struct gloss *gloss)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < tokens->count; i++) {
        struct json *j = json_new_object();
        char *label = tokenizer_label(t, tokens->ids[i]);
        json_add_integer(j, "id", tokens->ids[i]);
        json_add_text(j, "text", label);
        const char *piece = gloss ? tokenizer_piece(t, tokens->ids[i]) : NULL;
        const char *english = piece ? gloss_english(gloss, piece) : NULL;
        const char *roman = piece ? gloss_roman(gloss, piece) : NULL;
        if (english)
            json_add_text(j, "gloss", english);
        if (roman)
            json_add_text(j, "romanisation", roman);
        json_append(list, j);
        free(label);
    }
    char *text = json_print(list, true);
    fputs(text, stdout);
    free(text);
    json_free(list);
}

static void print_table(const struct tokenizer *t, const struct tokens *tokens,
                        const struct gloss *gloss)
{
    for (size_t i = 0; i < tokens->count; i++) {
        char *label = tokenizer_label(t, tokens->ids[i]);
        const struct token_place *p = &tokens->places[i];
        printf("%6d  ", tokens->ids[i]);
        if (gloss) {
            const char *piece = tokenizer_piece(t, tokens->ids[i]);
            const char *english = piece ? gloss_english(gloss, piece) : NULL;
            const char *roman = piece ? gloss_roman(gloss, piece) : NULL;
            print_padded(label, 14);
            print_padded(roman ? roman : "", 14);
            printf("%s", english ? english : "");
        } else {
            printf("%s", label);
        }
        if (tokens->ids[i] == tokenizer_unk(t)) {
            char *raw = mem_bytes(tokens->text + p->begin, p->end - p->begin);
            char *safe = text_visible(raw);
            printf("  (%s)", safe);
            free(safe);
            free(raw);
        }
        printf("\n");
        free(label);
    }
}

static void print_merge(const struct merge_step *step, void *data)
{
    (void)data;
    struct buffer b = {0};
    if (step->rank < 0)
        buffer_addf(&b, "%s        ", step->part ? "\n" : "");
    else
        buffer_addf(&b, "%6d  ", step->rank + 1);
    for (size_t i = 0; i < step->count; i++) {
        char *raw = mem_bytes(step->text + step->symbols[i].begin,
                              step->symbols[i].end - step->symbols[i].begin);
        char *safe = text_sanitize(raw);
        buffer_addf(&b, "%s%s", i ? " | " : "", safe);
        free(safe);
        free(raw);
    }
    printf("%s\n", b.data);
    buffer_free(&b);
}

static int print_tokens(const struct options *o, const struct session *s,
                        const char *text, bool target, struct error *e)
{
    const struct tokenizer *t = target ? s->model->target : s->model->source;
    struct tokens tokens = {0};
    if (!t)
        return error_set(e, "the model %s has no tokenizer", s->model->name);
    if (!*text)
        return error_set(e, "the text is empty; type a sentence");
    if (option_is_set(o, OPTION_MERGES))
        return tokenizer_merges(t, text, print_merge, NULL, e);
    if (tokenizer_encode(t, text, &tokens, e) < 0)
        return -1;
    tokenizer_wrap(t, &tokens);
    char *path = model_file(s->model, "gloss.tsv");
    struct gloss *gloss = NULL;
    int result = 0;
    if (option_is_set(o, OPTION_GLOSS)) {
        gloss = gloss_open(path, e);
        result = gloss ? 0 : -1;
    }
    if (result == 0 && option_is_set(o, OPTION_JSON))
        print_json(t, &tokens, gloss);
    else if (result == 0)
        print_table(t, &tokens, gloss);
    gloss_free(gloss);
    free(path);
    tokens_free(&tokens);
    return result;
}

int run_tokens(const struct options *o, struct error *e)
{
    static const char *const sides[] = {"source", "target", NULL};
    int side = option_choice(o, OPTION_SIDE, sides, e);
    if (side < 0)
        return CLI_USAGE;
    if (option_is_set(o, OPTION_MERGES) &&
        (option_is_set(o, OPTION_JSON) || option_is_set(o, OPTION_GLOSS))) {
        error_usage(e, "option --merges: it goes neither with --json nor with --gloss");
        return CLI_USAGE;
    }
    struct session *s = cli_new_session(o, e);
    char *given = s ? cli_text(o, e) : NULL;
    char *text = given ? text_tidy(given) : NULL; /* as the other commands read it */
    int result = text ? print_tokens(o, s, text, side == 1, e) : -1;
    free(given);
    free(text);
    session_free(s);
    return result < 0 ? CLI_FAILED : CLI_OK;
}
