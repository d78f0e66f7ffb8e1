/* mergefile.h -- three versions of a record as files, merged: what `merge-file` and git's merge driver share. No repository, no
 * libgit2, and of the schemas only the record's own kind: git starts a driver once for each file.
 *
 * OWNER   All in the arena.
 * FAILS   ERR_DATA: a version outside the YAML profile ("file:line:col: message"), of no known kind, or of another kind than the rest.
 */
#ifndef CTL_MERGEFILE_H
#define CTL_MERGEFILE_H

#include "merge/merge.h"

struct three_files {
	const char *base, *a, *b;     /* "/dev/null": there is none */
	const char *schema_file;      /* NULL: the schemas in force here */
	const struct diffs *a_diffs;  /* differences open on a's side; NULL: none */
};
int merge_three(struct merge_result *out, struct arena *a, const struct three_files *in, struct err *e);

/* A sidecar's text; *text NULL when there is no entry. */
int diffs_text(const char **text, size_t *n, struct arena *a, const struct diffs *d, struct err *e);

#endif
