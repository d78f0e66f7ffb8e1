/* doccache.h -- lessons' docs as the last run made them (lessons/docs.h): a file for each source beside the snapshots, written when
 * one of its docs changed.
 */
#ifndef CTL_DOCCACHE_H
#define CTL_DOCCACHE_H

#include "ctl/cachefile.h"
#include "lessons/lessons.h"

/* A file that is missing or damaged: none of that source's. */
void doccache_load(struct lessons_memory *out, struct cachemaps *maps, struct arena *a, const char *folder, const char *code);
void doccache_save(const struct lessons_memory *memory, struct arena *a, const char *folder);

#endif
