#include "ctl/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct val *from_jansson(struct arena *a, json_t *j)
{
	switch (json_typeof(j)) {
	case JSON_OBJECT: {
		struct val *m = val_map(a);
		const char *key;
		json_t *child;
		json_object_foreach(j, key, child)
			arena_push(a, &m->map, ((struct val_field){ arena_dup(a, key), from_jansson(a, child) })); /* no twins: they were refused */
		return m;
	}
	case JSON_ARRAY: {
		struct val *l = val_list(a);
		size_t i;
		json_t *child;
		json_array_foreach(j, i, child)
			val_push(a, l, from_jansson(a, child));
		return l;
	}
	case JSON_STRING:
		return val_strn(a, json_string_value(j), json_string_length(j));
	case JSON_INTEGER:
		return val_int(a, json_integer_value(j));
	case JSON_REAL:
		return val_num(a, json_real_value(j));
	case JSON_TRUE:
	case JSON_FALSE:
		return val_bool(a, json_is_true(j));
	case JSON_NULL:
		break;
	}
	return val_null(a);
}

/* jansson's own depth limit (2,048) comes too late for our recursion. */
static bool too_deep(const char *bytes, size_t n)
{
	int depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < n; i++) {
		char c = bytes[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_MAX_DEPTH)
				return true;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return false;
}

int json_parse(struct val **out, struct arena *a, const char *bytes, size_t n, struct err *e)
{
	if (too_deep(bytes, n))
		return err_set(e, ERR_DATA, _("JSON : plus de %d niveaux imbriqués"), JSON_MAX_DEPTH);
	json_error_t why;
	json_t *j = json_loadb(bytes, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!j)
		return err_set(e, ERR_DATA, _("JSON incorrect, ligne %d, colonne %d : %s"), why.line, why.column, why.text);
	*out = from_jansson(a, j);
	json_decref(j);
	return 0;
}

/* The length of the UTF-8 sequence at s, 0 when there is none: what jansson takes (RFC 3629). */
static size_t sequence(const unsigned char *s, size_t n)
{
	size_t len = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;
	if (len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

/* Not everything that is shown is ours: a file's name or an old commit's subject may be Latin-1. Such bytes become U+FFFD, since
 * JSON has no other place for them, and the rest of the answer must not be lost. */
static json_t *to_string(const char *bytes, size_t n)
{
	json_t *out = json_stringn(bytes, n);
	if (out)
		return out;
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < n;) {
		size_t len = sequence((const unsigned char *)bytes + i, n - i);
		if (len)
			buf_put(&b, bytes + i, len);
		else
			buf_puts(&b, "\xef\xbf\xbd");
		i += len ? len : 1;
	}
	if (buf_ok(&b))
		out = json_stringn(buf_str(&b), b.n);
	buf_free(&b);
	return out;
}

static json_t *to_jansson(const struct val *v)
{
	switch (v->type) {
	case VAL_MAP: {
		json_t *o = json_object();
		for (size_t i = 0; o && i < v->map.n; i++)
			if (json_object_set_new(o, v->map.at[i].key, to_jansson(v->map.at[i].val)) < 0) {
				json_decref(o);
				return NULL;
			}
		return o;
	}
	case VAL_LIST: {
		json_t *l = json_array();
		for (size_t i = 0; l && i < v->list.n; i++)
			if (json_array_append_new(l, to_jansson(v->list.at[i])) < 0) {
				json_decref(l);
				return NULL;
			}
		return l;
	}
	case VAL_STR:
		return to_string(v->str.at, v->str.n);
	case VAL_INT:
		return json_integer(v->i);
	case VAL_NUM:
		return json_real(v->num);
	case VAL_BOOL:
		return json_boolean(v->b);
	case VAL_NULL:
		break;
	}
	return json_null();
}

static int append(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

int json_print(struct buf *out, const struct val *v, bool compact, struct err *e)
{
	json_t *j = to_jansson(v);
	if (!j)
		return err_nomem(e);
	int failed = json_dump_callback(j, append, out, (compact ? JSON_COMPACT : JSON_INDENT(2)) | JSON_ENCODE_ANY);
	json_decref(j);
	return failed || !buf_ok(out) ? err_nomem(e) : 0;
}
