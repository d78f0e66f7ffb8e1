/* complete.h -- what may stand at a place of a command line, for completion by a shell: [{mot, titre?}], those that begin with what is typed.
 *
 * Bounded, not exhaustive: a person waits with a finger on the key. Without a dash typed and with more than a screen of records the
 * answer is how ids begin ("ens-"), then the ids.
 *
 * OWNER   Results live in the arena of c.
 */
#ifndef CTL_COMPLETE_H
#define CTL_COMPLETE_H

#include "ctl/ctl.h"

#define COMPLETE_MOST 1000  /* answers */
#define COMPLETE_TITLED 100 /* with more, ids come without their titles: each is a file to read */
#define COMPLETE_COMMITS 20

struct completing {
	const char *typed;          /* borrow; "" nothing yet */
	const char *id, *field;     /* borrow; of the record and its field that stand before; NULL: none */
	const char *kind;           /* borrow; the same of a kind */
};

/* kinds: enum's name in messages of nobody; each answers one question */
enum complete_what {
	COMPLETE_KIND,
	COMPLETE_ID,
	COMPLETE_OPEN_ID,    /* of records with open differences */
	COMPLETE_FIELD,      /* of id, or of kind; of all kinds without either */
	COMPLETE_OPEN_FIELD, /* of id, with open differences */
	COMPLETE_VALUE,      /* codes and records that the field may name; values it holds */
	COMPLETE_HELD,       /* what the list `field` of id holds, to be removed */
	COMPLETE_PROPOSAL,   /* keys of the open difference on field of id */
	COMPLETE_PAST,       /* keys of what the field has held */
	COMPLETE_THEME,
	COMPLETE_COMMIT
};
int ctl_complete(struct val **out, struct ctl *c, enum complete_what what, const struct completing *at, struct err *e);

#endif
