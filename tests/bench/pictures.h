/* The rows of pictures: ours beside matplotlib's of as many pixels. */
#ifndef BENCH_PICTURES_H
#define BENCH_PICTURES_H

/* At the width in points, 0 for what the figure takes by itself. */
void row_heatmap(const char *path, double width);
void row_heatmap_process(const char *path);

/* The heads of all layers on one sheet. */
void row_sheet(const char *path);

#endif
