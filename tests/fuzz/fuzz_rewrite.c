/* Any data can be written over any text, taking over from any other: it reads back as that data, and what nobody changed
 * keeps its bytes. A text read beside others is what it is when it is read alone. Input: canvas, donor, base, and bytes that decide what the target is made of. */
#include "fuzz.h"
#include "../lib/ylaws.h"

struct made {
	struct arena *a;
	struct dice dice;
	const struct ydoc *docs[3]; /* canvas, donor, base; NULL: not acceptable */
};

/* --- a target ------------------------------------------------------------------------------------------------------ */

/* Bytes of the input as text: what is not UTF-8, or is NUL, becomes a space. */
static const char *any_text(struct made *m, size_t max)
{
	size_t n = dice(&m->dice, max);
	n = n < m->dice.n ? n : m->dice.n;
	char *s = arena_dupn(m->a, (const char *)m->dice.at, n);
	m->dice.at += n;
	m->dice.n -= n;
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c;
		len = ydoc__utf8(&c, s + i, n - i);
		if (!len || !c) {
			s[i] = ' ';
			len = 1;
		}
	}
	return s;
}

/* A value of one of the texts, at any depth. */
static const struct val *any_of(struct made *m)
{
	const struct ydoc *d = m->docs[dice(&m->dice, 3)];
	const struct val *v = ydoc_val(d ? d : m->docs[0]);
	for (uint32_t down = dice(&m->dice, 8); down > 0; down--) {
		if (v->type == VAL_MAP && v->map.n)
			v = v->map.at[dice(&m->dice, v->map.n)].val;
		else if (v->type == VAL_LIST && v->list.n)
			v = v->list.at[dice(&m->dice, v->list.n)];
	}
	return v;
}

static struct val *any_value(struct made *m)
{
	switch (dice(&m->dice, 8)) {
	case 0: return val_null(m->a);
	case 1: return val_bool(m->a, dice(&m->dice, 2));
	case 2: return val_int(m->a, (int64_t)dice(&m->dice, 65536) * (dice(&m->dice, 2) ? 1 : -99999999999));
	case 3: return val_num(m->a, (dice(&m->dice, 65536) - 30000.0) * (dice(&m->dice, 2) ? 0.001 : 1e30));
	case 4: return val_str(m->a, any_text(m, 40));
	case 5: return val_str(m->a, any_text(m, 400));
	default: return val_copy(m->a, any_of(m));
	}
}

static const char *any_key(struct made *m)
{
	const struct val *v = any_of(m);
	if (v->type == VAL_MAP && v->map.n && dice(&m->dice, 3))
		return v->map.at[dice(&m->dice, v->map.n)].key;
	return any_text(m, 40);
}

static void swap(struct made *m, struct val *v)
{
	size_t n = v->type == VAL_MAP ? v->map.n : v->list.n;
	size_t i = dice(&m->dice, n), j = dice(&m->dice, n);
	if (v->type == VAL_MAP) {
		struct val_field f = v->map.at[i];
		v->map.at[i] = v->map.at[j];
		v->map.at[j] = f;
	} else {
		struct val *item = v->list.at[i];
		v->list.at[i] = v->list.at[j];
		v->list.at[j] = item;
	}
}

static void edit(struct made *m, struct val *v, bool root)
{
	bool map = v->type == VAL_MAP;
	size_t n = map ? v->map.n : v->list.n, i = dice(&m->dice, n);
	struct val **child = !n ? NULL : map ? &v->map.at[i].val : &v->list.at[i];
	if (child && (*child)->type >= VAL_LIST && dice(&m->dice, 3)) {
		edit(m, *child, false);
		return;
	}
	switch (child ? dice(&m->dice, 5) : 0) {
	case 0:
		if (!map) {
			val_push(m->a, v, any_value(m));
			swap(m, v);
		} else {
			const char *key = any_key(m);
			if (!val_get(v, key))
				val_insert(m->a, v, dice(&m->dice, n + 1), key, any_value(m));
		}
		break;
	case 1:
		swap(m, v);
		break;
	case 2:
		if (map && (!root || n > 1)) {
			val_drop(v, v->map.at[i].key);
		} else if (!map) {
			memmove(child, child + 1, (n - i - 1) * sizeof *child);
			v->list.n--;
		}
		break;
	default:
		*child = any_value(m);
	}
}

/* --- shapes: what a schema would say, decided by the names -------------------------------------------------------- */

static const void *shape_child(const void *shape, const char *key)
{
	(void)shape;
	return key;
}

static const void *shape_item(const void *shape)
{
	return shape;
}

static const char *shape_list_key(const void *shape)
{
	return strchr(shape, 'l') ? "id" : NULL;
}

static bool shape_is_prose(const void *shape)
{
	return strchr(shape, 't');
}

static const char *shape_head(const void *shape)
{
	(void)shape;
	return "une ligne";
}

static const struct yshape_ops shapes = { .child = shape_child,
					  .item = shape_item,
					  .list_key = shape_list_key,
					  .is_prose = shape_is_prose,
					  .head = shape_head };

/* --- laws ---------------------------------------------------------------------------------------------------------- */

static size_t depth_of(const struct val *v)
{
	size_t most = 0;
	for (size_t i = 0; v->type >= VAL_LIST && i < (v->type == VAL_MAP ? v->map.n : v->list.n); i++) {
		size_t d = depth_of(v->type == VAL_MAP ? v->map.at[i].val : v->list.at[i]);
		most = d > most ? d : most;
	}
	return most + (v->type >= VAL_LIST);
}

static void check(struct made *m, const struct val *target, const struct yfrom *from, bool shaped)
{
	const struct ydoc *canvas = m->docs[0];
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct err e = { 0 };
	struct ydoc *result;
	struct ylaws seen = { 0 };
	int code = ydoc_rewrite(&b, canvas, target, from, shaped ? &shapes : NULL, shaped ? "x" : NULL, &e);
	if (code < 0) {
		must(code == ERR_LIMIT && depth_of(target) > YAML_MAX_DEPTH);
		buf_free(&b);
		return;
	}
	must(!ydoc_parse(&result, m->a, "result", b.at, b.n, NULL, &e));
	must(ylaws_same_read(m->a, &(struct ylike){ { m->docs[0], m->docs[1], m->docs[2] } }, b.at, b.n));
	must(val_equal(ydoc_val(result), target));
	if (!from && !val_equal(ydoc_val(canvas), target)) {
		const char *broken = ylaws_broken(&seen, result, canvas, target);
		if (broken)
			fprintf(stderr, "%s\n--- target %s\n--- result\n%.*s---\n", broken, fuzz_canon(m->a, target),
				(int)b.n, b.at);
		must(!broken);
	}
	must(!ydoc__rewrite(m->a, &again, result, ydoc_val(result), NULL, NULL, NULL, true, &e));
	must(ylaws_same_lines(again.at, again.n, b.at, b.n));
	buf_free(&b);
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena a;
	struct part p[4];
	struct made m = { .a = &a };
	struct err e;
	fuzz_parts(p, 4, bytes, n);
	if (!arena_begin(&a)) {
		must(!"out of memory");
		return 0;
	}
	a.limit = FUZZ_MEMORY;
	for (int i = 0; i < 3; i++) {
		struct ydoc *d;
		if (!ydoc_parse(&d, &a, "t", p[i].at, p[i].n, NULL, &e))
			m.docs[i] = d;
	}
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			must(ylaws_same_read(&a, &(struct ylike){ { m.docs[k], NULL, m.docs[(k + 1) % 3] } }, p[i].at, p[i].n));
	if (m.docs[0]) {
		m.dice = (struct dice){ (const uint8_t *)p[3].at, p[3].n };
		struct yfrom from = { m.docs[1], m.docs[2] };
		bool shaped = dice(&m.dice, 2);
		struct val *target = val_copy(&a, ydoc_val(m.docs[dice(&m.dice, 4) == 3 && m.docs[1] ? 1 : 0]));
		for (uint32_t k = dice(&m.dice, 12); k > 0; k--)
			edit(&m, target, true);
		check(&m, target, NULL, shaped);
		check(&m, target, &from, shaped);
	}
	arena_end(&a);
	return 0;
}
