#include "lessons/uses.h"

#include <string.h>

#include "lessons/dates.h"
#include "lessons/reviews.h"
#include "lessons/supports.h"

/* The key is new: nothing is looked for. */
static void add(const struct model *m, struct val *doc, const char *key, struct val *v)
{
	val_insert(m->a, doc, doc->map.n, key, v);
}

static void put(const struct model *m, struct val *doc, const char *key, const char *text)
{
	if (text && *text)
		add(m, doc, key, val_str(m->a, text));
}

/* --- the uses --------------------------------------------------------------------------------------------- */

static struct val *use_doc(const struct model *m, const struct known *k, const struct pin *pin, const struct lesson *l)
{
	static const char *const texts[] = { "date", "usage", "issue", "recit", "effet_observe", "etat", "visibilite" };
	const struct val *tip = source_tip(k->rec);
	struct names actors = { 0 };
	struct val *doc = val_map(m->a);
	put(m, doc, "id", k->rec->id);
	put(m, doc, "collectif", k->source->code);
	put(m, doc, "commit", k->rec->commit);
	put(m, doc, "empreinte", k->rec->fingerprint);
	put(m, doc, "collectif_enseignement", l ? l->collective : NULL);
	put(m, doc, "enseignement", l ? l->id : NULL);
	put(m, doc, "version_lue", pin_state_code(pin_state(m, pin)));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		model_say(m, doc, texts[i], tip, texts[i]);
	if (val_text(tip, "par"))
		actors = actor_types(m, val_text(tip, "par"));
	add(m, doc, "acteurs", names_val(m->a, &actors));
	struct names nobody = { 0 };
	add(m, doc, "publics", names_val(m->a, l ? &l->facts.publics : &nobody));
	bool open = k->rec->open_difference || (l && l->rec->open_difference);
	add(m, doc, "en_discussion", val_bool(m->a, open));
	return doc;
}

static void find_uses(struct model *m)
{
	struct records records = records_of(m, "appropriation");
	for (size_t i = 0; i < records.n; i++) {
		const struct known *k = records.at[i];
		const struct val *lessons = val_get(source_tip(k->rec), "enseignements");
		for (size_t j = 0; is_shared(k->rec) && j < items(lessons); j++) {
			struct use one = { .id = k->rec->id, .collective = k->source->code, .lesson = NO_LESSON };
			struct pin pin;
			if (!pin_of(&pin, lessons->list.at[j]))
				continue;
			bool quoted = model_lesson(m, pin.ref, &one.lesson);
			one.doc = use_doc(m, k, &pin, quoted ? &m->lessons.at[one.lesson] : NULL);
			arena_push(m->a, &m->uses, one);
		}
	}
}

/* --- what they mean for the lessons ------------------------------------------------------------------------ */

static void take_link(const struct model *m, struct outcome *all, const struct link *l)
{
	const struct lesson *from = &m->lessons.at[l->from], *to = &m->lessons.at[l->to];
	if (l->stale || !strcmp(from->collective, to->collective))
		return;
	if (l->relation == REL_TRANSPOSES) {
		names_add(m->a, &all[l->to].tested_by, from->collective);
		names_add(m->a, &all[l->to].why, l->id);
	} else if (l->relation == REL_AGAINST) { /* as in groups.c, both sides are contradicted */
		names_add(m->a, &all[l->to].against, from->collective);
		names_add(m->a, &all[l->from].against, to->collective);
		names_add(m->a, &all[l->to].why, l->id);
		names_add(m->a, &all[l->from].why, l->id);
	}
}

static void take_use(const struct model *m, struct outcome *all, const struct use *u)
{
	if (u->lesson == NO_LESSON)
		return;
	struct outcome *o = &all[u->lesson];
	const struct val *issue = val_get(u->doc, "issue");
	bool taken = val_is_str(issue, "adopte") || val_is_str(issue, "adapte");
	names_add(m->a, &o->used_by, u->collective);
	names_add(m->a, &o->why, u->id);
	o->uses++;
	o->adopted += taken;
	o->set_aside += val_is_str(issue, "ecarte");
	o->taught += val_is_str(val_get(u->doc, "usage"), "formation");
	o->changed_practice |= taken && val_get(u->doc, "effet_observe");
}

static const char *proposed(const struct outcome *o, const char *declared)
{
	const char *says = o->against.n || o->set_aside ? "remis_en_cause"
			   : o->changed_practice	? "approprie"
			   : o->tested_by.n		? "eprouve_ailleurs"
							: "";
	bool behind = !strcmp(declared, "approprie") && !strcmp(says, "eprouve_ailleurs");
	return behind || !strcmp(says, declared) ? "" : says;
}

static void put_number(const struct model *m, struct val *doc, const char *key, size_t n)
{
	add(m, doc, key, val_int(m->a, (int64_t)n));
}

/* a validation is the owner's word; one for the network is the national team's, whoever else writes that scope */
static void judge(struct lesson *l, struct outcome *o, const struct reviews *about)
{
	const struct review_wish validated = { l->id, "validation", l->collective, "collectif", l->rec->fingerprint },
				 admitted = { l->id, "validation", NATIONAL, "national", l->rec->fingerprint };
	o->proposed = proposed(o, l->facts.maturity);
	o->validated = reviews_newest(about, &validated);
	o->admitted = reviews_newest(about, &admitted);
	o->measured = dates_between(&o->days, l->since, o->validated);
	l->became = o;
}

void uses_say(const struct model *m, struct val *doc, const struct outcome *o)
{
	struct val *v = val_map(m->a);
	add(m, v, "eprouve_par", names_val(m->a, &o->tested_by));
	add(m, v, "utilise_par", names_val(m->a, &o->used_by));
	add(m, v, "contredit_par", names_val(m->a, &o->against));
	add(m, v, "raisons", names_val(m->a, &o->why));
	put_number(m, v, "usages", o->uses);
	put_number(m, v, "adoptes", o->adopted);
	put_number(m, v, "ecartes", o->set_aside);
	put_number(m, v, "formations", o->taught);
	put(m, v, "maturite_proposee", o->proposed);
	put(m, v, "admis_le", o->admitted);
	add(m, doc, "devenir", v);
	put(m, doc, "valide_le", o->validated);
	if (o->measured)
		put_number(m, doc, "jours_validation", o->days);
}

void uses_build(struct model *m)
{
	struct outcome *all = arena_array(m->a, m->lessons.n, sizeof *all);
	find_uses(m);
	for (size_t i = 0; i < m->links.n; i++)
		take_link(m, all, &m->links.at[i]);
	for (size_t i = 0; i < m->uses.n; i++)
		take_use(m, all, &m->uses.at[i]);
	for (size_t i = 0, from = 0; i < m->lessons.n; i++) {
		struct reviews about = reviews_next(&from, m->reviews, m->lessons.at[i].id);
		judge(&m->lessons.at[i], &all[i], &about);
	}
}
