/* Scores of exams that were held to their end, kept in memory and on disk under a key of
 * everything they depend on: what has one key has one score, to the bit.
 *
 *     exam_cache_start(folder);                // else nothing is kept
 *     struct exam_key key;
 *     if (exam_cache_key(&run, limit, &key))
 *         score = exam_cache_find(&key);       // NULL: hold it, then exam_cache_keep
 *     …
 *     exam_cache_stop();
 *
 * The folder holds one file an entry, KEY.json. A file that is broken, or of something
 * else, is as good as none, and so is a folder that cannot be read or written. Entries
 * not used for 30 days, and those beyond the newest 200, are removed. */
#ifndef EXAM_CACHE_H
#define EXAM_CACHE_H

#include "study/exam.h"

#include <stdbool.h>

#define EXAM_CACHE_DAYS 30
#define EXAM_CACHE_MOST 200

/* From now on scores are kept for the life of the program, and with a folder (which need
 * not exist; copied) longer. The setting is one for the program. */
void exam_cache_start(const char *folder);
void exam_cache_stop(void);

/* The folder of the person, $XDG_CACHE_HOME/stepformer/exams or ~/.cache/…; NULL without
 * a home, and while STEPFORMER_NO_CACHE is set. Caller frees. */
char *exam_cache_folder(void);

/* 64 digits of a hash of: the build of the program, and the kernels that BLAS chose for
 * this processor; the engine; family, config, weights (also those of a random twin) and
 * tokenizers of the model; the what-ifs in whatever order; the exam's sentences, and how
 * many of them (`limit`, 0 for all). Not of the threads of BLAS: whoever sets them keeps
 * nothing on disk. */
struct exam_key {
    char text[65];
};

/* False: nothing is kept, or what the score depends on cannot be known. */
bool exam_cache_key(const struct run *run, long limit, struct exam_key *key);

/* NULL: not there. Caller frees with free(). */
struct exam_score *exam_cache_find(const struct exam_key *key);

/* The score of a whole exam; copied. */
void exam_cache_keep(const struct exam_key *key, const struct exam_score *score);

/* What else was counted over the sentences of an exam, as a text under a key of its own
 * that goes on from exam_cache_key; kept likewise. A text that was kept longer than this
 * program runs may be broken: whoever finds it checks it. Caller frees; copied. */
char *exam_cache_find_text(const struct exam_key *key);
void exam_cache_keep_text(const struct exam_key *key, const char *text);

/* A score that stands by itself, in one block. Caller frees with free(). */
struct exam_score *exam_score_copy(const struct exam_score *score);

/* An entry as text (caller frees), and back: NULL when the text is no entry of that key
 * or its numbers cannot be. Caller frees with free(). */
char *exam_cache_write(const struct exam_key *key, const struct exam_score *score);
struct exam_score *exam_cache_read(const struct exam_key *key, const char *text,
                                   size_t length);

#endif
