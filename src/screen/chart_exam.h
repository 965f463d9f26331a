/* Exams side by side: the share of right answers, and by kind of sentence. */
#ifndef CHART_EXAM_H
#define CHART_EXAM_H

#include "screen/canvas.h"
#include "study/exam.h"

struct chart_exam {
    const char *name;               /* "intact", or what is off */
    const struct exam_score *score; /* NULL: not there */
    long size;                      /* sentences in all */
};
void chart_draw_exams(const struct chart_exam *exams, int count, struct canvas *c,
                      struct area a);

#endif
