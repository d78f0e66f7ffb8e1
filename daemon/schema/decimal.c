/* 0.0075 is a multiple of 0.0001, though neither is exact in binary and their quotient is no whole number. So both go
 * back to the shortest decimal that reads as the same double: x = X 10^a, m = M 10^b, at most 17 digits each. Then
 * exactly, without ever writing 10^300 out:
 *   a >= b   X 10^(a-b) mod M = 0, by modular products
 *   a < b    X would need b-a trailing zeros, and has none left
 */
#include "decimal.h"

#include <stdio.h>
#include <stdlib.h>

struct decimal {
	uint64_t digits; /* without trailing zeros */
	int exp;
};

static struct decimal decimal_of(const struct val *v)
{
	struct decimal d = { 0, 0 };
	if (v->type == VAL_INT) {
		d.digits = v->i < 0 ? 0 - (uint64_t)v->i : (uint64_t)v->i;
	} else {
		char text[40];
		int precision = 1;
		do
			snprintf(text, sizeof text, "%.*e", precision - 1, v->num);
		while (strtod(text, NULL) != v->num && ++precision <= 17);
		const char *p = text;
		for (bool fraction = false; *p && *p != 'e'; p++) {
			if (*p == '.')
				fraction = true;
			if (*p < '0' || *p > '9')
				continue;
			d.digits = d.digits * 10 + (uint64_t)(*p - '0');
			d.exp -= fraction;
		}
		d.exp += *p ? atoi(p + 1) : 0;
	}
	while (d.digits && d.digits % 10 == 0) {
		d.digits /= 10;
		d.exp++;
	}
	return d;
}

static uint64_t times(uint64_t x, uint64_t y, uint64_t mod)
{
	return (uint64_t)((unsigned __int128)x * y % mod);
}

bool decimal_is_multiple(const struct val *v, const struct val *of)
{
	struct decimal x = decimal_of(v), m = decimal_of(of);
	if (!x.digits || !m.digits)
		return !x.digits;
	if (x.exp < m.exp)
		return false;
	uint64_t rest = x.digits % m.digits;
	for (int i = x.exp - m.exp; i > 0 && rest; i--) /* at most about 650 */
		rest = times(rest, 10, m.digits);
	return rest == 0;
}
