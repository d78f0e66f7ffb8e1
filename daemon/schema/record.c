/* Is this file an acceptable record? Asked with the same words by check, commit, merge and hub.
 *
 *   1. the profile: one fault, and nothing more can be said
 *   2. the kind, by `schema: enseignement/1`
 *   3. the schema, and what the claimed state asks
 *   4. who it is: id, kind, path and collective must tell one story
 * Steps 2 to 4 all run, so that one reading shows everything there is to mend.
 */
#include "record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GLUED_MAX 10 /* named one by one in a record */

struct loading {
	struct record *rec;
	struct faults *faults;
	size_t from; /* faults of this record begin here */
	struct arena *a;
	const char *where; /* for messages */
	const struct schemas *set;
	bool newer; /* it follows a newer version of its schema */
};

static void tell(struct loading *l, const char *field, const char *code, bool warning, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
static void tell(struct loading *l, const char *field, const char *code, bool warning, const char *fmt, ...)
{
	char msg[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	err_mend(msg);
	const struct val *at = *field ? val_get(l->rec->val, field) : NULL;
	if (!at)
		at = l->rec->val;
	const struct snode *s = l->rec->schema && *field ? schema_child(l->rec->schema->root, field) : schema_unknown();
	struct fault f = {
		.path = l->where,
		.line = at ? (int)at->line : 1,
		.col = at ? (int)at->col : 1,
		.field = field,
		.code = code,
		.msg = arena_dup(l->a, msg),
		.warning = warning,
		.title = !strcmp(i18n_lang(), "en") && s->title_en ? s->title_en : s->title_fr,
	};
	fault_add(l->faults, l->a, &f);
}

/* The identity rules say more about a field than the schema's pattern or `required` does: theirs replaces those. */
static void forget(struct loading *l, const char *field)
{
	size_t n = l->from;
	for (size_t i = l->from; i < l->faults->n; i++) {
		const struct fault *f = &l->faults->at[i];
		if (!f->warning && !strcmp(f->field, field))
			l->faults->errors--;
		else
			l->faults->at[n++] = *f;
	}
	l->faults->n = n;
}

static void find_kind(struct loading *l, const struct val *raw)
{
	const char *text = val_text(raw, "schema"), *slash = text ? strchr(text, '/') : NULL;
	char *end = NULL;
	if (!text) {
		tell(l, "schema", "schema", false,
		     _("la fiche ne dit pas son genre ; ajoutez une première ligne comme « schema: enseignement/1 »"));
		return;
	}
	long long version = slash ? strtoll(slash + 1, &end, 10) : 0;
	if (!slash || slash[1] < '1' || slash[1] > '9' || *end || end - slash > 9) {
		tell(l, "schema", "schema", false,
		     _("« %.100s » n'est pas un genre suivi de sa version, comme enseignement/1"), text);
		return;
	}
	l->rec->schema = schemas_kind(l->set, arena_dupn(l->a, text, (size_t)(slash - text)));
	if (!l->rec->schema)
		tell(l, "schema", "kind", false,
		     _("le genre « %.*s » n'est pas connu ici ; vérifiez son orthographe, ou mettez à jour le dossier schema/"),
		     (int)(slash - text < 100 ? slash - text : 100), text);
	else if ((l->newer = version > l->rec->schema->version))
		tell(l, "schema", "version", true,
		     _("la fiche suit une version du schéma (%lld) plus récente que celle d'ici (%lld) ; mettez à jour le dossier schema/"),
		     version, (long long)l->rec->schema->version);
}

static void check_schema(struct loading *l)
{
	schema_validate_newer(l->faults, l->a, l->rec->schema->root, l->rec->val, l->newer);
	schema_check_state(l->faults, l->a, l->rec->schema, l->rec->val);
	for (size_t i = l->from; i < l->faults->n; i++)
		l->faults->at[i].path = l->where;
}

/* A title cut at its hashtag is a valid record: only a word says so. */
static void check_glued(struct loading *l)
{
	struct yglued c = YGLUED_FIRST;
	for (size_t n = 0; n < GLUED_MAX && ydoc_next_glued(l->rec->doc, &c); n++) {
		struct fault f = {
			.path = l->where,
			.line = c.line,
			.col = c.col,
			.field = "",
			.code = "comment",
			.msg = arena_printf(l->a,
					    _("« %.*s » est lu comme un commentaire, et ne fait pas partie de la valeur ; si c'est du "
					      "texte, mettez toute la valeur entre guillemets (\"...\") ; sinon, laissez un espace après « # »"),
					    (int)(c.n < 60 ? c.n : 60), c.text),
			.warning = true,
		};
		err_mend((char *)f.msg);
		fault_add(l->faults, l->a, &f);
	}
}

/* --- identity ------------------------------------------------------------------------------------------------------ */

bool id_is_free(const struct schema *s)
{
	return !strcmp(s->kind, "concept") || !strcmp(s->kind, "cycle");
}

static bool check_id(struct loading *l)
{
	const struct record *r = l->rec;
	if (!r->id) {
		forget(l, "id");
		tell(l, "id", "id", false,
		     _("la fiche n'a pas d'identifiant ; donnez-lui un « id », ou créez-la avec « maillage new »"));
		return false;
	}
	if (!id_is_valid(r->id)) {
		forget(l, "id");
		tell(l, "id", "id", false,
		     _("« %.120s » n'est pas un identifiant ; attendu : %s-<collectif>-<8 signes>, en minuscules sans accent"),
		     r->id, r->schema ? r->schema->prefix : "ens");
		return false;
	}
	if (r->schema && strncmp(r->id, r->schema->prefix, 3) != 0) {
		forget(l, "id");
		tell(l, "id", "id", false,
		     _("l'identifiant « %s » ne va pas avec le genre %s ; il devrait commencer par « %s- »"), r->id,
		     r->schema->kind, r->schema->prefix);
		return false;
	}
	return true;
}

static void check_path(struct loading *l, const char *path)
{
	const char *expected = record_path(l->a, l->set, l->rec->id);
	if (expected && strcmp(path, expected) != 0)
		tell(l, "id", "path", false,
		     _("le fichier n'est pas à la place que demande son identifiant « %s » ; attendu : %s"), l->rec->id,
		     expected);
}

static void check_owner(struct loading *l, const char *owner)
{
	const struct record *r = l->rec;
	if (!r->collectif) {
		forget(l, "collectif");
		tell(l, "collectif", "owner", false,
		     owner ? _("la fiche ne dit pas à quel collectif elle appartient ; attendu ici : collectif: %s")
			   : _("la fiche ne dit pas à quel collectif elle appartient (champ collectif)%s"),
		     owner ? owner : "");
		return;
	}
	if (owner && strcmp(r->collectif, owner) != 0) {
		tell(l, "collectif", "owner", false,
		     _("cette fiche appartient au collectif « %.60s » ; ce dépôt n'accepte que celles de « %s »"),
		     r->collectif, owner);
		return;
	}
	if (!r->id || !r->schema || !id_is_valid(r->id) || strncmp(r->id, r->schema->prefix, 3) != 0 ||
	    id_is_free(r->schema))
		return;
	const char *second = r->id + 4;
	size_t n = strcspn(second, "-");
	if (strlen(r->collectif) != n || strncmp(second, r->collectif, n) != 0)
		tell(l, "id", "owner", false,
		     _("l'identifiant « %s » nomme le collectif « %.*s », mais la fiche appartient à « %.60s »"), r->id,
		     (int)n, second, r->collectif);
	else if (!*r->schema->folder && second[n])
		tell(l, "id", "id", false, _("l'identifiant d'un collectif est %s-%s, sans rien derrière"),
		     r->schema->prefix, r->collectif);
}

static void check_identity(struct loading *l, const char *path, const char *owner)
{
	bool id_ok = check_id(l);
	if (!path)
		return;
	if (id_ok)
		check_path(l, path);
	check_owner(l, owner);
	if (val_is_str(val_get(l->rec->val, "visibilite"), "prive"))
		tell(l, "visibilite", "private", false,
		     _("une fiche privée ne quitte pas cet ordinateur : elle n'est pas enregistrée dans l'historique ; "
		       "pour la partager, changez sa visibilité"));
}

/* ------------------------------------------------------------------------------------------------------------------- */

bool record_read(struct record *out, struct arena *a, const struct schemas *set, const char *name, const void *bytes, size_t n)
{
	struct ydoc *doc;
	struct yfault fault = { 0 };
	struct err e = { 0 };
	memset(out, 0, sizeof *out);
	if (ydoc_parse(&doc, a, name, bytes, n, &fault, &e))
		return false;
	out->doc = doc;
	out->val = ydoc_val(doc);
	const char *text = val_text(out->val, "schema"), *slash = text ? strchr(text, '/') : NULL;
	if (slash)
		out->schema = schemas_kind(set, arena_dupn(a, text, (size_t)(slash - text)));
	if (out->schema)
		out->val = schema_type(a, out->schema->root, out->val);
	out->id = val_text(out->val, "id");
	out->collectif = val_text(out->val, "collectif");
	return out->schema && out->id;
}

void record_load(struct record *out, struct faults *faults, struct arena *a, const struct schemas *set,
		 const char *name, const char *path, const char *owner, const void *bytes, size_t n)
{
	struct loading l = { out, faults, faults->n, a, arena_dup(a, name), set, false };
	struct yfault fault = { 0 };
	struct ydoc *doc;
	struct err e = { 0 };
	memset(out, 0, sizeof *out);
	int rc = ydoc_parse(&doc, a, name, bytes, n, &fault, &e);
	if (rc) {
		struct fault f = { .path = l.where,
				   .line = fault.line,
				   .col = fault.col,
				   .field = "",
				   .code = rc == ERR_LIMIT ? "limit" : "yaml",
				   .msg = arena_dup(a, fault.msg[0] ? fault.msg : e.msg) };
		fault_add(faults, a, &f);
		return;
	}
	const struct val *raw = ydoc_val(doc);
	out->doc = doc;
	out->val = raw;
	find_kind(&l, raw);
	if (out->schema)
		out->val = schema_type(a, out->schema->root, raw);
	out->id = val_text(out->val, "id");
	out->collectif = val_text(out->val, "collectif");
	if (out->schema)
		check_schema(&l);
	check_identity(&l, path, owner);
	check_glued(&l);
	faults_sort(faults, l.from);
}
