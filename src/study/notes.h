/* What a person should know about a model and a text before they trust what is shown:
 * said on standard error by the commands, and by the walk when it opens. */
#ifndef NOTES_H
#define NOTES_H

#include "study/session.h"

/* A line for each thing, ended by newlines: tensors that nothing reads, no begin or end
 * of a text in config.json. NULL for nothing. Caller frees. */
char *notes_of_model(const struct model *m);

/* The same of a text alone. */
char *notes_of_text(const struct tokenizer *t, const char *text);

/* The same of the source: characters that the vocabulary does not have, padding among
 * the ids. */
char *notes_of_source(const struct session *s);

/* The number of source tokens that stand for characters the vocabulary does not have, and
 * those characters, each once and visible, with spaces between them (caller frees; NULL
 * for none). */
long notes_unknown(const struct session *s, char **characters);

#endif
