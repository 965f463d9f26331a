#include "chart/label_room.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct label_room label_room_new(struct draw_box box)
{
    struct label_room r = {box, (int)box.width, (int)box.height, NULL};
    r.taken = mem_zero((size_t)r.columns * (size_t)r.rows, 1);
    return r;
}

void label_room_free(struct label_room *r)
{
    free(r->taken);
}

/* The columns and rows that a box touches, as far as they are there; whether all are. */
struct cells {
    int left, right, top, bottom;
    bool inside;
};

static struct cells cells_of(const struct label_room *r, struct draw_box b)
{
    double left = floor(b.x - r->box.x), right = ceil(b.x + b.width - r->box.x);
    double top = floor(b.y - r->box.y), bottom = ceil(b.y + b.height - r->box.y);
    bool inside = left >= 0 && top >= 0 && right <= r->columns && bottom <= r->rows;
    return (struct cells){
        (int)fmin(r->columns, fmax(0, left)), (int)fmax(0, fmin(r->columns, right)),
        (int)fmin(r->rows, fmax(0, top)), (int)fmax(0, fmin(r->rows, bottom)), inside};
}

bool label_room_is_free(const struct label_room *r, struct draw_box b)
{
    struct cells c = cells_of(r, b);
    if (!c.inside)
        return false;
    for (int y = c.top; y < c.bottom; y++)
        if (memchr(r->taken + y * r->columns + c.left, 1, (size_t)(c.right - c.left)))
            return false;
    return true;
}

void label_room_take(struct label_room *r, struct draw_box b)
{
    struct cells c = cells_of(r, b);
    for (int y = c.top; y < c.bottom && c.left < c.right; y++)
        memset(r->taken + y * r->columns + c.left, 1, (size_t)(c.right - c.left));
}

void label_room_take_around(struct label_room *r, double x, double y, double radius)
{
    label_room_take(r, (struct draw_box){x - radius, y - radius, 2 * radius, 2 * radius});
}

void label_room_take_line(struct label_room *r, const double from[2], const double to[2])
{
    double length = hypot(to[0] - from[0], to[1] - from[1]);
    for (double t = 0; t <= length; t++)
        label_room_take_around(r, from[0] + (to[0] - from[0]) * t / fmax(length, 1),
                               from[1] + (to[1] - from[1]) * t / fmax(length, 1), 1);
}
