/* giterr.h -- the one border where a libgit2 failure becomes an ERR_x with a sentence.
 *
 * Call it at once after the failing call: libgit2 keeps its last message per thread, and may keep none.
 */
#ifndef STORE_GITERR_H
#define STORE_GITERR_H

#include "base/err.h"

/* rc < 0 of libgit2. The rest says, in printf fashion, what was being done with what ("lecture de %s"). */
#define giterr(e, rc, ...) giterr__set((e), __FILE__, __LINE__, (rc), __VA_ARGS__)
int giterr__set(struct err *e, const char *file, int line, int rc, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* The code alone, by libgit2's return value, error class (GIT_ERROR_x, 0 unknown) and text (may be NULL). */
int giterr_code(int rc, int klass, const char *text);

#endif
