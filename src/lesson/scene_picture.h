/* What the pictures of a scene show: a matrix of a run or of the compute blocks, the
 * expressions of a chart, or exams. */
#ifndef SCENE_PICTURE_H
#define SCENE_PICTURE_H

#include "lesson/evaluate.h"
#include "lesson/shown_cells.h"
#include "study/exhibit.h"

#include <stdbool.h>

struct picture {
    const struct chart_kind *view;
    struct exhibit shown; /* of a run, or of the compute blocks */
    const char *whatifs;  /* of the scene or that run, NULL for none; borrowed */
    const char *run;      /* the run of the lesson's own that is shown, or NULL */
    bool export;
    unsigned log; /* CHART_LOG_… */
    const char *classes; /* that points are told apart by, or NULL; borrowed */
    const struct shown_cells *cells; /* in the place of a matrix; borrowed */
};

/* A scene with what its names stand for; all borrowed. */
struct scene_picture {
    const struct scene *scene;
    size_t number; /* of the scene, from 0 */
    struct scope scope;
    struct shown_cells **cells; /* of its two pictures, as far as they were asked for */
};

/* The compute blocks, as a run under the name of the scene. */
struct exhibit scene_picture_book(const struct scene_picture *s);

/* The first picture, or with index 1 the one beside it; false when there is none. */
bool scene_picture_find(const struct scene_picture *s, size_t index, struct picture *p);

/* The same stage in the same run with nothing off; false when nothing is. */
bool scene_picture_before(const struct scene_picture *s, size_t index,
                          struct picture *p);

/* Whether all pictures can be resolved; the error has its place. */
int scene_picture_check(const struct scene_picture *s, struct error *e);

/* What a picture of exams compares: the intact model, of the run that it shows, and the
 * one under the what-ifs of the picture. Returns their number. */
size_t scene_picture_exams(const struct scene_picture *s, const struct picture *p,
                           struct chart_exam list[2]);

#endif
