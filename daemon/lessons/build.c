/* build.c -- records in, the files of aggregat/ out.
 *
 * The model is made first, in the arena. Then each writer fills its own malloc'd buffer. Writers also allocate from
 * the arena, and when that runs out control leaves by longjmp: so a landing stands here that frees the buffers and
 * then lets it go on to whoever began the arena.
 */
#include <setjmp.h>
#include <string.h>

#include "lessons/outputs.h"

const char *output_name(enum output which)
{
	static const char *const names[] = {
#define X(name, file, fn) file,
		OUTPUTS(X)
#undef X
	};
	return names[which];
}

static void write_all(struct outputs *o)
{
	static void (*const writers[])(struct outputs *) = {
#define X(name, file, fn) fn,
		OUTPUTS(X)
#undef X
	};
	for (size_t i = 0; i < OUT_N; i++)
		writers[i](o);
}

static void free_all(struct outputs *o)
{
	for (size_t i = 0; i < OUT_N; i++)
		buf_free(&o->file[i]);
}

static bool keep_all(struct lessons_files *out, struct outputs *o, struct arena *a)
{
	bool ok = true;
	for (size_t i = 0; i < OUT_N; i++) {
		struct buf *b = &o->file[i];
		ok &= buf_ok(b);
		struct lessons_file f = { arena_printf(a, AGGREGATE_DIR "%s", output_name((enum output)i)), NULL,
					  b->n };
		f.bytes = arena_dupn(a, buf_str(b), b->n);
		arena_push(a, out, f);
	}
	return ok;
}

int lessons_build(struct lessons_files *out, struct arena *a, const struct source *sources, size_t n, const char *as_of,
		  struct err *e)
{
	struct model *m = arena_new(a, struct model);
	int rc = model_build(m, a, sources, n, as_of, e);
	if (rc)
		return rc;
	/* in the arena, not on this frame: what a longjmp leaves of changed locals is undefined */
	struct outputs *o = arena_new(a, struct outputs);
	struct lessons_files *files = arena_new(a, struct lessons_files);
	jmp_buf *outer = arena_new(a, jmp_buf);
	o->m = m;
	memcpy(outer, &a->nomem, sizeof *outer);
	if (setjmp(a->nomem)) {
		free_all(o);
		memcpy(&a->nomem, outer, sizeof *outer);
		longjmp(a->nomem, 1);
	}
	write_all(o);
	bool ok = keep_all(files, o, a);
	memcpy(&a->nomem, outer, sizeof *outer);
	free_all(o);
	if (!ok)
		return err_nomem(e);
	*out = *files;
	return 0;
}
