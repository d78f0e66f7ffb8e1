/* gen.h -- records for the benchmarks: made from a seed, the same bytes on every machine; about 1 KB of French each, and
 * acceptable under the shipped schemas.
 */
#ifndef TESTS_BENCH_GEN_H
#define TESTS_BENCH_GEN_H

#include <stdint.h>
#include "base/buf.h"

/* "ens-ara-xxxxxxxx": the i-th id of a prefix and collective; different for every i. */
#define GEN_ID 40
void gen_id(char out[GEN_ID], const char *prefix, const char *code, uint64_t i);
/* enseignements/xx/ens-ara-xxxxxxxx.yaml */
#define GEN_PATH 80
void gen_path(char out[GEN_PATH], const char *folder, const char *id);

/* Two people's edits of one record: they combine without a difference, by field and by line alike. With GEN_SAME both
 * also changed the title, each to something else. */
enum gen_edit { GEN_BASE = 0, GEN_A = 1, GEN_B = 2, GEN_SAME = 4 };
struct gen_record {
	const char *code, *etat; /* "ara", "propose" */
	uint64_t i;              /* which one */
	unsigned edit;           /* bits of enum gen_edit */
	unsigned round;          /* another round's edits are other edits */
};
void gen_lesson(struct buf *out, const struct gen_record *r);

uint64_t gen_number(uint64_t seed, uint64_t i); /* the i-th of a seed's random numbers */

#endif
