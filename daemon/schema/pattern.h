/* pattern.h -- a schema's regular expression, with the meaning it has in an editor (ECMA-262, Unicode mode).
 *
 * LIFE    pattern_compile once when the schema is loaded; lives in the arena; pattern_match from any thread.
 * FAILS   pattern_compile: NULL and a reason in `why`. pattern_match: PATTERN_LIMIT instead of running for minutes.
 */
#ifndef SCHEMA_PATTERN_H
#define SCHEMA_PATTERN_H

#include <stdint.h>

#include "base/arena.h"

#define PATTERN_MAX 1000    /* bytes in a pattern */
#define PATTERN_SIZE 16384  /* bytes in its compiled form */

struct pattern;
enum pattern_verdict { PATTERN_NO, PATTERN_YES, PATTERN_LIMIT };

struct pattern *pattern_compile(struct arena *a, const char *text, char why[200]);
const char *pattern_text(const struct pattern *p); /* as written in the schema */

/* Is the pattern found anywhere in the n bytes of UTF-8? *steps (may be NULL) grows by what it cost, at most, in units of
 * about 20 ns. */
enum pattern_verdict pattern_match(const struct pattern *p, const char *s, size_t n, uint64_t *steps);
/* The same, giving up early: for keys, which are short. */
enum pattern_verdict pattern_quick(const struct pattern *p, const char *s, size_t n, uint64_t *steps);

#endif
