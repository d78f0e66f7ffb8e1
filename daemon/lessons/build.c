/* build.c -- records in, the files of aggregat/ out.
 *
 * The model is made first, in the arena. Then each part fills the one malloc'd buffer, whose bytes are kept in the arena.
 * Writers also allocate from the arena, and when that runs out control leaves by longjmp: so a landing stands here that
 * frees the buffer and then lets it go on to whoever began the arena.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/docs.h"
#include "lessons/outputs.h"
#include "lessons/stamp.h"

static void keep(struct lessons_files *files, const struct part *p)
{
	struct arena *a = p->m->a;
	struct lessons_file f = { arena_cat(a, AGGREGATE_DIR, p->path), NULL, p->out->n };
	f.bytes = arena_dupn(a, buf_str(p->out), p->out->n);
	arena_push(a, files, f);
}

static int by_path(const void *key, const void *at)
{
	return strcmp(key, ((const struct lessons_part *)at)->path);
}

/* Whether the part is as it was; its line in the new memory is entered either way, `empty` as it was. */
static bool is_as_before(struct lessons_memory *now, const struct lessons_memory *before, const struct part *p)
{
	struct lessons_part one = { p->path, stamp_part(p), false };
	const struct lessons_part *old =
		before->parts.n ? bsearch(p->path, before->parts.at, before->parts.n, sizeof *old, by_path) : NULL;
	bool same = old && old->stamp == one.stamp;
	one.empty = same && old->empty;
	arena_push(p->m->a, &now->parts, one);
	return same;
}

/* `now` is NULL when nothing is to be remembered. */
static bool write_parts(struct lessons_files *files, struct lessons_memory *now, const struct lessons_memory *before,
			const struct parts *parts, struct buf *b)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct part *p = &parts->at[i];
		buf_reset(b); /* stamps are made in it too */
		bool kept = now && part_is_kept(p), same = kept && is_as_before(now, before, p);
		p->out = b;
		if (!same)
			part_write(p);
		if (!buf_ok(b))
			return false;
		struct lessons_part *line = kept ? &now->parts.at[now->parts.n - 1] : NULL;
		if (same && !line->empty) {
			struct lessons_file f = { arena_cat(p->m->a, AGGREGATE_DIR, p->path), NULL, 0 };
			arena_push(p->m->a, files, f);
		} else if (!same && (b->n || part_always(p))) {
			keep(files, p);
		} else if (!same && line) {
			line->empty = true;
		}
	}
	return true;
}

int lessons_rebuild(struct lessons_files *out, struct lessons_memory *memory, struct arena *a, const struct source *sources,
		    size_t n, const char *as_of, struct err *e)
{
	/* in the arena, not on this frame: what a longjmp leaves of changed locals is undefined */
	struct model *m = arena_new(a, struct model);
	struct buf *b = arena_new(a, struct buf);
	struct lessons_files *files = arena_new(a, struct lessons_files);
	struct lessons_memory *now = memory ? arena_new(a, struct lessons_memory) : NULL;
	struct parts *parts = arena_new(a, struct parts);
	jmp_buf *outer = arena_new(a, jmp_buf);
	memcpy(outer, &a->nomem, sizeof *outer);
	if (setjmp(a->nomem)) {
		buf_free(b);
		memcpy(&a->nomem, outer, sizeof *outer);
		longjmp(a->nomem, 1);
	}
	int rc = model_build(m, a, sources, n, as_of, memory, b, e);
	if (!rc) {
		parts_list(parts, m);
		if (now)
			stamps_take(m);
		if (!buf_ok(b) || !write_parts(files, now, memory, parts, b))
			rc = err_nomem(e);
	}
	memcpy(&a->nomem, outer, sizeof *outer);
	buf_free(b);
	if (rc)
		return rc;
	if (memory) {
		memcpy(now->key, memory->key, sizeof now->key);
		docs_end(now, m);
		*memory = *now;
	}
	*out = *files;
	return 0;
}

int lessons_build(struct lessons_files *out, struct arena *a, const struct source *sources, size_t n, const char *as_of,
		  struct err *e)
{
	return lessons_rebuild(out, NULL, a, sources, n, as_of, e);
}
