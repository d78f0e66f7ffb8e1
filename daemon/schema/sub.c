/* Compiling: a schema object becomes a short row of checks.
 *
 * 1. sub_compile reads the words of the object, looks each up in the keyword table, checks its argument's shape and
 *    compiles the schemas inside. The same piece of YAML is compiled once (memo), whoever refers to it.
 * 2. Everything that would be silently ignored at validation is an error here, with file, line and column.
 */
#include "sub.h"
#include "uri.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sub_fault(struct err *e, const struct doc *doc, const struct val *v, const char *fmt, ...)
{
	char msg[ERR_MSG_MAX - 200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	return err_set(e, ERR_SCHEMA, "%s:%u:%u: %s", doc->name, v ? v->line : 1, v ? v->col : 1, msg);
}

struct loading {
	struct schemas *set;
	const struct doc *doc;
	const char *base;
	struct err *e;
};

static int compile(struct sub **out, struct loading *l, const struct val *v);

/* --- arguments ------------------------------------------------------------------------------------------------ */

static int wants(struct loading *l, enum keyword kw, const struct val *v, const char *what)
{
	return sub_fault(l->e, l->doc, v, _("« %s » demande %s"), keywords[kw].name, what);
}

static bool all_strings(const struct val *v)
{
	if (v->type != VAL_LIST)
		return false;
	for (size_t i = 0; i < v->list.n; i++)
		if (v->list.at[i]->type != VAL_STR)
			return false;
	return true;
}

static bool in_words(const struct val *v, const char *words)
{
	if (v->type != VAL_STR || !v->str.n || strchr(v->str.at, ' '))
		return false;
	const char *p = strstr(words, v->str.at);
	for (; p; p = strstr(p + 1, v->str.at))
		if ((p == words || p[-1] == ' ') && (p[v->str.n] == ' ' || !p[v->str.n]))
			return true;
	return false;
}

static unsigned type_bits(const struct val *v)
{
	static const struct {
		const char *name;
		unsigned bits;
	} names[] = {
		{ "null", T(VAL_NULL) },  { "boolean", T(VAL_BOOL) }, { "integer", T(VAL_INT) }, { "number", T_NUMBER },
		{ "string", T(VAL_STR) }, { "array", T(VAL_LIST) },   { "object", T(VAL_MAP) },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (val_is_str(v, names[i].name))
			return names[i].bits;
	return 0;
}

static int read_type(struct check *c, struct loading *l)
{
	if (c->arg->type == VAL_LIST) {
		for (size_t i = 0; i < c->arg->list.n; i++) {
			unsigned bits = type_bits(c->arg->list.at[i]);
			if (!bits)
				c->types = 0;
			if (!bits)
				break;
			c->types |= bits;
		}
	} else {
		c->types = type_bits(c->arg);
	}
	return c->types
		       ? 0
		       : wants(l, c->kw, c->arg,
			       _("null, boolean, integer, number, string, array ou object (ou une liste de ces noms)"));
}

static int read_pattern(const struct pattern **out, struct loading *l, const struct val *at, const char *text)
{
	char why[200];
	if (++l->set->patterns > SUB_PATTERNS)
		return sub_fault(l->e, l->doc, at, _("trop de motifs : plus de %d dans le dossier des schémas"), SUB_PATTERNS);
	*out = pattern_compile(l->set->a, text, why);
	return *out ? 0 : sub_fault(l->e, l->doc, at, _("le motif « %.200s » n'est pas lisible : %s"), text, why);
}

static int by_key(const void *x, const void *y)
{
	return strcmp(((const struct sub_entry *)x)->key, ((const struct sub_entry *)y)->key);
}

const struct sub_entry *check_entry(const struct check *c, const char *key)
{
	struct sub_entry wanted = { key, NULL, NULL };
	return c->n ? bsearch(&wanted, c->entries, c->n, sizeof wanted, by_key) : NULL;
}

static int read_schemas(struct check *c, struct loading *l, enum keyword_arg kind)
{
	bool list = kind == ARG_SCHEMAS;
	if (c->arg->type != (list ? VAL_LIST : VAL_MAP) || (list && !c->arg->list.n))
		return wants(l, c->kw, c->arg,
			     list ? _("une liste non vide de schémas") : _("des noms suivis chacun d'un schéma"));
	c->n = list ? c->arg->list.n : c->arg->map.n;
	if (kind == ARG_PATTERN_MAP && c->n > SUB_KEY_PATTERNS)
		return sub_fault(l->e, l->doc, c->arg, _("« %s » : plus de %d motifs"), keywords[c->kw].name, SUB_KEY_PATTERNS);
	c->entries = arena_array(l->set->a, c->n, sizeof *c->entries);
	for (size_t i = 0; i < c->n; i++) {
		const struct val *v = list ? c->arg->list.at[i] : c->arg->map.at[i].val;
		c->entries[i].key = list ? NULL : c->arg->map.at[i].key;
		int rc = kind == ARG_PATTERN_MAP ? read_pattern(&c->entries[i].re, l, v, c->entries[i].key) : 0;
		if (!rc)
			rc = compile(&c->entries[i].sub, l, v);
		if (rc)
			return rc;
	}
	if (kind == ARG_SCHEMA_MAP && c->n)
		qsort(c->entries, c->n, sizeof *c->entries, by_key);
	return 0;
}

static bool anchor_ok(const char *s)
{
	if (!*s || strchr("0123456789-.", *s))
		return false;
	return !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")];
}

static bool string_maps(const struct val *v, bool lists)
{
	if (v->type != VAL_MAP)
		return false;
	for (size_t i = 0; i < v->map.n; i++)
		if (lists ? !all_strings(v->map.at[i].val) : v->map.at[i].val->type != VAL_STR)
			return false;
	return true;
}

static bool groups_ok(const struct val *v)
{
	if (v->type != VAL_LIST)
		return false;
	for (size_t i = 0; i < v->list.n; i++)
		if (!all_strings(v->list.at[i]) || v->list.at[i]->list.n < 2)
			return false;
	return true;
}

static int read_arg(struct check *c, struct loading *l)
{
	const struct val *v = c->arg;
	enum keyword kw = c->kw;
	switch (keywords[kw].arg) {
	case ARG_ANY:
		return 0;
	case ARG_BOOL:
		c->count = v->type == VAL_BOOL && v->b;
		return v->type == VAL_BOOL ? 0 : wants(l, kw, v, _("true ou false"));
	case ARG_STRING:
		return v->type == VAL_STR ? 0 : wants(l, kw, v, _("un texte"));
	case ARG_STRINGS:
		return all_strings(v) ? 0 : wants(l, kw, v, _("une liste de textes"));
	case ARG_NUMBER:
		return T(v->type) & T_NUMBER ? 0 : wants(l, kw, v, _("un nombre"));
	case ARG_POSITIVE:
		return (v->type == VAL_INT && v->i > 0) || (v->type == VAL_NUM && v->num > 0)
			       ? 0
			       : wants(l, kw, v, _("un nombre plus grand que zéro"));
	case ARG_COUNT:
		if (v->type != VAL_INT || v->i < 0)
			return wants(l, kw, v, _("un nombre entier, zéro ou plus"));
		c->count = (uint64_t)v->i;
		return 0;
	case ARG_MAP:
		return v->type == VAL_MAP ? 0 : wants(l, kw, v, _("des champs « nom: valeur »"));
	case ARG_LIST:
		return v->type == VAL_LIST ? 0 : wants(l, kw, v, _("une liste"));
	case ARG_SCHEMA:
		return compile(&c->sub, l, v);
	case ARG_SCHEMAS:
	case ARG_SCHEMA_MAP:
	case ARG_PATTERN_MAP:
		return read_schemas(c, l, keywords[kw].arg);
	case ARG_STRINGS_MAP:
		return string_maps(v, true) ? 0 : wants(l, kw, v, _("des noms suivis chacun d'une liste de textes"));
	case ARG_TYPE:
		return read_type(c, l);
	case ARG_PATTERN:
		return v->type == VAL_STR ? read_pattern(&c->re, l, v, v->str.at) : wants(l, kw, v, _("un texte"));
	case ARG_FORMAT:
		c->format = v->type == VAL_STR ? format_find(v->str.at) : NULL;
		return c->format ? 0 : wants(l, kw, v, "date, date-time, time, email, uri, uuid");
	case ARG_DIALECT:
		return val_is_str(v, "https://json-schema.org/draft/2020-12/schema")
			       ? 0
			       : wants(l, kw, v, "https://json-schema.org/draft/2020-12/schema");
	case ARG_ANCHOR:
		return v->type == VAL_STR && anchor_ok(v->str.at) ? 0 : wants(l, kw, v, _("un nom sans espace"));
	case ARG_RULE: {
#define X(name, text) text " "
		static const char rules[] = MERGE_RULES(X);
#undef X
		return in_words(v, rules) ? 0 : wants(l, kw, v, rules);
	}
	case ARG_LIST_TYPE:
		return in_words(v, "atomic set map sequence") ? 0 : wants(l, kw, v, "atomic set map sequence");
	case ARG_LIST_KEYS:
		return all_strings(v) && v->list.n == 1
			       ? 0
			       : wants(l, kw, v, _("une liste d'un seul nom, par exemple [id]"));
	case ARG_MAP_TYPE:
		return in_words(v, "granular atomic") ? 0 : wants(l, kw, v, "granular atomic");
	case ARG_GROUPS:
		return groups_ok(v) ? 0 : wants(l, kw, v, _("une liste de groupes d'au moins deux noms de champs"));
	case ARG_REFS:
		return val_is_str(v, "any") || (all_strings(v) && v->list.n)
			       ? 0
			       : wants(l, kw, v, _("une liste de genres, ou any"));
	case ARG_TITLES:
		return string_maps(v, false)
			       ? 0
			       : wants(l, kw, v, _("des langues suivies d'un texte, par exemple {fr: ..., en: ...}"));
	}
	return 0;
}

/* --- objects -------------------------------------------------------------------------------------------------- */

static int add_resource(struct loading *l, struct sub *s, const char *uri, const struct val *at)
{
	for (size_t i = 0; i < l->set->resources.n; i++)
		if (!strcmp(l->set->resources.at[i].uri, uri) && l->set->resources.at[i].sub != s)
			return sub_fault(l->e, l->doc, at,
					 _("l'identifiant « %.300s » est déjà celui d'un autre schéma (%s)"), uri,
					 l->set->resources.at[i].sub->doc->name);
	struct resource r = { uri, s };
	arena_push(l->set->a, &l->set->resources, r);
	return 0;
}

/* $id first: it is the base of every reference beside it and below. */
static int name_it(struct sub *s, struct loading *l)
{
	const struct val *id = val_get(s->src, "$id"), *anchor = val_get(s->src, "$anchor");
	if ((id || anchor) && l->set->resources.n + l->set->anchors.n >= SUB_NAMES)
		return sub_fault(l->e, l->doc, id ? id : anchor, _("trop de « $id » et de « $anchor » : plus de %d"), SUB_NAMES);
	if (id && id->type == VAL_STR) {
		l->base = uri_resolve(l->set->a, l->base, id->str.at);
		if (strchr(l->base, '#'))
			return sub_fault(l->e, l->doc, id, _("« $id » ne doit pas contenir de « # »"));
		int rc = add_resource(l, s, l->base, id);
		if (rc)
			return rc;
	}
	s->base = l->base;
	if (anchor && anchor->type == VAL_STR) {
		for (size_t i = 0; i < l->set->anchors.n; i++)
			if (!strcmp(l->set->anchors.at[i].uri, s->base) &&
			    !strcmp(l->set->anchors.at[i].name, anchor->str.at))
				return sub_fault(l->e, l->doc, anchor, _("l'ancre « %s » est donnée deux fois"),
						 anchor->str.at);
		struct anchor x = { s->base, anchor->str.at, s };
		arena_push(l->set->a, &l->set->anchors, x);
	}
	return 0;
}

static int unknown_keyword(struct loading *l, const char *word, const struct val *at)
{
	static const char *const not_here[] = { "unevaluatedProperties", "unevaluatedItems", "$dynamicRef",
						"$dynamicAnchor",	 "$recursiveRef",    "contentEncoding",
						"contentMediaType",	 "contentSchema",    "$vocabulary",
						"dependencies",		 "definitions",	     "additionalItems" };
	for (size_t i = 0; i < sizeof not_here / sizeof *not_here; i++)
		if (!strcmp(word, not_here[i]))
			return sub_fault(
				l->e, l->doc, at,
				_("le mot-clé « %s » n'est pas pris en charge ; réécrivez cette règle sans lui"), word);
	if (!strncmp(word, "x-", 2))
		return sub_fault(l->e, l->doc, at, _("l'extension « %.100s » est inconnue ; vérifiez son orthographe"),
				 word);
	return sub_fault(l->e, l->doc, at, _("le mot-clé « %.100s » est inconnu ; vérifiez son orthographe"), word);
}

static int by_keyword(const void *x, const void *y)
{
	return (int)((const struct check *)x)->kw - (int)((const struct check *)y)->kw;
}

static int compile_object(struct sub *s, struct loading *l)
{
	int rc = name_it(s, l);
	s->checks = arena_array(l->set->a, s->src->map.n, sizeof *s->checks);
	for (size_t i = 0; !rc && i < s->src->map.n; i++) {
		const struct val_field *f = &s->src->map.at[i];
		int kw = keyword_find(f->key);
		if (kw < 0)
			return unknown_keyword(l, f->key, f->val);
		struct check *c = &s->checks[s->n++];
		c->kw = (enum keyword)kw;
		c->arg = f->val;
		rc = read_arg(c, l);
	}
	if (rc)
		return rc;
	if (s->n)
		qsort(s->checks, s->n, sizeof *s->checks, by_keyword);
	for (size_t i = 0; i < s->n; i++)
		s->at[s->checks[i].kw] = (uint8_t)(i + 1);
	const struct val *list = val_get(s->src, "x-list-type");
	if (val_is_str(list, "map") && !s->at[KW_X_LIST_KEYS])
		return sub_fault(l->e, l->doc, list, _("« x-list-type: map » demande « x-list-map-keys »"));
	return 0;
}

static int compile(struct sub **out, struct loading *l, const struct val *v)
{
	const void *key = v;
	*out = memo_get(&l->set->by_val, &key, 1);
	if (*out)
		return 0;
	if (v->type != VAL_MAP && v->type != VAL_BOOL)
		return sub_fault(l->e, l->doc, v,
				 _("un schéma doit être fait de mots-clés « nom: valeur », ou true, ou false"));
	if (l->set->subs.n >= SUB_MAX)
		return sub_fault(l->e, l->doc, v, _("trop de schémas : plus de %d"), SUB_MAX);
	struct sub *s = arena_new(l->set->a, struct sub);
	s->src = v;
	s->doc = l->doc;
	s->base = l->base;
	s->verdict = v->type == VAL_BOOL ? v->b : -1;
	arena_push(l->set->a, &l->set->subs, s);
	memo_put(&l->set->by_val, l->set->a, &key, 1, s);
	*out = s;
	if (v->type == VAL_BOOL)
		return 0;
	struct loading inner = *l; /* a $id in here changes the base for what is inside only */
	return compile_object(s, &inner);
}

int sub_compile(struct sub **out, struct schemas *set, const struct doc *doc, const char *base, const struct val *v,
		struct err *e)
{
	struct loading l = { set, doc, base, e };
	return compile(out, &l, v);
}

/* --- what type analysis tells ---------------------------------------------------------------------------------- */

static unsigned types_of_values(const struct val *list)
{
	unsigned bits = 0;
	for (size_t i = 0; i < list->list.n; i++)
		bits |= T(list->list.at[i]->type);
	return bits;
}

unsigned sub_types(struct sub *s)
{
	unsigned bits = T_ALL;
	if (s->typed)
		return s->types;
	if (s->verdict >= 0)
		return s->verdict ? T_ALL : 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct check *c = &s->checks[i];
		unsigned some = 0;
		switch (c->kw) {
		case KW_TYPE:
			bits &= c->types;
			break;
		case KW_ENUM:
			bits &= types_of_values(c->arg);
			break;
		case KW_CONST:
			bits &= T(c->arg->type);
			break;
		case KW_REF:
			bits &= sub_types(c->sub);
			break;
		case KW_ALL_OF:
			for (size_t k = 0; k < c->n; k++)
				bits &= sub_types(c->entries[k].sub);
			break;
		case KW_ANY_OF:
		case KW_ONE_OF:
			for (size_t k = 0; k < c->n; k++)
				some |= sub_types(c->entries[k].sub);
			bits &= some;
			break;
		default:
			break;
		}
	}
	s->typed = true;
	s->types = bits;
	return bits;
}
