/* A schema is refused with file, line and column, or loads whole and judges any value in bounded work. Input: a schema, a
 * second file of the same folder, then values. */
#include "fuzz.h"
#include "schema/schemas.h"
#include "schema/validate.h"

#define PARTS 6

static void refused(const struct err *e, int code, bool folder)
{
	must(code == ERR_SCHEMA && e->code == ERR_SCHEMA);
	fuzz_text(e->msg);
	must(folder || !strncmp(e->msg, "x.schema.yaml:", 14));
}

static void check_faults(const struct faults *f)
{
	must(f->n <= FAULTS_MAX && f->errors >= (f->n > 0 && !f->at[0].warning));
	for (size_t i = 0; i < f->n; i++) {
		struct buf b = BUF_INIT;
		fuzz_text(f->at[i].msg);
		must(f->at[i].line >= 0 && f->at[i].code[0]);
		if (*f->at[i].field)
			fuzz_text(f->at[i].field);
		fault_print(&b, &f->at[i]);
		fuzz_text(buf_str(&b));
		buf_free(&b);
	}
}

/* Walk what merging walks, a few steps down. */
static void walk(const struct snode *s, const struct val *v, int depth)
{
	must(s && (s->list != LIST_MAP || s->list_key));
	if (depth > 8)
		return;
	for (size_t i = 0; v->type == VAL_LIST && i < v->list.n; i++)
		walk(schema_item(s), v->list.at[i], depth + 1);
	for (size_t i = 0; v->type == VAL_MAP && i < v->map.n; i++) {
		schema_rank(s, v->map.at[i].key);
		walk(schema_child(s, v->map.at[i].key), v->map.at[i].val, depth + 1);
	}
}

static void judge(struct arena *a, const struct snode *s, const struct part *p)
{
	struct ydoc *d;
	struct err e;
	struct faults f = { 0 }, again = { 0 };
	if (ydoc_parse(&d, a, "v", p->at, p->n, NULL, &e))
		return;
	const struct val *v = schema_type(a, s, ydoc_val(d));
	must(val_equal(schema_type(a, s, v), v));
	schema_validate(&f, a, s, v);
	check_faults(&f);
	schema_validate(&again, a, s, v);
	must(again.n == f.n && again.errors == f.errors);
	walk(s, v, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena a;
	struct part p[PARTS];
	const struct snode *s;
	struct schemas *set;
	struct err e = { 0 };
	fuzz_parts(p, PARTS, bytes, n);
	if (!arena_begin(&a)) {
		must(!"out of memory");
		return 0;
	}
	a.limit = FUZZ_MEMORY;
	int code = schemas__load_one(&s, &a, "x.schema.yaml", p[0].at, p[0].n, &e);
	if (code)
		refused(&e, code, false);
	for (size_t i = 1; !code && i < PARTS; i++)
		judge(&a, s, &p[i]);
	const struct schema_file files[] = { { "x.schema.yaml", p[0].at, p[0].n }, { "y.schema.yaml", p[1].at, p[1].n } };
	code = schemas_load(&set, &a, files, p[1].n ? 2 : 1, &e);
	if (code)
		refused(&e, code, true);
	for (size_t i = 2; !code && i < PARTS; i++)
		for (size_t k = 0; schemas_at(set, k); k++)
			judge(&a, schemas_at(set, k)->root, &p[i]);
	arena_end(&a);
	return 0;
}
