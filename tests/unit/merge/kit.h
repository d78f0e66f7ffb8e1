/* kit.h -- what the tests of the merge floor share: records, schemas and sidecars as text, merges in both directions. */
#ifndef TESTS_MERGE_KIT_H
#define TESTS_MERGE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "merge/diffset.h"
#include "merge/field.h"
#include "merge/merge.h"
#include "schema/schemas.h"

static struct arena mem;

/* arena_begin's jump buffer must belong to a living function: each test runs through this. */
#define IN_ARENA                         \
	(void)state;                     \
	arena_end(&mem);                 \
	if (!arena_begin(&mem))          \
		fail_msg("out of memory")

static inline int teardown(void **state)
{
	(void)state;
	arena_end(&mem);
	return 0;
}

/* A kind made of one schema text. */
static inline const struct schema *kind_of(const char *text)
{
	const struct snode *root = NULL;
	struct err e = { 0 };
	if (schemas__load_one(&root, &mem, "x.schema.yaml", text, strlen(text), &e))
		fail_msg("%s", e.msg);
	struct schema *s = arena_new(&mem, struct schema);
	s->kind = "x";
	s->root = root;
	return s;
}

/* A record's text as a side of a merge; NULL: it does not exist. */
static inline struct merge_side side_of(const struct schema *s, const char *text, const struct diffs *diffs)
{
	struct merge_side side = { .diffs = diffs };
	struct ydoc *doc;
	struct err e = { 0 };
	if (!text)
		return side;
	if (ydoc_parse(&doc, &mem, "x.yaml", text, strlen(text), NULL, &e))
		fail_msg("%s\n%s", e.msg, text);
	side.doc = doc;
	side.val = schema_type(&mem, s ? s->root : schema_unknown(), ydoc_val(doc));
	return side;
}

static inline const struct diffs *sidecar_of(const char *text)
{
	struct diffs *d = arena_new(&mem, struct diffs);
	struct err e = { 0 };
	if (text && diffs_parse(d, &mem, "conflits/x.yaml", text, strlen(text), &e))
		fail_msg("%s\n%s", e.msg, text);
	return d;
}

static inline const char *printed(const struct diffs *d)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	if (diffs_print(&b, &mem, d, &e))
		fail_msg("%s", e.msg);
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static inline const char *decided(const struct decisions *d)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < d->n; i++) {
		buf_printf(&b, "%s %s", d->at[i].champ, merge_rule_name(d->at[i].rule));
		const struct val *v[4] = { d->at[i].base, d->at[i].result, d->at[i].sides[0].valeur, d->at[i].sides[1].valeur };
		for (int k = 0; k < 4; k++) {
			buf_putc(&b, ' ');
			if (v[k])
				val_canon(&b, v[k]);
			else
				buf_putc(&b, '-');
		}
		buf_putc(&b, '\n');
	}
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

struct merged {
	const char *text, *diffs, *decisions; /* text NULL: deleted */
	struct merge_result r;
};

static inline struct merged merge_sides(const struct schema *s, struct merge_side o, struct merge_side a, struct merge_side b,
					const struct merge_prov *prov)
{
	struct merge_input in = { .schema = s, .o = o, .a = a, .b = b, .prov = prov };
	struct merged m = { 0 };
	struct err e = { 0 };
	if (merge_record(&m.r, &mem, &in, &e))
		fail_msg("%s", e.msg);
	m.text = m.r.present ? arena_dupn(&mem, m.r.text, m.r.n) : NULL;
	m.diffs = printed(&m.r.diffs);
	m.decisions = decided(&m.r.decisions);
	return m;
}

static inline void assert_text(const char *what, const char *got, const char *wanted)
{
	if (!got != !wanted || (got && strcmp(got, wanted))) {
		printf("%s: got\n%s\nwanted\n%s\n", what, got ? got : "(nothing)", wanted ? wanted : "(nothing)"); /* cmocka cuts long messages */
		fail_msg("%s", what);
	}
}

/* Law 1: exchanging the sides changes nothing. */
static inline struct merged both_ways(const struct schema *s, struct merge_side o, struct merge_side a, struct merge_side b)
{
	struct merged ab = merge_sides(s, o, a, b, NULL), ba = merge_sides(s, o, b, a, NULL);
	assert_text("the other way round", ba.text, ab.text);
	assert_text("differences, the other way round", ba.diffs, ab.diffs);
	assert_text("decisions, the other way round", ba.decisions, ab.decisions);
	return ab;
}

static inline struct merged merge_texts(const struct schema *s, const char *o, const char *a, const char *b)
{
	return both_ways(s, side_of(s, o, NULL), side_of(s, a, NULL), side_of(s, b, NULL));
}

/* A merge's outcome as a side of the next one. */
static inline struct merge_side again(const struct schema *s, const struct merged *m)
{
	struct diffs *d = arena_new(&mem, struct diffs);
	*d = *sidecar_of(*m->diffs ? m->diffs : NULL);
	return side_of(s, m->text, d);
}

#endif
