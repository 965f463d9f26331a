#include "screen/screens.h"

const struct screen_row screen_table[SCREEN_COUNT] = {
#define SCREEN(id, variable, needs, name, menu, ...)                                     \
    [SCREEN_##id] = {&variable##_screen, needs, name, menu, {__VA_ARGS__}},
#include "screen/screens.def"
#undef SCREEN
};
