/* The weights of an attention drawn on the walk: the map and the lines beside each other
 * where they fit, else one at a time; on wide screens with what is to say of every row;
 * and the heads of all layers as thumbnails, the same row marked in each.
 *
 * `v` is the chart of the walk, by piece; what is seen may be by word. */
#ifndef ATTENTION_VIEW_H
#define ATTENTION_VIEW_H

#include "screen/attention.h"

/* Whether map and lines stand beside each other in so many columns. */
bool attention_is_beside(const struct walk *w, const struct chart *v,
                         const struct canvas *c, int columns);

/* The rows that the picture wants; the columns that pictures take beside an opened number
 * on a screen of so many; the rows of the thumbnails under their rule. */
int attention_rows(const struct walk *w, const struct chart *v);
int attention_columns(const struct walk *w, const struct chart *v, const struct canvas *c,
                      int columns);
int attention_heads_rows(const struct chart *v);

/* The picture that is chosen. `wide`: with what is to say of every row, where that has
 * room; `heads_apart`: the thumbnails have an area of their own. */
void attention_draw(const struct walk *w, const struct chart *v, bool wide,
                    bool heads_apart, struct canvas *c, struct area a);
/* The thumbnails, under a rule with their title. */
void attention_draw_heads(const struct walk *w, const struct chart *v, struct canvas *c,
                          struct area a);

/* "v: map lines all heads", the one that is seen lit, at the right end of a row behind a
 * column, where it has room. */
void attention_draw_tabs(const struct walk *w, struct canvas *c, struct area a, int from);

/* How the number of two words comes from pieces. */
void attention_draw_words(const struct walk *w, struct canvas *c, struct area a);

#endif
