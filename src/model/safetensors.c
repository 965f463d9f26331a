#include "model/safetensors.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_BYTES 8
#define MAX_HEADER 100000000 /* the format's own limit */
#define MAX_NAME 512
#define METADATA "__metadata__"
#define LFS "version https://git-lfs"
#define AGAIN "write the file again with safetensors.torch.save_file"

/* Data in the file and views into the map are little-endian. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "safetensors files are mapped as they are: little-endian only");

struct dtype {
    const char *name;
    int size; /* bytes an element takes in the file */
    enum tensor_type type;
    /* One element from the file to the tensor; NULL where the bytes are the same. False
     * when the value does not fit. */
    bool (*convert)(const unsigned char *from, void *to);
};

/* One tensor of the header. Its data is not looked at before someone takes it, and what
 * keeps it from being taken (its dtype, its rank) is no fault of the file. */
struct entry {
    const char *name, *dtype_name; /* in the file's arena */
    const struct dtype *dtype; /* NULL: none that can be read */
    size_t dimensions;         /* as the file says; sizes of 1 may be dropped below */
    struct tensor tensor;      /* without data; rank 0 when it has too many dimensions */
    uint64_t begin, end;
};

/* What is gathered while the header is read. */
struct reading {
    struct safetensors *s;
    size_t capacity;
    struct error *e;
};

/* ---- dtypes ---- */

static bool convert_f16(const unsigned char *from, void *to)
{
    unsigned bits = from[0] | (unsigned)from[1] << 8;
    int exponent = bits >> 10 & 31;
    float fraction = (float)(bits & 1023), value;
    if (exponent == 31)
        value = fraction > 0 ? NAN : INFINITY;
    else if (exponent == 0)
        value = ldexpf(fraction, -24);
    else
        value = ldexpf(fraction + 1024, exponent - 25);
    *(float *)to = bits >> 15 ? -value : value;
    return true;
}

/* A BF16 is the upper half of an F32. */
static bool convert_bf16(const unsigned char *from, void *to)
{
    uint32_t bits = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 24;
    memcpy(to, &bits, sizeof bits);
    return true;
}

static bool convert_i64(const unsigned char *from, void *to)
{
    int64_t value;
    memcpy(&value, from, sizeof value);
    *(int32_t *)to = (int32_t)value;
    return value >= INT32_MIN && value <= INT32_MAX;
}

static bool convert_f64(const unsigned char *from, void *to)
{
    double value;
    memcpy(&value, from, sizeof value);
    *(float *)to = (float)value;
    return true;
}

static bool convert_u8(const unsigned char *from, void *to)
{
    *(int32_t *)to = from[0];
    return true;
}

static bool convert_i8(const unsigned char *from, void *to)
{
    *(int32_t *)to = (signed char)from[0];
    return true;
}

static bool convert_i16(const unsigned char *from, void *to)
{
    *(int32_t *)to = (int16_t)(from[0] | from[1] << 8);
    return true;
}

static const struct dtype dtypes[] = {
    {"F32", 4, TENSOR_F32, NULL},
    {"F16", 2, TENSOR_F32, convert_f16},
    {"BF16", 2, TENSOR_F32, convert_bf16},
    {"I32", 4, TENSOR_I32, NULL},
    {"I64", 8, TENSOR_I32, convert_i64},
    {"F64", 8, TENSOR_F32, convert_f64},
    {"U8", 1, TENSOR_I32, convert_u8},
    {"BOOL", 1, TENSOR_I32, convert_u8},
    {"I8", 1, TENSOR_I32, convert_i8},
    {"I16", 2, TENSOR_I32, convert_i16},
};

static const struct dtype *find_dtype(const char *name)
{
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (strcmp(dtypes[i].name, name) == 0)
            return &dtypes[i];
    return NULL;
}

/* ---- errors ---- */

static int __attribute__((format(printf, 3, 4)))
tensor_error(struct error *e, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char why[300];
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    char *safe = text_short(name);
    error_set(e, "tensor \"%s\": %s", safe, why);
    free(safe);
    return -1;
}

/* ---- the header ---- */

/* Adds a size to the tensor; too many make its rank 0. */
static void add_size(struct entry *t, long n, size_t left)
{
    bool fits = t->tensor.rank < TENSOR_MAX_RANK;
    /* Dimensions of 1 in front say nothing: those that are too many are dropped. */
    if (n == 1 && t->tensor.rank == 0 && left > TENSOR_MAX_RANK)
        return;
    if (fits)
        t->tensor.size[t->tensor.rank] = n;
    t->tensor.rank++;
}

/* Reads "shape" into the tensor and counts its elements, with every product checked. */
static int read_shape(const struct json *shape, struct entry *t, uint64_t *count,
                      struct error *e)
{
    if (!json_is_array(shape))
        return tensor_error(e, t->name, "shape is %s instead of an array; " AGAIN,
                            json_kind(shape));
    long n = 1;
    t->dimensions = json_length(shape);
    *count = 1;
    for (size_t i = 0; i < t->dimensions; i++) {
        if (!json_long(json_item(shape, i), &n) || n < 0 || n > INT32_MAX)
            return tensor_error(e, t->name,
                                "dimension %zu of its shape is not an integer "
                                "from 0 to %d; " AGAIN,
                                i + 1, INT32_MAX);
        if (__builtin_mul_overflow(*count, (uint64_t)n, count))
            return tensor_error(e, t->name, "its shape is too large to count; " AGAIN);
        add_size(t, n, t->dimensions - i);
    }
    if (t->dimensions == 0)
        add_size(t, 1, 1);
    if (t->tensor.rank > TENSOR_MAX_RANK)
        t->tensor.rank = 0;
    return 0;
}

static int read_offsets(const struct json *offsets, struct entry *t, struct error *e)
{
    long begin, end;
    if (!json_is_array(offsets) || json_length(offsets) != 2 ||
        !json_long(json_item(offsets, 0), &begin) ||
        !json_long(json_item(offsets, 1), &end) || begin < 0 || end < 0)
        return tensor_error(e, t->name, "data_offsets is not a pair of non-negative "
                            "integers; " AGAIN);
    if (begin > end)
        return tensor_error(e, t->name, "data_offsets begin at %ld after their end %ld; "
                            AGAIN, begin, end);
    t->begin = (uint64_t)begin;
    t->end = (uint64_t)end;
    return 0;
}

static int read_dtype(const struct json *dtype, struct entry *t, struct error *e)
{
    t->dtype_name = json_text(dtype);
    if (!t->dtype_name)
        return tensor_error(e, t->name, "dtype is %s instead of a text; " AGAIN,
                            json_kind(dtype));
    t->dtype = find_dtype(t->dtype_name);
    if (t->dtype)
        t->tensor.type = t->dtype->type;
    return 0;
}

static int read_entry(const char *name, const struct json *value, struct entry *t,
                      struct error *e)
{
    *t = (struct entry){.name = name};
    size_t length = strlen(name);
    if (length == 0 || length > MAX_NAME)
        return tensor_error(e, name,
                            "its name is %zu bytes long instead of 1 to %d; give "
                            "it another name",
                            length, MAX_NAME);
    if (!json_is_object(value))
        return tensor_error(e, name, "is %s in the header instead of an object; " AGAIN,
                            json_kind(value));
    if (json_length(value) != 3 || !json_get(value, "dtype") ||
        !json_get(value, "shape") || !json_get(value, "data_offsets"))
        return tensor_error(e, name,
                            "must have dtype, shape and data_offsets and nothing "
                            "else; " AGAIN);
    uint64_t count = 0, bytes;
    if (read_dtype(json_get(value, "dtype"), t, e) < 0 ||
        read_shape(json_get(value, "shape"), t, &count, e) < 0 ||
        read_offsets(json_get(value, "data_offsets"), t, e) < 0)
        return -1;
    if (!t->dtype) /* nobody here knows how large its elements are */
        return 0;
    if (__builtin_mul_overflow(count, (uint64_t)t->dtype->size, &bytes))
        return tensor_error(e, name, "its shape is too large to count; " AGAIN);
    if (bytes != t->end - t->begin)
        return tensor_error(e, name,
                            "its shape takes %" PRIu64 " bytes, its data_offsets "
                            "span %" PRIu64 "; " AGAIN,
                            bytes, t->end - t->begin);
    return 0;
}

static int check_metadata_text(const char *key, const struct json *value, void *data)
{
    if (json_text(value))
        return 0;
    char *safe = text_short(key);
    error_set(data, METADATA " \"%s\" is %s instead of a text; " AGAIN, safe,
              json_kind(value));
    free(safe);
    return -1;
}

/* One member of the header. */
static int add_entry(const char *name, const struct json *value, void *data)
{
    struct reading *r = data;
    struct safetensors *s = r->s;
    if (strcmp(name, METADATA) == 0) {
        if (!json_is_object(value))
            return error_set(r->e, METADATA " is %s instead of an object of texts; "
                             AGAIN, json_kind(value));
        if (s->metadata)
            return error_set(r->e, METADATA " is a duplicate: it stands twice; " AGAIN);
        s->metadata = json_clone(value);
        return json_each(value, check_metadata_text, r->e);
    }
    s->entries = mem_grow(s->entries, s->count, &r->capacity, sizeof *s->entries);
    struct entry *t = &s->entries[s->count++];
    if (read_entry(name, value, t, r->e) < 0)
        return -1;
    t->name = arena_string(&s->names, name);
    t->dtype_name = t->dtype ? t->dtype->name : arena_string(&s->names, t->dtype_name);
    return 0;
}

static int by_offset(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The data of the tensors, in order, must fill `size` bytes without gap or overlap. */
static int check_layout(struct safetensors *s, uint64_t size, struct error *e)
{
    if (s->count)
        qsort(s->entries, s->count, sizeof *s->entries, by_offset);
    uint64_t at = 0;
    for (size_t i = 0; i < s->count; at = s->entries[i++].end) {
        const struct entry *t = &s->entries[i];
        if (t->begin != at)
            return tensor_error(e, t->name, "its data begins at %" PRIu64 " where "
                                "%" PRIu64 " was expected, so data has a %s; " AGAIN,
                                t->begin, at, t->begin < at ? "overlap" : "gap");
        if (t->end > size)
            return tensor_error(
                e, t->name,
                "its data ends at %" PRIu64 " of %" PRIu64
                " bytes: the file is cut short; copy or download it again",
                t->end, size);
    }
    if (at != size)
        return error_set(e, "holds %" PRIu64 " bytes after the last tensor; " AGAIN,
                         size - at);
    return 0;
}

/* ---- the data ---- */

static void *new_copy(struct safetensors *s, size_t count, size_t size)
{
    s->copies = mem_grow(s->copies, s->copy_count, &s->copy_capacity, sizeof *s->copies);
    return s->copies[s->copy_count++] = mem_alloc(count, size);
}

static int check_readable(const struct entry *t, struct error *e)
{
    if (!t->dtype) {
        char *safe = text_short(t->dtype_name);
        tensor_error(e, t->name,
                     "dtype %s cannot be read; convert it to F32 (tensor.float()) "
                     "and save again; F16, BF16, F64, BOOL, U8 and I8 to I64 are read "
                     "too",
                     safe);
        free(safe);
        return -1;
    }
    if (!t->tensor.rank)
        return tensor_error(e, t->name,
                            "has %zu dimensions, at most %d can be read; save "
                            "it reshaped or leave it out",
                            t->dimensions, TENSOR_MAX_RANK);
    return 0;
}

static int take_data(struct safetensors *s, const struct entry *t, struct tensor *out,
                     struct error *e)
{
    *out = t->tensor;
    if (check_readable(t, e) < 0)
        return -1;
    const unsigned char *from = s->data + t->begin;
    size_t bytes = (size_t)(t->end - t->begin);
    size_t count = bytes / (size_t)t->dtype->size;
    if (!t->dtype->convert && (uintptr_t)from % 4 == 0) {
        out->data = (void *)from;
        return 0;
    }
    unsigned char *to = new_copy(s, count, 4);
    out->data = to;
    if (!t->dtype->convert && bytes)
        memcpy(to, from, bytes);
    for (size_t i = 0; t->dtype->convert && i < count; i++)
        if (!t->dtype->convert(from + i * (size_t)t->dtype->size, to + 4 * i))
            return tensor_error(e, t->name,
                                "element %zu does not fit in 32 bits; save it "
                                "as I32 or leave the tensor out",
                                i + 1);
    return 0;
}

/* The length of the header in `*length`; what follows it is inside the file. */
static int read_length(const unsigned char *data, size_t size, size_t *length,
                       struct error *e)
{
    if (size < LENGTH_BYTES)
        return error_set(e,
                         "is %zu bytes long, too short for a safetensors file; copy or "
                         "download it again",
                         size);
    uint64_t n = 0;
    for (int i = LENGTH_BYTES - 1; i >= 0; i--)
        n = n << 8 | data[i];
    if (size > strlen(LFS) && memcmp(data, LFS, strlen(LFS)) == 0)
        return error_set(e, "is a Git LFS pointer, not the weights: fetch them with git "
                         "lfs pull");
    if (n > MAX_HEADER)
        return error_set(e,
                         "claims a header of %" PRIu64 " bytes, more than %d: it is not "
                         "a safetensors file; give one that is",
                         n, MAX_HEADER);
    if (n > size - LENGTH_BYTES)
        return error_set(e,
                         "claims a header of %" PRIu64 " bytes but is %zu bytes long: it "
                         "is cut short; copy or download it again",
                         n, size);
    *length = (size_t)n;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A header has one tensor of a name, and one `__metadata__`. */
static int check_names(const struct safetensors *s, struct error *e)
{
    const char **names = mem_alloc(s->count, sizeof *names);
    int result = 0;
    for (size_t i = 0; i < s->count; i++)
        names[i] = s->entries[i].name;
    if (s->count)
        qsort(names, s->count, sizeof *names, by_name);
    for (size_t i = 1; i < s->count && result == 0; i++)
        if (!strcmp(names[i - 1], names[i]))
            result = tensor_error(e, names[i], "is a duplicate: the name stands twice in "
                                  "the header; " AGAIN);
    free(names);
    return result;
}

static int read_header(struct safetensors *s, const unsigned char *text, size_t length,
                       struct error *e)
{
    if (length == 0 || text[0] != '{')
        return error_set(e, "its header is not a JSON object; " AGAIN);
    struct error cause = {0};
    struct reading r = {.s = s, .e = e};
    if (json_each_member((const char *)text, length, "the header", add_entry, &r,
                         &cause) == 0)
        return check_names(s, e);
    if (!cause.set) /* a tensor is at fault */
        return -1;
    char line[900];
    error_line(&cause, line, sizeof line);
    return error_set(e, "%.400s", line);
}

static int read_all(struct safetensors *s, const unsigned char *data, size_t size,
                    struct error *e)
{
    size_t length = 0;
    if (read_length(data, size, &length, e) < 0 ||
        read_header(s, data + LENGTH_BYTES, length, e) < 0)
        return -1;
    s->data = data + LENGTH_BYTES + length;
    return check_layout(s, size - LENGTH_BYTES - length, e);
}

static int take_all(struct safetensors *s, struct error *e)
{
    for (size_t i = 0; i < s->count; i++) {
        struct tensor t;
        if (take_data(s, &s->entries[i], &t, e) < 0)
            return -1;
        weights_add(&s->weights, s->entries[i].name, t);
    }
    return 0;
}

/* ---- the interface ---- */

/* Takes the map, which may be empty. */
static struct safetensors *open_mapped(struct file_map map, const unsigned char *data,
                                       size_t size, const char *name, bool all,
                                       struct error *e)
{
    struct safetensors *s = mem_zero(1, sizeof *s);
    s->map = map;
    s->name = mem_string(name);
    if (read_all(s, data, size, e) == 0 && (!all || take_all(s, e) == 0))
        return s;
    error_at(e, name, 0, 0);
    safetensors_free(s);
    return NULL;
}

static struct safetensors *open_file(const char *path, bool all, struct error *e)
{
    struct file_map map;
    if (file_map(path, &map, e) < 0)
        return NULL;
    return open_mapped(map, map.data, map.size, path, all, e);
}

struct safetensors *safetensors_open(const char *path, struct error *e)
{
    return open_file(path, true, e);
}

struct safetensors *safetensors_index(const char *path, struct error *e)
{
    return open_file(path, false, e);
}

struct safetensors *safetensors_from_memory(const unsigned char *data, size_t size,
                                            const char *name, struct error *e)
{
    return open_mapped((struct file_map){0}, data, size, name, true, e);
}

const char *safetensors_name(const struct safetensors *s, size_t i)
{
    return s->entries[i].name;
}

struct tensor safetensors_shape(const struct safetensors *s, size_t i)
{
    const struct entry *t = &s->entries[i];
    return t->dtype ? t->tensor : (struct tensor){0};
}

const char *safetensors_metadata(const struct safetensors *s, const char *key)
{
    return json_text(json_get(s->metadata, key));
}

int safetensors_each_alias(const struct safetensors *s,
                           int (*each)(const char *name, const struct json *other,
                                       void *data),
                           void *data)
{
    return json_each(s->metadata, each, data);
}

static int check_finite(const struct safetensors *s, const char *name,
                        const struct tensor *t, struct error *e)
{
    if (t->type != TENSOR_F32)
        return 0;
    long n = tensor_count(t), columns = tensor_columns(t), k = 0;
    while (k < n && isfinite(t->f32[k]))
        k++;
    if (k == n)
        return 0;
    tensor_error(e, name,
                 "row %ld, column %ld is %s: the training "
                 "has diverged or the file is damaged; use another checkpoint",
                 k / columns + 1, k % columns + 1,
                 isnan(t->f32[k]) ? "not a number" : "infinite");
    return error_at(e, s->name, 0, 0);
}

int safetensors_take(struct safetensors *s, size_t i, struct tensor *out,
                     struct error *e)
{
    if (take_data(s, &s->entries[i], out, e) < 0)
        return error_at(e, s->name, 0, 0);
    return check_finite(s, s->entries[i].name, out, e);
}

int safetensors_check_finite(const struct safetensors *s, struct error *e)
{
    for (size_t i = 0; i < s->weights.count; i++)
        if (check_finite(s, s->weights.items[i].name, &s->weights.items[i].tensor, e) < 0)
            return -1;
    return 0;
}

void safetensors_free(struct safetensors *s)
{
    if (!s)
        return;
    weights_free(&s->weights);
    json_free(s->metadata);
    arena_free(&s->names);
    free(s->entries);
    for (size_t i = 0; i < s->copy_count; i++)
        free(s->copies[i]);
    free(s->copies);
    file_unmap(&s->map);
    free(s->name);
    free(s);
}
