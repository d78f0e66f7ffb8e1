/* cachefile.h -- the files of .git/maillage/agregation/: packed data (base/valpack.h) that may be cut, damaged or deleted
 * at any time.
 *
 * A line that says what the file is (the program's algorithm, so that another version reads the repository again), then
 * sections, each with its length before it and a check behind, which goes on from the check before. So a change costs the
 * bytes of one more section, and whatever happens to a file, the sections that are whole up to there say what they said.
 * Behind its check a section may have a rest, of which bytes are looked at when they are needed: the section holds checks of them.
 *
 * A file is mapped, not read: what nobody looks at costs nothing. Runs write over a file by rename, or behind its last whole section, so
 * that what is mapped stays as it was. Only a hand that cuts the file under a run ends it (SIGBUS), as kill does, and as with git's packs:
 * nothing is lost.
 *
 * LIFE    cache_load* -> cachemaps_release, by the owner of the job, also when its arena ran out of memory.
 * OWNER   What is read is borrowed from the mapping.
 * FAILS   Never: it is a cache. What cannot be written is read from the repository again next time.
 */
#ifndef CTL_CACHEFILE_H
#define CTL_CACHEFILE_H

#include "base/valpack.h"
#include "store/repo.h"

struct cachemap;
struct cachemaps { /* all that a job has mapped; { NULL } to begin with */
	struct cachemap *first; /* own */
};
void cachemaps_release(struct cachemaps *maps);

struct cache_section {
	struct unpack head, rest; /* rest: nobody has checked it yet */
};
struct cache {
	const char *bytes; /* of the file */
	struct {
		struct cache_section *at; /* oldest first */
		size_t n, cap;
	} sections;
	size_t end;     /* bytes of the file up to the end of the last one */
	uint64_t check; /* of the last one */
};
/* The sections that are whole; false: not even the first one is, or the file is longer than max. */
bool cache_load(struct cache *out, struct cachemaps *maps, struct arena *a, const char *file, size_t max);
/* Of a file that has one section only. */
bool cache_read(struct unpack *out, struct cachemaps *maps, struct arena *a, const char *file, size_t max);
/* One section, in place of what is there. rest NULL: it has none. */
void cache_write(const char *file, const struct buf *head, const struct buf *rest);
/* Whether one more section is worth it behind those of c, as loaded; else what was added would be too large a part of the first one, and it
 * is time to write all in one. */
bool cache_fits(const struct cache *c, const struct buf *head, const struct buf *rest);
void cache_add(const struct cache *c, const char *file, const struct buf *head, const struct buf *rest); /* that fits */

void pack_oid(struct buf *out, const struct oid *o);
void unpack_oid(struct oid *out, struct unpack *u);

#endif
