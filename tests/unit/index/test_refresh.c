/* The cache follows what changed, takes only what may travel, and comes back whatever is done to it. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>

#include "kit.h"
#include "lessons/outputs.h"

static void follows_the_folder(void **st)
{
	(void)st;
	kit_put("ens-ara-1", "Eau", "enonce: Un.\n");
	kit_put("ens-ara-2", "Bois", "enonce: Un.\n");
	kit_open(true);
	assert_int_equal(changed, 2);
	assert_found("eau", "ens-ara-1");
	kit_put("ens-ara-2", "Eaux", "enonce: Un.\n"); /* as many bytes, within the same tick */
	kit_open(true);
	assert_found("eau", "ens-ara-1 ens-ara-2");
	assert_found("bois", "");
	kit_put("ens-ara-3", "Eau", "visibilite: prive\n"); /* waits on disk, for its author alone */
	assert_int_equal(unlink(arena_printf(&a, "%s%s", repo_workdir(own), kit_path("ens-ara-1"))), 0);
	kit_open(true);
	assert_found("eau", "ens-ara-2 ens-ara-3");
	kit_write(kit_path("ens-ara-2"), "titre: \"Eau\nenonce: [\n"); /* half written */
	kit_open(true);
	assert_found("eau", "ens-ara-3");
}

static void reads_only_what_changed(void **st)
{
	(void)st;
	for (int i = 10; i < 40; i++)
		kit_put(arena_printf(&a, "ens-ara-%d", i), "Eau", "enonce: Un.\n");
	kit_commit("enseignements/1_/ens-bfc-1.yaml", kit_record("ens-bfc-1", "Eau", ""));
	kit_open(true);
	assert_int_equal(changed, 31);
	kit_open(true);
	assert_int_equal(changed, 0);
	kit_put("ens-ara-12", "Eau vive", "enonce: Un.\n");
	kit_commit("enseignements/2_/ens-bfc-2.yaml", kit_record("ens-bfc-2", "Eau", ""));
	kit_open(true);
	assert_int_equal(changed, 3); /* one put away and read again, one read */
	assert_int_equal(strlen(found("eau")) > 0, 1);
	kit_commit("enseignements/1_/ens-bfc-1.yaml", NULL);
	kit_open(true);
	assert_int_equal(changed, 1);
	assert_found("vive", "ens-ara-12");
}

static void only_what_may_travel_is_taken_from_others(void **st)
{
	(void)st;
	static const char *const no[] = { "visibilite: prive\n", "visibilite: collectif\n", "visibilite: reseau\netat: retire\n" };
	static const char consent[] = "paraphrase: Eau.\nconsentement: {statut: obtenu, portee: reseau, citation: paraphrase}\n";
	static const char *const no_consent[] = {
		"paraphrase: Eau.\n",
		"paraphrase: Eau.\nconsentement: {statut: retire, portee: reseau, citation: paraphrase}\n",
		"paraphrase: Eau.\nconsentement: {statut: obtenu, portee: collectif, citation: paraphrase}\n",
		"paraphrase: Eau.\nconsentement: {statut: obtenu, portee: public, citation: aucune}\n",
		"paraphrase: Eau.\nconsentement: {statut: obtenu, portee: public, citation: verbatim, expire_le: \"2001-01-01\"}\n"
	};
	kit_commit("enseignements/1_/ens-bfc-1.yaml", kit_record("ens-bfc-1", "Eau", "visibilite: public\n"));
	kit_commit("materiaux/1_/mat-bfc-1.yaml", kit_record("mat-bfc-1", "Eau", consent));
	kit_commit("prive/notes.yaml", "titre: Eau\n");
	for (size_t i = 0; i < 3; i++)
		kit_commit(arena_printf(&a, "enseignements/2_/ens-bfc-2%zu.yaml", i),
			   kit_record(arena_printf(&a, "ens-bfc-2%zu", i), "Eau", no[i]));
	for (size_t i = 0; i < 5; i++)
		kit_commit(arena_printf(&a, "materiaux/2_/mat-bfc-2%zu.yaml", i),
			   kit_record(arena_printf(&a, "mat-bfc-2%zu", i), "Eau", no_consent[i]));
	kit_put("mat-ara-1", "Eau", no_consent[1]); /* one's own */
	kit_open(true);
	assert_found("eau", "ens-bfc-1 mat-ara-1 mat-bfc-1");
	kit_commit("enseignements/1_/ens-bfc-1.yaml", kit_record("ens-bfc-1", "Eau", "etat: retire\n"));
	kit_open(true);
	assert_found("eau", "mat-ara-1 mat-bfc-1");
}

#define LINE(id, code, title) \
	"{\"id\": \"" id "\", \"collectif\": \"" code "\", \"visibilite\": \"reseau\", \"titre\": \"" title "\", \"enonce\": \"De l'eau.\"}\n"

static void lessons_of_others_come_line_by_line(void **st)
{
	(void)st;
	kit_commit("aggregat/enseignements/bfc/1.jsonl", LINE("ens-bfc-1", "bfc", "Un") LINE("ens-ara-9", "ara", "A nous"));
	kit_commit("aggregat/enseignements.jsonl", LINE("ens-bre-1", "bre", "Deux") "pas du JSON\n" LINE("ens-bre-2", "bre", "Trois"));
	kit_commit("aggregat/trace.csv", "eau\n");
	kit_open(true);
	assert_found("eau", "ens-bfc-1 ens-bre-1 ens-bre-2"); /* ours are read in the folder */
	kit_commit("aggregat/enseignements.jsonl", LINE("ens-bre-1", "bre", "Quatre") LINE("ens-bre-2", "bre", "Trois"));
	kit_open(true);
	assert_int_equal(changed, 2); /* one line goes, one comes */
	assert_found("quatre", "ens-bre-1");
	assert_found("deux", "");
	kit_commit("aggregat/enseignements.jsonl", NULL);
	kit_open(true);
	assert_found("eau", "ens-bfc-1");
}

static size_t count_links(void)
{
	struct index_lessons l;
	ok(index_lessons(&l, &a, x, &E));
	return l.links.n;
}

/* One row of a table, by its first cells. */
static const char *row(const char *columns, const char *cells)
{
	size_t missing = 0;
	for (const char *c = columns; *c; c++)
		missing += *c == ',';
	for (const char *c = cells; *c; c++)
		missing -= *c == ',';
	const char *out = cells;
	for (; missing; missing--)
		out = arena_printf(&a, "%s,", out);
	return arena_printf(&a, "%s\n", out);
}

static void links_of_others_come_from_the_tables(void **st)
{
	(void)st;
	const char *group = arena_printf(&a, "%s\n%s", GROUP_COLUMNS, row(GROUP_COLUMNS, "g,,,,,,3,ens-a-1; ens-b-1; ens-c-1"));
	const char *split = arena_printf(&a, "%s\n%s%s", SPLIT_COLUMNS, row(SPLIT_COLUMNS, "lien,cro-a-1,nuance,,a,a,ens-a-1,,,d,ens-d-1"),
					 row(SPLIT_COLUMNS, "interne,,,,a,a,ens-a-1"));
	kit_commit("aggregat/grappes/a.csv", group);
	kit_commit("aggregat/divergences/a.csv", split);
	kit_open(true);
	assert_int_equal(count_links(), 3 + 1);
	kit_commit("aggregat/grappes/a.csv", "another,version\n1,2\n");
	kit_open(true);
	assert_int_equal(count_links(), 1);
	kit_commit("aggregat/divergences/a.csv", NULL);
	kit_open(true);
	assert_int_equal(count_links(), 0);
}

static void a_source_that_is_not_given_any_more_goes(void **st)
{
	(void)st;
	struct index_source one = { .name = ".", .r = own };
	kit_put("ens-ara-1", "Eau", "");
	kit_commit("enseignements/1_/ens-bfc-1.yaml", kit_record("ens-bfc-1", "Eau", ""));
	kit_open(true);
	assert_found("eau", "ens-ara-1 ens-bfc-1");
	ok(index_refresh(&changed, x, &one, 1, read_json, &E));
	assert_int_equal(changed, 1);
	assert_found("eau", "ens-ara-1");
}

/* A copy that was fetched anew may not have the commit that was read last. */
static void an_unknown_last_commit_is_no_trouble(void **st)
{
	(void)st;
	struct repo *first = other;
	struct oid head = other_head;
	kit_commit("enseignements/1_/ens-bfc-1.yaml", kit_record("ens-bfc-1", "Eau", ""));
	kit_open(true);
	other = new_repo(arena_printf(&a, "anew-%d", (int)getpid()));
	other_head = root_of(other);
	kit_commit("enseignements/2_/ens-bfc-2.yaml", kit_record("ens-bfc-2", "Eau", ""));
	kit_open(true);
	assert_found("eau", "ens-bfc-2");
	repo_close(other);
	other = first;
	other_head = head;
}

/* --- damage ---------------------------------------------------------------------------------------------- */

static const char *file(const char *tail)
{
	return arena_printf(&a, "%sindex.sqlite%s", kit_dir(), tail);
}

static void overwrite(const char *path, off_t at, size_t n, unsigned char with)
{
	int fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	unsigned char *bytes = arena_alloc(&a, n);
	memset(bytes, with, n);
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	close(fd);
}

static off_t size_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Whatever was done: opens, and finds what it found before. */
static void assert_comes_back(const char *what)
{
	index_close(x);
	x = NULL;
	if (index_open(&x, kit_dir(), set, &E) || kit_refresh())
		fail_msg("%s: %s", what, E.msg);
	assert_found("eau", "ens-ara-1 ens-bfc-1");
	assert_found("garderie", "ens-ara-2");
	kit_open(true);
	if (changed)
		fail_msg("%s: %zu read again by the next one", what, changed);
}

static void comes_back_from_any_damage(void **st)
{
	(void)st;
	kit_put("ens-ara-1", "Eau", "");
	kit_put("ens-ara-2", "Garderie", "");
	kit_commit("enseignements/1_/ens-bfc-1.yaml", kit_record("ens-bfc-1", "Eau", ""));
	kit_open(true);
	assert_comes_back("nothing");
	index_close(x), x = NULL;
	off_t size = size_of(file(""));
	for (off_t at = 0; at < size; at += size / 12) {
		overwrite(file(""), at, 300, 0xA5);
		assert_comes_back("overwritten");
		index_close(x), x = NULL;
	}
	overwrite(file(""), size, 5000, 0);
	assert_comes_back("longer");
	index_close(x), x = NULL;
	assert_int_equal(truncate(file(""), size / 2), 0);
	assert_comes_back("shorter");
	index_close(x), x = NULL;
	assert_int_equal(truncate(file(""), 0), 0);
	assert_comes_back("empty");
	index_close(x), x = NULL;
	assert_int_equal(unlink(file("")), 0);
	assert_comes_back("deleted");
	index_close(x), x = NULL;
	assert_int_equal(unlink(file(".seen")), 0);
	assert_comes_back("without its note");
	index_close(x), x = NULL;
	overwrite(file(".seen"), 0, 3, 'x');
	assert_comes_back("with another note");
	index_close(x), x = NULL;
	ok(fs_write(file("-journal"), "not a journal", 13, &E));
	assert_int_equal(unlink(file("")), 0);
	assert_comes_back("with a stale journal");
}

/* The note says that the file is as it was left (db.c). */
static void bless(void)
{
	struct stat st;
	assert_int_equal(stat(file(""), &st), 0);
	const char *note = arena_printf(&a, "%lld %lld.%09ld %lld.%09ld %llu\n", (long long)st.st_size, (long long)st.st_mtim.tv_sec,
					st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, (unsigned long long)st.st_ino);
	ok(fs_write(file(".seen"), note, strlen(note), &E));
}

/* Pages that rot while the note still fits: found by SQLite, or not at all, but no crash; index_destroy makes room. */
static void rot_is_an_error_of_its_own(void **st)
{
	(void)st;
	struct index_hits h;
	int told = 0;
	for (int i = 0; i < 40; i++)
		kit_put(arena_printf(&a, "ens-ara-%d", 100 + i), "Eau", "enonce: Une phrase assez longue pour remplir des pages.\n");
	kit_open(true);
	index_close(x), x = NULL;
	off_t size = size_of(file(""));
	for (off_t at = 0; at < size; at += 4096) {
		overwrite(file(""), at, 4096, 0x5A);
		bless();
		int rc = index_open(&x, kit_dir(), set, &E);
		if (!rc)
			rc = kit_refresh();
		if (!rc)
			rc = kit_ask(&h, "eau phrase", NULL);
		if (rc && rc != ERR_CORRUPT)
			fail_msg("%s %s", err_name(rc), E.msg);
		told += rc == ERR_CORRUPT;
		index_destroy(x), x = NULL;
		kit_open(true);
		assert_int_equal(strlen(sorted(found("eau"))), 40 * strlen("ens-ara-100 ") - 1);
		index_close(x), x = NULL;
	}
	assert_true(told > 0);
}

static void other_schemas_make_it_anew(void **st)
{
	(void)st;
	struct schemas *newer;
	struct schema_file files[SCHEMA_MAX_FILES];
	size_t n = 0;
	struct fs_names names;
	kit_put("ens-ara-1", "Eau", "sens: garderie\n");
	kit_open(true);
	assert_found("garderie", ""); /* no prose */
	ok(fs_list(&names, store_schema_dir(), &E));
	for (size_t i = 0; i < names.n; i++) {
		struct buf b = BUF_INIT;
		if (!strstr(names.at[i], ".schema.yaml"))
			continue;
		ok(fs_read(&b, arena_printf(&a, "%s/%s", store_schema_dir(), names.at[i]), YAML_MAX_BYTES, &E));
		char *text = arena_dupn(&a, b.at, b.n), *version = strstr(text, "x-version: ");
		buf_free(&b);
		char *sens = strstr(text, "$ref: \"vocabulaire.schema.yaml#/$defs/sens\"");
		if (sens && !strcmp(names.at[i], "enseignement.schema.yaml")) {
			version[strlen("x-version: ")] = '9';
			memset(sens, ' ', strlen("$ref: \"vocabulaire.schema.yaml#/$defs/sens\""));
			memcpy(sens, "x-merge: prose", strlen("x-merge: prose"));
		}
		files[n++] = (struct schema_file){ arena_dup(&a, names.at[i]), text, strlen(text) };
	}
	fs_names_free(&names);
	ok(schemas_load(&newer, &a, files, n, &E));
	set = newer;
	kit_open(true);
	assert_found("garderie", "ens-ara-1");
}

/* A disk that takes no more: the refresh fails by code, and one in memory answers. */
static void a_full_disk_is_told_and_memory_answers(void **st)
{
	(void)st;
	struct rlimit old, small = { 20000, RLIM_INFINITY };
	for (int i = 0; i < 40; i++)
		kit_put(arena_printf(&a, "ens-ara-%d", 100 + i), "Eau", "enonce: Une phrase assez longue pour remplir des pages.\n");
	void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int rc = index_open(&x, kit_dir(), set, &E);
	if (!rc)
		rc = kit_refresh();
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, was);
	assert_true(rc == ERR_NOSPC || rc == ERR_IO);
	kit_open(false);
	assert_string_not_equal(found("eau"), "");
	kit_open(true); /* and with room again, on disk */
	assert_string_not_equal(found("eau"), "");
}

/* --- others at the same time ----------------------------------------------------------------------------- */

static void waits_for_the_other_one_but_not_for_ever(void **st)
{
	(void)st;
	struct index *second = NULL;
	int fd;
	kit_open(true);
	index_close(x), x = NULL;
	ok(fs_lock(&fd, file(".lock"), 0, &E));
	refused(ERR_BUSY, index_open(&second, kit_dir(), set, &E));
	fs_unlock(fd);
	assert_null(second);
	kit_open(true);
}

static void several_at_once_all_find(void **st)
{
	(void)st;
	pid_t child[4];
	for (int i = 0; i < 20; i++)
		kit_put(arena_printf(&a, "ens-ara-%d", 100 + i), "Eau", "");
	for (int c = 0; c < 4; c++) {
		child[c] = fork();
		assert_true(child[c] >= 0);
		if (child[c])
			continue;
		int bad = 0;
		for (int round = 0; round < 6 && !bad; round++) {
			struct index_hits h;
			int rc = ERR_BUSY;
			while (rc == ERR_BUSY) /* the others are many */
				rc = index_open(&x, kit_dir(), set, &E);
			bad = rc || kit_refresh() || kit_ask(&h, "eau", NULL) || h.total != 20;
			if (c == 0 && round % 2)
				unlink(file(""));
			index_close(x);
			x = NULL;
		}
		_exit(bad);
	}
	for (int c = 0; c < 4; c++) {
		int status;
		assert_int_equal(waitpid(child[c], &status, 0), child[c]);
		assert_int_equal(status, 0);
	}
	kit_open(true);
	assert_string_not_equal(found("eau"), "");
}

/* An object that a disk lost: what else there is is found, and it is asked for again. */
static void a_lost_object_hides_one_record(void **st)
{
	(void)st;
	struct oid blob;
	kit_commit("enseignements/1_/ens-bfc-1.yaml", kit_record("ens-bfc-1", "Eau", ""));
	kit_commit("enseignements/2_/ens-bfc-2.yaml", kit_record("ens-bfc-2", "Eau", ""));
	const char *bytes;
	ok(repo_read(&bytes, NULL, &blob, &a, other, &other_head, "enseignements/1_/ens-bfc-1.yaml", &E));
	const char *object = arena_printf(&a, "%sobjects/%.2s/%s", repo_gitdir(other), blob.hex, blob.hex + 2);
	const char *aside = arena_printf(&a, "%saside", repo_gitdir(other));
	assert_int_equal(rename(object, aside), 0);
	char *name = arena_dup(&a, repo_workdir(other));
	repo_close(other);
	ok(repo_open(&other, name, &E)); /* it is not in memory any more */
	kit_open(true);
	assert_found("eau", "ens-bfc-2");
	assert_int_equal(rename(aside, object), 0);
	repo_close(other);
	ok(repo_open(&other, name, &E));
	kit_open(true);
	assert_found("eau", "ens-bfc-1 ens-bfc-2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, kit_begin, kit_end)
		T(follows_the_folder),
		T(reads_only_what_changed),
		T(only_what_may_travel_is_taken_from_others),
		T(lessons_of_others_come_line_by_line),
		T(links_of_others_come_from_the_tables),
		T(a_source_that_is_not_given_any_more_goes),
		T(an_unknown_last_commit_is_no_trouble),
		T(comes_back_from_any_damage),
		T(rot_is_an_error_of_its_own),
		T(other_schemas_make_it_anew),
		T(a_full_disk_is_told_and_memory_answers),
		T(waits_for_the_other_one_but_not_for_ever),
		T(several_at_once_all_find),
		T(a_lost_object_hides_one_record),
	};
	return cmocka_run_group_tests_name("index/refresh", tests, NULL, NULL);
}
