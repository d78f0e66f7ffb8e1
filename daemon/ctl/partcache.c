#include "ctl/partcache.h"

#include <string.h>
#include <sys/random.h>

#include "base/valpack.h"
#include "ctl/cachefile.h"

#define PARTCACHE_MAX_BYTES ((size_t)1 << 28)

static void get_key(unsigned char out[SEAL_KEY], struct unpack *u)
{
	if (u->end - u->at < SEAL_KEY) {
		u->bad = true;
		return;
	}
	memcpy(out, u->at, SEAL_KEY);
	u->at += SEAL_KEY;
}

static bool load(struct lessons_memory *out, struct cachemaps *maps, struct arena *a, const struct oid *folder, const char *file)
{
	struct unpack u;
	struct oid of;
	struct lessons_memory m = { 0 };
	if (!cache_read(&u, maps, a, file, PARTCACHE_MAX_BYTES))
		return false;
	unpack_oid(&of, &u);
	get_key(m.key, &u);
	for (uint64_t n = unpack_u64(&u); n && !u.bad; n--) {
		struct lessons_part p = { .path = unpack_str(&u) };
		p.stamp = unpack_u64(&u);
		p.empty = unpack_u64(&u);
		u.bad |= !p.path;
		arena_push(a, &m.parts, p);
	}
	if (u.bad || u.at != u.end || !oid_equal(&of, folder))
		return false;
	*out = m;
	return true;
}

int partcache_load(struct lessons_memory *out, struct cachemaps *maps, struct arena *a, struct repo *r, const struct oid *main,
		   const char *file, struct err *e)
{
	struct oid folder;
	struct lessons_memory none = { 0 };
	int rc = repo_entry(&folder, r, main, AGGREGATE_FOLDER, e);
	if (rc || (oid_is(&folder) && load(out, maps, a, &folder, file)))
		return rc;
	if (getrandom(none.key, sizeof none.key, 0) != sizeof none.key)
		return err_set(e, ERR_IO, _("le système ne donne pas de nombres au hasard ; réessayez"));
	*out = none;
	return 0;
}

int partcache_save(const struct lessons_memory *memory, struct repo *r, const struct oid *main, const char *file, struct err *e)
{
	struct buf b = BUF_INIT;
	struct oid folder;
	int rc = repo_entry(&folder, r, main, AGGREGATE_FOLDER, e);
	if (rc)
		return rc;
	pack_oid(&b, &folder);
	buf_put(&b, memory->key, sizeof memory->key);
	pack_u64(&b, memory->parts.n);
	for (size_t i = 0; i < memory->parts.n; i++) {
		pack_str(&b, memory->parts.at[i].path);
		pack_u64(&b, memory->parts.at[i].stamp);
		pack_u64(&b, memory->parts.at[i].empty);
	}
	cache_write(file, &b, NULL);
	buf_free(&b);
	return 0;
}
