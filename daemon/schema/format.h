/* format.h -- the values of the keyword `format`, asserted. No locale, no library, no clock. */
#ifndef SCHEMA_FORMAT_H
#define SCHEMA_FORMAT_H

#include <stdbool.h>

struct format {
	const char *name;
	bool (*ok)(const char *s);
	const char *wanted; /* for people, with an example; N_() */
};

const struct format *format_find(const char *name); /* NULL: not one of ours */

#endif
