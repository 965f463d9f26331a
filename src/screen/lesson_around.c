#include "screen/lesson_around.h"

#include "base/memory.h"
#include "paint/theme.h"
#include "screen/panel.h"

#include <stdio.h>
#include <stdlib.h>

static void draw_title(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct lesson *l = reading_lesson(s->reading);
    int badge = badge_draw(c->badge, c, a);
    char *title = mem_format(" %ld  %s", l->part, l->title);
    char *text = mem_format("%s ", reading_text(s->reading));
    a.columns -= badge;
    int own = canvas_width(c, title), other = canvas_width(c, text);
    int room = own + other + 1 > a.columns ? a.columns : own;
    canvas_field(c, area_part(a, 0, 0, 1, room), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_TITLE), title);
    if (room < a.columns)
        canvas_field(c, area_part(a, 0, room, 1, a.columns - room), 0, ALIGN_RIGHT,
                     theme_style(c, reading_is_own(s->reading) ? LOOK_FOCUS : LOOK_DIM),
                     text);
    free(title);
    free(text);
}

/* "●●◉○○  3 / 12  The scene's title" */
static void draw_scene(const struct lesson_state *s, struct canvas *c, struct area a)
{
    int at = reading_scene_number(s->reading);
    int count = (int)reading_lesson(s->reading)->count, end = 1;
    for (int i = 0; i < count && count <= 20; i++)
        end = canvas_text(c, a, 0, end,
                          theme_style(c, i == at  ? LOOK_FOCUS
                                         : i < at ? LOOK_TRACK_DONE
                                                  : LOOK_TRACK_LATER),
                          i <= at ? "●" : "○");
    end =
        canvas_textf(c, a, 0, end + 1, theme_style(c, LOOK_DIM), "%d/%d ", at + 1, count);
    struct area rest = area_part(a, 0, end + 1, 1, a.columns - end - 1);
    canvas_field(c, rest, 0, ALIGN_LEFT, theme_style(c, LOOK_FOCUS),
                 reading_scene(s->reading)->title);
}

static void draw_message(const struct lesson_state *s, struct canvas *c, struct area a)
{
    if (canvas_width(c, s->message) > a.columns)
        a.rows = 2;
    struct style style = theme_style(c, s->warning ? LOOK_WARNING : LOOK_GOOD);
    canvas_fill(c, a, style);
    canvas_wrap(c, a, 0, style, s->message);
}

static void draw_proof(const struct lesson_state *s, struct canvas *c, struct area a)
{
    const struct lesson_picture *p = &s->p;
    if (!lesson_shows_picture(s) || p->picture.shown.ref.kind != REF_STAGE ||
        lesson_shows_exam(s))
        return;
    bool fine = p->proof <= p->proof_limit;
    char number[48];
    snprintf(number, sizeof number, "%.1e", p->proof);
    char *here = say_with(SAY_PROOF_HERE, number);
    char *text = mem_format("%s%s", say(SAY_PROOF), here);
    int end = canvas_text(c, a, 0, 1, theme_style(c, fine ? LOOK_GOOD : LOOK_WARNING),
                          fine ? "✓ " : "≠ ");
    canvas_field(c, area_part(a, 0, end, 1, a.columns - end), 0, ALIGN_LEFT,
                 theme_style(c, LOOK_DIM), text);
    free(here);
    free(text);
}

void lesson_draw_around(const struct lesson_state *s, struct canvas *c, struct area a)
{
    struct area last = area_part(a, a.rows - 2, 0, 1, a.columns);
    draw_title(s, c, area_part(a, 0, 0, 1, a.columns));
    draw_scene(s, c, area_part(a, 1, 0, 1, a.columns));
    if (s->message)
        draw_message(s, c, last);
    else
        draw_proof(s, c, last);
}
