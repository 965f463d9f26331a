/* The chart "exam" on a page. */
#ifndef EXAM_PAGE_H
#define EXAM_PAGE_H

#include "chart/page.h"

/* The hand `page`: the share of right answers of each exam as a bar from 0 to 100 %, with
 * the counts; below, by kind of sentence, the exams side by side. */
struct drawing *exam_page(const struct chart *v, const struct chart_page *p,
                          struct error *e);

#endif
