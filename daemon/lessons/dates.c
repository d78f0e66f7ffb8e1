#include "lessons/dates.h"

#include <string.h>

static int digits(const char *s, size_t n)
{
	int x = 0;
	for (size_t i = 0; i < n; i++)
		x = 10 * x + (s[i] - '0');
	return x;
}

static bool read_date(int *y, int *m, int *d, const char *s)
{
	static const char shape[] = "0000-00-00";
	static const int lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	for (size_t i = 0; i < sizeof shape; i++)
		if (!s || (shape[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i]))
			return false;
	*y = digits(s, 4);
	*m = digits(s + 5, 2);
	*d = digits(s + 8, 2);
	bool leap = (*y % 4 == 0 && *y % 100 != 0) || *y % 400 == 0;
	return *m >= 1 && *m <= 12 && *d >= 1 && *d <= lengths[*m - 1] && (leap || *m != 2 || *d <= 28);
}

/* Days since 0000-03-01, proleptic Gregorian: years begin in March, so that the leap day is a year's last. */
static long day_number(int y, int m, int d)
{
	long year = m > 2 ? y : y - 1, month = m > 2 ? m - 3 : m + 9;
	return 365 * year + (year >= 0 ? year / 4 - year / 100 + year / 400 : -1) + (153 * month + 2) / 5 + d - 1;
}

bool dates_is(const char *s)
{
	int y, m, d;
	return read_date(&y, &m, &d, s);
}

bool dates_between(size_t *out, const char *from, const char *to)
{
	int y, m, d, y2, m2, d2;
	if (!read_date(&y, &m, &d, from) || !read_date(&y2, &m2, &d2, to))
		return false;
	long days = day_number(y2, m2, d2) - day_number(y, m, d);
	*out = days > 0 ? (size_t)days : 0;
	return true;
}

const char *dates_age(struct arena *a, const char *from, const char *to)
{
	size_t days;
	return dates_between(&days, from, to) ? arena_printf(a, "%zu", days) : "";
}

/* "2019", "2019-03" or "2019-03-15": an end or a beginning that people name. A part is a date when its first day is. */
static bool is_partial(const char *s)
{
	char day[] = "0000-01-01";
	size_t n = strlen(s);
	if (n != 4 && n != 7 && n != 10)
		return false;
	memcpy(day, s, n);
	return dates_is(day);
}

int dates_check(const char *s, struct err *e)
{
	if (!s || is_partial(s))
		return 0;
	return err_set(e, ERR_USAGE, _("« %s » n'est pas une date ; écrivez « 2018 », « 2018-03 » ou « 2018-03-15 »"), s);
}
