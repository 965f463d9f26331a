#include "study/notes.h"

#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define NAMED 20 /* characters at most */

static void add_note(struct buffer *b, enum say text, const char *value)
{
    char *line = say_with(text, value);
    buffer_addf(b, "%s\n", line);
    free(line);
}

static void add_number(struct buffer *b, enum say text, long number)
{
    char *value = mem_format("%ld", number);
    add_note(b, text, value);
    free(value);
}

static char *finished(struct buffer *b)
{
    return b->length ? buffer_take(b) : NULL;
}

char *notes_of_model(const struct model *m)
{
    const struct config *c = m->config;
    struct buffer b = {0};
    if (m->ignored)
        buffer_addf(&b, "%s: %s\n", say(SAY_CLI_IGNORED), m->ignored);
    if (!c->has_start && m->family->two_sides)
        add_number(&b, SAY_NOTE_NO_BOS, c->bos_token_id);
    if (c->eos_token_id < 0 && m->family->answers != ANSWERS_NOTHING)
        buffer_addf(&b, "%s\n", say(SAY_NOTE_NO_EOS));
    return finished(&b);
}

/* The characters named so far, each with a space before and behind. */
struct names {
    struct buffer list;
    long count;
};

static void add_name(struct names *n, const char *text, size_t length)
{
    char *raw = mem_bytes(text, length), *visible = text_visible(raw);
    char *item = mem_format(" %s ", visible);
    if (!n->list.data || !strstr(n->list.data, item)) {
        if (n->count++ < NAMED)
            buffer_addf(&n->list, "%s%s ", n->list.length ? "" : " ", visible);
    }
    free(item);
    free(visible);
    free(raw);
}

long notes_unknown(const struct session *s, char **characters)
{
    struct names names = {{0}, 0};
    long n = 0;
    struct tokens tokens = {0};
    if (s->text && s->model->source &&
        tokenizer_encode(s->model->source, s->text, &tokens, NULL) == 0)
        for (size_t i = 0; i < tokens.count; i++)
            if (tokens.ids[i] == tokenizer_unk(s->model->source)) {
                const struct token_place *p = &tokens.places[i];
                add_name(&names, tokens.text + p->begin, p->end - p->begin);
                n++;
            }
    tokens_free(&tokens);
    *characters = NULL;
    if (n)
        *characters = mem_format("%.*s%s", (int)names.list.length - 2,
                                 names.list.data + 1, names.count > NAMED ? " …" : "");
    buffer_free(&names.list);
    return n;
}

char *notes_of_source(const struct session *s)
{
    struct buffer b = {0};
    char *unknown;
    if (notes_unknown(s, &unknown) > 0)
        add_note(&b, SAY_CLI_UNKNOWN, unknown);
    free(unknown);
    int pad = s->model->config->pad_token_id;
    for (long i = 0; !s->text && pad >= 0 && i < s->sources; i++)
        if (s->source[i] == pad) {
            add_number(&b, SAY_NOTE_PADDING, pad);
            break;
        }
    return finished(&b);
}
