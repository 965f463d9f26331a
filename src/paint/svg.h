/* A drawing in SVG as it goes into a file: with words for those who do not see it, and
 * the same bytes each time. */
#ifndef SVG_H
#define SVG_H

/* The file of a drawing (draw_file) with a <title> and a <desc> at its top; either may be
 * NULL. They are UTF-8 without control characters but '\n', and are escaped here. The
 * parts that are referred to get new names, n1, n2 …: those that cairo gives are counted
 * through the whole life of the program. Caller frees. */
char *svg_complete(const char *drawn, const char *title, const char *description);

#endif
