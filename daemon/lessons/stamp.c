/* stamp.c -- the numbers of lessons, links, groups and sources, each made once; a part's is made of those it is about.
 *
 * A writer is given a model in which what it does not read is missing (parts.c), so a `reads` that says too little shows in
 * the first test that runs the writer. Docs are whole, though: who says READ_SAID, and reads the place of a lesson among
 * the others, is found out only where that changes (test_docs.c). What `reads` cannot tell is here for every part: whom
 * model_mask hides.
 */
#include "lessons/stamp.h"

#include <string.h>

#include "base/valpack.h"
#include "lessons/seal.h"
#include "lessons/uses.h"

struct stamps {
	struct seal seal;
	struct {
		uint64_t *at; /* by their numbers; 0: not made yet, few are asked for */
		size_t n, cap;
	} records;
	uint64_t *lessons, *links, *groups, *sources; /* as the model's lists */
	uint64_t *said;                        /* as m->lessons: of what is said in them */
	uint64_t masks, terms, places;
};

static void put_stamps(const struct stamps *s, const uint64_t *of, const struct indices *list)
{
	pack_u64(s->seal.b, list->n);
	for (size_t i = 0; i < list->n; i++)
		seal_put(&s->seal, of[list->at[i]]);
}

/* --- records --------------------------------------------------------------------------------------------------------- */

static uint64_t *stamp_of(const struct model *m, size_t number)
{
	struct stamps *s = m->stamps;
	while (s->records.n <= number)
		arena_push(m->a, &s->records, 0);
	return &s->records.at[number];
}

/* By its blob and schema, which its text is a function of, and by what other files say of it. */
uint64_t stamp_record(const struct model *m, const struct known *k)
{
	const struct source_record *r = k->rec;
	const struct seal *s = &m->stamps->seal;
	uint64_t *at = stamp_of(m, k->number);
	size_t from = s->b->n;
	if (*at)
		return *at;
	pack_str(s->b, r->id);
	pack_str(s->b, r->blob);
	pack_str(s->b, k->source->code);
	pack_str(s->b, k->source->schema);
	pack_str(s->b, r->commit);
	if (source_is_validated(r))
		pack_str(s->b, r->fingerprint);
	pack_u64(s->b, r->open_hard);
	pack_u64(s->b, r->open_soft);
	pack_u64(s->b, r->settled);
	pack_u64(s->b, r->open_visibility);
	pack_str(s->b, r->open_since);
	return *at = seal_take(s, from);
}

static void put_records(const struct model *m, const struct indices *list)
{
	for (size_t i = 0; i < list->n; i++)
		seal_put(&m->stamps->seal, stamp_record(m, &m->known.at[list->at[i]]));
}

static bool is_past(const struct model *m, const char *until)
{
	return *until && strcmp(until, m->as_of) < 0;
}

/* All that a source has, by its head; the day decides whose consent is over, and other sources what is a double. */
static uint64_t stamp_source(const struct model *m, const struct source *source)
{
	const struct seal *s = &m->stamps->seal;
	const struct tally *ends = source->rest ? &source->rest->ends : NULL;
	size_t over = 0;
	for (size_t i = 0; i < source->n; i++)
		over += is_past(m, source_brief(&source->at[i]).until);
	for (size_t i = 0; ends && i < ends->counts.n; i++)
		over += is_past(m, ends->words.at[i]) ? (size_t)ends->counts.at[i] : 0;
	pack_str(s->b, source->commit);
	pack_u64(s->b, over);
	for (size_t i = 0; i < m->doubles.n; i++)
		if (m->doubles.at[i].source == source)
			pack_str(s->b, m->doubles.at[i].rec->path);
	return seal_take(s, 0);
}

/* --- what parts are about -------------------------------------------------------------------------------------------- */

static void put_outcome(const struct stamps *s, const struct outcome *o)
{
	struct buf *b = s->seal.b;
	const struct names *names[] = { &o->tested_by, &o->used_by, &o->against, &o->why };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		names_pack(s->seal.b, names[i]);
	pack_u64(b, o->uses);
	pack_u64(b, o->adopted);
	pack_u64(b, o->set_aside);
	pack_u64(b, o->taught);
	pack_str(b, o->proposed);
	pack_str(b, o->admitted);
}

/* By what its doc was made of, and what is said of the lesson beside that. */
static uint64_t stamp_said(const struct stamps *s, const struct model *m, const struct lesson *l)
{
	struct buf *b = s->seal.b;
	seal_put(&s->seal, l->stamp);
	val_pack(b, l->lifting ? val_get(model_doc(m, l), "desaccords") : NULL);
	val_pack(b, l->objecting);
	pack_str(b, l->became->validated);
	pack_u64(b, l->became->measured);
	pack_u64(b, l->became->days);
	val_pack(b, l->pub);
	pack_u64(b, l->objections);
	pack_u64(b, l->lifted);
	return seal_take(&s->seal, 0);
}

static uint64_t stamp_lesson(const struct stamps *s, const struct lesson *l, uint64_t said)
{
	seal_put(&s->seal, said);
	pack_str(s->seal.b, l->group);
	names_pack(s->seal.b, &l->wide);
	put_outcome(s, l->became);
	return seal_take(&s->seal, 0);
}

static uint64_t stamp_link(const struct stamps *s, const struct link *l)
{
	struct buf *b = s->seal.b;
	pack_str(b, l->id);
	pack_str(b, l->collective);
	pack_str(b, l->rec->commit);
	pack_str(b, l->rec->fingerprint);
	pack_str(b, source_brief(l->rec).state);
	pack_str(b, source_brief(l->rec).visibility);
	pack_u64(b, l->rec->open_difference);
	pack_u64(b, l->relation);
	pack_u64(b, l->lifted);
	pack_u64(b, l->stale);
	seal_put(&s->seal, s->said[l->from]);
	seal_put(&s->seal, s->said[l->to]);
	pack_str(b, l->argument);
	pack_str(b, l->difference);
	pack_str(b, l->date);
	return seal_take(&s->seal, 0);
}

static uint64_t stamp_group(const struct stamps *s, const struct group *g)
{
	const struct indices *lists[] = { &g->members, &g->core, &g->qualifying, &g->opposing };
	struct buf *b = s->seal.b;
	const struct names *names[] = { &g->all, &g->for_, &g->qualify, &g->against };
	pack_str(b, g->id);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		put_stamps(s, s->said, lists[i]);
	put_stamps(s, s->links, &g->links);
	put_stamps(s, s->links, &g->stale);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		names_pack(s->seal.b, names[i]);
	pack_str(b, g->chains);
	pack_u64(b, g->n_chains);
	pack_u64(b, g->objections);
	pack_str(b, g->accord);
	return seal_take(&s->seal, 0);
}

/* model_mask hides the ids of people whom a source knows, and all that begin with act- and a source's code. */
static uint64_t stamp_masks(const struct stamps *s, const struct model *m)
{
	names_pack(s->seal.b, &m->codes);
	for (size_t i = model_place(m, "act-"); i < m->known.n && !strncmp(m->known.at[i].rec->id, "act-", 4); i++)
		pack_str(s->seal.b, m->known.at[i].rec->id);
	return seal_take(&s->seal, 0);
}

static uint64_t stamp_places(const struct model *m)
{
	for (size_t i = 0; i < m->n_sources; i++)
		pack_str(m->stamps->seal.b, m->sources[i]->communes);
	return seal_take(&m->stamps->seal, 0);
}

struct stamps *stamps_new(const struct model *m, struct buf *b, const unsigned char key[SEAL_KEY])
{
	struct stamps *s = arena_new(m->a, struct stamps);
	s->seal = seal_new(b, key);
	s->masks = stamp_masks(s, m);
	return s;
}

struct seal stamps_seal(const struct stamps *s)
{
	return s->seal;
}

uint64_t stamps_masks(const struct stamps *s)
{
	return s->masks;
}

void stamps_take(const struct model *m)
{
	struct stamps *s = m->stamps;
	s->lessons = arena_array(m->a, m->lessons.n, sizeof *s->lessons);
	s->links = arena_array(m->a, m->links.n, sizeof *s->links);
	s->groups = arena_array(m->a, m->groups.n, sizeof *s->groups);
	s->sources = arena_array(m->a, m->n_sources, sizeof *s->sources);
	s->said = arena_array(m->a, m->lessons.n, sizeof *s->said);
	for (size_t i = 0; i < m->lessons.n; i++) {
		s->said[i] = stamp_said(s, m, &m->lessons.at[i]);
		s->lessons[i] = stamp_lesson(s, &m->lessons.at[i], s->said[i]);
	}
	for (size_t i = 0; i < m->links.n; i++)
		s->links[i] = stamp_link(s, &m->links.at[i]);
	for (size_t i = 0; i < m->groups.n; i++)
		s->groups[i] = stamp_group(s, &m->groups.at[i]);
	for (size_t i = 0; i < m->n_sources; i++)
		s->sources[i] = stamp_source(m, m->sources[i]);
	s->places = stamp_places(m);
	put_records(m, model_kind(m, "concept"));
	s->terms = seal_take(&s->seal, 0);
}

/* --- a part ---------------------------------------------------------------------------------------------------------- */

static void put_uses(const struct model *m, const char *code)
{
	for (size_t i = 0; i < m->uses.n; i++)
		if (!strcmp(m->uses.at[i].collective, code))
			val_pack(m->stamps->seal.b, m->uses.at[i].doc);
}

uint64_t stamp_part(const struct part *p)
{
	const struct model *m = p->m;
	const struct stamps *s = m->stamps;
	unsigned reads = part_reads(p);
	seal_put(&s->seal, s->masks);
	if (reads & READ_LESSONS)
		put_stamps(s, s->lessons, &p->own->lessons);
	if (reads & READ_SAID)
		put_stamps(s, s->said, &p->own->lessons);
	if (reads & READ_LINKS)
		put_stamps(s, s->links, &p->own->links);
	if (reads & READ_GROUPS)
		put_stamps(s, s->groups, &p->own->groups);
	if (reads & READ_QUOTED)
		put_records(m, &p->own->quoted);
	if (reads & READ_RECORDS)
		seal_put(&s->seal, s->sources[model_source(m, p->code)]);
	if (reads & READ_TERMS)
		seal_put(&s->seal, s->terms);
	if (reads & READ_PLACES)
		seal_put(&s->seal, s->places);
	if (reads & READ_USES)
		put_uses(m, p->code);
	must(!(reads & (READ_CELLS | READ_SOURCES | READ_DATE | READ_TALLIES)));
	return seal_take(&s->seal, 0);
}
