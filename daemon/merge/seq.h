/* seq.h -- what changed between two sequences, and two such changes laid over one another.
 *
 * Elements are numbers (keytab.h). A hunk says: these elements of o became those of the side. seq_merge cuts o into
 * chunks that nobody, one side or both sides changed; what to do with the last is the caller's rule.
 *
 * OWNER   Results live in the arena.
 * LIMITS  Beyond SEQ_MAX_EDITS insertions and deletions the differing middle is one hunk: coarser, never wrong.
 */
#ifndef MERGE_SEQ_H
#define MERGE_SEQ_H

#include <stdint.h>
#include "base/arena.h"

#define SEQ_MAX_EDITS 600

struct hunk {
	size_t o0, o1, s0, s1; /* o[o0, o1) became side[s0, s1); one of them may be empty, never both */
};
struct hunks {
	struct hunk *at; /* ascending; neighbours may touch, never overlap */
	size_t n, cap;
};

/* A longest common subsequence as hunks. Where a pure insertion or deletion could stand at several places, it stands
 * at the last: equal edits give equal hunks whoever made them. */
void seq_diff(struct hunks *out, struct arena *mem, const uint32_t *o, size_t on, const uint32_t *s, size_t sn);

enum chunk_kind { CHUNK_SAME, CHUNK_A, CHUNK_B, CHUNK_BOTH };
struct chunk {
	enum chunk_kind kind;
	size_t o0, o1, a0, a1, b0, b1;
};
struct chunks {
	struct chunk *at; /* ascending; they cover o, a and b */
	size_t n, cap;
};
/* Hunks of a and b that overlap (or insert at one point) are one CHUNK_BOTH; hunks that only touch stay apart. */
void seq_merge(struct chunks *out, struct arena *mem, size_t on, const struct hunks *a, const struct hunks *b);

#endif
