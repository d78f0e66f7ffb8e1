/* Row 14: the aggregation of 18 collectives of 10,000 records, 500 lessons each, from their repositories: the first run,
 * then ten changed lessons, then nothing new.
 *
 * Each collective has a history: its records, then rounds of edits of lessons, half of which are validated anew. The ten
 * lessons of 14b are of one collective, those of 14c of ten; each is edited and validated. What git stores is packed, as
 * after a fetch. The sides of a row are our own: a run against the first one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "ctl/ctl.h"
#include "schema/record.h"

#define COLLECTIVES 18
#define LESSONS 500
#define LINKS 250
#define ACTORS 400
#define LOOPS 350
#define EVIDENCE 4000
#define PRACTICES 4000 /* with a validation for each lesson: 10,000 records */
#define EDITS 30       /* commits, of five lessons each */

static const char *const codes[COLLECTIVES] = { "ara", "bfc", "bre", "cvl", "cor", "gde", "hdf", "idf", "nor",
						"naq", "occ", "pdl", "pac", "glp", "gyf", "mtq", "reu", "may" };
static const char *const relations[] = { "converge", "meme", "nuance", "contredit", "generalise", "complete" };
static const char *const themes[] = { "con-formation", "con-participation", "con-cooperation", "con-innovation",
				      "con-representation" };

static struct schemas *set;
static struct arena kept;
static char dir[4096];
static char *fingerprint[COLLECTIVES][LESSONS]; /* of the text at the head */
static unsigned version[COLLECTIVES][LESSONS];
static uint64_t avis[COLLECTIVES]; /* made so far */
static long now = 1262304000;      /* of the next commit */

/* --- records */

static void head_of(struct buf *out, const char *kind, const char *id, const char *code, uint64_t x)
{
	buf_printf(out, "schema: %s/1\nid: %s\ncollectif: %s\nlangue: fr\ntitre: \"%s numéro %u\"\netat: partage\nvisibilite: reseau\n"
			"licence: cc-by-sa-4.0\nthemes:\n  - %s\ncree_le: \"2018-03-12\"\ncree_par: act-%s-3p4q5r6s\n",
		   kind, id, code, kind, (unsigned)(x % 10000), themes[x % 5], code);
}

static void make_lesson(struct buf *out, size_t c, uint64_t i)
{
	char id[GEN_ID];
	gen_lesson(out, &(struct gen_record){ codes[c], "partage", i, version[c][i] ? GEN_A | GEN_B : GEN_BASE, version[c][i] });
	buf_puts(out, "appuis:\n");
	for (uint64_t k = 0; k < 3; k++) {
		gen_id(id, k < 2 ? "mat" : "pra", codes[c], (i * 7 + k * 1009) % EVIDENCE);
		buf_printf(out, "  - id: %s\n    role_appui: fonde\n", id);
	}
}

static void make_review(struct buf *out, char id[GEN_ID], size_t c, uint64_t i)
{
	char lesson[GEN_ID];
	gen_id(id, "avi", codes[c], avis[c]++);
	gen_id(lesson, "ens", codes[c], i);
	head_of(out, "avis", id, codes[c], i);
	buf_printf(out, "cible: %s\ncible_empreinte: \"%s\"\nnature: validation\nportee: collectif\npar: act-%s-3p4q5r6s\n"
			"date: \"2018-06-01\"\n", lesson, fingerprint[c][i], codes[c]);
}

static void make_link(struct buf *out, const char *id, size_t c, uint64_t i)
{
	char from[GEN_ID], to[GEN_ID];
	uint64_t x = gen_number(BENCH_SEED + 7, c * LINKS + i), f = x % LESSONS, t = x / 500 % LESSONS;
	size_t other = (c + 1 + x / 7 % (COLLECTIVES - 1)) % COLLECTIVES;
	gen_id(from, "ens", codes[c], f);
	gen_id(to, "ens", codes[other], t);
	head_of(out, "croisement", id, codes[c], x);
	buf_printf(out, "de:\n  empreinte: \"%s\"\n  ref: %s\nvers:\n  empreinte: \"%s\"\n  ref: %s\nrelation: %s\n", fingerprint[c][f], from,
		   fingerprint[other][t], to, relations[x / 31 % 6]);
	buf_printf(out, "argument: |-\n  Les deux groupes ont constaté la même chose.\norigine: humain\nauteur_collectif: %s\n", codes[c]);
}

static void make_other(struct buf *out, char id[GEN_ID], const char *kind, const char *prefix, size_t c, uint64_t i)
{
	char of[GEN_ID];
	uint64_t x = gen_number(BENCH_SEED + 9, i);
	gen_id(id, prefix, codes[c], i);
	head_of(out, kind, id, codes[c], x);
	if (!strcmp(kind, "acteur"))
		buf_puts(out, "types:\n  - elu\n");
	if (!strcmp(kind, "pratique"))
		buf_puts(out, "type_initiative: conseil_citoyen\nresume: |-\n  Dans deux quartiers, un conseil est installé la même année.\n"
			      "  Les habitants, élus et agents suivent ensemble quatre journées.\nobserve_debut: \"2016-09-01\"\n");
	if (strcmp(kind, "materiau"))
		return;
	gen_id(of, "act", codes[c], i % ACTORS);
	buf_printf(out, "nature: entretien\nsources:\n  - %s\nconsentement:\n  citation: paraphrase\n  date: \"2018-04-11\"\n"
			"  expire_le: \"2030-04-11\"\n  portee: reseau\n  statut: obtenu\nparaphrase: |-\n  Elle dit avoir osé parler devant un "
			"élu parce qu'il avait raconté un échec.\nattribution: type_seul\nfiabilite: directe\n", of);
}

/* --- commits, as a stream for git fast-import */

static void put_file(FILE *f, const char *path, const struct buf *b)
{
	fprintf(f, "M 100644 inline %s\ndata %zu\n", path, b->n);
	fwrite(b->at, 1, b->n, f);
	fputc('\n', f);
}

static void put_record(FILE *f, const char *kind, const char *id, struct buf *b)
{
	char path[GEN_PATH];
	gen_path(path, schemas_kind(set, kind)->folder, id);
	put_file(f, path, b);
	buf_reset(b);
}

static void begin_commit(FILE *f, const char *ref, bool onto)
{
	now += 3600;
	fprintf(f, "commit %s\ncommitter t <t@t.invalid> %ld +0000\ndata 1\nx\n%s%s%s", ref, now, onto ? "from " : "", onto ? ref : "",
		onto ? "^0\n" : "");
}

static void put_lesson(FILE *f, size_t c, uint64_t i, bool validated)
{
	struct buf b = BUF_INIT;
	char id[GEN_ID];
	struct arena a;
	struct ydoc *d;
	if (!arena_begin(&a))
		bench_die("out of memory");
	gen_id(id, "ens", codes[c], i);
	make_lesson(&b, c, i);
	bench_ok(ydoc_parse(&d, &a, id, b.at, b.n, NULL, e));
	free(fingerprint[c][i]);
	fingerprint[c][i] = strdup(record_fingerprint(&a, schema_type(&a, schemas_kind(set, "enseignement")->root, ydoc_val(d))));
	arena_end(&a);
	put_record(f, "enseignement", id, &b);
	if (validated) {
		make_review(&b, id, c, i);
		put_record(f, "avis", id, &b);
	}
	buf_free(&b);
}

static void put_schema(FILE *f)
{
	const char *folder = arena_printf(&kept, "%s/schema", getenv("ROOT"));
	struct fs_names names;
	struct buf b = BUF_INIT;
	bench_ok(fs_list(&names, folder, e));
	for (size_t i = 0; i < names.n; i++) {
		buf_reset(&b);
		bench_ok(fs_read(&b, arena_printf(&kept, "%s/%s", folder, names.at[i]), 1 << 20, e));
		put_file(f, arena_printf(&kept, "schema/%s", names.at[i]), &b);
	}
	fs_names_free(&names);
	buf_free(&b);
}

static const char *ref_of(size_t c)
{
	return arena_printf(&kept, "refs/maillage/collectifs/%s", codes[c]);
}

static void put_collective(FILE *f, size_t c)
{
	static const struct {
		const char *kind, *prefix;
		uint64_t n;
	} others[] = { { "acteur", "act", ACTORS }, { "boucle", "bou", LOOPS }, { "materiau", "mat", EVIDENCE }, { "pratique", "pra", PRACTICES } };
	struct buf b = BUF_INIT;
	char id[GEN_ID];
	begin_commit(f, ref_of(c), false);
	put_schema(f);
	for (uint64_t i = 0; i < LESSONS; i++)
		put_lesson(f, c, i, true);
	for (size_t k = 0; k < sizeof others / sizeof *others; k++)
		for (uint64_t i = 0; i < others[k].n; i++) {
			make_other(&b, id, others[k].kind, others[k].prefix, c, i);
			put_record(f, others[k].kind, id, &b);
		}
	for (size_t k = 0; k < EDITS; k++) {
		begin_commit(f, ref_of(c), false);
		for (uint64_t i = 0; i < 5; i++) {
			uint64_t at = (k * 17 + i * 97) % LESSONS;
			version[c][at]++;
			put_lesson(f, c, at, i % 2 == 0);
		}
	}
	buf_free(&b);
}

static void put_links(FILE *f, size_t c)
{
	struct buf b = BUF_INIT;
	char id[GEN_ID];
	begin_commit(f, ref_of(c), false);
	for (uint64_t i = 0; i < LINKS; i++) {
		gen_id(id, "cro", codes[c], i);
		make_link(&b, id, c, i);
		put_record(f, "croisement", id, &b);
	}
	buf_free(&b);
}

static void put_national(FILE *f)
{
	struct buf b = BUF_INIT;
	begin_commit(f, "refs/heads/main", false);
	put_schema(f);
	for (size_t c = 0; c < COLLECTIVES; c++)
		buf_printf(&b, "- {code: %s, depot: %s.git}\n", codes[c], codes[c]);
	put_file(f, "collectifs.yaml", &b);
	buf_reset(&b);
	for (size_t i = 0; i < 5; i++) {
		buf_printf(&b, "schema: concept/1\nid: %s\ncollectif: nat\nlangue: fr\ntitre: %s\netat: partage\nvisibilite: reseau\n"
			       "registre: theme\nlibelles:\n  fr: \"%s\"\n", themes[i], themes[i] + 4, themes[i] + 4);
		put_record(f, "concept", themes[i], &b);
	}
	buf_free(&b);
}

static FILE *import_begin(void)
{
	FILE *f = popen(arena_printf(&kept, "git -C %s fast-import --quiet --force", dir), "w");
	if (!f)
		bench_die("git fast-import does not start");
	return f;
}

static void import_end(FILE *f)
{
	if (pclose(f))
		bench_die("git fast-import failed");
}

static void make_world(void)
{
	struct repo *r;
	bench_ok(repo_create(&r, dir, NULL, "nat", "act-nat-1", e));
	repo_close(r);
	FILE *f = import_begin();
	put_national(f);
	for (size_t c = 0; c < COLLECTIVES; c++)
		put_collective(f, c);
	for (size_t c = 0; c < COLLECTIVES; c++)
		put_links(f, c);
	import_end(f);
	bench_spawn(0, (const char *const[]){ "git", "-C", dir, "reset", "-q", "--hard", NULL });
}

/* --- running */

/* Ten lessons, in so many collectives. */
static void edit(size_t collectives)
{
	FILE *f = import_begin();
	for (size_t k = 0; k < collectives; k++) {
		begin_commit(f, ref_of(k), true);
		for (uint64_t i = 0; i < 10 / collectives; i++) {
			uint64_t at = (200 + k * 3 + i * 31 + version[0][200] * 7) % LESSONS;
			version[k][at]++;
			put_lesson(f, k, at, true);
		}
	}
	import_end(f);
}

static double run(bool expected)
{
	struct repo *r;
	bool changed;
	double begun = bench_cpu(), wall = bench_wall();
	bench_ok(repo_open(&r, dir, e));
	bench_ok(ctl_aggregate(&changed, r, e));
	repo_close(r);
	if (changed != expected)
		bench_die("the aggregation %s", changed ? "made a commit" : "made no commit");
	double took = bench_cpu() - begun;
	if (getenv("BENCH_TELL"))
		fprintf(stderr, "cpu %.4f wall %.4f\n", took, bench_wall() - wall);
	return took;
}

#define ROUNDS 5

static double median_of(size_t collectives)
{
	double took[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		if (collectives)
			edit(collectives);
		took[i] = run(collectives > 0);
	}
	return bench_median(took, ROUNDS);
}

int main(void)
{
	if (!bench_wanted("14"))
		return 0;
	const char *root = getenv("ROOT");
	if (!arena_begin(&kept) || !root)
		bench_die("out of memory, or ROOT is not set");
	bench_ok(store_init(e));
	bench_ok(schemas_load_dir(&set, &kept, arena_printf(&kept, "%s/schema", root), e));
	snprintf(dir, sizeof dir, "%s", bench_tmp("aggregation"));
	make_world();
	double n = COLLECTIVES * (LESSONS + LINKS + ACTORS + LOOPS + EVIDENCE + PRACTICES + LESSONS + EDITS * 3), first = run(true);
	bench_line("14a", "18 x 10,000 records from their repositories: first run", n / first, BENCH_PER_SECOND, "", -1, BENCH_SECONDS, -1);
	double one = median_of(1), ten = median_of(10), none = median_of(0);
	bench_line("14b", "then ten lessons of one collective changed", one, BENCH_SECONDS, "the first run", first, BENCH_SECONDS, one / first);
	bench_line("14c", "then one lesson in each of ten collectives changed", ten, BENCH_SECONDS, "the first run", first, BENCH_SECONDS,
		   ten / first);
	bench_line("14d", "then nothing new", none, BENCH_SECONDS, "the first run", first, BENCH_SECONDS, none / first);
	store_fini();
	return 0;
}
