/* remake.c -- see remake.h.
 *
 * Oldest first, each commit is laid upon what its parents became. Only paths where that can show are looked at: those that the commit
 * itself changed, and those where a parent is not what it was. For such a path
 *   - a commit that has it as one of its parents had it takes what that parent has now;
 *   - one that changed it to something with a cause takes what its first parent has now;
 *   - any other change stays.
 * A commit that changes nothing any more falls away, and so does a merge when one of its parents now contains the other.
 *
 * Proposals in sidecars, and the words of commits, name commits in full: the names are brought along. Without that the hub would
 * find proposals that no ancestor bears out.
 */
#include "remake.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "giterr.h"
#include "state.h"
#include "treemerge.h"
#include "wt.h"

#define PARENTS_MAX 16 /* of one merge; git itself warns above it */

struct remaking {
	struct remakes *out;
	struct arena *a;
	struct repo *r;
	struct objs s;
	const struct causes *why;
	struct cancel *cancel;
	struct err *e;
};
/* One commit under work. */
struct one {
	git_commit *c; /* own */
	git_oid oid, tree;
	unsigned n;
	git_oid was[PARENTS_MAX], is[PARENTS_MAX]; /* parents: commits */
	git_oid was_tree[PARENTS_MAX], is_tree[PARENTS_MAX];
	struct paths touched;
};

static const struct remade *find(const struct remaking *m, const git_oid *old)
{
	return oidmap_get(&m->out->by_old, old);
}

/* ---- what has a cause */

static int holds_key(bool *out, struct remaking *m, const struct tentry *at)
{
	struct objview v;
	const char *what;
	int rc = objs_get(&v, &m->s, &at->oid, GIT_OBJECT_BLOB, m->e);
	if (rc)
		return rc;
	*out = v.n <= WT_FILE_MAX && memmem(v.bytes, v.n, "PRIVATE KEY-----", 16) && wt_secret_line(&what, v.bytes, v.n);
	objview_end(&v);
	return 0;
}

static int is_large(bool *out, struct remaking *m, const struct tentry *at)
{
	size_t n;
	git_object_t type;
	int rc = git_odb_read_header(&n, &type, m->r->odb, &at->oid);
	*out = rc == 0 && n > WT_FILE_MAX;
	return rc < 0 ? giterr(m->e, rc, _("parcours de l'historique")) : 0;
}

static bool is_at(const struct cause *c, const char *path)
{
	size_t n = strlen(c->path);
	return n && c->path[n - 1] == '/' ? !strncmp(path, c->path, n) : !strcmp(path, c->path);
}

static int has_cause(bool *out, struct remaking *m, const char *path, const struct tentry *at)
{
	int rc = 0;
	bool file = (at->mode & 0170000) == 0100000;
	*out = false;
	for (size_t i = 0; !rc && !*out && i < m->why->n; i++) {
		const struct cause *c = &m->why->at[i];
		if (!is_at(c, path))
			continue;
		switch (c->kind) {
		case CAUSE_PATH:
			*out = true;
			break;
		case CAUSE_ENTRY:
			*out = tentry_equal(&c->entry, at);
			break;
		case CAUSE_GONE:
			*out = !at->mode;
			break;
		case CAUSE_KEY:
			rc = file ? holds_key(out, m, at) : 0;
			break;
		case CAUSE_SIZE:
			rc = file ? is_large(out, m, at) : 0;
			break;
		}
	}
	return rc;
}

/* ---- names of commits in what people and merges wrote */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* A copy with the new names; NULL: there is none to change. */
static char *renamed(struct remaking *m, const char *bytes, size_t n)
{
	char *copy = NULL;
	for (size_t i = 0, k; i < n; i = k + 1) {
		for (k = i; k < n && is_hex(bytes[k]); k++)
			;
		git_oid old;
		if (k - i != OID_HEX || git_oid_fromstrn(&old, bytes + i, OID_HEX) < 0)
			continue;
		const struct remade *now = find(m, &old);
		if (!now)
			continue;
		if (!copy)
			copy = arena_dupn(m->a, bytes, n);
		git_oid_fmt(copy + i, &now->new);
	}
	return copy;
}

static int rename_in_sidecar(struct remaking *m, const char *path, struct tentry *at)
{
	const char *bytes;
	size_t n;
	if (!m->out->n || at->mode != MODE_FILE || strncmp(path, "conflits/", 9))
		return 0;
	int rc = objs_blob_within(&bytes, &n, &m->s, m->a, &at->oid, WT_FILE_MAX, m->e);
	char *copy = rc || !bytes ? NULL : renamed(m, bytes, n);
	return copy ? objs_put(&at->oid, &m->s, GIT_OBJECT_BLOB, copy, n, m->e) : rc;
}

/* ---- one commit's tree */

static void add_path(struct paths *to, struct arena *a, const char *path)
{
	const char *copy = arena_dup(a, path);
	arena_push(a, to, copy);
}

struct collecting {
	struct paths *to;
	struct arena *a;
};

static int collect(void *ctx, const char *path, const struct oid *from, const struct oid *to)
{
	struct collecting *c = ctx;
	(void)from;
	(void)to;
	add_path(c->to, c->a, path);
	return 0;
}

static int changed_paths(struct paths *out, struct remaking *m, const git_oid *from, const git_oid *to)
{
	struct collecting c = { out, m->a };
	struct oid x = { "" }, y;
	if (from)
		oid_from_git(&x, from);
	oid_from_git(&y, to);
	return repo_diff(m->r, &x, &y, collect, &c, m->e);
}

static int look(struct tentry *out, struct remaking *m, const git_oid *tree, const char *path)
{
	int rc = objs_lookup(out, &m->s, tree, path, m->e);
	if (!rc && is_tree(out)) /* a folder where a file was: its files come by themselves */
		*out = (struct tentry){ 0 };
	return rc;
}

/* What the commit has at this path now. */
static int entry_now(struct tentry *out, struct remaking *m, const struct one *c, const char *path, const struct tentry *mine)
{
	struct tentry was;
	bool bad;
	int rc;
	for (unsigned i = 0; i < c->n; i++) {
		if ((rc = look(&was, m, &c->was_tree[i], path)))
			return rc;
		if (tentry_equal(&was, mine))
			return look(out, m, &c->is_tree[i], path);
	}
	if ((rc = has_cause(&bad, m, path, mine)))
		return rc;
	if (!bad) {
		*out = *mine;
		return rename_in_sidecar(m, path, out);
	}
	*out = (struct tentry){ 0 };
	return c->n ? look(out, m, &c->is_tree[0], path) : 0;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static int new_tree(git_oid *out, struct paths *other, struct remaking *m, struct one *c)
{
	struct tedits edits = { 0 };
	int rc = 0;
	if (c->touched.n)
		qsort(c->touched.at, c->touched.n, sizeof *c->touched.at, by_name);
	for (size_t i = 0; !rc && i < c->touched.n; i++) {
		const char *path = c->touched.at[i];
		struct tentry mine, now;
		if (i && !strcmp(path, c->touched.at[i - 1]))
			continue;
		if ((rc = look(&mine, m, &c->tree, path)) || (rc = entry_now(&now, m, c, path, &mine)) || tentry_equal(&mine, &now))
			continue;
		struct tedit one = { path, now.mode, now.oid };
		arena_push(m->a, &edits, one);
		arena_push(m->a, other, path);
	}
	*out = c->tree;
	return rc || !edits.n ? rc : tree_edit(out, &m->s, &c->tree, edits.at, edits.n, m->e);
}

/* ---- one commit's text */

/* Who and when stay; the parents are other ones, so a signature would be a lie. */
static void put_header(struct buf *out, const char *header)
{
	bool keep = false;
	for (const char *p = header; *p;) {
		size_t n = strcspn(p, "\n");
		if (*p != ' ') /* else it belongs to the line before */
			keep = strncmp(p, "tree ", 5) != 0 && strncmp(p, "parent ", 7) != 0 && strncmp(p, "gpgsig", 6) != 0 &&
			       strncmp(p, "mergetag ", 9) != 0;
		if (keep && n) {
			buf_put(out, p, n);
			buf_putc(out, '\n');
		}
		p += n + (p[n] == '\n');
	}
}

static bool ends_in_trailer(const char *text, size_t n)
{
	while (n && text[n - 1] == '\n')
		n--;
	size_t start = n;
	while (start && text[start - 1] != '\n')
		start--;
	size_t k = start;
	while (k < n && (isalnum((unsigned char)text[k]) || text[k] == '-'))
		k++;
	return start && k > start && k + 1 < n && text[k] == ':' && text[k + 1] == ' ';
}

static int put_commit(git_oid *out, struct remaking *m, const struct one *c, const git_oid *tree, const git_oid *parents, unsigned n)
{
	char hex[OID_HEX + 1];
	const char *message = git_commit_message_raw(c->c);
	struct buf b = BUF_INIT;
	size_t len = message ? strlen(message) : 0;
	char *copy = renamed(m, message ? message : "", len);
	if (copy)
		message = copy;
	buf_printf(&b, "tree %s\n", git_oid_tostr(hex, sizeof hex, tree));
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "parent %s\n", git_oid_tostr(hex, sizeof hex, &parents[i]));
	put_header(&b, git_commit_raw_header(c->c));
	buf_putc(&b, '\n');
	buf_put(&b, message ? message : "", len);
	if (len && message[len - 1] != '\n')
		buf_putc(&b, '\n');
	if (!ends_in_trailer(message ? message : "", len))
		buf_putc(&b, '\n');
	buf_printf(&b, "Rejoue: %s\n", git_oid_tostr(hex, sizeof hex, &c->oid));
	int rc = buf_ok(&b) ? objs_put(out, &m->s, GIT_OBJECT_COMMIT, b.at, b.n, m->e) : err_nomem(m->e);
	buf_free(&b);
	return rc ? rc : objs_flush(&m->s, out, m->e);
}

/* ---- one commit */

static bool is_machine(const git_commit *c)
{
	return git_commit_parentcount(c) == 2 &&
	       (!strcmp(git_commit_author(c)->email, FUSION_EMAIL) || !strcmp(git_commit_committer(c)->email, FUSION_EMAIL));
}

static int contains(bool *out, struct remaking *m, const git_oid *x, const git_oid *y)
{
	int rc = git_oid_equal(x, y) ? 1 : git_graph_descendant_of(m->r->git, x, y);
	*out = rc == 1;
	return rc < 0 ? giterr(m->e, rc, _("parcours de l'historique")) : 0;
}

/* Parents that another one contains say nothing more. */
static int distinct(git_oid *out, unsigned *n, struct remaking *m, const struct one *c)
{
	*n = 0;
	for (unsigned i = 0; i < c->n; i++) {
		bool over = false;
		for (unsigned k = 0; k < c->n && !over; k++) {
			bool same = git_oid_equal(&c->is[k], &c->is[i]);
			int rc = k == i || (same && k > i) ? 0 : contains(&over, m, &c->is[k], &c->is[i]);
			if (rc)
				return rc;
		}
		if (!over)
			out[(*n)++] = c->is[i];
	}
	return 0;
}

static int merge_again(git_oid *out, struct remaking *m, const git_oid *parents)
{
	const struct merge_budget budget = { .cancel = m->cancel };
	struct oid x, y, merged;
	struct arena a; /* of one merge */
	if (!arena_begin(&a))
		return err_nomem(m->e);
	oid_from_git(&x, &parents[0]);
	oid_from_git(&y, &parents[1]);
	int rc = merge_commit_within(&merged, NULL, &a, m->r, &x, &y, &budget, m->e);
	arena_end(&a);
	return rc ? rc : oid_to_git(out, &merged, m->e);
}

static void remember(struct remaking *m, const struct one *c, const git_oid *now, const struct paths *other)
{
	if (git_oid_equal(&c->oid, now))
		return;
	struct remade *it = arena_new(m->a, struct remade);
	*it = (struct remade){ c->oid, *now, *other };
	oidmap_put(&m->out->by_old, m->a, &c->oid, it);
	arena_push(m->a, m->out, it);
}

static int remake_machine(struct remaking *m, const struct one *c, bool moved)
{
	git_oid parents[PARENTS_MAX], now = c->oid;
	struct paths other = { 0 };
	unsigned n;
	if (!moved && !m->why->merges)
		return 0;
	int rc = distinct(parents, &n, m, c);
	if (!rc && n == 2)
		rc = merge_again(&now, m, parents);
	else if (!rc)
		now = parents[0];
	if (!rc)
		rc = changed_paths(&other, m, &c->oid, &now);
	if (!rc)
		remember(m, c, &now, &other);
	return rc;
}

static int remake_authored(struct remaking *m, struct one *c, bool moved)
{
	struct paths other = { 0 };
	git_oid tree, now, parents[PARENTS_MAX];
	unsigned n;
	int rc = changed_paths(&c->touched, m, c->n ? &c->was[0] : NULL, &c->oid);
	for (unsigned i = 0; !rc && i < c->n; i++) {
		const struct remade *p = find(m, &c->was[i]);
		for (size_t k = 0; p && k < p->other.n; k++)
			arena_push(m->a, &c->touched, p->other.at[k]);
	}
	/* a change of mode alone is no change of content */
	for (size_t i = 0; !rc && i < m->why->n; i++)
		if (m->why->at[i].path[strlen(m->why->at[i].path) - 1] != '/')
			arena_push(m->a, &c->touched, m->why->at[i].path);
	if (rc || (rc = new_tree(&tree, &other, m, c)) || (!moved && git_oid_equal(&tree, &c->tree)))
		return rc;
	if ((rc = distinct(parents, &n, m, c)))
		return rc;
	bool nothing_left = false;
	for (unsigned i = 0; n == 1 && i < c->n; i++) /* a commit made with no change stays, a merge of which one side is left does not */
		nothing_left = nothing_left || (git_oid_equal(&parents[0], &c->is[i]) && git_oid_equal(&tree, &c->is_tree[i]) &&
						(c->n > 1 || !git_oid_equal(&c->tree, &c->was_tree[0])));
	if (nothing_left)
		now = parents[0];
	else if ((rc = put_commit(&now, m, c, &tree, parents, n)))
		return rc;
	remember(m, c, &now, &other);
	return 0;
}

static int load(struct one *out, bool *moved, struct remaking *m, const git_oid *oid)
{
	int rc = git_commit_lookup(&out->c, m->r->git, oid);
	if (rc < 0)
		return giterr(m->e, rc, _("parcours de l'historique"));
	out->oid = *oid;
	out->tree = *git_commit_tree_id(out->c);
	out->n = git_commit_parentcount(out->c);
	*moved = false;
	if (out->n > PARENTS_MAX)
		return err_set(m->e, ERR_LIMIT, _("une fusion de plus de %d branches : on n'y touche pas"), PARENTS_MAX);
	for (unsigned i = 0; i < out->n; i++) {
		out->was[i] = *git_commit_parent_id(out->c, i);
		const struct remade *p = find(m, &out->was[i]);
		out->is[i] = p ? p->new : out->was[i];
		*moved = *moved || p;
		if ((rc = objs_tree_of(&out->was_tree[i], &m->s, &out->was[i], m->e)) ||
		    (rc = objs_tree_of(&out->is_tree[i], &m->s, &out->is[i], m->e)))
			return rc;
	}
	return 0;
}

static int remake_one(struct remaking *m, const git_oid *oid)
{
	struct one c = { 0 };
	bool moved;
	if (m->cancel && cancel_is(m->cancel))
		return err_set(m->e, ERR_CANCELLED, "%s", _("échange interrompu"));
	int rc = load(&c, &moved, m, oid);
	if (!rc && c.n) /* the common root is nobody's to change */
		rc = is_machine(c.c) ? remake_machine(m, &c, moved) : remake_authored(m, &c, moved);
	git_commit_free(c.c);
	return rc;
}

int remake_commits(git_oid *now, struct remakes *out, struct arena *a, struct repo *r, const git_oid *head, const struct oid *published,
		   size_t n, const struct causes *why, struct cancel *cancel, struct err *e)
{
	struct remakes made = { 0 };
	struct remaking m = { .out = &made, .a = a, .r = r, .why = why, .cancel = cancel, .e = e };
	git_revwalk *walk;
	git_oid oid;
	int rc = git_revwalk_new(&walk, r->git), next;
	if (rc < 0)
		return giterr(e, rc, _("parcours de l'historique"));
	objs_init(&m.s, r, a);
	git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	rc = git_revwalk_push(walk, head);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (oid_is(&published[i]) && !(rc = git_oid_fromstr(&oid, published[i].hex)))
			rc = git_revwalk_hide(walk, &oid);
	if (rc < 0)
		rc = giterr(e, rc, _("parcours de l'historique"));
	while (!rc && (next = git_revwalk_next(&oid, walk)) != GIT_ITEROVER)
		rc = next < 0 ? giterr(e, next, _("parcours de l'historique")) : remake_one(&m, &oid);
	git_revwalk_free(walk);
	if (rc)
		return rc;
	const struct remade *last = find(&m, head);
	*now = last ? last->new : *head;
	*out = made;
	return 0;
}
