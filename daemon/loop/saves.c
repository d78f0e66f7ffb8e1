#include "saves.h"

static uint64_t hash(const char *path)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 0x100000001b3u;
	return h;
}

static int64_t ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static int64_t now_ns(void)
{
	struct timespec now; /* of the clock that files' times come from */
	clock_gettime(CLOCK_REALTIME, &now);
	return ns(&now);
}

void saves_note(struct saves *s, const char *path)
{
	uint64_t name = hash(path);
	unsigned i = 0;
	while (i < SAVES_MAX && (!s->last[i].at || s->last[i].name != name))
		i++;
	if (i == SAVES_MAX) {
		i = s->next;
		s->next = (s->next + 1) % SAVES_MAX;
	}
	s->last[i].name = name;
	s->last[i].at = now_ns();
}

bool saves_ended(const void *ctx, const char *path, const struct timespec *changed)
{
	const struct saves *s = ctx;
	uint64_t name = hash(path);
	int64_t quiet = now_ns() - (int64_t)SAVES_SETTLE_MS * 1000000;
	for (unsigned i = 0; i < SAVES_MAX; i++)
		if (s->last[i].at && s->last[i].name == name)
			return ns(changed) <= s->last[i].at && s->last[i].at <= quiet;
	return false;
}
