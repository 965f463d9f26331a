/* The terminal module in a pseudo-terminal: a child opens it, shows a canvas and reports
 * every event through a pipe; the parent plays the person and reads what is drawn. */
#include "paint/theme.h"
#include "screen/terminal.h"

#include "screen/palette.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

static struct rgb rgb_of(uint32_t color)
{
    return (struct rgb){(uint8_t)(color >> 16), (uint8_t)(color >> 8), (uint8_t)color};
}

struct session {
    pid_t child;
    int terminal, reports;
    char drawn[65536];
    size_t drawn_length;
    struct termios before;
};

static const char *event_text(const struct event *event, char *out, size_t size)
{
    char name[32];
    switch (event->kind) {
    case EVENT_KEY:
        key_label(event->key, name, sizeof name);
        snprintf(out, size, "%s\n", name);
        break;
    case EVENT_TEXT:
        snprintf(out, size, "text %s\n", event->text);
        break;
    case EVENT_RESIZE:
        snprintf(out, size, "size %dx%d\n", event->columns, event->rows);
        break;
    default:
        snprintf(out, size, "tick\n");
    }
    return out;
}

static void report(int fd, const char *line)
{
    if (write(fd, line, strlen(line)) < 0)
        _exit(3);
}

/* Families of three and four, a flag, a colour of skin, a keycap, a selector; and what is
 * of one width everywhere. */
#define CLUSTERS "👨‍👩‍👧👨‍👩‍👧‍👦🇰🇷👍🏽1️⃣❤️x\xcc\x9fy\xcc\x81\xcc\x82😀."
#define JOINER "\xe2\x80\x8d"

/* What the child does: 'q' ends it, '!' crashes it, 'f' is a fatal error. */
static void child_main(int reports)
{
    struct error e = {0};
    struct terminal *t = terminal_open(&e);
    if (!t) {
        report(reports, e.message);
        _exit(2);
    }
    struct canvas *c = canvas_new(5, 30);
    struct style style = {0xffffff, 0x123456, ATTRIBUTE_BOLD};
    canvas_text(c, canvas_area(c), 1, 2, style, "나는 HELLO √");
    canvas_text(c, canvas_area(c), 2, 2, style, CLUSTERS);
    const struct terminal_can *can = terminal_can(t);
    char line[256];
    snprintf(line, sizeof line, "open colors=%d unicode=%d hangul=%d\n", (int)can->colors,
             can->unicode, can->hangul);
    report(reports, line);
    struct event event;
    do {
        terminal_show(t, c);
        if (!terminal_event(t, -1, &event))
            break;
        report(reports, event_text(&event, line, sizeof line));
        if (event.kind == EVENT_KEY && event.key == '!')
            raise(SIGSEGV);
        if (event.kind == EVENT_KEY && event.key == 'f')
            fatal("no memory");
    } while (!(event.kind == EVENT_KEY && event.key == 'q'));
    terminal_close(t);
    canvas_free(c);
    report(reports, "closed\n");
    _exit(0);
}

static const char *color_term = ""; /* of every child */

static void start(struct session *s, const char *term, const char *no_color)
{
    *s = (struct session){0};
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    s->terminal = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(s->terminal >= 0);
    assert_int_equal(grantpt(s->terminal), 0);
    assert_int_equal(unlockpt(s->terminal), 0);
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    ioctl(s->terminal, TIOCSWINSZ, &size);
    tcgetattr(s->terminal, &s->before);
    const char *name = ptsname(s->terminal);
    s->child = fork();
    assert_true(s->child >= 0);
    if (s->child == 0) {
        setsid();
        int fd = open(name, O_RDWR);
        for (int i = 0; i < 3; i++)
            dup2(fd, i);
        close(s->terminal);
        close(pipe_ends[0]);
        setenv("TERM", term, 1);
        setenv("LC_ALL", "C", 1); /* switched to UTF-8 by terminal_open */
        unsetenv("NO_COLOR");
        unsetenv("TMUX");
        unsetenv("COLORTERM");
        if (*color_term)
            setenv("COLORTERM", color_term, 1);
        if (*no_color)
            setenv("NO_COLOR", no_color, 1);
        child_main(pipe_ends[1]);
    }
    close(pipe_ends[1]);
    s->reports = pipe_ends[0];
}

/* Reads one line of the child's reports while taking in what it draws. */
static void read_report(struct session *s, char *line, size_t size)
{
    size_t n = 0;
    while (n + 1 < size) {
        struct pollfd fds[] = {{s->reports, POLLIN, 0}, {s->terminal, POLLIN, 0}};
        if (poll(fds, 2, 10000) <= 0)
            fail_msg("the child says nothing");
        if (fds[1].revents & POLLIN) {
            size_t room = sizeof s->drawn - 1 - s->drawn_length;
            ssize_t got = read(s->terminal, s->drawn + s->drawn_length, room);
            s->drawn_length += got > 0 ? (size_t)got : 0;
        }
        if (fds[0].revents & (POLLIN | POLLHUP)) {
            if (read(s->reports, line + n, 1) != 1 || line[n] == '\n')
                break;
            n++;
        }
    }
    line[n] = 0;
}

static void expect(struct session *s, const char *expected)
{
    char line[512];
    read_report(s, line, sizeof line);
    assert_string_equal(line, expected);
}

static void type(struct session *s, const char *bytes)
{
    assert_int_equal(write(s->terminal, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

/* What is left to read, until nothing comes any more. */
static void drain(struct session *s)
{
    struct pollfd fd = {s->terminal, POLLIN, 0};
    while (poll(&fd, 1, 200) > 0 && (fd.revents & POLLIN)) {
        size_t room = sizeof s->drawn - 1 - s->drawn_length;
        ssize_t got = read(s->terminal, s->drawn + s->drawn_length, room);
        if (got <= 0)
            break;
        s->drawn_length += (size_t)got;
    }
}

static bool drew(const struct session *s, const char *bytes)
{
    size_t n = strlen(bytes);
    for (size_t i = 0; i + n <= s->drawn_length; i++)
        if (memcmp(s->drawn + i, bytes, n) == 0)
            return true;
    return false;
}

static int finish(struct session *s)
{
    int status;
    drain(s);
    assert_int_equal(waitpid(s->child, &status, 0), s->child);
    struct termios after;
    tcgetattr(s->terminal, &after);
    assert_int_equal(after.c_lflag, s->before.c_lflag);
    assert_int_equal(after.c_iflag, s->before.c_iflag);
    close(s->terminal);
    close(s->reports);
    return status;
}

#define LEAVE_SCREEN "\033[?1049l"

static void test_keys_arrive_by_name(void **state)
{
    (void)state;
    struct session s;
    start(&s, "xterm-256color", "");
    expect(&s, "open colors=2 unicode=1 hangul=1");
    type(&s, "\033OC가\r\t\x7f\033[5~ ");
    const char *names[] = {"Right", "가", "Enter", "Tab", "Backspace", "PgUp", "Space"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect(&s, names[i]);
    type(&s, "\033");
    expect(&s, "Esc");
    type(&s, "\033[200~나는 간다\nq\033[201~");
    expect(&s, "text 나는 간다");
    expect(&s, "q");
    type(&s, "q");
    expect(&s, "q");
    expect(&s, "closed");
    int status = finish(&s);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(drew(&s, "나는 HELLO √"));
    assert_true(drew(&s, LEAVE_SCREEN));
}

/* Whatever the description of the terminal says: a vt100 has no Home, and in the mode for
 * which terminfo speaks no ESC [ A. */
static void check_sequences(const char *term, const char *opens)
{
    struct session s;
    start(&s, term, "");
    expect(&s, opens);
    type(&s, "\033[A\033OA\033[1;5C\033[H\033[4~\033[1;2D");
    const char *names[] = {"Up", "Up", "Right", "Home", "End", "Shift-Left"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect(&s, names[i]);
    /* What has no meaning says nothing: Alt with a letter, the focus, the mouse, colours. */
    type(&s, "\033b\033가\033[I\033[<0;10;20M\033[M !!\033]11;rgb:0/0/0\007x");
    expect(&s, "x");
    type(&s, "\033\033");
    expect(&s, "Esc");
    expect(&s, "Esc");
    type(&s, "\033"); /* a slow line */
    poll(NULL, 0, 10);
    type(&s, "[");
    poll(NULL, 0, 60);
    type(&s, "B");
    expect(&s, "Down");
    type(&s, "q");
    expect(&s, "q");
    expect(&s, "closed");
    finish(&s);
}

static void test_sequences_mean_the_same_everywhere(void **state)
{
    (void)state;
    check_sequences("xterm-256color", "open colors=2 unicode=1 hangul=1");
    check_sequences("vt100", "open colors=0 unicode=0 hangul=0");
    check_sequences("linux", "open colors=1 unicode=0 hangul=0");
}

static void test_a_new_size_is_an_event(void **state)
{
    (void)state;
    struct session s;
    start(&s, "xterm-256color", "");
    expect(&s, "open colors=2 unicode=1 hangul=1");
    struct winsize size = {.ws_row = 20, .ws_col = 60};
    ioctl(s.terminal, TIOCSWINSZ, &size);
    expect(&s, "size 60x20");
    type(&s, "q");
    expect(&s, "q");
    expect(&s, "closed");
    finish(&s);
}

/* However the program ends, the shell gets its terminal back. */
static void check_end(const char *key, int signal_number, int exit_status)
{
    struct session s;
    start(&s, "xterm-256color", "");
    expect(&s, "open colors=2 unicode=1 hangul=1");
    if (*key)
        type(&s, key);
    else
        kill(s.child, signal_number);
    int status = finish(&s);
    if (signal_number)
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signal_number);
    else
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == exit_status);
    assert_true(drew(&s, LEAVE_SCREEN));
}

static void test_every_end_restores_the_terminal(void **state)
{
    (void)state;
    check_end("\x03", SIGINT, 0);
    check_end("", SIGTERM, 0);
    check_end("", SIGHUP, 0);
    check_end("f", 0, 1);
#ifndef __SANITIZE_ADDRESS__
    check_end("!", SIGSEGV, 0);
#endif
}

static void test_stop_and_continue(void **state)
{
    (void)state;
    struct session s;
    start(&s, "xterm-256color", "");
    expect(&s, "open colors=2 unicode=1 hangul=1");
    drain(&s);
    s.drawn_length = 0;
    kill(s.child, SIGTSTP);
    int status;
    /* An orphaned process group is not stopped by SIGTSTP; then it comes back at once. */
    for (int i = 0; i < 50; i++) {
        if (waitpid(s.child, &status, WUNTRACED | WNOHANG) == s.child)
            break;
        poll(NULL, 0, 10);
    }
    drain(&s);
    assert_true(drew(&s, LEAVE_SCREEN));
    kill(s.child, SIGCONT);
    expect(&s, "size 80x24");
    drain(&s);
    assert_true(drew(&s, "HELLO"));
    type(&s, "q");
    expect(&s, "q");
    expect(&s, "closed");
    finish(&s);
}

static void test_poor_terminals_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *term, *no_color, *expected;
    } cases[] = {
        {"vt100", "", "open colors=0 unicode=0 hangul=0"},
        {"linux", "", "open colors=1 unicode=0 hangul=0"},
        {"xterm", "", "open colors=1 unicode=1 hangul=1"},
        {"xterm-256color", "1", "open colors=0 unicode=1 hangul=1"},
        {"xterm-of-tomorrow", "", "open colors=2 unicode=1 hangul=1"},
        {"no-such-terminal", "", "open colors=0 unicode=0 hangul=0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct session s;
        start(&s, cases[i].term, cases[i].no_color);
        expect(&s, cases[i].expected);
        bool nearest = strstr(cases[i].term, "tomorrow") || strstr(cases[i].term, "no-");
        assert_int_equal(drew(&s, "TERM="), nearest); /* before the screen opens */
        type(&s, "q");
        expect(&s, "q");
        expect(&s, "closed");
        finish(&s);
    }
}

static void test_a_terminal_without_a_screen_is_refused(void **state)
{
    (void)state;
    const char *terms[] = {"dumb", "unknown-of-tomorrow"};
    for (int i = 0; i < 2; i++) {
        struct session s;
        start(&s, terms[i], "");
        char line[512];
        read_report(&s, line, sizeof line);
        assert_non_null(strstr(line, "walk --plain"));
        assert_non_null(strstr(line, terms[i]));
        int status = finish(&s);
        assert_int_equal(WEXITSTATUS(status), 2);
    }
}

/* A cluster whose width is not the same everywhere would shift what stands behind it: one
 * replacement stands for all of it, and no joiner is sent. */
static void test_clusters_of_unsure_width_are_replaced(void **state)
{
    (void)state;
    struct session s;
    start(&s, "xterm-256color", "");
    expect(&s, "open colors=2 unicode=1 hangul=1");
    type(&s, "q");
    expect(&s, "q");
    expect(&s, "closed");
    finish(&s);
    assert_true(drew(&s, "? \xef\xbf\xbd ? ? ? ? x\xcc\x9fý\xcc\x82😀.") ||
                drew(&s, "? \xef\xbf\xbd ? ? ? ? x\xcc\x9fy\xcc\x81\xcc\x82😀."));
    assert_false(drew(&s, JOINER));
    assert_false(drew(&s, "\xef\xb8\x8f"));
}

static void test_colours_map_down(void **state)
{
    (void)state;
    assert_int_equal(palette_256(0x000000), 16);
    assert_int_equal(palette_256(0xffffff), 231);
    assert_int_equal(palette_256(0x121212), 233);
    assert_int_equal(palette_256(0xffd75f), 221);
    assert_int_equal(palette_256(0x005f87), 24);
    assert_int_equal(palette_8(0xf0f0f0), 7);
    assert_int_equal(palette_8(0x101010), 0);
    assert_int_equal(palette_8(0xd01010), 1);
}

/* Whatever the palette makes of the heat of a theme, its digits can be read, and 0 is the
 * background. */
static void test_digits_can_be_read_with_256_colours(void **state)
{
    (void)state;
    struct canvas *c = canvas_new(1, 1);
    const struct colormap_range ranges[] = {{0, 1, false}, {-1, 1, true}};
    for (int name = 0; name < THEME_MONO; name++)
        for (int i = 0; i < 2 * 256; i++) {
            c->theme = theme_get((enum theme_name)name);
            struct colormap_range range = ranges[i % 2];
            double value = range.lo + i / 2 / 255.0 * (range.hi - range.lo);
            struct style style = theme_heat(c, range, value);
            int letters = palette_letters(style.fg, style.bg);
            int ground = palette_256(style.bg);
            assert_true(colormap_contrast(rgb_of(palette_color(letters)),
                                          rgb_of(palette_color(ground))) >= 4.5);
        }
    canvas_free(c);
}

static void test_the_palette_has_its_own_colours(void **state)
{
    (void)state;
    for (int i = 16; i < 256; i++)
        assert_int_equal(palette_color(palette_256(palette_color(i))),
                         palette_color(i));
}

/* The canvas of the child has a background of 0x123456. */
static void check_colours(const char *term, const char *told, int colors, bool exact)
{
    struct session s;
    char opened[64];
    color_term = told;
    start(&s, term, "");
    color_term = "";
    snprintf(opened, sizeof opened, "open colors=%d unicode=1 hangul=1", colors);
    expect(&s, opened);
    type(&s, "q");
    expect(&s, "q");
    expect(&s, "closed");
    assert_int_equal(finish(&s), 0);
    assert_int_equal(drew(&s, "48;2;18;52;86m"), exact);
    assert_int_equal(drew(&s, "38;2;"), exact);
    assert_int_equal(drew(&s, "48;5;"), colors == COLORS_256);
}

static void test_colours_are_exact_where_the_terminal_has_them(void **state)
{
    (void)state;
    check_colours("xterm-256color", "truecolor", COLORS_DIRECT, true);
    check_colours("xterm-256color", "24bit", COLORS_DIRECT, true);
    check_colours("tmux-256color", "truecolor", COLORS_DIRECT, true);
    check_colours("xterm-256color", "", COLORS_256, false);
    check_colours("xterm-256color", "yes", COLORS_256, false);
    check_colours("screen-256color", "truecolor", COLORS_256, false); /* no TMUX */
}

/* Newer types, which are hardly ever installed, are spoken to as xterm. */
static void test_types_that_are_not_known_here(void **state)
{
    (void)state;
    check_colours("foot-of-tomorrow", "", COLORS_256, false);
    check_colours("kitty-of-tomorrow", "truecolor", COLORS_DIRECT, true);
    check_colours("of-tomorrow", "truecolor", COLORS_DIRECT, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_arrive_by_name),
        cmocka_unit_test(test_sequences_mean_the_same_everywhere),
        cmocka_unit_test(test_a_new_size_is_an_event),
        cmocka_unit_test(test_every_end_restores_the_terminal),
        cmocka_unit_test(test_stop_and_continue),
        cmocka_unit_test(test_poor_terminals_are_known),
        cmocka_unit_test(test_a_terminal_without_a_screen_is_refused),
        cmocka_unit_test(test_clusters_of_unsure_width_are_replaced),
        cmocka_unit_test(test_colours_map_down),
        cmocka_unit_test(test_the_palette_has_its_own_colours),
        cmocka_unit_test(test_digits_can_be_read_with_256_colours),
        cmocka_unit_test(test_colours_are_exact_where_the_terminal_has_them),
        cmocka_unit_test(test_types_that_are_not_known_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
