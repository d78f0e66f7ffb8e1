/* hist.h -- walking back through history for a record, with what was read already kept at hand.
 *
 * LIFE    hist_init -> hist_*. Lives in the arena of its objs (commits and places of records) and in the caller's (states).
 * All records are read under one set of schemas, whatever was in force then: a merge must not depend on it.
 */
#ifndef STORE_HIST_H
#define STORE_HIST_H

#include "state.h"

struct cnode {
	git_oid oid, tree;
	git_oid *parents;     /* sorted by oid */
	size_t nparents;
	int64_t time;         /* committer's, seconds */
	const char *author;   /* name; printable UTF-8 whatever the commit holds */
	char date[11];        /* of the author, on the author's own clock: "2018-10-08" */
	bool machine;         /* says that it is a merge of ours */
};

struct hist {
	struct objs *s;            /* borrow */
	const struct schemas *set; /* borrow */
	struct oidmap commits;     /* oid -> struct cnode */
	struct grave *graves;      /* graves.c */
};

void hist_init(struct hist *h, struct objs *s, const struct schemas *set);
int hist_commit(struct cnode **out, struct hist *h, const git_oid *oid, struct err *e);

/* All commits that heads reach and stop does not, newest first: by committer date, then oid. In the arena of objs. */
struct cnodes {
	struct cnode **at;
	size_t n, cap;
};
int hist_reach(struct cnodes *out, struct hist *h, const git_oid *heads, size_t n, const git_oid *stop, size_t nstop,
	       struct err *e);

/* States of the record that the caller has read already: most of what a walk meets is what is being merged. */
struct known {
	const struct unit *unit[3]; /* borrow; NULL: none */
	const struct state *state[3];
};

/* The commit that set champ to the value it has at head (history.h). known may be NULL. */
int hist_blame(struct origin *out, struct arena *a, struct hist *h, const git_oid *head, const struct place *p,
	       const char *champ, const struct known *known, struct err *e);
/* The same for a state that several heads were folded into: by the first head (they are sorted) that shows `value` there with no
 * open difference, else the first. */
int hist_blame_any(struct origin *out, struct arena *a, struct hist *h, const git_oid *heads, size_t n, const struct place *p,
		   const char *champ, const struct val *value, const struct known *known, struct err *e);

/* A record as it was before it was deleted. */
struct held {
	struct unit unit;
	git_oid holder; /* the commit that held it */
};
struct helds {
	struct held *at;
	size_t n, cap;
};
/* A record's last contents before it was deleted, among the commits that heads reach and stop does not, the newest first: one of
 * each line of work that ended in its deletion, so that none was made over another. The walk is made once per (heads, stop) and
 * remembered. In the arena of objs. */
int hist_last_held(struct helds *out, struct hist *h, const git_oid *heads, size_t n, const git_oid *stop, size_t nstop,
		   const struct place *p, struct err *e);

#endif
