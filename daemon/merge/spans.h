/* spans.h -- a text put together from pieces of other texts, copied once at the end.
 *
 * OWNER   The pieces are borrowed until spans_text; list and text live in the arena, so nothing leaks when memory runs out.
 */
#ifndef MERGE_SPANS_H
#define MERGE_SPANS_H

#include <string.h>
#include "base/arena.h"

struct span {
	const char *at; /* borrow */
	size_t n;
};
struct spans {
	struct arena *mem;
	struct span *at;
	size_t n, cap;
	size_t bytes; /* of the whole text */
};

static inline void spans_put(struct spans *s, const char *at, size_t n)
{
	struct span piece = { at, n };
	if (!n)
		return;
	arena_push(s->mem, s, piece);
	s->bytes += n;
}

static inline char *spans_text(const struct spans *s)
{
	char *text = arena_alloc(s->mem, s->bytes + 1), *p = text;
	for (size_t i = 0; i < s->n; i++) {
		memcpy(p, s->at[i].at, s->at[i].n);
		p += s->at[i].n;
	}
	*p = 0;
	return text;
}

#endif
