/* query.h -- what a person types to search, as FTS5 wants it said.
 *
 *   cooperation elus        both words, in any form, with or without accents
 *   "conseil citoyen"       side by side (also « » and curly quotes)
 *   territor*               words that begin so
 *   -garderie  -"tiers lieu"   not these
 *
 * Whatever is typed, the result is a valid expression or an error in words: every piece goes between double quotes, and
 * operators (OR, NEAR, :, ^, parentheses) are ordinary characters.
 *
 * OWNER  The arena.
 * FAILS  ERR_USAGE: nothing in it to look for. ERR_LIMIT: more than QUERY_MAX pieces or bytes. ERR_NOMEM.
 */
#ifndef INDEX_QUERY_H
#define INDEX_QUERY_H

#include "base/arena.h"
#include "base/err.h"

#define QUERY_MAX 64          /* pieces */
#define QUERY_MAX_BYTES 10000

struct query {
	const char *all; /* the expression; every piece must be there */
	const char *any; /* at least one of them; NULL when there is only one */
};
int query_parse(struct query *out, struct arena *a, const char *typed, struct err *e);

#endif
