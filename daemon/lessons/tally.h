/* tally.h -- what is only counted of a source: states, concepts in use, practices by year, work under way.
 *
 * Whole outputs that count all records (sources.lock, sante.csv, couverture.csv, vocabulaire.csv, tendances.csv) read these
 * few numbers for each source instead of its records. A tally is a bag of words: what each record adds to it depends on that
 * record alone, neither on the date nor on other sources. So a record that changes costs what it is itself: its old text is
 * taken out, its new one put in, and the bag equals the one counted whole. Only records that the network may see count.
 *
 * OWNER  The arena given.
 */
#ifndef LESSONS_TALLY_H
#define LESSONS_TALLY_H

#include "base/val.h"
#include "lessons/strtab.h"

struct source_record;
struct model;

struct tally {
	struct strtab words; /* "concept|con-ptce"; tally.c says which there are */
	struct {
		int64_t *at; /* by the word's number */
		size_t n, cap;
	} counts;
	struct {
		char *at; /* the word being put together */
		size_t n, cap;
	} room;
};
void tally_add(struct tally *t, struct arena *a, const char *word, int64_t n);
/* A record of the collective `code` comes (by 1) or goes (by -1). One that is not its own (source_owns) counts nothing. */
void tally_record(struct tally *t, struct arena *a, const char *code, const struct source_record *rec, int by);

/* Fills m->tallies, masked: {activite?, fiches: {"enseignement/partage": n}, etats: {code: n}, differences: {dures, a_relire,
 * tranchees: n, depuis: [dates]}, concepts: {id: n}, pratiques: {"2018|tiers_lieu|con-ptce": {observees, nouvelles}}}, keys
 * sorted. `depuis`: of each record with a hard difference, the oldest proposal. */
void tallies_build(struct model *m);
/* Calls cb for each set of themes that loops, practices and evidence of the source are about, n of them; no known id has
 * another character than those of ids, so the themes stand between commas. */
typedef void (*tally_cb)(void *ctx, size_t source, const char *themes, size_t n);
void tally_work(const struct model *m, tally_cb cb, void *ctx);
/* The number under key, 0 when there is none. */
size_t tally_number(const struct val *map, const char *key);

#endif
