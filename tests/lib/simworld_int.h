/* simworld_int.h -- history and folders of the simulation (simclone.c), for simworld.c, which does to them what a cycle asks. */
#ifndef TESTS_SIMWORLD_INT_H
#define TESTS_SIMWORLD_INT_H

#include "simworld.h"

static inline void sim__put(uint64_t *set, int i)
{
	set[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline bool sim__within(const uint64_t *x, const uint64_t *y, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (x[i] & ~y[i])
			return false;
	return true;
}

int sim__commit_on(struct sim *s, int x, int y, const uint64_t *more); /* with these operations on top; x, y 0: fewer parents */
int sim__merge_of(struct sim *s, int x, int y); /* a function of its parents, whoever asks */
int sim__new_op(struct sim *s, int record, int field, int taste);
void sim__oid(char to[SYNC_OID], int commit);
/* Operations on disk that neither commit holds: what the user has saved since. Those that wait are not in `out`, nor counted when it
 * is given. */
size_t sim__unsaved(const struct sim_client *c, int r, int x, int y, uint64_t *out);
bool sim__user_deleted(const struct sim_client *c, int r, int main);
void sim__write_record(struct sim_client *c, int r, int old, int new); /* keeps what the user did to it */
void sim__show(struct sim_client *c, int r); /* a record in the folder as main has it, but for what waits */
bool sim__full(const struct sim *s); /* no more deeds */

#endif
