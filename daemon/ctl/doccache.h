/* doccache.h -- lessons' docs as the last run made them (lessons/docs.h): a file for each source beside the snapshots, added to when
 * one of its docs changed.
 *
 * The first section has all docs of a source; each other one those that a run made anew, the ids that went, and the heads that all
 * docs were held against. When these have grown to a part of the first, the file is written anew. Docs themselves are in the
 * sections' rests: nobody reads the most of them.
 */
#ifndef CTL_DOCCACHE_H
#define CTL_DOCCACHE_H

#include "ctl/cachefile.h"
#include "lessons/lessons.h"

struct doccaches { /* the files as loaded; { NULL } to begin with */
	struct doccache {
		const char *code;
		struct cache cache;
	} *at;
	size_t n, cap;
};
/* A file that is missing or damaged: none of that source's. */
void doccache_load(struct lessons_memory *out, struct doccaches *caches, struct cachemaps *maps, struct arena *a, const char *folder,
		   const char *code);
void doccache_save(const struct lessons_memory *memory, const struct doccaches *caches, struct arena *a, const char *folder);

#endif
