/* saves.h -- the files that were closed or moved in by whoever wrote them, and when: such a save is whole, and need not be waited
 * for (DESIGN 9, step 2).
 *
 * The last few only: people save one file at a time. What a copy of a thousand files pushes out of here waits as if its end had
 * not been seen. Names are kept as their hash: should two agree, the time decides, as it does for one name.
 *
 * OWNER   Plain data: the loop's, copied to a worker with its job.
 */
#ifndef LOOP_SAVES_H
#define LOOP_SAVES_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define SAVES_MAX 64
#define SAVES_SETTLE_MS 200 /* some editors write twice, and close in between */

struct saves {
	struct {
		uint64_t name;
		int64_t at; /* ns since 1970; 0: none */
	} last[SAVES_MAX];
	unsigned next;
};

/* Now. */
void saves_note(struct saves *s, const char *path);
/* ctx is a struct saves *. The file has not changed since its end was seen, and a moment has passed. changed: its st_ctim. */
bool saves_ended(const void *ctx, const char *path, const struct timespec *changed);

#endif
