/* What there is in the simulation: chance, commits, the folders of the clones, and what people do to them. */
#include "simworld_int.h"

#include <stdlib.h>
#include <string.h>

/* splitmix64 (Steele, Lea, Flood 2014) */
uint64_t sim_random(struct sim *s)
{
	uint64_t z = (s->seed += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

unsigned sim_below(struct sim *s, unsigned n)
{
	return (unsigned)(sim_random(s) % n);
}

bool sim_chance(struct sim *s, unsigned per_thousand)
{
	return per_thousand && sim_below(s, 1000) < per_thousand;
}

bool sim_has(const uint64_t *set, int i)
{
	return set[i / 64] >> (i % 64) & 1;
}

bool sim_contains(const struct sim *s, int commit, int ancestor)
{
	return sim_has(s->commit[commit].ancestors, ancestor);
}

/* ---- history ------------------------------------------------------------------------------------------------------- */

static void unite(uint64_t *to, const uint64_t *from, size_t words)
{
	for (size_t i = 0; i < words; i++)
		to[i] |= from[i];
}

static void show(struct sim *s, struct sim_commit *c)
{
	memset(c->shows, 0, sizeof c->shows);
	for (int i = 1; i <= s->nops; i++) { /* oldest first */
		if (!sim_has(c->ops, i))
			continue;
		const struct sim_op *o = &s->op[i];
		struct sim_record *r = &c->shows[o->record];
		if (o->field < 0) {
			*r = (struct sim_record){ 0 };
		} else {
			r->present = true;
			r->field[o->field] = i;
		}
	}
}

int sim__commit_on(struct sim *s, int x, int y, const uint64_t *more)
{
	must(s->ncommits + 1 < SIM_COMMITS);
	int id = ++s->ncommits;
	struct sim_commit *c = &s->commit[id];
	memset(c, 0, sizeof *c);
	c->parent[0] = x;
	c->parent[1] = y;
	for (int i = 0; i < 2; i++) {
		if (!c->parent[i])
			continue;
		unite(c->ops, s->commit[c->parent[i]].ops, SIM_SET(SIM_OPS));
		unite(c->ancestors, s->commit[c->parent[i]].ancestors, SIM_SET(SIM_COMMITS));
	}
	if (more)
		unite(c->ops, more, SIM_SET(SIM_OPS));
	sim__put(c->ancestors, id);
	show(s, c);
	return id;
}

/* Asked twice, or by two clients, it is the same commit. */
int sim__merge_of(struct sim *s, int x, int y)
{
	int lo = x < y ? x : y, hi = x < y ? y : x;
	for (int i = 1; i <= s->ncommits; i++)
		if (s->commit[i].parent[0] == lo && s->commit[i].parent[1] == hi)
			return i;
	return sim__commit_on(s, lo, hi, NULL);
}

int sim__new_op(struct sim *s, int record, int field, int taste)
{
	must(s->nops + 1 < SIM_OPS);
	s->op[++s->nops] = (struct sim_op){ record, field, taste };
	return s->nops;
}

/* By hand: half of a million schedules' time would be printf's. */
void sim__oid(char to[SYNC_OID], int commit)
{
	memset(to, '0', SYNC_OID - 1);
	to[commit ? SYNC_OID - 1 : 0] = 0;
	for (int i = SYNC_OID - 2; commit; commit /= 16)
		to[i--] = "0123456789abcdef"[commit % 16];
}

int sim_commit_of(const char *oid)
{
	return *oid ? (int)strtol(oid + SYNC_OID - 9, NULL, 16) : 0;
}

/* ---- the folder ---------------------------------------------------------------------------------------------------- */

size_t sim__unsaved(const struct sim_client *c, int r, int x, int y, uint64_t *out)
{
	size_t n = 0;
	for (int f = 0; c->disk[r].present && f < SIM_FIELDS; f++) {
		int op = c->disk[r].field[f];
		if (op && !sim_has(c->sim->commit[x].ops, op) && !sim_has(c->sim->commit[y].ops, op)) {
			if (out && c->sim->op[op].taste == SIM_BAD)
				continue;
			n++;
			if (out)
				sim__put(out, op);
		}
	}
	return n;
}

bool sim__user_deleted(const struct sim_client *c, int r, int main)
{
	return !c->disk[r].present && c->sim->commit[main].shows[r].present;
}

bool sim_clean(const struct sim_client *c)
{
	for (int r = 0; r < SIM_RECORDS; r++)
		if (memcmp(&c->disk[r], &c->sim->commit[c->main].shows[r], sizeof c->disk[r]) != 0)
			return false;
	return true;
}

/* Bring one record of the folder from old to new, keeping what the user did to it. */
void sim__write_record(struct sim_client *c, int r, int old, int new)
{
	const struct sim_record *to = &c->sim->commit[new].shows[r];
	if (sim__user_deleted(c, r, old))
		return;
	if (c->kept[r] && c->disk[r].present && !to->present && !sim__unsaved(c, r, old, new, NULL))
		return;
	struct sim_record mine = c->disk[r], next = *to;
	if (sim__unsaved(c, r, old, new, NULL)) {
		next.present = true;
		for (int f = 0; f < SIM_FIELDS; f++)
			if (mine.field[f] && !sim_has(c->sim->commit[old].ops, mine.field[f]) &&
			    !sim_has(c->sim->commit[new].ops, mine.field[f]))
				next.field[f] = mine.field[f];
	}
	c->disk[r] = next;
}

void sim__show(struct sim_client *c, int r)
{
	c->kept[r] = false;
	for (int f = 0; f < SIM_FIELDS; f++) /* what waits stays */
		if (c->sim->op[c->disk[r].field[f]].taste != SIM_BAD)
			c->disk[r].field[f] = c->sim->commit[c->main].shows[r].field[f];
}

bool sim__full(const struct sim *s)
{
	return s->nops + SIM_RECORDS + 4 >= SIM_OPS || s->ncommits + 8 >= SIM_COMMITS;
}

/* ---- deeds of people ----------------------------------------------------------------------------------------------- */

bool sim_edit(struct sim_client *c, bool bad)
{
	struct sim *s = c->sim;
	if (sim__full(s))
		return false;
	int r = (int)sim_below(s, SIM_RECORDS), f = (int)sim_below(s, SIM_FIELDS);
	if (sim__user_deleted(c, r, c->main)) /* only sim_restore brings a held deletion back */
		return false;
	c->disk[r].present = true;
	c->disk[r].field[f] = sim__new_op(s, r, f, bad ? sim_chance(s, 500) ? SIM_BAD : SIM_ODD : SIM_GOOD);
	return true;
}

bool sim_delete(struct sim_client *c)
{
	int r = (int)sim_below(c->sim, SIM_RECORDS);
	if (!c->disk[r].present)
		return false;
	c->disk[r] = (struct sim_record){ 0 };
	return true;
}

bool sim_wipe(struct sim_client *c)
{
	int folder = (int)sim_below(c->sim, SIM_RECORDS / SIM_FOLDER);
	for (int r = folder * SIM_FOLDER; r < (folder + 1) * SIM_FOLDER; r++)
		c->disk[r] = (struct sim_record){ 0 };
	return true;
}

bool sim_commit_by_hand(struct sim_client *c)
{
	struct sim *s = c->sim;
	uint64_t ops[SIM_SET(SIM_OPS)] = { 0 };
	size_t n = 0;
	if (sim__full(s) || c->journal_new || c->users_git)
		return false;
	for (int r = 0; r < SIM_RECORDS; r++)
		for (int f = 0; c->disk[r].present && f < SIM_FIELDS; f++) {
			int op = c->disk[r].field[f];
			if (op && !sim_has(s->commit[c->main].ops, op)) {
				sim__put(ops, op);
				n++;
			}
		}
	if (n)
		c->main = sim__commit_on(s, c->main, 0, ops);
	return n > 0;
}

bool sim_commit_by_verb(struct sim_client *c)
{
	struct sim *s = c->sim;
	int r = (int)sim_below(s, SIM_RECORDS), f = (int)sim_below(s, SIM_FIELDS);
	if (sim__full(s) || c->journal_new || c->users_git || sim__user_deleted(c, r, c->main) || !c->disk[r].present)
		return false;
	uint64_t ops[SIM_SET(SIM_OPS)] = { 0 };
	c->disk[r].field[f] = sim__new_op(s, r, f, SIM_GOOD);
	sim__unsaved(c, r, c->main, c->main, ops);
	c->main = sim__commit_on(s, c->main, 0, ops);
	sim__show(c, r);
	return true;
}

void sim_restore(struct sim_client *c)
{
	for (int r = 0; r < SIM_RECORDS; r++)
		if (sim__user_deleted(c, r, c->main))
			c->disk[r] = c->sim->commit[c->main].shows[r];
}

void sim_fix(struct sim_client *c)
{
	struct sim *s = c->sim;
	sim_restore(c); /* a bad record that was deleted, and held, must be there to be fixed */
	for (int r = 0; r < SIM_RECORDS; r++)
		for (int f = 0; c->disk[r].present && f < SIM_FIELDS; f++)
			if (s->op[c->disk[r].field[f]].taste && s->nops + 2 < SIM_OPS)
				c->disk[r].field[f] = sim__new_op(s, r, f, SIM_GOOD);
}
