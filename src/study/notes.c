#include "study/notes.h"

#include "base/memory.h"
#include "base/say.h"
#include "study/unknown.h"

#include <stdlib.h>
#include <string.h>

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

long notes_unknown(const struct session *s, char **characters)
{
    return unknown_characters(s->model->source, s->text, characters);
}

static void add_unknown(struct buffer *b, const struct tokenizer *t, const char *text)
{
    char *unknown;
    if (unknown_characters(t, text, &unknown) > 0)
        add_note(b, SAY_CLI_UNKNOWN, unknown);
    free(unknown);
}

char *notes_of_text(const struct tokenizer *t, const char *text)
{
    struct buffer b = {0};
    add_unknown(&b, t, text);
    return finished(&b);
}

char *notes_of_source(const struct session *s)
{
    struct buffer b = {0};
    add_unknown(&b, s->model->source, s->text);
    int pad = s->model->config->pad_token_id;
    for (long i = 0; !s->text && pad >= 0 && i < s->sources; i++)
        if (s->source[i] == pad) {
            add_number(&b, SAY_NOTE_PADDING, pad);
            break;
        }
    return finished(&b);
}
