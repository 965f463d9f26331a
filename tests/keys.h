/* Keys for screens, as `walk --keys` takes them. Needs the modules up to screen/app. */
#ifndef KEYS_H
#define KEYS_H

#include "screen/app.h"

#include "support.h"

/* The screen after the keys; borrowed from the app. */
static inline const struct canvas *press(struct app *app, const char *keys, int rows,
                                         int columns)
{
    struct script script;
    struct error e = {0};
    if (script_parse(keys, &script, &e) < 0)
        fail_msg("%s", e.message);
    const struct canvas *c = app_run_script(app, &script, rows, columns);
    script_free(&script);
    return c;
}

#endif
