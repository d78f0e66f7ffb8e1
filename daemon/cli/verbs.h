/* verbs.h -- the command line: one table of verbs, one file per verb (DESIGN 13). Help, usage and completions come from the table.
 *
 * A verb's function parses its own options from argv (argv[0] is the verb), calls ctl/, and prints words or, with --json,
 * the same result as JSON. It returns an exit code.
 */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include <stdbool.h>
#include <stdio.h>
#include "cli/table.h"
#include "ctl/ctl.h"

struct app {
	const char *dir;  /* -C, "." when not given */
	enum format format;
	bool json;        /* format is FORMAT_JSON */
	bool quiet;
	bool paged;       /* the verb's answer may be long */
	int verbose;
};

/* function, name, arguments, what it does (French; en.po has the English), example */
#define VERBS(X)                                                                                                              \
	X(init, "init",                                                                                                        \
	  N_("(--collective CODE | --national) [--hub URL] [--as act-...] [--accept-host-key SHA256:...] DOSSIER"),            \
	  N_("rejoindre ou créer le dépôt d'un collectif (ou le dépôt national : --national)"),                                      \
	  "maillage init --collective ara --hub ssh://hub@hub.example.org/srv/hub ara")                                       \
	X(new, "new", N_("[GENRE] [CHAMP=VALEUR ...] [--edit]"),                                                              \
	  N_("créer une fiche, champ par champ si l'on ne donne aucun champ ; affiche ID<TAB>CHEMIN"),                         \
	  "maillage new enseignement titre=\"Commencer par faire\"")                                                         \
	X(edit, "edit", N_("ID"), N_("ouvrir une fiche dans l'éditeur ; vérifiée au retour, puis enregistrée"),               \
	  "maillage edit ens-ara-k5w2h9tc")                                                                                  \
	X(set, "set", N_("ID CHAMP VALEUR"), N_("donner une valeur à un champ"),                                               \
	  "maillage set ens-ara-k5w2h9tc titre \"Se former ensemble\"")                                                      \
	X(unset, "unset", N_("ID CHAMP"), N_("enlever un champ"), "maillage unset ens-ara-k5w2h9tc observe_fin")              \
	X(add, "add", N_("ID CHAMP VALEUR"), N_("ajouter un élément à une liste"),                                             \
	  "maillage add ens-ara-k5w2h9tc themes con-cooperation")                                                            \
	X(remove, "remove", N_("ID CHAMP VALEUR"), N_("enlever un élément d'une liste"),                                       \
	  "maillage remove ens-ara-k5w2h9tc themes con-formation")                                                           \
	X(show, "show", N_("ID [CHAMP] [--labels | --text]"),                                                                  \
	  N_("afficher une fiche (à lire sur un terminal, son texte ailleurs) ou un champ"), "maillage show ens-ara-k5w2h9tc titre") \
	X(list, "list", N_("[GENRE] [CHAMP=VALEUR | CHAMP!=VALEUR | CHAMP~TEXTE | CHAMP= ...]"),                                \
	  N_("lister les fiches ; CHAMP~TEXTE : le texte s'y trouve ; CHAMP= : pas rempli"), "maillage list enseignement etat=partage") \
	X(check, "check", N_("[--schema FICHIER] [CHEMIN ...]"), N_("vérifier des fiches : une ligne pour chaque défaut"),             \
	  "maillage check enseignements/")                                                                                   \
	X(sync, "sync", N_("[--accept-host-key SHA256:...] [--yes-delete] [--hub ADRESSE]"), N_("un échange complet avec le hub"), \
	  "maillage sync")                                                                                                   \
	X(status, "status", N_("[--outgoing]"), N_("où en est ce dossier, et la prochaine chose à faire"),                     \
	  "maillage status --outgoing")                                                                                      \
	X(conflicts, "conflicts", N_("[ID]"), N_("les différences à trancher ou à relire"), "maillage conflicts")             \
	X(resolve, "resolve",                                                                                                  \
	  N_("[ID [CHAMP]] | ID CHAMP (--take N|CLE | --base | --value V | --ok) [--entry CLE] | --standing (list | apply | revoke DECISION)"), \
	  N_("trancher les différences : une par une sur un terminal, ou par une option"), "maillage resolve ens-ara-k5w2h9tc titre --take 1")                                                                \
	X(log, "log", N_("[ID [CHAMP]]"), N_("l'historique du dossier, d'une fiche, d'un champ"), "maillage log ens-ara-k5w2h9tc") \
	X(blame, "blame", N_("ID"), N_("pour chaque champ : qui, quand, dans quel commit"), "maillage blame ens-ara-k5w2h9tc") \
	X(explain, "explain", N_("COMMIT"), N_("expliquer une fusion, décision par décision"), "maillage explain HEAD")        \
	X(verify, "verify", "", N_("recalculer toutes les fusions automatiques et comparer"), "maillage verify")              \
	X(restore, "restore", N_("ID [CHAMP [CLE]] [--commit COMMIT]"),                                                      \
	  N_("reprendre une valeur, une proposition perdue ou une fiche supprimée ; sans clé : les montrer"),                  \
	  "maillage restore ens-ara-k5w2h9tc titre b11b07b5")                                                                  \
	X(merge_file, "merge-file", N_("[--schema FICHIER] [--conflicts SORTIE] [-o SORTIE] A BASE B"),                        \
	  N_("fusionner trois fichiers champ par champ"), "maillage merge-file a.yaml base.yaml b.yaml")                      \
	X(merge_driver, "merge-driver", N_("[--virtual] %A %O %B %P"),                                                        \
	  N_("pour git, qui l'appelle lui-même : fusionner champ par champ"), "git merge hub/main")                           \
	X(textconv, "textconv", N_("FICHIER"), N_("pour git diff et git log -p : une fiche, une ligne par champ et par phrase"), \
	  "maillage textconv enseignements/k5/ens-ara-k5w2h9tc.yaml")                                                         \
	X(lessons, "lessons", N_("[--theme T] [--min-collectives N] [--since DATE] [--as-of DATE] [--dissent] [--tested] [--sens SENS] [--public P] [--single-case] " \
	     "[--without-limits]"),                              \
	  N_("ce que les collectifs ont appris, avec les preuves et les désaccords"),                                         \
	  "maillage lessons --theme participation --min-collectives 2 --since 2018")                                         \
	X(search, "search", N_("MOTS [--kind GENRE] [--theme T] [--since DATE] [--as-of DATE] [--max N] | --like ID [--as-of DATE]"), \
	  N_("chercher dans les enseignements et les pratiques, d'ici et d'ailleurs ; ou ce qui ressemble à un enseignement"),   \
	  "maillage search 'garderie \"conseil citoyen\" territor* -élus'")                                                  \
	X(report, "report",                                                                                                    \
	  N_("[RAPPORT [COLONNE=VALEUR | COLONNE!=VALEUR | COLONNE~TEXTE ...] [--collective C] [--theme T] [--since DATE] [--until DATE] " \
	     "[--as-of DATE] [--columns A,B,...]]"),                                                                            \
	  N_("les tableaux de l'agrégation : ce qui attend, a changé, est à corriger, utilisé... ; sans nom : lesquels il y a"), \
	  "maillage report a-faire --collective ara")                                                                          \
	X(coverage, "coverage", N_("[--gaps] [--since DATE] [--as-of DATE]"), N_("qui a travaillé sur quoi : collectif × thème"), "maillage coverage")                  \
	X(trace, "trace", N_("REF [--as-of DATE]"), N_("d'où vient une phrase, et tient-elle encore"), "maillage trace \"ens-ara-k5w2h9tc enonce\"")                \
	X(doctor, "doctor", "[--fix]", N_("chercher ce qui ne va pas : clés, hôte, verrous, droits, disque, objets ; --fix répare"),        \
	  "maillage doctor --fix")                                                                                             \
	X(hub, "hub", N_("init DOSSIER --collectives A,B,... [--courier] | add DOSSIER CODE | shell (--collective CODE | --national) [--dir DOSSIER] | receive"), \
	  N_("côté serveur : créer les dépôts, recevoir les envois"), "maillage hub init /srv/hub --collectives ara,bfc")

#define X(fn, name, args, help, example) int verb_##fn(const struct app *app, int argc, char **argv);
VERBS(X)
#undef X

struct verb {
	const char *name, *args, *help, *example;
	int (*run)(const struct app *app, int argc, char **argv);
};
const struct verb *verb_at(size_t i); /* NULL past the end */
const struct verb *verb_find(const char *name);

int cli_main(int argc, char **argv);

/* --- help.c ------------------------------------------------------------------------------------------------------ */

void help_all(FILE *f);
void help_verb(FILE *f, const struct verb *v);
void help_usage(FILE *f, const struct verb *v); /* its one line */

/* --- shared by the verbs (answer.c, words.c) ------------------------------------------------------------------- */

/* Wrong arguments: says which, the verb's usage and where there is more; returns 64. */
int usage_error(const char *verb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "maillage : <message>" on stderr; returns the exit code of e->code. */
int cli_report(const struct err *e);
/* --json: print v on stdout. */
int print_json(const struct val *v);
/* Every verb with a result ends here: JSON, or words(v) on stdout; then exit_code. */
int cli_finish(const struct app *app, const struct val *result, void (*words)(const struct val *), int exit_code);

/* The same for an answer with rows: a table in the other formats, too. `rows` begins it (table_init, with app->format) and fills it.
 * words NULL: the table is what people read; `none`, if not NULL, is said when it has no row. */
int finish_rows(const struct app *app, struct arena *a, const struct val *result, void (*words)(const struct val *),
		void (*rows)(struct table *, const struct val *), const char *none, int exit_code);

/* _() of what may be empty: gettext("") is the catalogue's header. */
const char *translated(const char *s);
/* A field of a result for printing: "" when missing. */
const char *text_of(const struct val *map, const char *key);
/* The same of a list of texts. */
const char *text_at(const struct val *list, size_t i);
/* What a record that waits on disk lacks, and what is wrong in it, on stderr, from `manquants` and `fautes`; false when nothing. */
bool say_missing(const struct val *v);
int64_t int_of(const struct val *map, const char *key);
bool bool_of(const struct val *map, const char *key);
/* A value on one line: strings as they are (newlines as spaces), lists joined by ", ". Cut at max characters (0: whole). */
void print_value(const struct val *v, size_t max);
/* "  label a, b" and a new line; nothing for an empty list, or none. */
void print_list(const char *label, const struct val *list);
void value_text(struct buf *out, const struct val *v); /* the same, appended; v NULL: nothing */

#endif
