/* arena.h -- memory of one record, one job or one request, freed whole.
 *
 * LIFE    if (!arena_begin(&a)) return err_nomem(e);  ...  arena_end(&a);
 *         arena_begin is a macro over setjmp: when memory runs out in any function that allocates from the arena,
 *         control comes back to it, it frees everything and yields false. So code that allocates never sees NULL
 *         and never needs an error path for memory: that is what keeps the pure layers short.
 * RULES   The function that calls arena_begin must stay on the stack while anybody allocates from the arena: the owner
 *         of a job begins and ends its arena, the pure functions below it only allocate. Do not hold a resource that
 *         is not in the arena (a descriptor, a library handle) across a call that allocates, unless losing it when
 *         memory is out is acceptable. Locals of the owner that change after arena_begin and are used when it yields
 *         false must be volatile.
 * THREAD  One arena, one thread.
 * DEBUG   With -DARENA_MALLOC (the sanitizer build) every piece is a malloc of its own, so that overflows are seen.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* own; newest first */
	size_t used, size;          /* of the newest block */
	size_t total;               /* bytes handed out, for limits and statistics */
	size_t limit;               /* 0: none; else allocation fails beyond it */
	jmp_buf nomem;              /* armed by arena_begin */
	bool armed;
};

void arena_init(struct arena *a);
void arena_end(struct arena *a); /* frees all; the arena may begin again */
/* Everything in it is gone, but it stays armed and keeps some memory: for one arena that serves many files in turn. */
void arena_clear(struct arena *a);

#define arena_begin(a) (arena_init(a), setjmp((a)->nomem) == 0 ? ((a)->armed = true) : (arena_end(a), false))
/* The same for an arena that lives longer than one call (a state machine's): what is in it stays; from here on, memory
 * that runs out comes back to this line (arena freed, false). The arena was initialised with arena_init. */
#define arena_resume(a) (setjmp((a)->nomem) == 0 ? ((a)->armed = true) : (arena_end(a), false))
/* The same, but what is in it stays even then: for an arena that other threads read. */
#define arena_rearm(a) (setjmp((a)->nomem) == 0 ? ((a)->armed = true) : false)

/* n bytes, zeroed, aligned for any type; never NULL. n == 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull, malloc));
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
/* n elements; a product that overflows counts as out of memory. */
void *arena_array(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull));

char *arena_dup(struct arena *a, const char *s) __attribute__((returns_nonnull));            /* copies the NUL too */
char *arena_dupn(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull)); /* adds a NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_num(struct arena *a, uint64_t n) __attribute__((returns_nonnull)); /* decimal */
/* All n in one, `between` between two of them; "" when n is 0. */
char *arena_join(struct arena *a, const char *const *at, size_t n, const char *between) __attribute__((returns_nonnull));
/* arena_cat(a, "[", id, "]"): what takes no conversion, at a tenth of what a format costs. */
#define arena_cat(a, ...)                                  \
	arena_join(a, (const char *const[]){ __VA_ARGS__ }, \
		   sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), "")

/* Grow an array that lives in the arena: if *cap <= n, replace *at by a copy of twice the room. For lists:
 *   arena_grow(a, &v->at, v->n, &v->cap, sizeof *v->at); v->at[v->n++] = x; */
void arena_grow(struct arena *a, void *at, size_t n, size_t *cap, size_t size);
/* Room for n from the start, of a list that is empty: what is pushed up to there is not copied again. */
#define arena_room(a, list, n) \
	((list)->at = arena_array((a), (n), sizeof *(list)->at), (void)((list)->cap = (n)))
#define arena_push(a, list, x) \
	(arena_grow((a), &(list)->at, (list)->n, &(list)->cap, sizeof *(list)->at), (void)((list)->at[(list)->n++] = (x)))

#endif
