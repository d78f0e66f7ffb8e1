/* structure.h -- what the structural view says of a value beyond the keywords: fields that it does not know, and the keys of
 * lists whose items have one. No editor's JSON Schema says these; merging and field paths rest on them. */
#ifndef SCHEMA_STRUCTURE_H
#define SCHEMA_STRUCTURE_H

#include "run.h"

void structure_check(struct run *r, const struct snode *s, const struct spot *at);

#endif
