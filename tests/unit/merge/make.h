/* make.h -- random schemas, records and edits for the merge laws. All chance comes from one seed. */
#ifndef TESTS_MERGE_MAKE_H
#define TESTS_MERGE_MAKE_H

#include "kit.h"

static uint64_t chance_state;

static inline uint64_t chance(void)
{
	uint64_t z = (chance_state += 0x9e3779b97f4a7c15u); /* splitmix64 */
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline unsigned below(unsigned n)
{
	return (unsigned)(chance() % n);
}

static inline bool one_in(unsigned n)
{
	return below(n) == 0;
}

/* SEED=, printed, so that a failure can be played again. */
static inline uint64_t seed_of(void)
{
	const char *given = getenv("SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 20180503;
	printf("# SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

/* --- kinds of fields ----------------------------------------------------------------------------------------------- */

enum field { F_TITLE, F_FIXED, F_MIN, F_MAX, F_COUNT, F_CAUTIOUS, F_STATE, F_PROSE, F_SET, F_UNION, F_ITEMS, F_CREDITS, F_STEPS,
	     F_PAIR, F_WHOLE, F_PARTS, F_ANY, F_KINDS };

/* No types: values of the wrong shape are part of the trial. */
static const char *const field_schema[F_KINDS] = {
	[F_TITLE] = "{}",
	[F_FIXED] = "{x-merge: immutable}",
	[F_MIN] = "{x-merge: min}",
	[F_MAX] = "{x-merge: max}",
	[F_COUNT] = "{x-merge: counter}",
	[F_CAUTIOUS] = "{x-merge: cautious, x-order: [prive, collectif, reseau, public]}",
	[F_STATE] = "{x-merge: lifecycle, x-order: [brouillon, propose, valide, partage], x-withdrawn: [efface, retire]}",
	[F_PROSE] = "{x-merge: prose}",
	[F_SET] = "{type: array, x-list-type: set}",
	[F_UNION] = "{type: array, x-list-type: set, x-merge: union, items: {type: object}}",
	[F_ITEMS] = "{type: array, x-list-type: map, x-list-map-keys: [id], items: {type: object, properties: {id: {}, "
		    "texte: {x-merge: prose}, n: {}, vu: {type: array, x-list-type: set}}}}",
	[F_CREDITS] = "{type: array, x-list-type: map, x-list-map-keys: [id], x-merge: union, items: {type: object}}",
	[F_STEPS] = "{type: array, x-list-type: sequence}",
	[F_PAIR] = "{type: array}",
	[F_WHOLE] = "{type: object, x-map-type: atomic}",
	[F_PARTS] = "{type: object, x-groups: [[x, y]], properties: {x: {}, y: {x-merge: min}, z: {x-merge: prose}}}",
	[F_ANY] = "{}",
};

#define FIELDS_MAX 12
struct kind {
	const struct schema *schema;
	enum field f[FIELDS_MAX];
	const char *name[FIELDS_MAX];
	size_t n;
	bool counts; /* has a counter */
};

static inline struct kind random_kind(void)
{
	struct kind k = { .n = 2 + below(FIELDS_MAX - 2) };
	struct buf text = BUF_INIT;
	buf_puts(&text, "type: object\n");
	if (one_in(3))
		buf_puts(&text, "x-groups: [[f0, f1], [f1, f2, f3]]\n");
	buf_puts(&text, "properties:\n  id: {type: string}\n");
	for (size_t i = 0; i < k.n; i++) {
		k.f[i] = (enum field)below(F_KINDS);
		k.counts = k.counts || k.f[i] == F_COUNT;
		k.name[i] = arena_printf(&mem, "f%zu", i);
		buf_printf(&text, "  %s: %s\n", k.name[i], field_schema[k.f[i]]);
	}
	k.schema = kind_of(buf_str(&text));
	buf_free(&text);
	return k;
}

/* --- values ---------------------------------------------------------------------------------------------------------- */

static inline struct val *word(void)
{
	static const char *const words[] = { "élus", "agents", "habitants", "une garderie", "c'est-à-dire : non", "true", "1", "" };
	return val_str(&mem, words[below(8)]);
}

static inline void put_sentence(struct buf *b)
{
	static const char *const words[] = { "élus", "agents", "habitants", "sigles", "marges", "journées", "ensemble", "quartier",
					     "mairie", "atelier", "avant", "après" };
	static const char *const first[] = { "Les", "Des", "Chaque", "Un", "À" };
	static const char *const end[] = { ".", ".", ".", " !", "\xc2\xa0?", "…" };
	buf_puts(b, first[below(5)]);
	for (unsigned i = 0, n = 2 + below(12); i < n; i++)
		buf_printf(b, " %s", words[below(12)]);
	buf_puts(b, end[below(6)]);
}

static inline struct val *prose(void)
{
	struct buf b = BUF_INIT;
	for (unsigned i = 0, n = 1 + below(5); i < n; i++) {
		if (i)
			buf_puts(&b, one_in(4) ? "\n\n" : one_in(3) ? "\n" : " ");
		put_sentence(&b);
	}
	struct val *v = val_strn(&mem, buf_str(&b), b.n);
	buf_free(&b);
	return v;
}

static inline struct val *random_value(enum field f);

static inline struct val *pair_map(const char *k1, struct val *v1, const char *k2, struct val *v2)
{
	struct val *v = val_map(&mem);
	val_set(&mem, v, k1, v1);
	val_set(&mem, v, k2, v2);
	return v;
}

static inline struct val *item(unsigned key)
{
	struct val *v = val_map(&mem);
	val_set(&mem, v, "id", val_str(&mem, arena_printf(&mem, "c%u", key)));
	if (!one_in(4))
		val_set(&mem, v, "texte", prose());
	if (!one_in(3))
		val_set(&mem, v, "n", val_int(&mem, below(4)));
	if (!one_in(3))
		val_set(&mem, v, "vu", random_value(F_SET));
	return v;
}

static inline struct val *random_value(enum field f)
{
	static const char *const levels[] = { "prive", "collectif", "reseau", "public", "inconnu" };
	static const char *const states[] = { "brouillon", "propose", "valide", "partage", "efface", "retire", "autre" };
	struct val *v;
	switch (f) {
	case F_MIN:
		return val_str(&mem, arena_printf(&mem, "2018-0%u-01", 1 + below(9)));
	case F_MAX:
	case F_COUNT:
		return val_int(&mem, below(20));
	case F_CAUTIOUS:
		return val_str(&mem, levels[below(5)]);
	case F_STATE:
		return val_str(&mem, states[below(7)]);
	case F_PROSE:
		return prose();
	case F_SET:
	case F_UNION:
	case F_STEPS:
	case F_PAIR:
		v = val_list(&mem);
		for (unsigned i = 0, n = below(5); i < n; i++) {
			struct val *e = f == F_UNION ? pair_map("qui", val_int(&mem, below(5)), "role", word()) :
				       f == F_SET    ? val_str(&mem, arena_printf(&mem, "con-%c", 'a' + (char)below(8))) :
						       val_int(&mem, below(6));
			bool twice = false;
			for (size_t k = 0; k < v->list.n && (f == F_SET || f == F_UNION); k++)
				twice = twice || val_equal(v->list.at[k], e);
			if (!twice)
				val_push(&mem, v, e);
		}
		return v;
	case F_ITEMS:
	case F_CREDITS:
		v = val_list(&mem);
		for (unsigned i = 0; i < 6; i++)
			if (one_in(2))
				val_push(&mem, v, item(i));
		return v;
	case F_WHOLE:
		return pair_map("haut", val_int(&mem, below(3)), "bas", val_int(&mem, below(3)));
	case F_PARTS:
		v = val_map(&mem);
		for (int i = 0; i < 3; i++)
			if (!one_in(4))
				val_set(&mem, v, i == 0 ? "x" : i == 1 ? "y" : "z", i == 0 ? word() : random_value(i == 1 ? F_MIN : F_PROSE));
		if (one_in(4))
			val_set(&mem, v, "inconnu", word());
		return v;
	case F_ANY:
		return one_in(4) ? val_null(&mem) : random_value((enum field)below(F_ANY));
	case F_TITLE:
	case F_FIXED:
	case F_KINDS:
		break;
	}
	return word();
}

static inline struct val *random_record(const struct kind *k)
{
	struct val *v = val_map(&mem);
	val_set(&mem, v, "id", val_str(&mem, "ess-ara-2w3x4y5z"));
	for (size_t i = 0; i < k->n; i++)
		if (!one_in(5))
			val_set(&mem, v, k->name[i], random_value(k->f[i]));
	return v;
}

/* --- edits ----------------------------------------------------------------------------------------------------------- */

static inline struct val *edit_prose(const struct val *v)
{
	struct buf b = BUF_INIT;
	const char *t = v->str.at;
	unsigned how = below(5);
	size_t n = v->str.n, at = n ? below((unsigned)n) : 0;
	while (at > 0 && t[at] != ' ' && t[at] != '\n')
		at--;
	if (how == 0) { /* wrap anew */
		for (size_t i = 0; i < n; i++)
			buf_putc(&b, t[i] == ' ' && one_in(4) ? '\n' : t[i] == '\n' && i > 0 && t[i - 1] != '\n' && t[i + 1] != '\n' ? ' ' : t[i]);
	} else if (how == 1) { /* a sentence at the end or the beginning */
		if (one_in(2)) {
			put_sentence(&b);
			buf_puts(&b, one_in(3) ? "\n\n" : " ");
			buf_put(&b, t, n);
		} else {
			buf_put(&b, t, n);
			buf_puts(&b, one_in(3) ? "\n\n" : " ");
			put_sentence(&b);
		}
	} else if (how == 2) { /* a word in */
		buf_put(&b, t, at);
		buf_puts(&b, one_in(2) ? " vraiment" : " peut-être");
		buf_put(&b, t + at, n - at);
	} else if (how == 3) { /* a sentence out or in */
		const char *dot = strstr(t + at, ". ");
		const char *next = dot ? strstr(dot + 1, ". ") : NULL;
		buf_put(&b, t, dot ? (size_t)(dot + 2 - t) : n);
		if (dot && one_in(2)) {
			put_sentence(&b);
			buf_puts(&b, " ");
			buf_puts(&b, dot + 2);
		} else if (next) {
			buf_puts(&b, next + 2);
		}
	} else { /* a word out */
		const char *end = at < n ? t + at + 1 : t + n;
		while (*end && *end != ' ' && *end != '\n')
			end++;
		buf_put(&b, t, at);
		buf_puts(&b, end);
	}
	struct val *out = val_strn(&mem, buf_str(&b), b.n);
	buf_free(&b);
	return out;
}

static inline struct val *edit_value(enum field f, const struct val *old)
{
	if (!old || one_in(12))
		return random_value(one_in(10) ? F_ANY : f);
	struct val *v = val_copy(&mem, old);
	if (f == F_PROSE && v->type == VAL_STR)
		return edit_prose(v);
	if (f == F_COUNT && v->type == VAL_INT)
		return val_int(&mem, v->i + below(3));
	if (v->type == VAL_MAP && f == F_PARTS) {
		const char *key = one_in(3) ? "x" : one_in(2) ? "y" : "z";
		if (one_in(5))
			val_drop(v, key);
		else
			val_set(&mem, v, key, edit_value(*key == 'x' ? F_TITLE : *key == 'y' ? F_MIN : F_PROSE, val_get(v, key)));
		return v;
	}
	if (v->type == VAL_LIST && (f == F_ITEMS || f == F_CREDITS)) {
		size_t at = v->list.n ? below((unsigned)v->list.n) : 0;
		unsigned how = below(5);
		if (how == 0 && v->list.n) {
			for (size_t i = at; i + 1 < v->list.n; i++)
				v->list.at[i] = v->list.at[i + 1];
			v->list.n--;
		} else if (how == 1 && v->list.n > 1) {
			struct val *x = v->list.at[0];
			v->list.at[0] = v->list.at[at];
			v->list.at[at] = x;
		} else if (how == 2 || !v->list.n) {
			struct val *x = item(6 + below(4));
			for (size_t i = 0; i < v->list.n; i++)
				if (val_equal(val_get(v->list.at[i], "id"), val_get(x, "id")))
					return v;
			val_push(&mem, v, x);
			for (size_t i = v->list.n - 1; i > at; i--)
				v->list.at[i] = v->list.at[i - 1];
			v->list.at[at] = x;
		} else if (v->list.at[at]->type == VAL_MAP) {
			const char *key = one_in(3) ? "texte" : one_in(2) ? "n" : "vu";
			enum field sub = *key == 't' ? F_PROSE : *key == 'n' ? F_COUNT : F_SET;
			val_set(&mem, v->list.at[at], key, edit_value(sub, val_get(v->list.at[at], key)));
		}
		return v;
	}
	if (v->type == VAL_LIST && (f == F_SET || f == F_UNION || f == F_STEPS) && v->list.n && !one_in(3)) {
		size_t at = below((unsigned)v->list.n);
		if (one_in(2)) {
			for (size_t i = at; i + 1 < v->list.n; i++)
				v->list.at[i] = v->list.at[i + 1];
			v->list.n--;
		} else {
			struct val *more = random_value(f);
			for (size_t i = 0; i < more->list.n; i++) {
				bool twice = false;
				for (size_t k = 0; k < v->list.n && f != F_STEPS; k++)
					twice = twice || val_equal(v->list.at[k], more->list.at[i]);
				if (!twice)
					val_push(&mem, v, more->list.at[i]);
			}
		}
		return v;
	}
	return random_value(f);
}

/* A few changes; a field may go, come, move, or be unknown to the schema. */
static inline struct val *random_edit(const struct kind *k, const struct val *old)
{
	struct val *v = val_copy(&mem, old);
	for (unsigned n = below(5); n > 0; n--) {
		size_t i = below((unsigned)k->n);
		struct val *was = val_get(v, k->name[i]);
		if (was && one_in(12))
			val_drop(v, k->name[i]);
		else if (one_in(15))
			val_set(&mem, v, one_in(2) ? "inconnu" : "autre/chose", word());
		else if (one_in(20) && was) {
			val_drop(v, k->name[i]);
			val_insert(&mem, v, below((unsigned)v->map.n + 1), k->name[i], was);
		} else
			val_set(&mem, v, k->name[i], edit_value(k->f[i], was));
	}
	return v;
}

/* --- texts ----------------------------------------------------------------------------------------------------------- */

static inline const char *spelled(const struct schema *s, const struct merge_side *canvas, const struct val *v)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	if (ydoc_rewrite(&b, canvas ? canvas->doc : NULL, v, NULL, &schema_shape_ops, s->root, &e)) {
		struct buf wanted = BUF_INIT;
		size_t n;
		val_canon(&wanted, v);
		fail_msg("%s\n%s\n%s", e.msg, buf_str(&wanted), canvas ? ydoc_text(canvas->doc, &n) : "");
	}
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

/* Comments above and behind some lines of a fresh text that are keys of the record. */
static inline const char *commented(const char *text)
{
	struct buf b = BUF_INIT;
	unsigned n = 0;
	for (const char *line = text; *line;) {
		const char *end = strchr(line, '\n');
		size_t len = end ? (size_t)(end - line) : strlen(line);
		bool key = (*line == 'f' || *line == 'i') && one_in(3);
		if (key)
			buf_printf(&b, "# note %u\n", n++);
		buf_put(&b, line, len);
		if (key && one_in(2) && len > 4 && line[len - 1] != '-' && line[len - 1] != '|')
			buf_printf(&b, " # fin %u", n++);
		if (end)
			buf_putc(&b, '\n');
		line += len + (end ? 1 : 0);
	}
	const char *out = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return out;
}

#endif
