#include "lessons/english.h"

#include <stddef.h>
#include <string.h>

/* French, English. A French literal that is not here stands in French on the English page. */
static const char *const table[][2] = {
	/* everywhere */
	{ " : ", ": " },
	{ "- %s : ", "- %s: " },
	{ " ; ", "; " },
	{ "aucun", "none" },
	{ "sans date", "undated" },
	{ "non dit", "not said" },
	{ "non dite", "not said" },
	{ "issue non dite", "outcome not said" },
	{ "(aucune source)", "(no source)" },
	{ " « en discussion »\n", " (under discussion)\n" },

	/* words of words.h */
	{ "convergence", "convergence" },
	{ "convergence partielle", "partial convergence" },
	{ "divergence", "divergence" },
	{ "singulier (un seul collectif)", "single (one collective only)" },
	{ "lacune", "gap" },
	{ "même enseignement", "is the same lesson as" },
	{ "converge avec", "agrees with" },
	{ "éprouvé dans un autre contexte", "was tested in another context:" },
	{ "généralise", "generalises" },
	{ "nuance", "qualifies" },
	{ "contredit", "contradicts" },
	{ "complète", "adds to" },
	{ "réussite", "success" },
	{ "échec", "failure" },
	{ "mixte", "mixed" },
	{ "effet inattendu", "unexpected effect" },
	{ "élevée", "high" },
	{ "modérée", "moderate" },
	{ "faible", "low" },
	{ "très faible", "very low" },
	{ "non évaluée", "not assessed" },
	{ "élus", "elected officials" },
	{ "directions générales", "chief executives" },
	{ "services de l'État", "state services" },
	{ "professionnels", "practitioners" },
	{ "formateurs", "trainers" },
	{ "citoyens", "citizens" },
	{ "chercheurs", "researchers" },
	{ "plein", "full" },
	{ "ancien", "old" },
	{ "en cours", "under way" },
	{ "vide", "empty" },
	{ "hors champ", "not enrolled" },
	{ "enseignement identifié", "lesson identified" },
	{ "éprouvé ailleurs", "tested elsewhere" },
	{ "approprié", "taken up" },
	{ "remis en cause", "called into question" },
	{ "adopté", "adopted" },
	{ "adapté", "adapted" },
	{ "écarté", "set aside" },
	{ "diagnostic", "diagnosis" },
	{ "séminaire", "seminar" },
	{ "point d'étape", "stage review" },
	{ "journée nationale", "national day" },
	{ "bilan", "final review" },
	{ "prévu", "planned" },
	{ "tenu", "held" },
	{ "reporté", "postponed" },
	{ "annulé", "cancelled" },
	{ "témoignage", "testimony" },
	{ "témoignages", "testimonies" },
	{ "entretien", "interview" },
	{ "entretiens", "interviews" },
	{ "observation", "observation" },
	{ "observations", "observations" },
	{ "document", "document" },
	{ "documents", "documents" },
	{ "donnée chiffrée", "set of figures" },
	{ "données chiffrées", "sets of figures" },
	{ "éclairage de la recherche", "research finding" },
	{ "éclairages de la recherche", "research findings" },
	{ "matériau", "piece of evidence" },
	{ "matériaux", "pieces of evidence" },
	{ "pratique", "practice" },
	{ "pratiques", "practices" },
	{ "boucle", "action-research loop" },
	{ "boucles", "action-research loops" },
	{ "autre appui", "other support" },
	{ "autres appuis", "other supports" },
	{ " (retiré)", " (withdrawn)" },
	{ " (retirés)", " (withdrawn)" },

	/* out_review.c */
	{ "# Point d'étape\n\n", "# Stage review\n\n" },
	{ "\n\nArrêté au %s. Le programme compte et cite ; ce qu'il faut en penser reste à débattre.\n",
	  "\n\nAs of %s. The program counts and quotes; what to make of it is for debate.\n" },
	{ "\n## Jalons\n\n", "\n## Milestones\n\n" },
	{ "Aucun jalon n'est écrit.\n", "No milestone is written down.\n" },
	{ "**Tableau : jalons du cycle**\n\n| Date | Jalon | État |\n|---|---|---|\n",
	  "**Table: milestones of the cycle**\n\n| Date | Milestone | State |\n|---|---|---|\n" },
	{ "\n## Couverture des groupes de travail\n\n", "\n## Coverage of the working groups\n\n" },
	{ "Aucun groupe de travail n'est écrit.\n", "No working group is written down.\n" },
	{ "**Tableau : collectifs par état, pour le thème de chaque groupe**\n\n"
	  "| Thème | Plein | Ancien | En cours | Vide |\n|---|---|---|---|---|\n",
	  "**Table: collectives by state, for the theme of each group**\n\n"
	  "| Theme | Full | Old | Under way | Empty |\n|---|---|---|---|---|\n" },
	{ "\n## Ce que plusieurs collectifs ont appris\n", "\n## What several collectives have learned\n" },
	{ "\n### Grappe %s\n\nAccord proposé : %s. Pour : ", "\n### Group %s\n\nProposed agreement: %s. For: " },
	{ ". Nuancent : ", ". Qualify it: " },
	{ ". Contredisent : ", ". Contradict it: " },
	{ "\nAucune grappe de ce cycle ne réunit encore deux collectifs.\n",
	  "\nNo group of this cycle brings two collectives together yet.\n" },
	{ "\nAutres grappes de ce cycle, dans convergences.md : %zu\n",
	  "\nOther groups of this cycle, in convergences.md: %zu\n" },
	{ "\n## Qui n'est pas d'accord\n", "\n## Who disagrees\n" },
	{ "\n### %s : %s %s %s\n\n", "\n### %s: %s %s %s\n\n" },
	{ "- Différence de contexte : ", "- Difference of context: " },
	{ "aucune n'est écrite ; ce désaccord reste sans explication.",
	  "none is written down; this disagreement is still unexplained." },
	{ "\nAucun lien partagé ne nuance ni ne contredit un enseignement de ce cycle.\n",
	  "\nNo shared link qualifies or contradicts a lesson of this cycle.\n" },
	{ "\nAutres liens qui nuancent ou contredisent, dans divergences/ : %zu\n",
	  "\nOther links that qualify or contradict, in divergences/: %zu\n" },
	{ "\n## Preuves, mise à l'épreuve, usages\n\n", "\n## Evidence, tests, uses\n\n" },
	{ "**Tableau : enseignements des grappes montrées**\n\n"
	  "| Enseignement | Confiance | Appuis | Maturité | Éprouvé par | Usages |\n"
	  "|---|---|---|---|---|---|\n",
	  "**Table: lessons of the groups shown**\n\n"
	  "| Lesson | Confidence | Supports | Maturity | Tested by | Uses |\n"
	  "|---|---|---|---|---|---|\n" },
	{ "Aucune grappe n'est montrée ; preuves/ et maturite/ disent le reste.\n",
	  "No group is shown; preuves/ and maturite/ say the rest.\n" },
	{ "\nEffet observé d'un usage de %s, ", "\nEffect observed of a use of %s, " },
	{ "    - Explication : ", "    - Explanation: " },
	{ "\n## Synthèses en vigueur\n", "\n## Syntheses in force\n" },
	{ "\nQuestion : ", "\nQuestion: " },
	{ "\nAucune synthèse de ce cycle n'est partagée.\n", "\nNo synthesis of this cycle is shared.\n" },
	{ "\n## Axes sans enseignement partagé\n\n", "\n## Lines of work without a shared lesson\n\n" },
	{ "Chaque axe a au moins un enseignement partagé.\n", "Each line of work has at least one shared lesson.\n" },
	{ "Aucun axe n'est écrit.\n", "No line of work is written down.\n" },

	/* out_matrix */
	{ "# Couverture\n\nArrêté au %s.\n\n", "# Coverage\n\nAs of %s.\n\n" },
	{ "- plein : au moins un enseignement partagé dont la date de relecture n'est pas passée (nombre, "
	  "observation la plus récente)\n"
	  "- ancien : des enseignements partagés, tous à relire\n"
	  "- en cours : une boucle, une pratique, un matériau ou un enseignement en préparation, rien de "
	  "partagé encore\n"
	  "- vide : le collectif est inscrit dans le groupe du thème, rien n'est visible\n"
	  "- hors champ : le collectif n'y est pas inscrit\n\n",
	  "- full: at least one shared lesson whose review date has not passed (number, newest observation)\n"
	  "- old: shared lessons, all to be reviewed\n"
	  "- under way: a loop, a practice, evidence or a lesson in preparation, nothing shared yet\n"
	  "- empty: the collective is enrolled in the theme's group, nothing is visible\n"
	  "- not enrolled: the collective is not enrolled there\n\n" },
	{ "Aucun thème ou aucun collectif n'est encore connu.\n", "No theme or no collective is known yet.\n" },
	{ "**Tableau : ce que chaque collectif partage, par thème**\n\n| Collectif |",
	  "**Table: what each collective shares, by theme**\n\n| Collective |" },
	{ "Enseignements partagés sans thème du vocabulaire, donc hors du tableau : %zu\n\n",
	  "Shared lessons without a theme of the vocabulary, so not in the table: %zu\n\n" },

	/* out_note.c */
	{ "# Note en deux pages : ", "# Two-page note: " },
	{ "\n\nArrêté au %s. Pour le réseau : ce qui peut en sortir est dans public/. Le programme choisit, compte et cite ; "
	  "l'accord est une proposition calculée.\n",
	  "\n\nAs of %s. For the network: what may leave it is in public/. The program chooses, counts and quotes; the "
	  "agreement is a computed proposal.\n" },
	{ "\n\nPour : ", "\n\nFor: " },
	{ ". Objections ouvertes : %zu.\n\n", ". Open objections: %zu.\n\n" },
	{ "- Nuance : ", "- Qualifies: " },
	{ "- Contredit : ", "- Contradicts: " },
	{ "- Condition : ", "- Condition: " },
	{ "- Limite : ", "- Limit: " },
	{ "\n\nArrêté au %s. N'y est que ce qui peut être publié ; le réseau connaît peut-être d'autres enseignements, qui nuancent "
	  "ceux-ci ou les contredisent. Le programme choisit et cite.\n",
	  "\n\nAs of %s. Here is only what may be published; the network may know other lessons, which qualify or contradict these. "
	  "The program chooses and quotes.\n" },
	{ "Enseignements publics qui n'ont pas tenu en deux pages : %zu. Ils sont dans public/enseignements/.\n",
	  "Public lessons that did not fit on two pages: %zu. They are in public/enseignements/.\n" },
	{ "Tous les enseignements publics de ce public sont montrés.\n", "All public lessons for this audience are shown.\n" },
	{ " ; licence : ", "; licence: " },
	{ "- Solidité, ", "- Strength, " },
	{ " : confiance ", ": confidence " },
	{ " ; appuis : ", "; supports: " },
	{ " ; maturité : ", "; maturity: " },
	{ "- Aucune condition ni limite n'est déclarée.\n", "- No condition and no limit is declared.\n" },
	{ "- Non montrés ici : %zu énoncés, %zu nuances ou contradictions, %zu conditions ou limites.\n",
	  "- Not shown here: %zu statements, %zu qualifications or contradictions, %zu conditions or limits.\n" },
	{ "\n## Ce qui n'est pas montré\n\n", "\n## What is not shown\n\n" },
	{ "Toutes les grappes de ce public sont montrées.\n", "All groups for this audience are shown.\n" },
	{ "%s%s : %zu", "%s%s: %zu" },
	{ "Grappes de ce public qui n'ont pas tenu en deux pages : ", "Groups for this audience that did not fit on two pages: " },
	{ ". Leurs fiches sont dans convergences/ et enseignements/.\n", ". Their sheets are in convergences/ and enseignements/.\n" },

	/* page.c, picture.c */
	{ "Aller au contenu", "Skip to the content" },
	{ "Couverture par collectif et par thème", "Coverage by collective and theme" },
	{ "Une ligne par collectif, une colonne par thème. La lettre et la forme de chaque case disent son état ; le "
	  "tableau dit la même chose en mots.",
	  "A row for each collective, a column for each theme. The letter and shape of each cell tell its state; the table "
	  "says the same in words." },
	{ "Une ligne par collectif, une colonne par thème. La lettre et la forme de chaque case disent son état ; "
	  "couverture.md dit la même chose en mots.",
	  "A row for each collective, a column for each theme. The letter and shape of each cell tell its state; "
	  "couverture.en.html says the same in words." },
	{ "PACVH", "FOUEN" }, /* the letters of the states, in the order of picture.c */
};

const char *english_of(const char *fr)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (!strcmp(table[i][0], fr))
			return table[i][1];
	return NULL;
}
