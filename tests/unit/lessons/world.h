/* world.h -- collectives and records for the tests of lessons/: written as YAML, or read from tests/samples.
 *
 * The fingerprint of a record is "sha256:<id>" unless said otherwise, so that a croisement can pin it.
 */
#ifndef TESTS_LESSONS_WORLD_H
#define TESTS_LESSONS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "lessons/lessons.h"
#include "schema/record.h"
#include "yaml/ydoc.h"

#define WORLD_SOURCES 32

struct world {
	struct arena a;
	struct source source[WORLD_SOURCES];
	size_t cap[WORLD_SOURCES], n;
};
static struct world w;

static inline int world_begin(void **st)
{
	(void)st;
	memset(&w, 0, sizeof w);
	arena_init(&w.a);
	w.a.armed = true; /* running out of memory is not what these tests are about */
	return 0;
}

static inline int world_end(void **st)
{
	(void)st;
	arena_end(&w.a);
	return 0;
}

static inline struct source *world_source(const char *code, const char *date)
{
	for (size_t i = 0; i < w.n; i++)
		if (!strcmp(w.source[i].code, code))
			return &w.source[i];
	struct source *s = &w.source[w.n++];
	*s = (struct source){ .code = arena_dup(&w.a, code), .date = date };
	s->commit = arena_printf(&w.a, "%08x00000000000000000000000000000000", (unsigned)(w.n * 0x01234567u));
	return s;
}

static inline struct source_record *world_put(struct source *s, struct source_record one)
{
	struct {
		struct source_record *at;
		size_t n, cap;
	} list = { (struct source_record *)(uintptr_t)s->at, s->n, w.cap[s - w.source] };
	arena_push(&w.a, &list, one);
	s->at = list.at;
	s->n = list.n;
	w.cap[s - w.source] = list.cap;
	return &list.at[list.n - 1];
}

static inline const struct val *world_val(const char *yaml)
{
	struct ydoc *d;
	struct err e = { 0 };
	if (ydoc_parse(&d, &w.a, "test", yaml, strlen(yaml), NULL, &e))
		fail_msg("%s", e.msg);
	return ydoc_val(d);
}

/* A record of `code`; lines: YAML under the envelope, which is at partage and reseau unless lines say otherwise. A
 * lesson's last validated version is the record itself. */
static inline struct source_record *world_record(const char *code, const char *id, const char *lines)
{
	static const char *const kinds[][2] = { { "ens-", "enseignement" }, { "cro-", "croisement" },
						{ "mat-", "materiau" },	    { "pra-", "pratique" },
						{ "bou-", "boucle" },	    { "act-", "acteur" },
						{ "con-", "concept" },	    { "cyc-", "cycle" },
						{ "avi-", "avis" },	    { "app-", "appropriation" },
						{ "pro-", "production" },   { "syn-", "synthese" },
						{ "ren-", "rencontre" },    { "col-", "collectif" } };
	const char *kind = "autre";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strncmp(id, kinds[i][0], 4))
			kind = kinds[i][1];
	const char *yaml = arena_printf(&w.a, "id: %s\ncollectif: %s\n%s%s%s", id, code,
					strstr(lines, "etat:") ? "" : "etat: partage\n",
					strstr(lines, "visibilite:") ? "" : "visibilite: reseau\n", lines);
	struct source_record r = { .id = arena_dup(&w.a, id), .kind = kind, .tip = world_val(yaml) };
	r.path = arena_printf(&w.a, "%ss/%s.yaml", kind, id);
	r.valid = strcmp(kind, "enseignement") ? NULL : r.tip;
	r.fingerprint = arena_printf(&w.a, "sha256:%s", id);
	struct source *s = world_source(code, "2020-01-14");
	r.commit = s->commit;
	return world_put(s, r);
}

static inline struct source_record *world_lesson(const char *code, const char *id, const char *more)
{
	return world_record(code, id,
			    arena_printf(&w.a,
					 "titre: Titre de %s\nenonce: Énoncé de %s.\nthemes: [con-participation]\n"
					 "observe_debut: \"2018-03-01\"\n%s",
					 id, id, more));
}

static inline struct source_record *world_link(const char *code, const char *id, const char *from, const char *relation,
					       const char *to)
{
	return world_record(
		code, id,
		arena_printf(&w.a,
			     "de: {ref: %s, empreinte: \"sha256:%s\"}\nvers: {ref: %s, empreinte: \"sha256:%s\"}\n"
			     "relation: %s\nargument: Argument de %s.\ncree_le: \"2019-09-10\"\n",
			     from, from, to, to, relation, id));
}

static inline void world_theme(const char *id, const char *label)
{
	world_record("nat", id, arena_printf(&w.a, "registre: theme\nlibelles: {fr: \"%s\"}\n", label));
}

static inline struct lessons_files world_build(const char *as_of)
{
	struct lessons_files files = { 0 };
	struct err e = { 0 };
	if (lessons_build(&files, &w.a, w.source, w.n, as_of, &e))
		fail_msg("%s", e.msg);
	return files;
}

static inline const char *world_file(const struct lessons_files *files, const char *name)
{
	for (size_t i = 0; i < files->n; i++)
		if (!strcmp(files->at[i].path, arena_printf(&w.a, "aggregat/%s", name)))
			return files->at[i].bytes;
	fail_msg("no %s", name);
	return "";
}

#define assert_has(text, part)                                         \
	do                                                             \
		if (!strstr(text, part))                               \
			fail_msg("« %s » is not in:\n%s", part, text); \
	while (0)
#define assert_lacks(text, part)                                   \
	do                                                         \
		if (strstr(text, part))                            \
			fail_msg("« %s » is in:\n%s", part, text); \
	while (0)

/* --- tests/samples --------------------------------------------------------------------------------------- */

static inline const char *validated_fingerprint(const struct source *s, const char *id)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct val *v = s->at[i].tip;
		if (!strcmp(s->at[i].kind, "avis") && val_is_str(val_get(v, "cible"), id) &&
		    val_is_str(val_get(v, "nature"), "validation") && val_is_str(val_get(v, "portee"), "collectif"))
			return val_text(v, "cible_empreinte");
	}
	return NULL;
}

static inline void world_sample(const char *code, const char *path)
{
	struct buf text = BUF_INIT;
	struct err e = { 0 };
	if (fs_read(&text, path, YAML_MAX_BYTES, &e))
		fail_msg("%s", e.msg);
	const struct val *v = world_val(buf_str(&text));
	buf_free(&text);
	const char *schema = val_text(v, "schema");
	struct source_record r = { .id = val_text(v, "id"), .path = arena_dup(&w.a, path), .tip = v };
	r.kind = arena_dupn(&w.a, schema, strcspn(schema, "/"));
	r.fingerprint = record_fingerprint(&w.a, v);
	struct source *s = world_source(code, "2020-01-14");
	r.commit = s->commit;
	world_put(s, r);
}

/* The shared lessons are taken as validated in the text that the sample reviews and links pin. */
static inline void world_samples(void)
{
	const char *root = getenv("ROOT") ? getenv("ROOT") : ".";
	const char *top = arena_printf(&w.a, "%s/tests/samples", root);
	struct fs_names codes, files;
	struct err e = { 0 };
	if (fs_list(&codes, top, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < codes.n; i++) {
		const char *folder = arena_printf(&w.a, "%s/%s", top, codes.at[i]);
		if (!fs_is_dir(folder))
			continue;
		if (fs_list(&files, folder, &e))
			fail_msg("%s", e.msg);
		for (size_t j = 0; j < files.n; j++)
			world_sample(codes.at[i], arena_printf(&w.a, "%s/%s", folder, files.at[j]));
		fs_names_free(&files);
	}
	fs_names_free(&codes);
	for (size_t i = 0; i < w.n; i++)
		for (size_t j = 0; j < w.source[i].n; j++) {
			struct source_record *r = (struct source_record *)(uintptr_t)&w.source[i].at[j];
			const char *fingerprint =
				strcmp(r->kind, "enseignement") ? NULL : validated_fingerprint(&w.source[i], r->id);
			if (fingerprint) {
				r->valid = r->tip;
				r->fingerprint = fingerprint;
			}
		}
}

#endif
