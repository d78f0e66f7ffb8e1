#include "format.h"
#include "uri.h"
#include "base/i18n.h"

#include <stddef.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* n digits as a number, or -1. */
static int digits(const char *s, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (!is_digit(s[i]))
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

/* RFC 3339 5.6 full-date, at the start of s. */
static bool date_at(const char *s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (strnlen(s, 10) < 10 || s[4] != '-' || s[7] != '-')
		return false;
	int y = digits(s, 4), m = digits(s + 5, 2), d = digits(s + 8, 2);
	if (y < 0 || m < 1 || m > 12 || d < 1)
		return false;
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return d <= days[m - 1] + (m == 2 && leap);
}

static bool date_ok(const char *s)
{
	return strlen(s) == 10 && date_at(s);
}

/* RFC 3339 5.6 full-time. Second 60 only where a leap second can be: 23:59 UTC (5.7). */
static bool time_ok(const char *s)
{
	if (strnlen(s, 9) < 9 || s[2] != ':' || s[5] != ':')
		return false;
	int h = digits(s, 2), m = digits(s + 3, 2), sec = digits(s + 6, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60)
		return false;
	s += 8;
	if (*s == '.') {
		if (!is_digit(*++s))
			return false;
		while (is_digit(*s))
			s++;
	}
	int shift = 0;
	if (*s == 'Z' || *s == 'z') {
		if (s[1])
			return false;
	} else {
		if ((*s != '+' && *s != '-') || strlen(s) != 6 || s[3] != ':')
			return false;
		int oh = digits(s + 1, 2), om = digits(s + 4, 2);
		if (oh < 0 || oh > 23 || om < 0 || om > 59)
			return false;
		shift = (oh * 60 + om) * (*s == '+' ? -1 : 1);
	}
	return sec < 60 || (h * 60 + m + shift + 2 * 1440) % 1440 == 1439;
}

static bool date_time_ok(const char *s)
{
	return date_at(s) && (s[10] == 'T' || s[10] == 't') && time_ok(s + 11);
}

/* --- RFC 5321 4.1.2 Mailbox ----------------------------------------------------------------------------------- */

static bool is_atext(char c)
{
	return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* The local part; returns what follows it, or NULL. */
static const char *local_part(const char *s)
{
	const char *from = s;
	if (*s == '"') {
		for (s++; *s && *s != '"'; s++) {
			if (*s == '\\')
				s++;
			if (*s < ' ' || *s > '~')
				return NULL;
		}
		return *s == '"' ? s + 1 : NULL;
	}
	for (;;) {
		if (!is_atext(*s))
			return NULL;
		while (is_atext(*s))
			s++;
		if (*s != '.')
			return s - from <= 64 ? s : NULL;
		s++;
	}
}

static bool domain_ok(const char *s)
{
	if (strlen(s) > 253)
		return false;
	for (;;) {
		size_t n = 0;
		while (is_alnum(s[n]) || s[n] == '-')
			n++;
		if (n < 1 || n > 63 || s[0] == '-' || s[n - 1] == '-')
			return false;
		if (!s[n])
			return true;
		if (s[n] != '.')
			return false;
		s += n + 1;
	}
}

static bool ipv4_until(const char *s, char end)
{
	for (int part = 0; part < 4; part++) {
		int n = 0, v = 0;
		while (is_digit(s[n]) && n < 4)
			v = v * 10 + (s[n++] - '0');
		if (n < 1 || n > 3 || v > 255)
			return false;
		s += n;
		if (*s++ != (part < 3 ? '.' : end))
			return false;
	}
	return !end || !*s;
}

static bool ipv6_until(const char *s, char end)
{
	int groups = 0;
	bool gap = false;
	if (s[0] == ':' && s[1] != ':')
		return false;
	while (*s && *s != end) {
		if (s[0] == ':' && s[1] == ':') {
			if (gap)
				return false;
			gap = true;
			s += 2;
			continue;
		}
		size_t n = strspn(s, "0123456789abcdefABCDEF");
		if (s[n] == '.') {
			groups += 2;
			return ipv4_until(s, end) && (gap ? groups <= 7 : groups == 8);
		}
		if (n < 1 || n > 4)
			return false;
		groups++;
		s += n;
		if (*s == ':' && s[1] != ':' && (s++, *s == end))
			return false;
	}
	return *s == end && !s[1] && (gap ? groups <= 7 : groups == 8);
}

static bool email_ok(const char *s)
{
	if (strlen(s) > 254)
		return false;
	s = local_part(s);
	if (!s || *s++ != '@')
		return false;
	if (*s != '[')
		return domain_ok(s);
	return strncmp(s + 1, "IPv6:", 5) ? ipv4_until(s + 1, ']') : ipv6_until(s + 6, ']');
}

static bool uuid_ok(const char *s)
{
	if (strlen(s) != 36)
		return false;
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? s[i] != '-' : !strchr("0123456789abcdefABCDEF", s[i]))
			return false;
	}
	return true;
}

static const struct format formats[] = {
	{ "date", date_ok, N_("une date de la forme 2018-10-08") },
	{ "date-time", date_time_ok, N_("une date et une heure de la forme 2018-10-08T14:30:00+02:00") },
	{ "time", time_ok, N_("une heure de la forme 14:30:00+02:00") },
	{ "email", email_ok, N_("une adresse électronique de la forme nom@exemple.fr") },
	{ "uri", uri_is_valid, N_("une adresse de la forme https://exemple.fr/page, sans espace ni accent") },
	{ "uuid", uuid_ok, N_("un UUID de la forme 123e4567-e89b-12d3-a456-426614174000") },
};

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}
