/* links.c -- what people wrote between two lessons (croisements), as far as both may be quoted.
 *
 * A link counts while it is shared itself and both texts it read are still the ones in force: it pins their
 * fingerprints. When one has changed since, or none was pinned, the link is `a_revoir`: shown, but it neither groups
 * nor opposes. A link to a lesson that may not be quoted (withdrawn, not shared, unknown) is left out entirely, since
 * showing it would show the lesson.
 */
#include <string.h>

#include "lessons/model.h"

const char *relation_code(enum relation r)
{
	static const char *const codes[] = {
#define X(name, code, joins) code,
		RELATIONS(X)
#undef X
	};
	return codes[r];
}

bool relation_joins(enum relation r)
{
	static const bool joining[] = {
#define X(name, code, joins) joins,
		RELATIONS(X)
#undef X
	};
	return joining[r];
}

static bool relation_of(enum relation *out, const char *code)
{
	for (int r = 0; code && r < REL_N; r++)
		if (!strcmp(relation_code((enum relation)r), code)) {
			*out = (enum relation)r;
			return true;
		}
	return false; /* `distinct` says that there is no link; an unknown code comes from a newer schema */
}

static bool pinned(const struct model *m, size_t *lesson, bool *stale, const struct val *end)
{
	const char *ref = val_text(end, "ref");
	if (!ref || !model_lesson(m, ref, lesson))
		return false;
	*stale |= !val_is_str(val_get(end, "empreinte"), m->lessons.at[*lesson].rec->fingerprint);
	return true;
}

static const char *said(const struct model *m, const struct val *v, const char *key)
{
	return val_text(v, key) ? model_mask(m, val_text(v, key)) : "";
}

void links_build(struct model *m)
{
	const struct indices *all = model_kind(m, "croisement");
	for (size_t i = 0; i < all->n; i++) {
		const struct known *k = &m->known.at[all->at[i]];
		const struct val *v = source_tip(k->rec);
		struct link l = { .id = k->rec->id, .collective = k->source->code, .rec = k->rec };
		if (!is_shared(k->rec) || !relation_of(&l.relation, val_text(v, "relation")) ||
		    !pinned(m, &l.from, &l.stale, val_get(v, "de")) ||
		    !pinned(m, &l.to, &l.stale, val_get(v, "vers")) || l.from == l.to)
			continue;
		l.argument = said(m, v, "argument");
		l.difference = said(m, v, "difference_contexte");
		l.date = said(m, v, "cree_le");
		arena_push(m->a, &m->links, l);
	}
}
