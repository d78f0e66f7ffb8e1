/* lookup.c -- where does this sentence come from: a reference resolved against trace.csv.
 *
 * Fields that no output quotes as a sentence (mecanisme, say) are still in enseignements.jsonl, so they resolve there.
 */
#include <string.h>

#include "lessons/open.h"
#include "lessons/outputs.h"

struct wanted {
	const char *id, *field, *commit; /* field, commit NULL: any; commit may be a prefix */
};

static bool is_id(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s) && strlen(s) > 4 && s[3] == '-';
}

/* "[ARA ens-... @9c41f4f8 enonce]", in any part of it that has the id. */
static bool read_reference(struct wanted *out, struct arena *a, const char *ref)
{
	char *words = arena_dup(a, ref), *save = NULL;
	*out = (struct wanted){ 0 };
	for (char *w = strtok_r(words, " \t\n[]", &save); w; w = strtok_r(NULL, " \t\n[]", &save)) {
		if (*w == '@' && w[1] && !out->commit)
			out->commit = w + 1;
		else if (!out->id && is_id(w))
			out->id = w;
		else if (out->id && !out->field)
			out->field = w;
		else if (out->id || strspn(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(w))
			return false;
	}
	return out->id != NULL;
}

static bool is_wanted(const struct wanted *w, const char *id, const char *field, const char *commit)
{
	return !strcmp(w->id, id) && (!w->field || !strcmp(w->field, field)) &&
	       (!w->commit || !strncmp(w->commit, commit, strlen(w->commit)));
}

/* The text at "limites" or "conditions/c1/texte" (items by their id); NULL: none there. */
static const char *text_at(struct arena *a, const struct val *v, const char *field)
{
	for (const char *p = field; v && *p;) {
		size_t n = strcspn(p, "/");
		const char *key = arena_dupn(a, p, n);
		const struct val *next = val_get(v, key);
		for (size_t i = 0; !next && i < items(v); i++)
			if (val_is_str(val_get(v->list.at[i], "id"), key))
				next = v->list.at[i];
		v = next;
		p += n + (p[n] == '/');
	}
	return v && v->type == VAL_STR ? v->str.at : NULL;
}

static struct val *sentence(struct arena *a, const char *reference, const struct quote *q)
{
	const char *const cells[][2] = {
		{ "reference", reference }, { "collectif", q->collective },  { "id", q->id },
		{ "champ", q->field },	    { "commit", q->commit },	     { "empreinte", q->fingerprint },
		{ "etat", q->state },	    { "visibilite", q->visibility }, { "texte", q->text }
	};
	struct val *v = val_map(a);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		val_set(a, v, cells[i][0], val_str(a, cells[i][1]));
	val_set(a, v, "sorties", val_list(a));
	return v;
}

static void from_trace(struct val *list, struct arena *a, const struct csv_table *t, const struct wanted *w)
{
	static const char *const keys[] = { "reference", "collectif", "id",	    "champ", "commit",
					    "empreinte", "etat",      "visibilite", "texte" };
	for (size_t i = 0; i < t->n; i++) {
		if (!is_wanted(w, csv_get(t, i, "id"), csv_get(t, i, "champ"), csv_get(t, i, "commit")))
			continue;
		struct val *v = NULL;
		for (size_t j = 0; j < list->list.n && !v; j++)
			if (val_is_str(val_get(list->list.at[j], "champ"), csv_get(t, i, "champ")))
				v = list->list.at[j];
		if (!v) {
			v = val_map(a);
			for (size_t j = 0; j < sizeof keys / sizeof *keys; j++)
				val_set(a, v, keys[j], val_str(a, csv_get(t, i, keys[j])));
			val_set(a, v, "sorties", val_list(a));
			val_push(a, list, v);
		}
		struct val *where = val_get(v, "sorties");
		struct val *place =
			val_str(a, arena_printf(a, "%s#%s", csv_get(t, i, "sortie"), csv_get(t, i, "ancre")));
		bool known = false;
		for (size_t j = 0; j < where->list.n && !known; j++)
			known = val_equal(where->list.at[j], place);
		if (!known)
			val_push(a, where, place);
	}
}

int lessons_trace(struct val **out, struct arena *a, const struct lessons *l, const char *ref, struct err *e)
{
	struct wanted w;
	if (!read_reference(&w, a, ref))
		return err_set(e, ERR_USAGE,
			       _("« %s » n'est pas une référence ; écrivez par exemple « ens-ara-k5w2h9tc enonce »"),
			       ref);
	struct val *list = val_list(a);
	from_trace(list, a, &l->trace, &w);
	const struct val *doc = opened_doc(l, w.id);
	const char *text = w.field && !list->list.n ? text_at(a, doc, w.field) : NULL;
	if (text && is_wanted(&w, w.id, w.field, text_or(doc, "commit", ""))) {
		struct quote q = quote_of(doc, w.field, text);
		struct val *v = sentence(a, quote_reference(a, &q), &q);
		val_push(a, val_get(v, "sorties"),
			 val_str(a, arena_printf(a, "%s#%s", output_name(OUT_LESSONS_JSONL), w.id)));
		val_push(a, list, v);
	}
	if (!list->list.n)
		return err_set(e, ERR_NOTFOUND,
			       _("« %s » n'est citée dans aucune sortie de l'agrégation ; la fiche n'est peut-être "
				 "plus partagée, ou citée dans une autre version"),
			       ref);
	*out = list;
	return 0;
}
