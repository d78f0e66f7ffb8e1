/* out_suggestions.c -- suggestions.csv: pairs of lessons of different collectives that look alike, for people to link or
 * refuse. likeness.h says how they are found; what people have said about a pair silences it there.
 *
 * A link counts as said as soon as the network may see it, whatever its state: somebody is at it.
 */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/likeness.h"
#include "lessons/records.h"

static const char *thousandths(const struct model *m, int n)
{
	return csv_ratio(m->a, n > 0 ? (size_t)n : 0, 1000);
}

static void put_end(struct csv_out *w, const struct model *m, const struct like_lesson *l)
{
	size_t at;
	must(model_lesson(m, l->id, &at));
	struct quote q = quote_statement(&m->lessons.at[at]);
	csv_put(w, l->collective);
	csv_put(w, l->id);
	csv_put(w, quote_reference(m->a, &q));
}

static void put_match(struct csv_out *w, const struct model *m, const struct like_lesson *lessons,
		      const struct like_match *one)
{
	csv_put(w, thousandths(m, one->score));
	put_end(w, m, &lessons[one->a]);
	put_end(w, m, &lessons[one->b]);
	csv_put(w, thousandths(m, one->words_score));
	csv_put(w, thousandths(m, one->themes_score));
	csv_put(w, thousandths(m, one->schemes_score));
	csv_put(w, one->words);
	csv_put(w, names_join(m->a, &one->themes));
	csv_put(w, names_join(m->a, &one->schemes));
	csv_end(w);
}

/* The texts are read where their words are not kept. */
static struct like_lesson alike(const struct model *m, const struct lesson *l)
{
	struct like_lesson one;
	if (!l->words && like_lesson_of(&one, m->a, model_doc(m, l), NULL))
		return one;
	return (struct like_lesson){ .id = l->id,
				     .collective = l->collective,
				     .fingerprint = l->rec->fingerprint,
				     .words = l->words,
				     .themes = l->facts.themes,
				     .schemes = l->facts.schemes };
}

void out_suggestions(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct records records = records_of(m, "croisement");
	struct like_lesson *lessons = arena_array(m->a, m->lessons.n, sizeof *lessons);
	struct like_link *links = arena_array(m->a, records.n, sizeof *links);
	struct like_matches found = { 0 };
	struct likeness *l;
	size_t n_links = 0;
	for (size_t i = 0; i < m->lessons.n; i++)
		lessons[i] = alike(m, &m->lessons.at[i]);
	for (size_t i = 0; i < records.n; i++) {
		const char *said[LIKE_LINK_N];
		source_pick(said, LIKE_LINK_KEYS, LIKE_LINK_N, records.at[i]->rec);
		n_links += like_link_of(&links[n_links], said);
	}
	if (likeness_open(&l, m->a, lessons, m->lessons.n, links, n_links, NULL)) { /* it fails for want of memory only */
		p->out->oom = true;
		return;
	}
	likeness_all(&found, l, LIKE_PER_THEME);
	csv_header(&w, SUGGESTION_COLUMNS);
	for (size_t i = 0; i < found.n; i++)
		put_match(&w, m, lessons, &found.at[i]);
}
