#include "study/export.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "numbers/npy.h"
#include "study/exhibit.h"
#include "study/loss.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct json *token(const struct session *s, enum side side, long id)
{
    struct json *j = json_new_object();
    char *label = session_label(s, side, id);
    json_add_integer(j, "id", id);
    json_add_text(j, "text", label);
    free(label);
    return j;
}

static struct json *source_tokens(const struct session *s)
{
    struct json *list = json_new_array();
    for (long i = 0; i < s->sources; i++)
        json_append(list, token(s, SIDE_SOURCE, s->source[i]));
    return list;
}

/* One entry for each row that is written: its token, the one that follows, and the one
 * the model itself gives the largest logit (a model that answers nothing gives none). */
static struct json *written_tokens(struct session *s)
{
    struct json *list = json_new_array();
    enum side side = session_writes(s);
    bool answers = plan_find_role(trace_plan(s->trace), ROLE_LOGITS) >= 0;
    for (long i = 0; i < s->row_count; i++) {
        struct json *j = token(s, side, s->rows[i]);
        long next =
            i + 1 < s->row_count ? s->rows[i + 1] : s->model->config->eos_token_id;
        json_add(j, "next", next < 0 ? json_new_number(NAN) : token(s, side, next));
        if (answers)
            json_add(j, "argmax", token(s, side, session_argmax(s, i)));
        json_append(list, j);
    }
    return list;
}

/* As the lists of tokens are called. */
static const char *side_name(const struct session *s, enum side side)
{
    if (!s->model->family->two_sides)
        return "input";
    return side == SIDE_SOURCE ? "source" : "target";
}

static struct json *axes(const struct session *s, const struct stage *stage)
{
    struct json *list = json_new_array();
    for (int i = 0; i < stage->shape.rank; i++) {
        struct json *j = json_new_object();
        json_add_text(j, "name", axis_name(stage->axes[i].name));
        if (stage->axes[i].side != SIDE_NONE)
            json_add_text(j, "labels", side_name(s, stage->axes[i].side));
        json_append(list, j);
    }
    return list;
}

static struct json *inputs(const struct plan *p, const struct stage *stage)
{
    struct json *list = json_new_array();
    for (int i = 0; i < OP_MAX_INPUTS; i++) {
        struct ref in = stage->in[i];
        if (in.kind == REF_STAGE)
            json_append(list, json_new_text(stage_id(&p->stages[in.index])));
        else if (in.kind == REF_WEIGHT)
            json_append(list, json_new_text(p->parts[in.index].name));
    }
    return list;
}

struct json *export_shape(const struct stage *stage)
{
    struct json *shape = json_new_array();
    for (int k = 0; k < stage->shape.rank; k++)
        json_append(shape, json_new_integer(stage->shape.size[k]));
    return shape;
}

static struct json *stage_entry(struct session *s, int i, const char *file)
{
    const struct plan *p = trace_plan(s->trace);
    const struct stage *stage = &p->stages[i];
    struct exhibit x = exhibit_of_stage(s, i);
    struct json *j = json_new_object();
    json_add_text(j, "id", stage_id(stage));
    json_add_text(j, "op", op_get(stage->op)->name);
    json_add_text(j, "role", role_name(stage->role));
    json_add(j, "inputs", inputs(p, stage));
    json_add(j, "shape", export_shape(stage));
    json_add(j, "axes", axes(s, stage));
    json_add_text(j, "file", file);
    json_add_number(j, "max_abs_diff", exhibit_proof(&x, NULL));
    json_add_boolean(j, "off", stage->off);
    return j;
}

/* What comes behind the pass: the loss and its gradients. */
static bool is_behind(const struct stage *s)
{
    return s->role == ROLE_LOG_PROBABILITIES || s->role == ROLE_LOSS ||
           s->role == ROLE_GRADIENT;
}

static int write_stage(struct session *s, int i, const char *folder, const char *name,
                       const struct export_options *options, struct error *e)
{
    struct buffer bytes = {0};
    const struct tensor *value = trace_acquire(s->trace, i);
    if (options->csv)
        csv_write(value, &bytes);
    else
        npy_write(value, &bytes);
    trace_release(s->trace, i);
    char *path = file_join(folder, name);
    int result = file_write(path, bytes.data, bytes.length, options->force, e);
    free(path);
    buffer_free(&bytes);
    return result;
}

static struct json *head(struct session *s)
{
    struct json *j = json_new_object();
    json_add_text(j, "format", "stepformer-trace");
    json_add_integer(j, "version", 1);
    json_add(j, "model", s->model->config->json ? json_clone(s->model->config->json)
                                                : json_new_object());
    if (s->text)
        json_add_text(j, "text", s->text);
    else
        json_add_number(j, "text", NAN); /* null: ids were given */
    json_add(j, "what_if", session_whatifs_json(s));
    json_add_text(j, "prediction", s->prediction);
    if (s->model->family->two_sides)
        json_add(j, "source", source_tokens(s));
    json_add(j, side_name(s, session_writes(s)), written_tokens(s));
    return j;
}

static int write_json(struct json *j, const char *path, bool force, struct error *e)
{
    char *text = json_print(j, true);
    struct buffer b = {0};
    buffer_add(&b, text);
    int result = file_write(path, b.data, b.length, force, e);
    buffer_free(&b);
    free(text);
    return result;
}

/* "weight.NAME" of the gradient of a weight as its name; NULL for another stage. */
static const char *weight_of(const struct session *s, const struct stage *stage)
{
    static const char word[] = "weight.";
    if (!stage->place.gradient || strncmp(stage->name, word, strlen(word)) != 0)
        return NULL;
    const char *name = stage->name + strlen(word);
    return weights_find(&s->run.model->weights, name) < 0 ? NULL : name;
}

/* The number whose gradients they are, in place of the loss; its cell counts from 1. */
static struct json *started_from(struct session *s)
{
    const struct gradient_start *of = &s->options.gradient_of;
    const struct stage *stage = &trace_plan(s->trace)->stages[of->stage];
    struct json *j = json_new_object(), *cell = json_new_array();
    long left = tensor_count(&stage->shape), at = of->cell;
    json_add_text(j, "id", stage_id(stage));
    for (int i = 0; i < stage->shape.rank; i++) {
        left /= stage->shape.size[i];
        json_append(cell, json_new_integer(at / left + 1));
        at %= left;
    }
    json_add(j, "cell", cell);
    json_add_number(j, "value", tensor_get(trace_acquire(s->trace, of->stage), of->cell));
    trace_release(s->trace, of->stage);
    return j;
}

/* The gradient of each stage and weight of the pass. */
static int write_gradients(struct session *s, struct json *j, const char *folder,
                           const struct export_options *options, struct error *e)
{
    const struct plan *p = trace_plan(s->trace);
    struct json *all = json_new_object(), *stages = json_new_array(),
                *weights = json_new_array();
    int loss = loss_stage(p), result = 0;
    json_add_number(all, "loss", tensor_get(trace_acquire(s->trace, loss), 0));
    trace_release(s->trace, loss);
    if (s->options.gradient_of.given)
        json_add(all, "of", started_from(s));
    for (int i = 0; i < (int)p->count && result == 0; i++) {
        const struct stage *g = &p->stages[i];
        const char *weight = weight_of(s, g);
        int of = weight ? -1 : plan_gradient_of(p, i);
        if (!weight && (of < 0 || is_behind(&p->stages[of])))
            continue;
        char *name = mem_format("%s.%s", stage_id(g), options->csv ? "csv" : "npy");
        struct json *entry = json_new_object();
        json_add_text(entry, weight ? "name" : "id",
                      weight ? weight : stage_id(&p->stages[of]));
        json_add_text(entry, "file", name);
        json_append(weight ? weights : stages, entry);
        result = write_stage(s, i, folder, name, options, e);
        free(name);
    }
    json_add(all, "stages", stages);
    json_add(all, "weights", weights);
    json_add(j, "gradients", all);
    return result;
}

int export_trace(struct session *s, const char *folder,
                 const struct export_options *options, struct error *e)
{
    char *index = file_join(folder, "trace.json");
    struct json *j = NULL;
    int result = -1;
    if (!options->force && file_exists(index)) {
        error_set(e, "exists already; --force replaces it");
        error_at(e, index, 0, 0);
    } else if (file_make_folder(folder, e) == 0) {
        struct json *stages = json_new_array();
        remove(index); /* it comes back last: a folder that has it is complete */
        j = head(s);
        json_add(j, "stages", stages);
        result = 0;
        for (int i = 0; result == 0 && i < (int)trace_plan(s->trace)->count; i++) {
            if (is_behind(&trace_plan(s->trace)->stages[i]))
                break;
            char *name =
                mem_format("%03d-%s.%s", i, stage_id(&trace_plan(s->trace)->stages[i]),
                           options->csv ? "csv" : "npy");
            result = write_stage(s, i, folder, name, options, e);
            json_append(stages, stage_entry(s, i, name));
            free(name);
        }
        if (result == 0 && s->options.gradients)
            result = write_gradients(s, j, folder, options, e);
        if (result == 0)
            result = write_json(j, index, options->force, e);
    }
    json_free(j);
    free(index);
    return result;
}
