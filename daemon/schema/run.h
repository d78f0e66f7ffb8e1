/* run.h -- one validation under way: where it is in the value, and how a fault there is reported. */
#ifndef SCHEMA_RUN_H
#define SCHEMA_RUN_H

#include "place.h"
#include "validate.h"

#define RUN_STEPS 2000000u /* work of one validation: keywords applied, and what they compare */
#define RUN_DEPTH 1000     /* schemas inside one another, each a few frames on the stack */

struct run {
	struct faults *out; /* NULL: only whether it is valid, the first fault ends it (inside not, if, anyOf...) */
	struct arena *a;
	const struct snode *root;
	uint64_t steps;
	unsigned depth;
	unsigned guesses; /* structure.c's */
	bool spent;
	bool newer;   /* the value follows a newer schema: a code that is not in a list may be one of tomorrow's */
	int exact;    /* inside an `if` or a `not`: a code is in the list or it is not */
};

/* The way from the validated value to the one at hand. */
struct spot {
	const struct spot *up; /* NULL: the validated value itself */
	const struct val *v;   /* here; NULL: a missing field */
	const char *key;       /* in up's map; NULL: item of up's list */
	size_t index;
};

/* Count work; false: it was too much, the answer is a fault. */
bool run_spend(struct run *r, uint64_t steps);

/* Report a fault at the spot, unless the run is a quiet one. Returns false, so that a check can return it. */
bool run_fault(struct run *r, const struct spot *at, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void run_warn(struct run *r, const struct spot *at, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A value as a person reads it in a message, shortened. */
#define SHOWN 80
const char *run_show(char out[SHOWN], const struct val *v);
/* "a, b, c..." of the values of a list, shortened. */
#define SHOWN_LIST 400
const char *run_show_list(char out[SHOWN_LIST], const struct val *list);

/* What the schema gives as `examples` of the value at the spot; NULL: nothing. */
const struct val *run_examples(const struct run *r, const struct spot *at);

#endif
