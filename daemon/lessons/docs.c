/* docs.c -- a doc as it was, while what it was made of is.
 *
 * What is remembered of a lesson is one packed line: its stamp (seal.h), what stands beside the doc, the dates and ids that were
 * asked for, the doc. The stamp is of the ids, of these records' stamps, and of the dates: which day it is only decides on
 * which side of each date it stands, so a day between `after` and `until` says what the day before did.
 *
 * Most sources are at the head they had when a line was made or looked at. A record that such a source answers with, now as then, is
 * what it was; when all of a line's are, their stamps need not be made again to know the line's.
 */
#include "lessons/docs.h"

#include <string.h>

#include "base/valpack.h"
#include "lessons/doc.h"
#include "lessons/likeness.h"
#include "lessons/stamp.h"

struct kept { /* of one source */
	const struct lessons_docs *before; /* NULL: nothing */
	size_t next;                       /* of `before`: the first that has not been passed */
	bool *stayed;                      /* [source]: it is at the head it had for `before`; NULL: others are hidden now */
	struct lessons_docs now;
};
struct answer {
	const char *id, *code; /* code of the source that has that record; NULL: none has */
};
struct docs {
	struct kept *of; /* as m->codes */
	size_t n;
	struct {
		struct answer *at; /* those of the line being looked at */
		size_t n, cap;
	} answers;
};

static bool is_at(const struct source *s, const struct lessons_docs *before)
{
	for (size_t i = 0; i < before->heads.n; i++)
		if (!strcmp(before->heads.at[i].code, s->code))
			return !strcmp(before->heads.at[i].commit, s->commit);
	return false;
}

static void compare_heads(struct kept *k, const struct model *m)
{
	if (!k->before || k->before->masks != stamps_masks(m->stamps))
		return;
	k->stayed = arena_array(m->a, m->n_sources, sizeof *k->stayed);
	for (size_t i = 0; i < m->n_sources; i++)
		k->stayed[i] = is_at(m->sources[i], k->before);
}

struct docs *docs_new(const struct model *m, const struct lessons_memory *before)
{
	struct docs *d = arena_new(m->a, struct docs);
	d->n = m->codes.n;
	d->of = arena_array(m->a, d->n, sizeof *d->of);
	for (size_t i = 0; i < d->n; i++) {
		struct kept *k = &d->of[i];
		k->now.code = m->codes.at[i];
		for (size_t j = 0; j < before->docs.n; j++)
			if (!strcmp(before->docs.at[j].code, k->now.code))
				k->before = &before->docs.at[j];
		k->now.changed = !k->before;
		compare_heads(k, m);
	}
	return d;
}

static bool is_answer(const struct model *m, const struct known *k, const struct answer *then, const bool *stayed)
{
	if (!k || !then->code)
		return !k && !then->code;
	return !strcmp(k->source->code, then->code) && stayed[model_source(m, then->code)];
}

/* By the sources' heads alone; false: that cannot be told. */
static bool have_stayed(const struct model *m, const bool *stayed)
{
	const struct docs *d = m->docs;
	for (size_t i = 0; stayed && i < d->answers.n; i++)
		if (!is_answer(m, model_find(m, d->answers.at[i].id), &d->answers.at[i], stayed))
			return false;
	return stayed != NULL;
}

/* Of m->docs->answers as they are now. */
static uint64_t stamp_doc(const struct model *m, const char *after, const char *until)
{
	const struct docs *d = m->docs;
	struct seal s = stamps_seal(m->stamps);
	seal_put(&s, stamps_masks(m->stamps));
	pack_u64(s.b, d->answers.n);
	for (size_t i = 0; i < d->answers.n; i++) {
		const struct known *k = model_find(m, d->answers.at[i].id);
		pack_str(s.b, d->answers.at[i].id);
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
static const struct lessons_doc *line_of(struct kept *k, const char *id)
{
	int c = 1;
	while (k->before && k->next < k->before->n && (c = strcmp(k->before->at[k->next].id, id)) < 0) {
		k->now.changed = true;
		k->next++;
	}
	return c ? NULL : &k->before->at[k->next++];
}

bool docs_recall(struct lesson *l, const struct model *m)
{
	struct docs *d = m->docs;
	struct kept *k = &d->of[model_source(m, l->collective)];
	const struct lessons_doc *line = line_of(k, l->id);
	if (!line)
		return false;
	struct unpack u = { line->bytes, line->bytes + line->n, false };
	uint64_t stamp = unpack_u64(&u);
	const char *newest = unpack_str(&u), *since = unpack_str(&u), *withdrawn = unpack_str(&u);
	const char *words = unpack_str(&u), *after = unpack_str(&u), *until = unpack_str(&u);
	d->answers.n = 0;
	for (uint64_t n = unpack_u64(&u); n && !u.bad; n--) {
		struct answer one = { .id = unpack_str(&u) };
		one.code = unpack_str(&u);
		arena_push(m->a, &d->answers, one);
	}
	must(!u.bad); /* the file's check was right */
	if (!holds(m->as_of, after, until) || (!have_stayed(m, k->stayed) && stamp_doc(m, after, until) != stamp))
		return false;
	l->doc = val_unpack(m->a, &u);
	must(l->doc);
	l->newest = newest;
	l->since = since;
	l->withdrawn = withdrawn;
	l->words = words;
	l->stamp = stamp;
	l->made = l->doc->map.n;
	l->overdue = val_is_str(val_get(l->doc, "revue"), "depassee");
	arena_push(m->a, &k->now, *line);
	return true;
}

static struct lessons_doc packed(const struct model *m, const struct lesson *l, const struct asked *q)
{
	struct buf *b = stamps_seal(m->stamps).b;
	pack_u64(b, l->stamp);
	pack_str(b, l->newest);
	pack_str(b, l->since);
	pack_str(b, l->withdrawn);
	pack_str(b, l->words);
	pack_str(b, q->after);
	pack_str(b, q->until);
	pack_u64(b, m->docs->answers.n);
	for (size_t i = 0; i < m->docs->answers.n; i++) {
		pack_str(b, m->docs->answers.at[i].id);
		pack_str(b, m->docs->answers.at[i].code);
	}
	val_pack(b, l->doc);
	struct lessons_doc line = { l->id, arena_dupn(m->a, buf_str(b), b->n), b->n };
	buf_reset(b);
	return line;
}

static const char *words_of(const struct model *m, const struct lesson *l)
{
	struct like_lesson one;
	return like_lesson_of(&one, m->a, l->doc, NULL) ? like_words(m->a, &one) : NULL;
}

static void answer(const struct model *m, const struct names *ids)
{
	struct docs *d = m->docs;
	d->answers.n = 0;
	for (size_t i = 0; i < ids->n; i++) {
		const struct known *k = model_find(m, ids->at[i]);
		struct answer one = { ids->at[i], k ? k->source->code : NULL };
		arena_push(m->a, &d->answers, one);
	}
}

void docs_make(struct lesson *l, struct model *m, struct val *(*lesson_doc)(const struct model *m, struct lesson *l))
{
	struct kept *k = &m->docs->of[model_source(m, l->collective)];
	struct asked q = { 0 };
	m->asked = &q;
	model_find(m, l->id); /* its own record is asked for as well */
	l->doc = lesson_doc(m, l);
	m->asked = NULL;
	answer(m, &q.ids);
	l->stamp = stamp_doc(m, q.after, q.until);
	l->made = l->doc->map.n;
	l->words = words_of(m, l);
	struct lessons_doc line = packed(m, l, &q);
	arena_push(m->a, &k->now, line);
	k->now.changed = true;
}

void docs_end(struct lessons_memory *now, const struct model *m)
{
	for (size_t i = 0; i < m->docs->n; i++) {
		struct kept *k = &m->docs->of[i];
		k->now.changed |= k->before && k->next < k->before->n;
		k->now.masks = stamps_masks(m->stamps);
		for (size_t j = 0; j < m->n_sources; j++) {
			struct lessons_head one = { m->sources[j]->code, m->sources[j]->commit };
			arena_push(m->a, &k->now.heads, one);
		}
		arena_push(m->a, &now->docs, k->now);
	}
}
