/* source.h -- what the aggregation is given: the records of each repository, as its head has them.
 *
 * Most records are only counted: evidence and practices that no lesson rests on. So a record may come without its data, with the
 * few words that walks over all records ask for; the data is read when somebody asks. And of the kinds that no walk asks for, most come
 * not at all: they are found by their ids (struct source_rest).
 *
 * OWNER  Whoever fills it (ctl/snapshot.c) keeps it, and what `texts` reads from, while the aggregation reads.
 */
#ifndef LESSONS_SOURCE_H
#define LESSONS_SOURCE_H

#include "base/valpack.h"
#include "lessons/names.h"
#include "lessons/tally.h"

struct source_brief { /* of the data at the head; "" when not written */
	const char *collective, *state, *visibility;
	const char *until; /* end of its consent */
};
struct source_record;
struct source_texts { /* data that is read late */
	/* place: tip_at or valid_at of rec. Never NULL. */
	const struct val *(*read)(struct source_texts *t, const struct source_record *rec, size_t place);
	/* val_texts of what is read at tip_at, with less work. */
	void (*pick)(const char **out, const char *const *keys, size_t n, struct source_texts *t, const struct source_record *rec);
};
struct source_record {
	const char *id, *kind, *path;   /* path in its repository */
	bool owned;                     /* source_owns is known to say so */
	const char *blob;               /* oid of its text at the head; NULL: not known (lessons_rebuild wants it) */
	const struct val *tip;          /* typed data at the source's head; NULL: ask source_tip */
	struct source_texts *texts;     /* borrow */
	size_t tip_at, valid_at;        /* places in texts, from 1; 0: there is tip; valid, or no validated version */
	const struct val **got;         /* of texts: what was read of these two; borrow */
	struct source_brief brief;      /* all NULL: there is tip, ask it */
	const struct val *valid;        /* lessons: last validated version (newest commit whose fingerprint an avis of
	                                   nature validation, portee collectif, names); NULL: ask source_valid */
	const char *commit;             /* 40 hex: the commit that wrote this text: the validated one, else the tip */
	const char *fingerprint;        /* "sha256:..." of the validated text (of tip when there is none) */
	const char *tip_fingerprint;    /* of tip; NULL: the same as fingerprint */
	bool open_difference;           /* its sidecar has an open entry at the head */
	size_t open_hard, open_soft;    /* open entries of degree dur, a_relire */
	bool open_visibility;           /* an open entry is about who may see it: visibilite, consentement, attribution */
	size_t settled;                 /* entries of degree tranche */
	const char *open_since;         /* the oldest date among the open entries' proposals; NULL: none written */
};
/* Records that nobody walks over: the source's `at` lacks them. */
struct source_rest {
	size_t n; /* places, from 0 */
	size_t (*place)(struct source_rest *r, const char *id); /* n: none has that id */
	/* Of a place that was told. NULL: it cannot be read, and what is made is of no use; whoever fills it knows. */
	const struct source_record *(*get)(struct source_rest *r, size_t place);
	struct tally ends; /* by date, how many of their consents end then */
};
struct source {
	const char *code;               /* "ara"; "nat" for national.git */
	const char *commit;             /* head, 40 hex */
	const char *date;               /* of the head commit: "2020-01-14" */
	const char *communes;           /* nat: communes.csv (places.h says what it is for); NULL: there is none */
	const char *schema;             /* oid of the folder schema/ at that head, 40 hex; NULL: it has none */
	const struct tally *tally;      /* of its records; NULL: not counted yet, and there is no rest */
	const struct source_record *at; /* any order; sorted inside */
	size_t n;
	struct source_rest *rest;       /* borrow; NULL: `at` has all */
	const char *was;                /* an older head, 40 hex; NULL: none is known */
	struct names moved;             /* ids of all records that are others now than they were there, came or went */
};

#define SHARED "partage" /* the only state that is quoted */

const struct val *source_tip(const struct source_record *rec);
/* val_texts of source_tip: what walks over many records ask for. out: borrowed from the source. */
void source_pick(const char **out, const char *const *keys, size_t n, const struct source_record *rec);
const struct val *source_valid(const struct source_record *rec); /* NULL: there is none */
bool source_is_validated(const struct source_record *rec);
struct source_brief source_brief(const struct source_record *rec);
/* visibilite reseau or public at the head */
bool is_visible(const struct source_record *rec);
bool is_shared(const struct source_record *rec); /* visible, and at partage */
bool is_over(const struct source_record *rec);   /* remplace, archive, retire */
/* An acceptable id, and the collective whose repository it is in: others are ignored. */
bool source_owns(const char *code, const struct source_record *rec);

/* Kinds whose records are only counted and found by id: whoever wants to walk over one takes it out of this list. */
#define QUIET_KINDS(X) X("boucle") X("materiau") X("pratique")
bool source_quiet_kind(const char *kind);
/* May be in a rest, if no other record of that source has its id: its own, of a quiet kind, with nothing open or proposed. Its id names
 * the source, so that an id is in one rest at most; and no person, whom model_mask must know. */
bool source_is_quiet(const char *code, const struct source_record *rec);
/* "mat-ara-..." names ara. */
bool id_names(const char *id, const char *code);

#endif
