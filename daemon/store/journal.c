/* journal.c -- two small text files in .git/maillage, both replaced whole and fsynced (base/fsio.h).
 *
 * journal   what a write is about to do: old head, new head, and each path with its old and new blob. It is there before the first
 *           working file is touched and goes when folder, ref and index agree again; a start that finds it finishes the step.
 *
 *               journal 1
 *               <old head> <new head>
 *               p|g <old blob or -> <new blob or -> <path>        g: guarded, stays as it is
 *               k|d <blob or -> <commit that holds it> <path>     what may be replaced on disk besides
 *               end
 *
 * written   per path, which versions people may still have in front of them (worktree.h, "The base of an edit"): an editor that was
 *           opened before we wrote will save what it knew. Lines `w|h|g <before> <written> <head> <path>` (written, held, guarded). An
 *           entry lives until its path is next committed from disk. The file is a help, not a truth: a damaged line is dropped.
 */
#include "wt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <limits.h>

#include "base/fsio.h"
#include "base/trace.h"

#define FILE_MAX (256u << 20)

static const char *file_of(char out[PATH_MAX], const struct repo *r, const char *name)
{
	snprintf(out, PATH_MAX, "%smaillage/%s", r->gitdir, name);
	return out;
}

/* Paths may hold a newline; lines may not. */
static void put_path(struct buf *b, const char *path)
{
	for (; *path; path++) {
		if (*path == '\n')
			buf_puts(b, "\\n");
		else if (*path == '\\')
			buf_puts(b, "\\\\");
		else
			buf_putc(b, *path);
	}
	buf_putc(b, '\n');
}

static const char *get_path(struct arena *a, const char *s)
{
	char *out = arena_dup(a, s), *to = out;
	for (const char *p = s; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
			*to++ = *p == 'n' ? '\n' : *p;
		} else {
			*to++ = *p;
		}
	}
	*to = 0;
	return out;
}

static void put_oid(struct buf *b, const struct oid *o)
{
	buf_puts(b, oid_is(o) ? o->hex : "-");
	buf_putc(b, ' ');
}

/* "<40 hex or -> " off the front of *p. */
static bool get_oid(struct oid *out, char **p)
{
	*out = (struct oid){ "" };
	size_t n = strspn(*p, "0123456789abcdef");
	if (n == OID_HEX)
		memcpy(out->hex, *p, OID_HEX);
	else if (n != 0 || **p != '-')
		return false;
	else
		n = 1;
	if ((*p)[n] != ' ')
		return false;
	*p += n + 1;
	return true;
}

static char *next_line(char **p)
{
	char *line = *p, *nl = strchr(line, '\n');
	if (!nl)
		return NULL;
	*nl = 0;
	*p = nl + 1;
	return line;
}

static int store(struct repo *r, const char *name, struct buf *b, struct err *e)
{
	char path[PATH_MAX];
	int rc = buf_ok(b) ? fs_mkparents(file_of(path, r, name), e) : err_nomem(e);
	if (!rc)
		rc = fs_write(path, b->at, b->n, e);
	buf_free(b);
	return rc;
}

/* *text NULL: no such file. */
static int load(char **text, struct arena *a, struct repo *r, const char *name, struct err *e)
{
	char path[PATH_MAX];
	struct buf b = BUF_INIT;
	*text = NULL;
	if (!fs_exists(file_of(path, r, name)))
		return 0;
	int rc = fs_read(&b, path, FILE_MAX, e);
	if (!rc)
		*text = arena_dupn(a, buf_str(&b), b.n);
	buf_free(&b);
	return rc;
}

/* ---- journal */

int journal_write(struct repo *r, const struct journal *j, struct err *e)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, "journal 1\n");
	put_oid(&b, &j->old_head);
	buf_printf(&b, "%s\n", j->new_head.hex);
	for (size_t i = 0; i < j->n; i++) {
		buf_puts(&b, j->at[i].guarded ? "g " : "p ");
		put_oid(&b, &j->at[i].from);
		put_oid(&b, &j->at[i].to);
		put_path(&b, j->at[i].path);
	}
	for (size_t i = 0; i < j->known.n; i++) {
		buf_puts(&b, j->known.at[i].on_disk ? "d " : "k ");
		put_oid(&b, &j->known.at[i].blob);
		put_oid(&b, &j->known.at[i].head);
		put_path(&b, j->known.at[i].path);
	}
	buf_puts(&b, "end\n");
	return store(r, "journal", &b, e);
}

static bool parse(struct journal *j, struct arena *a, char *p)
{
	char *line = next_line(&p);
	if (!line || strcmp(line, "journal 1") || !(line = next_line(&p)) || !get_oid(&j->old_head, &line) ||
	    strlen(line) != OID_HEX)
		return false;
	memcpy(j->new_head.hex, line, OID_HEX + 1);
	while ((line = next_line(&p)) && strcmp(line, "end") != 0) {
		char type = *line;
		struct oid x, y;
		if (!type || line[1] != ' ' || (line += 2, !get_oid(&x, &line)) || !get_oid(&y, &line))
			return false;
		struct jpath one = { get_path(a, line), x, y, type == 'g' };
		struct wt_known known = { one.path, x, y, type == 'd' };
		if (type == 'p' || type == 'g')
			arena_push(a, j, one);
		else
			arena_push(a, &j->known, known);
	}
	return line != NULL;
}

int journal_read(bool *there, struct journal *out, struct arena *a, struct repo *r, struct err *e)
{
	struct journal j = { 0 };
	char *text;
	int rc = load(&text, a, r, "journal", e);
	if (rc)
		return rc;
	*there = text != NULL;
	if (text && !parse(&j, a, text)) {
		char path[PATH_MAX];
		return err_set(e, ERR_CORRUPT,
			       _("%s : journal illisible ; gardez ce dossier tel quel et refaites une copie ailleurs "
				 "avec « maillage init »"),
			       file_of(path, r, "journal"));
	}
	*out = j;
	return 0;
}

int journal_clear(struct repo *r, struct err *e)
{
	char path[PATH_MAX];
	return fs_unlink(file_of(path, r, "journal"), e);
}

/* ---- versions */

int versions_read(struct versions *out, struct arena *a, struct repo *r, struct err *e)
{
	struct versions v = { 0 };
	char *p;
	int rc = load(&p, a, r, "written", e);
	if (rc)
		return rc;
	for (char *line; p && (line = next_line(&p));) {
		struct version one = { .held = *line == 'h' || *line == 'g', .guarded = *line == 'g' };
		if (!*line || line[1] != ' ' || (line += 2, !get_oid(&one.before, &line)) ||
		    !get_oid(&one.written, &line) || !get_oid(&one.head, &line)) {
			trace("versions: a damaged line dropped");
			continue;
		}
		one.path = get_path(a, line);
		versions_add(&v, a, &one);
	}
	*out = v;
	return 0;
}

static int by_path(const void *x, const void *y)
{
	const struct version *const *a = x, *const *b = y;
	int c = strcmp((*a)->path, (*b)->path);
	return c ? c : (*a > *b) - (*a < *b); /* then oldest first */
}

/* Which ones are too many: of one path all but the newest, of all paths the oldest. A held file's base is never
 * forgotten. */
static int choose(bool *forget, const struct versions *v, struct err *e)
{
	const struct version **sorted = calloc(v->n + 1, sizeof *sorted);
	if (!sorted)
		return err_nomem(e);
	for (size_t i = 0; i < v->n; i++)
		sorted[i] = &v->at[i];
	qsort(sorted, v->n, sizeof *sorted, by_path);
	size_t same = 0, kept = v->n;
	for (size_t i = v->n; i > 0; i--) {
		same = i < v->n && !strcmp(sorted[i]->path, sorted[i - 1]->path) ? same + 1 : 1;
		if (same > VERSIONS_PER_PATH && !sorted[i - 1]->held) {
			forget[sorted[i - 1] - v->at] = true;
			kept--;
		}
	}
	free(sorted);
	for (size_t i = 0; i < v->n && kept > VERSIONS_MAX; i++) {
		if (!forget[i] && !v->at[i].held) {
			forget[i] = true;
			kept--;
		}
	}
	return 0;
}

int versions_write(struct repo *r, const struct versions *v, struct err *e)
{
	struct buf b = BUF_INIT;
	bool *forget = calloc(v->n + 1, sizeof *forget);
	int rc = forget ? choose(forget, v, e) : err_nomem(e);
	for (size_t i = 0; !rc && i < v->n; i++) {
		const struct version *one = &v->at[i];
		if (forget[i])
			continue;
		buf_puts(&b, one->guarded ? "g " : one->held ? "h " : "w ");
		put_oid(&b, &one->before);
		put_oid(&b, &one->written);
		put_oid(&b, &one->head);
		put_path(&b, one->path);
	}
	free(forget);
	if (rc) {
		buf_free(&b);
		return rc;
	}
	buf_put(&b, "", 0);
	return store(r, "written", &b, e);
}

void versions_add(struct versions *v, struct arena *a, const struct version *one)
{
	arena_push(a, v, *one);
	v->held += one->held;
}

void versions_drop_if(struct versions *v, bool (*drop)(const void *ctx, const struct version *one), const void *ctx)
{
	size_t n = 0;
	v->held = 0;
	for (size_t i = 0; i < v->n; i++) {
		if (drop(ctx, &v->at[i]))
			continue;
		v->held += v->at[i].held;
		v->at[n++] = v->at[i];
	}
	v->n = n;
}

static bool is_held_path(const void *ctx, const struct version *one)
{
	return one->held && !strcmp(one->path, ctx);
}

void versions_unhold(struct versions *v, const char *path)
{
	versions_drop_if(v, is_held_path, path);
}

const struct version *versions_held(const struct versions *v, const char *path)
{
	for (size_t i = 0; v->held && i < v->n; i++)
		if (v->at[i].held && !strcmp(v->at[i].path, path))
			return &v->at[i];
	return NULL;
}

static int pointers_by_path(const void *x, const void *y)
{
	const struct version *const *a = x, *const *b = y;
	return strcmp((*a)->path, (*b)->path);
}

void versions_guarded(struct guarded_versions *out, struct arena *a, const struct versions *v)
{
	*out = (struct guarded_versions){ 0 };
	for (size_t i = 0; v->held && i < v->n; i++) {
		const struct version *one = &v->at[i];
		if (one->guarded)
			arena_push(a, out, one);
	}
	if (out->n)
		qsort(out->at, out->n, sizeof *out->at, pointers_by_path);
}

const struct version *guarded_at(const struct guarded_versions *g, const char *path)
{
	const struct version key = { .path = path }, *wanted = &key;
	const struct version **found = g->n ? bsearch(&wanted, g->at, g->n, sizeof *g->at, pointers_by_path) : NULL;
	return found ? *found : NULL;
}
