/* change.h -- what a working folder holds that history does not: plain data, no git (sync/ sees only this). */
#ifndef STORE_CHANGE_H
#define STORE_CHANGE_H

#include "base/arena.h"
#include "schema/validate.h"

enum change_kind { CHANGE_NEW, CHANGE_EDITED, CHANGE_DELETED };
enum change_verdict {
	CHANGE_READY,   /* the hub would accept it: goes into the next commit */
	CHANGE_WAITING, /* stays on disk, untouched and uncommitted; `why` and `faults` say what is missing */
	CHANGE_BUSY,    /* still being written: look again in a moment */
	CHANGE_GUARDED  /* over a limit, or looks like a key or password: a person must decide */
};

struct change {
	const char *path;            /* relative, '/' */
	enum change_kind kind;
	enum change_verdict verdict;
	const char *why;             /* localised; NULL when ready */
	size_t size;                 /* bytes now; 0 when deleted */
	struct faults faults;        /* of a waiting record */
	bool private;                /* a new private record: it waits, and that is what its author wants */
	bool arriving;               /* the hub's change, not the folder's: in history already, or about to be (worktree_arriving) */
};
struct changes {
	struct change *at; /* by path */
	size_t n, cap;
	size_t tracked;    /* files that history holds */
	bool from_edits;   /* internal: some are edits on an earlier version (worktree.h) */
};

#endif
