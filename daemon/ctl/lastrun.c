#include "ctl/lastrun.h"

#include <string.h>

#include "base/fsio.h"
#include "base/valpack.h"
#include "ctl/cachefile.h"

#define LASTRUN_MAX_BYTES ((size_t)1 << 20)

int input_head(struct oid *out, struct arena *a, struct repo *r, const char *code, struct err *e)
{
	return repo_ref(out, r, arena_printf(a, "refs/maillage/collectifs/%s", code), e);
}

int lastrun_holds(bool *out, const struct lastrun *run, struct arena *a, struct repo *r, const struct oid *main, struct err *e)
{
	bool same = oid_equal(&run->main, main);
	for (size_t i = 0; same && i < run->inputs.n; i++) {
		struct oid now;
		int rc = input_head(&now, a, r, run->inputs.at[i].code, e);
		if (rc)
			return rc;
		same = !strcmp(now.hex, run->inputs.at[i].head.hex);
	}
	*out = same;
	return 0;
}

void lastrun_save(const struct lastrun *run, const char *file)
{
	struct buf b = BUF_INIT;
	pack_oid(&b, &run->main);
	pack_oid(&b, &run->national);
	pack_u64(&b, run->inputs.n);
	for (size_t i = 0; i < run->inputs.n; i++) {
		pack_str(&b, run->inputs.at[i].code);
		pack_oid(&b, &run->inputs.at[i].head);
	}
	cache_write(file, &b, NULL);
	buf_free(&b);
}

bool lastrun_load(struct lastrun *out, struct cachemaps *maps, struct arena *a, const char *file)
{
	struct unpack u;
	struct lastrun run = { 0 };
	if (!cache_read(&u, maps, a, file, LASTRUN_MAX_BYTES))
		return false;
	unpack_oid(&run.main, &u);
	unpack_oid(&run.national, &u);
	for (uint64_t n = unpack_u64(&u); n && !u.bad; n--) {
		struct input one = { .code = unpack_str(&u) };
		unpack_oid(&one.head, &u);
		u.bad |= !one.code;
		arena_push(a, &run.inputs, one);
	}
	if (u.bad || u.at != u.end)
		return false;
	*out = run;
	return true;
}
