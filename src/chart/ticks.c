#include "chart/ticks.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

double ticks_step(double length, double count)
{
    double raw = length / count, power = pow(10, floor(log10(raw)));
    double part = raw / power;
    return power * (part <= 1.001 ? 1 : part <= 2.001 ? 2 : part <= 5.001 ? 5 : 10);
}

void ticks_write(char *out, size_t size, const char *mark, double value, int digits)
{
    char number[24];
    snprintf(number, sizeof number, "%.*g", digits, value == 0 ? 0.0 : value);
    /* An en dash has the width and height of a minus sign in every face. */
    bool minus = number[0] == '-';
    snprintf(out, size, "%s%s%s", mark, minus ? "\xe2\x80\x93" : "", number + minus);
}
