/* message.c -- the commit message of a change: a subject that a coordinator understands, trailers that git can query.
 * French in every locale: history is shared by everybody, whatever language their screen speaks (DESIGN 7).
 *
 *   enseignement ens-ara-k5w2h9tc : titre, +theme con-cooperation
 *
 *   Fiche: ens-ara-k5w2h9tc
 *   Champ: titre
 *   Champ: themes
 *
 * A trailer a record and a field, the first TRAILERS_MAX of them (the tree itself says the rest). `Tranche: <id>
 * <champ>` says that this commit settled a difference.
 */
#include "worktree.h"

#include <string.h>

#include "fielddiff.h"
#include "merge/diffset.h"
#include "schema/record.h"
#include "wt.h"

#define SUBJECT_MAX 100  /* bytes, about; longer lists end in ... */
#define TRAILERS_MAX 200
#define READ_MAX 200 /* changes that are looked into; a first import has thousands */

struct item { /* one record or file of the commit */
	const char *name; /* id, or path */
	const char *kind; /* NULL: no record */
	struct field_changes fields;
	struct settled {
		const char *champ;
		bool read; /* no choice was open: it was read again */
	} *settled;
	size_t nsettled, cap;
	bool created, deleted, sidecar_only;
};
struct items {
	struct item *at;
	size_t n, cap;
	size_t more;       /* records and files that were only counted */
	bool more_files;   /* some of those are no records */
};

/* Bytes of the whole character at s; 0: this is no UTF-8. */
static size_t character(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF5 ? 4 : 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
	    (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return n;
}

/* A file's name may be any bytes; git takes a message for UTF-8, and the hub checks it. */
static const char *name_text(struct arena *a, const char *path)
{
	struct buf b = BUF_INIT;
	for (const char *p = path; *p;) {
		size_t n = character((const unsigned char *)p);
		if (!n)
			buf_puts(&b, "\xEF\xBF\xBD");
		else if ((unsigned char)*p < ' ' || *p == 127)
			buf_putc(&b, ' ');
		else
			buf_put(&b, p, n);
		p += n ? n : 1;
	}
	const char *out = arena_dup(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct item *item_named(struct items *l, struct arena *a, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->at[i].name, name))
			return &l->at[i];
	struct item it = { .name = name };
	arena_push(a, l, it);
	return &l->at[l->n - 1];
}

/* "themes" -> "theme": what one element of a set is called in the subject. */
static const char *singular(struct arena *a, const char *champ)
{
	const char *last = strrchr(champ, '/');
	last = last ? last + 1 : champ;
	size_t n = strlen(last);
	return n > 2 && (last[n - 1] == 's' || last[n - 1] == 'x') ? arena_dupn(a, last, n - 1) : last;
}

static const char *scalar_text(struct arena *a, const struct val *v)
{
	struct buf b = BUF_INIT;
	if (v->type == VAL_STR)
		return v->str.at;
	val_canon(&b, v);
	const char *s = arena_dup(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static const struct settled *told(const struct item *it, const char *champ)
{
	for (size_t i = 0; i < it->nsettled; i++)
		if (!strcmp(it->settled[i].champ, champ))
			return &it->settled[i];
	return NULL;
}

static const char *settled_label(struct arena *a, const struct settled *s)
{
	return arena_printf(a, s->read ? "%s (relu)" : "%s (tranché)", s->champ);
}

static const char *label(struct arena *a, const struct item *it, const struct field_change *c)
{
	const char *sign = c->kind == FIELD_ADDED ? "+" : "-";
	if (c->kind == FIELD_SET)
		return told(it, c->champ) ? settled_label(a, told(it, c->champ)) : c->champ;
	if (c->element)
		return arena_printf(a, "%s%s %s", sign, singular(a, c->champ),
				    scalar_text(a, c->kind == FIELD_ADDED ? c->y : c->x));
	const char *key = strrchr(c->champ, '/');
	const char *list = arena_dupn(a, c->champ, (size_t)(key - c->champ));
	return arena_printf(a, "%s%s %s", sign, singular(a, list), key + 1);
}

/* Append ", text" while there is room. */
static bool add_label(struct buf *b, size_t start, const char *text)
{
	bool first = b->n == start;
	if (b->n + strlen(text) > SUBJECT_MAX && !first) {
		buf_puts(b, ", ...");
		return false;
	}
	if (!first)
		buf_puts(b, ", ");
	for (; *text; text++) /* a subject is one line */
		buf_putc(b, *text == '\n' || *text == '\r' ? ' ' : *text);
	return true;
}

static void subject_one(struct buf *b, struct arena *a, const struct item *it)
{
	if (it->kind)
		buf_printf(b, "%s %s : ", it->kind, it->name);
	else
		buf_printf(b, "%s : ", it->name);
	size_t start = b->n;
	if (it->created)
		buf_puts(b, it->kind ? "nouvelle fiche" : "ajout");
	else if (it->deleted)
		buf_puts(b, "suppression");
	for (size_t i = 0; !it->created && !it->deleted && i < it->fields.n; i++)
		if (!add_label(b, start, label(a, it, &it->fields.at[i])))
			return;
	for (size_t i = 0; !it->created && !it->deleted && i < it->nsettled; i++) {
		bool in_fields = false;
		for (size_t j = 0; j < it->fields.n; j++)
			in_fields = in_fields || !strcmp(it->fields.at[j].champ, it->settled[i].champ);
		if (!in_fields && !add_label(b, start, settled_label(a, &it->settled[i])))
			return;
	}
	if (b->n == start)
		buf_puts(b, it->sidecar_only ? "différences" : it->kind ? "mise en forme" : "modification");
}

static void subject_many(struct buf *b, const struct items *l)
{
	bool records = !l->more_files;
	for (size_t i = 0; i < l->n; i++)
		records = records && l->at[i].kind;
	buf_printf(b, "%zu %s : ", l->n + l->more, records ? "fiches" : "fichiers");
	size_t start = b->n;
	for (size_t i = 0; i < l->n; i++)
		if (!add_label(b, start, l->at[i].name))
			return;
}

static void trailers(struct buf *b, const struct items *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n && n < TRAILERS_MAX; i++) {
		const struct item *it = &l->at[i];
		if (!it->kind)
			continue;
		buf_printf(b, "Fiche: %s\n", it->name);
		n++;
		const char *last = "";
		for (size_t j = 0; !it->created && !it->deleted && j < it->fields.n && n < TRAILERS_MAX; j++) {
			if (!strcmp(last, it->fields.at[j].champ))
				continue;
			last = it->fields.at[j].champ;
			buf_printf(b, "Champ: %s\n", last);
			n++;
		}
		for (size_t j = 0; j < it->nsettled && n < TRAILERS_MAX; j++, n++)
			buf_printf(b, "Tranche: %s %s\n", it->name, it->settled[j].champ);
	}
}

/* A text may have several contested sentences: each is known by its base, which for a value changes when it is settled. */
static bool still_open(const struct diffs *after, const struct diff *d)
{
	for (size_t i = 0; i < after->n; i++) {
		const struct diff *now = &after->at[i];
		bool same = !strcmp(now->champ, d->champ) && (diff_class(d) != DIFF_SENTENCE || val_equal(now->base, d->base));
		if (same && now->degre != DEG_TRANCHE)
			return true;
	}
	return false;
}

/* Was open before, is settled (or gone, the field still there) now. */
static void find_settled(struct item *it, struct arena *a, const struct diffs *before, const struct diffs *after)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct diff *d = &before->at[i];
		if (d->degre == DEG_TRANCHE || still_open(after, d) || told(it, d->champ))
			continue;
		struct {
			struct settled *at;
			size_t n, cap;
		} list = { it->settled, it->nsettled, it->cap };
		arena_push(a, &list, ((struct settled){ d->champ, d->degre == DEG_A_RELIRE }));
		it->settled = list.at;
		it->nsettled = list.n;
		it->cap = list.cap;
	}
}

static int one_record(struct items *l, struct arena *a, struct repo *r, const struct oid *parent,
		      const struct schemas *set, const struct file_change *c, struct err *e)
{
	struct record x = { 0 }, y = { 0 };
	struct faults ignored = { 0 };
	const char *old;
	size_t n;
	int rc = repo_read(&old, &n, NULL, a, r, parent, c->path, e);
	if (rc)
		return rc;
	if (old)
		record_load(&x, &ignored, a, set, c->path, c->path, NULL, old, n);
	if (c->bytes)
		record_load(&y, &ignored, a, set, c->path, c->path, NULL, c->bytes, c->n);
	const struct record *any = y.id ? &y : &x;
	struct item *it = item_named(l, a, name_text(a, any->id ? any->id : c->path));
	it->kind = any->schema ? any->schema->kind : any->id ? "fiche" : NULL;
	it->created = !old;
	it->deleted = !c->bytes;
	it->sidecar_only = false;
	if (any->schema)
		fielddiff(&it->fields, a, any->schema->root, x.val, y.val);
	return 0;
}

static int one_sidecar(struct items *l, struct arena *a, struct repo *r, const struct oid *parent,
		       const struct schemas *set, const struct file_change *c, struct err *e)
{
	struct diffs x = { 0 }, y = { 0 };
	const char *old;
	size_t n;
	int rc = repo_read(&old, &n, NULL, a, r, parent, c->path, e);
	if (rc)
		return rc;
	/* an unreadable side simply has nothing to tell */
	if (old && diffs_parse(&x, a, c->path, old, n, NULL) < 0)
		x = (struct diffs){ 0 };
	if (c->bytes && diffs_parse(&y, a, c->path, c->bytes, c->n, NULL) < 0)
		y = (struct diffs){ 0 };
	const char *id = name_text(a, wt_id_of_path(a, c->path));
	bool fresh = true;
	for (size_t i = 0; i < l->n; i++)
		fresh = fresh && strcmp(l->at[i].name, id) != 0;
	struct item *it = item_named(l, a, id);
	if (fresh) {
		const char *path = record_path(a, set, id);
		const char *dash = strchr(id, '-');
		const struct schema *s =
			path && dash ? schemas_by_prefix(set, arena_dupn(a, id, (size_t)(dash - id))) : NULL;
		it->kind = s ? s->kind : "fiche";
		it->sidecar_only = true;
	}
	find_settled(it, a, &x, &y);
	return 0;
}

static int message_in(struct buf *out, struct arena *a, struct repo *r, const struct oid *parent,
		      const struct file_change *changes, size_t n, struct err *e)
{
	const struct schemas *set;
	struct items l = { 0 };
	int rc = repo_schemas(&set, r, parent, e);
	for (size_t i = READ_MAX; !rc && i < n; i++) {
		enum path_class class = path_class(set, changes[i].path);
		l.more += class != PATH_SIDECAR;
		l.more_files = l.more_files || (class != PATH_RECORD && class != PATH_SIDECAR);
	}
	n = n < READ_MAX ? n : READ_MAX;
	/* records first, so that a sidecar finds its record's line */
	for (size_t i = 0; !rc && i < n; i++)
		if (path_class(set, changes[i].path) == PATH_RECORD)
			rc = one_record(&l, a, r, parent, set, &changes[i], e);
	for (size_t i = 0; !rc && i < n; i++) {
		enum path_class class = path_class(set, changes[i].path);
		const char *old;
		if (class == PATH_SIDECAR) {
			rc = one_sidecar(&l, a, r, parent, set, &changes[i], e);
		} else if (class != PATH_RECORD &&
			   !(rc = repo_read(&old, NULL, NULL, a, r, parent, changes[i].path, e))) {
			struct item *it = item_named(&l, a, name_text(a, changes[i].path));
			it->created = !old;
			it->deleted = !changes[i].bytes;
		}
	}
	if (rc)
		return rc;
	struct buf b = BUF_INIT;
	if (l.n == 1 && !l.more)
		subject_one(&b, a, &l.at[0]);
	else
		subject_many(&b, &l);
	buf_puts(&b, "\n\n");
	size_t body = b.n;
	trailers(&b, &l);
	if (b.n == body)
		buf_cut(&b, body - 1);
	buf_put(out, b.at, b.n);
	bool ok = buf_ok(&b) && buf_ok(out);
	buf_free(&b);
	return ok ? 0 : err_nomem(e);
}

int commit_message(struct buf *out, struct repo *r, const struct oid *parent, const struct file_change *changes,
		   size_t n, struct err *e)
{
	struct arena a;
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = message_in(out, &a, r, parent, changes, n, e);
	arena_end(&a);
	return rc;
}
