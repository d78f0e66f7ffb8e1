/* Row 9: the aggregation of 18 collectives of 2,000 records each, beside libyaml merely reading the same records. */
#include <stdio.h>
#include <stdlib.h>

#include "../bare.h"
#include "../gen.h"
#include "../kit.h"
#include "lessons/lessons.h"
#include "schema/record.h"

#define RECORDS 2000
#define ROUNDS 3
#define LESSONS 1500 /* the others link two lessons of different collectives, or are the nation's themes */

static const char *const codes[] = { "ara", "bfc", "bre", "cvl", "cor", "gde", "hdf", "idf", "nor", "naq", "occ", "pdl", "pac",
				     "glp", "gyf", "mtq", "reu", "nat" };
#define CODES (sizeof codes / sizeof *codes)
static const char *const relations[] = { "converge", "meme", "nuance", "contredit", "generalise", "complete" };
static const char *const themes[] = { "con-formation", "con-participation", "con-cooperation", "con-innovation",
				      "con-representation" };

static struct arena kept;
static struct source source[CODES];
static struct source_record record[CODES][RECORDS];
static struct buf text[CODES][RECORDS];

static void make_link(struct buf *out, char id[GEN_ID], size_t c, uint64_t i)
{
	uint64_t x = gen_number(BENCH_SEED + 7, c * RECORDS + i), near = x / 100 % 50; /* a few lessons get most links */
	size_t of[2] = { c, (c + 1 + x % (CODES - 2)) % (CODES - 1) };
	const struct source_record *from = &record[of[0] % (CODES - 1)][near], *to = &record[of[1]][x / 7 % 50];
	gen_id(id, "cro", codes[c], i);
	buf_printf(out, "schema: croisement/1\nid: %s\ncollectif: %s\nlangue: fr\ntitre: \"Un lien\"\netat: partage\nvisibilite: reseau\n"
			"cree_le: \"2019-09-10\"\ncree_par: act-%s-3p4q5r6s\n", id, codes[c], codes[c]);
	buf_printf(out, "de:\n  empreinte: \"%s\"\n  ref: %s\nvers:\n  empreinte: \"%s\"\n  ref: %s\nrelation: %s\n", from->fingerprint,
		   from->id, to->fingerprint, to->id, relations[x % 6]);
	buf_printf(out, "argument: |-\n  Les deux groupes ont constaté la même chose.\norigine: humain\nauteur_collectif: %s\n", codes[c]);
}

static void make(size_t c, uint64_t i, const struct schemas *set)
{
	char id[GEN_ID], path[GEN_PATH];
	struct buf *out = &text[c][i];
	struct source_record *r = &record[c][i];
	bool national = c == CODES - 1, lesson = !national && i < LESSONS;
	struct ydoc *d;
	r->kind = lesson ? "enseignement" : "croisement";
	if (lesson) {
		gen_id(id, "ens", codes[c], i);
		gen_lesson(out, &(struct gen_record){ codes[c], "partage", i, GEN_BASE, 0 });
	} else if (national && i < 5) {
		r->kind = "concept";
		snprintf(id, sizeof id, "%s", themes[i]);
		buf_printf(out, "schema: concept/1\nid: %s\ncollectif: nat\netat: partage\nvisibilite: reseau\nregistre: theme\n"
				"libelles: {fr: \"%s\"}\n", id, id + 4);
	} else {
		make_link(out, id, c, i);
	}
	bench_ok(ydoc_parse(&d, &kept, id, out->at, out->n, NULL, e));
	const struct schema *s = schemas_kind(set, r->kind);
	must(s);
	gen_path(path, s->folder, id);
	r->id = arena_dup(&kept, id);
	r->path = arena_dup(&kept, path);
	r->tip = schema_type(&kept, s->root, ydoc_val(d));
	r->valid = lesson ? r->tip : NULL;
	r->commit = source[c].commit;
	r->fingerprint = record_fingerprint(&kept, r->tip);
}

static void build(void *ctx)
{
	(void)ctx;
	struct arena a;
	struct lessons_files files = { 0 };
	if (!arena_begin(&a))
		bench_die("out of memory");
	bench_ok(lessons_build(&files, &a, source, CODES, NULL, e));
	arena_end(&a);
}

static void bare(void *ctx)
{
	(void)ctx;
	for (size_t c = 0; c < CODES; c++)
		for (size_t i = 0; i < RECORDS; i++)
			bare_parse(text[c][i].at, text[c][i].n);
}

int main(void)
{
	char schemas[4096];
	struct schemas *set;
	double took[ROUNDS], ref[ROUNDS], ratio[ROUNDS];
	const char *root = getenv("ROOT");
	if (!bench_wanted("9"))
		return 0;
	if (!arena_begin(&kept) || !root)
		bench_die("out of memory, or ROOT is not set");
	snprintf(schemas, sizeof schemas, "%s/schema", root);
	bench_ok(schemas_load_dir(&set, &kept, schemas, e));
	for (size_t c = 0; c < CODES; c++) {
		source[c] = (struct source){
			.code = codes[c], .commit = arena_printf(&kept, "%040zx", c + 1), .date = "2020-01-14", .at = record[c], .n = RECORDS
		};
		for (uint64_t i = 0; i < LESSONS; i++) /* links need the lessons of all */
			make(c, i, set);
	}
	for (size_t c = 0; c < CODES; c++)
		for (uint64_t i = LESSONS; i < RECORDS; i++)
			make(c, i, set);
	for (int i = 0; i < ROUNDS; i++) {
		double begun = bench_cpu();
		bare(NULL);
		ref[i] = bench_cpu() - begun;
		begun = bench_cpu();
		build(NULL);
		took[i] = bench_cpu() - begun;
		ratio[i] = took[i] / ref[i];
	}
	double n = (double)(CODES * RECORDS);
	bench_line("9", "lessons_build over 18 x 2,000 records in memory", n / bench_median(took, ROUNDS), BENCH_PER_SECOND,
		   "libyaml events of the same records", n / bench_median(ref, ROUNDS), BENCH_PER_SECOND, bench_median(ratio, ROUNDS));
	return 0;
}
