/* schemas.h -- the schemas in force in a tree that may not be written yet. */
#ifndef STORE_SCHEMAS_H
#define STORE_SCHEMAS_H

#include "objs.h"

/* As repo_schemas, for a tree. */
int schemas_of_tree(const struct schemas **out, struct objs *s, const git_oid *tree, struct err *e);

#endif
