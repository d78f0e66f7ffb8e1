/* replicas.h -- sites that edit, settle and exchange, over the real code: commits, plans, merges, verification.
 *
 * All sites share one object store, kept in memory, so that a history takes milliseconds; what a site has is its head, and what
 * it fetches is an oid. Everything that decides (committing with its book-keeping, planning, merging, settling) is the program's.
 *
 * LIFE    world_open -> (world_begin -> commands -> world_end)* -> world_close.
 * OWNER   Answers live in the arena of the history, from world_begin to world_end.
 */
#ifndef TESTS_SIM_REPLICAS_H
#define TESTS_SIM_REPLICAS_H

#include "ctl/ctl.h"
#include "merge/diffs.h"
#include "store/treemerge.h"

enum { SITES_MAX = 6, RECORDS = 3 };

struct world {
	struct repo *r;           /* own */
	struct arena a;
	struct oid start;         /* every site's first head */
	struct oid head[SITES_MAX], opened[SITES_MAX], hub;
	int n;                    /* sites */
	unsigned commits, merges; /* made in this history */
	bool begun;
};

/* How an edit gets into history. */
enum by {
	BY_PROGRAM, /* saved in an editor, committed by the program */
	BY_GIT,     /* committed by plain git: no book-keeping */
	BY_OLD      /* as BY_PROGRAM, but saved over what the site had opened before (world.opened) */
};

/* A record at a commit, as the commands see it. */
struct seen {
	const char *id, *path, *side;
	struct record rec;  /* doc NULL: not there */
	struct diffs diffs; /* normalised */
	bool has_side;
};

int world_open(struct world *w, const char *dir, const char *schema, const char *record, struct err *e);
void world_close(struct world *w);
int world_begin(struct world *w, int sites, struct err *e);
void world_end(struct world *w);

const char *world_id(struct world *w, const char *name); /* "e1" -> "ess-ara-e1" */
int world_see(struct seen *out, struct world *w, const struct oid *at, const char *id, struct err *e);
/* Commit on the site's head; files[i].bytes NULL removes. */
int world_commit(struct world *w, int site, enum by by, const struct file_change *files, size_t n, struct err *e);

/* Exchanges. *how: what it came to. */
int world_pull(enum join *how, struct world *w, int site, const struct oid *from, struct err *e);
int world_sync(struct world *w, int site, struct err *e);             /* one cycle with the hub */
int world_race(struct world *w, int site, int faster, struct err *e); /* the other one pushes between fetch and push */
int world_lockstep(bool *moved, struct world *w, struct err *e);      /* each takes what all had to offer at the start */
/* `git pull` by hand: git's own merge by line; a file in conflict is taken whole from this side, or from the other. */
int world_git_pull(bool *merged, struct world *w, int site, const struct oid *from, bool mine, struct err *e);

/* commands.c: one line in, what happened as data. */
int command(struct val **out, struct world *w, char *line, struct err *e);
/* report.c */
int report_state(struct val **out, struct world *w, const struct oid *at, struct err *e);
int report_verify(struct val **out, struct world *w, const struct oid *at, struct err *e);

#endif
