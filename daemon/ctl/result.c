#include "ctl/result.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "schema/describe.h"

int err_faults(struct err *e, const struct faults *f)
{
	size_t i = 0;
	while (i < f->n && f->at[i].warning)
		i++;
	must(i < f->n);
	struct buf b = BUF_INIT;
	fault_print(&b, &f->at[i]);
	size_t more = f->errors - 1;
	int rc = more ? err_set(e, ERR_DATA, ngettext("%s (et %zu autre défaut ; « maillage check » les montre)",
						      "%s (et %zu autres défauts ; « maillage check » les montre)", more),
				buf_str(&b), more)
		      : err_set(e, ERR_DATA, "%s", buf_str(&b));
	buf_free(&b);
	return rc;
}

struct val *faults_val(struct arena *a, const struct faults *f)
{
	struct val *list = val_list(a);
	for (size_t i = 0; i < f->n; i++) {
		const struct fault *one = &f->at[i];
		struct val *v = val_map(a);
		put_str(a, v, "chemin", one->path);
		put_int(a, v, "ligne", one->line);
		put_int(a, v, "colonne", one->col);
		put_str(a, v, "champ", one->field);
		put_str(a, v, "titre", one->title);
		put_str(a, v, "code", one->code);
		put_str(a, v, "message", one->msg);
		val_set(a, v, "avertissement", val_bool(a, one->warning));
		val_push(a, list, v);
	}
	return list;
}

static const char *kinds_known(struct near *meant, struct arena *a, const struct schemas *set)
{
	const char *all = "";
	const struct schema *s;
	for (size_t i = 0; (s = schemas_at(set, i)); i++) {
		all = *all ? arena_printf(a, "%s, %s", all, s->kind) : s->kind;
		near_try(meant, s->kind);
	}
	return all;
}

int err_no_kind(struct err *e, struct arena *a, const struct schemas *set, const char *kind)
{
	struct near meant = { .typed = kind };
	const char *all = kinds_known(&meant, a, set);
	return meant.best ? err_set(e, ERR_DATA, _("« %s » n'est pas un genre de fiche ; vouliez-vous dire « %s » ? Les genres sont : %s"), kind, meant.best, all) :
			    err_set(e, ERR_DATA, _("« %s » n'est pas un genre de fiche ; les genres sont : %s"), kind, all);
}

int err_no_id(struct err *e, const char *id)
{
	return err_set(e, ERR_DATA, _("« %s » n'est pas un identifiant de fiche (comme ens-ara-k5w2h9tc) ; « maillage list » les montre"), id);
}

int err_no_field(struct err *e, const struct schema *s, const char *id, const char *field)
{
	const char *slash = strrchr(field, '/'), *key;
	int above = slash ? (int)(slash - field) : 0;
	char parent[512];
	const struct snode *place = s->root, *one;
	struct near meant = { .typed = slash ? slash + 1 : field };
	if (above && (snprintf(parent, sizeof parent, "%.*s", above, field) >= (int)sizeof parent || !schema_find(&place, NULL, s->root, NULL, parent)))
		place = NULL;
	for (size_t i = 0; place && (one = schema_field(&key, place, i)); i++)
		near_try(&meant, key);
	if (meant.best)
		err_set(e, ERR_NOTFOUND, _("il n'y a pas de champ « %s » dans une fiche « %s » ; vouliez-vous dire « %.*s%s » ?"), field, s->kind,
			above ? above + 1 : 0, field, meant.best);
	else
		err_set(e, ERR_NOTFOUND, _("il n'y a pas de champ « %s » dans une fiche « %s »"), field, s->kind);
	return id ? err_wrap(e, "%s", id) : ERR_NOTFOUND;
}

void put_str(struct arena *a, struct val *map, const char *key, const char *s)
{
	if (s)
		val_set(a, map, key, val_str(a, s));
}

void put_int(struct arena *a, struct val *map, const char *key, int64_t i)
{
	val_set(a, map, key, val_int(a, i));
}

void put_origin(struct arena *a, struct val *map, const struct origin *by)
{
	put_str(a, map, "par", by->par);
	put_str(a, map, "date", by->date);
	put_str(a, map, "commit", by->commit);
}

struct val *proposal_val(struct arena *a, const struct proposal *p, int64_t n)
{
	struct val *v = val_map(a);
	if (n)
		put_int(a, v, "n", n);
	put_str(a, v, "cle", p->cle);
	if (p->absent)
		val_set(a, v, "absent", val_bool(a, true));
	else if (p->present)
		val_set(a, v, "present", val_bool(a, true));
	else if (p->valeur)
		val_set(a, v, "valeur", val_copy(a, p->valeur));
	put_origin(a, v, &p->by);
	return v;
}

struct val *diff_val(struct arena *a, const char *id, const struct diff *d)
{
	static const char *const degrees[] = { [DEG_DUR] = "dur", [DEG_A_RELIRE] = "a_relire", [DEG_TRANCHE] = "tranche" };
	struct val *v = val_map(a), *list = val_list(a);
	put_str(a, v, "id", id);
	put_str(a, v, "champ", d->champ);
	put_str(a, v, "degre", degrees[d->degre]);
	put_str(a, v, "regle", d->regle);
	if (d->base)
		val_set(a, v, "base", val_copy(a, d->base));
	for (size_t i = 0; i < d->n; i++)
		val_push(a, list, proposal_val(a, &d->at[i], (int64_t)i + 1));
	val_set(a, v, "propositions", list);
	return v;
}
