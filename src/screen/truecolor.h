/* Terminals that show 24-bit colours, whatever their description says.
 *
 * COLORTERM=truecolor (or 24bit) tells of them, and terminfo hardly ever does. So the
 * description of the terminal's type is read, and written again with direct colours, in
 * the form that TERMINFO may hold itself:
 *
 *     char *inlined = truecolor_description(term);
 *     … setenv("TERMINFO", inlined, 1), newterm, and TERMINFO as it was …
 *
 * A curses library that does not know this form finds its usual description. */
#ifndef TRUECOLOR_H
#define TRUECOLOR_H

#include <stdbool.h>

/* Whether the environment says that the terminal of this type has them. GNU screen hands
 * the variable on and does not understand the colours; tmux does. */
bool truecolor_is_told(const char *term);

/* The description of that type with direct colours, as a value of TERMINFO; caller frees.
 * NULL when the type is not known or has no colours. Before a screen is opened. */
char *truecolor_description(const char *term);

#endif
