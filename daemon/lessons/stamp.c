/* stamp.c -- the numbers of lessons, links, groups and records, each made once; a part's is made of those it is about.
 *
 * A writer is given a model in which what it does not read is missing (parts.c), so a `reads` that says too little shows in
 * the first test that runs the writer. What `reads` cannot tell is here for every part: whom model_mask hides.
 */
#include "lessons/stamp.h"

#include <string.h>

#include "base/valpack.h"

struct stamps {
	const struct model *m;
	uint64_t key[2];
	struct buf *b; /* borrow; what is being hashed, emptied after */
	uint64_t *lessons, *links, *groups, *records; /* as the model's lists */
	uint64_t masks, terms, places;
};

/* --- SipHash-2-4 (Aumasson, Bernstein: SipHash: a fast short-input PRF, 2012) ---------------------------------------- */

static uint64_t turn(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
	v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

static uint64_t siphash(const uint64_t key[2], const char *p, size_t n)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
			  key[1] ^ 0x7465646279746573u };
	uint64_t word, last = (uint64_t)n << 56;
	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&word, p, 8);
		sip_word(v, word);
	}
	for (size_t i = 0; i < n; i++)
		last |= (uint64_t)(unsigned char)p[i] << 8 * i;
	sip_word(v, last);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Of what was put into s->b, which is empty then. */
static uint64_t stamp(struct stamps *s)
{
	uint64_t h = siphash(s->key, buf_str(s->b), s->b->n);
	buf_reset(s->b);
	return h;
}

static void put_stamp(struct stamps *s, uint64_t x)
{
	buf_put(s->b, &x, sizeof x);
}

static void put_stamps(struct stamps *s, const uint64_t *of, const struct indices *list)
{
	pack_u64(s->b, list->n);
	for (size_t i = 0; i < list->n; i++)
		put_stamp(s, of[list->at[i]]);
}

static void put_names(struct stamps *s, const struct names *names)
{
	pack_u64(s->b, names->n);
	for (size_t i = 0; i < names->n; i++)
		pack_str(s->b, names->at[i]);
}

/* --- what parts are about -------------------------------------------------------------------------------------------- */

static uint64_t stamp_lesson(struct stamps *s, const struct lesson *l)
{
	val_pack(s->b, l->doc);
	val_pack(s->b, l->pub);
	pack_str(s->b, l->newest);
	pack_u64(s->b, l->objections);
	pack_u64(s->b, l->lifted);
	pack_u64(s->b, l->overdue);
	return stamp(s);
}

/* By its blob and schema, which its text is a function of; by what other files say of it; and the day decides whether it may
 * still be quoted. */
static uint64_t stamp_record(struct stamps *s, const struct known *k)
{
	const struct source_record *r = k->rec;
	const char *until = source_brief(r).until;
	pack_str(s->b, r->id);
	pack_str(s->b, r->blob);
	pack_str(s->b, k->source->schema);
	pack_str(s->b, r->commit);
	pack_str(s->b, r->fingerprint);
	pack_u64(s->b, r->valid != NULL);
	pack_u64(s->b, r->open_hard);
	pack_u64(s->b, r->open_soft);
	pack_u64(s->b, r->settled);
	pack_u64(s->b, r->open_visibility);
	pack_str(s->b, r->open_since);
	pack_u64(s->b, *until && strcmp(until, s->m->as_of) < 0);
	return stamp(s);
}

static uint64_t stamp_link(struct stamps *s, const struct link *l)
{
	pack_str(s->b, l->id);
	pack_str(s->b, l->collective);
	pack_str(s->b, l->rec->commit);
	pack_str(s->b, l->rec->fingerprint);
	pack_str(s->b, source_brief(l->rec).state);
	pack_str(s->b, source_brief(l->rec).visibility);
	pack_u64(s->b, l->rec->open_difference);
	pack_u64(s->b, l->relation);
	pack_u64(s->b, l->lifted);
	pack_u64(s->b, l->stale);
	put_stamp(s, s->lessons[l->from]);
	put_stamp(s, s->lessons[l->to]);
	pack_str(s->b, l->argument);
	pack_str(s->b, l->difference);
	pack_str(s->b, l->date);
	return stamp(s);
}

static uint64_t stamp_group(struct stamps *s, const struct group *g)
{
	const struct indices *lists[] = { &g->members, &g->core, &g->qualifying, &g->opposing };
	const struct names *names[] = { &g->all, &g->for_, &g->qualify, &g->against };
	pack_str(s->b, g->id);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		put_stamps(s, s->lessons, lists[i]);
	put_stamps(s, s->links, &g->links);
	put_stamps(s, s->links, &g->stale);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		put_names(s, names[i]);
	pack_str(s->b, g->chains);
	pack_u64(s->b, g->n_chains);
	pack_u64(s->b, g->objections);
	pack_str(s->b, g->accord);
	return stamp(s);
}

/* model_mask hides the ids of people whom a source knows, and all that begin with act- and a source's code. */
static uint64_t stamp_masks(struct stamps *s)
{
	put_names(s, &s->m->codes);
	for (size_t i = 0; i < s->m->known.n; i++)
		if (!strncmp(s->m->known.at[i].rec->id, "act-", 4))
			pack_str(s->b, s->m->known.at[i].rec->id);
	return stamp(s);
}

static uint64_t stamp_terms(struct stamps *s)
{
	put_stamps(s, s->records, model_kind(s->m, "concept"));
	return stamp(s);
}

static uint64_t stamp_places(struct stamps *s)
{
	for (size_t i = 0; i < s->m->n_sources; i++)
		pack_str(s->b, s->m->sources[i]->communes);
	return stamp(s);
}

struct stamps *stamps_new(const struct model *m, struct buf *b, const unsigned char key[LESSONS_KEY])
{
	struct stamps *s = arena_new(m->a, struct stamps);
	s->m = m;
	s->b = b;
	memcpy(s->key, key, sizeof s->key);
	s->lessons = arena_array(m->a, m->lessons.n, sizeof *s->lessons);
	s->links = arena_array(m->a, m->links.n, sizeof *s->links);
	s->groups = arena_array(m->a, m->groups.n, sizeof *s->groups);
	s->records = arena_array(m->a, m->known.n, sizeof *s->records);
	for (size_t i = 0; i < m->lessons.n; i++)
		s->lessons[i] = stamp_lesson(s, &m->lessons.at[i]);
	for (size_t i = 0; i < m->links.n; i++)
		s->links[i] = stamp_link(s, &m->links.at[i]);
	for (size_t i = 0; i < m->groups.n; i++)
		s->groups[i] = stamp_group(s, &m->groups.at[i]);
	for (size_t i = 0; i < m->known.n; i++)
		s->records[i] = stamp_record(s, &m->known.at[i]);
	s->masks = stamp_masks(s);
	s->terms = stamp_terms(s);
	s->places = stamp_places(s);
	return s;
}

/* --- a part ---------------------------------------------------------------------------------------------------------- */

static void put_uses(struct stamps *s, const char *code)
{
	for (size_t i = 0; i < s->m->uses.n; i++)
		if (!strcmp(s->m->uses.at[i].collective, code))
			val_pack(s->b, s->m->uses.at[i].doc);
}

uint64_t stamp_part(struct stamps *s, const struct part *p)
{
	unsigned reads = part_reads(p);
	put_stamp(s, s->masks);
	if (reads & READ_LESSONS)
		put_stamps(s, s->lessons, &p->own->lessons);
	if (reads & READ_LINKS)
		put_stamps(s, s->links, &p->own->links);
	if (reads & READ_GROUPS)
		put_stamps(s, s->groups, &p->own->groups);
	if (reads & READ_RECORDS)
		put_stamps(s, s->records, &p->own->records);
	if (reads & READ_TERMS)
		put_stamp(s, s->terms);
	if (reads & READ_PLACES)
		put_stamp(s, s->places);
	if (reads & READ_USES)
		put_uses(s, p->code);
	must(!(reads & (READ_CELLS | READ_SOURCES | READ_DATE | READ_TALLIES)));
	return stamp(s);
}
