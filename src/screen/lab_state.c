#include "screen/lab_state.h"

#include "base/memory.h"
#include "study/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

const char *lab_name(int row, enum language language)
{
    static const enum say names[WHATIF_COUNT] = {
#define WHATIF(NAME, ...) [WHATIF_##NAME] = SAY_WHATIF_##NAME,
#include "study/whatif.def"
#undef WHATIF
    };
    return say_in(language, names[row]);
}

char *lab_place_words(const struct lab *l, long place)
{
    const struct lab_place *p = &l->places[place];
    bool encoder = p->at.stack == STACK_ENCODER;
    if (p->depth == 0)
        return mem_string(say(SAY_LAB_EVERYWHERE));
    if (p->depth == 1)
        return mem_string(say(encoder ? SAY_MAP_ENCODER : SAY_MAP_DECODER));
    if (p->depth == 2)
        return mem_format("%s %d", say(encoder ? SAY_MAP_ENCODER : SAY_MAP_DECODER),
                          p->at.layer);
    struct stage_part part = {.kind = PART_LAYER, .place = p->at};
    char *title = stage_part_title(&part, say_language());
    if (p->head) {
        char *whole = mem_format("%s · %s %ld", title, say(SAY_RANGE_HEAD), p->head);
        free(title);
        title = whole;
    }
    return title;
}

/* The last of the words of the place. */
char *lab_place_name(const struct lab *l, long place)
{
    char *words = lab_place_words(l, place), *last = words, *next;
    while ((next = strstr(last, " · ")) != NULL)
        last = next + strlen(" · ");
    memmove(words, last, strlen(last) + 1);
    return words;
}

/* ---- what a row means ---- */

static const double temperatures[] = {0.1, 0.25, 0.5, 0.75, 1.5, 2, 4, 10};
#define TEMPERATURES (long)(sizeof temperatures / sizeof *temperatures)

static long count_words(const char *text)
{
    long n = text && *text ? 1 : 0;
    for (const char *s = text ? text : ""; *s; s++)
        n += *s == ' ';
    return n;
}

/* The k-th order of n words (from 1, the one as typed being number 0), lexicographic. */
static char *order_text(long n, long k)
{
    struct buffer b = {0};
    long left[64], total = 1;
    n = n > 8 ? 8 : n; /* a longer text is not offered, see order_fits */
    for (long i = 0; i < n; i++) {
        left[i] = i + 1;
        total *= i + 1;
    }
    k = ((k % total) + total) % total;
    for (long i = n; i > 0; i--) {
        total /= i;
        long at = k / total;
        k %= total;
        buffer_addf(&b, "%s%ld", b.length ? "," : "", left[at]);
        memmove(left + at, left + at + 1, (size_t)(i - at - 1) * sizeof *left);
    }
    return buffer_take(&b);
}

/* "2" of "softmax-temperature=2"; empty for what has no value. Caller frees. */
static char *value_text(const struct lab *l, int row)
{
    if (row == WHATIF_TEMPERATURE)
        return mem_format("%g", temperatures[l->value[row]]);
    if (row == WHATIF_RANDOM)
        return mem_format("%ld", l->value[row]);
    if (row == WHATIF_ORDER)
        return order_text(count_words(l->walk->session->text), l->value[row]);
    return mem_string("");
}

static char *whatif_of(const struct lab *l, int row, long place)
{
    char *value = value_text(l, row);
    const char *at = l->places[place].text;
    char *text = mem_format("%s%s%s%s%s", whatif_name((enum whatif_id)row),
                            *value ? "=" : "", value, *at ? "@" : "", at);
    free(value);
    return text;
}

char *lab_choice(const struct lab *l, int row)
{
    static const char *const forms[WHATIF_COUNT] = {[WHATIF_TEMPERATURE] = "T = "};
    char *value = value_text(l, row), *place = lab_place_words(l, l->place[row]);
    bool everywhere = l->place[row] == 0;
    struct buffer b = {0};
    if (*value)
        buffer_addf(&b, "%s%s", forms[row] ? forms[row] : "", value);
    if (!everywhere || !*value)
        buffer_addf(&b, "%s%s", b.length ? " · " : "", place);
    free(value);
    free(place);
    return buffer_take(&b);
}

/* The index in the session's list of what the row stands for: the same name and place. */
static long in_force(const struct lab *l, int row)
{
    const struct whatifs *list = &l->walk->session->whatifs;
    const char *place = l->places[l->place[row]].text;
    for (size_t i = 0; i < list->count; i++) {
        const struct whatif *w = &list->items[i];
        char *at = w->head ? mem_format("%s:%ld", w->place, w->head)
                           : mem_string(w->place ? w->place : "");
        bool same = w->id == (enum whatif_id)row && !strcmp(at, place);
        free(at);
        if (same)
            return (long)i;
    }
    return -1;
}

bool lab_is_on(const struct lab *l, int row)
{
    return in_force(l, row) >= 0;
}

long lab_count_in_force(const struct lab *l, int row)
{
    long n = 0;
    for (size_t i = 0; i < l->walk->session->whatifs.count; i++)
        n += l->walk->session->whatifs.items[i].id == (enum whatif_id)row;
    return n;
}

static bool place_fits(const struct lab *l, int row, long place)
{
    struct whatifs one = {0};
    struct error e = {0};
    if (row == WHATIF_RANDOM || row == WHATIF_ORDER)
        return place == 0;
    char *text = whatif_of(l, row, place);
    bool fits = whatifs_add(&one, text, &e) == 0 &&
                whatifs_check(&one, l->walk->session->model, &e) == 0;
    whatifs_free(&one);
    free(text);
    return fits;
}

bool lab_fits(const struct lab *l, long place)
{
    return l->fits[l->row][place];
}

/* ---- the run before and after ---- */

/* The stage that shows what goes on at a place: the weights of attention (of the last one
 * for everywhere), else what leaves the place. */
static int telling_stage(const struct lab *l, const struct plan *p)
{
    const struct lab_place *place = &l->places[l->place[l->row]];
    int last = 0, weights = -1;
    for (size_t i = 0; i < p->count; i++) {
        const struct stage *s = &p->stages[i];
        bool inside = place->depth == 0 || place_holds(place->at, s->place);
        if (s->place.gradient || !inside)
            continue;
        last = (int)i;
        if (s->role == ROLE_SOFTMAX && (place->depth == 0 || place->depth >= 3))
            weights = (int)i;
    }
    return weights >= 0 ? weights : last;
}

static void look(struct lab *l)
{
    if (!l->pair.ready)
        return;
    long head = l->places[l->place[l->row]].head;
    if (head)
        l->pair.at.head = head - 1;
    int stage = telling_stage(l, trace_plan(l->pair.panes[PAIR_BEFORE].shown.trace));
    pair_look(&l->pair, stage);
    if (l->pair.largest_count)
        pair_move_to(&l->pair, l->pair.largest[0]);
    if (head)
        pair_move_to(&l->pair,
                     (struct place){head - 1, l->pair.at.row, l->pair.at.column});
}

static void run_pair(struct lab *l)
{
    struct error e = {0};
    if (pair_make(&l->pair, l->walk->session, NULL, &e) < 0)
        pair_free(&l->pair);
    look(l);
}

/* ---- the exam and the session ---- */

void lab_say(struct lab *l, const char *message)
{
    char *copy = message ? mem_string(message) : NULL;
    free(l->message);
    l->message = copy;
}

/* The intact model's, and the one under the what-ifs in force. */
static void start_exams(struct lab *l)
{
    const struct session *s = l->walk->session;
    struct whatifs none = {0};
    struct error e = {0};
    if (!l->exams)
        l->exams = exams_new(s->model, &s->options.trace, l->walk->exam_limit);
    exams_pause(l->exams);
    if (exams_want_list(l->exams, &none, &e) < 0) {
        exams_free(l->exams);
        l->exams = NULL;
        free(l->no_exam);
        l->no_exam = mem_string(e.message);
    } else if (s->whatifs.count) {
        exams_want_list(l->exams, &s->whatifs, &e);
    }
    if (e.set && s->whatifs.count && !l->message)
        lab_say(l, e.message);
}

struct exam_state lab_intact_exam(const struct lab *l)
{
    return exams_state(l->exams, &(struct whatifs){0});
}

struct exam_state lab_changed_exam(const struct lab *l)
{
    const struct whatifs *list = &l->walk->session->whatifs;
    return list->count ? exams_state(l->exams, list) : (struct exam_state){0};
}

/* Takes the list; the exam under it begins anew. */
static void set_whatifs(struct lab *l, struct whatifs *list)
{
    struct error e = {0};
    lab_say(l, NULL);
    if (walk_set_whatifs(l->walk, list, &e) < 0)
        lab_say(l, e.message);
    whatifs_free(list);
    start_exams(l);
    run_pair(l);
}

void lab_restore(struct lab *l)
{
    struct whatifs none = {0};
    set_whatifs(l, &none);
}

/* Replaces the row's what-if at its place by how it is chosen now; takes it out with
 * `on` false. */
static void apply_row(struct lab *l, bool on)
{
    struct whatifs list;
    struct error e = {0};
    whatifs_copy(&list, &l->walk->session->whatifs);
    long at = in_force(l, l->row);
    if (at >= 0)
        whatifs_remove(&list, (size_t)at);
    char *text = whatif_of(l, l->row, l->place[l->row]);
    if (on && whatifs_add(&list, text, &e) < 0) {
        lab_say(l, e.message);
        whatifs_free(&list);
    } else {
        set_whatifs(l, &list);
    }
    free(text);
}

void lab_toggle(struct lab *l)
{
    if (l->in_tree && !lab_fits(l, l->tree))
        lab_say(l, say(SAY_LAB_NOT_HERE));
    else
        apply_row(l, !lab_is_on(l, l->row));
}

void lab_change_value(struct lab *l, int by)
{
    long *v = &l->value[l->row];
    if (!whatif_needs_value((enum whatif_id)l->row))
        return;
    bool on = lab_is_on(l, l->row);
    *v += by;
    if (l->row == WHATIF_TEMPERATURE)
        *v = *v < 0 ? 0 : *v >= TEMPERATURES ? TEMPERATURES - 1 : *v;
    else if (*v < 1)
        *v = 1;
    if (on)
        apply_row(l, true);
}

/* ---- going about ---- */

void lab_select_row(struct lab *l, int row)
{
    l->row = (row + WHATIF_COUNT) % WHATIF_COUNT;
    if (!l->fits[l->row]) {
        l->fits[l->row] = mem_zero((size_t)l->place_count, 1);
        for (long i = 0; i < l->place_count; i++)
            l->fits[l->row][i] = place_fits(l, l->row, i);
    }
    l->tree = l->place[l->row];
    look(l);
}

void lab_next_place(struct lab *l, int by)
{
    long n = l->place_count, at = l->place[l->row];
    for (long i = 0; i < n; i++) {
        at = (at + by + n) % n;
        if (lab_fits(l, at))
            break;
    }
    lab_move_in_tree(l, at);
}

void lab_move_in_tree(struct lab *l, long place)
{
    l->tree = place;
    if (!lab_fits(l, place) || l->place[l->row] == place)
        return;
    l->place[l->row] = place;
    look(l);
}

/* The place that holds this one; -1 for everywhere. */
static long parent_of(const struct lab *l, long place)
{
    long i = place - 1;
    while (i >= 0 && l->places[i].depth >= l->places[place].depth)
        i--;
    return i;
}

static bool holds_cursor(const struct lab *l, long place)
{
    for (long at = l->tree; at >= 0; at = parent_of(l, at))
        if (at == place)
            return true;
    return false;
}

/* The depth down to which all places have room, with the heads of one block. */
static int open_depth(const struct lab *l, long rows)
{
    long without = plan_heads(trace_plan(l->walk->session->trace));
    for (long i = 0; i < l->place_count; i++)
        without += l->places[i].depth <= 3;
    return l->place_count <= rows ? 4 : without <= rows ? 3 : 1;
}

long lab_tree(const struct lab *l, long rows, long *out)
{
    long n = 0;
    int depth = open_depth(l, rows);
    for (long i = 0; i < l->place_count; i++)
        if (l->places[i].depth <= depth || holds_cursor(l, parent_of(l, i)))
            out[n++] = i;
    return n;
}

/* ---- opening ---- */

static void add_place(struct lab *l, char *text, struct stage_place at, long head)
{
    int depth = head ? 4 : at.block ? 3 : at.layer >= 0 ? 2 : *text ? 1 : 0;
    l->places =
        mem_resize(l->places, (size_t)l->place_count + 1, sizeof *l->places);
    l->places[l->place_count++] = (struct lab_place){text, at, head, depth};
}

static bool has_heads(const struct places *with_heads, struct stage_place at)
{
    for (size_t i = 0; i < with_heads->count; i++)
        if (place_equal(with_heads->items[i], at))
            return true;
    return false;
}

/* Everywhere, then every stack with its layers, their sublayers and the heads of
 * these. */
static void find_places(struct lab *l)
{
    const struct plan *p = trace_plan(l->walk->session->trace);
    struct places list = whatif_places(p, false), heads = whatif_places(p, true);
    add_place(l, mem_string(""), PLACE_NOWHERE, 0);
    for (size_t i = 0; i < list.count; i++) {
        char *at = place_text(list.items[i]);
        add_place(l, mem_string(at), list.items[i], 0);
        long count = has_heads(&heads, list.items[i]) ? plan_heads(p) : 0;
        for (long h = 1; h <= count; h++)
            add_place(l, mem_format("%s:%ld", at, h), list.items[i], h);
        free(at);
    }
    places_free(&heads);
    places_free(&list);
}

struct lab *lab_new(struct walk *walk)
{
    struct lab *l = mem_zero(1, sizeof *l);
    l->walk = walk;
    find_places(l);
    for (int i = 0; i < WHATIF_COUNT; i++) {
        l->value[i] = i == WHATIF_TEMPERATURE ? TEMPERATURES - 3 : 1;
        while (l->place[i] + 1 < l->place_count && !place_fits(l, i, l->place[i]))
            l->place[i]++;
    }
    lab_select_row(l, 0);
    run_pair(l);
    start_exams(l);
    return l;
}

void lab_choose_place(struct lab *l, const char *place)
{
    int first = -1;
    for (long k = 0; place && *place && k < l->place_count; k++)
        for (int row = 0; row < WHATIF_COUNT && !strcmp(l->places[k].text, place); row++)
            if (place_fits(l, row, k)) {
                l->place[row] = k;
                first = first < 0 ? row : first;
            }
    if (first >= 0)
        lab_select_row(l, first);
}

void lab_free(struct lab *l)
{
    exams_free(l->exams);
    pair_free(&l->pair);
    for (long i = 0; i < l->place_count; i++)
        free(l->places[i].text);
    for (int i = 0; i < WHATIF_COUNT; i++)
        free(l->fits[i]);
    free(l->places);
    free(l->no_exam);
    free(l->message);
    free(l);
}
