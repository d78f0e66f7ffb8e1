/* snapshot.h -- one collective's repository at one commit, as far as the aggregation reads it: records, what their
 * differences come to, and who wrote which text when. Kept from run to run, so that a run reads what is new.
 *
 * A snapshot is a function of its commit alone: brought up from an older one (snapshot_update) it equals the one read whole
 * (snapshot_read). For that every choice is made over sets: of the commits below the head that gave a file the text it has,
 * the ordinary one with the latest date is named (ties: the smallest oid), else a merge; not the first that a walk meets.
 *
 * LIFE    snapshot_read, or snapshot_load and snapshot_update -> snapshot_save -> snapshot_source. All in one arena.
 * FAILS   Errors of the repository. A cache that is missing, damaged or of another version: snapshot_load
 *         says false; one that lost its end only is the snapshot of an older head.
 */
#ifndef CTL_SNAPSHOT_H
#define CTL_SNAPSHOT_H

#include "ctl/cachefile.h"
#include "ctl/texts.h"
#include "lessons/lessons.h"
#include "merge/diffs.h"
#include "store/repo.h"

struct touch { /* a commit that gave a file this text, other than any of its parents had */
	struct oid blob, commit;
	int64_t time; /* of the commit */
	bool merge;
};
struct touches {
	struct touch *at;
	size_t n, cap;
};
struct differences { /* of a sidecar */
	const char *id;  /* NULL: unreadable */
	size_t hard, soft, settled;
	const char *since; /* oldest date among the proposals of open ones, or NULL */
	bool visibility;   /* an open one is about who may see the record */
};
struct snapfile {
	const char *path;
	struct oid blob; /* "": not there at the head; its touches are kept for when it returns */
	struct touches touches; /* ask snapfile_touches */
	struct unpack packed_touches; /* of a file that was loaded and has not changed since; at NULL: none */
	struct differences side;   /* of a sidecar */
	struct source_record *rec; /* NULL: no record, or one that cannot be read */
	bool is_sidecar;
	bool fresh; /* to be read again, during snapshot_update */
	bool changed; /* is another than in the cache it was loaded from */
};
struct snapshot {
	const char *code, *date; /* date of the head commit */
	struct oid head, schema; /* schema: the folder schema/ at the head; "": it has none */
	struct {
		struct snapfile *at; /* by path; but for those in `rest` */
		size_t n, cap;
	} files;
	struct snaprest *rest; /* snaprest.h; NULL: the files are all there are */
	struct {
		struct source_record *at; /* as loaded: of the files that have one; NULL: made of them when asked for */
		size_t n;
	} records;
	struct tally *tally; /* of the records; lessons/tally.h */
	const char *was;     /* the head it was brought up from; NULL: it was not */
	struct names moved;  /* source.h */
	struct cache cache;  /* what it was loaded from; no sections: it was read whole */
};

/* Reads everything below the head, and its history. */
int snapshot_read(struct snapshot *out, struct arena *a, struct repo *r, const char *code, const struct oid *head, struct err *e);
/* From s->head to a head. *done false, and s is of no further use: it cannot be brought up (the old head is no ancestor, the
 * schema is another one); read it whole. */
int snapshot_update(bool *done, struct snapshot *s, struct arena *a, struct repo *r, const struct oid *head, struct err *e);

/* The source that lessons_build wants. It borrows from the snapshot. */
void snapshot_source(struct source *out, struct arena *a, const struct snapshot *s);

/* --- sidecars (snapdiffs.c) ------------------------------------------------------------------------------------------ */

struct differences differences_of(struct arena *a, const struct diffs *d);
/* Tells each record what is open of it. */
void snapshot_differences(struct snapshot *s, struct arena *a);

/* --- quiet files (snaprest.c) ---------------------------------------------------------------------------------------- */

/* The quiet file whose record has that id, if there is one, is among the files from here on, where it moves others. */
void snapshot_pull(struct snapshot *s, const char *id);
void snapshot_pull_path(struct snapshot *s, const char *path); /* or the one that could have that path */
void snapshot_pull_all(struct snapshot *s);

/* --- kept in files (snapcache.c) ------------------------------------------------------------------------------------- */

/* For a head: of a snapshot that is of this head, `files` may be left out. */
bool snapshot_load(struct snapshot *out, struct late *late, const char *file, const char *code, const struct oid *head);
/* Of a file: sorted by preference; read from the cache when first asked for. */
struct touches *snapfile_touches(struct snapfile *f, struct arena *a);
/* The file of that path among the first `sorted` ones, which are by path; NULL: none. */
struct snapfile *snapshot_file(const struct snapshot *s, size_t sorted, const char *path);
void snapshot_sort(struct snapshot *s, size_t sorted); /* when more have been entered behind these */
/* A cache: what cannot be written is read again next time. */
void snapshot_save(struct snapshot *s, struct late *late, const char *file); /* nothing once late->rc is set */

#endif
