/* uri.h -- what $id and $ref are made of: RFC 3986 references. */
#ifndef SCHEMA_URI_H
#define SCHEMA_URI_H

#include "base/arena.h"

/* The reference as seen from base (RFC 3986 5.2), without an empty fragment. */
char *uri_resolve(struct arena *a, const char *base, const char *ref);
bool uri_is_absolute(const char *uri); /* begins with a scheme */

/* Cut "base#fragment" in two; the fragment is percent-decoded, "" when there is none. false: a broken %. */
bool uri_split(struct arena *a, const char **base, const char **fragment, const char *uri);

/* Does the text follow the grammar of RFC 3986 3, scheme included? */
bool uri_is_valid(const char *s);

#endif
