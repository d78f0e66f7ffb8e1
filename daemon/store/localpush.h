/* localpush.h -- pushing into a hub that is a folder (a shared drive, a USB stick); internal to store/.
 *
 * Not libgit2's local push: it moves the ref by force whatever it is now, so two people pushing at once would lose
 * published commits; and nothing runs the hub's hook. Here: the hub's check first, then one pack, then
 * compare-and-swap.
 */
#ifndef STORE_LOCALPUSH_H
#define STORE_LOCALPUSH_H

#include "remote.h"

/* As remote_push; dir is the hub repository's folder. */
int local_push(struct repo *r, const char *dir, const struct oid *commit, const struct remote_options *o,
	       struct err *e);

/* Before a folder hub is read: a main that a pulled-out stick left without content is set to what its log says it last was. What cannot
 * be mended is left for the reader to find. */
void local_mend(const char *dir);

#endif
