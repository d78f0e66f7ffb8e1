/* What a plain scalar means: the YAML 1.2 core schema, nothing more. "yes", "12:30" and dates are strings here, as the
 * schemas say; ydoc__plain_ok (emit.c's gatekeeper, below) makes sure that a YAML 1.1 reader sees strings too. */
#include "ynode.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* --- writing ------------------------------------------------------------------------------------------------------ */

bool ydoc__is_utf8(const char *s)
{
	for (size_t n = strlen(s); n;) {
		uint32_t c;
		size_t len = ydoc__ascii(s, n);
		if (!len)
			len = ydoc__utf8(&c, s, n);
		if (!len)
			return false;
		s += len;
		n -= len;
	}
	return true;
}

static bool all_printable(const char *s, const char *also)
{
	for (size_t n = strlen(s); n;) {
		uint32_t c = 0;
		size_t len = ydoc__utf8(&c, s, n);
		if (!len || (!ydoc__printable(c) && !(c < 0x80 && strchr(also, (int)c))))
			return false;
		s += len;
		n -= len;
	}
	return true;
}

/* Anything that a YAML 1.1 or 1.2 reader might take for a number, a date or a time. Coarse on purpose: quotes never
 * hurt. */
static bool looks_numeric(const char *s)
{
	if (!strchr("+-.0123456789", *s))
		return false;
	return !s[digits(s, "0123456789_+-.:,xXoObBaAcCdDeEfFtTzZ \t")] ||
	       !strcasecmp(s + (*s == '+' || *s == '-'), ".inf") || !strcasecmp(s, ".nan");
}

bool ydoc__plain_ok(const char *s, bool flow)
{
	static const char *const words[] = { "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", NULL };
	size_t n = strlen(s);
	if (!n || strchr(" -?:,[]{}#&*!|>'\"%@`=<", s[0]) || s[n - 1] == ' ' || s[n - 1] == ':')
		return false;
	if (strstr(s, ": ") || strstr(s, " #") || !strncmp(s, "...", 3) || looks_numeric(s) || !all_printable(s, ""))
		return false;
	if (flow && strpbrk(s, ",[]{}:#?"))
		return false;
	for (size_t i = 0; words[i]; i++)
		if (!strcasecmp(words[i], s))
			return false;
	return true;
}

bool ydoc__single_ok(const char *s)
{
	return all_printable(s, "");
}

bool ydoc__literal_ok(const char *s)
{
	size_t n = strlen(s);
	if (!n || strchr(" \t\n", s[0]) || !all_printable(s, "\n\t"))
		return false;
	if (n > 1 && s[n - 1] == '\n' && s[n - 2] == '\n')
		return false; /* would need |+ */
	for (const char *line = s; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		size_t blank = strspn(line, " \t");
		if (line[0] == '\t' || (blank && (!line[blank] || line[blank] == '\n')))
			return false; /* lines of white space only do not survive everywhere */
	}
	return true;
}

void ytext_put(struct ytext *t, const char *s, size_t n)
{
	if (t->cap - t->n < n) {
		size_t cap = t->cap < 256 ? 256 : t->cap;
		while (cap - t->n < n)
			cap *= 2;
		char *bigger = arena_alloc(t->a, cap);
		if (t->n)
			memcpy(bigger, t->at, t->n);
		t->at = bigger;
		t->cap = cap;
	}
	if (n)
		memcpy(t->at + t->n, s, n);
	t->n += n;
}

void ytext_puts(struct ytext *t, const char *s)
{
	ytext_put(t, s, strlen(s));
}

void ytext_fill(struct ytext *t, size_t n)
{
	static const char spaces[] = "                                ";
	for (; n > 32; n -= 32)
		ytext_put(t, spaces, 32);
	ytext_put(t, spaces, n);
}

void ytext_double(struct ytext *t, const char *s)
{
	ytext_puts(t, "\"");
	for (size_t n = strlen(s); n;) {
		uint32_t c = 0;
		size_t len = ydoc__utf8(&c, s, n);
		char escape[16] = "";
		if (!len) {
			len = 1; /* refused before; the bytes are written as they are so that reading back refuses them
				  */
			c = 'x';
		}
		if (c == '"' || c == '\\')
			snprintf(escape, sizeof escape, "\\%c", (char)c);
		else if (c == '\n' || c == '\t' || c == '\r')
			snprintf(escape, sizeof escape, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
		else if (!ydoc__printable(c))
			snprintf(escape, sizeof escape, c < 0x100 ? "\\x%02X" : c < 0x10000 ? "\\u%04X" : "\\U%08X", c);
		if (escape[0])
			ytext_puts(t, escape);
		else
			ytext_put(t, s, len);
		s += len;
		n -= len;
	}
	ytext_puts(t, "\"");
}

void ytext_single(struct ytext *t, const char *s)
{
	ytext_puts(t, "'");
	for (const char *q; (q = strchr(s, '\'')); s = q + 1) {
		ytext_put(t, s, (size_t)(q - s));
		ytext_puts(t, "''");
	}
	ytext_puts(t, s);
	ytext_puts(t, "'");
}

/* YAML 1.1 wants a dot in a float and a sign in its exponent. */
static void put_float(struct ytext *t, double num)
{
	char s[64];
	for (int digs = 15; digs <= 17; digs++) {
		snprintf(s, sizeof s, "%.*g", digs, num);
		if (strtod(s, NULL) == num)
			break;
	}
	size_t mantissa = strcspn(s, "e");
	ytext_put(t, s, mantissa);
	if (!memchr(s, '.', mantissa))
		ytext_puts(t, ".0");
	ytext_puts(t, s + mantissa);
}

/* Its old spelling where it had one that every reader takes for the same number. */
static bool keep_spelling(const struct val *v)
{
	const char *s = v->raw;
	if (!s || (v->type != VAL_INT && v->type != VAL_NUM))
		return false;
	s += *s == '-';
	if (*s == '0' ? s[1] && s[1] != '.' : *s < '1' || *s > '9')
		return false;
	size_t whole = digits(s, "0123456789");
	if (!s[whole])
		return v->type == VAL_INT;
	return s[whole] == '.' && s[whole + 1] && !s[whole + 1 + digits(s + whole + 1, "0123456789")];
}

void ytext_number(struct ytext *t, const struct val *v)
{
	char s[32];
	if (keep_spelling(v)) {
		ytext_puts(t, v->raw);
	} else if (v->type == VAL_NULL) {
		ytext_puts(t, "null");
	} else if (v->type == VAL_BOOL) {
		ytext_puts(t, v->b ? "true" : "false");
	} else if (v->type == VAL_INT) {
		snprintf(s, sizeof s, "%lld", (long long)v->i);
		ytext_puts(t, s);
	} else {
		put_float(t, v->num);
	}
}
