/* What screens have in common: a title, a key bar, and a text field. */
#ifndef PANEL_H
#define PANEL_H

#include "paint/canvas.h"
#include "screen/action.h"

#include <stdbool.h>

/* A bar of keys and what they do, the most useful first; as many as fit, and help
 * before others where it is one of them. */
void key_bar_draw(const enum action *actions, size_t count, struct canvas *c,
                  struct area a);

/* The what-ifs in force, at the right end of the first row; returns the columns taken, 0
 * for NULL. */
int badge_draw(const char *whatifs, struct canvas *c, struct area a);

/* Title above, key bar below, and the badge; returns what is between. */
struct area panel_draw(struct canvas *c, struct area a, const char *title,
                       const enum action *actions, size_t count);

/* In the last column of a list: whether there is more above, and below. */
void panel_draw_arrows(struct canvas *c, struct area a, bool above, bool below);

/* A line of text being typed. Editing goes by grapheme clusters. */
struct field {
    char *text;    /* never NULL after field_set */
    size_t cursor; /* byte offset, at a cluster border */
    bool fresh;    /* the whole text is selected: typing replaces it */
};

void field_set(struct field *f, const char *text, bool fresh); /* copies */
void field_free(struct field *f);

/* Inserts text, normalised, without control characters. */
void field_insert(struct field *f, const char *text);

/* An action of GROUP_FIELD that edits; false for the others. */
bool field_act(struct field *f, enum action action);

/* A key that is a character: inserts it and returns true. */
bool field_type(struct field *f, uint32_t key);

void field_draw(const struct field *f, struct canvas *c, struct area a);

/* An area as two, side by side, or one above the other; false where neither leaves both
 * of them so many rows and columns. */
bool panel_split(struct area a, int rows, int columns, struct area part[2]);

#endif
