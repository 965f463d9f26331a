/* Exact colours brought to those that a terminal has. */
#ifndef PALETTE_H
#define PALETTE_H

#include <stdint.h>

/* Colours are 0xRRGGBB. The nearest one of the xterm 256-colour palette, and of the eight
 * base colours. */
int palette_256(uint32_t rgb);
int palette_8(uint32_t rgb);
/* The colour of that palette, from 16 on; and the letters of the palette that can be read
 * on what becomes of `bg`, where `fg` can be read on `bg`. */
uint32_t palette_color(int index);
int palette_letters(uint32_t fg, uint32_t bg);

#endif
