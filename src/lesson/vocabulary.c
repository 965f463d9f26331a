#include "lesson/vocabulary.h"

#include "base/memory.h"
#include "chart/charts.h"
#include "lesson/compile.h"
#include "lesson/evaluate.h"
#include "lesson/lesson.h"
#include "lesson/prose.h"
#include "lesson/run_fence.h"
#include "lesson/staging.h"
#include "lesson/value.h"

#include <stdlib.h>

static void add(struct buffer *b, const char *name)
{
    buffer_addf(b, "%s%s", b->length ? " " : "", name);
}

static void add_fences(struct buffer *b)
{
    for (size_t i = 0; lesson_fence_at(i); i++)
        add(b, lesson_fence_at(i));
}

static void add_front(struct buffer *b)
{
    for (size_t i = 0; lesson_front_at(i); i++)
        add(b, lesson_front_at(i));
}

static void add_stage_keys(struct buffer *b)
{
    add(b, staging_keys);
}

static void add_views(struct buffer *b)
{
    for (size_t i = 0; charts_at(i); i++)
        add(b, charts_at(i)->name);
}

static void add_run_keys(struct buffer *b)
{
    for (int k = 0; k < RUN_KEYS; k++)
        add(b, run_key_name((enum run_key)k));
}

static void add_compute(struct buffer *b)
{
    char *names = compile_functions();
    add(b, names);
    free(names);
}

static void add_prose(struct buffer *b)
{
    add(b, PROSE_FUNCTIONS);
    add(b, value_functions);
}

static void add_exam(struct buffer *b)
{
    add(b, EXAM_RESULTS);
}

char *vocabulary_list(size_t index, const char **title)
{
    static const struct {
        enum say title;
        void (*add)(struct buffer *b);
    } lists[] = {
        {SAY_WORDS_FENCES, add_fences},    {SAY_WORDS_FRONT, add_front},
        {SAY_WORDS_STAGE, add_stage_keys}, {SAY_WORDS_VIEWS, add_views},
        {SAY_WORDS_RUN, add_run_keys},     {SAY_WORDS_COMPUTE, add_compute},
        {SAY_WORDS_PROSE, add_prose},      {SAY_WORDS_EXAM, add_exam},
    };
    struct buffer b = {0};
    if (index >= sizeof lists / sizeof *lists)
        return NULL;
    *title = say(lists[index].title);
    lists[index].add(&b);
    return buffer_take(&b);
}
