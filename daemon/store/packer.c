/* packer.c -- deflating what a hub is to get.
 *
 * One thread reads (libgit2's objects do not cross threads, and reading checks the hash); all of them make deltas and deflate. A version
 * goes as a delta on the one before it when that is at most half as long, otherwise whole. Chains of deltas end at DEPTH_MAX, as
 * git's do: whoever reads the last one must read them all.
 *
 * What lies compressed on our disk is not copied as it is: records that we made lie there undeflated (pack.c), a loose object's
 * stream holds its header too, and what came from the hub does not go back to it.
 */
#include "packer.h"

#include "base/crew.h"
#include "delta.h"
#include "giterr.h"
#include "objs.h"
#include "pack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LOT_BYTES ((size_t)4 << 20)
#define DEPTH_MAX 40
#define LEVEL 6

struct item {
	git_odb_object *object, *base; /* own; base NULL: goes whole */
	bool delta;                    /* it went as one */
	bool failed;                   /* out of memory */
};
struct worker {
	z_stream z;
	bool ready;
	struct deltas deltas;
	struct buf delta;
};
struct packer_own {
	struct packer base; /* first */
	struct repo *r;
	const struct sendlist *list;
	unsigned char *depth; /* own; of each listed object's chain */
	struct buf bytes[PACKER_LOT];
	struct item items[PACKER_LOT];
	struct worker workers[CREW_MAX];
	git_odb_object *last_base; /* own; many objects in a row may have one base */
};

int packer_new(struct packer **out, struct repo *r, const struct sendlist *l, struct err *e)
{
	struct packer_own *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(e);
	p->r = r;
	p->list = l;
	p->depth = calloc(l->n ? l->n : 1, 1);
	p->base.at = p->bytes;
	if (!p->depth) {
		packer_free(&p->base);
		return err_nomem(e);
	}
	*out = &p->base;
	return 0;
}

static void drop_items(struct packer_own *p)
{
	for (size_t i = 0; i < PACKER_LOT; i++) {
		git_odb_object_free(p->items[i].object);
		git_odb_object_free(p->items[i].base);
		p->items[i] = (struct item){ 0 };
	}
}

void packer_free(struct packer *packer)
{
	struct packer_own *p = (struct packer_own *)packer;
	if (!p)
		return;
	drop_items(p);
	git_odb_object_free(p->last_base);
	for (size_t i = 0; i < PACKER_LOT; i++)
		buf_free(&p->bytes[i]);
	for (size_t i = 0; i < CREW_MAX; i++) {
		struct worker *w = &p->workers[i];
		if (w->ready)
			deflateEnd(&w->z);
		deltas_free(&w->deltas);
		buf_free(&w->delta);
	}
	free(p->depth);
	free(p);
}

/* ---- on the caller's thread */

static int read_object(git_odb_object **out, struct packer_own *p, const git_oid *oid, git_object_t type, struct err *e)
{
	char hex[OID_HEX + 1];
	git_odb_object *o;
	int rc = git_odb_read(&o, p->r->odb, oid);
	if (rc < 0)
		return giterr(e, rc, _("lecture de l'objet %s"), git_oid_tostr(hex, sizeof hex, oid));
	if (git_odb_object_type(o) != type || git_odb_object_size(o) > OBJECT_MAX) {
		git_odb_object_free(o);
		return err_set(e, type == GIT_OBJECT_BLOB ? ERR_LIMIT : ERR_CORRUPT,
			       _("l'objet %s n'est pas du type attendu, ou dépasse %u Mio ; il ne peut pas être envoyé"),
			       git_oid_tostr(hex, sizeof hex, oid), OBJECT_MAX >> 20);
	}
	*out = o;
	return 0;
}

/* A base that cannot be read is done without: it is not what is sent. One that is listed comes first: of a value that changed and changed
 * back, each version is the other's, and two deltas on each other are nothing. */
static void read_base(struct packer_own *p, size_t place)
{
	const struct send_one *one = &p->list->at[place];
	struct item *it = &p->items[place - p->base.first];
	size_t at = sendlist_find(p->list, &one->base);
	bool listed = at < p->list->n;
	unsigned depth = listed ? p->depth[at] + 1u : 1;
	if (depth > DEPTH_MAX || (listed ? at >= place || at < p->base.pack_from : !p->base.thin))
		return;
	if (!p->last_base || !git_oid_equal(git_odb_object_id(p->last_base), &one->base)) {
		git_odb_object_free(p->last_base);
		p->last_base = NULL;
		if (read_object(&p->last_base, p, &one->base, one->type, NULL) < 0)
			return;
	}
	if (git_odb_object_dup(&it->base, p->last_base) == 0)
		p->depth[place] = (unsigned char)depth;
}

static int read_lot(struct packer_own *p, struct err *e)
{
	size_t bytes = 0;
	int rc = 0;
	p->base.first += p->base.n;
	p->base.n = 0;
	while (!rc && p->base.n < PACKER_LOT && p->base.first + p->base.n < p->list->n && bytes < LOT_BYTES) {
		size_t place = p->base.first + p->base.n;
		struct item *it = &p->items[p->base.n];
		rc = read_object(&it->object, p, &p->list->at[place].oid, p->list->at[place].type, e);
		if (rc)
			break;
		if (p->list->at[place].based)
			read_base(p, place);
		bytes += git_odb_object_size(it->object) + (it->base ? git_odb_object_size(it->base) : 0);
		p->base.n++;
	}
	return rc;
}

/* ---- on any thread */

static bool put_deflated(struct buf *out, struct worker *w, const char *bytes, size_t n)
{
	if (!w->ready && deflateInit(&w->z, LEVEL) != Z_OK)
		return false;
	w->ready = true;
	deflateReset(&w->z);
	size_t most = deflateBound(&w->z, n);
	if (!buf_reserve(out, most))
		return false;
	w->z.next_in = (Bytef *)(uintptr_t)bytes;
	w->z.avail_in = (uInt)n;
	w->z.next_out = (Bytef *)out->at + out->n;
	w->z.avail_out = (uInt)most;
	if (deflate(&w->z, Z_FINISH) != Z_STREAM_END)
		return false;
	out->n += most - w->z.avail_out;
	return true;
}

static void encode(void *ctx, unsigned worker, size_t i)
{
	struct packer_own *p = ctx;
	struct worker *w = &p->workers[worker];
	struct item *it = &p->items[i];
	struct buf *out = &p->bytes[i];
	const char *bytes = git_odb_object_data(it->object);
	size_t n = git_odb_object_size(it->object);
	buf_reset(out);
	buf_reset(&w->delta);
	it->delta = it->base && delta_make(&w->delta, &w->deltas, git_odb_object_data(it->base), git_odb_object_size(it->base), bytes, n, n / 2);
	if (it->delta) {
		pack_put_header(out, PACK_REF_DELTA, w->delta.n);
		buf_put(out, git_odb_object_id(it->base)->id, GIT_OID_RAWSZ);
		bytes = w->delta.at;
		n = w->delta.n;
	} else {
		pack_put_header(out, (unsigned)git_odb_object_type(it->object), n);
	}
	it->failed = !put_deflated(out, w, bytes, n) || !buf_ok(out);
}

int packer_lot(struct packer *packer, struct err *e)
{
	struct packer_own *p = (struct packer_own *)packer;
	int rc = read_lot(p, e);
	if (!rc)
		crew_run(crew_size(packer->n), packer->n, encode, p);
	for (size_t i = 0; !rc && i < packer->n; i++) {
		if (p->items[i].failed)
			rc = err_nomem(e);
		if (!p->items[i].delta)
			p->depth[packer->first + i] = 0;
	}
	drop_items(p);
	return rc;
}
