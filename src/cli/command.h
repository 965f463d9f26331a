/* The commands: one table, commands.def. */
#ifndef COMMAND_H
#define COMMAND_H

#include "cli/common.h"

#define STEPFORMER_VERSION "0.1.0"

struct command {
    const char *name, *arguments;
    int least, most;
    struct option_set options;
    const char *summary[2]; /* by enum language */
    int (*run)(const struct options *o, struct error *e);
};

/* The whole of main: parses, chooses, runs, prints the error. Returns the exit status. */
int command_main(int argc, char **argv);

/* The table, for help and checks. */
const struct command *command_table(int *count);
const struct command *command_find(const char *name);

/* The help of a command, or of the program for NULL. Caller frees. */
char *command_help(const struct command *c);

#endif
