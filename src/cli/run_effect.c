#include "cli/runs.h"

#include "cli/common.h"
#include "study/address.h"
#include "study/effect_text.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- which token ---- */

/* A piece with or without quotes, or a number from 1 as in addresses. */
static int read_token(const struct options *o, struct session *s, long *token,
                      struct error *e)
{
    const char *text = option_text(o, OPTION_ON, NULL);
    const struct labels *words = session_label_sets(s).vocabulary;
    long size = model_vocabulary(s->model, session_writes(s));
    *token = -1;
    if (!text)
        return 0;
    if (address_parse_part(text, words, size, token, NULL) == 0)
        return 0;
    char *quoted = mem_format("'%s'", text);
    int status = address_parse_part(quoted, words, size, token, e);
    free(quoted);
    return status;
}

static int read_row(const struct options *o, const struct session *s,
                    const struct stage *stage, long cell, long *row, struct error *e)
{
    long number = effect_row(s, stage, cell) + 1;
    if (option_integer(o, OPTION_ROW, 1, s->row_count, &number, e) < 0)
        return -1;
    *row = number - 1;
    return 0;
}

/* ---- the command ---- */

static int find_cell(const struct options *o, struct session *s, int stage, long *cell,
                     struct error *e)
{
    bool given = o->count > 1 + !cli_has_text(o);
    const char *text = given ? cli_argument(o, 1) : NULL;
    struct label_sets sets = session_label_sets(s);
    const struct stage *st = &trace_plan(s->trace)->stages[stage];
    *cell = -1;
    if (st->shape.type == TENSOR_I32)
        return error_set(e, "%s: ids have no effect of their own; they are no numbers to "
                         "change a little", stage_id(st));
    if (text)
        return address_parse(text, st, &sets, cell, e);
    if (option_is_set(o, OPTION_TOP))
        return 0;
    return error_usage(e, "effect: CELL is missing; or give --top N");
}

static int effect(const struct options *o, struct session *s, struct error *e)
{
    long top = 10, cell, row, token;
    struct effect_of of;
    if (option_integer(o, OPTION_TOP, 1, 100000, &top, e) < 0)
        return -1;
    int stage = cli_stage(s, cli_argument(o, 0), e);
    if (stage < 0 || find_cell(o, s, stage, &cell, e) < 0 ||
        read_row(o, s, &trace_plan(s->trace)->stages[stage], cell, &row, e) < 0 ||
        read_token(o, s, &token, e) < 0)
        return -1;
    if (trace_plan(s->trace)->stages[stage].place.gradient)
        return error_set(e, "effect: %s is a gradient; give a stage of the pass",
                         cli_argument(o, 0));
    if (effect_begin(s, row, token, &of, e) < 0)
        return -1;
    struct buffer out = {0};
    effect_tell(s, &of, stage, cell, &out);
    if (option_is_set(o, OPTION_TOP))
        effect_tell_top(s, stage, top, &out);
    fputs(out.data, stdout);
    buffer_free(&out);
    return 0;
}

int run_effect(const struct options *o, struct error *e)
{
    struct session *s = cli_session(o, e);
    int result = s ? effect(o, s, e) : -1;
    session_free(s);
    return result == 0 ? CLI_OK : e->usage ? CLI_USAGE : CLI_FAILED;
}
