/* The program that a person sees: which screen comes first, what leads from one to the
 * next, and what is kept of it: the lessons of the shelf and the progress in them.
 *
 *     struct program_settings settings = {.theme = theme, .home = true, .source = …};
 *     struct program *p = program_new(&settings, &e);
 *     program_run(p, terminal);                            // or program_play
 *     program_free(p);
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "screen/app.h"
#include "study/session.h"

/* Where sessions come from: whoever knows model and sentence. NULL with an error. */
struct program_source {
    /* For a lesson, nothing run. Sets `*text` to the sentence to read it on, to be freed,
     * or leaves it NULL for the lesson's own. */
    struct session *(*lesson)(const void *data, char **text, struct error *e);
    /* For the walk, run: on what was asked for, or without `asked` on what is shown when
     * nothing else is said. */
    struct session *(*walk)(const void *data, bool asked, struct error *e);
    const void *data;
};

/* Copied; what they point to is borrowed for as long as the program is there. */
struct program_settings {
    const struct theme *theme;
    bool ascii, romanize;   /* as in app_set_writing */
    const char *lessons;    /* a folder of them; NULL: the program's own */
    const char *name;       /* of the lesson to begin with; of none or NULL: the walk */
    bool home;              /* begins at home instead */
    bool keep;              /* progress stays on disk, not in memory alone */
    bool playing;           /* the walk goes on by itself, */
    int autoplay;           /* after so many milliseconds; 0: the usual ones */
    struct program_source source;
};

/* At its first screen. Caller frees; NULL with an error. */
struct program *program_new(const struct program_settings *settings, struct error *e);
void program_free(struct program *p);

void program_run(struct program *p, struct terminal *t);

/* As app_run_script: the last frame, borrowed from the program. */
const struct canvas *program_play(struct program *p, const struct script *script,
                                  int rows, int columns);

/* The lesson or the walk as plain text. */
int program_print(const struct program_settings *settings, struct buffer *out,
                  struct error *e);

#endif
