/* The fences of a lesson file, line by line: compute and assert. The questions are in
 * asking.h, the pictures in staging.h. */
#ifndef FENCES_H
#define FENCES_H

#include "lesson/scene.h"

/* Where a file is being read into. */
struct reader {
    struct lesson *lesson;
    struct error *e;
    size_t statements; /* of all compute blocks so far */
};

/* Sets the error with its place; -1. */
int reader_fail(struct reader *r, long line, long column, const char *message);
/* Names the file in an error that has line and column; -1. */
int reader_name_file(struct reader *r);
struct source reader_source(const struct reader *r, const char *text, long line,
                            long column);

/* The next line of a text without its end, trimmed (caller frees), and the column where
 * it begins; false at the end. */
bool text_next_line(const char **at, char **line, long *column);
/* Cuts "key: value" in place and returns the value; NULL when there is no colon. */
char *text_cut_key(char *line);
void text_trim(char *s);
/* Takes the quotes off a value that stands in them, in place: "a \"b\"" and 'it''s'. */
void text_unquote(char *s);

/* Each adds what the block holds to the scene; 0 or -1. */
int fence_compute(struct reader *r, struct scene *s, const struct markdown_block *b);
int fence_claims(struct reader *r, struct scene *s, const struct markdown_block *b);

/* The lines of any other fence, which stand as they are, but for {{values}}; 0 or -1. */
int fence_code(struct reader *r, const struct markdown_block *b, struct prose *out);

#endif
