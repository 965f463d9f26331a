/* The function of every command, declared from commands.def. They return an exit status
 * (cli/common.h); one that is not CLI_OK has set the error. */
#ifndef RUNS_H
#define RUNS_H

#include "base/error.h"
#include "cli/options.h"

#define COMMAND(name, ...) int run_##name(const struct options *o, struct error *e);
#include "cli/commands.def"
#undef COMMAND

/* The program without a command: the home screen. */
int run_home(const struct options *o, struct error *e);

#endif
