#include "ctl/doccache.h"

#include <string.h>
#include <unistd.h>

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
	struct cache c;
	if (!is_code(code) || !cache_load(&c, maps, a, file_of(a, folder, code), DOCCACHE_MAX_BYTES) || c.sections.n != 1)
		return;
	struct unpack u = c.sections.at[0].head, rest = c.sections.at[0].rest;
	all.masks = unpack_u64(&u);
	for (uint64_t n = unpack_u64(&u); n && !u.bad; n--) {
		struct lessons_head one = { .code = unpack_str(&u) };
		one.commit = unpack_str(&u);
		u.bad |= !one.code || !one.commit;
		arena_push(a, &all.heads, one);
	}
	for (uint64_t n = unpack_u64(&u); n && !u.bad; n--) {
		struct lessons_doc one = { .id = unpack_str(&u) };
		struct unpack part = unpack_part(&u), check = unpack_part(&u);
		one.bytes = part.at;
		one.n = (size_t)(part.end - part.at);
		one.n_doc = (size_t)unpack_u64(&u);
		u.bad |= !one.id || check.end - check.at != sizeof one.check || one.n_doc > (size_t)(rest.end - rest.at);
		if (u.bad)
			break;
		memcpy(&one.check, check.at, sizeof one.check);
		one.doc = rest.at;
		rest.at += one.n_doc;
		arena_push(a, &all, one);
	}
	if (!u.bad && u.at == u.end)
		arena_push(a, &out->docs, all);
}

void doccache_save(const struct lessons_memory *memory, struct arena *a, const char *folder)
{
	for (size_t i = 0; i < memory->docs.n; i++) {
		const struct lessons_docs *all = &memory->docs.at[i];
		struct buf b = BUF_INIT, rest = BUF_INIT;
		const char *file = file_of(a, folder, all->code);
		if (all->damaged)
			(void)unlink(file);
		if (!all->changed || all->damaged)
			continue;
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
			pack_part(&b, (const char *)&all->at[j].check, sizeof all->at[j].check);
			pack_u64(&b, all->at[j].n_doc);
			buf_put(&rest, all->at[j].doc, all->at[j].n_doc);
		}
		cache_write(file, &b, &rest);
		buf_free(&b);
		buf_free(&rest);
	}
}
