/* lessons.h -- aggregation: what the collectives have learned, counted and quoted, traceable to the sentence (DESIGN 8).
 *
 * Pure over records: reads no file, no clock, no locale; the same input gives the same bytes. The program counts, groups by the
 * links people made, sorts and quotes; it writes no opinion of its own. It counts collectives, never lessons.
 *
 *   collect.c (store's data, done by the caller) -> lessons_build -> files of aggregat/
 *   files of aggregat/ -> lessons_open -> lessons_answer / lessons_coverage / lessons_trace (offline, on any copy)
 *
 * OWNER   Everything lives in the arena given; inputs are borrowed.
 * FAILS   ERR_DATA: a file of aggregat/ that this program did not write (names file and line).
 */
#ifndef LESSONS_LESSONS_H
#define LESSONS_LESSONS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/val.h"

/* --- building ---------------------------------------------------------------------------------------------- */

struct source_record {
	const char *id, *kind, *path;   /* path in its repository */
	const struct val *tip;          /* typed data at the source's head */
	const struct val *valid;        /* lessons and croisements' targets: last validated version (newest commit whose fingerprint an
	                                   avis validation/collectif names); NULL: none. Other kinds: NULL */
	const char *commit;             /* 40 hex: the commit that holds `valid`; for other kinds the source's head */
	const char *fingerprint;        /* "sha256:..." of valid (of tip when there is none) */
	bool open_difference;           /* its sidecar has an open entry at the head */
};
struct source {
	const char *code;               /* "ara"; "nat" for national.git */
	const char *commit;             /* head, 40 hex */
	const char *date;               /* of the head commit: "2020-01-14" */
	const struct source_record *at; /* any order; sorted inside */
	size_t n;
};
struct lessons_file {
	const char *path; /* "aggregat/enseignements.csv" */
	const char *bytes;
	size_t n;
};
struct lessons_files {
	struct lessons_file *at; /* by path */
	size_t n, cap;
};

/* All outputs. `expired_on`: the "as of" date for review dates (the newest date among the sources, never today's): NULL = that. */
int lessons_build(struct lessons_files *out, struct arena *a, const struct source *sources, size_t n, const char *as_of,
		  struct err *e);

/* --- asking -------------------------------------------------------------------------------------------------- */

struct lessons; /* the opened files */
/* `json` reads one JSON text into the arena (ctl/json.h: jansson is not this floor's). */
typedef int (*lessons_json_cb)(struct val **out, struct arena *a, const char *bytes, size_t n, struct err *e);
int lessons_open(struct lessons **out, struct arena *a, const struct lessons_file *files, size_t n, lessons_json_cb json,
		 struct err *e);

struct lessons_query {
	const char *theme;    /* concept id, or its label in any case and without accents; NULL: all */
	int min_collectives;  /* 0: 1 */
	const char *since;    /* "2018-01-01" or "2018": the observation reaches this date or later; NULL: all */
	bool dissent;         /* only groups and lessons somebody disagrees with */
};
/* The answer as data: {theme, depuis, groupes: [{collectifs: [...], enseignements: [{id, collectif, titre, enonce, sens, confiance, appuis: [{id, kind/nature, role,
 * collectif}], conditions, limites, trace}], accord, noyau, chaines, nuances: [...], contredit: [...], desaccords: [...]}], isoles: [...], manque: [...]}.
 * Keys are French and stable (--json). */
int lessons_answer(struct val **out, struct arena *a, const struct lessons *l, const struct lessons_query *q, struct err *e);
/* {themes: [...], collectifs: [...], cases: [{collectif, theme, nombre, derniere, etat}]} */
int lessons_coverage(struct val **out, struct arena *a, const struct lessons *l, struct err *e);
/* ref: "ens-ara-k5w2h9tc", "ens-ara-k5w2h9tc enonce", or "[ARA ens-ara-k5w2h9tc @9c41f4f8 enonce]". Every output sentence with that
 * reference: {reference, collectif, id, champ, commit, empreinte, etat, visibilite, texte, sorties: [...]}. ERR_NOTFOUND. */
int lessons_trace(struct val **out, struct arena *a, const struct lessons *l, const char *ref, struct err *e);

#endif
