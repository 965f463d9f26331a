#include "base/json.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Macros of jansson whose names are functions of ours. */
#undef json_boolean
#undef json_is_object
#undef json_is_array
#undef json_is_null

/* `struct json` is jansson's json_t under our name. jansson wants pointers to values that
 * may change even where it only reads. */
static json_t *inner(const struct json *j)
{
    return (json_t *)j;
}

static struct json *outer(json_t *j)
{
    if (!j)
        fatal("out of memory while a JSON value was made");
    return (struct json *)j;
}

/* jansson allocates as the rest of the program does: no memory ends the program instead
 * of looking like a fault of the file. */
static void *allocate(size_t size)
{
    return mem_alloc(size, 1);
}

__attribute__((constructor)) static void share_memory(void)
{
    json_set_alloc_funcs(allocate, free);
}

/* ---- reading ---- */

struct json *json_parse(const char *text, size_t length, const char *name,
                        struct error *e)
{
    static const char mark[] = "\xef\xbb\xbf", lfs[] = "version https://git-lfs";
    size_t skip = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    text += skip; /* a byte-order mark, as editors of Windows write it */
    length -= skip;
    if (length > strlen(lfs) && memcmp(text, lfs, strlen(lfs)) == 0) {
        error_set(e, "is a Git LFS pointer, not the file: fetch it with git lfs pull");
        error_at(e, name, 0, 0);
        return NULL;
    }
    json_error_t cause;
    json_t *j = json_loadb(text, length, JSON_REJECT_DUPLICATES, &cause);
    if (!j) {
        error_set(e, "is not valid JSON: %s; mend it there or write the file again",
                  cause.text);
        error_at(e, name, cause.line, cause.column);
    }
    return (struct json *)j;
}

struct json *json_read(const char *path, size_t limit, struct error *e)
{
    size_t length;
    char *text = file_read(path, limit, &length, e);
    if (!text)
        return NULL;
    struct json *j = json_parse(text, length, path, e);
    free(text);
    return j;
}

/* ---- reading member by member ---- */

struct scan {
    const char *at, *end;
};

static void skip_space(struct scan *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
        s->at++;
}

static bool skip_sign(struct scan *s, char sign)
{
    skip_space(s);
    if (s->at == s->end || *s->at != sign)
        return false;
    s->at++;
    skip_space(s);
    return true;
}

/* Beyond the text that begins here; false when it does not end. */
static bool skip_text(struct scan *s)
{
    for (s->at++; s->at < s->end && *s->at != '"'; s->at++)
        if (*s->at == '\\' && ++s->at == s->end)
            return false;
    return s->at < s->end && s->at++;
}

/* Beyond the value that begins here, by its brackets alone: what is in them is judged by
 * whoever parses it. */
static bool skip_value(struct scan *s)
{
    long depth = 0;
    while (s->at < s->end) {
        char c = *s->at;
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            return true;
        if (c == '"') {
            if (!skip_text(s))
                return false;
            continue;
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        s->at++;
        if (depth == 0 && (c == '}' || c == ']'))
            return true;
    }
    return false;
}

static json_t *load_value(const char *text, const char *end)
{
    return json_loadb(text, (size_t)(end - text),
                      JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
}

/* The key between the quotes of `text` … `end`; NULL when it is no text. Caller frees. */
static char *load_key(const char *text, const char *end)
{
    bool plain = utf8_is_valid(text + 1, (size_t)(end - text) - 2);
    for (const char *s = text; s < end && plain; s++)
        plain = *s != '\\' && (unsigned char)*s >= 0x20;
    if (plain)
        return mem_bytes(text + 1, (size_t)(end - text) - 2);
    json_t *key = load_value(text, end);
    const char *loaded = json_text((struct json *)key);
    char *copy = loaded ? mem_string(loaded) : NULL;
    json_decref(key);
    return copy;
}

/* One member: 0 or what `each` said, in `*result`. False when it is malformed. */
static bool read_member(struct scan *s,
                        int (*each)(const char *, const struct json *, void *),
                        void *data, int *result)
{
    const char *begin = s->at;
    if (begin == s->end || *begin != '"' || !skip_text(s))
        return false;
    json_t *value = NULL;
    char *key = load_key(begin, s->at);
    if (key && skip_sign(s, ':')) {
        begin = s->at;
        value = skip_value(s) ? load_value(begin, s->at) : NULL;
    }
    if (value)
        *result = each(key, (struct json *)value, data);
    bool fine = value != NULL;
    json_decref(value);
    free(key);
    return fine;
}

int json_each_member(const char *text, size_t length, const char *name,
                     int (*each)(const char *key, const struct json *value, void *data),
                     void *data, struct error *e)
{
    struct scan s = {text, text + length};
    int result = 0;
    bool fine = skip_sign(&s, '{'), more = fine && s.at < s.end && *s.at != '}';
    while (more) {
        fine = read_member(&s, each, data, &result);
        if (result)
            return result;
        more = fine && skip_sign(&s, ',');
    }
    if (fine && skip_sign(&s, '}') && s.at == s.end)
        return 0;
    /* the whole parser knows what is wrong, and where */
    json_free(json_parse(text, length, name, e));
    if (e && !e->set) {
        error_set(e, "is not valid JSON; write the file again");
        error_at(e, name, 0, 0);
    }
    return -1;
}

void json_free(struct json *j)
{
    json_decref(inner(j));
}

/* ---- inspection ---- */

bool json_is_object(const struct json *j)
{
    return j && json_typeof(inner(j)) == JSON_OBJECT;
}

bool json_is_array(const struct json *j)
{
    return j && json_typeof(inner(j)) == JSON_ARRAY;
}

bool json_is_null(const struct json *j)
{
    return !j || json_typeof(inner(j)) == JSON_NULL;
}

const struct json *json_get(const struct json *object, const char *key)
{
    return (const struct json *)json_object_get(inner(object), key);
}

size_t json_length(const struct json *array)
{
    if (json_is_object(array))
        return json_object_size(inner(array));
    return json_array_size(inner(array));
}

const struct json *json_item(const struct json *array, size_t index)
{
    return (const struct json *)json_array_get(inner(array), index);
}

const char *json_text(const struct json *j)
{
    const char *s = json_string_value(inner(j));
    return s && strlen(s) == json_string_length(inner(j)) ? s : NULL;
}

bool json_long(const struct json *j, long *out)
{
    if (!j || json_typeof(inner(j)) != JSON_INTEGER)
        return false;
    json_int_t value = json_integer_value(inner(j));
    if (value < LONG_MIN || value > LONG_MAX)
        return false;
    *out = (long)value;
    return true;
}

bool json_number(const struct json *j, double *out)
{
    if (!j ||
        (json_typeof(inner(j)) != JSON_INTEGER && json_typeof(inner(j)) != JSON_REAL))
        return false;
    *out = json_number_value(inner(j));
    return true;
}

bool json_boolean(const struct json *j, bool *out)
{
    if (!j || (json_typeof(inner(j)) != JSON_TRUE && json_typeof(inner(j)) != JSON_FALSE))
        return false;
    *out = json_typeof(inner(j)) == JSON_TRUE;
    return true;
}

int json_each(const struct json *object,
              int (*each)(const char *key, const struct json *value, void *data),
              void *data)
{
    json_t *o = inner(object);
    int result = 0;
    for (void *i = json_object_iter(o); i && !result; i = json_object_iter_next(o, i))
        result = each(json_object_iter_key(i),
                      (const struct json *)json_object_iter_value(i), data);
    return result;
}

const char *json_kind(const struct json *j)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a text",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a real number",
        [JSON_TRUE] = "true", [JSON_FALSE] = "false", [JSON_NULL] = "null",
    };
    return j ? names[json_typeof(inner(j))] : "missing";
}

int json_need_integer(const struct json *object, const char *key, long least, long most,
                      long *out, struct error *e)
{
    const struct json *j = json_get(object, key);
    long value;
    if (!j)
        return error_set(e, "key \"%s\" is missing: add it, an integer from %ld to %ld",
                         key, least, most);
    if (!json_long(j, &value))
        return error_set(e, "key \"%s\" is %s: write an integer from %ld to %ld", key,
                         json_kind(j), least, most);
    if (value < least || value > most)
        return error_set(e, "key \"%s\" is %ld: write an integer from %ld to %ld", key,
                         value, least, most);
    *out = value;
    return 0;
}

int json_need_text(const struct json *object, const char *key, const char **out,
                   struct error *e)
{
    const struct json *j = json_get(object, key);
    const char *value = json_text(j);
    if (!j)
        return error_set(e, "key \"%s\" is missing: add it, a text in quotes", key);
    if (!value)
        return error_set(e, "key \"%s\" is %s: write a text in quotes", key,
                         json_kind(j));
    *out = value;
    return 0;
}

/* ---- building ---- */

struct json *json_new_object(void)
{
    return outer(json_object());
}

struct json *json_new_array(void)
{
    return outer(json_array());
}

struct json *json_new_text(const char *s)
{
    char *valid = text_repair(s);
    struct json *j = outer(json_string(valid));
    free(valid);
    return j;
}

struct json *json_new_number(double x)
{
    return outer(isfinite(x) ? json_real(x) : json_null());
}

struct json *json_new_integer(long x)
{
    return outer(json_integer(x));
}

struct json *json_new_boolean(bool x)
{
    return outer(x ? json_true() : json_false());
}

void json_add(struct json *object, const char *key, struct json *value)
{
    char *valid = text_repair(key);
    if (json_object_set_new(inner(object), valid, inner(value)) != 0)
        fatal("out of memory while a JSON object was made");
    free(valid);
}

void json_append(struct json *array, struct json *value)
{
    if (json_array_append_new(inner(array), inner(value)) != 0)
        fatal("out of memory while a JSON array was made");
}

void json_add_text(struct json *object, const char *key, const char *s)
{
    json_add(object, key, json_new_text(s));
}

void json_add_number(struct json *object, const char *key, double x)
{
    json_add(object, key, json_new_number(x));
}

void json_add_integer(struct json *object, const char *key, long x)
{
    json_add(object, key, json_new_integer(x));
}

void json_add_boolean(struct json *object, const char *key, bool x)
{
    json_add(object, key, json_new_boolean(x));
}

struct json *json_clone(const struct json *j)
{
    return outer(json_deep_copy(inner(j)));
}

/* jansson escapes C0 only; the rest that could command a terminal becomes \u too. */
static void add_escaped(struct buffer *b, const char *s)
{
    const char *end = s + strlen(s);
    uint32_t code;
    for (size_t n; (n = utf8_decode(s, end, &code)) > 0; s += n) {
        if (code < 0x7f || !text_is_control(code))
            buffer_add_bytes(b, s, n);
        else if (code < 0x10000)
            buffer_addf(b, "\\u%04x", (unsigned)code);
        else
            buffer_addf(b, "\\u%04x\\u%04x", (unsigned)(0xd7c0 + (code >> 10)),
                        (unsigned)(0xdc00 + (code & 0x3ff)));
    }
}

/* Nine significant digits give back every float exactly. */
char *json_print(const struct json *j, bool indent)
{
    size_t shape = indent ? JSON_INDENT(2) : JSON_COMPACT;
    char *text = json_dumps(inner(j), JSON_ENCODE_ANY | JSON_REAL_PRECISION(9) | shape);
    if (!text)
        fatal("out of memory while JSON was written");
    struct buffer b = {0};
    add_escaped(&b, text);
    buffer_add(&b, "\n");
    free(text);
    return buffer_take(&b);
}
