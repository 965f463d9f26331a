#include "cli/runs.h"

#include "base/json.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/steps.h"
#include "study/notes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the beginning that is given ---- */

/* The prefix as the model reads it. What continues a text may begin with a space; what
 * stands alone begins with its first word. */
static char *tidy_prefix(const struct session *s, const char *text)
{
    char *tidied = text_tidy(text);
    if (s->model->family->two_sides || !*tidied || !text_space(text))
        return tidied;
    char *spaced = mem_format(" %s", tidied);
    free(tidied);
    return spaced;
}

static long encode_prefix(const struct session *s, const char *text, int32_t **ids,
                          struct error *e)
{
    const struct tokenizer *t = session_tokenizer(s, session_writes(s));
    struct tokens tokens = {0};
    if (!t)
        return error_set(e, "the model %s has no tokenizer; give token ids with "
                         "--prefix-ids", s->model->name);
    char *tidied = tidy_prefix(s, text);
    long n = *tidied ? tokenizer_encode(t, tidied, &tokens, e) : 0;
    if (n == 0) {
        n = (long)tokens.count;
        *ids = mem_alloc(tokens.count + 1, sizeof **ids);
        for (long i = 0; i < n; i++)
            (*ids)[i] = tokens.ids[i];
    }
    tokens_free(&tokens);
    free(tidied);
    return n;
}

/* The ids of --prefix or --prefix-ids; their number, or -1. */
static long read_prefix(const struct options *o, const struct session *s, int32_t **ids,
                        struct error *e)
{
    bool text = option_is_set(o, OPTION_PREFIX);
    if (text && option_is_set(o, OPTION_PREFIX_IDS))
        return error_set(e, "options --prefix and --prefix-ids: give one of them");
    if (text)
        return encode_prefix(s, o->value[OPTION_PREFIX], ids, e);
    return option_is_set(o, OPTION_PREFIX_IDS) ? cli_ids(o, OPTION_PREFIX_IDS, ids, e)
                                               : 0;
}

/* Whatever is wrong with a prefix is wrong usage. `*ids` is what the session borrows. */
static int set_prefix(const struct options *o, struct session *s, int32_t **ids,
                      struct error *e)
{
    struct token_list *prefix = &s->options.decode.prefix;
    prefix->count = read_prefix(o, s, ids, e);
    prefix->ids = *ids;
    if (prefix->count > 0 && s->model->family->answers == ANSWERS_NOTHING)
        prefix->count = error_set(e, "the model %s writes no output; leave the prefix "
                                  "out", s->model->name);
    if (prefix->count >= 0 &&
        decode_check(s->model, s->sources, &s->options.decode, e) == 0)
        return 0;
    e->usage = true;
    return -1;
}

/* ---- JSON ---- */

static struct json *pieces(const struct labels *l)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < l->count; i++) {
        struct json *j = json_new_object();
        json_add_integer(j, "id", l->items[i].id);
        json_add_text(j, "text", l->items[i].text);
        json_append(list, j);
    }
    return list;
}

static struct json *prefix_json(const struct session *s)
{
    struct json *list = json_new_array();
    const struct token_list *prefix = &s->options.decode.prefix;
    for (long i = 0; i < prefix->count; i++) {
        struct json *j = json_new_object();
        char *label = session_label(s, session_writes(s), prefix->ids[i]);
        json_add_integer(j, "id", prefix->ids[i]);
        json_add_text(j, "text", label);
        json_append(list, j);
        free(label);
    }
    return list;
}

static struct json *output_json(const struct session *s, const struct decode_output *out)
{
    struct json *j = json_new_object(), *ids = json_new_array();
    char *text = session_ids_text(s, out->ids, out->count);
    for (long i = 0; i < out->count; i++)
        json_append(ids, json_new_integer(out->ids[i]));
    json_add_text(j, "text", text);
    json_add(j, "ids", ids);
    json_add_number(j, "score", out->score);
    json_add_number(j, "normalised_score", out->scaled);
    json_add(j, "ended", json_new_boolean(out->end >= 0));
    free(text);
    return j;
}

static struct json *best_json(const struct session *s)
{
    struct json *list = json_new_array();
    for (long i = 0; i < s->outputs.count; i++)
        json_append(list, output_json(s, &s->outputs.items[i]));
    return list;
}

static int print_json(struct session *s, bool steps, struct error *e)
{
    struct json *j = json_new_object();
    int result = 0;
    if (s->text)
        json_add_text(j, "text", s->text);
    else
        json_add_number(j, "text", NAN); /* null: ids were given */
    json_add_text(j, "prediction", s->prediction);
    if (s->model->family->two_sides)
        json_add(j, "source", pieces(&s->source_labels));
    json_add(j, s->model->family->two_sides ? "target" : "input",
             pieces(session_written_labels(s)));
    json_add(j, "what_if", session_whatifs_json(s));
    if (s->options.decode.prefix.count)
        json_add(j, "prefix", prefix_json(s));
    if (s->options.decode.beam)
        json_add(j, "best", best_json(s));
    if (steps)
        result = steps_add_json(s, j, e);
    char *text = json_print(j, true);
    if (result == 0)
        fputs(text, stdout);
    free(text);
    json_free(j);
    return result;
}

/* ---- lines ---- */

static void print_best(const struct session *s)
{
    enum { WIDTH = 10 };
    cli_print_padded(say(SAY_CLI_BEST_SCORE), WIDTH);
    cli_print_padded(say(SAY_CLI_BEST_SCALED), WIDTH + 2);
    printf("  %s\n", say(SAY_CLI_BEST_TEXT));
    for (long i = 0; i < s->outputs.count; i++) {
        const struct decode_output *out = &s->outputs.items[i];
        char *text = session_ids_text(s, out->ids, out->count);
        printf("%*.4f  %*.4f  %s\n", WIDTH, out->score, WIDTH, out->scaled, text);
        free(text);
    }
}

static int print_lines(const struct options *o, struct session *s, struct error *e)
{
    printf("%s\n", s->prediction);
    if (option_is_set(o, OPTION_BEST))
        print_best(s);
    return option_is_set(o, OPTION_SHOW_STEPS) ? steps_print(s, e) : 0;
}

static void print_notes(const struct options *o, const struct session *s)
{
    cli_print_notes(notes_of_source(s));
    cli_print_notes(notes_of_text(session_tokenizer(s, session_writes(s)),
                                  option_text(o, OPTION_PREFIX, NULL)));
}

static int predict(const struct options *o, struct session *s, struct error *e)
{
    if (session_run(s, e) < 0)
        return -1;
    int result = option_is_set(o, OPTION_JSON)
                     ? print_json(s, option_is_set(o, OPTION_SHOW_STEPS), e)
                     : print_lines(o, s, e);
    if (result == 0)
        print_notes(o, s);
    return result;
}

int run_predict(const struct options *o, struct error *e)
{
    struct session *s = cli_new_session(o, e);
    int32_t *prefix = NULL;
    bool done = s && cli_set_input(o, s, e) == 0 && set_prefix(o, s, &prefix, e) == 0 &&
                predict(o, s, e) == 0;
    session_free(s);
    free(prefix);
    return done ? CLI_OK : CLI_FAILED;
}
