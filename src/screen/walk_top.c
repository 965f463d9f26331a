#include "screen/walk_top.h"

#include "base/bounds.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "paint/theme.h"
#include "screen/cell_view.h"
#include "screen/guide.h"
#include "screen/panel.h"
#include "study/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct plan *plan_of(const struct walk *w)
{
    return trace_plan(w->shown.trace);
}

/* A part that is switched off is said on every screen. */
int walk_draw_badge(const struct walk *w, struct canvas *c, struct area a)
{
    return badge_draw(w->badge, c, a);
}

/* Sentence and translation; where both do not fit, each keeps at least half. */
static void draw_translation(struct canvas *c, struct area a, struct style style,
                             const char *source, const char *target)
{
    char *arrow = *target ? mem_format(" → %s", target) : mem_string("");
    int own = canvas_width(c, source), other = canvas_width(c, arrow);
    if (own + other > a.columns)
        own = least(own, most(a.columns / 2, a.columns - other));
    canvas_field(c, area_part(a, 0, 0, 1, own), 0, ALIGN_LEFT, style, source);
    canvas_field(c, area_part(a, 0, own, 1, a.columns - own), 0, ALIGN_LEFT, style,
                 arrow);
    free(arrow);
}

/* What the model says, and what its rows are fed where that is something else. Caller
 * frees. */
static char *answer(const struct session *s)
{
    if (!s)
        return mem_string("");
    char *fed = session_target_text(s);
    char *text = s->forced && strcmp(fed, s->prediction) != 0
                     ? mem_format("%s (%s: %s)", s->prediction, say(SAY_WALK_FED), fed)
                     : mem_string(s->prediction);
    free(fed);
    return text;
}

void walk_draw_header(const struct walk *w, struct canvas *c, struct area a)
{
    const struct session *s = w->session;
    struct style title = theme_style(c, LOOK_TITLE), dim = theme_style(c, LOOK_DIM);
    char *count = gait_count(w->gait, &w->map, plan_of(w), w->stage);
    char *where = mem_format(" %s%s", w->playing ? "▸ " : "", count);
    free(count);
    int right = canvas_width(c, where);
    a.columns -= walk_draw_badge(w, c, a);
    struct area left = area_part(a, 0, 0, 1, a.columns - right);
    const char *text = w->shown.title;
    char *ids = text ? NULL : mem_format("%ld id%s", s->sources, text_plural(s->sources));
    char *said = answer(s);
    draw_translation(c, left, title, text ? text : ids, said);
    free(said);
    canvas_field(c, area_part(a, 0, a.columns - right, 1, right), 0, ALIGN_RIGHT, dim,
                 where);
    free(ids);
    free(where);
}

/* How a piece is read; NULL for what stands in Latin letters anyway, as <eos> does. */
static const char *reading_of(const struct label *l)
{
    return l->roman && strcmp(l->roman, l->text) != 0 ? l->roman : NULL;
}

static bool is_glossed(const struct labels *l)
{
    for (size_t i = 0; l && i < l->count; i++)
        if (reading_of(&l->items[i]))
            return true;
    return false;
}

/* Who reads English sees what the Korean pieces mean without being asked. */
bool walk_has_gloss(const struct walk *w)
{
    bool english = say_language() == LANGUAGE_EN && is_glossed(w->shown.sets.source);
    return w->gloss == GLOSS_ALL || (w->gloss == GLOSS_BY_LANGUAGE && english);
}

/* How little is said of the pieces so that all of them have room. */
enum brevity { GLOSS_WHOLE, GLOSS_FIRST, GLOSS_CLOSE, GLOSS_MEANING };

/* "na I / fly"; in brief the first meaning, at last without the reading. Caller frees. */
static char *gloss_text(const struct label *l, enum brevity brevity)
{
    const char *gloss = l->gloss ? l->gloss : "";
    const char *more = brevity >= GLOSS_FIRST ? strstr(gloss, " / ") : NULL;
    const char *roman = reading_of(l);
    if (!roman || (brevity == GLOSS_MEANING && *gloss))
        roman = "";
    int n = (int)(more ? (size_t)(more - gloss) : strlen(gloss));
    return mem_format("%s%s%.*s", roman, *roman && n ? " " : "", n, gloss);
}

/* Returns the column behind the last piece. In brief <eos> and its like are left out. */
static int draw_glosses(const struct labels *l, enum brevity brevity, struct canvas *c,
                        struct area a)
{
    int end = 0;
    for (size_t i = 0; l && i < l->count; i++) {
        const struct label *label = &l->items[i];
        if (!reading_of(label) && (brevity >= GLOSS_FIRST || !label->gloss))
            continue;
        int space = !end ? 0 : brevity >= GLOSS_CLOSE ? 1 : 2;
        char *text = gloss_text(label, brevity);
        end = canvas_text(c, a, 0, end + space, theme_style(c, LOOK_TOKEN),
                          label_without_mark(label->text));
        end = canvas_textf(c, a, 0, end, theme_style(c, LOOK_DIM), " %s", text);
        free(text);
    }
    return end;
}

/* What the pieces of the source mean and how they are read. */
void walk_draw_gloss(const struct walk *w, struct canvas *c, struct area a)
{
    const struct labels *l = w->shown.sets.source;
    struct area nowhere = {0, 0, 0, a.columns};
    enum brevity b = GLOSS_WHOLE;
    while (b < GLOSS_MEANING &&
           draw_glosses(l, b, c, nowhere) > a.columns + (b == GLOSS_CLOSE ? 3 : 0))
        b++; /* readings are worth a few letters of the last meaning */
    if (!draw_glosses(l, b, c, a))
        canvas_text(c, a, 0, 0, theme_style(c, LOOK_DIM), say(SAY_NO_GLOSS));
}

/* "encoder 0 · self-attention" behind the name, where it and the id fit. */
static int draw_part(const struct walk *w, struct canvas *c, struct area a, int end)
{
    const struct stage *s = w->sheet.stage;
    if (!s || s->place.gradient)
        return end;
    int part = stage_map_part(&w->map, w->sheet.ref.index);
    char *title = stage_part_title(&w->map.parts[part], say_language());
    int width = 3 + canvas_width(c, title) + 2 + canvas_width(c, stage_id(s));
    if (end + width <= a.columns) {
        end = canvas_text(c, a, 0, end, theme_style(c, LOOK_DIM), " · ");
        end = canvas_text(c, a, 0, end, theme_style(c, LOOK_DIM), title);
    }
    free(title);
    return end;
}

/* The name in plain words, where it stands, and the id at the edge. */
void walk_draw_title(const struct walk *w, struct canvas *c, struct area a)
{
    const struct stage *s = w->sheet.stage;
    const char *name = s ? guide_name(s, say_language()) : w->sheet.part->symbol;
    const char *id = s ? stage_id(s) : w->sheet.part->name;
    bool focused = w->focus == FOCUS_STAGE;
    struct style style = theme_style(c, focused ? LOOK_FOCUS : LOOK_TITLE);
    int end = canvas_text(c, a, 0, 0, style, focused ? "▸ " : "  ");
    end = canvas_text(c, a, 0, end, style, name);
    if (s && s->off) {
        canvas_text(c, a, 0, end + 1, theme_style(c, LOOK_BADGE), say(SAY_STAGE_OFF));
        end += 1 + canvas_width(c, say(SAY_STAGE_OFF));
    }
    end = draw_part(w, c, a, end);
    int room = a.columns - end - 2;
    if (room >= 12)
        canvas_field(c, area_part(a, 0, end + 2, 1, room), 0, ALIGN_RIGHT,
                     theme_style(c, LOOK_STAGE_ID), id);
}

/* "[4 head × 5 query × 5 key]" */
static char *shape_text(const struct walk *w)
{
    struct buffer b = {0};
    const struct tensor *shape = plan_shape(plan_of(w), w->sheet.ref);
    buffer_add(&b, "[");
    for (int i = 0; i < shape->rank; i++) {
        buffer_addf(&b, "%s%ld", i ? " × " : "", shape->size[i]);
        if (w->sheet.stage && w->sheet.stage->axes[i].name)
            buffer_addf(&b, " %s", axis_name(w->sheet.stage->axes[i].name));
    }
    buffer_add(&b, "]");
    return buffer_take(&b);
}

/* The formula; where the decoder reads the encoder's output, that is called memory.
 * Caller frees. */
static char *formula_text(const struct walk *w)
{
    const struct stage *s = w->sheet.stage;
    const char *formula = s ? stage_formula(s) : w->sheet.symbol;
    struct sheet in = sheet_of(&w->shown, w->sheet.ref);
    if (s && s->in[0].kind == REF_STAGE)
        in = sheet_of(&w->shown, s->in[0]);
    const char *at = s ? strstr(formula, " = ") : NULL;
    size_t n = strlen(in.symbol);
    if (!at || !cell_is_memory(&w->sheet, &in) || strncmp(at + 3, in.symbol, n) != 0)
        return mem_string(formula);
    return mem_format("%.*s = memory%s", (int)(at - formula), formula, at + 3 + n);
}

/* Whether the mark of word starts is seen here for the first time. */
static bool has_marks(const struct walk *w)
{
    const struct labels *l = w->sheet.row_labels;
    bool first = w->sheet.stage && w->sheet.stage->role == ROLE_TOKENS;
    for (size_t i = 0; first && l && i < l->count; i++)
        if (strncmp(l->items[i].text, WORD_MARK, strlen(WORD_MARK)) == 0)
            return true;
    return false;
}

void walk_draw_formula(const struct walk *w, struct canvas *c, struct area a)
{
    char *formula = formula_text(w);
    char *shape = shape_text(w);
    int end = canvas_text(c, a, 0, 2, theme_style(c, LOOK_FORMULA), formula);
    free(formula);
    int room = a.columns - end - 3;
    if (room > 8)
        canvas_field(c, area_part(a, 0, end + 3, 1, room), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM), shape);
    end += 3 + canvas_width(c, shape);
    free(shape);
    const char *note = say(SAY_MARK_TEXT);
    int width = canvas_width(c, note);
    if (has_marks(w) && end + 2 + width <= a.columns)
        canvas_text(c, a, 0, a.columns - width, theme_style(c, LOOK_DIM), note);
}

/* The five largest of the cursor's row of a vocabulary stage. */
#define RANKED 5

static void rank_row(const struct walk *w, long best[RANKED])
{
    long first = w->shown.at.row * w->sheet.columns, count = 0;
    for (long i = 0; i < w->sheet.columns; i++) {
        double value = tensor_get(w->values, first + i);
        long at = count < RANKED ? count++ : RANKED;
        for (; at > 0 && value > tensor_get(w->values, first + best[at - 1]); at--)
            if (at < RANKED)
                best[at] = best[at - 1];
        if (at < RANKED)
            best[at] = i;
    }
    for (; count < RANKED; count++)
        best[count] = -1;
}

void walk_draw_ranking(const struct walk *w, struct canvas *c, struct area a)
{
    long best[RANKED];
    rank_row(w, best);
    char *row = label_text(w->sheet.row_labels, w->shown.at.row, 0, false, false);
    int end = canvas_text(c, a, 0, 2, theme_style(c, LOOK_DIM), say(SAY_RANKING));
    end = canvas_textf(c, a, 0, end, theme_style(c, LOOK_TOKEN), " %s → ", row);
    free(row);
    for (int i = 0; i < RANKED && best[i] >= 0; i++) {
        char *token = label_text(w->sheet.column_labels, best[i], 0, false, false);
        char number[RENDER_NUMBER];
        long cell = w->shown.at.row * w->sheet.columns + best[i];
        double value = tensor_get(w->values, cell);
        int width = canvas_width(c, token) + 8;
        if (end + width <= a.columns) {
            end = canvas_text(c, a, 0, end, theme_style(c, i ? LOOK_TEXT : LOOK_RESULT),
                              token);
            end = canvas_textf(c, a, 0, end, theme_style(c, LOOK_DIM), " %s  ",
                               render_number(value, 2, number));
        }
        free(token);
    }
}
