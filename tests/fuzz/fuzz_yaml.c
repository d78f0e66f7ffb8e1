/* A text is refused with a place and a remedy, or every byte of it is owned by a part of the document. */
#include "fuzz.h"
#include "../lib/ylaws.h"

static void check_node(const struct ynode *n, const struct ydoc *d);

static void check_entry(const struct yentry *e, const struct ynode *in)
{
	const struct ydoc *d = in->doc;
	must((in->val->type == VAL_MAP) == (e->key != NULL));
	if (in->style == Y_FLOW) {
		must(!e->key || e->at < e->colon);
	} else {
		must(e->lead <= e->attach && e->attach <= e->line && e->line <= e->at && e->at < e->colon);
		must(e->colon <= e->trail && e->trail <= e->eol && e->eol <= e->stop && e->stop <= d->n);
	}
	check_node(e->val, d);
}

static void check_node(const struct ynode *n, const struct ydoc *d)
{
	must(n->doc == d && n->start <= n->end && n->end <= d->n);
	must(n->style == Y_BLOCK || (n->start <= n->head && n->head <= n->end));
	must(n->val->line >= 1 && n->val->col >= 1);
	if (n->val->type < VAL_LIST)
		return;
	must(n->n == (n->val->type == VAL_MAP ? n->val->map.n : n->val->list.n));
	for (size_t i = 0; i < n->n; i++) {
		check_entry(&n->at[i], n);
		must(!i || n->style == Y_FLOW || n->at[i].lead == n->at[i - 1].stop);
	}
}

static void refused(const struct err *e, const struct yfault *fault, int code)
{
	char where[64];
	must(code == ERR_DATA || code == ERR_LIMIT);
	must(fault->line >= 1 && fault->col >= 1);
	fuzz_text(fault->msg);
	snprintf(where, sizeof where, "t:%d:%d: ", fault->line, fault->col);
	must(!strncmp(e->msg, where, strlen(where)));
	fuzz_text(e->msg);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena a;
	struct ydoc *d;
	struct yfault fault = { 0 };
	struct err e = { 0 };
	if (!arena_begin(&a)) {
		must(!"out of memory");
		return 0;
	}
	a.limit = FUZZ_MEMORY;
	int code = ydoc_parse(&d, &a, "t", bytes, n, &fault, &e);
	must(a.total < 4096 + 600 * n);
	if (code < 0) {
		refused(&e, &fault, code);
	} else {
		struct buf parts = BUF_INIT;
		check_node(d->root, d);
		for (size_t i = 0; i < d->comments.n; i++)
			must(d->text[d->comments.at[i].at] == '#' && d->comments.at[i].end <= d->n);
		must(!ydoc__rewrite(&a, &parts, d, ydoc_val(d), NULL, NULL, NULL, true, &e));
		must(ylaws_same_lines(parts.at, parts.n, (const char *)bytes, n));
		buf_free(&parts);
	}
	arena_end(&a);
	return 0;
}
