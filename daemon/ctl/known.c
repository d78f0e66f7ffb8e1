/* One table of ids, filled as they are asked for.
 *
 * A worker that misses an id looks at the disk without holding the lock, then enters what it found; two that look for the
 * same id at the same time find the same, and the first entry stays. Facts (the text read, typed, fingerprinted) are made on
 * demand and published by a pointer that is written once: made twice at worst.
 */
#include "ctl/known.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fsio.h"
#include "ctl/json.h"
#include "loop/world.h"

#define BUCKETS (1u << 15)
#define LESSONS_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct entry {
	const char *id;
	struct entry *next;
	enum ref_found found;
	const char *file; /* absolute, of a REF_HERE */
	_Atomic(const struct ref_facts *) facts;
};

struct known {
	const struct schemas *set;
	const char *owner, *self;            /* collective; the pseudonym that works here, with or without a record */
	const char *root, *national;         /* folders with their '/'; national NULL: no copy */
	bool is_national, listed; /* the collectives are known */
	struct { const char **at; size_t n, cap; } codes;
	struct entry **table;
	pthread_mutex_t lock; /* of table and lessons */
	struct {
		bool read;
		struct buf text; /* own: the ids, each with its NUL */
		const char **at; /* own; sorted */
		size_t n;
	} lessons;
};

/* --- the table ---------------------------------------------------------------------------------------------------- */

static struct entry **bucket(struct known *k, const char *id)
{
	uint64_t h = 1469598103934665603u;
	for (const char *p = id; *p; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211u;
	return &k->table[(h ^ h >> 32) % BUCKETS];
}

static struct entry *lookup(struct known *k, const char *id)
{
	struct entry *x = *bucket(k, id);
	while (x && strcmp(x->id, id) != 0)
		x = x->next;
	return x;
}

static struct entry *enter(struct known *k, struct entry *x)
{
	struct entry *there = lookup(k, x->id);
	if (there)
		return there;
	struct entry **b = bucket(k, x->id);
	x->next = *b;
	return *b = x;
}

/* --- lessons of other collectives ----------------------------------------------------------------------------------- */

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void take_lesson(struct buf *ids, size_t *n, const char *line, size_t len)
{
	struct arena a; /* of one line: they are as long as lessons */
	struct val *v;
	if (!arena_begin(&a))
		return;
	const char *id = json_parse(&v, &a, line, len, NULL) == 0 ? val_text(v, "id") : NULL;
	if (id) {
		buf_put(ids, id, strlen(id) + 1);
		++*n;
	}
	arena_end(&a);
}

static void take_lines(struct known *k, const char *path)
{
	struct buf file = BUF_INIT;
	if (fs_read(&file, path, LESSONS_MAX_BYTES, NULL) == 0)
		for (const char *p = file.at, *end = file.at + file.n, *nl; p < end; p = nl + 1) {
			nl = memchr(p, '\n', (size_t)(end - p));
			if (!nl)
				nl = end;
			take_lesson(&k->lessons.text, &k->lessons.n, p, (size_t)(nl - p));
		}
	buf_free(&file);
}

/* "k.jsonl", not the table "k.csv" beside it. */
static bool is_lines(const char *name)
{
	const char *end = strrchr(name, '.');
	return end && !strcmp(end, ".jsonl");
}

/* aggregat/enseignements/ara/k.jsonl: two folders down. */
static void take_folder(struct known *k, const char *folder, bool top)
{
	struct fs_names names = { 0 };
	if (fs_list(&names, folder, NULL))
		return;
	for (size_t i = 0; i < names.n; i++) {
		char path[PATH_MAX];
		if (snprintf(path, sizeof path, "%s/%s", folder, names.at[i]) >= (int)sizeof path)
			continue;
		if (top && fs_is_dir(path))
			take_folder(k, path, false);
		else if (!top && is_lines(names.at[i]))
			take_lines(k, path);
	}
	fs_names_free(&names);
}

/* With the lock held. A file that is missing or cut gives fewer lessons: then there are warnings more. */
static void read_lessons(struct known *k)
{
	char path[PATH_MAX];
	const char *folder = k->is_national ? k->root : k->national;
	k->lessons.read = true;
	if (folder && snprintf(path, sizeof path, "%saggregat/enseignements", folder) < (int)sizeof path)
		take_folder(k, path, true);
	k->lessons.at = calloc(k->lessons.n + 1, sizeof *k->lessons.at);
	if (!k->lessons.at || !buf_ok(&k->lessons.text))
		k->lessons.n = 0;
	const char *id = k->lessons.text.at;
	for (size_t i = 0; i < k->lessons.n; i++, id += strlen(id) + 1)
		k->lessons.at[i] = id;
	if (k->lessons.n)
		qsort(k->lessons.at, k->lessons.n, sizeof *k->lessons.at, by_name);
}

static bool is_lesson(struct known *k, const char *id)
{
	pthread_mutex_lock(&k->lock);
	if (!k->lessons.read)
		read_lessons(k);
	bool found = k->lessons.n && bsearch(&id, k->lessons.at, k->lessons.n, sizeof *k->lessons.at, by_name);
	pthread_mutex_unlock(&k->lock);
	return found;
}

/* --- one id ----------------------------------------------------------------------------------------------------------- */

static void look(struct entry *x, struct known *k, struct arena *keep)
{
	const char *path = record_path(keep, k->set, x->id), *roots[] = { k->root, k->national };
	for (size_t i = 0; path && i < 2; i++) {
		x->file = roots[i] ? arena_printf(keep, "%s%s", roots[i], path) : NULL;
		if (!x->file || !fs_exists(x->file))
			continue;
		x->found = REF_HERE;
		return;
	}
	x->file = NULL;
	bool named = !strcmp(x->id, k->self) || (path && is_lesson(k, x->id));
	x->found = named ? REF_NAMED : REF_NOWHERE;
}

static struct entry *get(struct known_user *u, const char *id)
{
	struct known *k = u->known;
	pthread_mutex_lock(&k->lock);
	struct entry *x = lookup(k, id);
	pthread_mutex_unlock(&k->lock);
	if (x)
		return x;
	struct entry *new = arena_new(u->keep, struct entry);
	new->id = arena_dup(u->keep, id);
	look(new, k, u->keep);
	pthread_mutex_lock(&k->lock);
	x = enter(k, new);
	pthread_mutex_unlock(&k->lock);
	return x;
}

static bool is_code(const struct known *k, const char *code)
{
	for (size_t i = 0; i < k->codes.n; i++)
		if (!strcmp(k->codes.at[i], code))
			return true;
	return !strcmp(code, k->owner) || !strcmp(code, "nat");
}

static enum ref_found find(void *ctx, const char *id)
{
	struct known_user *u = ctx;
	if (!id_is_valid(id))
		return is_code(u->known, id) ? REF_NAMED : REF_NOWHERE;
	return get(u, id)->found;
}

static bool read_record(struct ref_facts *out, struct known_user *u, struct arena *a, const struct entry *x)
{
	struct buf text = BUF_INIT;
	struct ydoc *doc;
	const struct schemas *set = u->known->set;
	struct record rec = { .schema = schemas_by_prefix(set, (char[]){ x->id[0], x->id[1], x->id[2], 0 }) };
	bool ok = rec.schema && fs_read(&text, x->file, YAML_MAX_BYTES, NULL) == 0 &&
		  ydoc_parse(&doc, a, x->id, text.at, text.n, NULL, NULL) == 0;
	buf_free(&text);
	if (!ok)
		return false;
	rec.val = schema_type(a, rec.schema->root, ydoc_val(doc));
	ref_facts_of(out, u->keep, set, &rec);
	return true;
}

static const struct ref_facts *read_facts(struct known_user *u, const struct entry *x)
{
	struct arena a; /* of the record */
	struct ref_facts *out = arena_new(u->keep, struct ref_facts);
	if (!arena_begin(&a))
		return NULL;
	bool ok = read_record(out, u, &a, x);
	arena_end(&a);
	return ok ? out : NULL;
}

static const struct ref_facts *facts(void *ctx, const char *id)
{
	struct known_user *u = ctx;
	struct entry *x = get(u, id);
	if (!x->file)
		return NULL;
	const struct ref_facts *f = atomic_load(&x->facts);
	if (!f && (f = read_facts(u, x)))
		atomic_store(&x->facts, f);
	return f;
}

/* --- opening ---------------------------------------------------------------------------------------------------------- */

struct hearing {
	struct known *k;
	struct arena *a;
};

static int heard_file(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct hearing *h = ctx;
	(void)blob;
	(void)mode;
	if (path_class(h->k->set, path) != PATH_RECORD)
		return 0;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct entry *x = arena_new(h->a, struct entry);
	x->id = arena_dupn(h->a, name, strlen(name) - strlen(".yaml"));
	x->found = REF_NAMED;
	enter(h->k, x);
	return 0;
}

/* The national clone has every collective's head: their records are known by name. */
static int hear(struct known *k, struct arena *a, struct repo *r, const char *code, struct err *e)
{
	struct oid head;
	struct hearing h = { k, a };
	int rc = repo_ref(&head, r, arena_printf(a, WORLD_COLLECTIVES "%s", code), e);
	return rc || !oid_is(&head) ? rc : repo_walk(r, &head, "", heard_file, &h, e);
}

static int read_codes(struct known *k, struct arena *a, struct repo *r, struct err *e)
{
	const struct val *list;
	int rc = national_collectives(&list, a, r, e);
	k->listed = !rc && list;
	for (size_t i = 0; !rc && list && list->type == VAL_LIST && i < list->list.n; i++) {
		const char *code = val_text(list->list.at[i], "code");
		if (!code)
			continue;
		arena_push(a, &k->codes, code);
		if (k->is_national && strcspn(code, "/.~^: ") == strlen(code))
			rc = hear(k, a, r, code, e);
	}
	return rc;
}

/* A copy that cannot be read is as good as none: the next sync makes it again. */
static void open_copy(struct known *k, struct arena *a)
{
	struct repo *copy;
	const char *folder = arena_printf(a, "%s" WORLD_NATIONAL "/", k->root);
	if (!fs_exists(arena_printf(a, "%s.git", folder)) || repo_open(&copy, folder, NULL) < 0)
		return;
	if (read_codes(k, a, copy, NULL) == 0)
		k->national = folder;
	repo_close(copy);
}

int known_open(struct known **out, struct arena *a, const struct schemas *set, struct repo *r, struct err *e)
{
	struct known *k = arena_new(a, struct known);
	k->set = set;
	k->owner = arena_dup(a, repo_collective(r));
	k->self = arena_dup(a, repo_author(r));
	k->root = arena_dup(a, repo_workdir(r));
	k->is_national = repo_is_national(r);
	k->table = arena_array(a, BUCKETS, sizeof *k->table);
	/* a list of collectives that cannot be read must not keep the records from being checked */
	int rc = k->is_national ? read_codes(k, a, r, e) : 0;
	if (rc == ERR_NOMEM)
		return rc;
	if (!k->is_national)
		open_copy(k, a);
	pthread_mutex_init(&k->lock, NULL);
	*out = k;
	return 0;
}

void known_close(struct known *k)
{
	if (!k)
		return;
	buf_free(&k->lessons.text);
	free(k->lessons.at);
	pthread_mutex_destroy(&k->lock);
}

struct ref_world known_world(struct known_user *u)
{
	const struct known *k = u->known;
	return (struct ref_world){ u, find, facts, k->owner, k->listed };
}
