#include "base/say.h"

#include "base/memory.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[SAY_COUNT][LANGUAGE_COUNT] = {
#define SAY(name, en, ko) [SAY_##name] = {en, ko},
#include "base/say.def"
#undef SAY
};

static enum language chosen = LANGUAGE_EN;

void say_set_language(enum language language)
{
    chosen = language;
}

enum language say_language(void)
{
    return chosen;
}

const char *say_in(enum language language, enum say text)
{
    return texts[text][language];
}

const char *say(enum say text)
{
    return say_in(chosen, text);
}

char *say_with(enum say text, const char *value)
{
    const char *format = say(text), *at = strstr(format, "%s");
    if (!at)
        return mem_string(format);
    char *line = mem_format("%.*s%s%s", (int)(at - format), format, value, at + 2);
    char *plural = strstr(line, "(s)");
    if (plural) {
        bool one = !strcmp(value, "1");
        *plural = 's';
        memmove(plural + !one, plural + 3, strlen(plural + 3) + 1);
    }
    return line;
}

enum language say_language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "ko", 2) == 0 ? LANGUAGE_KO : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}
