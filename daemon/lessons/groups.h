/* groups.h -- the proposed agreement, by count of collectives (the definition is groups.c's). */
#ifndef LESSONS_GROUPS_H
#define LESSONS_GROUPS_H

#include <stddef.h>

/* "convergence", "partielle", "divergence", "singulier" or "lacune". Counts are of collectives, never of lessons. */
const char *groups_accord(size_t in_favour, size_t qualifying, size_t against, size_t objections);

#endif
