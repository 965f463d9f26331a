#define NCURSES_WIDECHAR 1
#include "screen/terminal.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utf8.h"
#include "screen/keyboard.h"
#include "screen/palette.h"
#include "screen/signals.h"
#include "screen/term_type.h"
#include "screen/truecolor.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/* From <term.h>, which cannot be included: it has macros with names like `columns`. */
int tputs(const char *text, int lines, int (*put)(int));
int setupterm(const char *term, int descriptor, int *error);
struct term;
struct term *set_curterm(struct term *nothing);
int del_curterm(struct term *description);

struct color_pair {
    int fg, bg;
};

struct terminal {
    SCREEN *screen;
    FILE *keys; /* opened by us, or NULL for standard input */
    const char *term; /* whose description is used: of TERM or the nearest one */
    char *note;       /* of the two, when they are not the same */
    struct terminal_can can;
    int pairs; /* of colours, in use */
    struct keyboard keyboard;
    double heard; /* when the last byte came */
    bool late;    /* the screen is painted but not sent yet */
};

void terminal_set_locale(void)
{
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && !setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "en_US.UTF-8");
    setlocale(LC_NUMERIC, "C");
}

/* ---- what gives the terminal back ---- */

/* The bytes that give the terminal back, collected by tputs. */
static struct {
    char bytes[256];
    size_t length;
} restore;

static int keep_byte(int byte)
{
    if (restore.length < sizeof restore.bytes)
        restore.bytes[restore.length++] = (char)byte;
    return byte;
}

/* A text of the terminal's description, borrowed; NULL when there is none. */
static const char *described(const char *name)
{
    char writable[16];
    snprintf(writable, sizeof writable, "%s", name);
    const char *value = tigetstr(writable);
    return value == (const char *)-1 ? NULL : value;
}

static void keep_capability(const char *name)
{
    const char *value = described(name);
    if (value)
        tputs(value, 1, keep_byte);
}

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

static void prepare_restore(bool paste)
{
    restore.length = 0;
    for (const char *s = paste ? PASTE_OFF : ""; *s; s++)
        keep_byte(*s);
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        keep_capability(names[i]);
}

static bool name_begins(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strncmp(name, *list, strlen(*list)) == 0)
            return true;
    return false;
}

/* The Linux console has no Hangul and few of our symbols; hardware terminals none. */
static bool is_poor(const char *term)
{
    static const char *const poor[] = {"linux", "vt",   "ansi",   "xterm-mono",
                                       "sun",   "cons", "pcansi", NULL};
    return name_begins(term, poor);
}

static struct terminal_can capabilities(const char *term)
{
    struct terminal_can can = {COLORS_MONO, true, true};
    if (is_poor(term))
        can.unicode = can.hangul = false;
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        can.unicode = can.hangul = false;
    const char *no_color = getenv("NO_COLOR");
    if ((no_color && *no_color) || !has_colors() || start_color() == ERR)
        return can;
    can.colors = tigetflag("RGB") > 0 ? COLORS_DIRECT
                 : COLORS >= 256      ? COLORS_256
                 : COLORS >= 8        ? COLORS_8
                                      : COLORS_MONO;
    if (can.colors != COLORS_MONO)
        use_default_colors();
    return can;
}

/* What the description says of keys that others send in another way. */
static void learn_keys(struct terminal *t)
{
    static const char *const keys[][2] = {
        {"kcuu1", "Up"},        {"kcud1", "Down"},       {"kcub1", "Left"},
        {"kcuf1", "Right"},     {"khome", "Home"},       {"kend", "End"},
        {"kpp", "PgUp"},        {"knp", "PgDn"},         {"kdch1", "Delete"},
        {"kich1", "Insert"},    {"kcbt", "Shift-Tab"},   {"kent", "Enter"},
        {"kLFT", "Shift-Left"}, {"kRIT", "Shift-Right"}, {"kri", "Shift-Up"},
        {"kind", "Shift-Down"}, {"kf1", "F1"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *sequence = described(keys[i][0]);
        if (sequence)
            keyboard_learn(&t->keyboard, sequence, keys[i][1]);
    }
}

/* Keys are read here, not by curses, which only brings the keypad into the mode that its
 * description speaks of. */
static void set_modes(struct terminal *t)
{
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    typeahead(-1);
    leaveok(stdscr, FALSE);
    if (t->can.unicode)
        signals_write(PASTE_ON, strlen(PASTE_ON));
}

static int open_streams(struct terminal *t, struct error *e)
{
    if (!isatty(STDOUT_FILENO))
        return error_set(e, "walk: standard output is not a terminal; `stepformer walk "
                            "--plain` prints the same as text");
    if (!isatty(STDIN_FILENO) && !(t->keys = fopen("/dev/tty", "r")))
        return error_set(e, "walk: there is no terminal to read keys from; `stepformer "
                            "walk --plain` prints the same as text");
    return signals_open(STDOUT_FILENO, e);
}

/* ---- the description of the terminal ---- */

/* Whether the system knows a terminal of this name. */
static bool is_described(const char *term)
{
    int found = 0;
    if (setupterm(term, STDOUT_FILENO, &found) != 0)
        return false;
    del_curterm(set_curterm(NULL));
    return true;
}

/* For whoever sees only garbage on the screen that follows. */
static void note_term(struct terminal *t, const char *asked)
{
    char *safe = text_sanitize(asked);
    t->note = mem_format("TERM=%.*s -> %s", (int)text_fit(safe, 40), safe, t->term);
    free(safe);
    char *line = say_with(SAY_TERM_NEAREST, t->note);
    error_note("%s", line);
    free(line);
}

static SCREEN *new_screen_as(const struct terminal *t, const char *term,
                             const char *description)
{
    const char *said = getenv("TERMINFO");
    char *before = said ? mem_string(said) : NULL;
    if (description)
        setenv("TERMINFO", description, 1);
    SCREEN *screen = newterm(term, stdout, t->keys ? t->keys : stdin);
    if (description && before)
        setenv("TERMINFO", before, 1);
    else if (description)
        unsetenv("TERMINFO");
    free(before);
    return screen;
}

/* With direct colours where the terminal has them. */
static SCREEN *new_screen(const struct terminal *t, const char *asked)
{
    bool direct = truecolor_is_told(asked) && !is_poor(t->term);
    char *description = direct ? truecolor_description(t->term) : NULL;
    SCREEN *screen = description ? new_screen_as(t, t->term, description) : NULL;
    free(description);
    return screen ? screen : new_screen_as(t, t->term, NULL);
}

static int open_screen(struct terminal *t, struct error *e)
{
    const char *asked = getenv("TERM");
    if (!asked || !*asked)
        asked = "unknown";
    t->term = term_choose(asked, truecolor_is_told(asked), is_described);
    if (strcmp(t->term, asked) != 0)
        note_term(t, asked);
    t->screen = new_screen(t, asked);
    if (t->screen) {
        set_term(t->screen);
        if (described("cup") && described("clear"))
            return 0;
        endwin();
        delscreen(t->screen);
        t->screen = NULL;
    }
    return error_set(e,
                     "walk: the terminal type TERM=%.40s cannot show screens; set TERM "
                     "to what your terminal is, or use `stepformer walk --plain`",
                     asked);
}

/* ---- opening and closing ---- */

struct terminal *terminal_open(struct error *e)
{
    terminal_set_locale();
    struct terminal *t = mem_zero(1, sizeof *t);
    if (open_streams(t, e) < 0 || open_screen(t, e) < 0) {
        signals_close();
        if (t->keys)
            fclose(t->keys);
        free(t->note);
        free(t);
        return NULL;
    }
    t->can = capabilities(t->term);
    set_modes(t);
    learn_keys(t);
    prepare_restore(t->can.unicode);
    signals_install(restore.bytes, restore.length);
    fatal_on_exit(signals_restore);
    return t;
}

void terminal_close(struct terminal *t)
{
    if (!t)
        return;
    fatal_on_exit(NULL);
    if (t->can.unicode)
        signals_write(PASTE_OFF, strlen(PASTE_OFF));
    signals_remove();
    endwin();
    delscreen(t->screen);
    signals_close();
    if (t->keys)
        fclose(t->keys);
    keyboard_free(&t->keyboard);
    free(t->note);
    free(t);
}

const struct terminal_can *terminal_can(const struct terminal *t)
{
    return &t->can;
}

const char *terminal_note(const struct terminal *t)
{
    return t->note;
}

void terminal_size(const struct terminal *t, int *rows, int *columns)
{
    (void)t;
    *rows = LINES;
    *columns = COLS;
}

/* ---- showing ---- */

static int map_color(const struct terminal *t, uint32_t color)
{
    if (color == COLOR_DEFAULT)
        return -1;
    switch (t->can.colors) {
    case COLORS_DIRECT:
        return (int)color;
    case COLORS_256:
        return palette_256(color);
    default:
        return palette_8(color);
    }
}

/* With eight colours letters and background may fall together; then the letters turn to
 * black or white. */
static struct color_pair map_pair(const struct terminal *t, struct style style)
{
    struct color_pair pair = {map_color(t, style.fg), map_color(t, style.bg)};
    if (t->can.colors == COLORS_256 && pair.fg >= 0 && pair.bg >= 0)
        pair.fg = palette_letters(style.fg, style.bg);
    if (t->can.colors == COLORS_8 && pair.fg == pair.bg && pair.fg >= 0)
        pair.fg = pair.bg == 0 || pair.bg == 4 ? 7 : 0;
    return pair;
}

/* Curses keeps the pairs. */
static int pair_of(struct terminal *t, struct style style)
{
    if (t->can.colors == COLORS_MONO)
        return 0;
    struct color_pair want = map_pair(t, style);
    int pair = want.fg < 0 && want.bg < 0 ? 0 : alloc_pair(want.fg, want.bg);
    if (pair > t->pairs)
        t->pairs = pair;
    return pair < 0 ? 0 : pair;
}

/* Where there may be too few pairs left for a screen of `cells`, all are forgotten, and
 * the whole screen is painted anew. */
static void make_pairs(struct terminal *t, int cells)
{
    int left = COLOR_PAIRS - 1 - t->pairs, half = COLOR_PAIRS / 2;
    if (t->can.colors == COLORS_MONO || left >= (cells < half ? cells : half))
        return;
    reset_color_pairs();
    t->pairs = 0;
}

static attr_t curses_attributes(unsigned attributes)
{
    attr_t out = A_NORMAL;
    if (attributes & ATTRIBUTE_BOLD)
        out |= A_BOLD;
    if (attributes & ATTRIBUTE_DIM)
        out |= A_DIM;
    if (attributes & ATTRIBUTE_REVERSE)
        out |= A_REVERSE;
    if (attributes & ATTRIBUTE_UNDERLINE)
        out |= A_UNDERLINE;
    return out;
}

/* Whether all terminals give the cluster the width that we do: its first character has
 * it, and the rest are marks. Sequences of emoji (families, flags, colours of skin,
 * keycaps) are one picture on some terminals and several on others; and curses would keep
 * only the first of them, with a joiner that takes the next cell. */
static bool is_sure(const wchar_t *wide, size_t count, int width)
{
    if (wcwidth(wide[0]) != width || (wide[0] >= 0x1f1e6 && wide[0] <= 0x1f1ff) ||
        (wide[0] >= 0x1f3fb && wide[0] <= 0x1f3ff))
        return false;
    for (size_t i = 1; i < count; i++)
        if (wcwidth(wide[i]) != 0 || wide[i] == 0x200d ||
            (wide[i] == 0xfe0e && width == 2) || (wide[i] == 0xfe0f && width == 1))
            return false;
    return true;
}

/* A cluster that would shift the rest of the row has a question mark and its spaces. */
static void show_cell(int row, int column, const struct cell *cell, attr_t attributes,
                      int pair)
{
    wchar_t wide[CELL_BYTES];
    size_t n = mbstowcs(wide, cell->text, CELL_BYTES - 1);
    bool fits = n != (size_t)-1 && n >= 1 && n <= CELL_POINTS &&
                is_sure(wide, n, cell->width);
    if (!fits) {
        wide[0] = L'?';
        n = 1;
    }
    wide[n] = 0;
    cchar_t out;
    setcchar(&out, wide, attributes, 0, &pair);
    mvadd_wch(row, column, &out);
    if (!fits && cell->width == 2) {
        setcchar(&out, L" ", attributes, 0, &pair);
        mvadd_wch(row, column + 1, &out);
    }
}

/* While keys wait, the next screen follows at once, and a slow line does not send them
 * all. */
static void send_screen(struct terminal *t)
{
    t->late = keyboard_patience(&t->keyboard) >= 0;
    if (!t->late)
        refresh();
}

void terminal_show(struct terminal *t, const struct canvas *c)
{
    int rows = c->rows < LINES ? c->rows : LINES;
    int columns = c->columns < COLS ? c->columns : COLS;
    struct style last = {0, 0, 0};
    int pair = -1;
    make_pairs(t, rows * columns);
    erase();
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++) {
            const struct cell *cell = canvas_cell(c, row, column);
            if (cell->width == 0)
                continue;
            if (pair < 0 || memcmp(&last, &cell->style, sizeof last) != 0) {
                last = cell->style;
                pair = pair_of(t, last);
            }
            if (column + cell->width <= columns)
                show_cell(row, column, cell, curses_attributes(last.attributes), pair);
        }
    curs_set(c->cursor_visible ? 1 : 0);
    if (c->cursor_visible)
        move(c->cursor_row, c->cursor_column);
    send_screen(t);
}

/* ---- events ---- */

static void take_new_size(struct event *event)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
        resize_term(size.ws_row, size.ws_col);
    clearok(curscr, TRUE);
    *event = (struct event){.kind = EVENT_RESIZE, .rows = LINES, .columns = COLS};
}

/* After a stop: our modes again, and everything is painted anew. */
static void come_back(struct terminal *t)
{
    def_prog_mode();
    endwin();
    reset_prog_mode();
    set_modes(t);
    refresh();
}

static bool take_signal(struct terminal *t, struct event *event)
{
    enum signal_news news = signals_news();
    if (news == SIGNAL_NOTHING)
        return false;
    if (news == SIGNAL_CONTINUED)
        come_back(t);
    take_new_size(event);
    return true;
}

static int keys_descriptor(const struct terminal *t)
{
    return t->keys ? fileno(t->keys) : STDIN_FILENO;
}

/* false when no more can come. */
static bool hear(struct terminal *t)
{
    char bytes[256];
    ssize_t n = read(keys_descriptor(t), bytes, sizeof bytes);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    keyboard_put(&t->keyboard, bytes, (size_t)n);
    t->heard = clock_now();
    return n > 0;
}

/* The milliseconds until what has begun to come is over; -1 when nothing has. */
static int until_pause(const struct terminal *t)
{
    int patience = keyboard_patience(&t->keyboard);
    if (patience < 0)
        return -1;
    double left = t->heard + patience - clock_now();
    return left > 0 ? (int)left + 1 : 0;
}

/* The milliseconds until `end`; -1 where there is none. */
static int until(double end)
{
    double left = end - clock_now();
    return end < 0 ? -1 : left > 0 ? (int)left + 1 : 0;
}

/* Waits for bytes or a signal, as long as both times allow that are not -1. false when
 * the terminal is gone. */
static bool wait_for_more(struct terminal *t, int one, int other)
{
    struct pollfd fds[] = {
        {keys_descriptor(t), POLLIN, 0},
        {signals_descriptor(), POLLIN, 0},
    };
    int wait = one < 0 || (other >= 0 && other < one) ? other : one;
    if (poll(fds, 2, wait) <= 0)
        return true;
    if (fds[0].revents & POLLIN)
        return hear(t);
    return !(fds[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

bool terminal_event(struct terminal *t, int milliseconds, struct event *event)
{
    double end = milliseconds < 0 ? -1 : clock_now() + milliseconds;
    for (;;) {
        if (take_signal(t, event) || keyboard_take(&t->keyboard, false, event))
            return true;
        if (t->late)
            refresh();
        t->late = false;
        double heard = t->heard;
        if (!wait_for_more(t, until_pause(t), until(end)))
            return false;
        if (t->heard != heard)
            continue;
        if (until_pause(t) == 0 && keyboard_take(&t->keyboard, true, event))
            return true;
        if (until(end) == 0) {
            *event = (struct event){.kind = EVENT_TICK, .milliseconds = milliseconds};
            return true;
        }
    }
}
