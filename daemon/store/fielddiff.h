/* fielddiff.h -- which fields of a record two versions differ in, along the schema.
 *
 * For commit messages ("titre, +theme con-cooperation"), for telling whose version a save was made from (commitwt.c), and for
 * people (explain). Sets differ by element, list-maps by item, maps by key; everything else is one leaf.
 */
#ifndef STORE_FIELDDIFF_H
#define STORE_FIELDDIFF_H

#include "schema/schema.h"

enum field_change_kind { FIELD_SET, FIELD_ADDED, FIELD_REMOVED };
struct field_change {
	const char *champ;           /* "titre", "conditions/c2/texte"; of a set the list's path */
	const struct snode *place;   /* of champ */
	enum field_change_kind kind; /* ADDED, REMOVED: an element of a set, an item of a list-map */
	const struct val *x, *y;     /* before, after; NULL: missing. Of a set: the element, on one side only */
	bool element;                /* of a set */
};
struct field_changes {
	struct field_change *at; /* in the schema's order, then the text's */
	size_t n, cap;
};
/* x, y: typed records; NULL: no record. */
void fielddiff(struct field_changes *out, struct arena *a, const struct snode *root, const struct val *x,
	       const struct val *y);

/* Does record d hold, at the place of this change, what x held (what y held)? */
bool field_is_before(const struct field_change *c, const struct snode *root, const struct val *d);
bool field_is_after(const struct field_change *c, const struct snode *root, const struct val *d);

#endif
