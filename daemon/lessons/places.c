#include "lessons/places.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"
#include "lessons/label.h"
#include "lessons/letter.h"

struct commune {
	const char *code, *name, *epci, *department;
	bool small;
};
struct word { /* of a text or a name; what is elided before an apostrophe is none */
	size_t start, end;
	bool capital;       /* begins with one */
	const char *folded; /* label_fold; « st » is saint */
};
struct words {
	struct word *at;
	size_t n, cap;
};
struct named {
	const struct commune *commune;
	struct words words; /* without the article before them */
};
struct places {
	struct arena *a;
	enum places_state state;
	struct {
		struct commune *at; /* by code */
		size_t n, cap;
	} communes;
	struct {
		struct commune **at; /* by EPCI, then code */
		size_t n, cap;
	} by_epci;
	struct {
		struct named *at; /* by first word; made when the first text is read */
		size_t n, cap;
	} names;
};

static bool has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* --- the table -------------------------------------------------------------------------------------------- */

static int by_code(const void *x, const void *y)
{
	return strcmp(((const struct commune *)x)->code, ((const struct commune *)y)->code);
}

static int by_epci(const void *x, const void *y)
{
	const struct commune *const *p = x, *const *q = y;
	int c = strcmp((*p)->epci, (*q)->epci);
	return c ? c : strcmp((*p)->code, (*q)->code);
}

/* Digits only, at least PLACE_SMALL: anything else is a doubt, and doubt counts as small. */
static bool is_large(const char *population)
{
	size_t n = strlen(population);
	return n > 0 && n < 10 && strspn(population, "0123456789") == n && strtol(population, NULL, 10) >= PLACE_SMALL;
}

static void take_row(struct places *p, const struct csv_table *t, size_t i)
{
	struct commune c = { csv_get(t, i, "commune"), csv_get(t, i, "nom"), csv_get(t, i, "epci"),
			     csv_get(t, i, "departement"), !is_large(csv_get(t, i, "population")) };
	if (!has_prefix(c.epci, "EPCI-"))
		c.epci = "";
	if (!has_prefix(c.department, "DEP-"))
		c.department = "";
	if (has_prefix(c.code, "COM-"))
		arena_push(p->a, &p->communes, c);
}

struct places *places_read(struct arena *a, const char *bytes, size_t n)
{
	struct places *p = arena_new(a, struct places);
	struct csv_table t;
	struct err e = { 0 };
	p->a = a;
	if (!bytes)
		return p;
	if (csv_read(&t, a, COMMUNES_FILE, bytes, n, &e) || csv_demand(&t, COMMUNE_COLUMNS, &e)) {
		p->state = PLACES_UNREADABLE;
		return p;
	}
	p->state = PLACES_READ;
	for (size_t i = 0; i < t.n; i++)
		take_row(p, &t, i);
	if (p->communes.n)
		qsort(p->communes.at, p->communes.n, sizeof *p->communes.at, by_code);
	/* two rows for one commune contradict each other or say the same: small if one says so */
	for (size_t i = 1; i < p->communes.n; i++)
		if (!by_code(&p->communes.at[i - 1], &p->communes.at[i]))
			p->communes.at[i - 1].small = p->communes.at[i].small =
				p->communes.at[i - 1].small || p->communes.at[i].small;
	for (size_t i = 0; i < p->communes.n; i++) {
		struct commune *c = &p->communes.at[i];
		arena_push(a, &p->by_epci, c);
	}
	if (p->by_epci.n)
		qsort(p->by_epci.at, p->by_epci.n, sizeof *p->by_epci.at, by_epci);
	return p;
}

enum places_state places_state(const struct places *p)
{
	return p->state;
}

static const struct commune *find(const struct places *p, const char *code)
{
	struct commune key = { .code = code };
	return p->communes.n ? bsearch(&key, p->communes.at, p->communes.n, sizeof key, by_code) : NULL;
}

/* Where the communes of an EPCI begin in by_epci. */
static size_t first_of(const struct places *p, const char *epci)
{
	size_t lo = 0, hi = p->by_epci.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(p->by_epci.at[mid]->epci, epci) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* --- codes ------------------------------------------------------------------------------------------------ */

/* "DEP-03" of "COM-03190", "DEP-2A" of "COM-2A004", "DEP-974" of "COM-97411"; NULL: no such code. */
static const char *department_of(const struct places *p, const char *code, const struct commune *c)
{
	const char *s = code + strlen("COM-");
	if (c && *c->department)
		return c->department;
	if (strlen(s) != 5)
		return NULL;
	return arena_printf(p->a, "DEP-%.*s", has_prefix(s, "97") || has_prefix(s, "98") ? 3 : 2, s);
}

static void add(struct names *out, struct arena *a, const char *code)
{
	if (code && *code)
		names_add(a, out, code);
}

static void add_commune(struct names *out, const struct places *p, const char *code, bool unique_role)
{
	const struct commune *c = find(p, code);
	if (unique_role)
		add(out, p->a, department_of(p, code, c));
	else if (c && !c->small)
		add(out, p->a, code);
	else
		add(out, p->a, c && *c->epci ? c->epci : department_of(p, code, c));
}

static void add_epci(struct names *out, const struct places *p, const char *code, bool unique_role)
{
	if (!unique_role) {
		add(out, p->a, code);
		return;
	}
	for (size_t i = first_of(p, code); i < p->by_epci.n && !strcmp(p->by_epci.at[i]->epci, code); i++)
		add(out, p->a, department_of(p, p->by_epci.at[i]->code, p->by_epci.at[i]));
}

struct names places_public(const struct places *p, const struct names *codes, bool unique_role)
{
	struct names out = { 0 };
	for (size_t i = 0; i < codes->n; i++) {
		const char *code = codes->at[i];
		if (has_prefix(code, "COM-"))
			add_commune(&out, p, code, unique_role);
		else if (has_prefix(code, "EPCI-"))
			add_epci(&out, p, code, unique_role);
		else if (has_prefix(code, "DEP-") || has_prefix(code, "REG-") || has_prefix(code, "ISO-"))
			names_add(p->a, &out, code);
	}
	return out;
}

/* --- texts ------------------------------------------------------------------------------------------------ */

/* Of the names of places: ASCII, Latin-1, œ, ÿ, and accents that combine. */
static bool is_letter(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || letter_plain(letter_lower(c));
}

static bool is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019;
}

static struct words words_of(struct arena *a, const char *text)
{
	struct words all = { 0 };
	size_t size = strlen(text), len = 0;
	for (size_t i = 0; i < size; i += len) {
		uint32_t c = letter_read(&len, text + i, size - i);
		struct word w = { .start = i, .capital = letter_lower(c) != c };
		while (i < size && is_letter(c = letter_read(&len, text + i, size - i)))
			i += len;
		w.end = i;
		if (w.end == w.start)
			continue;
		len = 0; /* what ends the word is read once more: it may begin the next */
		if (i < size && w.end - w.start == 1 && is_apostrophe(c))
			continue;
		w.folded = label_fold(a, arena_dupn(a, text + w.start, w.end - w.start));
		if (!strcmp(w.folded, "st") || !strcmp(w.folded, "ste"))
			w.folded = w.folded[2] ? "sainte" : "saint";
		arena_push(a, &all, w);
	}
	return all;
}

static int by_first_word(const void *x, const void *y)
{
	const struct named *p = x, *q = y;
	int c = strcmp(p->words.at[0].folded, q->words.at[0].folded);
	return c ? c : strcmp(p->commune->code, q->commune->code);
}

static void know_names(struct places *p)
{
	static const char *const articles[] = { "le", "la", "les" };
	for (size_t i = 0; i < p->communes.n; i++) {
		struct named one = { &p->communes.at[i], words_of(p->a, p->communes.at[i].name) };
		for (size_t k = 0; k < 3 && one.words.n > 1; k++)
			if (!strcmp(one.words.at[0].folded, articles[k])) {
				one.words.at++;
				one.words.n--;
				break;
			}
		if (one.words.n)
			arena_push(p->a, &p->names, one);
	}
	if (p->names.n)
		qsort(p->names.at, p->names.n, sizeof *p->names.at, by_first_word);
}

static size_t first_called(const struct places *p, const char *word)
{
	size_t lo = 0, hi = p->names.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(p->names.at[mid].words.at[0].folded, word) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool stands_at(const struct words *name, const struct words *text, size_t i)
{
	if (text->n - i < name->n)
		return false;
	for (size_t k = 0; k < name->n; k++)
		if (strcmp(name->at[k].folded, text->at[i + k].folded) != 0)
			return false;
	return true;
}

/* What the record's territories lie in: EPCI and departments. */
static struct names around(const struct places *p, const struct names *codes)
{
	struct names out = { 0 };
	for (size_t i = 0; i < codes->n; i++) {
		const struct commune *c = has_prefix(codes->at[i], "COM-") ? find(p, codes->at[i]) : NULL;
		names_add(p->a, &out, codes->at[i]);
		if (c)
			add(&out, p->a, c->epci);
		if (has_prefix(codes->at[i], "COM-"))
			add(&out, p->a, department_of(p, codes->at[i], c));
	}
	return out;
}

static bool is_in(const struct places *p, const struct commune *c, const struct names *near)
{
	const char *department = department_of(p, c->code, c);
	return (*c->epci && names_has(near, c->epci)) || (department && names_has(near, department));
}

/* Words of the text that name a small commune, from word i on; 0: none, or the name of a larger one. A word alone may be one of
 * the language (« Sens », « Contre »): it names the commune that the record lists, and, with a capital, one around it. Several
 * words are a name anywhere. */
static size_t small_name(const struct places *p, const struct names *codes, const struct names *near, const struct words *words,
			 size_t i)
{
	bool capital = words->at[i].capital;
	size_t best = 0, larger = 0;
	for (size_t k = first_called(p, words->at[i].folded);
	     k < p->names.n && !strcmp(p->names.at[k].words.at[0].folded, words->at[i].folded); k++) {
		const struct named *one = &p->names.at[k];
		const struct commune *c = one->commune;
		size_t n = one->words.n;
		if (!stands_at(&one->words, words, i))
			continue;
		bool listed = names_has(codes, c->code), here = listed || is_in(p, c, near);
		if (!c->small && n > larger)
			larger = n;
		if (c->small && (listed || (here && (capital || n > 1))) && n > best)
			best = n;
	}
	if (best)
		return best >= larger ? best : 0;
	for (size_t k = first_called(p, words->at[i].folded);
	     capital && k < p->names.n && !strcmp(p->names.at[k].words.at[0].folded, words->at[i].folded); k++) {
		size_t n = p->names.at[k].words.n;
		if (p->names.at[k].commune->small && n > 1 && n > larger && n > best && stands_at(&p->names.at[k].words, words, i))
			best = n;
	}
	return best;
}

static const char *mask_names(struct places *p, const struct names *codes, const char *text)
{
	static const char instead[] = "[petite commune]";
	struct words words = words_of(p->a, text);
	struct names near = around(p, codes);
	const char *out = NULL;
	size_t last = 0;
	if (!p->names.n)
		know_names(p);
	for (size_t i = 0, n; i < words.n; i += n ? n : 1) {
		n = small_name(p, codes, &near, &words, i);
		if (!n)
			continue;
		out = arena_printf(p->a, "%s%.*s%s", out ? out : "", (int)(words.at[i].start - last), text + last, instead);
		last = words.at[i + n - 1].end;
	}
	return out ? arena_printf(p->a, "%s%s", out, text + last) : text;
}

/* Where the prefix of a code stands, capitals or not; NULL: nowhere. */
static const char *find_prefix(const char *text, const char *prefix)
{
	for (; *text; text++) {
		size_t n = 0;
		while (prefix[n] && (text[n] & ~('a' <= text[n] && text[n] <= 'z' ? 0x20 : 0)) == prefix[n])
			n++;
		if (!prefix[n])
			return text;
	}
	return NULL;
}

/* The codes of communes, EPCI beside a unique role, that stand in a text. */
static const char *mask_codes(const struct places *p, const char *text, bool unique_role)
{
	static const char *const prefixes[] = { "COM-", "EPCI-" };
	for (size_t k = 0; k < 2; k++)
		for (const char *at = text; (at = find_prefix(at, prefixes[k]));) {
			size_t n = strlen(prefixes[k]) + strspn(at + strlen(prefixes[k]), "0123456789ABab");
			struct names one = { 0 };
			char *code = arena_dupn(p->a, at, n);
			for (char *c = code; *c; c++)
				if (*c >= 'a' && *c <= 'z')
					*c = (char)(*c - 32);
			names_add(p->a, &one, code);
			struct names shown = places_public(p, &one, unique_role);
			const char *with = shown.n ? names_join(p->a, &shown) : "[lieu]";
			if (!strcmp(with, code)) {
				at += n;
				continue;
			}
			size_t before = (size_t)(at - text);
			text = arena_printf(p->a, "%.*s%s%s", (int)before, text, with, at + n);
			at = text + before + strlen(with);
		}
	return text;
}

const char *places_mask(struct places *p, const struct names *codes, const char *text, bool unique_role)
{
	return mask_codes(p, mask_names(p, codes, text), unique_role);
}
