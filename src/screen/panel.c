#include "screen/panel.h"

#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utf8.h"
#include "paint/theme.h"

#include <stdlib.h>
#include <string.h>

/* The key and its word, as the bar shows them; returns the columns that they take. */
static int key_width(const struct canvas *c, enum action action, char name[32])
{
    action_first_key(action, name, 32);
    return canvas_width(c, name) + 1 +
           canvas_width(c, action_short(action, say_language()));
}

void key_bar_draw(const enum action *actions, size_t count, struct canvas *c,
                  struct area a)
{
    struct style key = theme_style(c, LOOK_BAR_KEY), text = theme_style(c, LOOK_BAR);
    canvas_fill(c, a, text);
    char name[32];
    int column = 1, help = 0; /* columns kept for the key that names all others */
    for (size_t i = 0; i < count; i++)
        if (actions[i] == ACTION_HELP)
            help = key_width(c, ACTION_HELP, name) + 2;
    for (size_t i = 0; i < count; i++) {
        int width = key_width(c, actions[i], name);
        help = actions[i] == ACTION_HELP ? 0 : help;
        if (column + width + 1 + help > a.columns)
            continue;
        int end = canvas_text(c, a, 0, column, key, name);
        column = canvas_text(c, a, 0, end + 1, text,
                             action_short(actions[i], say_language())) +
                 2;
    }
}

int badge_draw(const char *whatifs, struct canvas *c, struct area a)
{
    if (!whatifs)
        return 0;
    char *said = say_with(SAY_WHATIF_BADGE, whatifs), *text = mem_format(" %s ", said);
    int width = canvas_width(c, text), most = a.columns * 2 / 5;
    width = width < most ? width : most;
    canvas_field(c, area_part(a, 0, a.columns - width, 1, width), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_BADGE), text);
    free(said);
    free(text);
    return width;
}

struct area panel_draw(struct canvas *c, struct area a, const char *title,
                       const enum action *actions, size_t count)
{
    canvas_fill(c, a, theme_style(c, LOOK_TEXT));
    canvas_hline(c, a, 0, theme_style(c, LOOK_FOCUS));
    int badge = badge_draw(c->badge, c, a);
    struct area top = area_part(a, 0, 1, 1, a.columns - 2 - badge);
    char *text = mem_format(" %s ", title);
    int width = canvas_width(c, text);
    canvas_field(c, area_part(top, 0, 0, 1, width < top.columns ? width : top.columns), 0,
                 ALIGN_LEFT, theme_style(c, LOOK_FOCUS), text);
    free(text);
    key_bar_draw(actions, count, c, area_part(a, a.rows - 1, 0, 1, a.columns));
    return area_part(a, 1, 1, a.rows - 2, a.columns - 2);
}

void panel_draw_arrows(struct canvas *c, struct area a, bool above, bool below)
{
    struct style dim = theme_style(c, LOOK_DIM);
    if (above)
        canvas_text(c, a, 0, a.columns - 1, dim, "▲");
    if (below)
        canvas_text(c, a, a.rows - 1, a.columns - 1, dim, "▼");
}

/* ---- the field ---- */

void field_set(struct field *f, const char *text, bool fresh)
{
    char *copy = text_sanitize(text);
    free(f->text);
    f->text = text_normalize(copy);
    free(copy);
    f->cursor = strlen(f->text);
    f->fresh = fresh && *f->text;
}

void field_free(struct field *f)
{
    free(f->text);
    *f = (struct field){0};
}

static void erase(struct field *f, size_t from, size_t to)
{
    memmove(f->text + from, f->text + to, strlen(f->text + to) + 1);
    f->cursor = from;
}

/* The text made safe as one in the middle of another: what is typed comes one code point
 * after the other, and a joiner waits for what it joins. Caller frees. */
static char *clean_part(const char *text)
{
    char *framed = mem_format("%sx", text), *clean = text_sanitize(framed);
    clean[strlen(clean) - 1] = 0;
    free(framed);
    return clean;
}

/* The insertion may join what stands before it (a mark, a jamo), so the whole is
 * normalised and the cursor put where the rest begins. */
void field_insert(struct field *f, const char *text)
{
    if (f->fresh)
        erase(f, 0, strlen(f->text));
    f->fresh = false;
    char *before = mem_format("%.*s%s", (int)f->cursor, f->text, text);
    char *clean = clean_part(before);
    char *normal = text_normalize(clean);
    char *whole = mem_format("%s%s", normal, f->text + f->cursor);
    f->cursor = strlen(normal);
    free(f->text);
    f->text = whole;
    free(normal);
    free(before);
    free(clean);
}

static size_t previous_cluster(const char *text, size_t at)
{
    size_t before = 0;
    int width;
    for (size_t i = 0, n; i < at && (n = text_cluster(text + i, &width)) > 0; i += n)
        before = i;
    return before;
}

static size_t next_cluster(const char *text, size_t at)
{
    int width;
    return at + text_cluster(text + at, &width);
}

bool field_act(struct field *f, enum action action)
{
    bool fresh = f->fresh;
    f->fresh = false;
    switch (action) {
    case ACTION_FIELD_LEFT:
        f->cursor = previous_cluster(f->text, f->cursor);
        return true;
    case ACTION_FIELD_RIGHT:
        f->cursor = next_cluster(f->text, f->cursor);
        return true;
    case ACTION_FIELD_START:
        f->cursor = 0;
        return true;
    case ACTION_FIELD_END:
        f->cursor = strlen(f->text);
        return true;
    case ACTION_FIELD_ERASE:
        erase(f, previous_cluster(f->text, f->cursor), f->cursor);
        return true;
    case ACTION_FIELD_DELETE:
        erase(f, f->cursor, next_cluster(f->text, f->cursor));
        return true;
    case ACTION_FIELD_CLEAR:
        erase(f, 0, strlen(f->text));
        return true;
    default:
        f->fresh = fresh;
        return false;
    }
}

bool field_type(struct field *f, uint32_t key)
{
    if (key < 0x20 || key == 0x7f || key >= KEY_NAMED)
        return false;
    char bytes[5] = "";
    bytes[utf8_encode(key, bytes)] = 0;
    field_insert(f, bytes);
    return true;
}

/* The field shows the part of the text around the cursor. */
void field_draw(const struct field *f, struct canvas *c, struct area a)
{
    struct style style = theme_style(c, f->fresh ? LOOK_SELECTION : LOOK_INPUT);
    canvas_fill(c, area_part(a, 0, 0, 1, a.columns), theme_style(c, LOOK_INPUT));
    char *before = mem_format("%.*s|", (int)f->cursor, f->text);
    int at = canvas_width(c, before) - 1;
    int shift = at < a.columns - 1 ? 0 : at - a.columns + 2;
    canvas_text(c, area_part(a, 0, 0, 1, a.columns), 0, -shift, style, f->text);
    canvas_cursor(c, a, 0, at - shift);
    free(before);
}

bool panel_split(struct area a, int rows, int columns, struct area part[2])
{
    int left = (a.columns - 1) / 2, upper = a.rows / 2;
    if (left >= columns) {
        part[0] = area_part(a, 0, 0, a.rows, left);
        part[1] = area_part(a, 0, left + 1, a.rows, a.columns - left - 1);
    } else {
        part[0] = area_part(a, 0, 0, upper, a.columns);
        part[1] = area_part(a, upper, 0, a.rows - upper, a.columns);
    }
    return left >= columns || upper >= rows;
}
