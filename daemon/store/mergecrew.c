/* mergecrew.c -- the records of one merge, on every core.
 *
 * Nearly all that merging a record costs is reading three texts and combining them, which is nobody else's affair; a crew shares
 * the records out. What they share is taken in turn, under one lock: libgit2's handles, history, the job's arena. Who does
 * which record changes nothing: each fills the slot of its number, and the slots are read in order afterwards.
 */
#include "merge_int.h"

#include "base/crew.h"

#include <stdatomic.h>

struct hand {
	struct arena scratch; /* own */
	struct err err;       /* of rc */
	int rc;
	size_t at;            /* which record gave rc */
};

struct crewed {
	struct outcome *out;
	struct job *j;
	const struct sides *in;
	const struct unit3 *units;
	struct hand hands[CREW_MAX];
	atomic_bool stop; /* somebody failed */
};

static void one(void *ctx, unsigned worker, size_t i)
{
	struct crewed *c = ctx;
	struct hand *h = &c->hands[worker];
	if (atomic_load(&c->stop))
		return;
	if (arena_rearm(&h->scratch))
		h->rc = merge_unit(&c->out[i], c->j, &h->scratch, c->in, &c->units[i], &h->err);
	else
		h->rc = err_nomem(&h->err);
	arena_clear(&h->scratch);
	h->at = i;
	if (h->rc)
		atomic_store(&c->stop, true);
}

int merge_units(struct outcome *out, struct job *j, const struct sides *in, const struct unit3 *units, size_t n, struct err *e)
{
	struct crewed c = { .out = out, .j = j, .in = in, .units = units };
	const struct hand *failed = NULL;
	pthread_mutex_t lock;
	pthread_mutexattr_t recursive;
	unsigned workers = crew_size(n);
	if (!n)
		return 0;
	must(!pthread_mutexattr_init(&recursive) && !pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE) &&
	     !pthread_mutex_init(&lock, &recursive));
	j->s.lock = workers > 1 ? &lock : NULL;
	crew_run(workers, n, one, &c);
	j->s.lock = NULL;
	pthread_mutex_destroy(&lock);
	pthread_mutexattr_destroy(&recursive);
	for (unsigned i = 0; i < workers; i++) {
		arena_end(&c.hands[i].scratch);
		if (c.hands[i].rc && (!failed || c.hands[i].at < failed->at))
			failed = &c.hands[i];
	}
	if (failed && e)
		*e = failed->err;
	return failed ? failed->rc : 0;
}
