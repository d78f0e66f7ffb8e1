/* mergefile.c -- `maillage merge-file`: three files in, one record and its differences out; no repository needed. */
#include <string.h>

#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "merge/merge.h"

/* What --schema's file describes: the kind of files that name none, so that any YAML file merges by a schema written for it. */
static const struct schema *kind_of(const struct schemas *set, const char *schema_file)
{
	const char *slash = schema_file ? strrchr(schema_file, '/') : NULL, *name = slash ? slash + 1 : schema_file;
	const struct schema *s;
	for (size_t i = 0; name && (s = schemas_at(set, i)); i++)
		if (!strcmp(s->file, name))
			return s;
	return NULL;
}

static int read_side(struct merge_side *out, const struct schema **schema, struct arena *a, const struct schemas *set,
		     const struct schema *unnamed, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	if (!strcmp(path, "/dev/null"))
		return 0;
	int rc = fs_read(&text, path, YAML_MAX_BYTES, e);
	if (!rc) {
		struct record rec;
		struct faults faults = { 0 };
		record_load(&rec, &faults, a, set, path, NULL, NULL, text.at, text.n);
		if (rec.doc && unnamed && !val_get(rec.val, "schema")) {
			rec.schema = unnamed;
			rec.val = schema_type(a, unnamed->root, rec.val);
		}
		if (!rec.doc || !rec.schema)
			rc = err_faults(e, &faults);
		else if (*schema && *schema != rec.schema)
			rc = err_set(e, ERR_DATA, _("%s : fiche de genre %s, alors que l'autre est de genre %s"), path, rec.schema->kind,
				     (*schema)->kind);
		else {
			*schema = rec.schema;
			*out = (struct merge_side){ .doc = rec.doc, .val = rec.val };
		}
	}
	buf_free(&text);
	return rc;
}

int ctl_merge_file(struct file_merge *out, struct arena *a, const char *schema_file, const char *file_a, const char *base,
		   const char *file_b, struct err *e)
{
	struct schemas *set;
	struct merge_input in = { 0 };
	int rc = ctl_schemas(&set, a, ".", schema_file, e);
	const char *files[3] = { base, file_a, file_b };
	struct merge_side *sides[3] = { &in.o, &in.a, &in.b };
	for (int i = 0; !rc && i < 3; i++)
		rc = read_side(sides[i], &in.schema, a, set, kind_of(set, schema_file), files[i], e);
	if (!rc && !in.schema)
		rc = err_set(e, ERR_DATA, "%s", _("il n'y a aucune fiche à fusionner : les trois fichiers sont /dev/null"));
	struct merge_result m;
	if (!rc)
		rc = merge_record(&m, a, &in, e);
	if (rc)
		return rc;
	struct buf sidecar = BUF_INIT;
	rc = diffs_print(&sidecar, a, &m.diffs, e);
	if (!rc) {
		*out = (struct file_merge){ .text = m.text ? m.text : "", .n = m.n, .open = diffs_open(&m.diffs) };
		if (m.diffs.n) {
			out->sidecar = arena_dupn(a, sidecar.at, sidecar.n);
			out->sidecar_n = sidecar.n;
		}
	}
	buf_free(&sidecar);
	return rc;
}
