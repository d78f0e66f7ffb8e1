#include "ctl/doccache.h"

#include "base/valpack.h"
#include "ctl/cachefile.h"
#include "lessons/model.h"

#define DOCCACHE_MAX_BYTES ((size_t)1 << 30)

static const char *file_of(struct arena *a, const char *folder, const char *code)
{
	return arena_printf(a, "%s/enseignements/%s", folder, code);
}

void doccache_load(struct lessons_memory *out, struct cachemaps *maps, struct arena *a, const char *folder, const char *code)
{
	struct lessons_docs all = { .code = code };
	struct unpack u;
	if (!is_code(code) || !cache_read(&u, maps, a, file_of(a, folder, code), DOCCACHE_MAX_BYTES))
		return;
	all.masks = unpack_u64(&u);
	for (uint64_t n = unpack_u64(&u); n && !u.bad; n--) {
		struct lessons_head one = { .code = unpack_str(&u) };
		one.commit = unpack_str(&u);
		u.bad |= !one.code || !one.commit;
		arena_push(a, &all.heads, one);
	}
	for (uint64_t n = unpack_u64(&u); n && !u.bad; n--) {
		struct lessons_doc one = { .id = unpack_str(&u) };
		struct unpack part = unpack_part(&u);
		one.bytes = part.at;
		one.n = (size_t)(part.end - part.at);
		u.bad |= !one.id;
		arena_push(a, &all, one);
	}
	if (!u.bad && u.at == u.end)
		arena_push(a, &out->docs, all);
}

void doccache_save(const struct lessons_memory *memory, struct arena *a, const char *folder)
{
	for (size_t i = 0; i < memory->docs.n; i++) {
		const struct lessons_docs *all = &memory->docs.at[i];
		struct buf b = BUF_INIT;
		if (!all->changed)
			continue;
		const char *file = file_of(a, folder, all->code);
		pack_u64(&b, all->masks);
		pack_u64(&b, all->heads.n);
		for (size_t j = 0; j < all->heads.n; j++) {
			pack_str(&b, all->heads.at[j].code);
			pack_str(&b, all->heads.at[j].commit);
		}
		pack_u64(&b, all->n);
		for (size_t j = 0; j < all->n; j++) {
			pack_str(&b, all->at[j].id);
			pack_part(&b, all->at[j].bytes, all->at[j].n);
		}
		cache_write(file, &b, NULL);
		buf_free(&b);
	}
}
