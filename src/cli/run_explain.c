#include "cli/runs.h"

#include "cli/common.h"
#include "study/address.h"
#include "study/render.h"

#include <stdio.h>

static int explain(const struct options *o, struct session *s, struct error *e)
{
    long depth = 1, top = 5, digits = 4, cell;
    if (option_integer(o, OPTION_DEPTH, 1, 100, &depth, e) < 0 ||
        option_integer(o, OPTION_TOP, 1, 100000, &top, e) < 0 ||
        option_integer(o, OPTION_DIGITS, 1, 12, &digits, e) < 0)
        return -1;
    int stage = cli_stage(s, cli_argument(o, 0), e);
    if (stage < 0)
        return -1;
    struct label_sets sets = session_label_sets(s);
    if (address_parse(cli_argument(o, 1), &trace_plan(s->trace)->stages[stage], &sets,
                      &cell, e) < 0)
        return -1;
    struct render_options options = {(int)digits, top, (int)depth};
    struct buffer b = {0};
    render_explanation(s->trace, &sets, stage, cell, &options, &b);
    fputs(b.data, stdout);
    buffer_free(&b);
    return 0;
}

int run_explain(const struct options *o, struct error *e)
{
    struct session *s = cli_session(o, e);
    int result = s ? explain(o, s, e) : -1;
    session_free(s);
    return result < 0 ? CLI_FAILED : CLI_OK;
}
