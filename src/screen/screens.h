/* The table of screens.def with the functions of every screen, for app_new. */
#ifndef SCREENS_H
#define SCREENS_H

#include "screen/app.h"

extern const struct screen_row screen_table[SCREEN_COUNT];

#endif
