#include "val.h"
#include "digest.h"
#include "err.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct val *make(struct arena *a, enum val_type type)
{
	struct val *v = arena_new(a, struct val);
	v->type = type;
	return v;
}

struct val *val_null(struct arena *a)
{
	return make(a, VAL_NULL);
}

struct val *val_bool(struct arena *a, bool b)
{
	struct val *v = make(a, VAL_BOOL);
	v->b = b;
	return v;
}

struct val *val_int(struct arena *a, int64_t i)
{
	struct val *v = make(a, VAL_INT);
	v->i = i;
	return v;
}

struct val *val_num(struct arena *a, double num)
{
	if (num >= -9007199254740992.0 && num <= 9007199254740992.0 && num == floor(num))
		return val_int(a, (int64_t)num);
	struct val *v = make(a, VAL_NUM);
	v->num = num;
	return v;
}

struct val *val_strn(struct arena *a, const char *s, size_t n)
{
	struct val *v = make(a, VAL_STR);
	v->str.at = arena_dupn(a, s, n);
	v->str.n = n;
	return v;
}

struct val *val_str(struct arena *a, const char *s)
{
	return val_strn(a, s, strlen(s));
}

struct val *val_list(struct arena *a)
{
	return make(a, VAL_LIST);
}

struct val *val_map(struct arena *a)
{
	return make(a, VAL_MAP);
}

void val_push(struct arena *a, struct val *list, struct val *item)
{
	must(list->type == VAL_LIST && item);
	arena_push(a, &list->list, item);
}

static struct val_field *field(const struct val *map, const char *key)
{
	if (!map || map->type != VAL_MAP)
		return NULL;
	for (struct val_field *f = map->map.at, *end = f + map->map.n; f != end; f++)
		if (*f->key == *key && !strcmp(f->key, key)) /* most differ at once */
			return f;
	return NULL;
}

struct val *val_get(const struct val *map, const char *key)
{
	struct val_field *f = field(map, key);
	return f ? f->val : NULL;
}

const char *val_text(const struct val *map, const char *key)
{
	struct val *v = val_get(map, key);
	return v && v->type == VAL_STR ? v->str.at : NULL;
}

static const char *text_below(const struct val *map, const char *key)
{
	const char *dot = strchr(key, '.');
	if (!dot)
		return val_text(map, key);
	for (size_t i = 0; map && map->type == VAL_MAP && i < map->map.n; i++) {
		const struct val_field *f = &map->map.at[i];
		if (!strncmp(f->key, key, (size_t)(dot - key)) && !f->key[dot - key])
			return text_below(f->val, dot + 1);
	}
	return NULL;
}

void val_texts(const char **out, const char *const *keys, size_t n, const struct val *map)
{
	for (size_t i = 0; i < n; i++)
		out[i] = text_below(map, keys[i]);
}

bool val_is_true(const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);
	return v && v->type == VAL_BOOL && v->b;
}

void val_insert(struct arena *a, struct val *map, size_t at, const char *key, struct val *v)
{
	must(map->type == VAL_MAP && v && at <= map->map.n);
	struct val_field f = { arena_dup(a, key), v };
	arena_push(a, &map->map, f);
	for (size_t i = map->map.n - 1; i > at; i--)
		map->map.at[i] = map->map.at[i - 1];
	map->map.at[at] = f;
}

void val_set(struct arena *a, struct val *map, const char *key, struct val *v)
{
	must(map->type == VAL_MAP && v);
	struct val_field *f = field(map, key);
	if (f)
		f->val = v;
	else
		val_insert(a, map, map->map.n, key, v);
}

bool val_drop(struct val *map, const char *key)
{
	struct val_field *f = field(map, key);
	if (!f)
		return false;
	size_t i = (size_t)(f - map->map.at);
	memmove(f, f + 1, (map->map.n - i - 1) * sizeof *f);
	map->map.n--;
	return true;
}

struct val *val_shallow(struct arena *a, const struct val *v)
{
	struct val *c = arena_new(a, struct val);
	*c = *v;
	if (v->type == VAL_LIST) {
		c->list = (struct val_list){ 0 };
		for (size_t i = 0; i < v->list.n; i++)
			val_push(a, c, v->list.at[i]);
	} else if (v->type == VAL_MAP) {
		c->map = (struct val_map){ 0 };
		for (size_t i = 0; i < v->map.n; i++)
			arena_push(a, &c->map, v->map.at[i]);
	}
	return c;
}

struct val *val_copy(struct arena *a, const struct val *v)
{
	if (!v)
		return NULL;
	struct val *c = val_shallow(a, v);
	switch (v->type) {
	case VAL_STR:
		c->str.at = arena_dupn(a, v->str.at, v->str.n);
		break;
	case VAL_LIST:
		for (size_t i = 0; i < c->list.n; i++)
			c->list.at[i] = val_copy(a, c->list.at[i]);
		break;
	case VAL_MAP:
		for (size_t i = 0; i < c->map.n; i++) {
			c->map.at[i].key = arena_dup(a, c->map.at[i].key);
			c->map.at[i].val = val_copy(a, c->map.at[i].val);
		}
		break;
	case VAL_NULL:
	case VAL_BOOL:
	case VAL_INT:
	case VAL_NUM:
		break;
	}
	if (v->raw)
		c->raw = arena_dup(a, v->raw);
	return c;
}

bool val_is_str(const struct val *v, const char *s)
{
	return v && v->type == VAL_STR && !strcmp(v->str.at, s);
}

static bool is_number(const struct val *v)
{
	return v->type == VAL_INT || v->type == VAL_NUM;
}

static double as_double(const struct val *v)
{
	return v->type == VAL_INT ? (double)v->i : v->num;
}

static int by_field_key(const void *x, const void *y)
{
	return strcmp((*(const struct val_field *const *)x)->key, (*(const struct val_field *const *)y)->key);
}

/* Fields from i on, by key. Own; NULL: no memory, or not worth it. */
static const struct val_field **fields_by_key(const struct val_map *m, size_t i)
{
	size_t n = m->n - i;
	const struct val_field **out = n > 32 ? malloc(n * sizeof *out) : NULL;
	for (size_t k = 0; out && k < n; k++)
		out[k] = &m->at[i + k];
	if (out)
		qsort(out, n, sizeof *out, by_field_key);
	return out;
}

/* Maps of as many fields. Most have the same order; of those that have not, some have 50,000 fields. */
static bool equal_maps(const struct val *x, const struct val *y)
{
	size_t i = 0, n = x->map.n;
	while (i < n && !strcmp(x->map.at[i].key, y->map.at[i].key)) {
		if (!val_equal(x->map.at[i].val, y->map.at[i].val))
			return false;
		i++;
	}
	const struct val_field **xs = fields_by_key(&x->map, i), **ys = xs ? fields_by_key(&y->map, i) : NULL;
	bool same = true;
	for (size_t k = 0; same && k < n - i; k++) {
		if (ys)
			same = !strcmp(xs[k]->key, ys[k]->key) && val_equal(xs[k]->val, ys[k]->val);
		else
			same = val_equal(x->map.at[i + k].val, val_get(y, x->map.at[i + k].key));
	}
	free(xs);
	free(ys);
	return same;
}

bool val_equal(const struct val *x, const struct val *y)
{
	if (x == y)
		return true;
	if (!x || !y)
		return false;
	if (is_number(x) && is_number(y))
		return x->type == VAL_INT && y->type == VAL_INT ? x->i == y->i : as_double(x) == as_double(y);
	if (x->type != y->type)
		return false;
	switch (x->type) {
	case VAL_NULL:
		return true;
	case VAL_BOOL:
		return x->b == y->b;
	case VAL_STR:
		return x->str.n == y->str.n && !memcmp(x->str.at, y->str.at, x->str.n);
	case VAL_LIST:
		if (x->list.n != y->list.n)
			return false;
		for (size_t i = 0; i < x->list.n; i++)
			if (!val_equal(x->list.at[i], y->list.at[i]))
				return false;
		return true;
	case VAL_MAP:
		return x->map.n == y->map.n && equal_maps(x, y);
	case VAL_INT:
	case VAL_NUM:
		break;
	}
	return false;
}

static int rank(const struct val *v)
{
	if (!v)
		return 0;
	return v->type == VAL_NUM ? 1 + VAL_INT : 1 + (int)v->type;
}

int val_cmp(const struct val *x, const struct val *y)
{
	if (rank(x) != rank(y))
		return rank(x) < rank(y) ? -1 : 1;
	if (!x || x->type == VAL_NULL)
		return 0;
	if (x->type == VAL_BOOL)
		return (int)x->b - (int)y->b;
	if (is_number(x)) {
		if (x->type == VAL_INT && y->type == VAL_INT)
			return x->i < y->i ? -1 : x->i > y->i;
		double p = as_double(x), q = as_double(y);
		return p < q ? -1 : p > q;
	}
	if (x->type == VAL_STR)
		return strcmp(x->str.at, y->str.at);
	struct buf p = BUF_INIT, q = BUF_INIT;
	val_canon(&p, x);
	val_canon(&q, y);
	int c = strcmp(buf_str(&p), buf_str(&q));
	buf_free(&p);
	buf_free(&q);
	return c;
}

/* --- RFC 8785 ------------------------------------------------------------------------------------------------ */

/* 3.2.2.2: how a character that may not stand for itself is written. */
static const char *canon_escape(char out[8], unsigned char c)
{
	static const char letters[] = "btn\0fr"; /* of U+0008 and what follows; U+000B has none */
	if (c == '"' || c == '\\')
		snprintf(out, 8, "\\%c", c);
	else if (c >= '\b' && c <= '\r' && letters[c - '\b'])
		snprintf(out, 8, "\\%c", letters[c - '\b']);
	else
		snprintf(out, 8, "\\u%04x", c);
	return out;
}

/* What needs no escape goes in whole runs: a fingerprint of each record is made of this. */
static void canon_str(struct buf *out, const char *s)
{
	char escape[8];
	buf_putc(out, '"');
	while (*s) {
		size_t n = 0;
		while ((unsigned char)s[n] >= 0x20 && s[n] != '"' && s[n] != '\\')
			n++;
		buf_put(out, s, n);
		s += n;
		if (*s)
			buf_puts(out, canon_escape(escape, (unsigned char)*s++));
	}
	buf_putc(out, '"');
}

/* 3.2.2.3: as ECMAScript prints a Number: the shortest digits that read back the same, in its own layout. */
static void canon_num(struct buf *out, double d)
{
	if (d == 0) {
		buf_putc(out, '0');
		return;
	}
	char text[40];
	int precision = 1;
	do
		snprintf(text, sizeof text, "%.*e", precision - 1, d);
	while (strtod(text, NULL) != d && ++precision <= 17);
	char digits[24];
	int n = 0;
	const char *p = text;
	if (*p == '-') {
		buf_putc(out, '-');
		p++;
	}
	for (; *p && *p != 'e'; p++)
		if (*p != '.')
			digits[n++] = *p;
	int exp = atoi(p + 1) + 1; /* value = 0.digits * 10^exp */
	while (n > 1 && digits[n - 1] == '0')
		n--;
	if (n <= exp && exp <= 21) {
		buf_put(out, digits, (size_t)n);
		buf_fill(out, '0', (size_t)(exp - n));
	} else if (0 < exp && exp <= 21) {
		buf_put(out, digits, (size_t)exp);
		buf_putc(out, '.');
		buf_put(out, digits + exp, (size_t)(n - exp));
	} else if (-6 < exp && exp <= 0) {
		buf_puts(out, "0.");
		buf_fill(out, '0', (size_t)-exp);
		buf_put(out, digits, (size_t)n);
	} else {
		buf_putc(out, digits[0]);
		if (n > 1) {
			buf_putc(out, '.');
			buf_put(out, digits + 1, (size_t)n - 1);
		}
		buf_printf(out, "e%c%d", exp - 1 < 0 ? '-' : '+', abs(exp - 1));
	}
}

/* 3.2.3: by UTF-16 code units. Differs from bytewise UTF-8 only where a character beyond the BMP (lead byte F0..F4,
 * surrogates D800..DFFF) meets one of U+E000..U+FFFF (lead byte EE or EF). */
static int utf16_cmp(const char *x, const char *y)
{
	const unsigned char *p = (const unsigned char *)x, *q = (const unsigned char *)y;
	while (*p && *p == *q) {
		p++;
		q++;
	}
	if (*p == *q)
		return 0;
	bool px = *p >= 0xF0, qx = *q >= 0xF0;
	if (px != qx) {
		if (px && *q >= 0xEE)
			return -1;
		if (qx && *p >= 0xEE)
			return 1;
	}
	return *p < *q ? -1 : 1;
}

static int by_key(const void *x, const void *y)
{
	const struct val_field *const *p = x, *const *q = y;
	return utf16_cmp((*p)->key, (*q)->key);
}

static void canon_map(struct buf *out, const struct val *v)
{
	const struct val_field **sorted = malloc((v->map.n + 1) * sizeof *sorted);
	if (!sorted) {
		out->oom = true;
		return;
	}
	for (size_t i = 0; i < v->map.n; i++)
		sorted[i] = &v->map.at[i];
	qsort(sorted, v->map.n, sizeof *sorted, by_key);
	buf_putc(out, '{');
	for (size_t i = 0; i < v->map.n; i++) {
		if (i)
			buf_putc(out, ',');
		canon_str(out, sorted[i]->key);
		buf_putc(out, ':');
		val_canon(out, sorted[i]->val);
	}
	buf_putc(out, '}');
	free(sorted);
}

void val_canon(struct buf *out, const struct val *v)
{
	switch (v->type) {
	case VAL_NULL:
		buf_puts(out, "null");
		break;
	case VAL_BOOL:
		buf_puts(out, v->b ? "true" : "false");
		break;
	case VAL_INT:
		if (v->i >= -9007199254740992 && v->i <= 9007199254740992)
			buf_printf(out, "%lld", (long long)v->i);
		else
			canon_num(out, (double)v->i);
		break;
	case VAL_NUM:
		canon_num(out, v->num);
		break;
	case VAL_STR:
		canon_str(out, v->str.at);
		break;
	case VAL_LIST:
		buf_putc(out, '[');
		for (size_t i = 0; i < v->list.n; i++) {
			if (i)
				buf_putc(out, ',');
			val_canon(out, v->list.at[i]);
		}
		buf_putc(out, ']');
		break;
	case VAL_MAP:
		canon_map(out, v);
		break;
	}
}

void val_sha256(char out[65], const struct val *v)
{
	struct buf b = BUF_INIT;
	val_canon(&b, v);
	must(buf_ok(&b)); /* a record is at most 1 MiB */
	digest_sha256_hex(out, buf_str(&b), b.n);
	buf_free(&b);
}

void val_key(char out[VAL_KEY_LEN + 1], const struct val *v)
{
	char whole[65];
	val_sha256(whole, v);
	memcpy(out, whole, VAL_KEY_LEN);
	out[VAL_KEY_LEN] = 0;
}
