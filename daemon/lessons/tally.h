/* tally.h -- what is only counted of a source: states, open differences, concepts in use, practices by year.
 *
 * Whole outputs that count all records (sante.csv, vocabulaire.csv, tendances.csv) read these few numbers for each source
 * instead of its records, so that a source that sent nothing new costs nothing. Only records that the network may see are
 * counted. It depends on the source's records alone, not on the date.
 */
#ifndef LESSONS_TALLY_H
#define LESSONS_TALLY_H

#include "lessons/model.h"

/* Fills m->tallies. {activite?, etats: {code: n}, differences: {dures, a_relire, tranchees: n, depuis: [dates]},
 * concepts: {id: n}, pratiques: {"2018|tiers_lieu|con-ptce": {observees, nouvelles}}}, keys sorted. `depuis`: of each
 * record with a hard difference, the oldest proposal. */
void tallies_build(struct model *m);
/* The number under key, 0 when there is none. */
size_t tally_number(const struct val *map, const char *key);

#endif
