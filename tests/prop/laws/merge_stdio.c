/* The program's merge, answering the property campaign (laws.test) over a pipe. One request:
 *
 *   merge ab ba ao      which merges: the two letters name what stands as side a and as side b (o: the base)
 *   edit aX             the text of a with the data of the base, as the program itself would write it
 *
 * one line, then seven texts: schema, base, a, b and the sidecars of base, a, b; each as its length in bytes on a line
 * ("-": there is none) and the bytes. The answer is one line of JSON: what the inputs say as data, and per merge the text,
 * the sidecar, both read again as data, the decisions, and what it cost. Mappings keep the order of the text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "merge/merge.h"
#include "schema/schemas.h"
#include "schema/validate.h"

enum { SCHEMA, O, A, B, DO, DA, DB, PARTS };
#define MAX_PART (64u << 20)

struct part {
	const char *at; /* NULL: none */
	size_t n;
};

struct request {
	struct arena mem;
	char line[256];
	struct part part[PARTS];
	struct schema schema;
	struct merge_side side[3];
	struct buf out;
};

static void die(const char *why)
{
	fprintf(stderr, "merge_stdio: %s\n", why);
	exit(2);
}

/* --- answers -------------------------------------------------------------------------------------------------------- */

static void put_val(struct buf *out, const struct val *v)
{
	const char *sep = "";
	if (v->type == VAL_LIST) {
		buf_putc(out, '[');
		for (size_t i = 0; i < v->list.n; i++, sep = ",") {
			buf_puts(out, sep);
			put_val(out, v->list.at[i]);
		}
		buf_putc(out, ']');
	} else if (v->type == VAL_MAP) {
		buf_putc(out, '{');
		for (size_t i = 0; i < v->map.n; i++, sep = ",") {
			struct val key = { .type = VAL_STR, .str = { v->map.at[i].key, strlen(v->map.at[i].key) } };
			buf_puts(out, sep);
			val_canon(out, &key);
			buf_putc(out, ':');
			put_val(out, v->map.at[i].val);
		}
		buf_putc(out, '}');
	} else {
		val_canon(out, v);
	}
}

static void put_text(struct buf *out, const char *name, const char *at, size_t n)
{
	struct val v = { .type = VAL_STR, .str = { at, n } };
	buf_printf(out, ",\"%s\":", name);
	if (at)
		val_canon(out, &v);
	else
		buf_puts(out, "null");
}

/* A missing value has no entry. */
static void put_data(struct buf *out, const char *name, const struct val *v)
{
	if (!v)
		return;
	buf_printf(out, ",\"%s\":", name);
	put_val(out, v);
}

static void put_decisions(struct buf *out, const struct decisions *d)
{
	buf_puts(out, ",\"decisions\":[");
	for (size_t i = 0; i < d->n; i++) {
		const struct decision *one = &d->at[i];
		struct val champ = { .type = VAL_STR, .str = { one->champ, strlen(one->champ) } };
		buf_puts(out, i ? ",{\"champ\":" : "{\"champ\":");
		val_canon(out, &champ);
		buf_printf(out, ",\"regle\":\"%s\"", merge_rule_name(one->rule));
		put_data(out, "base", one->base);
		put_data(out, "resultat", one->result);
		for (int s = 0; s < 2; s++) {
			const struct proposal *p = &one->sides[s];
			buf_printf(out, ",\"%s\":{\"commit\":\"%s\"", s ? "second" : "premier", p->by.commit ? p->by.commit : "");
			put_data(out, "valeur", p->valeur);
			buf_putc(out, '}');
		}
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

/* --- merging ---------------------------------------------------------------------------------------------------------- */

/* Whatever stands in for a side wrote it: side a is commit 1111..., b is 2222..., the base 0000... */
static void origin_of(void *ctx, struct origin *out, int side, const char *champ)
{
	static const char *const commits[3] = { "0000000000000000000000000000000000000000",
						"1111111111111111111111111111111111111111",
						"2222222222222222222222222222222222222222" };
	const int *who = ctx;
	(void)champ;
	*out = (struct origin){ who[side] == 1 ? "act-ara-aaaaaaaa" : "act-ara-bbbbbbbb", "2018-05-03", commits[who[side]] };
}

static bool valid(struct request *r, const struct val *v)
{
	struct faults f = { 0 };
	if (v)
		schema_validate(&f, &r->mem, r->schema.root, v);
	return !f.errors;
}

static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int letter(char c)
{
	return c == 'o' ? 0 : c == 'a' ? 1 : 2;
}

static void merge_way(struct request *r, const char *way)
{
	int who[2] = { letter(way[0]), letter(way[1]) };
	struct merge_prov prov = { origin_of, who };
	struct merge_input in = { &r->schema, r->side[0], r->side[who[0]], r->side[who[1]], &prov };
	struct merge_result m;
	struct err e = { 0 };
	struct buf sidecar = BUF_INIT, *out = &r->out;
	struct ydoc *doc = NULL, *side = NULL;
	size_t before = r->mem.total;
	double start = cpu();
	int code = merge_record(&m, &r->mem, &in, &e);
	code = code ? code : diffs_print(&sidecar, &r->mem, &m.diffs, &e);
	double us = cpu() - start;
	buf_printf(out, ",\"%s\":{\"us\":%.0f,\"bytes\":%zu", way, us, r->mem.total - before);
	if (!code && m.present)
		code = ydoc_parse(&doc, &r->mem, "result", m.text, m.n, NULL, &e);
	if (!code && sidecar.n)
		code = ydoc_parse(&side, &r->mem, "sidecar", sidecar.at, sidecar.n, NULL, &e);
	if (code) {
		put_text(out, "error", e.msg, strlen(e.msg));
	} else {
		const struct val *v = doc ? schema_type(&r->mem, r->schema.root, ydoc_val(doc)) : NULL;
		put_text(out, "text", m.present ? m.text : NULL, m.n);
		put_text(out, "sidecar", sidecar.n ? sidecar.at : NULL, sidecar.n);
		put_data(out, "data", v);
		put_data(out, "differences", side ? ydoc_val(side) : NULL);
		put_decisions(out, &m.decisions);
		buf_printf(out, ",\"valid\":%s", valid(r, v) ? "true" : "false");
	}
	buf_putc(out, '}');
	buf_free(&sidecar);
}

static void edit(struct request *r)
{
	struct buf text = BUF_INIT;
	struct err e = { 0 };
	if (!r->side[0].val || ydoc_rewrite(&text, r->side[1].doc, r->side[0].val, NULL, &schema_shape_ops, r->schema.root, &e))
		put_text(&r->out, "error", e.msg, strlen(e.msg));
	else
		put_text(&r->out, "text", text.at, text.n);
	buf_free(&text);
}

/* --- requests ----------------------------------------------------------------------------------------------------------- */

static bool read_request(struct request *r)
{
	char line[32];
	if (!fgets(r->line, sizeof r->line, stdin))
		return false;
	r->line[strcspn(r->line, "\n")] = 0;
	for (int i = 0; i < PARTS; i++) {
		if (!fgets(line, sizeof line, stdin))
			die("the request ends early");
		r->part[i] = (struct part){ NULL, 0 };
		if (*line == '-')
			continue;
		size_t n = strtoul(line, NULL, 10);
		if (n > MAX_PART)
			die("a part is too large");
		char *at = arena_alloc(&r->mem, n + 1);
		if (n && fread(at, 1, n, stdin) != n)
			die("the request ends early");
		r->part[i] = (struct part){ at, n };
	}
	return true;
}

/* Parse what was sent, the sides beside the base as a merge of commits does; e says which part is refused. */
static int load(struct request *r, struct err *e)
{
	static const char *const names[3] = { "base", "a", "b" };
	struct part *p = r->part;
	const struct snode *root = NULL;
	struct ydoc *doc;
	int code = schemas__load_one(&root, &r->mem, "x.schema.yaml", p[SCHEMA].at ? p[SCHEMA].at : "", p[SCHEMA].n, e);
	r->schema = (struct schema){ .kind = "x", .root = root };
	for (int i = 0; i < 3 && !code; i++) {
		struct ylike like = { { i ? r->side[0].doc : NULL } };
		r->side[i] = (struct merge_side){ 0 };
		if (p[O + i].at && !(code = ydoc_parse_like(&doc, &r->mem, &like, names[i], p[O + i].at, p[O + i].n, NULL, e))) {
			r->side[i].doc = doc;
			r->side[i].val = schema_type(&r->mem, root, ydoc_val(doc));
		}
		struct diffs *d = arena_new(&r->mem, struct diffs);
		if (!code)
			code = diffs_parse(d, &r->mem, names[i], p[DO + i].at, p[DO + i].n, e);
		r->side[i].diffs = p[DO + i].at ? d : NULL;
	}
	return code;
}

static void put_inputs(struct request *r)
{
	static const char *const names[PARTS] = { "schema", "o", "a", "b", "do", "da", "db" };
	struct ydoc *doc;
	struct err e = { 0 };
	for (int i = 0; i < PARTS; i++) {
		const struct val *v = i >= O && i <= B ? r->side[i - O].val : NULL;
		bool raw = (i == SCHEMA || i >= DO) && r->part[i].n;
		if (raw && !ydoc_parse(&doc, &r->mem, "x", r->part[i].at, r->part[i].n, NULL, &e))
			v = ydoc_val(doc);
		put_data(&r->out, names[i], v);
		if (i >= O && i <= B)
			buf_printf(&r->out, ",\"valid_%s\":%s", names[i], valid(r, v) ? "true" : "false");
	}
}

static void answer(struct request *r)
{
	struct err e = { 0 };
	buf_puts(&r->out, "{\"ok\":true");
	if (load(r, &e)) {
		put_text(&r->out, "error", e.msg, strlen(e.msg));
	} else if (!strncmp(r->line, "edit", 4)) {
		edit(r);
	} else {
		put_inputs(r);
		for (const char *way = strchr(r->line, ' '); way && way[1] && way[2]; way = strchr(way + 1, ' '))
			merge_way(r, (char[3]){ way[1], way[2], 0 });
	}
	buf_puts(&r->out, "}\n");
	fwrite(r->out.at, 1, r->out.n, stdout);
	fflush(stdout);
	buf_reset(&r->out);
}

int main(void)
{
	static struct request r;
	if (!arena_begin(&r.mem))
		die("out of memory");
	while (read_request(&r)) {
		answer(&r);
		arena_clear(&r.mem);
	}
	arena_end(&r.mem);
	buf_free(&r.out);
	return 0;
}
