/* build.c -- records in, the files of aggregat/ out.
 *
 * The model is made first, in the arena. Then each part fills the one malloc'd buffer, whose bytes are kept in the arena.
 * Writers also allocate from the arena, and when that runs out control leaves by longjmp: so a landing stands here that
 * frees the buffer and then lets it go on to whoever began the arena.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/outputs.h"

static void keep(struct lessons_files *files, const struct part *p)
{
	struct arena *a = p->m->a;
	struct lessons_file f = { arena_printf(a, AGGREGATE_DIR "%s", p->path), NULL, p->out->n };
	f.bytes = arena_dupn(a, buf_str(p->out), p->out->n);
	arena_push(a, files, f);
}

int lessons_build(struct lessons_files *out, struct arena *a, const struct source *sources, size_t n, const char *as_of,
		  struct err *e)
{
	struct model *m = arena_new(a, struct model);
	int rc = model_build(m, a, sources, n, as_of, e);
	if (rc)
		return rc;
	/* in the arena, not on this frame: what a longjmp leaves of changed locals is undefined */
	struct buf *b = arena_new(a, struct buf);
	struct lessons_files *files = arena_new(a, struct lessons_files);
	struct parts *parts = arena_new(a, struct parts);
	jmp_buf *outer = arena_new(a, jmp_buf);
	memcpy(outer, &a->nomem, sizeof *outer);
	if (setjmp(a->nomem)) {
		buf_free(b);
		memcpy(&a->nomem, outer, sizeof *outer);
		longjmp(a->nomem, 1);
	}
	parts_list(parts, m);
	bool ok = true;
	for (size_t i = 0; ok && i < parts->n; i++) {
		struct part *p = &parts->at[i];
		p->out = b;
		buf_reset(b);
		part_write(p);
		ok = buf_ok(b);
		if (ok && (b->n || part_always(p)))
			keep(files, p);
	}
	memcpy(&a->nomem, outer, sizeof *outer);
	buf_free(b);
	if (!ok)
		return err_nomem(e);
	*out = *files;
	return 0;
}
