#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t ms(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_ms(void)
{
	return ms(CLOCK_MONOTONIC);
}

int64_t clock_boot_ms(void)
{
	return ms(CLOCK_BOOTTIME);
}

int64_t clock_unix_s(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	if (fixed && *fixed && strspn(fixed, "0123456789") == strlen(fixed) && strlen(fixed) < 12)
		return strtoll(fixed, NULL, 10);
	return clock_wall_s();
}

int64_t clock_wall_s(void)
{
	return ms(CLOCK_REALTIME) / 1000;
}

void clock_boot_id(char out[CLOCK_BOOT_ID])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	out[0] = 0;
	if (f && !fgets(out, CLOCK_BOOT_ID, f))
		out[0] = 0;
	if (f)
		fclose(f);
	out[strcspn(out, "\n")] = 0;
}

void clock_date(char out[11], int64_t unix_s)
{
	time_t t = (time_t)unix_s;
	struct tm tm;
	gmtime_r(&t, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}
