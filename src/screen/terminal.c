#define NCURSES_WIDECHAR 1
#include "screen/terminal.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "paint/colormap.h"
#include "screen/signals.h"
#include "screen/truecolor.h"

#include <curses.h>
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

/* Codes for the two ends of a bracketed paste, above every code that curses uses. */
enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END };

#define READABLE 4.5 /* the least contrast of letters, as WCAG has it */

struct color_pair {
    int fg, bg;
};

struct terminal {
    SCREEN *screen;
    FILE *keys; /* opened by us, or NULL for standard input */
    struct terminal_can can;
    int pairs; /* of colours, in use */
    struct buffer paste;
    char *text; /* of the last event */
};

void terminal_set_locale(void)
{
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && !setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "en_US.UTF-8");
    setlocale(LC_NUMERIC, "C");
}

/* ---- opening ---- */

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

static void keep_capability(const char *name)
{
    char writable[16];
    snprintf(writable, sizeof writable, "%s", name);
    char *value = tigetstr(writable);
    if (value && value != (char *)-1)
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

static void name_key(const char *sequence, int code)
{
    define_key(sequence, code);
}

static void set_modes(struct terminal *t)
{
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    leaveok(stdscr, FALSE);
    name_key("\033[200~", PASTE_BEGIN);
    name_key("\033[201~", PASTE_END);
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

/* Terminals whose types are often newer than the descriptions that are installed; all of
 * them imitate xterm. */
static bool is_like_xterm(const char *term)
{
    static const char *const like[] = {"xterm", "foot",    "kitty",   "alacritty",
                                       "vte",   "ghostty", "wezterm", NULL};
    return name_begins(term, like);
}

/* With direct colours where the terminal has them. */
static SCREEN *new_screen(const struct terminal *t, const char *term)
{
    bool direct = truecolor_is_told(term) && !is_poor(term);
    const char *names[] = {term, "xterm-256color"};
    int count = direct || is_like_xterm(term) ? 2 : 1;
    SCREEN *screen = NULL;
    for (int i = 0; i < count && !screen; i++) {
        char *description = direct ? truecolor_description(names[i]) : NULL;
        if (description)
            screen = new_screen_as(t, names[i], description);
        if (!screen)
            screen = new_screen_as(t, names[i], NULL);
        free(description);
    }
    return screen;
}

static int open_screen(struct terminal *t, struct error *e)
{
    const char *term = getenv("TERM");
    if (!term || !*term)
        term = "unknown";
    t->screen = new_screen(t, term);
    if (t->screen) {
        set_term(t->screen);
        char cup[] = "cup", clear[] = "clear";
        char *move = tigetstr(cup), *wipe = tigetstr(clear);
        if (move && move != (char *)-1 && wipe && wipe != (char *)-1)
            return 0;
        endwin();
        delscreen(t->screen);
        t->screen = NULL;
    }
    return error_set(e,
                     "walk: the terminal type TERM=%.40s cannot show screens; set TERM "
                     "to what your terminal is, or use `stepformer walk --plain`",
                     term);
}

struct terminal *terminal_open(struct error *e)
{
    terminal_set_locale();
    struct terminal *t = mem_zero(1, sizeof *t);
    if (open_streams(t, e) < 0 || open_screen(t, e) < 0) {
        signals_close();
        if (t->keys)
            fclose(t->keys);
        free(t);
        return NULL;
    }
    t->can = capabilities(getenv("TERM"));
    set_modes(t);
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
    buffer_free(&t->paste);
    free(t->text);
    free(t);
}

const struct terminal_can *terminal_can(const struct terminal *t)
{
    return &t->can;
}

void terminal_size(const struct terminal *t, int *rows, int *columns)
{
    (void)t;
    *rows = LINES;
    *columns = COLS;
}

/* ---- showing ---- */

static int square(int x)
{
    return x * x;
}

static int color_distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);
    return 2 * square(red) + 4 * square(green) + 3 * square(blue);
}

/* The palette's cube has six levels a channel, then come 24 greys. */
static const int levels[] = {0, 95, 135, 175, 215, 255};

int terminal_palette_256(uint32_t rgb)
{
    int cube = 0;
    uint32_t cube_color = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        int value = (int)(rgb >> shift & 255), best = 0;
        for (int i = 1; i < 6; i++)
            if (abs(levels[i] - value) < abs(levels[best] - value))
                best = i;
        cube = 6 * cube + best;
        cube_color = cube_color << 8 | (uint32_t)levels[best];
    }
    int mean = (int)((rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255)) / 3;
    int step = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
    uint32_t grey = (uint32_t)(8 + 10 * step) * 0x010101u;
    if (color_distance(rgb, grey) < color_distance(rgb, cube_color))
        return 232 + step;
    return 16 + cube;
}

uint32_t terminal_color_256(int index)
{
    if (index >= 232)
        return (uint32_t)(8 + 10 * (index - 232)) * 0x010101u;
    int cube = index - 16;
    return (uint32_t)(levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 |
                      levels[cube % 6]);
}

int terminal_palette_8(uint32_t rgb)
{
    int best = 0, best_distance = -1;
    for (int i = 0; i < 8; i++) {
        uint32_t color =
            (i & 1 ? 0xcd0000u : 0) | (i & 2 ? 0x00cd00u : 0) | (i & 4 ? 0x0000cdu : 0);
        int distance = color_distance(rgb, color);
        if (best_distance < 0 || distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

static int map_color(const struct terminal *t, uint32_t color)
{
    if (color == COLOR_DEFAULT)
        return -1;
    switch (t->can.colors) {
    case COLORS_DIRECT:
        return (int)color;
    case COLORS_256:
        return terminal_palette_256(color);
    default:
        return terminal_palette_8(color);
    }
}

static struct rgb rgb_of(uint32_t color)
{
    return (struct rgb){(uint8_t)(color >> 16), (uint8_t)(color >> 8), (uint8_t)color};
}

/* As what the palette makes of the background is another colour, letters that could be
 * read may be lost; then they turn to black or white. */
int terminal_letters_256(uint32_t fg, uint32_t bg)
{
    int letters = terminal_palette_256(fg);
    struct rgb seen = rgb_of(terminal_color_256(letters));
    struct rgb ground = rgb_of(terminal_color_256(terminal_palette_256(bg)));
    if (colormap_contrast(rgb_of(fg), rgb_of(bg)) < READABLE ||
        colormap_contrast(seen, ground) >= READABLE)
        return letters;
    return colormap_text(ground).r ? 231 : 16;
}

/* With eight colours letters and background may fall together; then the letters turn to
 * black or white. */
static struct color_pair map_pair(const struct terminal *t, struct style style)
{
    struct color_pair pair = {map_color(t, style.fg), map_color(t, style.bg)};
    if (t->can.colors == COLORS_256 && pair.fg >= 0 && pair.bg >= 0)
        pair.fg = terminal_letters_256(style.fg, style.bg);
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

/* A glyph whose width curses counts in another way would shift the rest of the row, so a
 * question mark and its spaces stand for it. */
static void show_cell(int row, int column, const struct cell *cell, attr_t attributes,
                      int pair)
{
    wchar_t wide[CELL_BYTES];
    size_t n = mbstowcs(wide, cell->text, CELL_BYTES - 1);
    bool fits = n != (size_t)-1 && n >= 1 && wcwidth(wide[0]) == cell->width;
    if (!fits) {
        wide[0] = L'?';
        n = 1;
    }
    wide[n < 5 ? n : 5] = 0;
    cchar_t out;
    setcchar(&out, wide, attributes, 0, &pair);
    mvadd_wch(row, column, &out);
    if (!fits && cell->width == 2) {
        setcchar(&out, L" ", attributes, 0, &pair);
        mvadd_wch(row, column + 1, &out);
    }
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
    refresh();
}

/* ---- events ---- */

static uint32_t key_of_curses(int code)
{
    static const struct {
        int code;
        const char *name;
    } named[] = {
        {KEY_UP, "Up"},       {KEY_DOWN, "Down"},        {KEY_LEFT, "Left"},
        {KEY_RIGHT, "Right"}, {KEY_HOME, "Home"},        {KEY_END, "End"},
        {KEY_PPAGE, "PgUp"},  {KEY_NPAGE, "PgDn"},       {KEY_BACKSPACE, "Backspace"},
        {KEY_DC, "Delete"},   {KEY_IC, "Insert"},        {KEY_BTAB, "Shift-Tab"},
        {KEY_ENTER, "Enter"}, {KEY_SLEFT, "Shift-Left"}, {KEY_SRIGHT, "Shift-Right"},
        {KEY_SR, "Shift-Up"}, {KEY_SF, "Shift-Down"},    {KEY_A1, "Home"},
        {KEY_A3, "PgUp"},     {KEY_C1, "End"},           {KEY_C3, "PgDn"},
    };
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (named[i].code == code)
            return key_find(named[i].name);
    if (code > KEY_F0 && code <= KEY_F(12)) {
        char name[8];
        snprintf(name, sizeof name, "F%d", (code - KEY_F0) & 15);
        return key_find(name);
    }
    return KEY_NONE;
}

static uint32_t key_of_character(wint_t c)
{
    if (c == 127 || c == 8)
        return key_find("Backspace");
    if (c == '\n')
        return KEY_RETURN;
    return (uint32_t)c;
}

/* All that comes until the end of the paste; a paste that never ends stops at a pause. */
static void read_paste(struct terminal *t, struct event *event)
{
    buffer_free(&t->paste);
    for (;;) {
        wint_t c;
        int status = get_wch(&c);
        if (status == ERR) {
            struct pollfd fd = {t->keys ? fileno(t->keys) : STDIN_FILENO, POLLIN, 0};
            if (poll(&fd, 1, 200) <= 0)
                break;
        } else if (status == KEY_CODE_YES) {
            if (c == PASTE_END)
                break;
        } else if (t->paste.length < 65536) {
            char bytes[4];
            buffer_add_bytes(&t->paste, bytes, utf8_encode((uint32_t)c, bytes));
        }
    }
    free(t->text);
    t->text = buffer_take(&t->paste);
    *event = (struct event){.kind = EVENT_TEXT, .text = t->text};
}

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

/* A key that curses has ready. */
static bool take_key(struct terminal *t, struct event *event)
{
    wint_t c;
    int status = get_wch(&c);
    if (status == ERR)
        return false;
    *event = (struct event){.kind = EVENT_KEY};
    if (status != KEY_CODE_YES)
        event->key = key_of_character(c);
    else if (c == KEY_RESIZE)
        take_new_size(event);
    else if (c == PASTE_BEGIN)
        read_paste(t, event);
    else
        event->key = key_of_curses((int)c);
    return true;
}

bool terminal_event(struct terminal *t, int milliseconds, struct event *event)
{
    long end = (long)clock_now() + milliseconds;
    for (;;) {
        if (take_signal(t, event) || take_key(t, event))
            return true;
        int wait = -1;
        if (milliseconds >= 0) {
            long left = end - (long)clock_now();
            if (left <= 0) {
                *event = (struct event){.kind = EVENT_TICK, .milliseconds = milliseconds};
                return true;
            }
            wait = (int)left;
        }
        struct pollfd fds[] = {
            {t->keys ? fileno(t->keys) : STDIN_FILENO, POLLIN, 0},
            {signals_descriptor(), POLLIN, 0},
        };
        if (poll(fds, 2, wait) > 0 && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) &&
            !(fds[0].revents & POLLIN))
            return false;
    }
}
