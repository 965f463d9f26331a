#include "cli/runs.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/common.h"
#include "study/export.h"

#include <stdio.h>
#include <stdlib.h>

int run_trace(const struct options *o, struct error *e)
{
    static const char *const formats[] = {"npy", "csv", NULL};
    const char *folder = option_text(o, OPTION_OUT, NULL);
    int format = option_choice(o, OPTION_FORMAT, formats, e);
    if (format < 0)
        return CLI_USAGE;
    if (!folder) {
        error_usage(e, "trace: --out DIR is missing; it names the folder to write");
        return CLI_USAGE;
    }
    struct export_options options = {format == 1, option_is_set(o, OPTION_FORCE)};
    struct session *s = cli_session(o, e);
    int result = s ? 0 : -1;
    if (result == 0 && option_is_set(o, OPTION_GRADIENTS))
        result = session_add_gradients(s, e);
    if (result == 0)
        result = export_trace(s, folder, &options, e);
    if (result == 0) {
        char *full = file_full_path(folder), *safe = text_sanitize(full);
        printf("%s: %zu stages\n", safe, trace_plan(s->trace)->count);
        free(full);
        free(safe);
    }
    session_free(s);
    return result < 0 ? CLI_FAILED : CLI_OK;
}
