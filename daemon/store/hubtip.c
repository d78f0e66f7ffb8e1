/* hubtip.c -- the third pass of the hub's check: each path that the push changes, as it stands at the end of it.
 */
#include "hubcheck_int.h"

#include <stdio.h>
#include <string.h>

#include "giterr.h"
#include "merge/diffs.h"
#include "schema/record.h"
#include "wt.h"

static bool is_produced(const struct hubcheck *h, const char *path, const struct oid *blob)
{
	for (size_t i = 0; i < h->produced.n; i++)
		if (oid_equal(&h->produced.at[i].blob, blob) && !strcmp(h->produced.at[i].path, path))
			return true;
	return false;
}

static int check_record(struct hubcheck *h, const char *path, const struct oid *old, const struct oid *blob)
{
	struct record rec;
	struct faults f = { 0 };
	const char *bytes, *before;
	size_t n, m;
	int rc = repo_read_blob(&bytes, &n, h->a, h->r, blob, h->e);
	if (rc)
		return rc;
	record_load(&rec, &f, h->a, h->set, path, path, repo_collective(h->hub), bytes, n);
	for (size_t i = 0; i < f.n; i++)
		if (!f.at[i].warning)
			fault_add(h->out, h->a, &f.at[i]);
	if (f.errors || !oid_is(old))
		return 0;
	if (!(rc = repo_read_blob(&before, &m, h->a, h->r, old, h->e)))
		wt_immutable_faults(h->out, h->a, h->set, path, &rec, before, m);
	return rc;
}

/* A sidecar at another version; what cannot be read lists nothing. */
static int read_sidecar(struct diffs *out, struct hubcheck *h, const char *path, const struct oid *blob)
{
	const char *bytes;
	size_t n;
	*out = (struct diffs){ 0 };
	if (!oid_is(blob))
		return 0;
	int rc = repo_read_blob(&bytes, &n, h->a, h->r, blob, h->e);
	if (!rc && diffs_parse(out, h->a, path, bytes, n, NULL) < 0)
		*out = (struct diffs){ 0 };
	return rc;
}

static int check_proposals(struct hubcheck *h, const char *path, const char *id, const struct diffs *now, const struct oid *old)
{
	struct diffs before, merged;
	const char *why;
	int rc = read_sidecar(&before, h, path, old);
	/* what a merge of this push put there, and an ordinary commit on top left in part */
	for (size_t i = 0; !rc && i < h->produced.n; i++) {
		if (strcmp(h->produced.at[i].path, path) || (rc = read_sidecar(&merged, h, path, &h->produced.at[i].blob)))
			continue;
		for (size_t k = 0; k < merged.n; k++)
			arena_push(h->a, &before, merged.at[k]);
	}
	if (!rc && !h->proposals) {
		h->proposals = arena_new(h->a, struct proposals);
		rc = proposals_init(h->proposals, h->a, h->r, h->set, &h->u->to, h->e);
	}
	if (!rc && !(rc = proposals_fault(&why, h->proposals, id, now, &before, h->e)) && why)
		hubcheck__refuse(h, path, 0, "", "proposal", why);
	return rc;
}

static int check_sidecar(struct hubcheck *h, const char *path, const struct oid *old, const struct oid *blob)
{
	const char *bytes, *id = wt_id_of_path(h->a, path), *expected = record_sidecar_path(h->a, id);
	size_t n;
	struct diffs d;
	struct err why = { 0 };
	int rc = repo_read_blob(&bytes, &n, h->a, h->r, blob, h->e);
	if (rc)
		return rc;
	if (diffs_parse(&d, h->a, path, bytes, n, &why) < 0) {
		int line = 0;
		const char *msg = why.msg; /* "path:line:col: message" */
		size_t k = strlen(path);
		if (!strncmp(msg, path, k) && sscanf(msg + k, ":%d", &line) == 1 && strstr(msg, ": "))
			msg = strstr(msg, ": ") + 2;
		hubcheck__refuse(h, path, line, "", "sidecar", arena_dup(h->a, msg));
	} else if (!expected || strcmp(expected, path) || (d.id && strcmp(d.id, id))) {
		hubcheck__refuse(h, path, 1, "id", "sidecar",
		       _("le nom de ce fichier de différences n'est pas celui de sa fiche ; rétablissez-le"));
	} else {
		return check_proposals(h, path, id, &d, old);
	}
	return 0;
}

/* Is this folder object the schema folder of some version of national.git? *back: only of one that is older than what `was` is. */
static int known_to_national(bool *out, bool *back, struct hubcheck *h, const git_oid *folder, const struct tentry *was)
{
	git_revwalk *walk;
	git_oid oid;
	struct objs s;
	objs_init(&s, h->national, NULL);
	*out = *back = false;
	int rc = git_revwalk_new(&walk, h->national->git);
	if (rc < 0)
		return giterr(h->e, rc, "%s", h->national->gitdir);
	if (git_revwalk_push_ref(walk, MAIN_REF) < 0) { /* nothing there yet */
		git_revwalk_free(walk);
		return 0;
	}
	while (!rc && !*out && git_revwalk_next(&oid, walk) == 0) {
		git_oid tree;
		struct tentry at;
		if (!(rc = objs_tree_of(&tree, &s, &oid, h->e)) && !(rc = objs_lookup(&at, &s, &tree, "schema", h->e)))
			*out = is_tree(&at) && git_oid_equal(&at.oid, folder);
		if (!rc && !*out) /* from the newest to the oldest */
			*back = *back || (is_tree(&at) && is_tree(was) && git_oid_equal(&at.oid, &was->oid));
	}
	git_revwalk_free(walk);
	return rc;
}

static int64_t version_of(struct hubcheck *h, const struct oid *blob)
{
	const char *bytes;
	size_t n;
	struct ydoc *doc;
	if (repo_read_blob(&bytes, &n, h->a, h->r, blob, NULL) || ydoc_parse(&doc, h->a, "schema", bytes, n, NULL, NULL) < 0)
		return 0;
	const struct val *v = val_get(ydoc_val(doc), "x-version");
	return v && v->type == VAL_INT ? v->i : 0;
}

static void check_version(struct hubcheck *h, const char *path, const struct oid *old, const struct oid *blob)
{
	int64_t was = oid_is(old) ? version_of(h, old) : 0, is = version_of(h, blob);
	if (is < was)
		hubcheck__refuse(h, path, 0, "x-version", "schema",
		       arena_printf(h->a, _("la version de ce schéma passerait de %lld à %lld ; elle ne redescend jamais : reprenez le dossier schema/ du national"),
				    (long long)was, (long long)is));
}

static int check_schema(struct hubcheck *h, const char *path)
{
	struct tentry at, was;
	bool known, back;
	/* Without a national.git beside the hub (another host keeps it) there is nothing to compare with: skipped
	 * in silence. */
	if (h->schema_done || !h->national)
		return 0;
	h->schema_done = true;
	int rc = hubcheck__entry_at(&at, h, &h->u->to, "schema");
	if (!rc)
		rc = hubcheck__entry_at(&was, h, &h->u->from, "schema");
	if (rc || !is_tree(&at) || (rc = known_to_national(&known, &back, h, &at.oid, &was)))
		return rc;
	if (!known)
		hubcheck__refuse(h, path, 0, "", "schema",
		       _("schema/ doit être tel que dans national.git ; reprenez-le de là, et proposez vos changements "
			 "à l'équipe nationale"));
	else if (back)
		hubcheck__refuse(h, path, 0, "", "schema",
		       _("schema/ reviendrait à une version plus ancienne de national.git ; reprenez-y la plus récente"));
	return 0;
}

static int check_place(struct hubcheck *h, const char *path, enum path_class class)
{
	bool national = repo_is_national(h->hub);
	bool theirs = class == PATH_AGGREGATE || !strcmp(path, "collectifs.yaml") || !strcmp(path, "communes.csv") ||
		      !strcmp(path, "sources.lock");
	if (theirs && !national)
		hubcheck__refuse(h, path, 0, "", "layout", _("ce fichier n'appartient qu'à national.git ; retirez-le"));
	else if (class == PATH_OTHER && !wt_is_welcome(path))
		hubcheck__refuse(h, path, 0, "", "layout",
		       _("ce fichier n'a pas de place prévue ; rangez-le dans pieces/, ou retirez-le"));
	return 0;
}

static int one_tip(void *ctx, const char *p, const struct oid *old, const struct oid *blob)
{
	struct hubcheck *h = ctx;
	struct tentry at;
	if (!oid_is(blob))
		return !strncmp(p, "schema/", 7) ? check_schema(h, "schema/") : 0;
	const char *path = arena_dup(h->a, p);
	int rc = hubcheck__entry_at(&at, h, &h->u->to, path);
	if (rc)
		return rc;
	if (at.mode != MODE_FILE) {
		hubcheck__refuse(h, path, 0, "", "mode",
		       at.mode == MODE_LINK    ? _("lien symbolique ; remplacez-le par le fichier lui-même") :
		       at.mode == MODE_GITLINK ? _("dépôt git dans le dépôt (sous-module) ; retirez-le") :
						 _("fichier exécutable ; enlevez ce droit (chmod -x)"));
		return 0;
	}
	if (is_produced(h, path, blob))
		return 0;
	enum path_class class = path_class(h->set, path);
	switch (class) {
	case PATH_RECORD:
		return check_record(h, path, old, blob);
	case PATH_SIDECAR:
		return check_sidecar(h, path, old, blob);
	case PATH_SCHEMA:
		check_version(h, path, old, blob);
		return check_schema(h, path);
	case PATH_PRIVATE: /* said by pass 2 */
	case PATH_ATTACHMENT:
		return 0;
	case PATH_AGGREGATE:
	case PATH_CONFIG:
	case PATH_OTHER:
		break;
	}
	return check_place(h, path, class);
}

/* What the repository cannot do without: once it is there it stays. */
static int check_pillar(struct hubcheck *h, const char *path)
{
	struct tentry was, is;
	int rc = hubcheck__entry_at(&was, h, &h->u->from, path);
	if (rc || !was.mode || (rc = hubcheck__entry_at(&is, h, &h->u->to, path)) || is.mode)
		return rc;
	const char *slash = is_tree(&was) ? "/" : "";
	hubcheck__refuse(h, arena_printf(h->a, "%s%s", path, slash), 0, "", "pillar",
	       arena_printf(h->a,
			    _("cet envoi le supprime, et le dépôt ne peut s'en passer ; remettez-le par « git checkout %.8s "
			      "-- %s », puis « maillage sync »"),
			    h->u->from.hex, path));
	return 0;
}

static int check_names(struct hubcheck *h)
{
	git_oid new, space, *old;
	int rc = hubcheck__trees_of(&new, &old, &space, h, &h->u->from, &h->u->to);
	return rc ? rc : hubtree_collisions(&h->trees, old, &new, h->e);
}

int hubcheck__tip(struct hubcheck *h)
{
	struct err why = { 0 };
	int rc = check_names(h);
	if (rc || (rc = check_pillar(h, "schema")))
		return rc;
	if ((rc = check_pillar(h, repo_is_national(h->hub) ? "collectifs.yaml" : "collectif.yaml")))
		return rc;
	rc = repo_schemas(&h->set, h->r, &h->u->to, &why);
	if (rc == ERR_SCHEMA) {
		hubcheck__refuse(h, "schema/", 0, "", "schema", arena_dup(h->a, why.msg));
		return 0;
	}
	if (rc) {
		if (h->e)
			*h->e = why;
		return rc;
	}
	return repo_diff(h->r, &h->u->from, &h->u->to, one_tip, h, h->e);
}

