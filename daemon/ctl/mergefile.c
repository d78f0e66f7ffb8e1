/* mergefile.c -- `maillage merge-file`: three files in, one record and its differences out; no repository needed.
 *
 * All three are parsed first: what they say of their kind decides which schema is loaded. None is judged by it, for two faulty
 * records merge as well as two good ones.
 */
#include "mergefile.h"

#include <string.h>

#include "base/fsio.h"
#include "ctl/ctl.h"

static int read_doc(struct ydoc **out, struct arena *a, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	if (!strcmp(path, "/dev/null"))
		return 0;
	int rc = fs_read(&text, path, YAML_MAX_BYTES, e);
	if (!rc)
		rc = ydoc_parse(out, a, path, buf_str(&text), text.n, NULL, e);
	buf_free(&text);
	return rc;
}

/* "enseignement" of `schema: enseignement/1`; NULL: it names none. */
static const char *kind_named(struct arena *a, const struct ydoc *doc)
{
	const char *text = doc ? val_text(ydoc_val(doc), "schema") : NULL;
	return text ? arena_dupn(a, text, strcspn(text, "/")) : NULL;
}

/* What --schema's file describes: the kind of files that name none, so that any YAML file merges by a schema written for it. */
static const struct schema *kind_of_file(const struct schemas *set, const char *schema_file)
{
	const char *slash = schema_file ? strrchr(schema_file, '/') : NULL, *name = slash ? slash + 1 : schema_file;
	const struct schema *s;
	for (size_t i = 0; name && (s = schemas_at(set, i)); i++)
		if (!strcmp(s->file, name))
			return s;
	return NULL;
}

static int find_schema(const struct schema **out, struct arena *a, const struct three_files *in, const char *path, const char *kind,
		       struct err *e)
{
	struct schemas *set;
	if (!kind && !in->schema_file)
		return err_set(e, ERR_DATA,
			       _("%s : la fiche ne dit pas son genre ; ajoutez une première ligne comme « schema: enseignement/1 »"), path);
	int rc = in->schema_file ? ctl_schemas(&set, a, ".", in->schema_file, e) :
				   schemas_load_kind(&set, a, ctl_schema_dir(a, "."), kind, e);
	if (rc)
		return rc;
	*out = kind ? schemas_kind(set, kind) : kind_of_file(set, in->schema_file);
	return *out ? 0 :
		      err_set(e, ERR_DATA,
			      _("%s : le genre « %.100s » n'est pas connu ici ; vérifiez son orthographe, ou mettez à jour le dossier schema/"),
			      path, kind ? kind : "");
}

int merge_three(struct merge_result *out, struct arena *a, const struct three_files *in, struct err *e)
{
	const char *files[3] = { in->base, in->a, in->b }, *kind = NULL, *path = NULL;
	struct ydoc *docs[3] = { NULL, NULL, NULL };
	struct merge_input m = { 0 };
	struct merge_side *sides[3] = { &m.o, &m.a, &m.b };
	int rc = 0;
	for (int i = 0; !rc && i < 3; i++) {
		if ((rc = read_doc(&docs[i], a, files[i], e)) || !docs[i])
			continue;
		const char *this = kind_named(a, docs[i]);
		if (kind && this && strcmp(kind, this))
			rc = err_set(e, ERR_DATA, _("%s : fiche de genre %s, alors que l'autre est de genre %s"), files[i], this, kind);
		path = files[i];
		kind = kind ? kind : this;
	}
	if (!rc && !path)
		rc = err_set(e, ERR_DATA, "%s", _("il n'y a aucune fiche à fusionner : les trois fichiers sont /dev/null"));
	if (rc || (rc = find_schema(&m.schema, a, in, path, kind, e)))
		return rc;
	for (int i = 0; i < 3; i++)
		if (docs[i])
			*sides[i] = (struct merge_side){ .doc = docs[i], .val = schema_type(a, m.schema->root, ydoc_val(docs[i])) };
	m.a.diffs = in->a_diffs;
	return merge_record(out, a, &m, e);
}

int diffs_text(const char **text, size_t *n, struct arena *a, const struct diffs *d, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = diffs_print(&b, a, d, e);
	if (!rc) {
		*text = d->n ? arena_dupn(a, b.at, b.n) : NULL;
		*n = b.n;
	}
	buf_free(&b);
	return rc;
}

int ctl_merge_file(struct file_merge *out, struct arena *a, const char *schema_file, const char *file_a, const char *base,
		   const char *file_b, struct err *e)
{
	struct three_files in = { base, file_a, file_b, schema_file, NULL };
	struct merge_result m;
	struct file_merge f = { 0 };
	int rc = merge_three(&m, a, &in, e);
	if (rc || (rc = diffs_text(&f.sidecar, &f.sidecar_n, a, &m.diffs, e)))
		return rc;
	f.text = m.text ? m.text : "";
	f.n = m.n;
	f.open = diffs_open(&m.diffs);
	*out = f;
	return 0;
}
