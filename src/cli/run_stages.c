#include "cli/runs.h"

#include "base/json.h"
#include "base/say.h"
#include "base/text.h"
#include "cli/common.h"
#include "study/exhibit.h"
#include "study/export.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The widths of the columns of the table. */
struct widths {
    int id, shape;
};

static struct widths measure(const struct plan *p)
{
    struct widths w = {0, 0};
    for (size_t i = 0; i < p->count; i++) {
        char *shape = plan_shape_text(&p->stages[i]);
        int id = text_width(stage_id(&p->stages[i])), size = text_width(shape);
        w.id = id > w.id ? id : w.id;
        w.shape = size > w.shape ? size : w.shape;
        free(shape);
    }
    return w;
}

static void print_table(struct session *s, bool check)
{
    const struct plan *p = trace_plan(s->trace);
    struct widths w = measure(p);
    for (size_t i = 0; i < p->count; i++) {
        const struct stage *stage = &p->stages[i];
        char *shape = plan_shape_text(stage);
        printf("%-*s  %-*s  ", w.id, stage_id(stage), w.shape, shape);
        if (check) {
            struct exhibit x = exhibit_of_stage(s, (int)i);
            double limit, difference = exhibit_proof(&x, &limit);
            printf("%-8.2g %s ", difference, difference <= limit ? " " : "!");
        }
        printf("%s%s\n", stage_formula(stage), stage->off ? say(SAY_CLI_OFF) : "");
        free(shape);
    }
}

static struct json *stage_json(struct session *s, int i, bool check)
{
    const struct stage *stage = &trace_plan(s->trace)->stages[i];
    struct json *j = json_new_object();
    json_add_text(j, "id", stage_id(stage));
    json_add_text(j, "op", op_get(stage->op)->name);
    json_add_text(j, "role", role_name(stage->role));
    json_add_text(j, "formula", stage_formula(stage));
    json_add(j, "shape", export_shape(stage));
    json_add_boolean(j, "off", stage->off);
    struct exhibit x = exhibit_of_stage(s, i);
    if (check)
        json_add_number(j, "max_abs_diff", exhibit_proof(&x, NULL));
    return j;
}

static void print_json(struct session *s, bool check)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < trace_plan(s->trace)->count; i++)
        json_append(list, stage_json(s, (int)i, check));
    char *text = json_print(list, true);
    fputs(text, stdout);
    free(text);
    json_free(list);
}

int run_stages(const struct options *o, struct error *e)
{
    bool check = option_is_set(o, OPTION_CHECK), json = option_is_set(o, OPTION_JSON);
    struct session *s = cli_session(o, e);
    if (!s)
        return CLI_FAILED;
    if (json)
        print_json(s, check);
    else
        print_table(s, check);
    bool fine = true;
    int worst = -1;
    struct exhibit x = exhibit_of_session(s);
    double most = check ? exhibit_proof_all(&x, &fine, &worst) : 0;
    if (!fine)
        error_set(e,
                  "stages --check: %s differs from the reference path by %.3g, more than "
                  "the tolerance%s",
                  stage_id(&trace_plan(s->trace)->stages[worst]), most,
                  json ? "" : " (every stage that does is marked !)");
    else if (check && !json) {
        char number[32];
        snprintf(number, sizeof number, "%.2g", most);
        char *line = say_with(SAY_CLI_CHECK_FINE, number);
        printf("\n%s\n", line);
        free(line);
    }
    session_free(s);
    return fine ? CLI_OK : CLI_FAILED;
}
