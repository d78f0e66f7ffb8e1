/* uses.h -- what became of each lesson: tried in another context, used, contradicted, admitted; the maturity that follows.
 *
 * The rules are DOMAIN 3.5's: a `transpose` link in force that comes from another collective makes it eprouve_ailleurs; a
 * shared use that adopted or adapted it, with an effect somebody observed, makes it approprie; a contradicting link in
 * force or a use that set it aside makes it remis_en_cause. This is proposed only: people change the field.
 *
 * In the lesson's doc it reads:
 *   devenir {eprouve_par, utilise_par, contredit_par: [collectives], raisons: [links and uses], usages, adoptes, ecartes,
 *            formations: counts, maturite_proposee?, admis_le?}, valide_le?, jours_validation?
 * maturite_proposee is there when it differs from the declared one. admis_le: the day of the national review of the text
 * in force. valide_le: of the newest review of it by its collective; jours_validation: from cree_le to there.
 */
#ifndef LESSONS_USES_H
#define LESSONS_USES_H

#include "lessons/model.h"

struct outcome {
	struct names tested_by, used_by, against; /* collectives */
	struct names why;                         /* links and uses */
	size_t uses, adopted, set_aside, taught;
	bool changed_practice;              /* adopte or adapte, with an observed effect */
	const char *proposed;               /* "" when it is the declared maturity */
	const char *admitted, *validated;   /* days; NULL: never */
	size_t days;                        /* jours_validation, if it can be measured */
	bool measured;
};

/* Fills m->uses and what became of each lesson. A use's doc, one for each lesson it used: {id, collectif, date, collectif_enseignement?,
 * enseignement?, version_lue, acteurs, publics, usage, issue, recit?, effet_observe?, commit, empreinte, etat, visibilite,
 * en_discussion}; without collectif_enseignement and enseignement when that lesson may not be quoted (any more). */
void uses_build(struct model *m);
void uses_say(const struct model *m, struct val *doc, const struct outcome *o); /* puts it into the lesson's doc */

#endif
