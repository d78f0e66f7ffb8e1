/* json.h -- values as JSON text and back: the --json output and the control socket. Only users of jansson: ctl/ and cli/. */
#ifndef CTL_JSON_H
#define CTL_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/val.h"

#define JSON_MAX_DEPTH 64

/* Read one JSON text (RFC 8259). ERR_DATA with line and column: bad syntax, bad UTF-8, a duplicate key, nesting over 64,
 * a NUL character in a string. */
int json_parse(struct val **out, struct arena *a, const char *bytes, size_t n, struct err *e);

/* Append v as JSON: indented by two spaces, keys in their order, UTF-8 as it is; compact when `compact`. */
int json_print(struct buf *out, const struct val *v, bool compact, struct err *e);

#endif
