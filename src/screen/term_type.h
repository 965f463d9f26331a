/* The nearest terminal type that a system knows, for one that it does not: terminals of a
 * new name are nearly always relatives of an old one. */
#ifndef TERM_TYPE_H
#define TERM_TYPE_H

#include <stdbool.h>

/* `asked` where it is known or nothing is near, else the name of the nearest type that is
 * known; borrowed. A terminal with true colour is no old one, whatever its name is. */
const char *term_choose(const char *asked, bool true_colour,
                        bool (*is_known)(const char *term));

#endif
