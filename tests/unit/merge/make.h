/* make.h -- random values and edits of texts. All chance comes from one seed. */
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

#endif
