/* partcache.h -- what the parts of aggregat/ were made of at the last run (lessons_rebuild), kept beside the snapshots.
 *
 * It holds for the very files that run left: the oid of the folder is in it, and with another folder at main, by a hand or
 * another program, it is as if missing: every part is written and compared.
 */
#ifndef CTL_PARTCACHE_H
#define CTL_PARTCACHE_H

#include "ctl/cachefile.h"
#include "lessons/lessons.h"

#define AGGREGATE_FOLDER "aggregat"

/* Missing, damaged, or of other files: no parts, and a new key. ERR_IO: no random bytes to be had. */
int partcache_load(struct lessons_memory *out, struct cachemaps *maps, struct arena *a, struct repo *r, const struct oid *main,
		   const char *file, struct err *e);
int partcache_save(const struct lessons_memory *memory, struct repo *r, const struct oid *main, const char *file, struct err *e);

#endif
