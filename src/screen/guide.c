#include "screen/guide.h"

#include <stdbool.h>
#include <stddef.h>

enum where { AT_ANY, AT_TARGET, AT_LEARNED, AT_CROSS, AT_SMOOTH, AT_STATES };

static const struct guide_row {
    enum role role;
    enum where where;
    const char *name[LANGUAGE_COUNT], *text[LANGUAGE_COUNT];
} guides[] = {
#define GUIDE(role, where, name_en, name_ko, text_en, text_ko)                           \
    {ROLE_##role, AT_##where, {name_en, name_ko}, {text_en, text_ko}},
#include "screen/guide.def"
#undef GUIDE
};

static bool is_at(const struct stage *s, enum where where)
{
    switch (where) {
    case AT_TARGET:
        return s->axes[0].side == SIDE_TARGET;
    case AT_LEARNED:
        return s->op == OP_ROWS;
    case AT_CROSS:
        return s->place.block == BLOCK_CROSS_ATTENTION;
    case AT_STATES:
        return s->place.block == BLOCK_ATTENTION;
    case AT_SMOOTH:
        return s->op == OP_GELU || s->op == OP_GELU_TANH;
    default:
        return true;
    }
}

/* The row for the place where the stage stands wins over the row for any place. */
static const struct guide_row *find(const struct stage *s)
{
    const struct guide_row *found = NULL;
    for (size_t i = 0; i < sizeof guides / sizeof *guides; i++) {
        const struct guide_row *row = &guides[i];
        if (row->role == s->role && is_at(s, row->where) &&
            (!found || row->where != AT_ANY))
            found = row;
    }
    return found;
}

const char *guide_short_name(const struct stage *s, enum language language)
{
    static const char *const names[ROLE_COUNT][LANGUAGE_COUNT] = {
#define STAGE_NAME(role, en, ko) [ROLE_##role] = {en, ko},
#include "screen/stage_name.def"
#undef STAGE_NAME
    };
    return names[s->role][language];
}

const char *guide_name(const struct stage *s, enum language language)
{
    const struct guide_row *row = find(s);
    return row ? row->name[language] : stage_id(s);
}

const char *guide_text(const struct stage *s, enum language language)
{
    const struct guide_row *row = find(s);
    return row ? row->text[language] : "";
}

const char *guide_weight_text(enum language language)
{
    return say_in(language, SAY_WEIGHT_TEXT);
}
