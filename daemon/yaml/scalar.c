/* What a plain scalar means: the YAML 1.2 core schema, nothing more. "yes", "12:30" and dates are strings here, as the
 * schemas say; ydoc__plain_ok (emit.c's gatekeeper, below) makes sure that a YAML 1.1 reader sees strings too. */
#include "ynode.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool one_of(const char *const *words, const char *s)
{
	for (; *words; words++)
		if (!strcmp(*words, s))
			return true;
	return false;
}

static size_t digits(const char *s, const char *set)
{
	return strspn(s, set);
}

/* [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+ */
static bool is_int(const char *s, int *base)
{
	if (s[0] == '0' && (s[1] == 'o' || s[1] == 'x')) {
		const char *set = s[1] == 'o' ? "01234567" : "0123456789abcdefABCDEF";
		*base = s[1] == 'o' ? 8 : 16;
		return s[2] && !s[2 + digits(s + 2, set)];
	}
	*base = 10;
	s += *s == '-' || *s == '+';
	return *s && !s[digits(s, "0123456789")];
}

/* [-+]? ( \.[0-9]+ | [0-9]+ ( \.[0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_float(const char *s)
{
	s += *s == '-' || *s == '+';
	size_t whole = digits(s, "0123456789"), part = 0;
	s += whole;
	if (*s == '.') {
		part = digits(s + 1, "0123456789");
		s += 1 + part;
	}
	if (!whole && !part)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		size_t n = digits(s, "0123456789");
		if (!n)
			return false;
		s += n;
	}
	return !*s;
}

static struct val *number(struct arena *a, const char *s)
{
	int base;
	if (is_int(s, &base)) {
		errno = 0;
		long long i = strtoll(base == 10 ? s : s + 2, NULL, base);
		if (!errno)
			return val_int(a, i);
		if (base != 10)
			return NULL; /* beyond 64 bits: its text is all that can be kept */
	} else if (!is_float(s)) {
		return NULL;
	}
	double num = strtod(s, NULL);
	return isfinite(num) ? val_num(a, num) : NULL;
}

struct val *ydoc__plain(struct arena *a, const char *s, size_t n)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };
	struct val *v = NULL;
	if (n && !strchr("~nNtTfF+-.0123456789", s[0]))
		return val_strn(a, s, n);
	if (one_of(nulls, s))
		v = val_null(a);
	else if (one_of(trues, s))
		v = val_bool(a, true);
	else if (one_of(falses, s))
		v = val_bool(a, false);
	else
		v = number(a, s);
	if (!v)
		return val_strn(a, s, n);
	v->raw = arena_dupn(a, s, n);
	return v;
}
