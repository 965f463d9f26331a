/* Golden frames: screens under tests/data/frames, compared or, with UPDATE_FRAMES set
 * (`make frames`), written anew. Needs the modules up to screen/app.
 * At other sizes than theirs, what holds at every size is checked: frame_compare_sizes.
 *
 * A file holds the screen twice, row for row: its text, then, below the line "~~~ looks",
 * how every cell looks, one letter a column (a wide character has two):
 *
 *     0-4  heat, low to high                  space  plain text, and blanks
 *     5-9  heat of signed values, 7 around 0  t  title     r  result     #  number
 *     C  cursor                               f  focus     d  dim        l  border
 *     q  cursor without the focus             a  axis      m  masked     i  id of a stage
 *     *  the same on heat                     w  token     W  token in turn
 *     Q  the same on a number without heat    X  unknown token
 *     S  selection                            o  tab       O  tab in turn
 *     |  where typed text goes                b  key bar   K  key in the bar
 *     >  text is cut here without a mark
 *     u  typed text                           p  step of the map: past, N now, n to come
 *     e  formula   E  in reverse              B  badge of what is switched off
 *     !  warning   V  in reverse              g  good
 *     A-Y  two levels of heat on a half block: 5 upper + lower; Z  one of them masked
 *
 * Heat has few levels, so that the last digit of a number changes none. The number 0 has
 * the letter 0 on the map of signed values too, and blanks beside it are plain. Where two
 * looks are one in a theme, as the cursor and the step of the map now, the upper row of
 * frame_looks gives the letter. */
#ifndef FRAMES_H
#define FRAMES_H

#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "paint/theme.h"
#include "screen/app.h"

#include "support.h"

#include <ctype.h>
#include <unistd.h>

static const struct frame_look {
    enum look look;
    char letter;
    unsigned toggled; /* attributes */
} frame_looks[] = {
    {LOOK_TEXT, ' ', 0},
    {LOOK_NUMBER, '#', 0},
    {LOOK_TITLE, 't', 0},
    {LOOK_RESULT, 'r', 0},
    {LOOK_FOCUS, 'f', 0},
    {LOOK_DIM, 'd', 0},
    {LOOK_BORDER, 'l', 0},
    {LOOK_STAGE_ID, 'i', 0},
    {LOOK_CURSOR, 'C', 0},
    {LOOK_CURSOR_QUIET, 'q', 0},
    {LOOK_NUMBER, 'Q', ATTRIBUTE_BOLD},
    {LOOK_SELECTION, 'S', 0},
    {LOOK_TRACK_NOW, 'N', 0},
    {LOOK_TRACK_DONE, 'p', 0},
    {LOOK_TRACK_LATER, 'n', 0},
    {LOOK_TOKEN_ON, 'W', 0},
    {LOOK_TOKEN, 'w', 0},
    {LOOK_AXIS, 'a', 0},
    {LOOK_MASKED, 'm', 0},
    {LOOK_TAB_ON, 'O', 0},
    {LOOK_TAB, 'o', 0},
    {LOOK_BAR_KEY, 'K', 0},
    {LOOK_BAR, 'b', 0},
    {LOOK_FORMULA, 'e', 0},
    {LOOK_FORMULA, 'E', ATTRIBUTE_REVERSE},
    {LOOK_GOOD, 'g', 0},
    {LOOK_WARNING, '!', 0},
    {LOOK_WARNING, 'V', ATTRIBUTE_REVERSE},
    {LOOK_BADGE, 'B', 0},
    {LOOK_INPUT, 'u', 0},
    {LOOK_UNKNOWN, 'X', 0},
};

#define FRAME_STRANGE '?' /* a look without a letter or half a character, which fails */
#define FRAME_LOOKS "~~~ looks\n"

static inline struct rgb frame_rgb(uint32_t color)
{
    return (struct rgb){(uint8_t)(color >> 16), (uint8_t)(color >> 8), (uint8_t)color};
}

/* The colour's place on a map, 0 to FRAME_PLACES - 1, and how far from it the colour is.
 * Every level has as many places, and the middle one is the same from both sides; no level
 * ends at a round share, where many numbers stand. */
#define FRAME_LEVELS 5
#define FRAME_PLACES (FRAME_LEVELS * 41)
static inline int frame_place(bool diverging, struct rgb color, int *nearest)
{
    const struct colormap *map = colormap_default(COLORMAP_ON_NIGHT, diverging);
    int best = 0;
    *nearest = 3 * 255;
    for (int i = 0; i < FRAME_PLACES; i++) {
        struct rgb at = colormap_color(map, i / (FRAME_PLACES - 1.0));
        int away = abs(at.r - color.r) + abs(at.g - color.g) + abs(at.b - color.b);
        if (away < *nearest) {
            best = i;
            *nearest = away;
        }
    }
    return best;
}

/* 0 to 4 on the map of the dark theme for values that are not negative, 5 to 9 on that of
 * signed ones, or -1 on none. 0 itself has the same colour on both. */
static inline int frame_level(uint32_t color)
{
    int away, signed_away;
    int place = frame_place(false, frame_rgb(color), &away);
    int signed_place = frame_place(true, frame_rgb(color), &signed_away);
    if (away > 5 && signed_away > 5)
        return -1;
    return away <= signed_away
               ? place * FRAME_LEVELS / FRAME_PLACES
               : FRAME_LEVELS + signed_place * FRAME_LEVELS / FRAME_PLACES;
}

static inline bool frame_style_is(struct style a, struct style b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attributes == b.attributes;
}

/* Of two numbers one above the other. */
static inline char frame_half_block(struct style s, uint32_t masked)
{
    int upper = frame_level(s.fg), lower = frame_level(s.bg);
    if (s.fg == masked || s.bg == masked)
        return 'Z';
    if (upper < 0 || lower < 0)
        return FRAME_STRANGE;
    return (char)('A' + upper % FRAME_LEVELS * FRAME_LEVELS + lower % FRAME_LEVELS);
}

static inline char frame_heat(const struct canvas *c, const struct cell *cell)
{
    struct style s = cell->style;
    if (strcmp(cell->text, "▀") == 0)
        return frame_half_block(s, theme_style(c, LOOK_MASKED).bg);
    int level = frame_level(s.bg);
    if (level < 0 || !rgb_equal(frame_rgb(s.fg), colormap_text(frame_rgb(s.bg))))
        return FRAME_STRANGE;
    return s.attributes == 0                ? (char)('0' + level)
           : s.attributes == ATTRIBUTE_BOLD ? '*'
                                            : FRAME_STRANGE;
}

static inline char frame_letter(const struct canvas *c, const struct cell *cell)
{
    const unsigned seen = ATTRIBUTE_REVERSE | ATTRIBUTE_UNDERLINE; /* on blanks too */
    if (strcmp(cell->text, " ") == 0 && !(cell->style.attributes & seen) &&
        cell->style.bg == theme_style(c, LOOK_TEXT).bg)
        return ' ';
    for (size_t i = 0; i < sizeof frame_looks / sizeof *frame_looks; i++) {
        struct style s = theme_style(c, frame_looks[i].look);
        s.attributes ^= frame_looks[i].toggled;
        if (frame_style_is(s, cell->style))
            return frame_looks[i].letter;
    }
    return frame_heat(c, cell);
}

/* A wide character has both of its columns, and no cell has more than it says. */
static inline bool frame_cell_is_whole(const struct canvas *c, int y, int x)
{
    const struct cell *cell = canvas_cell(c, y, x);
    bool right = x > 0 && cell[-1].width == 2;
    return right == (cell->width == 0) && x + cell->width <= c->columns &&
           text_width(cell->text) == cell->width;
}

/* Of one row; a style that goes on has the letter before. */
static inline void frame_row(const struct canvas *c, int y, char *row)
{
    char letter = ' ';
    for (int x = 0; x < c->columns; x++) {
        const struct cell *cell = canvas_cell(c, y, x);
        bool same = x && frame_style_is(cell->style, cell[-1].style) &&
                    (cell->text[0] == ' ') == (cell[-1].text[0] == ' ');
        if (!same)
            letter = frame_letter(c, cell);
        row[x] = !frame_cell_is_whole(c, y, x) ? FRAME_STRANGE : cell->cut ? '>' : letter;
    }
    if (c->cursor_visible && c->cursor_row == y)
        row[c->cursor_column] = '|';
}

/* The letters of all cells, spaces at the end of a row cut. Caller frees. */
static inline char *frame_letters(const struct canvas *c)
{
    struct buffer b = {0};
    char *row = mem_zero((size_t)c->columns + 1, 1);
    for (int y = 0; y < c->rows; y++) {
        frame_row(c, y, row);
        int end = c->columns;
        while (end > 0 && row[end - 1] == ' ')
            end--;
        buffer_add_bytes(&b, row, (size_t)end);
        buffer_add(&b, "\n");
    }
    free(row);
    return buffer_take(&b);
}

/* ---- text ---- */

/* "7.7e-06" becomes "#.#e-##". */
static inline void frame_blot(char *frame)
{
    for (char *s = frame; *s; s++)
        if (isdigit((unsigned char)s[0]) && s[1] == '.' && isdigit((unsigned char)s[2]) &&
            s[3] == 'e' && (s[4] == '-' || s[4] == '+'))
            s[0] = s[2] = s[5] = s[6] = '#';
}

/* The screen as text, without digits that are not the same everywhere. Caller frees. */
static inline char *frame_text(const struct canvas *c)
{
    char *text = canvas_dump(c);
    frame_blot(text);
    return text;
}

/* ---- comparison ---- */

static int frames_bad, frames_compared;

/* Differences that no frame_done has told do not pass. */
static void frames_left(void)
{
    if (!frames_bad)
        return;
    fprintf(stderr, "%d faults of frames, and no frame_done was called\n", frames_bad);
    _exit(1);
}

static inline void frame_print(char sign, const char *from, const char *to)
{
    while (from < to) {
        int length = (int)strcspn(from, "\n");
        fprintf(stderr, "%c%.*s\n", sign, length, from);
        from += length + (from[length] == '\n');
    }
}

static inline const char *frame_next(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

static inline bool frame_line_is(const char *a, const char *b)
{
    size_t length = strcspn(a, "\n");
    return length == strcspn(b, "\n") && memcmp(a, b, length) == 0 && *a && *b;
}

/* The lines that differ, those of the file first. */
static inline void frame_diff(const char *path, const char *golden, const char *now)
{
    fprintf(stderr, "--- %s\n+++ now\n", path);
    for (int line = 1; *golden || *now; line++) {
        if (frame_line_is(golden, now)) {
            golden = frame_next(golden);
            now = frame_next(now);
            continue;
        }
        const char *a = golden, *b = now;
        int first = line;
        for (; (*golden || *now) && !frame_line_is(golden, now); line++) {
            golden = frame_next(golden);
            now = frame_next(now);
        }
        line--;
        fprintf(stderr, "@@ line %d @@\n", first);
        frame_print('-', a, golden);
        frame_print('+', b, now);
    }
}

/* Tells tests/check/frames which files have a test. */
static inline void frame_note(const char *path)
{
    const char *seen = getenv("FRAMES_SEEN");
    FILE *f = seen ? fopen(seen, "a") : NULL;
    if (seen && (!f || fprintf(f, "%s\n", path) < 0 || fclose(f) != 0))
        fail_msg("%s cannot be written", seen);
}

static inline bool frame_passes(const char *path, const char *frame, bool strange)
{
    struct error e = {0};
    if (strange) {
        fprintf(stderr, "%s has a cell, ?, of half a character or of no known look:\n%s",
                path, frame);
        return false;
    }
    if (getenv("UPDATE_FRAMES"))
        return file_write(path, frame, strlen(frame), true, &e) == 0;
    char *golden = file_read(path, 1 << 20, NULL, &e);
    if (!golden)
        fprintf(stderr, "%s: %s\n", path, e.message);
    bool same = golden && strcmp(golden, frame) == 0;
    if (golden && !same)
        frame_diff(path, golden, frame);
    free(golden);
    return same;
}

/* Compares the canvas with tests/data/frames/NAME.txt. A difference is printed and
 * counted; frame_done fails. */
static inline void frame_compare(const char *name, const struct canvas *c)
{
    char *path = mem_format("tests/data/frames/%s.txt", name);
    char *text = frame_text(c), *letters = frame_letters(c);
    char *frame = mem_format("%s" FRAME_LOOKS "%s", text, letters);
    if (!frames_compared++)
        atexit(frames_left);
    frame_note(path);
    frames_bad += !frame_passes(path, frame, strchr(letters, FRAME_STRANGE));
    free(frame);
    free(letters);
    free(text);
    free(path);
}

/* ---- properties ---- */

static inline void frame_fault(const char *name, const struct canvas *c, int row,
                               int column, int end, const char *what)
{
    fprintf(stderr, "%s, row %d, column %d: %s: \"", name, row + 1, column + 1, what);
    for (int x = column; x < end; x++)
        fprintf(stderr, "%s", canvas_cell(c, row, x)->text);
    fprintf(stderr, "\"\n");
    frames_bad++;
}

/* Whether an ellipsis stands there, or behind the half of a wide character that it left. */
static inline bool frame_is_mark(const struct canvas *c, int y, int x)
{
    if (x < c->columns && strcmp(canvas_cell(c, y, x)->text, " ") == 0)
        x++;
    return x < c->columns &&
           strcmp(canvas_cell(c, y, x)->text, c->ascii ? "~" : "…") == 0;
}

/* Of what is seen of one text, from `first` to before `end`. A text has its start, and its
 * end or a mark: of its own, or of a text that found no room behind it. */
static inline void frame_text_is_whole(const char *name, const struct canvas *c, int y,
                                       int first, int end)
{
    bool seen = false, starts = false, ends = false;
    for (int x = first; x < end; x++) {
        const struct cell *cell = canvas_cell(c, y, x);
        seen |= cell->text[0] && cell->text[0] != ' ';
        starts |= cell->start;
        ends |= cell->end || cell->cut;
    }
    if (seen && !starts && !frame_is_mark(c, y, first))
        frame_fault(name, c, y, first, end, "a text is painted over where it starts");
    if (seen && !ends && !frame_is_mark(c, y, end))
        frame_fault(name, c, y, first, end, "a text is cut without a mark");
}

static inline void frame_cell_is_right(const char *name, const struct canvas *c, int y,
                                       int x)
{
    const struct cell *cell = canvas_cell(c, y, x);
    if (!frame_cell_is_whole(c, y, x))
        frame_fault(name, c, y, x, x + 1, "half a character");
    if (cell->cut && isdigit((unsigned char)cell->text[0]))
        frame_fault(name, c, y, x, x + 1, "a number goes on without a mark");
}

/* What holds at every size: characters are whole, and so are texts, or a mark says that
 * they go on. Only labels in very narrow columns are cut without one, and never numbers. */
static inline void frame_properties(const char *name, const struct canvas *c)
{
    for (int y = 0; y < c->rows; y++)
        for (int x = 0, end; x < c->columns; x = end) {
            unsigned text = canvas_cell(c, y, x)->painted;
            for (end = x; end < c->columns; end++) {
                if (canvas_cell(c, y, end)->painted != text)
                    break;
                frame_cell_is_right(name, c, y, end);
            }
            if (text)
                frame_text_is_whole(name, c, y, x, end);
        }
}

/* Whether a pane of the screen is scrolled or has more: an arrow up, down or to the left. */
static inline bool frame_scrolls(const struct canvas *c)
{
    static const char *const marks[] = {"▲", "▼", "◂"};
    for (int i = 0; i < c->rows * c->columns; i++)
        for (int k = 0; k < 3; k++)
            if (strcmp(c->cells[i].text, marks[k]) == 0)
                return true;
    return false;
}

/* Whether so many rows of so many columns are blank somewhere. */
static inline bool frame_has_blank(const struct canvas *c, int rows, int columns)
{
    int *high = mem_zero((size_t)c->columns, sizeof *high); /* blanks above each other */
    bool found = false;
    for (int y = 0; y < c->rows; y++)
        for (int x = 0, run = 0; x < c->columns; x++) {
            const char *text = canvas_cell(c, y, x)->text;
            high[x] = strcmp(text, " ") == 0 ? high[x] + 1 : 0;
            run = high[x] >= rows ? run + 1 : 0;
            found |= run >= columns;
        }
    free(high);
    return found;
}

/* No pane scrolls beside an empty one: of a screen that is larger than a plain one no
 * quarter is blank, a third of it high, while something on it is scrolled. */
static const char *const frame_growing[] = {"compare", "lab", "words", "jump", "page"};

static inline void frame_grows(const char *name, const char *screen,
                               const struct canvas *c)
{
    bool grows = false;
    for (size_t i = 0; i < sizeof frame_growing / sizeof *frame_growing; i++)
        grows |= strcmp(frame_growing[i], screen) == 0;
    if (grows && c->columns > 100 && frame_scrolls(c) &&
        frame_has_blank(c, c->rows / 3, c->columns / 4))
        frame_fault(name, c, 0, 0, c->columns, "a pane scrolls beside an empty one");
}

/* The last two rows: the bar of keys with the one for help, and the proof. */
struct frame_foot {
    bool bar, help, proof;
};

/* A message that is too long for one row takes that of the keys, too. */
static inline bool frame_foot_is_message(const struct canvas *c)
{
    struct style above = canvas_cell(c, c->rows - 2, 0)->style;
    struct style last = canvas_cell(c, c->rows - 1, 0)->style;
    return frame_style_is(above, last) &&
           (frame_style_is(last, theme_style(c, LOOK_GOOD)) ||
            frame_style_is(last, theme_style(c, LOOK_WARNING)));
}

static inline struct frame_foot frame_foot_of(const struct canvas *c)
{
    struct frame_foot foot = {0};
    struct style key = theme_style(c, LOOK_BAR_KEY);
    for (int x = 0; x < c->columns; x++) {
        const struct cell *cell = canvas_cell(c, c->rows - 1, x);
        bool is_key = frame_style_is(cell->style, key);
        foot.bar |= is_key;
        foot.help |= is_key && strcmp(cell->text, "?") == 0;
    }
    for (int x = 0; x < 2; x++) {
        const char *sign = canvas_cell(c, c->rows - 2, x)->text;
        foot.proof |= strcmp(sign, "✓") == 0 || strcmp(sign, "≠") == 0;
    }
    return foot;
}

static inline void frame_foot_stays(const char *name, const struct canvas *c,
                                    struct frame_foot wanted)
{
    struct frame_foot foot = frame_foot_of(c);
    int end = c->columns, bar = c->rows - 1;
    if (frame_foot_is_message(c))
        return;
    if (wanted.bar && !foot.bar)
        frame_fault(name, c, bar, 0, end, "the bar of keys is missing");
    if (wanted.help && !foot.help)
        frame_fault(name, c, bar, 0, end, "the key for help is missing");
    if (wanted.proof && !foot.proof)
        frame_fault(name, c, bar - 1, 0, end, "the proof is missing");
}

/* ---- a screen at every size ---- */

/* The first is the one of the golden frames; a small one may take away what is scrolled. */
static const struct {
    int rows, columns;
} frame_sizes[] = {{24, 80},  {30, 100}, {36, 120}, {60, 200},
                   {80, 300}, {20, 60},  {12, 40}};

/* Golden frames at other sizes: one of each screen that is laid out in another way there. */
static const char *const frame_layouts[] = {
    "weights-en-120x36",       "weights-ko-200x60",        "bridge-ko-60x20",
    "start-en-60x20",          "start-ko-200x60",          "scores-en-200x60",
    "path-ko-60x20",           "prediction-ko-200x60",     "heads-en-60x20",
    "heads-ko-200x60",         "help-en-200x60",           "compare-en-60x20",
    "compare-ko-200x60",       "lab-off-en-60x20",         "lab-off-ko-200x60",
    "words-ko-60x20",          "words-en-200x60",
    "jump-en-200x60",          "worked-cell-en-200x60",    "lesson-start-ko-60x20",
    "lesson-vectors-en-60x20", "lesson-vectors-ko-200x60", "lesson-measured-en-200x60",
    "home-own-en-40x12",       "home-ko-200x60",           "lesson-mistake-ko-60x20",
    "lesson-typing-en-60x20",
    "home-own-en-40x12",       "home-ko-200x60",          "map-en-60x20",
    "map-ko-120x36",           "map-en-200x60",           "map-deep-en-40x12",
};

static inline bool frame_is_golden(const char *name)
{
    for (size_t i = 0; i < sizeof frame_layouts / sizeof *frame_layouts; i++)
        if (strcmp(frame_layouts[i], name) == 0)
            return true;
    return false;
}

/* Shows the screen of the app at every size. The properties are checked, and at 80x24, as
 * at the layouts above, it is compared with the golden frame "WHAT-en-80x24". */
static inline void frame_compare_sizes(const char *what, struct app *app)
{
    struct script none = {0};
    struct frame_foot foot = {0};
    for (size_t i = 0; i < sizeof frame_sizes / sizeof *frame_sizes; i++) {
        int rows = frame_sizes[i].rows, columns = frame_sizes[i].columns;
        const struct canvas *c = app_run_script(app, &none, rows, columns);
        const char *language = say_language() == LANGUAGE_KO ? "ko" : "en";
        char *name = mem_format("%s-%s-%dx%d", what, language, columns, rows);
        frame_properties(name, c);
        frame_grows(name, app_top(app)->name, c);
        if (i == 0)
            foot = frame_foot_of(c);
        frame_foot_stays(name, c, foot);
        if (i == 0 || frame_is_golden(name))
            frame_compare(name, c);
        free(name);
    }
}

/* Fails when a frame differed or a property did not hold; at the end of a test, after all
 * its frames. */
static inline void frame_done(void)
{
    int bad = frames_bad;
    frames_bad = 0;
    if (bad)
        fail_msg("%d faults of frames; `make frames` writes anew those that differ", bad);
}

#endif
