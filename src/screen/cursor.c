#include "screen/cursor.h"

#include "chart/chart.h"

struct place cursor_move(const struct sheet *s, struct place at, enum action action,
                         long page_rows, long page_columns)
{
    switch (action) {
    case ACTION_LEFT:
        at.column--;
        break;
    case ACTION_RIGHT:
        at.column++;
        break;
    case ACTION_UP:
        at.row--;
        break;
    case ACTION_DOWN:
        at.row++;
        break;
    case ACTION_START:
        at.column = 0;
        break;
    case ACTION_END:
        at.column = s->columns - 1;
        break;
    case ACTION_PAGE_LEFT:
        at.column -= page_columns;
        break;
    case ACTION_PAGE_RIGHT:
        at.column += page_columns;
        break;
    case ACTION_PAGE_UP:
        at.row -= page_rows;
        break;
    case ACTION_PAGE_DOWN:
        at.row += page_rows;
        break;
    case ACTION_HEAD_NEXT:
    case ACTION_HEAD_PREVIOUS:
        if (s->heads)
            at.head = (at.head + (action == ACTION_HEAD_NEXT ? 1 : s->heads - 1)) %
                      s->heads;
        break;
    default:
        break;
    }
    return at;
}

int cursor_zoom(int zoom, int by)
{
    int to = zoom + by;
    return to < CHART_ZOOM_LEAST  ? CHART_ZOOM_LEAST
           : to > CHART_ZOOM_MOST ? CHART_ZOOM_MOST
                                  : to;
}

enum say cursor_turn_range(const struct sheet *s, enum range_by *by)
{
    static const enum say texts[RANGE_BY_COUNT] = {SAY_RANGE_OF_MATRIX, SAY_RANGE_OF_HEAD,
                                                   SAY_RANGE_OF_ROW};
    if (s->values == VALUES_IDS)
        return SAY_RANGE_OF_IDS;
    *by = sheet_range_next(s, *by);
    return texts[*by];
}
