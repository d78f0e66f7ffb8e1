#include "lessons/places.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"

struct commune {
	const char *code, *name, *epci, *department;
	bool small;
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

static bool is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* Text with `what` replaced wherever it stands as a word of its own. */
static const char *replace(struct arena *a, const char *text, const char *what, const char *with)
{
	size_t n = strlen(what), last = 0;
	const char *out = NULL;
	if (!n)
		return text;
	for (const char *at = text; (at = strstr(at, what)); at += n) {
		bool alone = (at == text || !is_word((unsigned char)at[-1])) && !is_word((unsigned char)at[n]);
		if (!alone)
			continue;
		out = arena_printf(a, "%s%.*s%s", out ? out : "", (int)((size_t)(at - text) - last), text + last, with);
		last = (size_t)(at - text) + n;
	}
	return out ? arena_printf(a, "%s%s", out, text + last) : text;
}

/* The codes of communes, EPCI beside a unique role, that stand in a text. */
static const char *mask_codes(const struct places *p, const char *text, bool unique_role)
{
	static const char *const prefixes[] = { "COM-", "EPCI-" };
	for (size_t k = 0; k < 2; k++)
		for (const char *at = text; (at = strstr(at, prefixes[k]));) {
			size_t n = strlen(prefixes[k]) + strspn(at + strlen(prefixes[k]), "0123456789AB");
			struct names one = { 0 };
			const char *code = arena_dupn(p->a, at, n);
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

static const char *mask_name(const struct places *p, const char *text, const struct commune *c)
{
	return c->small && *c->name ? replace(p->a, text, c->name, "[petite commune]") : text;
}

const char *places_mask(const struct places *p, const struct names *codes, const char *text, bool unique_role)
{
	for (size_t i = 0; i < codes->n; i++) {
		const char *code = codes->at[i];
		const struct commune *c = has_prefix(code, "COM-") ? find(p, code) : NULL;
		if (c)
			text = mask_name(p, text, c);
		if (has_prefix(code, "EPCI-"))
			for (size_t k = first_of(p, code); k < p->by_epci.n && !strcmp(p->by_epci.at[k]->epci, code); k++)
				text = mask_name(p, text, p->by_epci.at[k]);
	}
	return mask_codes(p, text, unique_role);
}
