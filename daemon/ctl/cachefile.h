/* cachefile.h -- the files of .git/maillage/agregation/: packed data (base/valpack.h) that may be cut, damaged or deleted
 * at any time.
 *
 * A line that says what the file is (the program's algorithm, so that another version reads the repository again), then
 * sections, each with its length before it and a check behind, which goes on from the check before. So a change costs the
 * bytes of one more section, and whatever happens to a file, the sections that are whole up to there say what they said.
 * Behind its check a section may have a rest, of which bytes are read when they are needed: the section holds checks of them.
 *
 * OWNER   The arena; what is read is borrowed from it.
 * FAILS   Never: it is a cache. What cannot be written is read from the repository again next time.
 */
#ifndef CTL_CACHEFILE_H
#define CTL_CACHEFILE_H

#include "base/valpack.h"
#include "store/repo.h"

struct cache_section {
	struct unpack head;
	uint64_t rest; /* place in the file of what is not read yet */
	size_t n_rest;
};
struct cache {
	struct {
		struct cache_section *at; /* oldest first */
		size_t n, cap;
	} sections;
	size_t end;     /* bytes of the file up to the end of the last one */
	uint64_t check; /* of the last one */
};
/* The sections that are whole; false: not even the first one is, or the file is longer than max. */
bool cache_load(struct cache *out, struct arena *a, const char *file, size_t max);
/* Of a file that has one section only. */
bool cache_read(struct unpack *out, struct arena *a, const char *file, size_t max);
/* n bytes of the file as it is now. */
bool cache_rest(char *out, const char *file, uint64_t at, size_t n);
/* One section, in place of what is there. rest NULL: it has none. */
void cache_write(const char *file, const struct buf *head, const struct buf *rest);
void cache_add(const struct cache *c, const char *file, const struct buf *head, const struct buf *rest); /* c: as loaded */

void pack_oid(struct buf *out, const struct oid *o);
void unpack_oid(struct oid *out, struct unpack *u);

#endif
