/* What a screen shows, for keeping: saved as a picture in the folder that the program
 * runs in, under a name of its own, and as the command line that makes it. */
#ifndef SEEN_H
#define SEEN_H

#include "chart/charts.h"

/* Filled by the screen that shows it; everything is borrowed until the screen changes. */
struct seen {
    const struct chart_kind *kind;
    struct chart chart;
    struct chart_exam exams[2]; /* where a chart of exams puts them */
    bool opened;                /* the number is what is looked at, not its matrix */
};

/* The chart as a picture. Returns the full path of the new file (caller frees), or NULL
 * and an error. */
char *seen_save(const struct seen *s, struct error *e);

/* The whole screen as a picture, named after it. */
char *seen_save_screen(const struct canvas *c, const char *name, struct error *e);

/* The command line that makes it, ready for a shell: "stepformer figure …", or
 * "stepformer explain …" of an opened number. Caller frees; NULL for what no command
 * makes: a weight, a worked example. */
char *seen_command(const struct seen *s);

#endif
