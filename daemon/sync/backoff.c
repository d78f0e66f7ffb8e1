#include "backoff.h"

/* first * 2^(n-1), at most max, without overflow whatever n. */
static int64_t doubled(int64_t first, unsigned n, int64_t max)
{
	int64_t d = first;
	for (unsigned i = 1; i < n && d < max; i++)
		d *= 2;
	return d < max ? d : max;
}

int64_t backoff_ms(unsigned attempts, uint32_t random)
{
	int64_t d = doubled(2 * (int64_t)BACKOFF_MIN_MS, attempts, BACKOFF_MAX_MS);
	return d / 2 + random % (d / 2 + 1);
}

int64_t backoff_race_ms(unsigned round, int64_t took_ms, uint32_t random)
{
	int64_t unit = took_ms < BACKOFF_RACE_MIN_MS ? BACKOFF_RACE_MIN_MS : took_ms < BACKOFF_RACE_MAX_MS ? took_ms : BACKOFF_RACE_MAX_MS;
	int64_t most = unit * BACKOFF_RACE_WIDEST;
	return random % (doubled(unit, round, most < BACKOFF_RACE_MAX_MS ? most : BACKOFF_RACE_MAX_MS) + 1);
}
