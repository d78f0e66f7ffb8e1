/* kit.h -- a clone's folder, another repository, and the cache of both, for the tests of index/. */
#ifndef TEST_INDEX_KIT_H
#define TEST_INDEX_KIT_H

#include "../store/fixture.h"

#include "index/index.h"
#include "index/passage.h"
#include "schema/record.h"

static struct arena a;
static struct repo *own, *other;
static struct oid own_head, other_head;
static const struct schemas *set;
static struct index *x;
static size_t changed;

/* ctl/json.h is above this floor. A line of these tests is YAML in flow style, which JSON is as well. */
UNUSED static int read_json(struct val **out, struct arena *arena, const char *bytes, size_t n, struct err *e)
{
	struct ydoc *d;
	const char *text = arena_printf(arena, "v: %.*s\n", (int)n, bytes);
	int rc = ydoc_parse(&d, arena, "line", text, strlen(text), NULL, e);
	if (!rc)
		*out = val_get(ydoc_val(d), "v");
	return rc;
}

static const char *kit_dir(void)
{
	return arena_printf(&a, "%smaillage/", repo_gitdir(own));
}

UNUSED static void kit_write(const char *path, const char *text)
{
	const char *file = arena_printf(&a, "%s%s", repo_workdir(own), path);
	ok(fs_mkparents(file, &E));
	FILE *f = fopen(file, "w"); /* fs_write waits for the disk */
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

UNUSED static const char *kit_path(const char *id)
{
	return record_path(&a, set, id);
}

/* The text of a record; more: lines after the envelope. */
UNUSED static const char *kit_record(const char *id, const char *title, const char *more)
{
	const char *code = arena_dupn(&a, id + 4, strcspn(id + 4, "-"));
	const struct schema *s = schemas_by_prefix(set, arena_dupn(&a, id, 3));
	return arena_printf(&a, "schema: %s/1\nid: %s\ncollectif: %s\ntitre: \"%s\"\n%s%s%s", s->kind, id, code, title,
			    strstr(more, "etat:") ? "" : "etat: brouillon\n", strstr(more, "visibilite:") ? "" : "visibilite: reseau\n", more);
}

UNUSED static void kit_put(const char *id, const char *title, const char *more)
{
	kit_write(kit_path(id), kit_record(id, title, more));
}

/* One more commit of the other repository. text NULL: removed. */
UNUSED static void kit_commit(const char *path, const char *text)
{
	other_head = commit_files(other, other_head, "x", path, text, NULL);
}

UNUSED static int kit_refresh(void)
{
	struct index_source s[2] = { { .name = ".", .r = own }, { .name = "bfc", .r = other, .aggregated = true, .skip = "ara" } };
	s[1].head = other_head;
	changed = 0;
	return index_refresh(&changed, x, s, 2, read_json, &E);
}

/* Close the cache if it is open, open it again (kept: the file) and bring it up to date. */
UNUSED static void kit_open(bool kept)
{
	index_close(x);
	x = NULL;
	ok(index_open(&x, kept ? kit_dir() : NULL, set, &E));
	ok(kit_refresh());
}

UNUSED static int kit_ask(struct index_hits *out, const char *typed, const char *theme)
{
	struct query q;
	int rc = query_parse(&q, &a, typed, &E);
	struct index_wish w = { .words = &q, .theme = theme, .most = 50 };
	return rc ? rc : index_search(out, &a, x, &w, &E);
}

/* The ids found, best first, with a space between; "some: " before when no record has all words. */
UNUSED static const char *found(const char *typed)
{
	struct index_hits h;
	ok(kit_ask(&h, typed, NULL));
	const char *all = h.all_words || !h.n ? "" : "some:";
	for (size_t i = 0; i < h.n; i++)
		all = arena_printf(&a, "%s%s%s", all, *all ? " " : "", h.at[i].id);
	assert_int_equal(h.n, h.total);
	return all;
}

UNUSED static const char *sorted(const char *ids)
{
	const char *at[64];
	size_t n = 0;
	char *copy = arena_dup(&a, ids), *save = NULL;
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		at[n++] = p;
	const char *out = "";
	for (size_t done = 0; done < n; done++) {
		size_t least = 0;
		while (!at[least])
			least++;
		for (size_t i = least; i < n; i++)
			if (at[i] && strcmp(at[i], at[least]) < 0)
				least = i;
		out = arena_printf(&a, "%s%s%s", out, *out ? " " : "", at[least]);
		at[least] = NULL;
	}
	return out;
}

#define assert_found(typed, ids) assert_string_equal(sorted(found(typed)), ids)

/* Marked text with [ and ] for the marks. */
UNUSED static const char *drawn(const char *marked)
{
	char *s = arena_dup(&a, marked);
	for (char *p = s; *p; p++)
		*p = *p == PASSAGE_ON ? '[' : *p == PASSAGE_OFF ? ']' : *p;
	return s;
}

UNUSED static struct index_hit first(const char *typed)
{
	struct index_hits h;
	ok(kit_ask(&h, typed, NULL));
	assert_true(h.n > 0);
	h.at[0].title = drawn(h.at[0].title);
	h.at[0].passage = drawn(h.at[0].passage);
	return h.at[0];
}

static int kit_begin(void **st)
{
	static int n;
	char name[32];
	store_setup(st);
	arena_init(&a);
	a.armed = true;
	snprintf(name, sizeof name, "own%d-%d", ++n, (int)getpid());
	own = new_repo(name);
	snprintf(name, sizeof name, "other%d-%d", n, (int)getpid());
	other = new_repo(name);
	own_head = root_of(own);
	other_head = commit_files(other, root_of(other), "x", "LISEZMOI", "x\n", NULL);
	ok(repo_schemas(&set, own, &own_head, &E));
	return 0;
}

static int kit_end(void **st)
{
	index_close(x);
	x = NULL;
	repo_close(own);
	repo_close(other);
	arena_end(&a);
	return store_teardown(st);
}

#endif
