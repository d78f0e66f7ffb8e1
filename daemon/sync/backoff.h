/* backoff.h -- how long to wait before trying again, so that a hub that comes back is not met by everybody at once. Pure. */
#ifndef SYNC_BACKOFF_H
#define SYNC_BACKOFF_H

#include <stdint.h>

#define BACKOFF_MIN_MS (5 * 1000)
#define BACKOFF_MAX_MS (15 * 60 * 1000)
#define BACKOFF_RACE_MIN_MS 100
#define BACKOFF_RACE_MAX_MS (60 * 1000)
#define BACKOFF_RACE_WIDEST 32 /* rounds */

/* After the attempts-th failure in a row (1, 2, ...): doubles from 5 s to 15 min; the upper half of each step is random
 * ("equal jitter"), never below 5 s, never above 15 min. */
int64_t backoff_ms(unsigned attempts, uint32_t random);

/* After the round-th lost race (1, 2, ...), when the round took took_ms: between 0 and one round, two, four... 32 of them ("full jitter": those
 * who race each other should spread as widely as they can), a round counting as at least BACKOFF_RACE_MIN_MS. A hub takes one push per round of
 * its pushers, however slow: twenty need a window of twenty rounds, or all lose until they give up. Never above a minute. */
int64_t backoff_race_ms(unsigned round, int64_t took_ms, uint32_t random);

#endif
