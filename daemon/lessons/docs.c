/* docs.c -- a doc as it was, while what it was made of is.
 *
 * What is remembered of a lesson is a packed line: its stamp (seal.h), what stands beside the doc (facts.h), the dates and ids that
 * were asked for; and the packed doc. The stamp is of the ids, of these records' stamps, and of the dates: which day it is only
 * decides on which side of each date it stands, so a day between `after` and `until` says what the day before did.
 *
 * Most sources are at the head they had when a line was made or looked at, and most lines asked few sources only. When all of
 * a line's are at their heads, or tell that none of its ids has moved, and no id can have passed from one source to another, the
 * answers are what they were: nothing is looked up, but the ids that no source had.
 */
#include "lessons/docs.h"

#include <string.h>

#include "base/valpack.h"
#include "lessons/likeness.h"
#include "lessons/stamp.h"

struct kept { /* of one source */
	const struct lessons_docs *before; /* NULL: nothing */
	size_t next;                       /* of `before`: the first that has not been passed */
	bool *stayed;                      /* [source]: it is at the head it had for `before`, but for what has moved; NULL: that does not tell */
	struct lessons_docs now;
};
struct ids { /* of a source */
	bool stray; /* some do not name their source, */
	bool guest; /* but another one */
};
struct docs {
	const struct model *m;
	struct kept *of; /* as m->codes */
	size_t n;
	struct ids *ids; /* [source] */
	struct names moved; /* of all sources; source.h */
};

/* But for what has moved. */
static bool is_at(const struct source *s, const struct lessons_docs *before)
{
	for (size_t i = 0; i < before->heads.n; i++)
		if (!strcmp(before->heads.at[i].code, s->code)) {
			const char *then = before->heads.at[i].commit;
			return !strcmp(then, s->commit) || (s->was && !strcmp(then, s->was));
		}
	return false;
}

static struct ids ids_in(const struct source *s, const struct model *m)
{
	struct ids out = { false, false };
	for (size_t i = 0; i < s->n; i++) {
		const char *id = s->at[i].id;
		if (id_names(id, s->code))
			continue;
		out.stray = true;
		for (size_t j = 0; j < m->codes.n && !out.guest; j++)
			out.guest = id_names(id, m->codes.at[j]);
	}
	return out;
}

/* The first source by code answers for an id: where one that moved may have come to answer for another's, heads tell nothing. */
static void compare_heads(struct kept *k, struct docs *d)
{
	const struct model *m = d->m;
	if (!k->before || k->before->masks != stamps_masks(m->stamps))
		return;
	bool *stayed = arena_array(m->a, m->n_sources, sizeof *stayed);
	for (size_t i = 0; i < m->n_sources; i++) {
		stayed[i] = is_at(m->sources[i], k->before);
		if (d->ids[i].guest || (!stayed[i] && d->ids[i].stray))
			return;
	}
	k->stayed = stayed;
}

struct docs *docs_new(const struct model *m, const struct lessons_memory *before)
{
	struct docs *d = arena_new(m->a, struct docs);
	*d = (struct docs){ .m = m, .n = m->codes.n };
	d->of = arena_array(m->a, d->n, sizeof *d->of);
	d->ids = arena_array(m->a, m->n_sources, sizeof *d->ids);
	for (size_t i = 0; i < m->n_sources; i++) {
		d->ids[i] = ids_in(m->sources[i], m);
		for (size_t j = 0; j < m->sources[i]->moved.n; j++)
			names_add(m->a, &d->moved, m->sources[i]->moved.at[j]);
	}
	for (size_t i = 0; i < d->n; i++) {
		struct kept *k = &d->of[i];
		k->now.code = m->codes.at[i];
		for (size_t j = 0; j < before->docs.n; j++)
			if (!strcmp(before->docs.at[j].code, k->now.code))
				k->before = &before->docs.at[j];
		k->now.changed = !k->before;
		compare_heads(k, d);
	}
	return d;
}

const struct model *docs_model(const struct docs *d)
{
	return d->m;
}

/* --- what a line asked ------------------------------------------------------------------------------------------------ */

/* By the sources' heads; false: that cannot be told. from: codes of those that answered; none: of the ids those that no source had. */
static bool have_stayed(const struct model *m, const bool *stayed, struct unpack from, struct unpack none, struct unpack ids)
{
	if (!stayed)
		return false;
	for (uint64_t n = m->docs->moved.n ? unpack_u64(&ids) : 0; n; n--)
		if (names_has(&m->docs->moved, unpack_str(&ids)))
			return false;
	for (uint64_t n = unpack_u64(&from); n; n--) {
		const char *code = unpack_str(&from);
		if (!names_has(&m->codes, code) || !stayed[model_source(m, code)])
			return false;
	}
	for (uint64_t n = unpack_u64(&none); n; n--)
		if (model_find(m, unpack_str(&none)))
			return false;
	return true;
}

/* Of the records that the model has under these ids now. */
static uint64_t stamp_answers(const struct model *m, const struct names *ids, const char *after, const char *until)
{
	struct seal s = stamps_seal(m->stamps);
	seal_put(&s, stamps_masks(m->stamps));
	pack_u64(s.b, ids->n);
	for (size_t i = 0; i < ids->n; i++) {
		const struct known *k = model_find(m, ids->at[i]);
		pack_str(s.b, ids->at[i]);
		seal_put(&s, k ? stamp_record(m, k) : 0);
	}
	pack_str(s.b, after);
	pack_str(s.b, until);
	return seal_take(&s, 0);
}

static bool holds(const char *as_of, const char *after, const char *until)
{
	return (!after || strcmp(after, as_of) < 0) && (!until || strcmp(until, as_of) >= 0);
}

/* The line of that lesson; those before it are of lessons that may not be quoted any more. */
static const struct lessons_doc *line_of(struct kept *k, struct arena *a, const char *id)
{
	int c = 1;
	while (k->before && k->next < k->before->n && (c = strcmp(k->before->at[k->next].id, id)) < 0)
		names_add(a, &k->now.gone, k->before->at[k->next++].id);
	return c ? NULL : &k->before->at[k->next++];
}

bool docs_recall(struct lesson *l, const struct model *m)
{
	struct kept *k = &m->docs->of[model_source(m, l->collective)];
	const struct lessons_doc *line = line_of(k, m->a, l->id);
	if (!line)
		return false;
	struct unpack u = { line->bytes, line->bytes + line->n, false };
	uint64_t stamp = unpack_u64(&u);
	const char *after = unpack_str(&u), *until = unpack_str(&u);
	struct unpack from = unpack_part(&u), none = unpack_part(&u), ids = unpack_part(&u);
	must(!u.bad); /* the file's check was right */
	if (!holds(m->as_of, after, until))
		return false;
	if (!have_stayed(m, k->stayed, from, none, ids)) {
		struct names asked = names_unpack(m->a, &ids);
		if (stamp_answers(m, &asked, after, until) != stamp)
			return false;
	}
	l->newest = unpack_str(&u);
	l->since = unpack_str(&u);
	l->withdrawn = unpack_str(&u);
	l->words = unpack_str(&u);
	l->overdue = unpack_u64(&u);
	l->facts = facts_unpack(m->a, &u);
	must(!u.bad);
	l->stamp = stamp;
	l->made->kept = line;
	arena_push(m->a, &k->now, *line);
	k->now.at[k->now.n - 1].fresh = false;
	return true;
}

struct val *docs_unpack(const struct lesson *l, const struct model *m)
{
	const struct lessons_doc *kept = l->made->kept;
	struct unpack u = { kept->doc, kept->doc + kept->n_doc, false };
	struct val *doc = kept->doc && pack_check(kept->doc, kept->n_doc) == kept->check ? val_unpack(m->a, &u) : NULL;
	if (!doc)
		m->docs->of[model_source(m, l->collective)].now.damaged = true;
	return doc;
}

/* --- making ----------------------------------------------------------------------------------------------------------- */

static void put_part(struct buf *b, size_t from, struct arena *a)
{
	size_t n = b->n - from;
	char *bytes = arena_dupn(a, buf_str(b) + from, n);
	buf_cut(b, from);
	pack_part(b, bytes, n);
}

static void put_asked(struct buf *b, const struct model *m, const struct names *ids)
{
	struct names from = { 0 }, none = { 0 };
	const struct names *lists[] = { &from, &none, ids };
	for (size_t i = 0; i < ids->n; i++) {
		const struct known *k = model_find(m, ids->at[i]);
		names_add(m->a, k ? &from : &none, k ? k->source->code : ids->at[i]);
	}
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		size_t begun = b->n;
		names_pack(b, lists[i]);
		put_part(b, begun, m->a);
	}
}

static struct lessons_doc packed(const struct model *m, const struct lesson *l, const struct asked *q)
{
	struct buf *b = stamps_seal(m->stamps).b;
	struct lessons_doc line = { .id = l->id, .fresh = true };
	pack_u64(b, l->stamp);
	pack_str(b, q->after);
	pack_str(b, q->until);
	put_asked(b, m, &q->ids);
	pack_str(b, l->newest);
	pack_str(b, l->since);
	pack_str(b, l->withdrawn);
	pack_str(b, l->words);
	pack_u64(b, l->overdue);
	facts_pack(b, &l->facts);
	line.n = b->n;
	line.bytes = arena_dupn(m->a, buf_str(b), b->n);
	buf_reset(b);
	val_pack(b, l->made->doc);
	line.n_doc = b->n;
	line.doc = arena_dupn(m->a, buf_str(b), b->n);
	line.check = pack_check(line.doc, line.n_doc);
	buf_reset(b);
	return line;
}

static const char *words_of(const struct model *m, const struct lesson *l)
{
	struct like_lesson one;
	return like_lesson_of(&one, m->a, l->made->doc, NULL) ? like_words(m->a, &one) : NULL;
}

void docs_make(struct lesson *l, struct model *m, struct val *(*make_doc)(const struct model *m, struct lesson *l))
{
	struct kept *k = &m->docs->of[model_source(m, l->collective)];
	struct asked q = { 0 };
	m->asked = &q;
	model_find(m, l->id); /* its own record is asked for as well */
	l->made->doc = make_doc(m, l);
	m->asked = NULL;
	l->facts = facts_of(m->a, l->made->doc);
	l->stamp = stamp_answers(m, &q.ids, q.after, q.until);
	l->words = words_of(m, l);
	struct lessons_doc line = packed(m, l, &q);
	arena_push(m->a, &k->now, line);
	k->now.changed = true;
}

void docs_end(struct lessons_memory *now, const struct model *m)
{
	for (size_t i = 0; i < m->docs->n; i++) {
		struct kept *k = &m->docs->of[i];
		for (; k->before && k->next < k->before->n; k->next++)
			names_add(m->a, &k->now.gone, k->before->at[k->next].id);
		k->now.changed |= k->now.gone.n > 0;
		k->now.masks = stamps_masks(m->stamps);
		for (size_t j = 0; j < m->n_sources; j++) {
			struct lessons_head one = { m->sources[j]->code, m->sources[j]->commit };
			arena_push(m->a, &k->now.heads, one);
		}
		arena_push(m->a, &now->docs, k->now);
	}
}
