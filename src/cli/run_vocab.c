#include "cli/runs.h"

#include "base/text.h"
#include "cli/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_piece(const struct tokenizer *t, int id, const char *label,
                        const struct gloss *gloss)
{
    printf("%6d  %s", id, label);
    const char *piece = tokenizer_piece(t, id);
    const char *roman = gloss && piece ? gloss_roman(gloss, piece) : NULL;
    const char *english = gloss && piece ? gloss_english(gloss, piece) : NULL;
    int used = text_width(label);
    if (roman || english)
        printf("%*s%-14s %s", used < 14 ? 14 - used : 1, "", roman ? roman : "",
               english ? english : "");
    printf("\n");
}

/* All pieces, or those that hold the text that was asked for. */
static int print_pieces(const struct tokenizer *t, const char *part,
                        const struct gloss *gloss)
{
    int found = 0;
    for (int id = 0; id < tokenizer_size(t); id++) {
        if (!tokenizer_piece(t, id))
            continue;
        char *label = tokenizer_label(t, id);
        if (!part || strstr(label, part)) {
            print_piece(t, id, label, gloss);
            found++;
        }
        free(label);
    }
    return found;
}

int run_vocab(const struct options *o, struct error *e)
{
    static const char *const sides[] = {"source", "target", NULL};
    int side = option_choice(o, OPTION_SIDE, sides, e);
    if (side < 0)
        return CLI_USAGE;
    struct model *m = cli_model(o, e);
    if (!m)
        return CLI_FAILED;
    const struct tokenizer *t = side == 1 ? m->target : m->source;
    char *path = model_file(m, "gloss.tsv");
    struct gloss *gloss = option_is_set(o, OPTION_GLOSS) ? gloss_open(path, e) : NULL;
    char *part = o->count ? text_normalize(o->arguments[0]) : NULL;
    if (!t)
        error_set(e, "the model %s has no tokenizer, so no vocabulary", m->name);
    else if (!e->set && !print_pieces(t, part, gloss))
        error_set(e, "vocab: no piece holds \"%.60s\"", part ? part : "");
    free(part);
    free(path);
    gloss_free(gloss);
    model_free(m);
    return e->set ? CLI_FAILED : CLI_OK;
}
