/* A folder of schemas becomes a set of kinds, or one error with file, line and column; never a half-loaded set.
 *
 * Files are read in the order of their names, so that the same folder gives the same set and the same first error
 * whatever the order it was listed in. A file without x-kind is shared text: others refer to it.
 */
#include "schemas.h"
#include "place.h"
#include "base/fsio.h"

#include <stdlib.h>
#include <string.h>

#define SUFFIX ".schema.yaml"
#define FOLDER "schema/"
/* Folders of a repository that no kind may take (DESIGN 2). */
static const char *const reserved[] = { "schema",   "conflits",	 "pieces", "prive",
					"aggregat", ".maillage", ".git",   ".vscode" };

static bool is_schema_file(const char *name)
{
	size_t n = strlen(name), m = strlen(SUFFIX);
	return n > m && !strcmp(name + n - m, SUFFIX) && !strchr(name, '/') && name[0] != '.';
}

static int load_doc(struct schemas *set, const char *prefix, const struct schema_file *f, struct err *e)
{
	struct doc *d = &set->docs.at[set->docs.n];
	d->file = arena_dup(set->a, f->name);
	d->name = arena_printf(set->a, "%s%s", prefix, f->name);
	struct ydoc *y;
	int rc = ydoc_parse(&y, set->a, d->name, f->bytes, f->n, NULL, e);
	if (rc == ERR_NOMEM)
		return rc;
	if (rc) {
		if (e)
			e->code = ERR_SCHEMA;
		return ERR_SCHEMA;
	}
	d->val = ydoc_val(y);
	set->docs.n++;
	const char *uri = arena_printf(set->a, "schema:///%s", d->file);
	rc = sub_compile(&d->root, set, d, uri, d->val, e);
	if (rc)
		return rc;
	struct resource r = { uri, d->root };
	arena_push(set->a, &set->resources, r);
	return 0;
}

/* --- kinds ------------------------------------------------------------------------------------------------------ */

static bool made_of(const char *s, const char *chars)
{
	return *s && !s[strspn(s, chars)];
}

static int read_kind(struct schema *k, const struct doc *d, const struct val *x, struct err *e)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz", name[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	k->kind = val_text(x, "name");
	k->prefix = val_text(x, "prefix");
	k->folder = val_text(x, "folder");
	k->file = d->file;
	if (!k->kind || !made_of(k->kind, name))
		return sub_fault(e, d, x, _("« x-kind » demande name : le nom du genre, en minuscules sans accent"));
	if (!k->prefix || strlen(k->prefix) != 3 || !made_of(k->prefix, lower))
		return sub_fault(e, d, x, _("« x-kind » demande prefix : trois lettres minuscules"));
	if (!k->folder || (*k->folder && !made_of(k->folder, name)))
		return sub_fault(e, d, x,
				 _("« x-kind » demande folder : le nom d'un dossier, ou \"\" pour un fichier unique"));
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (!strcmp(k->folder, reserved[i]))
			return sub_fault(e, d, x, _("le dossier « %s » est réservé ; choisissez-en un autre"),
					 k->folder);
	for (size_t i = 0; i < x->map.n; i++)
		if (strcmp(x->map.at[i].key, "name") != 0 && strcmp(x->map.at[i].key, "prefix") != 0 &&
		    strcmp(x->map.at[i].key, "folder") != 0)
			return sub_fault(e, d, x->map.at[i].val, _("« x-kind » ne connaît pas « %s »"),
					 x->map.at[i].key);
	const struct val *version = val_get(d->val, "x-version");
	if (!version || version->type != VAL_INT || version->i < 1)
		return sub_fault(e, d, version ? version : x,
				 _("un genre demande « x-version » : un nombre entier à partir de 1"));
	k->version = version->i;
	return 0;
}

static int add_kind(struct schemas *set, const struct doc *d, const struct val *x, struct err *e)
{
	struct schema *k = arena_new(set->a, struct schema);
	k->set = set;
	int rc = read_kind(k, d, x, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < set->kinds.n; i++) {
		const struct schema *o = set->kinds.at[i];
		if (!strcmp(o->kind, k->kind) || !strcmp(o->prefix, k->prefix) || !strcmp(o->folder, k->folder))
			return sub_fault(e, d, x,
					 _("« x-kind » : ce nom, ce préfixe ou ce dossier est déjà celui de %s"),
					 o->file);
	}
	struct snode *root;
	rc = place_build(&root, set, &d->root, 1, e);
	if (rc)
		return rc;
	root->part->head = arena_printf(set->a, "# yaml-language-server: $schema=%sschema/%s",
					*k->folder ? "../../" : "", k->file);
	k->root = root;
	arena_push(set->a, &set->kinds, k);
	return 0;
}

static int by_kind(const void *x, const void *y)
{
	return strcmp((*(struct schema *const *)x)->kind, (*(struct schema *const *)y)->kind);
}

/* x-ref must name kinds, or a spelling mistake would check nothing. */
static int check_refs(const struct schemas *set, struct err *e)
{
	for (size_t i = 0; i < set->subs.n; i++) {
		const struct check *c = sub_check(set->subs.at[i], KW_X_REF);
		for (size_t k = 0; c && c->arg->type == VAL_LIST && k < c->arg->list.n; k++) {
			const char *kind = c->arg->list.at[k]->str.at;
			if (strcmp(kind, "any") != 0 && !schemas_kind(set, kind))
				return sub_fault(e, set->subs.at[i]->doc, c->arg->list.at[k],
						 _("« x-ref » : le genre « %s » n'existe pas"), kind);
		}
	}
	return 0;
}

/* x-ref-where must name fields of these kinds, or it would warn about every record. */
static int check_where(struct schemas *set, const struct snode *s, const char *key, struct err *e)
{
	for (size_t i = 0; s->refs[i]; i++) {
		const struct schema *k = schemas_kind(set, s->refs[i]);
		if (k && schema_child(k->root, key) == schema_unknown())
			return sub_fault(e, s->part->subs[0]->doc, s->ref_where,
					 _("« x-ref-where » : le genre « %s » n'a pas de champ « %s »"), k->kind, key);
	}
	for (size_t i = 0; i < set->where.n; i++)
		if (!strcmp(set->where.at[i], key))
			return 0;
	arena_push(set->a, &set->where, key);
	return 0;
}

static int check_wheres(struct schemas *set, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; i < set->places.n; i++) {
		const struct snode *s = set->places.at[i];
		for (size_t k = 0; !rc && s->ref_where && k < s->ref_where->map.n; k++)
			rc = check_where(set, s, s->ref_where->map.at[k].key, e);
	}
	return rc;
}

static bool in_list(const char *const *list, const char *s)
{
	for (; list && *list; list++)
		if (!strcmp(*list, s))
			return true;
	return false;
}

/* x-required-from must name a state of the kind's etat. Each place is visited once a kind. */
static int check_states(const struct snode *s, const struct schema *k, unsigned stamp, struct err *e)
{
	struct snode_part *p = s->part;
	if (!p || p->seen == stamp)
		return 0;
	p->seen = stamp;
	const struct snode *etat = schema_child(k->root, "etat");
	if (s->required_from && !in_list(etat->order, s->required_from)) {
		const struct sub *at = p->subs[0];
		return sub_fault(
			e, at->doc, val_get(s->schema, "x-required-from"),
			_("« x-required-from: %s » : ce n'est pas un état du genre %s (x-order du champ etat)"),
			s->required_from, k->kind);
	}
	int rc = 0;
	for (size_t i = 0; !rc && i < p->n_props; i++)
		rc = check_states(p->props[i].place, k, stamp, e);
	for (size_t i = 0; !rc && i < p->n_patterns; i++)
		rc = check_states(p->patterns[i].place, k, stamp, e);
	if (!rc && p->extra)
		rc = check_states(p->extra, k, stamp, e);
	if (!rc && p->item)
		rc = check_states(p->item, k, stamp, e);
	return rc;
}

/* What all kinds share, vocabularies above all, changes with them: a record must not say it follows a version that its codes
 * are newer than. So a kind's version is at least that of every shared file. */
static void raise_versions(struct schemas *set)
{
	int64_t shared = 0;
	for (size_t i = 0; i < set->docs.n; i++) {
		const struct val *v = val_get(set->docs.at[i].val, "x-version");
		if (v && v->type == VAL_INT && v->i > shared && !val_get(set->docs.at[i].val, "x-kind"))
			shared = v->i;
	}
	for (size_t i = 0; i < set->kinds.n; i++)
		if (set->kinds.at[i]->version < shared)
			set->kinds.at[i]->version = shared;
}

/* alone: other kinds are not here, so what is said about them cannot be checked. */
static int load_kinds(struct schemas *set, bool alone, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < set->docs.n; i++) {
		const struct val *x = val_get(set->docs.at[i].val, "x-kind");
		if (x)
			rc = add_kind(set, &set->docs.at[i], x, e);
	}
	if (rc)
		return rc;
	if (!set->kinds.n)
		return err_set(e, ERR_SCHEMA,
			       _("le dossier des schémas ne contient aucun genre (aucun fichier *%s avec « x-kind »)"),
			       SUFFIX);
	qsort(set->kinds.at, set->kinds.n, sizeof *set->kinds.at, by_kind);
	raise_versions(set);
	place_find_ways(set);
	if (alone)
		return 0;
	rc = check_refs(set, e);
	if (!rc)
		rc = check_wheres(set, e);
	for (size_t i = 0; !rc && i < set->kinds.n; i++)
		rc = check_states(set->kinds.at[i]->root, set->kinds.at[i], (unsigned)i + 1, e);
	return rc;
}

/* --- loading ---------------------------------------------------------------------------------------------------- */

static int by_name(const void *x, const void *y)
{
	return strcmp((*(const struct schema_file *const *)x)->name, (*(const struct schema_file *const *)y)->name);
}

static int load_docs(struct schemas **out, struct arena *a, const char *prefix, const struct schema_file *files,
		     size_t n, struct err *e)
{
	struct schemas *set = arena_new(a, struct schemas);
	set->a = a;
	const struct schema_file **sorted = arena_array(a, n, sizeof *sorted);
	size_t m = 0;
	for (size_t i = 0; i < n; i++)
		if (is_schema_file(files[i].name))
			sorted[m++] = &files[i];
	if (m > SCHEMA_MAX_FILES)
		return err_set(e, ERR_SCHEMA, _("le dossier des schémas contient %zu fichiers ; la limite est de %d"),
			       m, SCHEMA_MAX_FILES);
	if (m)
		qsort(sorted, m, sizeof *sorted, by_name);
	set->docs.cap = m;
	set->docs.at = arena_array(a, m, sizeof *set->docs.at); /* never moves: schemas point to their file */
	int rc = 0;
	for (size_t i = 0; !rc && i < m; i++)
		rc = load_doc(set, prefix, sorted[i], e);
	if (!rc)
		rc = sub_link(set, e);
	if (!rc)
		*out = set;
	return rc;
}

static int load(struct schemas **out, struct arena *a, const char *prefix, const struct schema_file *files, size_t n,
		bool alone, struct err *e)
{
	struct schemas *set;
	int rc = load_docs(&set, a, prefix, files, n, e);
	if (!rc)
		rc = load_kinds(set, alone, e);
	if (!rc)
		*out = set;
	return rc;
}

int schemas_load(struct schemas **out, struct arena *a, const struct schema_file *files, size_t n, struct err *e)
{
	return load(out, a, FOLDER, files, n, false, e);
}

int schemas__load_one(const struct snode **root, struct arena *a, const char *name, const void *bytes, size_t n,
		      struct err *e)
{
	struct schema_file f = { name, bytes, n };
	struct schemas *set;
	struct snode *s;
	int rc = load_docs(&set, a, "", &f, 1, e);
	if (!rc)
		rc = set->docs.n ? place_build(&s, set, &set->docs.at[0].root, 1, e)
				 : err_set(e, ERR_SCHEMA, _("%s : le nom d'un schéma finit par %s"), name, SUFFIX);
	if (!rc)
		*root = s;
	return rc;
}

static int read_file(struct schema_file *out, struct arena *a, const char *dir, const char *name, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = fs_read(&b, arena_printf(a, "%s/%s", dir, name), YAML_MAX_BYTES, e);
	if (!rc)
		*out = (struct schema_file){ arena_dup(a, name), arena_dupn(a, buf_str(&b), b.n), b.n };
	buf_free(&b);
	return rc;
}

static int read_files(struct schema_file **out, size_t *n, struct arena *a, const char *dir,
		      const struct fs_names *names, struct err *e)
{
	struct schema_file *files = arena_array(a, names->n, sizeof *files);
	int rc = 0;
	*n = 0;
	for (size_t i = 0; !rc && i < names->n; i++)
		if (is_schema_file(names->at[i]) && !(rc = read_file(&files[*n], a, dir, names->at[i], e)))
			++*n;
	if (!rc)
		*out = files;
	return rc;
}

int schemas_load_dir(struct schemas **out, struct arena *a, const char *dir, struct err *e)
{
	struct fs_names names = { 0 };
	struct schema_file *files;
	size_t n;
	int rc = fs_list(&names, dir, e);
	if (rc)
		return rc;
	if (names.n > 16 * SCHEMA_MAX_FILES)
		rc = err_set(e, ERR_SCHEMA, _("le dossier %s contient trop de fichiers"), dir);
	if (!rc)
		rc = read_files(&files, &n, a, dir, &names, e);
	fs_names_free(&names);
	return rc ? rc : load(out, a, arena_printf(a, "%s/", dir), files, n, false, e);
}

struct names {
	const char **at;
	size_t n, cap;
};

static void add_name(struct names *l, struct arena *a, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->at[i], name))
			return;
	arena_push(a, l, name);
}

/* Every file that the text names, in a $ref or anywhere: one too many does no harm. */
static void named_files(struct names *l, struct arena *a, const struct schema_file *f)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	const char *end = f->bytes + f->n, *p = f->bytes, *hit;
	while ((hit = memmem(p, (size_t)(end - p), SUFFIX, strlen(SUFFIX)))) {
		const char *from = hit;
		while (from > f->bytes && strchr(chars, from[-1]))
			from--;
		p = hit + strlen(SUFFIX);
		const char *name = arena_dupn(a, from, (size_t)(p - from));
		if (is_schema_file(name))
			add_name(l, a, name);
	}
}

/* Labels are for people, and half of what a vocabulary holds: a block `x-labels:` goes, with the lines that stand deeper. (Nothing
 * else than speed rests on it: a file that does not read without them is read whole.) */
static void drop_labels(struct schema_file *f, struct arena *a)
{
	char *out = arena_alloc(a, f->n + 1);
	size_t n = 0, deeper = 0;
	for (const char *p = f->bytes, *end = p + f->n, *nl; p < end; p = nl) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl ? nl + 1 : end;
		size_t indent = strspn(p, " "), rest = (size_t)(nl - p) - indent;
		if (deeper && (indent >= deeper || rest <= 1))
			continue;
		deeper = rest >= 10 && !strncmp(p + indent, "x-labels:\n", 10) ? indent + 1 : 0;
		if (deeper)
			continue;
		memcpy(out + n, p, (size_t)(nl - p));
		n += (size_t)(nl - p);
	}
	f->bytes = out;
	f->n = n;
}

int schemas_load_kind(struct schemas **out, struct arena *a, const char *dir, const char *kind, struct err *e)
{
	struct names names = { 0 };
	struct schema_file files[SCHEMA_MAX_FILES];
	struct schemas *set;
	size_t n = 0;
	add_name(&names, a, arena_printf(a, "%s" SUFFIX, kind));
	bool found = is_schema_file(names.at[0]);
	for (size_t i = 0; found && i < names.n && n < SCHEMA_MAX_FILES; i++) {
		if (!read_file(&files[n], a, dir, names.at[i], NULL))
			named_files(&names, a, &files[n++]);
		else
			found = i > 0; /* named in a comment, perhaps; linking says when it was needed */
	}
	for (size_t i = 0; i < n; i++)
		drop_labels(&files[i], a);
	if (found && !load(&set, a, arena_printf(a, "%s/", dir), files, n, true, NULL) && schemas_kind(set, kind)) {
		*out = set;
		return 0;
	}
	return schemas_load_dir(out, a, dir, e); /* kinds under other names; or it says what is wrong */
}

/* --- looking up --------------------------------------------------------------------------------------------------- */

const struct schema *schemas_kind(const struct schemas *s, const char *kind)
{
	for (size_t i = 0; i < s->kinds.n; i++)
		if (!strcmp(s->kinds.at[i]->kind, kind))
			return s->kinds.at[i];
	return NULL;
}

const struct schema *schemas_by_prefix(const struct schemas *s, const char *prefix)
{
	for (size_t i = 0; i < s->kinds.n; i++)
		if (!strcmp(s->kinds.at[i]->prefix, prefix))
			return s->kinds.at[i];
	return NULL;
}

const struct schema *schemas_by_folder(const struct schemas *s, const char *folder)
{
	for (size_t i = 0; i < s->kinds.n; i++)
		if (*folder && !strcmp(s->kinds.at[i]->folder, folder))
			return s->kinds.at[i];
	return NULL;
}

const struct schema *schemas_at(const struct schemas *s, size_t i)
{
	return i < s->kinds.n ? s->kinds.at[i] : NULL;
}

bool schemas_count(const struct schemas *s)
{
	for (size_t i = 0; i < s->places.n; i++)
		if (s->places.at[i]->rule == RULE_COUNTER)
			return true;
	return false;
}
