/* What the fuzz targets share. Each target is one file fuzz_NAME.c: it takes bytes, calls
 * one reader and checks what the reader promises, so that a broken promise is found as
 * surely as a crash. replay.c runs a target over the files of corpus/NAME; with clang's
 * libFuzzer the same file looks for new inputs. */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program as a crash does, with the promise that was broken. */
#define PROMISE(condition)                                                               \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);      \
            abort();                                                                     \
        }                                                                                \
    } while (0)

/* Valid UTF-8, and nothing that a terminal could take for a command. */
static inline void promise_safe(const char *s)
{
    PROMISE(utf8_is_valid(s, strlen(s)));
    uint32_t code;
    for (size_t n; (n = utf8_decode(s, s + strlen(s), &code)) > 0; s += n)
        PROMISE(code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0));
}

/* An error is set exactly when the call has failed, and its line is safe to print. */
static inline void promise_outcome(bool failed, const struct error *e)
{
    PROMISE(e->set == failed);
    if (!failed)
        return;
    char line[900];
    error_line(e, line, sizeof line);
    PROMISE(e->message[0] && strncmp(line, "unknown error", 13) != 0);
    promise_safe(line);
}

#endif
