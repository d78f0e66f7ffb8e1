/* records.h -- the other kinds of records that outputs are made of: productions, uses, cycles, reviews, meetings.
 *
 * Lessons and links have tables of their own in the model; these are looked up here, by kind, and never below the
 * visibility `reseau`: what a collective keeps to itself is not even counted.
 */
#ifndef LESSONS_RECORDS_H
#define LESSONS_RECORDS_H

#include "lessons/outputs.h"

struct records {
	const struct known **at; /* by id */
	size_t n, cap;
};
/* Visible records of that kind, of collectives and of the network. */
struct records records_of(const struct model *m, const char *kind);
/* A visible, shared record may be quoted; text and field (ids of items are free text) are masked. field: "recit",
 * "enonces/n1/texte". */
struct quote record_quote(const struct model *m, const struct known *k, const char *field, const char *text);
/* The masked text, "" when it has none. */
const char *record_text(const struct model *m, const struct known *k, const char *key);

struct names record_codes(const struct model *m, const struct val *list); /* masked */

/* A pin: a reference to the version that its author read. */
struct pin {
	const char *ref, *commit, *fingerprint; /* "" when not written; ref never is */
};
bool pin_of(struct pin *out, const struct val *v);
/* What has become of it. Of a lesson the text in force is its last validated one, of other kinds the tip's. */
enum pin_state {
	PIN_HOLDS,
	PIN_AMENDED,  /* the text in force is another one */
	PIN_NARROWED, /* no longer shared with the network */
	PIN_GONE,     /* withdrawn, or its consent is; said whatever its visibility is now: who quotes it must know */
	PIN_UNKNOWN   /* in no source: not received, or erased */
};
enum pin_state pin_state(const struct model *m, const struct pin *p);
const char *pin_state_code(enum pin_state s); /* en_vigueur, amende, plus_partage, retire, inconnu */

#endif
