#include "valpack.h"

#include <string.h>

#include "err.h"

#define MAX_DEPTH 128 /* twice the profile's */
#define ABSENT 255    /* a NULL value */

/* Seven bits a byte, the last one without its top bit. */
void pack_u64(struct buf *out, uint64_t n)
{
	for (; n > 127; n >>= 7)
		buf_putc(out, (char)(128 | (n & 127)));
	buf_putc(out, (char)n);
}

void pack_str(struct buf *out, const char *s)
{
	size_t n = s ? strlen(s) : 0;
	pack_u64(out, s ? n + 1 : 0);
	if (s)
		buf_put(out, s, n + 1);
}

void pack_part(struct buf *out, const char *bytes, size_t n)
{
	pack_u64(out, n);
	buf_put(out, bytes, n);
}

void val_pack(struct buf *out, const struct val *v)
{
	buf_putc(out, v ? (char)v->type : (char)ABSENT);
	if (!v)
		return;
	switch (v->type) {
	case VAL_NULL:
		break;
	case VAL_BOOL:
		buf_putc(out, v->b);
		break;
	case VAL_INT:
		pack_u64(out, (uint64_t)v->i);
		break;
	case VAL_NUM:
		buf_put(out, &v->num, sizeof v->num);
		break;
	case VAL_STR:
		pack_str(out, v->str.at);
		break;
	case VAL_LIST:
		pack_u64(out, v->list.n);
		for (size_t i = 0; i < v->list.n; i++)
			val_pack(out, v->list.at[i]);
		break;
	case VAL_MAP:
		pack_u64(out, v->map.n);
		for (size_t i = 0; i < v->map.n; i++) {
			pack_str(out, v->map.at[i].key);
			val_pack(out, v->map.at[i].val);
		}
		break;
	}
}

uint64_t unpack_u64(struct unpack *u)
{
	uint64_t n = 0;
	if (u->at < u->end && (unsigned char)*u->at < 128) /* most */
		return (unsigned char)*u->at++;
	for (unsigned shift = 0; u->at < u->end && shift < 64; shift += 7) {
		unsigned char c = (unsigned char)*u->at++;
		n |= (uint64_t)(c & 127) << shift;
		if (c < 128)
			return n;
	}
	u->bad = true;
	return 0;
}

const char *unpack_str(struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	if (!n)
		return NULL;
	if (n > (uint64_t)(u->end - u->at) || u->at[n - 1]) {
		u->bad = true;
		return NULL;
	}
	const char *s = u->at;
	u->at += n;
	return s;
}

struct unpack unpack_part(struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	if (n > (uint64_t)(u->end - u->at))
		u->bad = true;
	struct unpack part = { u->at, u->at + (u->bad ? 0 : n), u->bad };
	u->at = part.end;
	return part;
}

static void unpack(struct val *v, struct arena *a, struct unpack *u, int depth);

/* How many items follow; each takes a byte at least. */
static size_t count(struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	if (n > (uint64_t)(u->end - u->at))
		u->bad = true;
	return u->bad ? 0 : (size_t)n;
}

/* Items lie side by side: one piece of memory for all of them. */
static void unpack_list(struct val *v, struct arena *a, struct unpack *u, int depth)
{
	size_t n = count(u);
	struct val *all = arena_array(a, n, sizeof *all);
	v->list = (struct val_list){ arena_array(a, n, sizeof *v->list.at), 0, n };
	for (; !u->bad && v->list.n < n; v->list.n++) {
		v->list.at[v->list.n] = &all[v->list.n];
		unpack(&all[v->list.n], a, u, depth + 1);
	}
}

static void unpack_map(struct val *v, struct arena *a, struct unpack *u, int depth)
{
	size_t n = count(u);
	struct val *all = arena_array(a, n, sizeof *all);
	v->map = (struct val_map){ arena_array(a, n, sizeof *v->map.at), 0, n };
	for (; !u->bad && v->map.n < n; v->map.n++) {
		struct val_field *f = &v->map.at[v->map.n];
		*f = (struct val_field){ unpack_str(u), &all[v->map.n] };
		u->bad |= !f->key;
		unpack(f->val, a, u, depth + 1);
	}
}

static void unpack_text(struct val *v, struct unpack *u)
{
	v->str.at = unpack_str(u);
	if (!v->str.at)
		u->bad = true;
	else
		v->str.n = (size_t)(u->at - v->str.at) - 1;
}

/* Into v, which is zeroed. */
static void unpack(struct val *v, struct arena *a, struct unpack *u, int depth)
{
	if (u->bad || u->at >= u->end || depth > MAX_DEPTH) {
		u->bad = true;
		return;
	}
	unsigned char type = (unsigned char)*u->at++;
	v->type = (enum val_type)type;
	switch (type) {
	case VAL_NULL:
		break;
	case VAL_BOOL:
		v->b = u->at < u->end && *u->at++;
		break;
	case VAL_INT:
		v->i = (int64_t)unpack_u64(u);
		break;
	case VAL_NUM:
		if (u->end - u->at < (ptrdiff_t)sizeof v->num) {
			u->bad = true;
			break;
		}
		memcpy(&v->num, u->at, sizeof v->num);
		u->at += sizeof v->num;
		break;
	case VAL_STR:
		unpack_text(v, u);
		break;
	case VAL_LIST:
		unpack_list(v, a, u, depth);
		break;
	case VAL_MAP:
		unpack_map(v, a, u, depth);
		break;
	default: /* ABSENT is none of a list's or a map's */
		u->bad = true;
	}
}

struct val *val_unpack(struct arena *a, struct unpack *u)
{
	if (!u->bad && u->at < u->end && (unsigned char)*u->at == ABSENT) {
		u->at++;
		return NULL;
	}
	struct val *v = arena_new(a, struct val);
	unpack(v, a, u, 0);
	return u->bad ? NULL : v;
}

static void skip(struct unpack *u, int depth)
{
	struct val v;
	if (u->bad || u->at >= u->end || depth > MAX_DEPTH) {
		u->bad = true;
		return;
	}
	unsigned char type = (unsigned char)*u->at;
	if (type != VAL_LIST && type != VAL_MAP) {
		unpack(&v, NULL, u, depth); /* takes memory for lists and maps only */
		return;
	}
	u->at++;
	for (size_t n = count(u); n && !u->bad; n--) {
		if (type == VAL_MAP && !unpack_str(u))
			u->bad = true;
		skip(u, depth + 1);
	}
}

/* What stands behind `begin`; NULL: s begins otherwise, or `begin` has a dot of its own, which is no way down. */
static const char *behind(const char *s, const char *begin)
{
	while (*begin && *begin != '.' && *s == *begin)
		s++, begin++;
	return *begin ? NULL : s;
}

/* keys[i]: what is left of it below here; NULL: it is not below here. */
static void pick(const char **out, const char *const *keys, size_t n, struct unpack *u, int depth)
{
	uint32_t letters = 0; /* first ones, that most keys of the map do not have */
	for (size_t i = 0; i < n; i++)
		letters |= keys[i] ? 1u << (*keys[i] & 31) : 0;
	u->at++;
	for (size_t left = count(u); left && !u->bad; left--) {
		const char *key = unpack_str(u), *below[PICK_MAX];
		int type = u->at < u->end ? (unsigned char)*u->at : -1;
		bool deeper = false;
		u->bad |= !key;
		for (size_t i = 0; i < n && !u->bad && letters >> (*key & 31) & 1; i++) {
			const char *left_of = keys[i] ? behind(keys[i], key) : NULL;
			below[i] = left_of && *left_of == '.' ? left_of + 1 : NULL;
			deeper |= below[i] && type == VAL_MAP;
			struct unpack text = { u->at + 1, u->end, false };
			if (left_of && !*left_of && type == VAL_STR)
				out[i] = unpack_str(&text);
		}
		if (deeper && !u->bad)
			pick(out, below, n, u, depth + 1);
		else
			skip(u, depth);
	}
}

bool val_pick(const char **out, const char *const *keys, size_t n, struct unpack u)
{
	must(n <= PICK_MAX);
	memset(out, 0, n * sizeof *out);
	if (!u.bad && u.at < u.end && (unsigned char)*u.at == VAL_MAP)
		pick(out, keys, n, &u, 0);
	else
		u.bad = true;
	if (u.bad)
		memset(out, 0, n * sizeof *out);
	return !u.bad;
}

static uint64_t mix(uint64_t h, uint64_t w)
{
	h = (h ^ w) * 0xFF51AFD7ED558CCDu;
	return h ^ h >> 32;
}

static uint64_t mixed(uint64_t h, const unsigned char *p)
{
	uint64_t w;
	memcpy(&w, p, sizeof w);
	return mix(h, w);
}

/* Each mix waits for the one before it: four of them side by side take the time of one. */
uint64_t pack_check(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = 0x9E3779B97F4A7C15u ^ n, w = 0;
	if (n >= 4 * sizeof h) {
		uint64_t a = h, b = h + 1, c = h + 2, d = h + 3;
		for (; n >= 4 * sizeof h; n -= 4 * sizeof h, p += 4 * sizeof h) {
			a = mixed(a, p);
			b = mixed(b, p + 8);
			c = mixed(c, p + 16);
			d = mixed(d, p + 24);
		}
		h = mix(mix(mix(a, b), c), d);
	}
	for (; n >= sizeof h; n -= sizeof h, p += sizeof h)
		h = mixed(h, p);
	for (; n; n--)
		w = w << 8 | *p++;
	h = (h ^ w) * 0xC4CEB9FE1A85EC53u;
	return h ^ h >> 29;
}
