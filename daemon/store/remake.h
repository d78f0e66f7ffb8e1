/* remake.h -- unpublished commits made again without what the hub can never accept (DESIGN 9). Moves nothing: replay.c does.
 *
 * LIFE    causes -> remake_commits -> where each old commit has gone. Everything lives in the arena; the new commits are written.
 * FAILS   ERR_CANCELLED, ERR_CORRUPT, ERR_IO; new objects may be there then, and nothing points to them.
 */
#ifndef STORE_REMAKE_H
#define STORE_REMAKE_H

#include "base/cancel.h"
#include "tree.h"

/* name, which versions of the path are left out */
#define CAUSE_KINDS(X)                                         \
	X(PATH, "all of them")                                 \
	X(ENTRY, "those that are as the tip has it")           \
	X(GONE, "those in which it is not there")              \
	X(KEY, "those that hold a private key")                \
	X(SIZE, "those that are larger than any file may be")

enum cause_kind {
#define X(name, which) CAUSE_##name,
	CAUSE_KINDS(X)
#undef X
};
struct cause {
	const char *path; /* ends with '/': everything below */
	enum cause_kind kind;
	struct tentry entry; /* of ENTRY */
};
struct causes {
	struct cause *at;
	size_t n, cap;
	bool merges; /* a machine merge is not what its parents give: all of them are made again */
};

/* Paths whose content is not the old commit's any more. */
struct paths {
	const char **at;
	size_t n, cap;
};
struct remade {
	git_oid old, new;   /* new: the commit in its place, or what its parent became when nothing of it is left */
	struct paths other; /* where their trees differ */
};
struct remakes {
	struct oidmap by_old; /* -> struct remade; commits that stay as they are: not in it */
	struct remade **at;
	size_t n, cap;
};

/* head and what leads to it, but not to the n published commits, without `why`. An author's commit keeps its author, its dates and
 * its words, and names the old one (trailer `Rejoue`); a machine merge is made again from what its parents became. The same
 * commits and causes give the same new commits anywhere. *now: what head became (itself when nothing had to change). */
int remake_commits(git_oid *now, struct remakes *out, struct arena *a, struct repo *r, const git_oid *head, const struct oid *published,
		   size_t n, const struct causes *why, struct cancel *cancel, struct err *e);

#endif
