/* The texts of the program in Korean and English: one table, say.def, one row a text.
 * `say(SAY_QUERY)` gives the text in the language chosen for this run. Rows are grouped
 * by the floor that uses them. A text with %s is filled by say_with. */
#ifndef SAY_H
#define SAY_H

enum language { LANGUAGE_EN, LANGUAGE_KO, LANGUAGE_COUNT };

enum say {
#define SAY(name, en, ko) SAY_##name,
#include "base/say.def"
#undef SAY
    SAY_COUNT
};

void say_set_language(enum language language);
enum language say_language(void);

const char *say(enum say text);                             /* borrowed, static */
const char *say_in(enum language language, enum say text); /* borrowed, static */

/* The text with `value` in the place of its first %s; "(s)" becomes "s", or nothing where
 * the value is 1. (The table is no printf format:
 * its texts are not checked against arguments.) Caller frees. */
char *say_with(enum say text, const char *value);

/* What LC_ALL, LC_MESSAGES or LANG ask for: Korean for "ko…", else English. */
enum language say_language_of_environment(void);

#endif
