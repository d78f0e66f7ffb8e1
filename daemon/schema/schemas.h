/* schemas.h -- for tests: a schema that is no kind. */
#ifndef SCHEMA_SCHEMAS_H
#define SCHEMA_SCHEMAS_H

#include "schema.h"

/* One bare JSON Schema as YAML, no x-kind needed; `name` ends in .schema.yaml. */
int schemas__load_one(const struct snode **root, struct arena *a, const char *name, const void *bytes, size_t n,
		      struct err *e);

#endif
