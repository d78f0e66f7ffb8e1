/* given.h -- schemas and values of the schema tests, written as they would stand in a file. */
#ifndef TESTS_SCHEMA_GIVEN_H
#define TESTS_SCHEMA_GIVEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "schema/record.h"
#include "schema/schemas.h"

static struct arena arena;

static inline int setup(void **state)
{
	(void)state;
	return arena_begin(&arena) ? 0 : -1;
}

static inline int teardown(void **state)
{
	(void)state;
	arena_end(&arena);
	return 0;
}

/* arena_begin's jump buffer must belong to a living function: each test runs through this. */
#define IN_ARENA                  \
	(void)state;              \
	arena_end(&arena);        \
	if (!arena_begin(&arena)) \
	fail_msg("out of memory")

static inline const struct val *given(const char *text)
{
	struct ydoc *d;
	struct err e = { 0 };
	if (ydoc_parse(&d, &arena, "given", text, strlen(text), NULL, &e))
		fail_msg("%s", e.msg);
	return ydoc_val(d);
}

static inline const struct snode *bare(const char *text)
{
	const struct snode *s = NULL;
	struct err e = { 0 };
	if (schemas__load_one(&s, &arena, "x.schema.yaml", text, strlen(text), &e))
		fail_msg("%s", e.msg);
	return s;
}

/* Loading must fail, and the message hold these words. */
static inline void refused(const char *text, const char *where, const char *words)
{
	const struct snode *s = NULL;
	struct err e = { 0 };
	assert_int_equal(schemas__load_one(&s, &arena, "x.schema.yaml", text, strlen(text), &e), ERR_SCHEMA);
	assert_null(s);
	if (strncmp(e.msg, where, strlen(where)) != 0 || !strstr(e.msg, words))
		fail_msg("expected %s ... %s, got: %s", where, words, e.msg);
}

/* Codes and fields of the faults, one per line: "type titre"; warnings behind '?'. */
static inline const char *listed(const struct faults *f)
{
	char *out = arena_dup(&arena, "");
	for (size_t i = 0; i < f->n; i++)
		out = arena_printf(&arena, "%s%s%s%s %s", out, *out ? "\n" : "", f->at[i].warning ? "?" : "",
				   f->at[i].code, f->at[i].field);
	return out;
}

static inline const char *faults_of(const struct snode *s, const char *value)
{
	struct faults f = { 0 };
	schema_validate(&f, &arena, s, schema_type(&arena, s, given(value)));
	return listed(&f);
}

/* The message of the first fault. */
static inline const char *message_of(const struct snode *s, const char *value)
{
	struct faults f = { 0 };
	schema_validate(&f, &arena, s, schema_type(&arena, s, given(value)));
	assert_true(f.n > 0);
	return f.at[0].msg;
}

static inline const char *json(const struct val *v)
{
	struct buf b = BUF_INIT;
	if (!v)
		return "-";
	val_canon(&b, v);
	char *out = arena_dup(&arena, buf_str(&b));
	buf_free(&b);
	return out;
}

static inline const char *root_dir(void)
{
	const char *root = getenv("ROOT");
	return root && *root ? root : ".";
}

/* A small folder of kinds, as schemas_load takes it. */
static const char commun_yaml[] =
	"$defs:\n"
	"  fiche:\n"
	"    properties:\n"
	"      schema: {type: string, x-merge: immutable}\n"
	"      id: {type: string, pattern: '^[a-z]{3}(-[a-z0-9]+)+$', x-merge: immutable}\n"
	"      collectif: {type: string, title: Collectif}\n"
	"      titre: {type: string, title: Titre, minLength: 1}\n"
	"      etat:\n"
	"        title: État\n"
	"        enum: [brouillon, propose, valide, partage, archive, remplace, retire]\n"
	"        x-merge: lifecycle\n"
	"        x-order: [brouillon, propose, valide, partage, archive, remplace]\n"
	"        x-withdrawn: [retire]\n"
	"      visibilite: {enum: [prive, collectif, reseau, public], x-merge: cautious, x-order: [prive, collectif, reseau, public]}\n"
	"  cle: {type: string, minLength: 1}\n";
static const char lecon_yaml[] =
	"x-kind: {name: lecon, prefix: lec, folder: lecons}\n"
	"x-version: 2\n"
	"title: Leçon\n"
	"type: object\n"
	"required: [schema, id, collectif, titre]\n"
	"$ref: 'commun.schema.yaml#/$defs/fiche'\n"
	"x-groups: [[enonce, sens]]\n"
	"properties:\n"
	"  enonce: {type: string, x-merge: prose, x-required-from: propose, x-title: {fr: Énoncé, en: Statement}}\n"
	"  sens: {enum: ['oui', 'non'], x-required-from: valide, x-renamed-from: direction}\n"
	"  annee: {type: string}\n"
	"  poids: {type: [string, integer]}\n"
	"  themes: {type: array, x-list-type: set, items: {type: string, x-ref: [concept]}}\n"
	"  conditions:\n"
	"    type: array\n"
	"    x-list-type: map\n"
	"    x-list-map-keys: [id]\n"
	"    items:\n"
	"      type: object\n"
	"      properties:\n"
	"        id: {$ref: 'commun.schema.yaml#/$defs/cle'}\n"
	"        texte: {type: string, x-merge: prose, x-required-from: valide}\n"
	"        note: {type: string}\n"
	"  etapes: {type: array, x-list-type: sequence, items: {type: string}}\n"
	"  libelles: {type: object, patternProperties: {'^[a-z]{2}$': {type: string, title: Libellé}}, additionalProperties: false}\n"
	"  etiquettes: {type: object, additionalProperties: {type: string, x-merge: max}}\n";
static const char concept_yaml[] = "x-kind: {name: concept, prefix: con, folder: concepts}\n"
				   "x-version: 1\n"
				   "$ref: 'commun.schema.yaml#/$defs/fiche'\n"
				   "properties:\n"
				   "  titre: {x-merge: min}\n"
				   "  plus_large: {$ref: '#'}\n";
static const char collectif_yaml[] = "x-kind: {name: collectif, prefix: col, folder: ''}\n"
				     "x-version: 1\n"
				     "$ref: 'commun.schema.yaml#/$defs/fiche'\n";

static inline const struct schemas *given_set(void)
{
	struct schema_file files[] = {
		{ "lecon.schema.yaml", lecon_yaml, sizeof lecon_yaml - 1 },
		{ "concept.schema.yaml", concept_yaml, sizeof concept_yaml - 1 },
		{ "commun.schema.yaml", commun_yaml, sizeof commun_yaml - 1 },
		{ "collectif.schema.yaml", collectif_yaml, sizeof collectif_yaml - 1 },
		{ "LISEZMOI.md", "not a schema", 12 },
	};
	struct schemas *set = NULL;
	struct err e = { 0 };
	if (schemas_load(&set, &arena, files, sizeof files / sizeof *files, &e))
		fail_msg("%s", e.msg);
	return set;
}

#endif
