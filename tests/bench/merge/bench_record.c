/* Rows 1-4: one record, read, changed, merged and validated, beside libyaml reading it and git merging its lines. */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>

#include "../bare.h"
#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "merge/merge.h"
#include "schema/record.h"

#define RECORDS 64 /* taken in turn: one alone would be learned by heart by the branch predictor */

enum { O, X, Y };
static struct buf text[RECORDS][3];
static const struct schema *kind;
static struct schemas *set;
static struct arena kept; /* schemas, documents parsed once */
static const struct ydoc *parsed[RECORDS];
static unsigned turn;

static struct buf *next_record(void)
{
	return text[turn++ % RECORDS];
}

static struct ydoc *parse(struct arena *a, const struct buf *b)
{
	struct ydoc *d;
	bench_ok(ydoc_parse(&d, a, "x.yaml", b->at, b->n, NULL, e));
	return d;
}

/* --- the references */

static void bare(void *ctx)
{
	(void)ctx;
	const struct buf *b = next_record();
	bare_parse(b->at, b->n);
}

static void just_parse(void *ctx)
{
	(void)ctx;
	struct arena a;
	if (!arena_begin(&a))
		bench_die("out of memory");
	parse(&a, next_record());
	arena_end(&a);
}

static void git_lines(void *ctx)
{
	(void)ctx;
	const struct buf *r = next_record();
	git_merge_file_input in[3];
	git_merge_file_result out = { 0 };
	for (int i = 0; i < 3; i++) {
		git_merge_file_input_init(&in[i], GIT_MERGE_FILE_INPUT_VERSION);
		in[i].ptr = r[i].at;
		in[i].size = r[i].n;
	}
	if (git_merge_file(&out, &in[O], &in[X], &in[Y], NULL) || !out.automergeable)
		bench_die("git_merge_file did not merge what it should");
	git_merge_file_result_free(&out);
}

static void git_process(void *ctx)
{
	(void)ctx;
	const char *argv[] = { "git", "merge-file", "-p", bench_tmp("x.yaml"), bench_tmp("o.yaml"), bench_tmp("y.yaml"), NULL };
	bench_spawn(0, argv);
}

/* --- ours */

static void set_field(void *ctx)
{
	(void)ctx;
	struct arena a;
	struct buf out = BUF_INIT;
	struct val *v;
	if (!arena_begin(&a))
		bench_die("out of memory");
	const struct ydoc *d = parse(&a, next_record());
	struct val *was = schema_type(&a, kind->root, ydoc_val(d));
	bench_ok(schema_put(&v, &a, kind->root, was, "titre", val_str(&a, "Un titre relu : « ensemble »"), e));
	bench_ok(ydoc_rewrite(&out, d, v, NULL, &schema_shape_ops, kind->root, e));
	buf_free(&out);
	arena_end(&a);
}

/* Beside the base, as a merge of commits reads it. */
static struct merge_side side(struct arena *a, const struct buf *b, const struct ydoc *base)
{
	struct ylike like = { { base } };
	struct ydoc *d;
	bench_ok(ydoc_parse_like(&d, a, &like, "x.yaml", b->at, b->n, NULL, e));
	struct merge_side s = { .doc = d };
	s.val = schema_type(a, kind->root, ydoc_val(s.doc));
	return s;
}

static void merge(void *ctx)
{
	struct arena a;
	struct merge_result out;
	const struct buf *r = next_record();
	if (!arena_begin(&a))
		bench_die("out of memory");
	struct merge_side base = side(&a, &r[O], NULL);
	struct merge_input in = { kind, base, side(&a, &r[X], base.doc), side(&a, &r[Y], base.doc), NULL };
	bench_ok(merge_record(&out, &a, &in, e));
	if (out.diffs.n != (size_t)(ctx != NULL))
		bench_die("the merge has %zu differences", out.diffs.n);
	arena_end(&a);
}

static void validate(void *ctx)
{
	(void)ctx;
	struct arena a;
	struct faults f = { 0 };
	if (!arena_begin(&a))
		bench_die("out of memory");
	struct val *v = schema_type(&a, kind->root, ydoc_val(parsed[turn++ % RECORDS]));
	schema_validate(&f, &a, kind->root, v);
	schema_check_state(&f, &a, kind, v);
	if (f.errors)
		bench_die("a generated record is not valid: %s: %s", f.at[0].field, f.at[0].msg);
	arena_end(&a);
}

static void load(void *ctx)
{
	(void)ctx;
	struct arena a;
	struct faults f = { 0 };
	struct record rec;
	const struct buf *b = next_record();
	if (!arena_begin(&a))
		bench_die("out of memory");
	record_load(&rec, &f, &a, set, "x.yaml", NULL, NULL, b->at, b->n);
	if (f.errors)
		bench_die("a generated record is not acceptable: %s", f.at[0].msg);
	arena_end(&a);
}

static void generate(unsigned same)
{
	for (uint64_t i = 0; i < RECORDS; i++)
		for (unsigned s = O; s <= Y; s++) {
			buf_free(&text[i][s]);
			gen_lesson(&text[i][s], &(struct gen_record){ "ara", "propose", i, s ? s | same : GEN_BASE, 0 });
		}
}

int main(void)
{
	char schemas[4096];
	size_t bytes = 0;
	const char *root = getenv("ROOT");
	if (!arena_begin(&kept) || !root)
		bench_die("out of memory, or ROOT is not set");
	if (!bench_wanted("1") && !bench_wanted("2") && !bench_wanted("3") && !bench_wanted("4"))
		return 0;
	snprintf(schemas, sizeof schemas, "%s/schema", root);
	bench_ok(schemas_load_dir(&set, &kept, schemas, e));
	kind = schemas_kind(set, "enseignement");
	must(kind);
	generate(0);
	for (int i = 0; i < RECORDS; i++) {
		parsed[i] = parse(&kept, &text[i][O]);
		bytes += text[i][O].n;
	}
	git_libgit2_init();
	printf("    (records of %zu bytes on average)\n", bytes / RECORDS);
	fflush(stdout);

	bench_row(&(struct bench_row){ "1", "parse to tree (ydoc_parse)", "libyaml events of the same bytes", just_parse, bare,
				       .countable = true });
	bench_row(&(struct bench_row){ "2", "parse, set a field, write, verify (ydoc_rewrite)", "libyaml events of the record", set_field,
				       bare, .countable = true });
	bench_row(&(struct bench_row){ "3a", "three parses, three-way merge, write, verify", "libyaml events of one of them", merge, bare,
				       .countable = true });
	bench_row(&(struct bench_row){ "3b", "the same", "git_merge_file, in process (libgit2)", merge, git_lines, .countable = true });
	if (bench_wanted("3c")) {
		static const char *const names[] = { "o.yaml", "x.yaml", "y.yaml" };
		for (int s = O; s <= Y; s++)
			bench_ok(fs_write(bench_tmp("%s", names[s]), text[0][s].at, text[0][s].n, e));
		bench_row(&(struct bench_row){ "3c", "the same", "git merge-file -p, a process", merge, git_process, .times = 8 });
	}
	bench_row(&(struct bench_row){ "4a", "type and validate a parsed record", "ydoc_parse of it", validate, just_parse,
				       .countable = true });
	bench_row(&(struct bench_row){ "4b", "parse, type, validate, identity (record_load)", "libyaml events of the same bytes", load,
				       bare, .countable = true });
	generate(GEN_SAME);
	bench_row(&(struct bench_row){ "3d", "three parses, merge with one difference, write", "libyaml events of one of them", merge, bare,
				       .ctx = &kept, .countable = true });
	return 0;
}
