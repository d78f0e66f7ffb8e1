#include "crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define LOT 32 /* items at a time: few enough to end together, many enough to meet seldom */

struct crew {
	atomic_size_t next;
	size_t items;
	void (*work)(void *ctx, unsigned worker, size_t item);
	void *ctx;
};
struct hand {
	struct crew *crew;
	unsigned worker;
	pthread_t thread;
};

unsigned crew_size(size_t items)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = cores < 1 ? 1 : cores > CREW_MAX ? CREW_MAX : (size_t)cores, lots = (items + LOT - 1) / LOT;
	return (unsigned)(lots < 1 ? 1 : lots < n ? lots : n);
}

static void *toil(void *arg)
{
	const struct hand *h = arg;
	struct crew *c = h->crew;
	for (size_t from; (from = atomic_fetch_add(&c->next, LOT)) < c->items;)
		for (size_t i = from; i < from + LOT && i < c->items; i++)
			c->work(c->ctx, h->worker, i);
	return NULL;
}

void crew_run(unsigned workers, size_t items, void (*work)(void *ctx, unsigned worker, size_t item), void *ctx)
{
	struct crew c = { .items = items, .work = work, .ctx = ctx };
	struct hand hands[CREW_MAX];
	unsigned n = 0;
	for (unsigned i = 1; i < workers && i < CREW_MAX; i++) {
		hands[n] = (struct hand){ .crew = &c, .worker = i };
		if (pthread_create(&hands[n].thread, NULL, toil, &hands[n]) == 0)
			n++;
	}
	toil(&(struct hand){ .crew = &c });
	while (n)
		pthread_join(hands[--n].thread, NULL);
}
