/* Command-line options: one table (options.def), one parser. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/error.h"

#include <stdbool.h>

enum option {
#define OPTION(ID, ...) OPTION_##ID,
#include "cli/options.def"
#undef OPTION
    OPTION_COUNT
};

/* The options that a command takes. */
struct option_set {
    bool has[OPTION_COUNT];
};

struct options {
    const char *value[OPTION_COUNT]; /* "" for an option without argument; NULL: absent */
    const char **arguments;          /* what is not an option, in order */
    int count;
    const char **whatifs; /* every --what-if, in order */
    int whatif_count;
};

/* Parses `argc` words; the strings are borrowed. "--" ends the options; "-o F" is short
 * for "--o F" and "-h" for "--help". An unknown option is an error that names the close
 * ones. Free with options_free. */
int options_parse(int argc, char **argv, struct options *o, struct error *e);
void options_free(struct options *o);

/* Checks that only options of `allowed` are set; `command` is named in the error. */
int options_check(const struct options *o, const struct option_set *allowed,
                  const char *command, struct error *e);

bool option_is_set(const struct options *o, enum option option);
const char *option_text(const struct options *o, enum option option, const char *other);

/* A whole number from `least` to `most`; `*out` keeps its value when the option is
 * absent. */
int option_integer(const struct options *o, enum option option, long least, long most,
                   long *out, struct error *e);
int option_number(const struct options *o, enum option option, double least, double most,
                  double *out, struct error *e);

/* The index of the value in a list of names that ends with NULL, 0 when absent, or -1. An
 * empty name stands for the absent option only. */
int option_choice(const struct options *o, enum option option, const char *const *names,
                  struct error *e);

/* The lines of help for the options of `allowed`, in the language of the run. */
struct buffer;
void options_help(const struct option_set *allowed, struct buffer *out);

const char *option_name(enum option option);
const char *option_argument(enum option option); /* NULL when it takes none */
const char *option_help(enum option option, int language);

#endif
