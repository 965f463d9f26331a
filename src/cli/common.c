#include "cli/common.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utf8.h"
#include "numbers/matmul.h"
#include "study/address.h"
#include "study/exam_cache.h"
#include "study/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_print_notes(char *notes)
{
    for (char *line = notes, *end; line && *line; line = end + 1) {
        end = strchr(line, '\n');
        *end = 0;
        error_note("%s", line);
    }
    free(notes);
}

struct model *cli_model(const struct options *o, struct error *e)
{
    struct model *m = model_open(option_text(o, OPTION_MODEL, MODEL_DEFAULT), e);
    if (m)
        cli_print_notes(notes_of_model(m));
    return m;
}

void cli_keep_exams(const struct options *o, bool disk)
{
    bool same = !option_is_set(o, OPTION_THREADS);
    char *folder = disk && same ? exam_cache_folder() : NULL;
    exam_cache_start(folder);
    free(folder);
}

bool cli_has_text(const struct options *o)
{
    return option_is_set(o, OPTION_TEXT) || option_is_set(o, OPTION_IDS);
}

const char *cli_argument(const struct options *o, int index)
{
    return o->arguments[index + !cli_has_text(o)];
}

/* A text in another encoding would be read as something else in silence. */
static int check_encoding(const char *text, size_t length, struct error *e)
{
    const char *end = text + length;
    uint32_t code;
    size_t n = 0;
    const char *s = text, *zero = memchr(text, 0, length);
    while ((n = utf8_decode(s, end, &code)) > 0 && !utf8_is_broken(s, n, code))
        s += n;
    if (n == 0 && !zero)
        return 0;
    bool wide = zero || !strncmp(text, "\xff\xfe", 2) || !strncmp(text, "\xfe\xff", 2);
    return error_set(e, "the text is not UTF-8 (byte %ld): convert it: iconv -f %s -t "
                     "UTF-8 FILE | stepformer COMMAND --text -",
                     (long)((zero && zero < s ? zero : s) - text) + 1,
                     wide ? "UTF-16" : "CP949");
}

char *cli_text(const struct options *o, struct error *e)
{
    if (option_is_set(o, OPTION_IDS))
        return NULL;
    const char *given = option_text(o, OPTION_TEXT, o->count ? o->arguments[0] : NULL);
    size_t length = given ? strlen(given) : 0;
    char *text = !given               ? NULL
                 : strcmp(given, "-") ? mem_string(given)
                                      : file_read_stdin(TOKENIZER_MAX_TEXT, &length, e);
    if (!text || check_encoding(text, length, e) == 0)
        return text;
    free(text);
    return NULL;
}

long cli_ids(const struct options *o, enum option option, int32_t **ids,
             struct error *e)
{
    const char *text = o->value[option];
    long n = 0;
    *ids = mem_alloc(strlen(text) / 2 + 1, sizeof **ids);
    for (const char *s = text; *s;) {
        char *end;
        long id = strtol(s, &end, 10);
        if (end == s || (*end && *end != ',') || id < 0 || id > INT32_MAX) {
            free(*ids);
            *ids = NULL;
            return error_usage(e, "option --%s %.60s: token ids separated by commas are "
                             "expected, such as 5,3,9", option_name(option), text);
        }
        (*ids)[n++] = (int32_t)id;
        s = *end ? end + 1 : end;
    }
    return n;
}

static int set_source(const struct options *o, struct session *s, struct error *e)
{
    if (option_is_set(o, OPTION_IDS)) {
        int32_t *ids;
        long n = cli_ids(o, OPTION_IDS, &ids, e);
        int result = n < 0 ? -1 : session_set_ids(s, ids, n, e);
        if (n >= 0)
            free(ids);
        return result;
    }
    char *text = cli_text(o, e);
    int result = text ? session_set_text(s, text, e) : -1;
    free(text);
    return result;
}

static int set_target(const struct options *o, struct session *s, struct error *e)
{
    if (option_is_set(o, OPTION_TARGET) && option_is_set(o, OPTION_TARGET_IDS))
        return error_usage(e, "options --target and --target-ids: give one of them");
    const char *target = option_text(o, OPTION_TARGET, "");
    if (check_encoding(target, strlen(target), e) < 0)
        return -1;
    if (option_is_set(o, OPTION_TARGET))
        return session_set_target_text(s, o->value[OPTION_TARGET], e);
    if (!option_is_set(o, OPTION_TARGET_IDS))
        return 0;
    int32_t *ids;
    long n = cli_ids(o, OPTION_TARGET_IDS, &ids, e);
    int result = n < 0 ? -1 : session_set_target_ids(s, ids, n, e);
    if (n >= 0)
        free(ids);
    return result;
}

/* --beam and what goes with it alone. */
static int read_beam(const struct options *o, struct decode_options *d, struct error *e)
{
    static const enum option with_beam[] = {OPTION_BEST, OPTION_LENGTH_PENALTY,
                                            OPTION_LENGTH_POWER};
    bool power = option_is_set(o, OPTION_LENGTH_POWER);
    long beam = 0, best = 0;
    d->length_penalty = power ? 0 : 0.6;
    if (option_integer(o, OPTION_BEAM, 1, 64, &beam, e) < 0 ||
        option_integer(o, OPTION_BEST, 1, 64, &best, e) < 0 ||
        option_number(o, OPTION_LENGTH_PENALTY, 0, 10, &d->length_penalty, e) < 0 ||
        option_number(o, OPTION_LENGTH_POWER, 0, 10, &d->length_power, e) < 0)
        return -1;
    d->beam = (int)beam;
    d->best = (int)best;
    for (size_t i = 0; i < sizeof with_beam / sizeof *with_beam; i++)
        if (!beam && option_is_set(o, with_beam[i]))
            return error_usage(e, "option --%s: it needs --beam N",
                               option_name(with_beam[i]));
    if (power && option_is_set(o, OPTION_LENGTH_PENALTY))
        return error_usage(e, "options --length-penalty and --length-power: give one of "
                           "them");
    if (best > beam)
        return error_usage(e, "option --best %ld: %ld beams find at most %ld; give a "
                           "larger --beam", best, beam, beam);
    return 0;
}

/* How the model's own output is made. */
static int read_decode(const struct options *o, struct decode_options *d, struct error *e)
{
    long top_k = 0, seed = 1;
    if (option_integer(o, OPTION_MAX_TOKENS, 1, 1000000, &d->most, e) < 0 ||
        read_beam(o, d, e) < 0 ||
        option_number(o, OPTION_TEMPERATURE, 1e-6, 1e6, &d->temperature, e) < 0 ||
        option_integer(o, OPTION_TOP_K, 1, 10000000, &top_k, e) < 0 ||
        option_number(o, OPTION_TOP_P, 1e-9, 1, &d->top_p, e) < 0 ||
        option_integer(o, OPTION_SEED, 0, INT32_MAX, &seed, e) < 0)
        return -1;
    d->top_k = (int)top_k;
    d->seed = (uint64_t)seed;
    d->sample = option_is_set(o, OPTION_TEMPERATURE) || option_is_set(o, OPTION_TOP_K) ||
                option_is_set(o, OPTION_TOP_P) || option_is_set(o, OPTION_SEED);
    if (d->sample && d->beam)
        return error_usage(e, "option --beam: it cannot go with sampling (--temperature, "
                           "--top-k, --top-p, --seed)");
    return 0;
}

int cli_whatifs(const struct options *o, struct whatifs *list, struct error *e)
{
    *list = (struct whatifs){0};
    for (int i = 0; i < o->whatif_count; i++)
        if (whatifs_add(list, o->whatifs[i], e) < 0) {
            whatifs_free(list);
            e->usage = true;
            return -1;
        }
    return 0;
}

static int set_whatifs(const struct options *o, struct session *s, struct error *e)
{
    struct whatifs list;
    if (cli_whatifs(o, &list, e) < 0)
        return -1;
    int result = list.count ? session_set_whatifs(s, &list, e) : 0;
    whatifs_free(&list);
    return result;
}

struct session *cli_new_session(const struct options *o, struct error *e)
{
    static const char *const engines[] = {"fast", "reference", NULL};
    struct session_options options = {0};
    long threads = 1;
    int engine = option_choice(o, OPTION_ENGINE, engines, e);
    if (engine < 0 || option_integer(o, OPTION_THREADS, 1, 256, &threads, e) < 0 ||
        read_decode(o, &options.decode, e) < 0)
        return NULL;
    options.trace.engine = engine ? ENGINE_REFERENCE : ENGINE_FAST;
    matmul_set_threads((int)threads);
    struct model *m = cli_model(o, e);
    return m ? session_new(m, &options) : NULL;
}

/* --gradient-of: "logits[1,1]"; a stage of one number needs no cell. */
static int set_gradients(const struct options *o, struct session *s, struct error *e)
{
    const char *text = option_text(o, OPTION_GRADIENT_OF, NULL);
    if (!text)
        return 0;
    size_t id_length = strcspn(text, "["), end = strlen(text);
    bool has_cell = text[id_length];
    if (id_length == 0 || (has_cell && text[end - 1] != ']'))
        return error_usage(e, "option --gradient-of %.60s: write STAGE[CELL], such as "
                           "logits[1,1]", *text ? text : "(empty)");
    if (!strncmp(text, "grad.", 5))
        return error_set(e, "option --gradient-of: gradients start from a number of the "
                         "pass or the loss, not from another gradient");
    char *id = mem_bytes(text, id_length);
    char *cell = has_cell ? mem_bytes(text + id_length + 1, end - id_length - 2)
                          : mem_string("");
    struct label_sets sets = session_label_sets(s);
    long at = 0;
    int stage = cli_stage(s, id, e), result = stage < 0 ? -1 : 0;
    const struct stage *of = stage < 0 ? NULL : &trace_plan(s->trace)->stages[stage];
    if (of && (*cell || tensor_count(&of->shape) > 1))
        result = address_parse(cell, of, &sets, &at, e);
    if (result == 0)
        result = session_add_gradients_of(s, stage, at, e);
    free(id);
    free(cell);
    return result;
}

int cli_set_input(const struct options *o, struct session *s, struct error *e)
{
    if (set_source(o, s, e) < 0 || set_target(o, s, e) < 0)
        return -1;
    return set_whatifs(o, s, e);
}

struct session *cli_session(const struct options *o, struct error *e)
{
    struct session *s = cli_new_session(o, e);
    if (s && (cli_set_input(o, s, e) < 0 || session_run(s, e) < 0 ||
              set_gradients(o, s, e) < 0)) {
        session_free(s);
        s = NULL;
    }
    if (s && !s->text)
        cli_print_notes(notes_of_source(s));
    return s;
}

/* Stage ids that share the last part or the beginning with the one that was asked for. */
static void add_near(const struct plan *p, const char *id, struct buffer *b)
{
    const char *last = strrchr(id, '.');
    last = last ? last + 1 : id;
    for (size_t i = 0, n = 0; i < p->count && n < 6; i++) {
        const char *end = strrchr(stage_id(&p->stages[i]), '.');
        end = end ? end + 1 : stage_id(&p->stages[i]);
        if (strcmp(end, last) && strncmp(stage_id(&p->stages[i]), id, strlen(id)))
            continue;
        buffer_addf(b, "%s%s", n++ ? ", " : "; did you mean ", stage_id(&p->stages[i]));
    }
}

int cli_stage(struct session *s, const char *id, struct error *e)
{
    bool behind = !strncmp(id, "grad.", 5) || !strcmp(id, "loss") ||
                  !strcmp(id, "log_probabilities");
    if (behind && session_add_gradients(s, e) < 0)
        return -1;
    int stage = plan_find(trace_plan(s->trace), id);
    if (stage >= 0)
        return stage;
    struct buffer near = {0};
    add_near(trace_plan(s->trace), id, &near);
    error_set(e, "stage %.80s: there is no such stage%s; the command stages lists all",
              id, near.data ? near.data : "");
    buffer_free(&near);
    return -1;
}

int cli_head(const struct options *o, const struct stage *stage, long *head,
                 struct error *e)
{
    long number = 0;
    *head = -1;
    if (!option_is_set(o, OPTION_HEAD))
        return 0;
    if (stage->shape.rank < 3)
        return error_set(e, "option --head: the stage %s has no heads", stage_id(stage));
    if (option_integer(o, OPTION_HEAD, 1, stage->shape.size[0], &number, e) < 0)
        return -1;
    *head = number - 1;
    return 0;
}

void cli_say_file(const char *path)
{
    char *full = file_full_path(path), *safe = text_sanitize(full);
    printf("%s\n", safe);
    free(full);
    free(safe);
}

void cli_print_padded(const char *text, int columns)
{
    char *padded = text_padded(text, columns);
    fputs(padded, stdout);
    free(padded);
}
