/* pack.h -- the pack format (gitformat-pack(5)) and its index; internal to store/. */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "base/buf.h"
#include "repo_int.h"

#define PACK_HEAD 12
#define PACK_BYTES (32u << 20) /* of one pack that is made in memory: it ends after the object that passes this */
#define PACK_REF_DELTA 7u

/* "PACK", version, count: how a pack begins. */
void pack_head(unsigned char out[PACK_HEAD], size_t count);
/* How an object begins: its type (git_object_t, or PACK_REF_DELTA) and size. */
void pack_put_header(struct buf *out, unsigned type, size_t n);

/* Where an object lies in a pack, for its index. */
struct packed {
	git_oid oid;
	uint32_t offset, crc; /* crc: of its bytes there */
};
/* pack holds PACK_HEAD bytes and the n objects, the newest `packed` entry of each in `at`: the rest of the pack and its index are made and
 * written into r, synced, the pack first. at is sorted on return. */
int pack_finish(struct repo *r, struct buf *pack, struct packed *at, size_t n, struct err *e);
/* The entry of the object whose bytes are pack's from `from` to its end. */
struct packed pack_entry(const struct buf *pack, size_t from, const git_oid *oid);

#endif
