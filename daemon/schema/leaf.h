/* leaf.h -- the checks that look at one value and at no schema below: its type, its text, its number. */
#ifndef SCHEMA_LEAF_H
#define SCHEMA_LEAF_H

#include "run.h"

/* Run one check at the spot, whose value is of a type that the keyword applies to. A keyword that is none of these asserts nothing: true. */
bool check_leaf(struct run *r, const struct check *c, const struct spot *at);

#endif
