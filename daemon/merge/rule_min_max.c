#include "rules.h"

static bool is_number(const struct val *v)
{
	return v->type == VAL_INT || v->type == VAL_NUM;
}

/* Numbers numerically, text bytewise (dates are text). Two different types are nobody's smaller. */
static bool pick(struct val **out, struct val *a, struct val *b, int sign)
{
	if (!a || !b || !((is_number(a) && is_number(b)) || (a->type == VAL_STR && b->type == VAL_STR)))
		return false;
	*out = val_cmp(a, b) * sign <= 0 ? a : b;
	return true;
}

bool rule_min(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a, struct val *b)
{
	(void)mem, (void)s, (void)o;
	return pick(out, a, b, 1);
}

bool rule_max(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a, struct val *b)
{
	(void)mem, (void)s, (void)o;
	return pick(out, a, b, -1);
}
