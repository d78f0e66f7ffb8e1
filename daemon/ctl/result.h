/* result.h -- small shared pieces of the commands' results. */
#ifndef CTL_RESULT_H
#define CTL_RESULT_H

#include "ctl/ctl.h"
#include "merge/diffs.h"

/* The first error among faults as an ERR_DATA with its place and remedy, and how many more there are. */
int err_faults(struct err *e, const struct faults *f);
/* [{chemin, ligne, colonne, champ, titre?, code, message, avertissement}] */
struct val *faults_val(struct arena *a, const struct faults *f);
/* No such kind: ERR_DATA with those there are, and the nearest. */
int err_no_id(struct err *e, const char *id);
int err_no_kind(struct err *e, struct arena *a, const struct schemas *set, const char *kind);
/* No such field in records of this kind: ERR_NOTFOUND with the nearest that stands where this one was looked for. id: of the record that was
 * asked about; NULL: none. */
int err_no_field(struct err *e, const struct schema *s, const char *id, const char *field);
void put_str(struct arena *a, struct val *map, const char *key, const char *s); /* NULL: left out */
void put_int(struct arena *a, struct val *map, const char *key, int64_t i);
void put_origin(struct arena *a, struct val *map, const struct origin *by);     /* par, date, commit */
/* {n, cle, valeur | absent | present, par, date, commit}; n from 1, 0: left out */
struct val *proposal_val(struct arena *a, const struct proposal *p, int64_t n);
/* One difference as in ctl_conflicts. */
struct val *diff_val(struct arena *a, const char *id, const struct diff *d);

#endif
