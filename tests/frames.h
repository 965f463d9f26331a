/* Golden frames: screens as text under tests/data/frames, compared or, with UPDATE_FRAMES
 * set, written anew. Needs the modules up to screen/canvas. */
#ifndef FRAMES_H
#define FRAMES_H

#include "base/file.h"
#include "base/memory.h"

#include "support.h"

#include <ctype.h>

/* "7.7e-06" becomes "#.#e-##". */
static inline void frame_blot(char *frame)
{
    for (char *s = frame; *s; s++)
        if (isdigit((unsigned char)s[0]) && s[1] == '.' && isdigit((unsigned char)s[2]) &&
            s[3] == 'e' && (s[4] == '-' || s[4] == '+'))
            s[0] = s[2] = s[5] = s[6] = '#';
}

static inline void frame_compare(const char *name, const char *frame)
{
    char *path = mem_format("tests/data/frames/%s.txt", name);
    struct error e = {0};
    if (getenv("UPDATE_FRAMES")) {
        assert_int_equal(file_write(path, frame, strlen(frame), true, &e), 0);
    } else {
        char *golden = file_read(path, 1 << 20, NULL, &e);
        if (!golden)
            fail_msg("%s: %s", path, e.message);
        if (strcmp(golden, frame) != 0)
            fail_msg("%s is now:\n%s", path, frame);
        free(golden);
    }
    free(path);
}

#endif
