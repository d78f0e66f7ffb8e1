#include "ctl/doccache.h"

#include <string.h>
#include <unistd.h>

#include "lessons/model.h"

#define DOCCACHE_MAX_BYTES ((size_t)1 << 30)

static const char *file_of(struct arena *a, const char *folder, const char *code)
{
	return arena_printf(a, "%s/enseignements/%s", folder, code);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static void get_heads(struct lessons_docs *all, struct arena *a, struct unpack *u)
{
	for (uint64_t n = unpack_u64(u); n && !u->bad; n--) {
		struct lessons_head one = { .code = unpack_str(u) };
		one.commit = unpack_str(u);
		u->bad |= !one.code || !one.commit;
		arena_push(a, &all->heads, one);
	}
}

static void get_docs(struct lessons_docs *all, struct arena *a, struct unpack *u, struct unpack rest)
{
	for (uint64_t n = unpack_u64(u); n && !u->bad; n--) {
		struct lessons_doc one = { .id = unpack_str(u) };
		struct unpack part = unpack_part(u), check = unpack_part(u);
		one.bytes = part.at;
		one.n = (size_t)(part.end - part.at);
		one.n_doc = (size_t)unpack_u64(u);
		u->bad |= !one.id || check.end - check.at != sizeof one.check || one.n_doc > (size_t)(rest.end - rest.at);
		if (u->bad)
			return;
		memcpy(&one.check, check.at, sizeof one.check);
		one.doc = rest.at;
		rest.at += one.n_doc;
		arena_push(a, all, one);
	}
}

static bool get_section(struct lessons_docs *out, struct arena *a, const char *code, const struct cache_section *from)
{
	struct lessons_docs all = { .code = code };
	struct unpack u = from->head;
	all.masks = unpack_u64(&u);
	get_heads(&all, a, &u);
	all.gone = names_unpack(a, &u);
	get_docs(&all, a, &u, from->rest);
	*out = all;
	return !u.bad && u.at == u.end;
}

/* Both are by id; what is in both is as `later` has it. */
static void add_section(struct lessons_docs *all, struct arena *a, const struct lessons_docs *later)
{
	struct lessons_docs out = *later;
	out.gone = (struct names){ 0 };
	out.n = 0;
	arena_room(a, &out, all->n + later->n);
	for (size_t i = 0, j = 0; i < all->n || j < later->n;) {
		int c = i == all->n ? 1 : j == later->n ? -1 : strcmp(all->at[i].id, later->at[j].id);
		if (c >= 0 || !names_has(&later->gone, all->at[i].id))
			arena_push(a, &out, c < 0 ? all->at[i] : later->at[j]);
		i += c <= 0;
		j += c >= 0;
	}
	*all = out;
}

void doccache_load(struct lessons_memory *out, struct doccaches *caches, struct cachemaps *maps, struct arena *a, const char *folder,
		   const char *code)
{
	struct lessons_docs all, later;
	struct doccache one = { .code = code };
	if (!is_code(code) || !cache_load(&one.cache, maps, a, file_of(a, folder, code), DOCCACHE_MAX_BYTES) ||
	    !get_section(&all, a, code, &one.cache.sections.at[0]))
		return;
	for (size_t i = 1; i < one.cache.sections.n; i++) {
		if (!get_section(&later, a, code, &one.cache.sections.at[i]))
			return;
		add_section(&all, a, &later);
	}
	arena_push(a, &out->docs, all);
	arena_push(a, caches, one);
}

/* --- writing -------------------------------------------------------------------------------------------------------- */

static void put_section(struct buf *head, struct buf *rest, const struct lessons_docs *all, bool whole)
{
	static const struct names none;
	size_t n = 0;
	pack_u64(head, all->masks);
	pack_u64(head, all->heads.n);
	for (size_t i = 0; i < all->heads.n; i++) {
		pack_str(head, all->heads.at[i].code);
		pack_str(head, all->heads.at[i].commit);
	}
	names_pack(head, whole ? &none : &all->gone);
	for (size_t i = 0; i < all->n; i++)
		n += whole || all->at[i].fresh;
	pack_u64(head, n);
	for (size_t i = 0; i < all->n; i++) {
		const struct lessons_doc *one = &all->at[i];
		if (!whole && !one->fresh)
			continue;
		pack_str(head, one->id);
		pack_part(head, one->bytes, one->n);
		pack_part(head, (const char *)&one->check, sizeof one->check);
		pack_u64(head, one->n_doc);
		buf_put(rest, one->doc, one->n_doc);
	}
}

/* False: the file is to be written whole. */
static bool add_to(const struct cache *c, const char *file, const struct lessons_docs *all)
{
	struct buf head = BUF_INIT, rest = BUF_INIT;
	put_section(&head, &rest, all, false);
	bool fits = cache_fits(c, &head, &rest);
	if (fits)
		cache_add(c, file, &head, &rest);
	buf_free(&head);
	buf_free(&rest);
	return fits;
}

static const struct cache *cache_of(const struct doccaches *caches, const char *code)
{
	for (size_t i = 0; i < caches->n; i++)
		if (!strcmp(caches->at[i].code, code))
			return &caches->at[i].cache;
	return NULL;
}

void doccache_save(const struct lessons_memory *memory, const struct doccaches *caches, struct arena *a, const char *folder)
{
	for (size_t i = 0; i < memory->docs.n; i++) {
		const struct lessons_docs *all = &memory->docs.at[i];
		const struct cache *c = cache_of(caches, all->code);
		const char *file = file_of(a, folder, all->code);
		struct buf head = BUF_INIT, rest = BUF_INIT;
		if (all->damaged)
			(void)unlink(file);
		if (!all->changed || all->damaged || (c && add_to(c, file, all)))
			continue;
		put_section(&head, &rest, all, true);
		cache_write(file, &head, &rest);
		buf_free(&head);
		buf_free(&rest);
	}
}
