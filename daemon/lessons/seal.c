/* seal.c -- SipHash-2-4 (Aumasson, Bernstein: SipHash: a fast short-input PRF, 2012). */
#include "lessons/seal.h"

#include <string.h>

struct state {
	uint64_t a, b, c, d;
};

static inline uint64_t turn(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline struct state sip_round(struct state v)
{
	v.a += v.b, v.b = turn(v.b, 13) ^ v.a, v.a = turn(v.a, 32);
	v.c += v.d, v.d = turn(v.d, 16) ^ v.c;
	v.a += v.d, v.d = turn(v.d, 21) ^ v.a;
	v.c += v.b, v.b = turn(v.b, 17) ^ v.c, v.c = turn(v.c, 32);
	return v;
}

static inline struct state sip_word(struct state v, uint64_t word)
{
	v.d ^= word;
	v = sip_round(sip_round(v));
	v.a ^= word;
	return v;
}

static uint64_t siphash(const uint64_t key[2], const char *p, size_t n)
{
	struct state v = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
			   key[1] ^ 0x7465646279746573u };
	uint64_t word, last = (uint64_t)n << 56;
	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&word, p, 8);
		v = sip_word(v, word);
	}
	for (size_t i = 0; i < n; i++)
		last |= (uint64_t)(unsigned char)p[i] << 8 * i;
	v = sip_word(v, last);
	v.c ^= 0xff;
	v = sip_round(sip_round(sip_round(sip_round(v))));
	return v.a ^ v.b ^ v.c ^ v.d;
}

struct seal seal_new(struct buf *b, const unsigned char key[SEAL_KEY])
{
	struct seal s = { .b = b };
	memcpy(s.key, key, sizeof s.key);
	return s;
}

uint64_t seal_take(const struct seal *s, size_t from)
{
	uint64_t h = siphash(s->key, buf_str(s->b) + from, s->b->n - from);
	buf_cut(s->b, from);
	return h;
}

void seal_put(const struct seal *s, uint64_t number)
{
	buf_put(s->b, &number, sizeof number);
}
