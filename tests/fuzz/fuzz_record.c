/* A file is judged by the shipped schemas: faults that can be shown, or an acceptable record, of which any field can be put
 * and written, and which then reads back typed as it was meant. Input: a record, then bytes that decide on edits: lines
 * "path" and "value". */
#include "fuzz.h"
#include "schema/record.h"

static struct arena shipped;
static struct schemas *set;

/* Its arena is filled here only; nobody allocates from it later. */
static void load_shipped(void)
{
	struct err e = { 0 };
	const char *root = getenv("ROOT");
	char dir[4096];
	if (set)
		return;
	snprintf(dir, sizeof dir, "%s/schema", root ? root : ".");
	if (!arena_begin(&shipped) || schemas_load_dir(&set, &shipped, dir, &e) < 0) {
		fprintf(stderr, "%s\n", e.msg);
		abort();
	}
}

static void check_faults(const struct faults *f)
{
	must(f->n <= FAULTS_MAX);
	for (size_t i = 0; i < f->n; i++) {
		struct buf b = BUF_INIT;
		fuzz_text(f->at[i].msg);
		must(f->at[i].line >= 1 && f->at[i].col >= 1 && f->at[i].code[0]);
		must(!strcmp(f->at[i].path, "f.yaml"));
		must(!i || f->at[i - 1].line <= f->at[i].line);
		fault_print(&b, &f->at[i]);
		fuzz_text(buf_str(&b));
		buf_free(&b);
	}
}

static void written(struct arena *a, const struct record *r, const struct val *target)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	struct record again;
	struct faults f = { 0 };
	int code = ydoc_rewrite(&b, r->doc, target, NULL, &schema_shape_ops, r->schema->root, &e);
	if (code < 0) {
		must(code == ERR_LIMIT || !target->map.n);
	} else {
		record_load(&again, &f, a, set, "f.yaml", NULL, NULL, b.at, b.n);
		must(again.doc);
		const struct val *meant = schema_type(a, r->schema->root, target);
		bool other_kind = again.schema != r->schema; /* `schema` itself was edited */
		must(other_kind || val_equal(again.val, meant));
	}
	buf_free(&b);
}

/* "path" and "value" lines. */
static void edits(struct arena *a, const struct record *r, struct part p)
{
	const struct val *target = r->val, *found;
	struct err e = { 0 };
	for (int k = 0; k < 8 && p.n; k++) {
		const char *text[2];
		for (int i = 0; i < 2; i++) {
			const char *nl = memchr(p.at, '\n', p.n);
			size_t n = nl ? (size_t)(nl - p.at) : p.n;
			n = strnlen(p.at, n);
			text[i] = arena_dupn(a, p.at, n);
			size_t step = nl ? (size_t)(nl - p.at) + 1 : p.n;
			p.at += step;
			p.n -= step;
		}
		struct ydoc *d;
		const char *doc = arena_printf(a, "v: %s\n", text[1]);
		struct val *v = NULL, *out;
		if (!ydoc_parse(&d, a, "v", doc, strlen(doc), NULL, &e))
			v = val_copy(a, val_get(ydoc_val(d), "v"));
		if (strlen(text[0]) > YAML_MAX_KEY) /* so that no key is */
			return;
		struct ydoc *key; /* a path of bytes that no file may hold cannot be written either */
		const char *quoted = arena_printf(a, "# %s\nk: 1\n", text[0]);
		if (ydoc_parse(&key, a, "k", quoted, strlen(quoted), NULL, &e))
			return;
		int code = schema_put(&out, a, r->schema->root, target, text[0], v, &e);
		if (code) {
			fuzz_text(e.msg);
			continue;
		}
		if (v && schema_find(NULL, &found, r->schema->root, out, text[0]))
			must(val_equal(found, v) || v->type == VAL_MAP);
		target = out;
	}
	written(a, r, target);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena a;
	struct part p[2];
	struct record r, there;
	struct faults f = { 0 }, g = { 0 };
	load_shipped();
	fuzz_parts(p, 2, bytes, n);
	if (!arena_begin(&a)) {
		must(!"out of memory");
		return 0;
	}
	a.limit = FUZZ_MEMORY;
	record_load(&r, &f, &a, set, "f.yaml", NULL, NULL, p[0].at, p[0].n);
	check_faults(&f);
	must(r.doc || f.errors == 1);
	const char *path = r.id ? record_path(&a, set, r.id) : NULL;
	record_load(&there, &g, &a, set, "f.yaml", path ? path : "enseignements/k5/ens-ara-k5w2h9tc.yaml", "ara", p[0].at,
		    p[0].n);
	check_faults(&g);
	if (path) {
		must(path_class(set, path) == PATH_RECORD);
		must(path_class(set, record_sidecar_path(&a, r.id)) == PATH_SIDECAR);
	}
	if (r.doc && r.val->type == VAL_MAP)
		must(strlen(record_fingerprint(&a, r.val)) == 7 + 64);
	if (r.doc && r.schema)
		edits(&a, &r, p[1]);
	arena_end(&a);
	return 0;
}
