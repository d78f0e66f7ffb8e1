/* sendlist.h -- which objects a hub lacks: what lies between the commit it has and the one it is to get; internal to store/.
 *
 * OWNER   The arena; the map's values are numbers.
 */
#ifndef STORE_SENDLIST_H
#define STORE_SENDLIST_H

#include <git2.h>
#include "base/cancel.h"
#include "oidmap.h"
#include "repo_int.h"

struct send_one {
	git_oid oid;
	git_oid base;       /* what the same path held before, if `based`: the hub has it, or it is in the list, anywhere */
	git_object_t type;
	bool based;
};
struct sendlist {
	struct send_one *at; /* a commit's parents before it */
	size_t n, cap;
	struct oidmap places; /* oid -> its place + 1, as a pointer */
};

/* have "": the hub has nothing. Neither have nor what it leads to is listed. ERR_CORRUPT: a commit or folder is damaged. */
int sendlist_make(struct sendlist *out, struct arena *a, struct repo *r, const struct oid *have, const struct oid *want,
		  const struct cancel *cancel, struct err *e);
/* Its place, or n. */
size_t sendlist_find(const struct sendlist *l, const git_oid *oid);

#endif
