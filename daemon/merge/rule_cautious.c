#include "rules.h"

#include <string.h>

int rule_rank(const char *const *order, const struct val *v)
{
	if (!order || !v || v->type != VAL_STR)
		return -1;
	for (int i = 0; order[i]; i++)
		if (!strcmp(order[i], v->str.at))
			return i;
	return -1;
}

/* The most restrictive, which x-order names first. A leak cannot be undone; a late publication can. */
bool rule_cautious(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
		   struct val *b)
{
	(void)mem, (void)o;
	int ra = rule_rank(s->order, a), rb = rule_rank(s->order, b);
	if (ra < 0 || rb < 0)
		return false;
	*out = ra <= rb ? a : b;
	return true;
}
