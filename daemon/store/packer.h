/* packer.h -- the objects of a list as a pack holds them, a lot at a time, on every core; internal to store/.
 *
 * LIFE    packer_new -> (packer_lot -> read at[0..n))* until n is 0 -> packer_free.
 * FAILS   ERR_CORRUPT: an object is missing or damaged (its bytes are hashed when they are read): nothing of its lot is given out.
 */
#ifndef STORE_PACKER_H
#define STORE_PACKER_H

#include "base/buf.h"
#include "sendlist.h"

#define PACKER_LOT 512

struct packer {
	/* to read */
	const struct buf *at; /* own; as a pack holds them, in the list's order */
	size_t first, n;      /* of the list; n 0: all done */
	/* the caller's */
	bool thin;            /* the reader has what is not in the list */
	size_t pack_from;     /* where in the list the pack at hand begins: a base before it is in another one */
};

int packer_new(struct packer **out, struct repo *r, const struct sendlist *l, struct err *e);
int packer_lot(struct packer *p, struct err *e);
void packer_free(struct packer *p); /* NULL is fine */

#endif
