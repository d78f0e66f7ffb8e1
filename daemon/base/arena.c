#include "arena.h"
#include "buf.h"
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN 4096
#define BLOCK_MAX (1 << 20) /* what is larger holds one thing that is larger */

struct arena_block {
	struct arena_block *older; /* own */
	_Alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *a)
{
	memset(a, 0, sizeof *a);
}

void arena_end(struct arena *a)
{
	struct arena_block *b = a->blocks;
	while (b) {
		struct arena_block *older = b->older;
		free(b);
		b = older;
	}
	arena_init(a);
}

void arena_clear(struct arena *a)
{
	struct arena_block *keep = a->size <= BLOCK_MAX ? a->blocks : NULL, *b = keep ? keep->older : a->blocks;
	while (b) {
		struct arena_block *older = b->older;
		free(b);
		b = older;
	}
	if (keep) {
		memset(keep->bytes, 0, a->used);
		keep->older = NULL;
	} else {
		a->size = 0;
	}
	a->blocks = keep;
	a->used = a->total = 0;
}

static _Noreturn void out_of_memory(struct arena *a)
{
	must(a->armed); /* nobody began this arena: there is nowhere to go back to */
	longjmp(a->nomem, 1);
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	if (n > SIZE_MAX / 2 || (a->limit && a->total + n > a->limit))
		out_of_memory(a);
	n = (n + align - 1) / align * align;
	if (n == 0)
		n = align;
#ifdef ARENA_MALLOC
	size_t room = n;
	bool fresh = true;
#else
	bool fresh = !a->blocks || a->size - a->used < n;
	size_t room = a->size * 2 < BLOCK_MIN ? BLOCK_MIN : a->size * 2;
	if (room > BLOCK_MAX)
		room = BLOCK_MAX;
	if (room < n)
		room = n;
#endif
	if (fresh) {
		struct arena_block *b = calloc(1, sizeof *b + room);
		if (!b)
			out_of_memory(a);
		b->older = a->blocks;
		a->blocks = b;
		a->size = room;
		a->used = 0;
	}
	void *p = a->blocks->bytes + a->used;
	a->used += n;
	a->total += n;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		out_of_memory(a);
	return arena_alloc(a, bytes);
}

char *arena_dupn(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1);
	if (n)
		memcpy(copy, s, n);
	copy[n] = 0;
	return copy;
}

char *arena_dup(struct arena *a, const char *s)
{
	return arena_dupn(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char line[256]; /* most fit; what does not is printed a second time */
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	must(n >= 0);
	if ((size_t)n < sizeof line)
		return arena_dupn(a, line, (size_t)n);
	char *s = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

char *arena_num(struct arena *a, uint64_t n)
{
	char room[DIGITS_MAX], *end = room + sizeof room, *p = digits_before(end, n);
	return arena_dupn(a, p, (size_t)(end - p));
}

char *arena_join(struct arena *a, const char *const *at, size_t n, const char *between)
{
	size_t room = 1;
	for (size_t i = 0; i < n; i++)
		room += strlen(at[i]) + (i ? strlen(between) : 0);
	char *out = arena_alloc(a, room), *p = out;
	for (size_t i = 0; i < n; i++)
		p = stpcpy(i ? stpcpy(p, between) : p, at[i]);
	return out;
}

void arena_grow(struct arena *a, void *at, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return;
	size_t more = *cap ? *cap * 2 : 8;
	void *bigger = arena_array(a, more, size);
	void *old;
	memcpy(&old, at, sizeof old);
	if (n)
		memcpy(bigger, old, n * size);
	memcpy(at, &bigger, sizeof bigger);
	*cap = more;
}
