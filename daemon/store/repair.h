/* repair.h -- a clone whose objects are damaged or missing (a power cut, a dying disk, somebody's rm) gets them back.
 *
 * From three places, nearest first: the good objects of a pack of which others are damaged, the files in the folder, the hub. Where
 * commits are gone that only this clone had, main goes back to where it was before them: what the folder shows is an edit again.
 * Where not even that is possible things stay as they are, and who reads them next says so.
 *
 * LIFE    One call, with the clone's lock held; then close the repo and open it again: it remembers what has gone.
 * FAILS   ERR_NET, ERR_AUTH, ERR_HOSTKEY: objects are missing, and the hub could not be asked. Done again, it goes on.
 */
#ifndef STORE_REPAIR_H
#define STORE_REPAIR_H

#include "store/remote.h"

/* url: of the hub's repository, "" when there is none. Damaged files are never deleted: they go to .git/maillage/abimes. */
int repair_run(struct repo *r, const char *url, const struct remote_options *o, struct err *e);

/* Something went aside, and no repair has succeeded since. */
bool repair_is_due(const struct repo *r);

#endif
