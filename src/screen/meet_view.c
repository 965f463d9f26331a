#include "screen/meet_view.h"

#include "base/memory.h"
#include "base/say.h"
#include "paint/theme.h"
#include "study/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 2

const struct step *meet_step(const struct explanation *x)
{
    for (int i = 0; i < x->count; i++) {
        const struct step *s = &x->steps[i];
        bool products = s->kind == STEP_SUM && s->count > 2;
        if (products && s->terms[0].count == 2 &&
            s->terms[0].operand[0].from.kind != REF_NONE &&
            s->terms[0].operand[1].from.kind != REF_NONE)
            return s;
    }
    return NULL;
}

/* The lines below the names of the columns. */
enum line { LINE_LEFT, LINE_RIGHT, LINE_PRODUCT, LINE_SUM, LINE_COUNT };

struct meeting {
    const struct cell_view *v;
    const struct step *step;
    const struct term *selected; /* NULL for none */
    char *names[LINE_COUNT];
    int name_width, width; /* of the names, of a column */
    long across;           /* columns of a strip */
};

/* "Q_h 는": the row of a matrix or, where the terms go down a column, that column. */
static char *line_name(const struct meeting *m, int operand)
{
    const struct operand *first = &m->step->terms[0].operand[operand],
                         *second = &m->step->terms[1].operand[operand];
    struct sheet s = sheet_of(m->v->shown, first->from);
    struct place a = sheet_place(&s, first->cell), b = sheet_place(&s, second->cell);
    const char *symbol = cell_symbol(&m->v->sheet, &s);
    bool along = a.row == b.row;
    const struct labels *l = along ? s.row_labels : s.column_labels;
    long at = along ? a.row : a.column;
    if (l && at < (long)l->count)
        return mem_format("%s %s", symbol, label_without_mark(l->items[at].text));
    return along ? mem_format("%s[%ld,·]", symbol, s.first_row + at + 1)
                 : mem_format("%s[·,%ld]", symbol, at + 1);
}

/* The name of a column: the token of the left operand's column, or its number; a bias has
 * its symbol. */
static char *column_name(const struct meeting *m, const struct term *t)
{
    struct sheet s = sheet_of(m->v->shown, t->operand[0].from);
    if (t->count < 2)
        return mem_string(s.symbol);
    long at = sheet_place(&s, t->operand[0].cell).column;
    if (s.column_labels && at < (long)s.column_labels->count)
        return mem_string(label_without_mark(s.column_labels->items[at].text));
    return mem_format("%ld", at + 1);
}

/* False where the line has nothing there: a bias is no product. */
static bool number_at(const struct meeting *m, enum line line, long term, double running,
                      double *out)
{
    const struct term *t = &m->step->terms[term];
    if (line == LINE_LEFT || line == LINE_RIGHT) {
        *out = t->count > 1 ? t->operand[line == LINE_RIGHT].value : 0;
        return t->count > 1;
    }
    *out = line == LINE_SUM ? running : t->value;
    return true;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static void measure(struct meeting *m, const struct canvas *c, int columns)
{
    double running = 0;
    m->width = 3;
    for (long i = 0; i < m->step->count; i++) {
        running += m->step->terms[i].value;
        for (int line = 0; line < LINE_COUNT; line++) {
            char text[RENDER_NUMBER];
            double x;
            if (!number_at(m, (enum line)line, i, running, &x))
                continue;
            int width = canvas_width(c, render_number(x, DIGITS, text));
            m->width = larger(m->width, width);
        }
    }
    m->width++;
    for (int line = 0; line < LINE_COUNT; line++)
        m->name_width = larger(m->name_width, canvas_width(c, m->names[line]));
    if (m->name_width > columns / 3)
        m->name_width = columns / 3;
    m->across = (columns - m->name_width) / m->width;
}

static void draw_column(const struct meeting *m, struct canvas *c, struct area column,
                        long term, double running)
{
    bool on = m->selected == &m->step->terms[term];
    char *name = column_name(m, &m->step->terms[term]);
    canvas_field(c, area_part(column, 0, 1, 1, column.columns - 1), 0, ALIGN_RIGHT,
                 theme_style(c, on ? LOOK_TOKEN_ON : LOOK_TOKEN), name);
    free(name);
    for (int line = 0; line < LINE_COUNT; line++) {
        char text[RENDER_NUMBER];
        double x;
        enum look look = line == LINE_SUM       ? LOOK_DIM
                         : line == LINE_PRODUCT ? LOOK_RESULT
                                                : LOOK_NUMBER;
        if (number_at(m, (enum line)line, term, running, &x))
            canvas_field(c, area_part(column, 1 + line, 1, 1, column.columns - 1), 0,
                         ALIGN_RIGHT,
                         theme_style(c, on && line < LINE_PRODUCT ? LOOK_CURSOR_QUIET
                                                                  : look),
                         render_number(x, DIGITS, text));
    }
}

static double sum_before(const struct step *s, long term)
{
    double sum = 0;
    for (long i = 0; i < term; i++)
        sum += s->terms[i].value;
    return sum;
}

static void draw_strip(const struct meeting *m, struct canvas *c, struct area a,
                       long first)
{
    double running = sum_before(m->step, first);
    for (int line = 0; line < LINE_COUNT; line++)
        canvas_field(c, area_part(a, 1 + line, 0, 1, m->name_width), 0, ALIGN_LEFT,
                     theme_style(c, LOOK_DIM), m->names[line]);
    for (long i = 0; i < m->across && first + i < m->step->count; i++) {
        running += m->step->terms[first + i].value;
        draw_column(m, c,
                    area_part(a, 0, m->name_width + (int)i * m->width, MEET_ROWS,
                              m->width),
                    first + i, running);
    }
}

/* The first strip that is seen, so that the selected term is. */
static long first_strip(const struct meeting *m, long seen)
{
    long strips = (m->step->count + m->across - 1) / m->across;
    long at = m->selected ? (m->selected - m->step->terms) / m->across : 0;
    return at < seen ? 0 : at + seen > strips ? strips - seen : at;
}

void meet_draw(const struct cell_view *v, struct canvas *c, struct area a)
{
    struct meeting m = {.v = v, .step = v->x ? meet_step(v->x) : NULL};
    if (!m.step || a.rows < MEET_ROWS)
        return;
    const struct term *t = cell_term(v->x, v->open, v->line);
    if (t && t >= m.step->terms && t < m.step->terms + m.step->count)
        m.selected = t;
    m.names[LINE_LEFT] = line_name(&m, 0);
    m.names[LINE_RIGHT] = line_name(&m, 1);
    m.names[LINE_PRODUCT] = mem_string(say(SAY_MEET_PRODUCT));
    m.names[LINE_SUM] = mem_string("Σ");
    measure(&m, c, a.columns);
    if (m.across > 0) {
        long strips = (m.step->count + m.across - 1) / m.across;
        long seen = a.rows / MEET_ROWS;
        seen = seen < strips ? seen : strips;
        for (long i = 0, first = first_strip(&m, seen); i < seen; i++)
            draw_strip(&m, c,
                       area_part(a, (int)i * MEET_ROWS, 0, MEET_ROWS, a.columns),
                       (first + i) * m.across);
    }
    for (int line = 0; line < LINE_COUNT; line++)
        free(m.names[line]);
}
