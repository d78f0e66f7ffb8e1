/* check.c -- `maillage check`: the same check as commit and hub, on any files, anywhere; and in a repository also what only all
 * of it together can tell: whether the records that a record names are there, and whether what was read is still what is
 * written.
 *
 *   1. list the files, in path order
 *   2. each is read and checked by itself, by a crew of workers: the schemas are shared, everything else is a worker's own.
 *      One scratch arena serves a worker's files in turn; only faults are kept, so that memory follows the faults
 *   3. a stale validation is none when another one covers the text of today: that is known when all are read
 *   4. in the national clone, what a synthesis at `valide` or beyond cites is looked up in the collectives' histories: a pin that
 *      names no version, or one that was never shared, is an error (the schema asks each finding for pins, here they are read)
 *   5. the workers' faults are put together in path order
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crew.h"
#include "base/fsio.h"
#include "base/progress.h"
#include "ctl/ctl.h"
#include "ctl/known.h"
#include "ctl/result.h"
#include "ctl/verdict.h"
#include "merge/diffs.h"

#define SHOWN_MAX 10000 /* errors, and as many warnings, that are listed one by one; the others are counted */
#define FOLDERS_MAX 8   /* records lie two folders deep; deeper is somebody's attachments */

struct file {
	const char *path;      /* as it was given, for messages */
	const char *rel;       /* inside the repository; NULL outside one */
	enum path_class class; /* RECORD or SIDECAR */
};
struct files {
	struct file *at;
	size_t n, cap;
};

struct found {
	size_t file;
	struct fault fault;
};
struct review {
	size_t file;
	struct ref_review is;
};

struct checking;
struct worker {
	struct arena scratch, keep; /* of one file; of what was found */
	struct buf text;
	struct known_user user;
	struct {
		struct found *at;
		size_t n, cap;
	} found;
	struct {
		struct review *at;
		size_t n, cap;
	} reviews;
	size_t errors, warnings, listed[2]; /* how many there were; errors and warnings kept one by one */
	bool nomem;
};

struct checking {
	struct arena *a;
	const struct schemas *set;
	const char *root;  /* the repository's folder with its '/', NULL outside one */
	const char *owner; /* its collective, NULL outside one */
	struct known *known;
	struct verdict_world *histories; /* in the national clone; else NULL */
	struct files files;
	size_t first;      /* file of this round */
	bool reviews_only; /* the second round: other reviews of what was found stale */
	struct worker crew[CREW_MAX];
	unsigned workers;
	struct err *e;
};

/* --- 1: the files --------------------------------------------------------------------------------------------------- */

static void add_file(struct checking *k, const char *path, const char *rel)
{
	enum path_class class = rel ? path_class(k->set, rel) : PATH_RECORD;
	struct file f = { path, rel, class };
	if (class == PATH_RECORD || class == PATH_SIDECAR)
		arena_push(k->a, &k->files, f);
}

static bool is_yaml(const char *name)
{
	size_t n = strlen(name);
	return n > 5 && !strcmp(name + n - 5, ".yaml");
}

/* `rel` as in struct file; "" for the repository's folder itself. */
static int add_folder(struct checking *k, const char *path, const char *rel, int depth)
{
	struct fs_names names;
	if (depth > FOLDERS_MAX)
		return 0;
	int rc = fs_list(&names, path, k->e);
	for (size_t i = 0; !rc && i < names.n; i++) {
		const char *name = names.at[i];
		if (*name == '.' || !strcmp(name, "schema") || !strcmp(name, "prive") || !strcmp(name, "aggregat"))
			continue;
		const char *child = arena_printf(k->a, "%s/%s", path, name);
		const char *below = !rel ? NULL : child + strlen(path) + 1 - (*rel ? strlen(rel) + 1 : 0);
		if (rel && *rel && strncmp(below, rel, strlen(rel)) != 0) /* given by another name than its own */
			below = arena_printf(k->a, "%s/%s", rel, name);
		bool yaml = is_yaml(name);
		if (yaml && !fs_is_dir(child))
			add_file(k, child, below);
		else if (yaml || fs_is_dir(child))
			rc = add_folder(k, child, below, depth + 1);
	}
	fs_names_free(&names);
	return rc;
}

static int add_path(struct checking *k, const char *path)
{
	char real[PATH_MAX];
	const char *rel = NULL;
	size_t n = k->root ? strlen(k->root) : 0;
	if (n && realpath(path, real)) {
		if (!strncmp(real, k->root, n))
			rel = arena_dup(k->a, real + n);
		else if (!strncmp(real, k->root, n - 1) && !real[n - 1])
			rel = "";
	}
	if (fs_is_dir(path))
		return add_folder(k, path, rel, 0);
	add_file(k, path, rel);
	return 0;
}

static int add_here(struct checking *k, const char *dir)
{
	char here[PATH_MAX];
	if (!k->root && !realpath(dir, here))
		return err_errno(k->e, dir);
	char *top = arena_dup(k->a, k->root ? k->root : here);
	size_t n = strlen(top);
	if (n > 1 && top[n - 1] == '/')
		top[n - 1] = 0;
	return add_folder(k, top, k->root ? "" : NULL, 0);
}

/* --- 2: one file ---------------------------------------------------------------------------------------------------- */

static void keep_fault(struct worker *w, const struct checking *k, size_t file, const struct fault *f)
{
	*(f->warning ? &w->warnings : &w->errors) += 1;
	if (w->listed[f->warning] == SHOWN_MAX)
		return;
	w->listed[f->warning]++;
	struct found one = { file, *f };
	one.fault.path = k->files.at[file].path;
	one.fault.field = *f->field ? arena_dup(&w->keep, f->field) : "";
	one.fault.msg = arena_dup(&w->keep, f->msg);
	arena_push(&w->keep, &w->found, one);
}

/* A message of err.h that begins with its own place, "path:line:col: message", as a fault at that place. */
static void keep_message(struct worker *w, const struct checking *k, size_t file, const char *code, const char *msg)
{
	const char *path = k->files.at[file].path, *colon = _(" : ");
	size_t n = strlen(path);
	struct fault f = { .field = "", .code = code, .msg = msg };
	int skip = 0;
	if (!strncmp(msg, path, n) && sscanf(msg + n, ":%d:%d: %n", &f.line, &f.col, &skip) == 2 && skip)
		f.msg = msg + n + skip;
	else if (!strncmp(msg, path, n) && !strncmp(msg + n, colon, strlen(colon)))
		f.msg = msg + n + strlen(colon);
	keep_fault(w, k, file, &f);
}

static void check_sidecar(struct worker *w, const struct checking *k, size_t file)
{
	const struct file *at = &k->files.at[file];
	struct diffs d;
	struct err why = { 0 };
	if (diffs_parse(&d, &w->scratch, at->path, w->text.at, w->text.n, &why) < 0) {
		keep_message(w, k, file, "sidecar", why.msg);
		return;
	}
	const char *expected = at->rel && d.id ? record_sidecar_path(&w->scratch, d.id) : NULL;
	struct fault f = { .line = 1, .col = 1, .field = "id", .code = "sidecar",
			   .msg = _("le nom de ce fichier de différences n'est pas celui de sa fiche ; rétablissez-le") };
	if (at->rel && d.id && (!expected || strcmp(expected, at->rel) != 0))
		keep_fault(w, k, file, &f);
}

static void keep_review(struct worker *w, size_t file, const struct ref_review *is)
{
	struct review one = { file, { arena_dup(&w->keep, is->target), arena_dup(&w->keep, is->scope), is->stale } };
	arena_push(&w->keep, &w->reviews, one);
}

static void check_record(struct worker *w, const struct checking *k, size_t file)
{
	const struct file *at = &k->files.at[file];
	struct record rec;
	struct faults faults = { 0 };
	struct ref_review review = { 0 };
	record_load(&rec, &faults, &w->scratch, k->set, at->path, at->rel, at->rel ? k->owner : NULL, w->text.at, w->text.n);
	if (at->rel && rec.schema) {
		struct ref_world world = known_world(&w->user);
		schema_check_refs(&faults, &review, &w->scratch, &rec, &world);
		faults_sort(&faults, 0);
	}
	if (review.target)
		keep_review(w, file, &review);
	size_t errors = w->errors;
	for (size_t i = 0; !k->reviews_only && i < faults.n; i++)
		keep_fault(w, k, file, &faults.at[i]);
	if (!k->reviews_only)
		w->errors = errors + faults.errors; /* some may be beyond FAULTS_MAX */
}

static void check_file(struct worker *w, const struct checking *k, size_t file)
{
	struct err why = { 0 };
	buf_reset(&w->text);
	int rc = fs_read(&w->text, k->files.at[file].path, YAML_MAX_BYTES, &why);
	if (rc == ERR_LIMIT && !k->reviews_only) {
		struct fault f = { .line = 1, .col = 1, .field = "", .code = "limit",
				   .msg = _("fichier trop gros (plus de 1 Mio) ; répartissez-le entre plusieurs fiches, ou mettez-le dans pieces/") };
		keep_fault(w, k, file, &f);
	} else if (rc < 0) {
		if (!k->reviews_only)
			keep_message(w, k, file, "file", why.msg);
	} else if (k->files.at[file].class == PATH_SIDECAR) {
		check_sidecar(w, k, file);
	} else {
		check_record(w, k, file);
	}
	arena_clear(&w->scratch);
}

static void check_next(void *ctx, unsigned worker, size_t item)
{
	struct checking *k = ctx;
	struct worker *w = &k->crew[worker];
	if (w->nomem)
		return;
	progress(_("vérification des fiches"), k->first + item, k->files.n);
	/* what this worker found out about other records is read by the others: it stays to the end, whatever happens here */
	if (arena_rearm(&w->keep) && arena_resume(&w->scratch))
		check_file(w, k, k->first + item);
	else
		w->nomem = true;
}

static int run(struct checking *k)
{
	crew_run(k->workers, k->files.n - k->first, check_next, k);
	for (unsigned i = 0; i < k->workers; i++)
		if (k->crew[i].nomem)
			return err_nomem(k->e);
	return 0;
}

/* --- 3: reviews that others replace ------------------------------------------------------------------------------------- */

static int by_target(const void *x, const void *y)
{
	const struct ref_review *p = x, *q = y;
	int c = strcmp(p->target, q->target);
	return c ? c : strcmp(p->scope, q->scope);
}

struct fresh {
	struct ref_review *at;
	size_t n, cap;
};

static void find_fresh(struct fresh *out, struct checking *k)
{
	for (unsigned i = 0; i < k->workers; i++)
		for (size_t j = 0; j < k->crew[i].reviews.n; j++)
			if (!k->crew[i].reviews.at[j].is.stale)
				arena_push(k->a, out, k->crew[i].reviews.at[j].is);
	if (out->n)
		qsort(out->at, out->n, sizeof *out->at, by_target);
}

static bool is_replaced(const struct fresh *f, const struct worker *w, const struct found *x)
{
	for (size_t j = 0; j < w->reviews.n; j++) {
		const struct review *r = &w->reviews.at[j];
		if (r->file == x->file)
			return r->is.stale && f->n && bsearch(&r->is, f->at, f->n, sizeof *f->at, by_target);
	}
	return false;
}

/* Take the warnings of replaced reviews out. A review is at the root of its record: its field has no '/'. */
static void forgive(struct checking *k)
{
	struct fresh fresh = { 0 };
	find_fresh(&fresh, k);
	for (unsigned i = 0; fresh.n && i < k->workers; i++) {
		struct worker *w = &k->crew[i];
		size_t n = 0;
		for (size_t j = 0; j < w->found.n; j++) {
			const struct found *x = &w->found.at[j];
			if (!strcmp(x->fault.code, "stale") && !strchr(x->fault.field, '/') && is_replaced(&fresh, w, x))
				w->warnings--;
			else
				w->found.at[n++] = *x;
		}
		w->found.n = n;
	}
}

static bool any_stale(const struct checking *k)
{
	for (unsigned i = 0; i < k->workers; i++)
		for (size_t j = 0; j < k->crew[i].reviews.n; j++)
			if (k->crew[i].reviews.at[j].is.stale)
				return true;
	return false;
}

/* Only some files were asked for: the others that may hold reviews are read as well, for that alone. */
static int read_other_reviews(struct checking *k)
{
	const struct schema *s;
	int rc = 0;
	k->first = k->files.n;
	k->reviews_only = true;
	for (size_t i = 0; !rc && (s = schemas_at(k->set, i)); i++) {
		const char *folder = arena_printf(k->a, "%s%s", k->root, s->folder);
		if (*s->folder && schema_rank(s->root, "cible_empreinte") >= 0 && fs_is_dir(folder))
			rc = add_folder(k, folder, s->folder, 1);
	}
	return rc ? rc : run(k);
}

/* --- 4: what syntheses cite ------------------------------------------------------------------------------------------------ */

static int check_pin(struct worker *w, struct checking *k, size_t file, const char *field, const struct val *pin)
{
	const struct pinned p = { .id = val_text(pin, "ref"), .commit = val_text(pin, "commit"), .fingerprint = val_text(pin, "empreinte") };
	struct val *verdict;
	if (!p.id || !p.commit) /* the schema has said so */
		return 0;
	int rc = verdict_of(&verdict, k->histories, &p, k->e);
	const struct val *reasons = rc ? NULL : val_get(verdict, "motifs");
	for (size_t i = 0; reasons && i < reasons->list.n; i++) {
		const char *why = reasons->list.at[i]->str.at;
		struct fault f = { .line = (int)pin->line, .col = (int)pin->col, .field = field, .code = "trace" };
		/* withdrawn since: right when it was written; aggregat/rappels.csv lists it, and people decide */
		f.warning = !strcmp(why, "retire") || !strcmp(why, "plus_visible");
		f.msg = arena_printf(k->a, _("la trace vers « %s » ne tient pas : %s"), p.id, _(verdict_words(why)));
		keep_fault(w, k, file, &f);
	}
	return rc;
}

static int check_findings(struct worker *w, struct checking *k, size_t file, const struct val *synthesis)
{
	static const char *const lists[] = { "appuis", "contre" };
	const struct val *findings = val_get(synthesis, "enonces");
	int rc = 0;
	for (size_t i = 0; findings && findings->type == VAL_LIST && i < findings->list.n; i++)
		for (size_t j = 0; j < 2; j++) {
			const struct val *one = findings->list.at[i], *pins = val_get(one, lists[j]);
			const char *id = val_text(one, "id"), *field = arena_printf(k->a, "enonces/%s/%s", id ? id : "?", lists[j]);
			for (size_t n = 0; !rc && pins && pins->type == VAL_LIST && n < pins->list.n; n++)
				rc = check_pin(w, k, file, field, pins->list.at[n]);
		}
	return rc;
}

/* By this thread alone: histories are one repository's handle. */
static int check_syntheses(struct checking *k, size_t files)
{
	struct worker *w = &k->crew[0];
	int rc = 0;
	if (!arena_rearm(&w->keep))
		return err_nomem(k->e);
	for (size_t i = 0; !rc && i < files; i++) {
		const struct file *at = &k->files.at[i];
		struct record rec;
		struct faults ignored = { 0 };
		struct err unreadable; /* said already */
		if (!at->rel || strncmp(at->rel, "syntheses/", 10) != 0 || at->class != PATH_RECORD)
			continue;
		buf_reset(&w->text);
		if (fs_read(&w->text, at->path, YAML_MAX_BYTES, &unreadable))
			continue;
		record_load(&rec, &ignored, k->a, k->set, at->path, at->rel, k->owner, w->text.at, w->text.n);
		const char *state = rec.val ? val_text(rec.val, "etat") : NULL;
		if (state && (!strcmp(state, "valide") || !strcmp(state, "partage")))
			rc = check_findings(w, k, i, rec.val);
	}
	return rc;
}

/* --- 5: the answer ------------------------------------------------------------------------------------------------------ */

static int by_file(const void *x, const void *y)
{
	const struct found *p = *(const struct found *const *)x, *q = *(const struct found *const *)y;
	if (p->file != q->file)
		return p->file < q->file ? -1 : 1;
	if (p->fault.line != q->fault.line || p->fault.col != q->fault.col)
		return p->fault.line != q->fault.line ? p->fault.line - q->fault.line : p->fault.col - q->fault.col;
	return p < q ? -1 : p > q; /* one place is one worker's: its faults lie in order */
}

static struct val *answer(struct checking *k, size_t files)
{
	struct faults all = { 0 };
	size_t n = 0, warnings = 0, of[2] = { 0 };
	for (unsigned i = 0; i < k->workers; i++)
		n += k->crew[i].found.n;
	const struct found **sorted = arena_array(k->a, n, sizeof *sorted);
	n = 0;
	for (unsigned i = 0; i < k->workers; i++) {
		all.errors += k->crew[i].errors;
		warnings += k->crew[i].warnings;
		for (size_t j = 0; j < k->crew[i].found.n; j++)
			sorted[n++] = &k->crew[i].found.at[j];
	}
	if (n)
		qsort(sorted, n, sizeof *sorted, by_file);
	for (size_t i = 0; i < n; i++) /* not fault_add: its limit is one record's */
		if (of[sorted[i]->fault.warning]++ < SHOWN_MAX)
			arena_push(k->a, &all, sorted[i]->fault);
	struct val *v = val_map(k->a);
	put_int(k->a, v, "fichiers", (int64_t)files);
	put_int(k->a, v, "erreurs", (int64_t)all.errors);
	put_int(k->a, v, "avertissements", (int64_t)warnings);
	put_int(k->a, v, "non_montres", (int64_t)(all.errors + warnings - all.n));
	val_set(k->a, v, "fautes", faults_val(k->a, &all));
	return v;
}

static void workers_init(struct checking *k)
{
	k->workers = crew_size(k->files.n);
	for (unsigned i = 0; i < k->workers; i++) {
		struct worker *w = &k->crew[i];
		arena_init(&w->scratch);
		arena_init(&w->keep);
		w->user = (struct known_user){ k->known, &w->keep };
	}
}

static void workers_fini(struct checking *k)
{
	for (unsigned i = 0; i < k->workers; i++) {
		arena_end(&k->crew[i].scratch);
		arena_end(&k->crew[i].keep);
		buf_free(&k->crew[i].text);
	}
}

static int check(struct val **out, struct checking *k, const char *dir, char *const *paths, int n)
{
	int rc = n ? 0 : add_here(k, dir);
	for (int i = 0; !rc && i < n; i++)
		rc = add_path(k, paths[i]);
	size_t files = k->files.n;
	if (rc)
		return rc;
	workers_init(k);
	rc = run(k);
	if (!rc && n && any_stale(k))
		rc = read_other_reviews(k);
	if (!rc && k->histories)
		rc = check_syntheses(k, files);
	if (!rc) {
		forgive(k);
		*out = answer(k, files);
	}
	workers_fini(k);
	return rc;
}

int ctl_check(struct val **out, struct arena *a, const char *dir, const char *schema_file, char *const *paths, int n,
	      struct err *e)
{
	struct checking *k = arena_new(a, struct checking);
	struct repo *r = NULL;
	struct schemas *set;
	int rc = ctl_schemas(&set, a, dir, schema_file, e);
	if (rc)
		return rc;
	k->a = a;
	k->e = e;
	k->set = set;
	if (repo_open(&r, dir, NULL) == 0 && repo_workdir(r)) {
		k->root = arena_dup(a, repo_workdir(r));
		k->owner = arena_dup(a, repo_collective(r));
		rc = known_open(&k->known, a, set, r, e);
		if (!rc && repo_is_national(r))
			rc = verdict_open(&k->histories, a, dir, e);
	}
	repo_close(r);
	if (!rc)
		rc = check(out, k, dir, paths, n);
	verdict_close(k->histories);
	known_close(k->known);
	return rc;
}
