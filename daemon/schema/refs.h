/* refs.h -- do the records that a record names exist, and are they what the schema wants? (DESIGN 4: x-ref, x-ref-where.)
 *
 * Pure: what exists is asked of the caller, through a struct ref_world; tests give a table. Everything found is a warning:
 * a record may have been written where its target was at hand, and this clone may simply not have it.
 *
 *	code        warns that
 *	ref         no record of this id, no collective of this code, is in this clone
 *	ref_kind    the id is one of another kind than the schema asks for
 *	ref_where   the record is there, but lacks a value that x-ref-where asks for
 *	stale       the text that was read (a pin, a review) is no longer the record's
 *
 * A pin is a reference with the fingerprint of what was read beside it: `ref` with `empreinte`, or `cible` with
 * `cible_empreinte`.
 *
 * THREAD  Any number at once over one set of schemas; the world's functions are called from each of them.
 */
#ifndef SCHEMA_REFS_H
#define SCHEMA_REFS_H

#include "schema/record.h"

enum ref_found {
	REF_NOWHERE, /* not in this clone, as far as can be known */
	REF_NAMED,   /* it exists; its text is somewhere else */
	REF_HERE     /* its text is here: its facts can be asked */
};

/* What is asked of a record that others name; kept, so that a hundred thousand of them fit into memory. */
struct ref_facts {
	const struct val *values; /* a map: the fields that some x-ref-where of the set asks for */
	const char *fingerprint;  /* record_fingerprint */
};
void ref_facts_of(struct ref_facts *out, struct arena *a, const struct schemas *set, const struct record *rec);

struct ref_world {
	void *ctx;
	enum ref_found (*find)(void *ctx, const char *id);             /* a record's id, or a collective's code */
	const struct ref_facts *(*facts)(void *ctx, const char *id);   /* of one that is REF_HERE; NULL: not readable */
	const char *owner; /* the clone's collective */
	bool national;     /* what national.git holds is known here: what it lacks does not exist */
};

/* A validation (an avis, or whatever kind has cible, cible_empreinte and nature) that still counts or would. */
struct ref_review {
	const char *target, *scope; /* cible, portee ("" without); target NULL: this record is none */
	bool stale;                 /* of another text: the fault `stale` at cible_empreinte says so */
};

/* Append the warnings for a record that could be read (rec->schema is not NULL), without a path. `out` holds its other
 * faults: where one of them is an error at the same place, that says enough. `review` may be NULL. */
void schema_check_refs(struct faults *out, struct ref_review *review, struct arena *a, const struct record *rec,
		       const struct ref_world *w);

#endif
