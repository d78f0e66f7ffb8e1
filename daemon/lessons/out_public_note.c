/* out_public_note.c -- public/notes/<public>: what may be handed to one audience outside the network, on two pages at most.
 *
 * The notes of the network (out_note.c) count who agrees, and each collective counts, whatever it lets out. Here nothing may
 * tell of a lesson that is not public, its agreement included: so this note proposes no agreement, groups nothing and counts
 * nobody. It quotes the public lessons for the audience, the ones validated last first, each with what qualifies or
 * contradicts it in public and its conditions (so many of each at most), its limits and its licence; and says that the
 * network may know more.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/note.h"
#include "lessons/public.h"

#define DISSENT_MAX 3
#define CONDITIONS_MAX 3

struct lines {
	struct told at[1 + DISSENT_MAX + CONDITIONS_MAX + 1];
	size_t n;
};

static int latest_first(const void *x, const void *y)
{
	const struct lesson *p = *(const struct lesson *const *)x, *q = *(const struct lesson *const *)y;
	int c = strcmp(text_or(q->pub, "valide_le", ""), text_or(p->pub, "valide_le", ""));
	return c ? c : strcmp(p->id, q->id);
}

static void tell(struct lines *all, struct arena *a, const char *before, const struct val *pub, const char *field, const char *text)
{
	if (text && *text)
		all->at[all->n++] = note_told(a, before, pub, field, text);
}

/* What says against it: the link and the lesson at its other end have to be public, too. */
static void tell_dissent(struct lines *all, const struct part *p, const struct lesson *l)
{
	const struct model *m = p->m;
	size_t told = 0;
	for (size_t i = 0; i < p->own->links.n && told < DISSENT_MAX; i++) {
		const struct link *k = &m->links.at[p->own->links.at[i]];
		const struct lesson *from = &m->lessons.at[k->from], *to = &m->lessons.at[k->to];
		const struct lesson *other = to == l ? from : from == l && k->relation == REL_AGAINST ? to : NULL;
		if (!other || !other->pub || k->stale || k->relation < REL_QUALIFIES || !is_public(k->rec))
			continue;
		tell(all, m->a, k->relation == REL_AGAINST ? "- Contredit : " : "- Nuance : ", other->pub, "enonce",
		     val_text(other->pub, "enonce"));
		told++;
	}
}

static struct lines lines_of(const struct part *p, const struct lesson *l)
{
	struct arena *a = p->m->a;
	struct lines all = { .n = 0 };
	const struct val *list = val_get(l->pub, "conditions");
	tell(&all, a, NULL, l->pub, "enonce", val_text(l->pub, "enonce"));
	tell_dissent(&all, p, l);
	for (size_t i = 0; i < items(list) && i < CONDITIONS_MAX; i++)
		tell(&all, a, "- Condition : ", l->pub, arena_printf(a, "conditions/%s/texte", text_or(list->list.at[i], "id", "?")),
		     val_text(list->list.at[i], "texte"));
	tell(&all, a, "- Limite : ", l->pub, "limites", val_text(l->pub, "limites"));
	return all;
}

static size_t height(const struct model *m, const struct lesson *l, const struct lines *all)
{
	size_t n = 24 + note_lines(note_width(supports_count(m->a, model_doc(m, l), NULL)) + 1500);
	for (size_t i = 0; i < all->n; i++) {
		const struct told *t = &all->at[i];
		n += note_lines(note_width(t->quote.text) + 8 * strlen(quote_reference(m->a, &t->quote)) + (t->open ? 350 : 200));
	}
	return n;
}

static void say_lesson(struct sheet *s, size_t number, const struct lesson *l, const struct lines *all)
{
	struct names who = { 0 };
	names_add(s->m->a, &who, l->collective);
	sheet_printf(s, "\n## %zu. ", number);
	sheet_codes(s, &who);
	sheet_put(s, "\n\n");
	for (size_t i = 0; i < all->n; i++)
		note_say(s, &all->at[i]);
	note_strength(s, l, text_or(l->pub, "confiance", "non_evaluee"));
	sheet_put(s, " ; licence : ");
	sheet_text(s, text_or(l->pub, "licence", "—"));
	sheet_put(s, "\n");
}

void out_public_note(const struct part *p)
{
	const struct model *m = p->m;
	struct sheet s = sheet_of(p);
	const struct lesson **all = arena_array(m->a, p->own->lessons.n, sizeof *all);
	size_t n = p->own->lessons.n, used = 0, i = 0;
	if (!n)
		return;
	for (size_t j = 0; j < n; j++)
		all[j] = &m->lessons.at[p->own->lessons.at[j]];
	qsort(all, n, sizeof *all, latest_first);
	sheet_put(&s, "# Note en deux pages : ");
	sheet_text(&s, sheet_word(&s, p->key));
	sheet_printf(&s, "\n\nArrêté au %s. N'y est que ce qui peut être publié ; le réseau connaît peut-être d'autres enseignements, qui nuancent "
			 "ceux-ci ou les contredisent. Le programme choisit et cite.\n", m->as_of);
	for (; i < n; i++) {
		struct lines told = lines_of(p, all[i]);
		used += height(m, all[i], &told);
		if (used > NOTE_PAGES)
			break;
		say_lesson(&s, i + 1, all[i], &told);
	}
	sheet_put(&s, "\n## Ce qui n'est pas montré\n\n");
	if (i < n)
		sheet_printf(&s, "Enseignements publics qui n'ont pas tenu en deux pages : %zu. Ils sont dans public/enseignements/.\n", n - i);
	else
		sheet_put(&s, "Tous les enseignements publics de ce public sont montrés.\n");
	sheet_end(&s);
}
