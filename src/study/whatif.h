/* What-ifs: named rewrites of a plan. `NAME[=VALUE][@PLACE]`: a part is switched off or
 * changed, everywhere or at a place, and the pass is computed again.
 *
 * PLACE is `encoder`, `encoder.0`, `encoder.0.self_attn`, `encoder.0.ffn`, or a head
 * `decoder.1.cross_attn:2` (from 1). A sublayer owns its residual and its norm; the input
 * of a stack belongs to the stack. A what-if never adds or removes a stage: the stage
 * stays, marked off. The table is whatif.def. */
#ifndef WHATIF_H
#define WHATIF_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum whatif_id {
#define WHATIF(NAME, ...) WHATIF_##NAME,
#include "study/whatif.def"
#undef WHATIF
    WHATIF_COUNT
};

struct whatif {
    enum whatif_id id;
    double number; /* the temperature */
    unsigned long seed;
    char *order;   /* "3,1,2" */
    char *place;   /* NULL: everywhere */
    long head;     /* from 1; 0 for none */
};

struct whatifs {
    struct whatif *items;
    size_t count, capacity;
};

const char *whatif_name(enum whatif_id id);
const char *whatif_help(enum whatif_id id, int language); /* enum language */
bool whatif_needs_value(enum whatif_id id);
bool whatif_needs_place(enum whatif_id id);

/* Parses one and adds it. An unknown name, a wrong value, or the same name and place
 * twice is an error that says what is right; then the list stays as it was. */
int whatifs_add(struct whatifs *list, const char *text, struct error *e);
/* The same for several in one text, separated by spaces or ", "; the word `passed`
 * (NULL: none) is passed over. Those before a wrong one stay added. */
int whatifs_add_all(struct whatifs *list, const char *text, const char *passed,
                    struct error *e);
void whatifs_remove(struct whatifs *list, size_t index);
void whatifs_copy(struct whatifs *to, const struct whatifs *from);
void whatifs_free(struct whatifs *list);
bool whatifs_equal(const struct whatifs *a, const struct whatifs *b);

/* "no-mask@decoder.0" of one, and of all joined by ", ". Callers free. */
char *whatif_text(const struct whatif *w);
char *whatifs_text(const struct whatifs *list);

const struct whatif *whatifs_find(const struct whatifs *list, enum whatif_id id);

/* Whether an earlier row of the decoder may depend on later ones: then decoding must
 * compute every row again at every step. */
bool whatifs_unmask(const struct whatifs *list);

/* The words of `text` in the order of `order`=3,1,2. NULL with an error when that is no
 * order of its words. Caller frees. */
char *whatif_reorder(const char *text, const char *order, struct error *e);

#endif
