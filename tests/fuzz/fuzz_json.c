/* JSON of the control socket: refused with a place, or printed and read back the same, wide and compact. */
#include "fuzz.h"
#include "ctl/json.h"

static void prints_back(struct arena *a, const struct val *v, bool compact)
{
	struct buf b = BUF_INIT, twice = BUF_INIT;
	struct err e = { 0 };
	struct val *again;
	must(!json_print(&b, v, compact, &e));
	must(!json_parse(&again, a, b.at, b.n, &e));
	must(val_equal(v, again));
	must(!json_print(&twice, again, compact, &e));
	must(b.n == twice.n && !memcmp(b.at, twice.at, b.n));
	buf_free(&b);
	buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena a;
	struct val *v;
	struct err e = { 0 };
	if (!arena_begin(&a)) {
		must(!"out of memory");
		return 0;
	}
	a.limit = FUZZ_MEMORY;
	int code = json_parse(&v, &a, (const char *)bytes, n, &e);
	if (code < 0) {
		must(code == ERR_DATA);
		fuzz_text(e.msg);
	} else {
		prints_back(&a, v, false);
		prints_back(&a, v, true);
	}
	arena_end(&a);
	return 0;
}
