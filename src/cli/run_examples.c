#include "cli/runs.h"

#include "base/text.h"
#include "cli/common.h"
#include "study/table.h"

#include <stdio.h>
#include <stdlib.h>

/* examples.tsv of the model: source, target, kind. */
int run_examples(const struct options *o, struct error *e)
{
    struct model *m = cli_model(o, e);
    if (!m)
        return CLI_FAILED;
    char *path = model_file(m, "examples.tsv");
    struct table t = {0};
    if (!path)
        error_set(e, "the model %s brings no examples (examples.tsv)", m->name);
    else if (table_read(path, 3, &t, e) == 0) {
        int width = 0;
        for (size_t i = 0; i < t.rows; i++) {
            int w = text_width(table_cell(&t, i, 0));
            width = w > width ? w : width;
        }
        for (size_t i = 0; i < t.rows; i++) {
            const char *source = table_cell(&t, i, 0);
            printf("%s%*s  %s\n", source, width - text_width(source), "",
                   table_cell(&t, i, 1));
        }
    }
    table_free(&t);
    free(path);
    model_free(m);
    return e->set ? CLI_FAILED : CLI_OK;
}
