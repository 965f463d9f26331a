#include "screen/term_type.h"

#include <stddef.h>
#include <string.h>

#define FAMILIES 20
#define NEAREST 4

/* The first words of names, and what is nearest to them, the best first; the last row is
 * of those that place no cursor, to which nothing is near. To teach another family, add
 * its word to a row. */
static const struct {
    const char *families[FAMILIES], *nearest[NEAREST];
} rows[] = {
    {{"xterm", "foot", "alacritty", "kitty", "ghostty", "wezterm", "konsole", "gnome",
      "vte", "st", "iterm", "iterm2", "contour", "rio", "mintty", "putty", "mlterm",
      "terminator", "warp"},
     {"xterm-256color", "xterm", "vt220"}},
    {{"tmux"}, {"tmux-256color", "screen-256color", "screen"}},
    {{"screen"}, {"screen-256color", "screen"}},
    {{"rxvt", "urxvt", "Eterm"}, {"rxvt-unicode-256color", "rxvt", "xterm"}},
    {{"linux", "fbterm"}, {"linux"}},
    {{"dumb", "unknown", "emacs"}, {NULL}},
};

/* Names of one family differ behind their first word: xterm-kitty, screen.xterm. */
static bool is_family(const char *term, const char *family)
{
    size_t n = strlen(family);
    return strncmp(term, family, n) == 0 && (!term[n] || strchr("-.+", term[n]));
}

static const char *const *nearest_of(const char *term, bool true_colour)
{
    static const char *const rich[NEAREST] = {"xterm-256color", "xterm"};
    static const char *const poor[NEAREST] = {"vt100", "ansi"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t f = 0; f < FAMILIES && rows[i].families[f]; f++)
            if (is_family(term, rows[i].families[f]))
                return rows[i].nearest;
    bool many = strstr(term, "256color") || strstr(term, "-direct");
    return many || true_colour ? rich : poor;
}

const char *term_choose(const char *asked, bool true_colour,
                        bool (*is_known)(const char *term))
{
    if (is_known(asked))
        return asked;
    const char *const *nearest = nearest_of(asked, true_colour);
    for (int i = 0; i < NEAREST && nearest[i]; i++)
        if (is_known(nearest[i]))
            return nearest[i];
    return asked;
}
