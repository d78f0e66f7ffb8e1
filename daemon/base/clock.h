/* clock.h -- the three times this program knows. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_mono_ms(void); /* CLOCK_MONOTONIC: deadlines; stands still while the machine sleeps */
int64_t clock_boot_ms(void); /* CLOCK_BOOTTIME: goes on while the machine sleeps */
int64_t clock_unix_s(void);  /* the date, for what is written; never decides anything in a merge.
			      * SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/) fixes it. */

int64_t clock_wall_s(void);  /* what files' times are compared with; SOURCE_DATE_EPOCH or not */

/* Names this run of this machine, the same for all its programs; "" where that is not known. */
#define CLOCK_BOOT_ID 40
void clock_boot_id(char out[CLOCK_BOOT_ID]);

/* "2018-10-08" of a moment in seconds since 1970, UTC. out holds 11 bytes. */
void clock_date(char out[11], int64_t unix_s);

#endif
