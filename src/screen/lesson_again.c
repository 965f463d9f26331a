#include "screen/lesson_again.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATER 2 /* scenes */
#define AGAINS_MOST 64

static bool is_waiting(const struct again *x)
{
    return x->answer.choice == ANSWER_NONE || x->answer.choice == ANSWER_UNDECIDED;
}

static void remove_at(struct agains *list, size_t i)
{
    reading_free(list->items[i].reading);
    memmove(list->items + i, list->items + i + 1,
            (list->count - i - 1) * sizeof *list->items);
    list->count--;
}

void agains_drop(struct agains *list, int scene, size_t predict)
{
    for (size_t i = list->count; i-- > 0;) {
        const struct again *x = &list->items[i];
        if (x->scene == scene && x->predict == predict && is_waiting(x))
            remove_at(list, i);
    }
}

static void put(struct agains *list, int scene, size_t predict, int at)
{
    if (list->count >= AGAINS_MOST)
        return;
    list->items =
        mem_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct again){
        .scene = scene, .at = at, .predict = predict, .answer.choice = ANSWER_NONE};
}

void agains_add(struct agains *list, int scene, size_t predict, int now, int scenes)
{
    int at = now + LATER < scenes ? now + LATER : scenes - 1;
    agains_drop(list, scene, predict);
    if (at > now)
        put(list, scene, predict, at);
}

void agains_forget(struct agains *list)
{
    for (size_t i = list->count; i-- > 0;)
        if (!is_waiting(&list->items[i]))
            remove_at(list, i);
}

/* ---- in a scene ---- */

static bool is_here(struct again *x, int scene)
{
    if (x->at < scene && is_waiting(x))
        x->at = scene; /* its scene was jumped over, or left without an answer */
    return x->at == scene;
}

void agains_open(struct agains *list, const struct reading *now)
{
    int scene = reading_scene_number(now);
    agains_close(list);
    for (size_t i = 0; i < list->count; i++) {
        struct again *x = &list->items[i];
        struct error ignored = {0};
        if (is_here(x, scene) && x->scene < scene)
            x->reading = reading_beside(now, x->scene, &ignored);
        /* the lesson may have lost the question since */
        if (x->reading && x->predict >= reading_scene(x->reading)->predict_count) {
            reading_free(x->reading);
            x->reading = NULL;
        }
    }
}

void agains_close(struct agains *list)
{
    for (size_t i = 0; i < list->count; i++) {
        reading_free(list->items[i].reading);
        list->items[i].reading = NULL;
    }
}

struct again *agains_nth(const struct agains *list, size_t index)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].reading && index-- == 0)
            return &list->items[i];
    return NULL;
}

/* ---- kept ---- */

char *agains_text(const struct agains *list)
{
    struct buffer b = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct again *x = &list->items[i];
        if (is_waiting(x))
            buffer_addf(&b, "%s%d.%zu@%d", b.length ? " " : "", x->scene, x->predict,
                        x->at);
    }
    return buffer_take(&b);
}

void agains_read(struct agains *list, const char *text, int scenes)
{
    int scene, predict, at, read;
    while (sscanf(text, " %4d.%1d@%4d%n", &scene, &predict, &at, &read) == 3) {
        text += read;
        if (scene >= 0 && predict >= 0 && predict < QUESTIONS_MOST && at > scene &&
            at < scenes)
            put(list, scene, (size_t)predict, at);
    }
}

void agains_free(struct agains *list)
{
    agains_close(list);
    free(list->items);
    *list = (struct agains){0};
}
