/* state.h -- one record at one commit: its file and its sidecar, as one unit.
 *
 * "Acceptable" here means what merging by field needs: within the YAML profile, a known kind, and the id that its path says.
 * The hub asks for more (record_load); but a record that a merge, or a newer schema, made invalid must go on merging by
 * field: kept whole beside a variant file, the other side's edits would leave the record for ever.
 */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include "history.h"
#include "merge/merge.h"
#include "objs.h"

struct place {
	const char *id;
	const char *path, *side; /* of the record and of its sidecar; side never NULL */
};
/* What the two paths hold in a tree; mode 0: nothing. */
struct unit {
	struct tentry rec, side;
};
struct state {
	bool present;      /* there is a file */
	bool acceptable;
	const char *bytes; /* the record's; NULL when not a regular file, or over YAML_MAX_BYTES */
	size_t n;
	const struct ydoc *doc;      /* NULL: outside the profile */
	const struct val *val;       /* typed; NULL with doc */
	const struct schema *schema; /* by the id's prefix; NULL: unknown */
	struct diffs diffs;          /* as in the sidecar, not normalised; empty when it is not readable */
	bool side_broken;            /* there is a sidecar that diffs_parse refuses */
};

/* Where the record of an id lives; false: no such kind, or a bad id. */
bool place_of_id(struct place *out, struct arena *a, const struct schemas *set, const char *id);
/* The id that a record's or sidecar's path names; NULL when the path is neither. collectif.yaml names none. */
const char *place_id(struct arena *a, const struct schemas *set, const char *path);

int unit_lookup(struct unit *out, struct objs *s, const git_oid *tree, const struct place *p, struct err *e);
bool unit_equal(const struct unit *x, const struct unit *y);
bool tentry_equal(const struct tentry *x, const struct tentry *y);

/* `like`: another state of the record, which lives as long as the arena; it saves reading again what both have. NULL: none. */
int state_load(struct state *out, struct arena *a, struct objs *s, const struct schemas *set, const struct place *p,
	       const struct unit *u, const struct state *like, struct err *e);
/* The differences normalised against the record (DESIGN 5). */
void state_normalise(struct diffs *out, struct arena *a, const struct state *st);

#endif
