#include "rules.h"

#include <math.h>

static bool is_number(const struct val *v)
{
	return v && (v->type == VAL_INT || v->type == VAL_NUM);
}

static double number(const struct val *v)
{
	return !v ? 0 : v->type == VAL_INT ? (double)v->i : v->num;
}

/* a + b - base: each side's additions count once, whoever else added. Beyond the range of numbers: not decidable. */
bool rule_counter(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
		  struct val *b)
{
	(void)s;
	if (!is_number(a) || !is_number(b) || (o && !is_number(o)))
		return false;
	if (a->type == VAL_INT && b->type == VAL_INT && (!o || o->type == VAL_INT)) {
		__int128 sum = (__int128)a->i + b->i - (o ? o->i : 0);
		if (sum < INT64_MIN || sum > INT64_MAX)
			return false;
		*out = val_int(mem, (int64_t)sum);
		return true;
	}
	double sum = number(a) + number(b) - number(o);
	if (!isfinite(sum))
		return false;
	*out = val_num(mem, sum);
	return true;
}
