/* delta.c -- copies and insertions.
 *
 * The base is cut into blocks of 16 bytes, found again by their hash. At each place of the new text: is there a block that begins
 * like this? Then it is grown both ways as far as both texts agree, and that is one copy; what no copy covers is inserted. Folder objects
 * are why it matters: an edit changes 20 bytes of a folder of 30 KB that deflate can make nothing of.
 *
 * Bounds: a hash with many blocks (a text of spaces) is tried TRIES times; one that gains nothing costs one pass over the text.
 */
#include "delta.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 16
#define TRIES 8
#define COPY_MAX 0xffffffu /* bytes of one copy */
#define INSERT_MAX 0x7fu

void deltas_free(struct deltas *d)
{
	free(d->slots);
	free(d->before);
	*d = (struct deltas){ 0 };
}

static uint32_t hash(const char *at)
{
	uint64_t x, y;
	memcpy(&x, at, sizeof x);
	memcpy(&y, at + 8, sizeof y);
	x = x * 0x9E3779B97F4A7C15u ^ (y + (x >> 29)) * 0xBF58476D1CE4E5B9u;
	return (uint32_t)(x >> 32);
}

static bool room(uint32_t **at, size_t *cap, size_t n)
{
	if (n <= *cap)
		return true;
	uint32_t *more = realloc(*at, n * sizeof *more);
	if (!more)
		return false;
	*at = more;
	*cap = n;
	return true;
}

/* *mask: of the table. */
static bool index_base(struct deltas *d, uint32_t *mask, const char *from, size_t from_n)
{
	size_t blocks = from_n / BLOCK, size = 64;
	while (size < blocks * 2)
		size *= 2;
	if (!room(&d->slots, &d->slots_cap, size) || !room(&d->before, &d->before_cap, blocks ? blocks : 1))
		return false;
	memset(d->slots, 0, size * sizeof *d->slots);
	*mask = (uint32_t)size - 1;
	for (size_t b = blocks; b-- > 0;) { /* so that the first of many equal ones is tried first */
		uint32_t *slot = &d->slots[hash(from + b * BLOCK) & *mask];
		d->before[b] = *slot;
		*slot = (uint32_t)b + 1;
	}
	return true;
}

static void put_size(struct buf *out, size_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_putc(out, (char)(0x80 | (n & 0x7f)));
	buf_putc(out, (char)n);
}

static void put_insert(struct buf *out, const char *at, size_t n)
{
	while (n) {
		size_t now = n < INSERT_MAX ? n : INSERT_MAX;
		buf_putc(out, (char)now);
		buf_put(out, at, now);
		at += now;
		n -= now;
	}
}

/* Which bytes of offset and size follow is said by bits of the first. */
static void put_copy(struct buf *out, size_t offset, size_t n)
{
	while (n) {
		size_t now = n < COPY_MAX ? n : COPY_MAX;
		unsigned char op[8] = { 0x80 };
		size_t len = 1;
		for (unsigned i = 0; i < 4; i++)
			if (offset >> (8 * i) & 0xff) {
				op[0] = (unsigned char)(op[0] | 1u << i);
				op[len++] = (unsigned char)(offset >> (8 * i));
			}
		for (unsigned i = 0; i < 3; i++)
			if (now >> (8 * i) & 0xff) {
				op[0] = (unsigned char)(op[0] | 0x10u << i);
				op[len++] = (unsigned char)(now >> (8 * i));
			}
		buf_put(out, op, len);
		offset += now;
		n -= now;
	}
}

static size_t alike(const char *x, const char *y, size_t most)
{
	size_t n = 0;
	while (n < most && x[n] == y[n])
		n++;
	return n;
}

struct match {
	size_t from, n; /* of the base, from the place on that was asked for */
};

static struct match longest(const struct deltas *d, uint32_t mask, const char *from, size_t from_n, const char *to, size_t left)
{
	struct match best = { 0, 0 };
	uint32_t b = d->slots[hash(to) & mask];
	for (int tries = 0; b && tries < TRIES; tries++, b = d->before[b - 1]) {
		size_t at = (size_t)(b - 1) * BLOCK, most = from_n - at < left ? from_n - at : left, n = alike(from + at, to, most);
		if (n > best.n)
			best = (struct match){ at, n };
	}
	return best.n >= BLOCK ? best : (struct match){ 0, 0 };
}

bool delta_make(struct buf *out, struct deltas *d, const char *from, size_t from_n, const char *to, size_t to_n, size_t most)
{
	uint32_t mask;
	size_t begun = out->n, done = 0; /* what of `to` is said already */
	if (from_n > DELTA_MAX || to_n > DELTA_MAX || from_n < BLOCK || !index_base(d, &mask, from, from_n))
		return false;
	put_size(out, from_n);
	put_size(out, to_n);
	for (size_t at = 0; at + BLOCK <= to_n && out->n - begun + (at - done) <= most;) {
		struct match m = longest(d, mask, from, from_n, to + at, to_n - at);
		if (!m.n) {
			at++;
			continue;
		}
		size_t back = 0;
		while (at - back > done && m.from > back && from[m.from - back - 1] == to[at - back - 1])
			back++;
		put_insert(out, to + done, at - back - done);
		put_copy(out, m.from - back, m.n + back);
		done = at += m.n;
	}
	put_insert(out, to + done, to_n - done);
	if (out->oom || out->n - begun > most) {
		buf_cut(out, begun);
		return false;
	}
	return true;
}
