/* Texts about the program, made from its tables: what `help TOPIC` prints, the man page,
 * and the blocks of the README that tools/update-docs keeps true. */
#ifndef MANUAL_H
#define MANUAL_H

#include "base/memory.h"
#include "cli/options.h"

#include <stdbool.h>

/* One row of commands.def, as far as a manual needs it. */
struct manual_command {
    const char *name, *arguments;
    const char *summary[2]; /* by enum language */
    const struct option_set *options;
};

/* Writes a topic in the language of the run: "keys" (the key table), "man" (the man
 * page), "completion" (for bash), "what-ifs", "lesson-words" (what lesson files can say),
 * "markdown-commands", "markdown-options",
 * "markdown-keys". False for an unknown one. */
bool manual_write(const char *topic, const struct manual_command *commands, int count,
                  struct buffer *out);

/* "keys, man, …" for help and errors. */
const char *manual_topics(void);

#endif
