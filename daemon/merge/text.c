/* Plain text files: by line, as git does it. Changes that touch are taken for one place, and left to people. */
#include "merge.h"
#include "keytab.h"
#include "seq.h"
#include "spans.h"

struct lines {
	struct span *at; /* each with its line end */
	size_t n, cap;
	uint32_t *id;
};

static void cut(struct lines *out, struct arena *mem, struct keytab *names, const char *t, size_t n)
{
	*out = (struct lines){ 0 };
	for (size_t i = 0; i < n;) {
		const char *nl = memchr(t + i, '\n', n - i);
		size_t end = nl ? (size_t)(nl - t) + 1 : n;
		struct span line = { t + i, end - i };
		arena_push(mem, out, line);
		i = end;
	}
	out->id = arena_array(mem, out->n + 1, sizeof *out->id);
	for (size_t i = 0; i < out->n; i++)
		out->id[i] = keytab_id(names, out->at[i].at, out->at[i].n);
}

static void put(struct spans *out, const struct lines *l, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		spans_put(out, l->at[i].at, l->at[i].n);
}

static bool merge(struct spans *out, struct arena *mem, const struct lines *o, const struct lines *a,
		  const struct lines *b)
{
	struct hunks ha, hb;
	struct chunks chunks;
	seq_diff(&ha, mem, o->id, o->n, a->id, a->n);
	seq_diff(&hb, mem, o->id, o->n, b->id, b->n);
	seq_merge(&chunks, mem, o->n, &ha, &hb);
	for (size_t i = 0; i < chunks.n; i++) {
		const struct chunk *c = &chunks.at[i];
		size_t na = c->a1 - c->a0;
		bool touches = i > 0 && c->kind != CHUNK_SAME && c[-1].kind != CHUNK_SAME;
		bool alike = na == c->b1 - c->b0 && (!na || !memcmp(a->id + c->a0, b->id + c->b0, na * sizeof *a->id));
		if (touches || (c->kind == CHUNK_BOTH && !alike))
			return false;
		if (c->kind == CHUNK_B)
			put(out, b, c->b0, c->b1);
		else
			put(out, a, c->a0, c->a1);
	}
	return true;
}

bool merge_text(struct buf *out, const char *o, size_t on, const char *x, size_t xn, const char *y, size_t yn)
{
	if ((on && memchr(o, 0, on)) || (xn && memchr(x, 0, xn)) || (yn && memchr(y, 0, yn)))
		return false; /* no text */
	struct arena mem;
	if (!arena_begin(&mem)) {
		out->oom = true;
		return false;
	}
	struct keytab names;
	struct lines lo, lx, ly;
	keytab_init(&names, &mem, 256);
	cut(&lo, &mem, &names, o, on);
	cut(&lx, &mem, &names, x, xn);
	cut(&ly, &mem, &names, y, yn);
	struct spans text = { .mem = &mem };
	bool clean = merge(&text, &mem, &lo, &lx, &ly);
	for (size_t i = 0; clean && i < text.n; i++)
		buf_put(out, text.at[i].at, text.at[i].n);
	arena_end(&mem);
	return clean;
}
