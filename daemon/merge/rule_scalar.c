#include "rules.h"

rule_cb rule_of(enum merge_rule r)
{
	static const rule_cb table[] = {
		[RULE_CONFLICT] = NULL, /* rule_scalar */
		[RULE_IMMUTABLE] = NULL,
		[RULE_MIN] = rule_min,
		[RULE_MAX] = rule_max,
		[RULE_COUNTER] = rule_counter,
		[RULE_CAUTIOUS] = rule_cautious,
		[RULE_LIFECYCLE] = rule_lifecycle,
		[RULE_PROSE] = NULL, /* prose.h */
		[RULE_UNION] = NULL, /* list_set.c, list_map.c */
	};
	return (size_t)r < sizeof table / sizeof *table ? table[r] : NULL;
}

struct state rule_scalar(struct arena *mem, const char *champ, enum merge_rule r, struct val *o, struct val *a,
			 struct val *b, const struct origin *oa, const struct origin *ob)
{
	struct diff *d = arena_new(mem, struct diff);
	struct proposal p;
	d->champ = champ;
	d->degre = DEG_DUR;
	d->regle = merge_rule_name(r == RULE_IMMUTABLE ? r : RULE_CONFLICT);
	d->base = o;
	proposal_init(&p, a, oa);
	p.round = round_default(d, &p);
	diff_propose(d, mem, &p);
	proposal_init(&p, b, ob);
	p.round = round_default(d, &p);
	diff_propose(d, mem, &p);
	return (struct state){ o ? o : (struct val *)diff_shown(d), d };
}
