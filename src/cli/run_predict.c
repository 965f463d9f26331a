#include "cli/runs.h"

#include "base/json.h"
#include "base/say.h"
#include "cli/common.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

static void print_json(const struct session *s)
{
    struct json *j = json_new_object();
    if (s->text)
        json_add_text(j, "text", s->text);
    else
        json_add_number(j, "text", NAN); /* null: ids were given */
    json_add_text(j, "prediction", s->prediction);
    json_add(j, "source", pieces(&s->source_labels));
    json_add(j, "target", pieces(&s->target_labels));
    char *text = json_print(j, true);
    fputs(text, stdout);
    free(text);
    json_free(j);
}

int run_predict(const struct options *o, struct error *e)
{
    struct session *s = cli_session(o, e);
    if (!s)
        return CLI_FAILED;
    if (option_is_set(o, OPTION_JSON))
        print_json(s);
    else
        printf("%s\n", s->prediction);
    char *unknown;
    if (session_unknown(s, &unknown)) {
        char *line = say_with(SAY_CLI_UNKNOWN, unknown);
        fprintf(stderr, "stepformer: %s\n", line);
        free(line);
    }
    free(unknown);
    session_free(s);
    return CLI_OK;
}
