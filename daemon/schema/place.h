/* place.h -- how the structural view is built: a struct snode per row of schemas that rule a place together. */
#ifndef SCHEMA_PLACE_H
#define SCHEMA_PLACE_H

#include "sub.h"

struct place_prop {
	const char *key;
	const struct snode *place;
	int rank; /* in the schema's order */
};
struct place_pattern {
	const struct pattern *re;
	const struct snode *place;
};

struct snode_part {
	struct sub **subs; /* a value here must satisfy each */
	size_t n_subs;
	struct place_prop *props; /* sorted by key */
	const struct place_prop **order; /* the same by rank */
	size_t n_props;
	struct place_pattern *patterns;
	size_t n_patterns;
	const struct place_prop **renamed; /* those of props with x-renamed-from, by former name */
	size_t n_renamed;
	const struct snode *extra; /* additionalProperties; NULL when absent or false */
	const struct snode *item;  /* items */
	bool closed;               /* additionalProperties is given: unknown keys are no surprise, or already a fault */
	bool refs, asks;           /* a reference, x-required-from, somewhere below */
	const char *head;          /* of a kind's root: first line of a new record */
	unsigned seen;
};

/* The place ruled by these schemas; built with everything below it, but for `refs` and `asks`. */
int place_build(struct snode **out, struct schemas *set, struct sub *const *subs, size_t n, struct err *e);

/* Once all kinds are built: which places lead to references, which to x-required-from. */
void place_find_ways(struct schemas *set);

const struct place_prop *place_renamed(const struct snode *s, const char *old); /* by its former name; or NULL */
bool place_is_list(const struct snode *s); /* the structure says: a list */

#endif
