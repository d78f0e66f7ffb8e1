/* A sidecar is refused with a place, or printed, read back the same, and used: shown, found, settled, normalised against any
 * record. Input: a sidecar, then the record it is about. */
#include "fuzz.h"
#include "merge/diffset.h"

static const char *printed(struct arena *a, const struct diffs *d)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	int code = diffs_print(&b, a, d, &e);
	must(!code || code == ERR_LIMIT);
	const char *s = code ? NULL : arena_dupn(a, buf_str(&b), b.n);
	buf_free(&b);
	return s;
}

/* What is written is read back the same, and written again as the same bytes. */
static void prints_back(struct arena *a, const struct diffs *d)
{
	const char *text = printed(a, d);
	struct diffs again;
	struct err e = { 0 };
	if (!text)
		return;
	if (diffs_parse(&again, a, "again", text, strlen(text), &e)) {
		fprintf(stderr, "%s\n%s", e.msg, text);
		must(!"a printed sidecar is refused");
	}
	must(diffs_equal(d, &again));
	must(!strcmp(printed(a, &again), text));
}

static void use(struct arena *a, const struct diffs *d, const struct val *record)
{
	static const struct origin by = { "act-ara-2w3x4y5z", "2018-10-08", "85ec4caf9d8143ac2f2deb3f21df7c7ec48c1339" };
	struct diffs after;
	must(diffs_open(d) <= d->n);
	for (size_t i = 0; i < d->n && i < 4; i++) {
		const struct diff *one = &d->at[i];
		const struct val *shown = diff_shown(one);
		must(one->n > 0);
		must(diffs_find(d, one->champ, NULL) && diffs_find(d, one->champ, one->at[0].cle));
		must(diff_taken(a, one, record, shown) || !shown || !record);
		diffs_settle(&after, a, NULL, d, one->champ, NULL, shown, &by);
		must(after.n + 1 >= d->n && after.n <= d->n);
		prints_back(a, &after);
	}
	if (!record)
		return;
	diffs_normalise(&after, a, NULL, record, d, &by);
	prints_back(a, &after);
	struct diffs twice;
	must(!diffs_normalise(&twice, a, NULL, record, &after, &by));
	must(diffs_equal(&after, &twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena a;
	struct part p[2];
	struct diffs d;
	struct ydoc *doc;
	struct err e = { 0 };
	fuzz_parts(p, 2, bytes, n);
	if (!arena_begin(&a)) {
		must(!"out of memory");
		return 0;
	}
	a.limit = FUZZ_MEMORY;
	int code = diffs_parse(&d, &a, "conflits/x.yaml", p[0].at, p[0].n, &e);
	if (code) {
		must(code == ERR_DATA || code == ERR_LIMIT);
		fuzz_text(e.msg);
		must(!strncmp(e.msg, "conflits/x.yaml:", 16));
	} else {
		bool record = !ydoc_parse(&doc, &a, "r", p[1].at, p[1].n, NULL, &e);
		prints_back(&a, &d);
		use(&a, &d, record ? ydoc_val(doc) : NULL);
	}
	arena_end(&a);
	return 0;
}
