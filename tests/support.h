/* What several unit tests need. Tests run from the root of the repository. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fails with both texts unless `text` contains `part`. */
#define assert_contains(text, part)                                     \
    do {                                                                \
        if (!strstr((text), (part)))                                    \
            fail_msg("\"%s\" does not contain \"%s\"", (text), (part)); \
    } while (0)

/* |a-b| <= limit, with a message. */
#define assert_near(a, b, limit)                                                        \
    do {                                                                                \
        double x_ = (a), y_ = (b), d_ = x_ > y_ ? x_ - y_ : y_ - x_;                    \
        if (!(d_ <= (limit)))                                                           \
            fail_msg("%.9g and %.9g differ by %.3g, more than %.3g", x_, y_, d_, (double)(limit)); \
    } while (0)

#endif
