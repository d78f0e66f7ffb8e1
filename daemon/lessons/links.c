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

static bool pinned(const struct model *m, size_t *lesson, bool *stale, const char *ref, const char *fingerprint)
{
	if (!ref || !model_lesson(m, ref, lesson))
		return false;
	*stale |= !fingerprint || strcmp(fingerprint, m->lessons.at[*lesson].rec->fingerprint) != 0;
	return true;
}

static const char *masked(const struct model *m, const char *text)
{
	return text ? model_mask(m, text) : "";
}

enum said { RELATION, DE_REF, DE_PRINT, VERS_REF, VERS_PRINT, ARGUMENT, DIFFERENCE, DATE, SAID_N };

void links_build(struct model *m)
{
	static const char *const keys[SAID_N] = { "relation", "de.ref",   "de.empreinte",	 "vers.ref", "vers.empreinte",
						  "argument", "difference_contexte", "cree_le" };
	const struct indices *all = model_kind(m, "croisement");
	arena_room(m->a, &m->links, all->n);
	for (size_t i = 0; i < all->n; i++) {
		const struct known *k = &m->known.at[all->at[i]];
		struct link l = { .id = k->rec->id, .collective = k->source->code, .rec = k->rec };
		const char *said[SAID_N];
		if (!is_shared(k->rec))
			continue;
		source_pick(said, keys, SAID_N, k->rec);
		if (!relation_of(&l.relation, said[RELATION]) || !pinned(m, &l.from, &l.stale, said[DE_REF], said[DE_PRINT]) ||
		    !pinned(m, &l.to, &l.stale, said[VERS_REF], said[VERS_PRINT]) || l.from == l.to)
			continue;
		l.argument = masked(m, said[ARGUMENT]);
		l.difference = masked(m, said[DIFFERENCE]);
		l.date = masked(m, said[DATE]);
		arena_push(m->a, &m->links, l);
	}
}
