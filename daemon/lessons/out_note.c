/* out_note.c -- notes/<public>: what the network has learned for one audience, on two pages at most.
 *
 * Groups with a lesson of their core for this audience, what most agree on first: convergence, then partial, then
 * divergences, then what one collective says alone; within each, most collectives first. Of a group so many statements and
 * conditions, and how many there are besides. Groups are taken in this order as long as they fit; the rest is counted by kind
 * of agreement. The program writes headings, codes and counts; every sentence is a record's, with its reference.
 *
 * What fits is reckoned from the texts of the records alone, in tenths of a line of the printed page (page.c), so that the
 * French and the English note, the page and the Markdown show the same. tests/it/reading.test has a browser print the worst.
 */
#include <string.h>

#include "lessons/note.h"

#define STATEMENTS_MAX 4
#define DISSENT_MAX 3
#define CONDITIONS_MAX 3
#define LIMITS_MAX 2

static const char *const accords[] = { "convergence", "partielle", "divergence", "singulier", "lacune" };
#define ACCORDS (sizeof accords / sizeof *accords)

struct choice { /* what is told of a group */
	struct told at[STATEMENTS_MAX + DISSENT_MAX + CONDITIONS_MAX + LIMITS_MAX];
	size_t n;
	size_t statements; /* of them, first */
	bool bare;         /* nobody declares a condition or a limit */
	size_t more_statements, more_dissent, more_conditions; /* not told */
};

static size_t rank(const struct group *g)
{
	size_t i = 0;
	while (i < ACCORDS - 1 && strcmp(g->accord, accords[i]))
		i++;
	return i;
}

struct ranked {
	const struct group *group; /* borrow */
	size_t rank, n;            /* of its agreement; collectives */
};

static bool is_broader(const struct ranked *p, const struct ranked *q)
{
	if (p->rank != q->rank)
		return p->rank < q->rank;
	if (p->n != q->n)
		return p->n > q->n;
	return strcmp(p->group->id, q->group->id) < 0;
}

/* Two pages hold a dozen of thousands: they are not all sorted for that. */
static void broadest_to_front(struct ranked *at, size_t n)
{
	size_t best = 0;
	for (size_t i = 1; i < n; i++)
		if (is_broader(&at[i], &at[best]))
			best = i;
	struct ranked first = at[best];
	at[best] = at[0];
	at[0] = first;
}

/* --- choosing --------------------------------------------------------------------------------------------- */

/* Takes the text unless there is none, or `max` are told; then it is counted. */
static void tell(struct choice *c, struct arena *a, const char *before, const struct val *doc, const char *field,
		 const char *text, size_t *told, size_t max, size_t *more)
{
	if (!text || !*text)
		return;
	if (*told == max) {
		++*more;
		return;
	}
	++*told;
	c->at[c->n++] = note_told(a, before, doc, field, text);
}

static struct choice choose(const struct model *m, const struct group *g)
{
	struct choice c = { .n = 0 };
	size_t dissent = 0, conditions = 0, limits = 0;
	for (size_t i = 0; i < g->core.n; i++) {
		const struct val *doc = model_doc(m, &m->lessons.at[g->core.at[i]]);
		tell(&c, m->a, NULL, doc, "enonce", val_text(doc, "enonce"), &c.statements, STATEMENTS_MAX, &c.more_statements);
	}
	for (size_t k = 0; k < 2; k++) {
		const struct indices *side = k ? &g->opposing : &g->qualifying;
		for (size_t i = 0; i < side->n; i++) {
			const struct val *doc = model_doc(m, &m->lessons.at[side->at[i]]);
			tell(&c, m->a, k ? "- Contredit : " : "- Nuance : ", doc, "enonce", val_text(doc, "enonce"), &dissent,
			     DISSENT_MAX, &c.more_dissent);
		}
	}
	for (size_t i = 0; i < g->core.n; i++) {
		const struct val *doc = model_doc(m, &m->lessons.at[g->core.at[i]]), *list = val_get(doc, "conditions");
		for (size_t j = 0; j < items(list); j++)
			tell(&c, m->a, "- Condition : ", doc,
			     arena_printf(m->a, "conditions/%s/texte", text_or(list->list.at[j], "id", "?")),
			     val_text(list->list.at[j], "texte"), &conditions, CONDITIONS_MAX, &c.more_conditions);
	}
	for (size_t i = 0; i < g->core.n; i++) {
		const struct val *doc = model_doc(m, &m->lessons.at[g->core.at[i]]);
		tell(&c, m->a, "- Limite : ", doc, "limites", val_text(doc, "limites"), &limits, LIMITS_MAX, &c.more_conditions);
	}
	c.bare = !conditions && !limits;
	return c;
}

static size_t height(const struct model *m, const struct group *g, const struct choice *c)
{
	size_t n = 24 + note_lines(600 + 85 * (g->for_.n + g->qualify.n + g->against.n)) + note_lines(NOTE_LINE); /* heading, who, counts */
	for (size_t i = 0; i < c->n; i++) {
		const struct told *t = &c->at[i];
		const char *reference = quote_reference(m->a, &t->quote);
		n += note_lines(note_width(t->quote.text) + 8 * strlen(reference) + 10 * strlen(t->before ? t->before : "") + (t->open ? 180 : 30));
	}
	for (size_t i = 0; i < c->statements; i++)
		n += note_lines(note_width(supports_count(m->a, model_doc(m, &m->lessons.at[g->core.at[i]]), NULL)) + 900);
	return n;
}

/* --- writing ---------------------------------------------------------------------------------------------- */

static void say_heading(struct sheet *s, size_t number, const char *accord)
{
	char *words = arena_dup(s->m->a, sheet_word(s, accord));
	if (*words >= 'a' && *words <= 'z')
		*words = (char)(*words - 32);
	sheet_printf(s, "\n## %zu. %s", number, words);
}

static void say_strength(struct sheet *s, const struct lesson *l)
{
	note_strength(s, l, text_or(val_get(model_doc(s->m, l), "confiance"), "globale", "non_evaluee"));
	if (*l->facts.maturity) {
		sheet_put(s, " ; maturité : ");
		sheet_text(s, sheet_word(s, l->facts.maturity));
	}
	sheet_put(s, "\n");
}

static void say_group(struct sheet *s, size_t number, const struct group *g, const struct choice *c)
{
	say_heading(s, number, g->accord);
	sheet_put(s, "\n\nPour : ");
	sheet_codes(s, &g->for_);
	sheet_put(s, ". Nuancent : ");
	sheet_codes(s, &g->qualify);
	sheet_put(s, ". Contredisent : ");
	sheet_codes(s, &g->against);
	sheet_printf(s, ". Objections ouvertes : %zu.\n\n", g->objections);
	for (size_t i = 0; i < c->n; i++) {
		note_say(s, &c->at[i]);
		if (i + 1 == c->statements)
			for (size_t j = 0; j < c->statements; j++)
				say_strength(s, &s->m->lessons.at[g->core.at[j]]);
	}
	if (c->bare)
		sheet_put(s, "- Aucune condition ni limite n'est déclarée.\n");
	if (c->more_statements || c->more_dissent || c->more_conditions)
		sheet_printf(s, "- Non montrés ici : %zu énoncés, %zu nuances ou contradictions, %zu conditions ou limites.\n",
			     c->more_statements, c->more_dissent, c->more_conditions);
}

static void say_rest(struct sheet *s, const struct ranked *rest, size_t n)
{
	size_t left[ACCORDS] = { 0 };
	bool any = false;
	sheet_put(s, "\n## Ce qui n'est pas montré\n\n");
	if (!n) {
		sheet_put(s, "Toutes les grappes de ce public sont montrées.\n");
		return;
	}
	for (size_t i = 0; i < n; i++)
		left[rest[i].rank]++;
	sheet_put(s, "Grappes de ce public qui n'ont pas tenu en deux pages : ");
	for (size_t i = 0; i < ACCORDS; i++)
		if (left[i]) {
			sheet_printf(s, "%s%s : %zu", any ? ", " : "", sheet_word(s, accords[i]), left[i]);
			any = true;
		}
	sheet_put(s, ". Leurs fiches sont dans convergences/ et enseignements/.\n");
}

void out_note(const struct part *p)
{
	const struct model *m = p->m;
	struct sheet s = sheet_of(p);
	struct ranked *all = arena_array(m->a, p->own->groups.n, sizeof *all);
	size_t n = p->own->groups.n, used = 0, i = 0;
	if (!n)
		return; /* only public/notes/ has something for them */
	for (size_t j = 0; j < n; j++) {
		const struct group *g = &m->groups.at[p->own->groups.at[j]];
		all[j] = (struct ranked){ g, rank(g), g->for_.n };
	}
	sheet_put(&s, "# Note en deux pages : ");
	sheet_text(&s, sheet_word(&s, p->key));
	sheet_printf(&s, "\n\nArrêté au %s. Pour le réseau : ce qui peut en sortir est dans public/. Le programme choisit, compte et "
			 "cite ; l'accord est une proposition calculée.\n", m->as_of);
	for (; i < n; i++) {
		broadest_to_front(all + i, n - i);
		struct choice c = choose(m, all[i].group);
		used += height(m, all[i].group, &c);
		if (used > NOTE_PAGES)
			break;
		say_group(&s, i + 1, all[i].group, &c);
	}
	say_rest(&s, all + i, n - i);
	sheet_end(&s);
}
