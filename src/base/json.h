/* JSON, read and written through jansson (only json.c knows it).
 *
 * Reading is strict: no duplicate keys, nothing after the value, valid UTF-8. The typed
 * getters name the key and what was expected; the caller adds the file with error_at.
 * `struct json` is a reference-counted value; json_free drops the reference one owns.
 * (No function here may carry a name that libjansson exports, such as json_object or
 * json_integer: it would take the place of the library's own.) */
#ifndef JSON_H
#define JSON_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct json;

/* Parses `length` bytes; `name` is the file named in errors, with line and column.
 * Caller frees with json_free. */
struct json *json_parse(const char *text, size_t length, const char *name,
                        struct error *e);
/* The same for a file of at most `limit` bytes. */
struct json *json_read(const char *path, size_t limit, struct error *e);
void json_free(struct json *j);

/* Inspection. All results are borrowed. A missing key or index gives NULL. */
bool json_is_object(const struct json *j);
bool json_is_array(const struct json *j);
bool json_is_null(const struct json *j); /* true for NULL as well */
const struct json *json_get(const struct json *object, const char *key);
size_t json_length(const struct json *array); /* 0 when it is not an array or object */
const struct json *json_item(const struct json *array, size_t index);
const char *json_text(const struct json *j); /* NULL unless a string without NUL bytes */
bool json_long(const struct json *j, long *out); /* false for 2.0 */
bool json_number(const struct json *j, double *out);
bool json_boolean(const struct json *j, bool *out);

/* What the value is, for error messages: "an object", "a text", "missing", … */
const char *json_kind(const struct json *j);

/* Calls `each` for every member of an object in file order, until it returns non-zero;
 * returns that value. */
int json_each(const struct json *object,
              int (*each)(const char *key, const struct json *value, void *data),
              void *data);

/* The same for the text of an object, of `length` bytes, without keeping it: a value
 * lives for the call only, so that a million members take little memory. -1 with an
 * error when the text is no object; members before the fault have been given by then.
 * That a key stands once is the caller's to see. */
int json_each_member(const char *text, size_t length, const char *name,
                     int (*each)(const char *key, const struct json *value, void *data),
                     void *data, struct error *e);

/* Getters with an error: -1 when the key is missing, has another type or, for an integer,
 * lies outside least … most. The text is borrowed. */
int json_need_integer(const struct json *object, const char *key, long least, long most,
                      long *out, struct error *e);
int json_need_text(const struct json *object, const char *key, const char **out,
                   struct error *e);

/* Building. Every `json_add_*` takes the value it is given; keys and texts are copied.
 * A text that is not UTF-8 is repaired with U+FFFD. A number that is not finite becomes
 * null. The writers end a document with a newline, and escape
 * what could command a terminal. */
struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_text(const char *s);
struct json *json_new_number(double x);
struct json *json_new_integer(long x);
struct json *json_new_boolean(bool x);
void json_add(struct json *object, const char *key, struct json *value);
void json_append(struct json *array, struct json *value);
void json_add_text(struct json *object, const char *key, const char *s);
void json_add_number(struct json *object, const char *key, double x);
void json_add_integer(struct json *object, const char *key, long x);
void json_add_boolean(struct json *object, const char *key, bool x);
struct json *json_clone(const struct json *j); /* deep; caller frees */
char *json_print(const struct json *j, bool indent); /* caller frees */

#endif
