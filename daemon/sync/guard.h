/* guard.h -- accidents that must not travel: mass deletions, huge files, secrets. Pure: looks at lists, touches nothing.
 *
 * A deletion is an accident until a person says otherwise when it takes
 *   - a whole folder of records (of at least GUARD_FOLDER_MIN: deleting the only draft of a kind is ordinary work),
 *   - more than GUARD_RECORDS records, or
 *   - a quarter or more of a repository of more than GUARD_SMALL records.
 * Attachments (pieces/) count as records: losing them is as bad. And always, when it takes one of the few files that the whole
 * repository stands on: collectif.yaml, collectifs.yaml, .gitignore, .gitattributes, .vscode/, schema/ (coming in: all of schema/).
 * Sidecars and aggregat/ do not count; but while a
 * deletion is held back, deleted sidecars are held back with it, since on their own they would settle differences.
 */
#ifndef SYNC_GUARD_H
#define SYNC_GUARD_H

#include "base/arena.h"
#include "base/err.h"
#include "store/change.h"

#define GUARD_FOLDER_MIN 2
#define GUARD_RECORDS 20
#define GUARD_SMALL 8
#define GUARD_FILE_BYTES (5 * 1024 * 1024)

/* How many files that count history holds, per top folder. */
struct census_folder {
	const char *folder; /* "pratiques" */
	size_t n;
};
struct census {
	struct census_folder *at;
	size_t n, cap;
	size_t total;
};

bool guard_counts(const char *path);                                   /* a record or an attachment */
void census_add(struct census *k, struct arena *a, const char *path);  /* one file of history */

/* True when something is deleted that counts: only then is a census worth its price. */
bool guard_needs_census(const struct changes *c);

/* Turn CHANGE_READY changes that a guard stops into CHANGE_GUARDED, with `why`. Returns how many changes are guarded now, those
 * that came as guarded included (the scan finds secrets, in what comes in as well). When there are any, *held is ERR_GUARD with what, where, and how
 * to answer; else untouched. k may be NULL when guard_needs_census is false.
 * yes_delete: a person has said yes: to the deletions, and to everything that arrives: it is READY then. */
size_t guard_apply(struct changes *c, const struct census *k, struct arena *a, bool yes_delete, struct err *held);

/* How many of these are guarded; *held says which and how to answer, untouched when there are none. */
size_t guard_explain(struct err *held, const struct changes *c, struct arena *a);

/* Is one of those that guard_apply stopped a file that everything rests on? Without it nothing here could be judged any more, so
 * it is not enough to leave that one file as it is. */
bool guard_on_pillar(const struct changes *c);

#endif
