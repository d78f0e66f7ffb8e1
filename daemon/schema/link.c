/* Linking: from the words of $ref to the schema they mean, and what must not be.
 *
 * A file's schema is known under its file name and under its $id, if it has one; an editor resolves the same
 * references over the same folder. Nothing is ever fetched: a $ref out of the folder is an error.
 *
 * Two laws are checked here because nothing later could: a schema must not apply itself to the very same value
 * ($ref a -> $ref a), or validation would not end; and merge keywords must stand where merging looks for them, or a
 * rule would silently not be obeyed.
 */
#include "sub.h"
#include "uri.h"

#include <stdlib.h>
#include <string.h>

struct sub *sub_ref(const struct sub *s)
{
	const struct check *c = sub_check(s, KW_REF);
	return c ? c->sub : NULL;
}

static struct sub *resource(const struct schemas *set, const char *uri)
{
	for (size_t i = 0; i < set->resources.n; i++)
		if (!strcmp(set->resources.at[i].uri, uri))
			return set->resources.at[i].sub;
	return NULL;
}

/* One step of a JSON pointer (RFC 6901): the text up to '/' with ~1 and ~0 undone. */
static char *pointer_step(struct arena *a, const char **p)
{
	char *out = arena_alloc(a, strlen(*p) + 1), *q = out;
	const char *s = *p + 1;
	for (; *s && *s != '/'; s++) {
		if (s[0] == '~' && (s[1] == '0' || s[1] == '1'))
			*q++ = *++s == '0' ? '~' : '/';
		else
			*q++ = *s;
	}
	*p = s;
	return out;
}

static int follow(struct sub **out, struct schemas *set, const struct sub *from, const char *pointer,
		  const struct val *ref, struct err *e)
{
	const struct val *v = from->src;
	const char *base = from->base, *p = pointer;
	while (*p == '/') {
		const char *step = pointer_step(set->a, &p);
		const struct val *next = NULL;
		char *end;
		if (v->type == VAL_LIST) {
			unsigned long i = strtoul(step, &end, 10);
			if (*step >= '0' && *step <= '9' && !*end && i < v->list.n)
				next = v->list.at[i];
		} else {
			next = val_get(v, step);
		}
		if (!next)
			return sub_fault(e, from->doc, ref,
					 _("la référence « %.300s » ne mène nulle part : « %.100s » n'existe pas"),
					 ref->str.at, step);
		v = next;
		const char *id = val_text(v, "$id");
		if (id)
			base = uri_resolve(set->a, base, id);
	}
	return sub_compile(out, set, from->doc, base, v, e);
}

/* A relative reference to a file of the folder, whatever $id the referring file gave itself. */
static struct sub *by_file(const struct schemas *set, const char *base)
{
	const char *slash = strrchr(base, '/');
	for (size_t i = 0; i < set->docs.n; i++)
		if (!strcmp(set->docs.at[i].file, slash ? slash + 1 : base))
			return set->docs.at[i].root;
	return NULL;
}

static int link_ref(struct schemas *set, const struct sub *s, struct check *c, struct err *e)
{
	const char *base, *fragment;
	if (!uri_split(set->a, &base, &fragment, uri_resolve(set->a, s->base, c->arg->str.at)))
		return sub_fault(e, s->doc, c->arg, _("« $ref » contient un « %% » mal formé"));
	struct sub *target = resource(set, base);
	if (!target && !uri_is_absolute(c->arg->str.at))
		target = by_file(set, base);
	if (!target)
		return sub_fault(e, s->doc, c->arg,
				 _("la référence « %.300s » ne mène à aucun fichier du dossier des schémas"),
				 c->arg->str.at);
	if (!*fragment) {
		c->sub = target;
		return 0;
	}
	if (*fragment == '/')
		return follow(&c->sub, set, target, fragment, c->arg, e);
	for (size_t i = 0; i < set->anchors.n; i++)
		if (!strcmp(set->anchors.at[i].uri, target->base) && !strcmp(set->anchors.at[i].name, fragment)) {
			c->sub = set->anchors.at[i].sub;
			return 0;
		}
	return sub_fault(e, s->doc, c->arg,
			 _("la référence « %.300s » ne mène nulle part : il n'y a pas d'ancre « %.100s »"),
			 c->arg->str.at, fragment);
}

/* --- circles ---------------------------------------------------------------------------------------------------- */

enum { WHITE, GREY, BLACK };

static bool in_place(enum keyword kw)
{
	switch (kw) {
	case KW_REF:
	case KW_ALL_OF:
	case KW_ANY_OF:
	case KW_ONE_OF:
	case KW_NOT:
	case KW_IF:
	case KW_THEN:
	case KW_ELSE:
	case KW_DEP_SCHEMAS:
		return true;
	default:
		return false;
	}
}

static int too_long(const struct sub *s, const struct check *c, struct err *e)
{
	return sub_fault(e, s->doc, c->arg, _("« %s » : plus de %d schémas l'un derrière l'autre ; raccourcissez la chaîne"),
			 keywords[c->kw].name, SUB_CHAIN);
}

static int find_circle(struct sub *s, unsigned depth, struct err *e)
{
	s->colour = GREY;
	s->chain = 1;
	for (size_t i = 0; i < s->n; i++) {
		const struct check *c = &s->checks[i];
		if (!in_place(c->kw))
			continue;
		for (size_t k = 0; k < (c->sub ? 1 : c->n); k++) {
			struct sub *t = c->sub ? c->sub : c->entries[k].sub;
			if (t->colour == GREY)
				return sub_fault(
					e, s->doc, c->arg,
					_("« %s » tourne en rond : ce schéma se contient lui-même au même endroit"),
					keywords[c->kw].name);
			if (depth >= SUB_CHAIN)
				return too_long(s, c, e);
			int rc = t->colour == WHITE ? find_circle(t, depth + 1, e) : 0;
			if (rc)
				return rc;
			if (t->chain >= SUB_CHAIN)
				return too_long(s, c, e);
			s->chain = t->chain >= s->chain ? t->chain + 1 : s->chain;
		}
	}
	s->colour = BLACK;
	return 0;
}

/* --- merge keywords in their place ------------------------------------------------------------------------------ */

static bool keeps_structure(enum keyword kw)
{
	return kw == KW_PROPERTIES || kw == KW_PATTERN_PROPS || kw == KW_ADDITIONAL || kw == KW_ITEMS || kw == KW_REF ||
	       kw == KW_DEFS;
}

static int check_structure(struct sub *s, bool structural, struct err *e)
{
	bool *seen = structural ? &s->in_structure : &s->out_of_structure;
	if (*seen)
		return 0;
	*seen = true;
	for (size_t i = 0; i < s->n; i++) {
		const struct check *c = &s->checks[i];
		if (!structural && keywords[c->kw].class == KW_MERGE)
			return sub_fault(
				e, s->doc, c->arg,
				_("« %s » ne vaut que dans properties, patternProperties, additionalProperties et items ; "
				  "ce schéma est atteint par une autre voie (allOf, anyOf, if...)"),
				keywords[c->kw].name);
		bool inside = structural && keeps_structure(c->kw);
		if (c->kw == KW_DEFS && !structural)
			continue; /* definitions count where they are referred to */
		for (size_t k = 0; k < (c->sub ? 1 : c->n); k++) {
			int rc = check_structure(c->sub ? c->sub : c->entries[k].sub, inside, e);
			if (rc)
				return rc;
		}
	}
	return 0;
}

int sub_link(struct schemas *set, struct err *e)
{
	for (size_t i = 0; i < set->subs.n; i++) { /* grows while references lead to places that no keyword names */
		struct sub *s = set->subs.at[i];
		if (!s->at[KW_REF])
			continue;
		int rc = link_ref(set, s, &s->checks[s->at[KW_REF] - 1], e);
		if (rc)
			return rc;
	}
	for (size_t i = 0; i < set->subs.n; i++) {
		int rc = set->subs.at[i]->colour == WHITE ? find_circle(set->subs.at[i], 1, e) : 0;
		if (rc)
			return rc;
	}
	for (size_t i = 0; i < set->subs.n; i++)
		sub_types(set->subs.at[i]); /* remembered now: nothing is written once threads share the set */
	for (size_t i = 0; i < set->docs.n; i++) {
		int rc = check_structure(set->docs.at[i].root, true, e);
		if (rc)
			return rc;
	}
	return 0;
}
