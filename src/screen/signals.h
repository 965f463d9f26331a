/* What signals do while a terminal is in use: whatever ends the program gives the shell
 * its terminal back first; a stop does the same and comes back; a new size wakes the
 * program up. The handlers call only what is safe in a handler: the bytes that restore
 * the screen are prepared in advance. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "base/error.h"

#include <stddef.h>

/* Remembers the modes of the terminal on this descriptor, and makes a descriptor that can
 * be polled for news. Closed with signals_close, also after an error. */
int signals_open(int terminal, struct error *e);
void signals_close(void);

/* From here on signals are caught; `restore` is what gives the screen back (copied). */
void signals_install(const char *restore, size_t length);
void signals_remove(void);

/* Gives the terminal back now, once: for `fatal`. */
void signals_restore(void);

/* What came since the last call. A stop counts before a new size. */
enum signal_news { SIGNAL_NOTHING, SIGNAL_RESIZED, SIGNAL_CONTINUED };
enum signal_news signals_news(void);
int signals_descriptor(void); /* readable when there is news */

/* Writes to the terminal, past any buffer. */
void signals_write(const char *bytes, size_t length);

#endif
