/* tree.c -- the records of a commit: those that differ from the commit that was read last.
 *
 * A coordinator's copy of national.git also holds the other collectives' lessons, in the words that were validated:
 * a file of JSON lines is compared line by line, so that one lesson changed among thousands is one lesson read. And the links
 * between them (links.c).
 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "index/refresh.h"
#include "schema/record.h"

#define LINES_BEGIN "aggregat/enseignements"
#define LINES_END ".jsonl"

struct reading {
	struct refresh *r;
	const struct index_source *s;
	int rc; /* of what was done with a path: not the repository's fault */
};

static bool is_lines(const char *path)
{
	size_t n = strlen(path), m = strlen(LINES_END);
	return !strncmp(path, LINES_BEGIN, strlen(LINES_BEGIN)) && n > m && !strcmp(path + n - m, LINES_END);
}

/* A blob that cannot be read is left for the next time; only a full memory stops it all. */
static int read_blob(const char **out, size_t *n, struct arena *a, struct reading *g, const struct oid *blob)
{
	int rc = repo_read_blob(out, n, a, g->s->r, blob, g->r->e);
	if (rc && rc != ERR_NOMEM) {
		g->r->missed = true;
		*out = NULL;
		return 0;
	}
	return rc;
}

static int read_record(struct reading *g, struct arena *a, const char *path, const struct oid *blob)
{
	struct refresh_text t = { .key = path, .version = blob->hex };
	int rc = read_blob(&t.bytes, &t.n, a, g, blob);
	if (!rc && (!t.bytes || t.n > YAML_MAX_BYTES))
		return refresh_drop(g->r, g->s, path);
	return rc ? rc : refresh_put(g->r, g->s, &t);
}

struct line {
	struct refresh_text text;
	bool known;
};
struct lines {
	struct line *at; /* by key */
	size_t n, cap;
};

static int by_key(const void *x, const void *y)
{
	return strcmp(((const struct line *)x)->text.key, ((const struct line *)y)->text.key);
}

/* The key of a line is its digest: what it says decides, not where it stands. */
static void cut_lines(struct lines *out, struct arena *a, const char *path, const char *bytes, size_t n)
{
	for (const char *p = bytes, *end = bytes + n, *stop; p < end; p = stop + 1) {
		char hex[2 * SHA256_BYTES + 1];
		stop = memchr(p, '\n', (size_t)(end - p));
		if (!stop)
			stop = end;
		digest_sha256_hex(hex, p, (size_t)(stop - p));
		struct line one = { { arena_printf(a, "%s#%.32s", path, hex), "", p, (size_t)(stop - p), true }, false };
		arena_push(a, out, one);
	}
	if (out->n)
		qsort(out->at, out->n, sizeof *out->at, by_key);
}

static int read_lines(struct reading *g, struct arena *a, const char *path, const struct oid *blob)
{
	struct refresh_known known = { 0 };
	struct lines lines = { 0 };
	const char *bytes = NULL;
	size_t n = 0;
	int rc = oid_is(blob) ? read_blob(&bytes, &n, a, g, blob) : 0;
	if (rc || (oid_is(blob) && !bytes))
		return rc;
	cut_lines(&lines, a, path, bytes ? bytes : "", n);
	rc = refresh_known(&known, g->r, g->s, arena_printf(a, "%s#", path), arena_printf(a, "%s$", path));
	for (size_t i = 0, k = 0; !rc && (i < lines.n || k < known.n);) {
		int c = i == lines.n ? 1 : k == known.n ? -1 : strcmp(lines.at[i].text.key, known.at[k].key);
		if (c > 0)
			rc = refresh_drop(g->r, g->s, known.at[k].key);
		else if (c < 0)
			rc = refresh_put(g->r, g->s, &lines.at[i].text);
		i += c <= 0;
		k += c >= 0;
	}
	return rc;
}

static int read_links(struct reading *g, struct arena *a, const char *path, const struct oid *blob)
{
	const char *bytes = NULL;
	size_t n = 0;
	int rc = oid_is(blob) ? read_blob(&bytes, &n, a, g, blob) : 0;
	return rc || (oid_is(blob) && !bytes) ? rc : refresh_links(g->r, a, g->s, path, bytes ? bytes : "", n);
}

static int read_path(struct reading *g, const char *path, const struct oid *new_blob)
{
	struct arena a; /* of one file */
	int rc;
	bool lines = g->s->aggregated && is_lines(path), links = g->s->aggregated && refresh_is_links(path);
	if (!lines && !links && path_class(g->r->x->set, path) != PATH_RECORD)
		return 0;
	if (!lines && !links && !oid_is(new_blob))
		return refresh_drop(g->r, g->s, path);
	if (!arena_begin(&a))
		return err_nomem(g->r->e);
	rc = lines ? read_lines(g, &a, path, new_blob) : links ? read_links(g, &a, path, new_blob) : read_record(g, &a, path, new_blob);
	arena_end(&a);
	return rc;
}

static int one_path(void *ctx, const char *path, const struct oid *old_blob, const struct oid *new_blob)
{
	struct reading *g = ctx;
	(void)old_blob;
	return g->rc = read_path(g, path, new_blob);
}

int refresh_tree(struct refresh *r, const struct index_source *s)
{
	struct reading g = { r, s, 0 };
	struct oid from = { "" };
	struct err gone;
	int rc = db_run(r->x, ST_HEAD, r->e, "s", s->name);
	if (rc == 1)
		memcpy(from.hex, db_text(r->x, ST_HEAD, 0), strnlen(db_text(r->x, ST_HEAD, 0), OID_HEX));
	db_done(r->x, ST_HEAD);
	if (rc < 0)
		return rc;
	if (oid_is(&from) && repo_resolve(&from, s->r, from.hex, &gone) < 0) { /* a copy that was made anew */
		rc = refresh_drop_all(r, s->name);
		from = (struct oid){ "" };
	} else {
		rc = 0;
	}
	if (!rc)
		rc = repo_diff(s->r, &from, &s->head, one_path, &g, r->e);
	if (!rc || g.rc || rc == ERR_NOMEM)
		return rc;
	r->missed = true; /* a damaged repository must not keep the others from being searched */
	return 0;
}
