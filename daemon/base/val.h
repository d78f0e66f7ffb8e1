/* val.h -- one piece of data: what a YAML node, a JSON value or a field of a record means, without its spelling.
 *
 * OWNER   Everything lives in an arena; nothing is freed alone. Sub-trees may be shared between values: whoever changes
 *         a value copies it first (val_copy), so a value that somebody else can see is never changed.
 * MISSING A missing value is a NULL pointer; it differs from VAL_NULL and from an empty string, list or map. All
 *         functions that compare accept NULL.
 */
#ifndef BASE_VAL_H
#define BASE_VAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"

enum val_type { VAL_NULL, VAL_BOOL, VAL_INT, VAL_NUM, VAL_STR, VAL_LIST, VAL_MAP };

struct val;

struct val_str {
	const char *at; /* UTF-8, NUL-terminated, no NUL inside */
	size_t n;       /* bytes */
};
struct val_list {
	struct val **at;
	size_t n, cap;
};
struct val_field {
	const char *key; /* UTF-8, NUL-terminated */
	struct val *val; /* never NULL */
};
struct val_map {
	struct val_field *at; /* in the order of the text */
	size_t n, cap;
};

struct val {
	enum val_type type;
	uint32_t line, col; /* 1-based position of the value's first character in its file; 0: not from a file */
	const char *raw;    /* source text of a plain scalar that reads as null, bool or number; else NULL (schema_type) */
	union {
		bool b;
		int64_t i;
		double num; /* finite */
		struct val_str str;
		struct val_list list;
		struct val_map map;
	};
};

struct val *val_null(struct arena *a);
struct val *val_bool(struct arena *a, bool b);
struct val *val_int(struct arena *a, int64_t i);
struct val *val_num(struct arena *a, double num); /* becomes VAL_INT when it is a whole number within 2^53 */
struct val *val_str(struct arena *a, const char *s);
struct val *val_strn(struct arena *a, const char *s, size_t n);
struct val *val_list(struct arena *a);
struct val *val_map(struct arena *a);

void val_push(struct arena *a, struct val *list, struct val *item);
struct val *val_get(const struct val *map, const char *key);         /* NULL when missing, or when map is no map */
const char *val_text(const struct val *map, const char *key);        /* the string under key, or NULL */
/* The strings under these keys, NULL where there is none; "de.ref" is under `ref` of the map under `de`, never a key "de.ref". */
void val_texts(const char **out, const char *const *keys, size_t n, const struct val *map);
bool val_is_true(const struct val *map, const char *key);            /* false when missing, or no boolean */
void val_set(struct arena *a, struct val *map, const char *key, struct val *v); /* replaces, or appends */
void val_insert(struct arena *a, struct val *map, size_t at, const char *key, struct val *v);
bool val_drop(struct val *map, const char *key);                     /* false: was not there */
struct val *val_copy(struct arena *a, const struct val *v);          /* deep; NULL gives NULL */
struct val *val_shallow(struct arena *a, const struct val *v);       /* own list/map array, shared children */

bool val_is_str(const struct val *v, const char *s);

/* By value: 1 = 1.0; map order does not matter, list order does; raw and positions do not matter. */
bool val_equal(const struct val *x, const struct val *y);

/* Total order over values: missing, null, bool, number, string (bytewise), list, map (by canonical JSON). */
int val_cmp(const struct val *x, const struct val *y);

/* Canonical JSON, RFC 8785 (JCS): keys by UTF-16 code units, ES6 numbers, shortest escapes. v is not NULL. */
void val_canon(struct buf *out, const struct val *v);

/* First 16 hex digits of the SHA-256 of the canonical JSON: the `cle` of a proposal (DESIGN 6). */
#define VAL_KEY_LEN 16
void val_key(char out[VAL_KEY_LEN + 1], const struct val *v);

/* The whole SHA-256 of the canonical JSON, in hex. */
void val_sha256(char out[65], const struct val *v);

#endif
