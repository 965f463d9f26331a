/* Packed bytes: whatever they are, what comes out keeps to its limit. */
#include "fuzz.h"

#include "base/gzip.h"

#define LIMIT 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0}, less = {0};
    size_t length = 0, again;
    char *text = gzip_unpack(data, size, LIMIT, &length, &e);
    promise_outcome(!text, &e);
    if (!text)
        return 0;
    PROMISE(length <= LIMIT && !text[length]);
    char *same = gzip_unpack(data, size, length, &again, &less); /* just enough */
    PROMISE(same && again == length && !memcmp(same, text, length));
    free(same);
    same = length ? gzip_unpack(data, size, length - 1, &again, &less) : NULL;
    PROMISE(!same);
    free(text);
    return 0;
}
