/* States of a record: brouillon, propose, valide, partage, archive, remplace; and, apart, the withdrawn ones.
 *
 *   somebody withdrew            withdrawn (two withdrawn states: the first in x-withdrawn)
 *   somebody sent it back        the furthest back from the base: who sends back has a reason to be heard
 *   both moved it on             the furthest forward
 *   no state to compare with     the earliest (base withdrawn, absent or unknown)
 */
#include "rules.h"

bool rule_lifecycle(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
		    struct val *b)
{
	(void)mem;
	int wa = rule_rank(s->withdrawn, a), wb = rule_rank(s->withdrawn, b);
	int ra = rule_rank(s->order, a), rb = rule_rank(s->order, b), ro = rule_rank(s->order, o);
	if ((wa < 0 && ra < 0) || (wb < 0 && rb < 0))
		return false;
	struct val *first = ra <= rb ? a : b, *last = ra <= rb ? b : a;
	if (wa >= 0 && wb >= 0)
		*out = wa <= wb ? a : b;
	else if (wa >= 0 || wb >= 0)
		*out = wa >= 0 ? a : b;
	else if (ro < 0 || (ra < rb ? ra : rb) < ro)
		*out = first;
	else
		*out = last;
	return true;
}
