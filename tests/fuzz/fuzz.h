/* fuzz.h -- what the fuzz targets share: several texts in one input, decisions taken from bytes, and what must hold.
 *
 * A target is one function, LLVMFuzzerTestOneInput. libFuzzer feeds it (`make fuzz F=yaml`); replay.c feeds it the seed
 * corpus in `make test`. A broken promise is a must(): both see it die.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/val.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define FUZZ_MEMORY (256u << 20) /* no input of a few KiB may need more */

struct part {
	const char *at;
	size_t n;
};

/* An input is up to `max` texts; a line of "~~~~" stands between two. Missing ones are empty. */
static inline void fuzz_parts(struct part *out, size_t max, const uint8_t *bytes, size_t n)
{
	static const char line[] = "~~~~\n";
	const char *at = (const char *)bytes, *end = at + n;
	memset(out, 0, max * sizeof *out);
	for (size_t i = 0; i < max && n; i++) {
		const char *stop = i + 1 < max ? memmem(at, (size_t)(end - at), line, 5) : NULL;
		out[i] = (struct part){ at, (size_t)((stop ? stop : end) - at) };
		if (!stop)
			return;
		at = stop + 5;
	}
}

/* Decisions, taken from the input until it ends; then all are 0. */
struct dice {
	const uint8_t *at;
	size_t n;
};

static inline uint32_t dice(struct dice *d, size_t n)
{
	if (!d->n || !n)
		return 0;
	uint32_t x = *d->at++;
	d->n--;
	if (n > 256 && d->n) {
		x = x << 8 | *d->at++;
		d->n--;
	}
	return (uint32_t)(x % n);
}

/* Messages go to terminals and into JSON. */
static inline void fuzz_text(const char *s)
{
	size_t n = strlen(s);
	must(n > 0);
	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)s[i];
		size_t len = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
		must(len && i + len <= n);
		for (size_t k = 1; k < len; k++)
			must(((unsigned char)s[i + k] & 0xC0) == 0x80);
		i += len;
	}
}

static inline const char *fuzz_canon(struct arena *a, const struct val *v)
{
	struct buf b = BUF_INIT;
	val_canon(&b, v);
	const char *s = arena_dupn(a, buf_str(&b), b.n);
	buf_free(&b);
	return s;
}

#endif
