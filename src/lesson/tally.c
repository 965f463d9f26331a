#include "lesson/tally.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LEAST 4 /* questions that a count says something about */

/* ---- words ---- */

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Behind a word in Latin letters no further one may stand, but for a plural. */
static bool ends_word(const char *s, char last)
{
    if ((unsigned char)last >= 0x80)
        return true;
    if (!strncasecmp(s, "es", 2) && !isalnum((unsigned char)s[2]))
        return true;
    s += tolower((unsigned char)*s) == 's';
    return !isalnum((unsigned char)*s);
}

bool tally_has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = text; n && *s; s++)
        if (!strncasecmp(s, word, n) &&
            (s == text || !is_letter(s[-1]) || !is_letter(*word)) &&
            ends_word(s + n, word[n - 1]))
            return true;
    return false;
}

/* Whether every word of `words` stands in one of the two texts; false for no words. */
static bool stands_in(const char *words, const char *a, const char *b)
{
    char *copy = mem_string(words), *rest = NULL;
    bool any = false, all = true;
    for (char *w = strtok_r(copy, " ,.:;?!()", &rest); w;
         w = strtok_r(NULL, " ,.:;?!()", &rest)) {
        any = true;
        all = all && (tally_has_word(a, w) || tally_has_word(b, w));
    }
    free(copy);
    return any && all;
}

/* ---- a question ---- */

/* The text right before the question without its code, or "". Caller frees. */
static char *text_before(struct reading *r, size_t predict)
{
    const struct scene *s = reading_scene(r);
    const struct block *before = NULL;
    for (size_t i = 0; i < s->block_count; i++) {
        const struct block *b = &s->blocks[i];
        if (b->kind == BLOCK_PREDICT && b->index == predict)
            break;
        if (b->kind == BLOCK_PARAGRAPH || b->kind == BLOCK_ITEM || b->kind == BLOCK_QUOTE)
            before = b;
    }
    struct buffer words = {0};
    for (size_t i = 0; before && i < before->prose.count; i++) {
        const struct span *span = &before->prose.items[i];
        char *value = span->kind == SPAN_VALUE ? reading_value(r, span) : NULL;
        buffer_add(&words, value                      ? value
                           : span->kind == SPAN_CODE ? " "
                                                     : span->text);
        free(value);
    }
    return buffer_take(&words);
}

/* What all choices share with the text above tells nothing. */
static int check_above(struct reading *r, size_t predict, int right, struct error *e)
{
    const struct predict *p = &reading_scene(r)->predicts[predict];
    const char *title = reading_scene(r)->title;
    char *above = text_before(r, predict);
    size_t found = 0;
    bool told = false;
    for (size_t i = 0; i < p->count; i++) {
        char *text = reading_prose(r, &p->choices[i].text);
        bool stands = stands_in(text, title, above);
        found += stands;
        told = told || (stands && (int)i == right);
        free(text);
    }
    free(above);
    if (!told || found == p->count)
        return 0;
    error_set(e, "the right answer stands in the title or in the text right before the "
                 "question; say it after the question");
    return error_at(e, reading_lesson(r)->file, p->line, 1);
}

static bool is_longest(struct reading *r, const struct predict *p, int right)
{
    int most = 0, own = 0;
    for (size_t i = 0; i < p->count; i++) {
        char *text = reading_prose(r, &p->choices[i].text);
        int width = text_width(text);
        if ((int)i == right)
            own = width;
        else if (width > most)
            most = width;
        free(text);
    }
    return own > most;
}

int tally_question(struct tally *t, struct reading *r, size_t predict, struct error *e)
{
    const struct predict *p = &reading_scene(r)->predicts[predict];
    int right = p->fill ? CHOICE_NONE : reading_right_choice(r, predict);
    if (right < 0 || right >= TALLY_PLACES)
        return 0;
    t->asked++;
    t->place[right]++;
    t->longest += is_longest(r, p, right);
    return check_above(r, predict, right, e);
}

/* ---- a lesson ---- */

int tally_places(const struct tally *t, const char *file, struct error *e)
{
    for (int i = 0; i < TALLY_PLACES && t->asked >= LEAST; i++)
        if (2 * t->place[i] > t->asked) {
            error_set(e,
                      "choice %d is right in %ld of %ld questions; let the right answer "
                      "stand in each place about equally often",
                      i + 1, t->place[i], t->asked);
            return error_at(e, file, 1, 0);
        }
    return 0;
}

int tally_lengths(const struct tally *t, const char *file, struct error *e)
{
    if (t->asked < LEAST || 2 * t->longest <= t->asked)
        return 0;
    error_set(e,
              "the right choice is the longest in %ld of %ld questions; word the choices "
              "alike",
              t->longest, t->asked);
    return error_at(e, file, 1, 0);
}
