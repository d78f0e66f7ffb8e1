/* writerec.h -- one record as data into its file and history: what new, set, unset, add and remove share. */
#ifndef CTL_WRITEREC_H
#define CTL_WRITEREC_H

#include "ctl/ctl.h"

/* The N of `schema: kind/N`; 0 without. */
long long ctl_version_of(const struct val *record);

struct record_write {
	const struct schema *schema;
	const struct ydoc *doc;   /* NULL: a new file */
	const struct val *target;
	const char *path;
	bool hold;                /* on disk only, whatever it holds */
};
/* Spell the target, check it as the hub would, write and commit it. A draft that lacks fields is written all the same (DESIGN 13: named,
 * not refused), else nobody could complete it one field at a time; so is a private record, which never enters history. Only for what
 * history does not hold: a shared record is not taken back to a draft by a slip. A file that waits already is mended a fault at a time:
 * what brings no fault of its own is written. *commit is empty then: the record waits on disk. A refusal names what was brought. */
int ctl_write(struct oid *commit, struct faults *faults, struct ctl *c, const struct record_write *w, struct err *e);

/* {id, chemin, commit, manquants: [champ...], fautes?: as ctl_check, what is wrong besides} */
struct val *ctl_written(struct ctl *c, const struct record_write *w, const char *id, const struct oid *commit, const struct faults *faults);

#endif
