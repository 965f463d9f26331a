#include "screen/term_type.h"

#include "support.h"

/* Of Debian's ncurses-base. */
static bool is_known(const char *term)
{
    static const char *const known[] = {
        "ansi", "dumb", "linux", "rxvt", "rxvt-unicode-256color", "screen",
        "screen-256color", "tmux", "tmux-256color", "vt100", "vt220", "xterm",
        "xterm-256color",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], term) == 0)
            return true;
    return false;
}

static bool is_old(const char *term)
{
    return strcmp(term, "xterm") == 0 || strcmp(term, "screen") == 0 ||
           strcmp(term, "ansi") == 0;
}

static bool is_never(const char *term)
{
    (void)term;
    return false;
}

static void test_the_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *here, *old;
    } cases[] = {
        {"xterm", "xterm", "xterm"},
        {"xterm-foo", "xterm-256color", "xterm"},
        {"xterm-kitty", "xterm-256color", "xterm"},
        {"xterm-ghostty", "xterm-256color", "xterm"},
        {"alacritty-direct", "xterm-256color", "xterm"},
        {"foot", "xterm-256color", "xterm"},
        {"foot-extra", "xterm-256color", "xterm"},
        {"kitty", "xterm-256color", "xterm"},
        {"ghostty", "xterm-256color", "xterm"},
        {"wezterm", "xterm-256color", "xterm"},
        {"st-256color", "xterm-256color", "xterm"},
        {"tmux-direct", "tmux-256color", "screen"},
        {"screen.xterm-new", "screen-256color", "screen"},
        {"screen-16color-bce", "screen-256color", "screen"},
        {"rxvt-unicode", "rxvt-unicode-256color", "xterm"},
        {"linux-16color", "linux", "linux-16color"},
        {"some-256color", "xterm-256color", "xterm"},
        {"stx", "vt100", "ansi"}, /* another word than st */
        {"no-such-terminal", "vt100", "ansi"},
        {"dumb-new", "dumb-new", "dumb-new"},
        {"unknown", "unknown", "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(term_choose(cases[i].asked, false, is_known), cases[i].here);
        assert_string_equal(term_choose(cases[i].asked, false, is_old), cases[i].old);
        assert_string_equal(term_choose(cases[i].asked, false, is_never), cases[i].asked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
