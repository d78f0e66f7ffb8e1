/* ctl.h -- the commands, implemented once: the command line, the control socket and, later, a local web page call these.
 *
 * Each takes plain arguments and gives its result as a struct val (a map with stable, documented keys: what --json prints),
 * in the caller's arena. No function here prints.
 *
 * LIFE    ctl_init once; per command: ctl_open -> one call -> ctl_close.
 * OWNER   Results live in the arena; struct ctl borrows it.
 * FAILS   As the table in base/err.h; nothing on disk changes when a call fails.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/val.h"
#include "schema/record.h"
#include "store/repo.h"

int ctl_init(struct err *e);
void ctl_fini(void);

struct ctl {
	struct arena *a;           /* borrow */
	struct repo *r;            /* own */
	const struct schemas *set; /* borrow: those in force at head */
	struct oid head;
};
/* Open the clone that dir lies in. ERR_CONFIG with how to make one. */
int ctl_open(struct ctl *c, struct arena *a, const char *dir, struct err *e);
void ctl_close(struct ctl *c);
/* Before a command writes: the clone's lock, and head and schemas as they are under it. repo_unlock ends it. */
int ctl_lock(struct ctl *c, struct err *e);

/* The schemas for files that may lie anywhere, loaded into a: those of schema_file (and of the files it refers to beside it)
 * when given, else those of the clone that dir lies in, else the installed ones. */
int ctl_schemas(struct schemas **out, struct arena *a, const char *dir, const char *schema_file, struct err *e);
/* The folder of the latter two: found by looking for .git, not by libgit2, whose start costs more than merging a file. */
const char *ctl_schema_dir(struct arena *a, const char *dir);

/* --- records (new.c, edit.c, query.c) ---------------------------------------------------------------------------------- */

/* {id, chemin, commit, manquants: [champ...]}: a new draft with its envelope filled in; sets are FIELD=VALUE. A review (a kind with
 * `cible` and `cible_empreinte`) gets the fingerprint of the text its target has now, its author and date. What its state requires and is
 * not given is there empty, and the draft waits on disk; hold: it does in any case, for somebody who goes on with it. */
int ctl_new(struct val **out, struct ctl *c, const char *kind, char *const *sets, int n, bool hold, struct err *e);
enum edit { EDIT_SET, EDIT_UNSET, EDIT_ADD, EDIT_REMOVE };
/* {id, champ, chemin, commit, manquants: [champ...], fautes?: as ctl_check}: one field, written and committed; a draft that still lacks
 * fields, a private record, and one that has other faults still (fautes), is written only (commit empty). value NULL for EDIT_UNSET. */
int ctl_edit(struct val **out, struct ctl *c, enum edit what, const char *id, const char *field, const char *value,
	     struct err *e);
/* {id, chemin, texte, valeur, empreinte, commit}: the file's text, or {id, chemin, champ, valeur}: a field's value. Reads the folder, not only history. */
int ctl_show(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e);
/* [{id, genre, etat, titre}], sorted by id; kind NULL: all; filters are FIELD=VALUE (a list field: contains), FIELD!=VALUE,
 * FIELD~TEXT (it stands in it), FIELD= and FIELD!= (not filled in, filled in); all must hold. */
int ctl_list(struct val **out, struct ctl *c, const char *kind, char *const *filters, int n, struct err *e);

/* The value a person typed for a place of the schema: text, or flow YAML where it wants a list, a mapping or a number. */
int ctl_value(struct val **out, struct arena *a, const struct snode *place, const char *text, struct err *e);
/* The same for a value that is about to be written: items of a list get the keys that they were not given. */
int ctl_new_value(struct val **out, struct ctl *c, const struct snode *place, const char *text, struct err *e);
/* target, about to be written under this schema: its `schema: kind/N` raised to the schema's version. It may hold what only that
 * version knows, and a clone with an older one would refuse it instead of carrying it. */
const struct val *ctl_at_version(struct ctl *c, const struct schema *schema, const struct val *target);
/* A record as it is in the folder (falling back to nothing: ERR_NOTFOUND), typed. */
int ctl_load(struct record *out, const char **path, struct ctl *c, const char *id, struct err *e);

/* --- check.c ----------------------------------------------------------------------------------------------------- */

/* {fichiers, erreurs, avertissements, non_montres, fautes: [{chemin, ligne, colonne, champ, titre?, code, message, avertissement}]}, in
 * path order; of very many faults the first are listed and the others counted (non_montres). Paths: files or folders, none = the
 * whole repository; works outside repositories with the installed schemas. schema_file: a single schema to use instead. Inside
 * a repository the references between records are checked too (warnings: schema/refs.h). */
int ctl_check(struct val **out, struct arena *a, const char *dir, const char *schema_file, char *const *paths, int n,
	      struct err *e);

/* --- conflicts.c --------------------------------------------------------------------------------------------------- */

/* [{id, genre, titre, champ, libelle, degre, regle, base, affiche, entree, passage?, codes?, propositions: [{n, cle, valeur, absent, present, par, nom?, date,
 * commit}]}] of degree dur and a_relire. libelle: the field's label; affiche: what the field (passage: that sentence of it) shows meanwhile;
 * entree: which of several differences on one field; nom: whom this clone knows `par` to be; codes: the labels of a vocabulary. */
int ctl_conflicts(struct val **out, struct ctl *c, const char *id, struct err *e);
/* In the national clone: the same of every collective as the hub has it, and of national.git, oldest first; each also has collectif, depuis? (the
 * oldest date among its proposals) and jours? (from there to today). */
int ctl_conflicts_network(struct val **out, struct ctl *c, struct err *e);
enum settle { SETTLE_TAKE, SETTLE_BASE, SETTLE_VALUE, SETTLE_OK };
struct settle_wish {
	const char *field;
	const char *entry;    /* of several differences on the field, by the key of its base or of a proposal (4 digits at least); NULL: the first that `how` suits */
	enum settle how;
	const char *arg;      /* TAKE: the proposal's number (from 1) or key; VALUE: the value, of a contested sentence that sentence */
	const char *trailers; /* lines for the commit's message; NULL: none */
};
/* {id, champ, valeur, commit, avant?, restent}: avant = the key of the value that the field had, for ctl_restore. */
int ctl_resolve(struct val **out, struct ctl *c, const char *id, const struct settle_wish *wish, struct err *e);

/* --- audit.c ------------------------------------------------------------------------------------------------------- */

/* [{commit, date, auteur, nom?, fusion, sujet}] newest first; of a field also avant?, apres? and valide?: [{avis, portee, par,
 * date}], the validations that read the record while the field had that value. */
int ctl_log(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e);
/* [{champ, titre, valeur, par, nom?, date, commit, sorte: main | fusion | fusion_git, ouverte?}] of every leaf: set by somebody, or combined by a
 * merge of the program's, or by somebody in a merge made with git. */
int ctl_blame(struct val **out, struct ctl *c, const char *id, struct err *e);

/* --- explain.c ----------------------------------------------------------------------------------------------------- */

/* {commit, auteur, date, parents, message, sorte: fusion | fusion_git | fusion_multiple | commit | racine, fiches: [{id, decisions: [{champ,
 * regle, base, resultat, cotes: [...]}], differences: [...]}], changements: [{id, champ, avant?, apres?}], differences:
 * [a difference and `devient`: ouverte | changee | tranchee | relue | fermee], fichiers: [chemin]}; of a merge of two also conforme (and pourquoi
 * not), and the last three are what it has on top of the pure merge. */
int ctl_explain(struct val **out, struct ctl *c, const char *commit, struct err *e);
/* {commits, fusions, trop_grosses, faux: [{commit, date, sujet, pourquoi, ou: [...]}]}. */
int ctl_verify(struct val **out, struct ctl *c, struct err *e);

/* --- restore.c ----------------------------------------------------------------------------------------------------- */

/* What the field has held and what was proposed for it, newest first: [{cle, valeur | absent, par, nom?, date, commit}]. */
int ctl_restore_list(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e);
/* Bring it back as a new commit: a field's value by key (or by the commit that shows it), a whole record (field NULL) as at a commit, or
 * as it was last (commit NULL: it must be deleted now). {id, champ?, valeur?, chemin, commit, de}. */
int ctl_restore(struct val **out, struct ctl *c, const char *id, const char *field, const char *cle, const char *commit, struct err *e);

/* --- setup.c --------------------------------------------------------------------------------------------------------- */

/* Clone or start a repository; registers it with the daemon's settings. A failure leaves dir as it was. {dossier, collectif, auteur, hub, nouveau}. */
int ctl_setup(struct val **out, struct arena *a, const char *dir, const char *collective, const char *hub, const char *author,
	      const char *accept_host_key, struct err *e);

/* --- hub.c ----------------------------------------------------------------------------------------------------------- */

/* {dossier, depots: [...]}. courier: without national.git, to carry work between clones beside the hub. */
int ctl_hub_init(struct val **out, struct arena *a, const char *dir, const char *codes, bool courier, struct err *e);
int ctl_hub_add(struct val **out, struct arena *a, const char *dir, const char *code, struct err *e);
/* pre-receive in the current repository: `lines` are git's "old new ref" lines. {fautes: [...], erreurs}. */
int ctl_hub_receive(struct val **out, struct arena *a, const char *lines, struct err *e);
/* What a key is for. */
struct hub_key {
	const char *collective; /* borrow; NULL for the national team's */
	bool national;
	const char *dir;        /* borrow; only repositories directly in this folder; NULL: wherever this account has hub repositories */
};
/* May this key run that? `command` is SSH_ORIGINAL_COMMAND; fills argv (program, repository, NULL) for execvp. ERR_PERM in words. */
int ctl_hub_shell(const char **argv, struct arena *a, const struct hub_key *key, const char *command, struct err *e);

/* --- syncing.c -------------------------------------------------------------------------------------------------------- */

/* What a person said on the command line, for this one cycle. */
struct sync_wish {
	const char *accept_host_key; /* borrow; SHA256:...; NULL: none */
	bool yes_delete;
	const char *hub;             /* borrow; another hub's address or folder, as of `maillage init --hub`: a courier beside the clone's own; NULL: that one */
};
/* One full cycle, through the daemon when it runs. {hub or courrier: whom it was with, etat, enregistres, recu, envoye, fusions, nouvelles, attente, privees, differences,
 * a_relire, non_joint?, erreur?, message?}: nouvelles = differences that this cycle's merges added, differences and a_relire = all
 * that are open; attente asks for a person, privees (private records) for nobody. */
int ctl_sync(struct val **out, struct arena *a, const char *dir, const struct sync_wish *wish, struct err *e);
/* {collectif, auteur, hub, confirme, non_envoye, differences, a_relire, attente: [{chemin, ligne?, colonne?, pourquoi}], privees,
 * modifies, apres_git, git?, demon, echec?: {code, message, personne, unix}, retenu?, pause?, suite, sortants?, fusionne?: digest.h, rejoues, garde?}. rejoues: how many mains are kept
 * from before something was made again without what the hub never accepts, garde: one of these refs. retenu: what the guard would hold, and
 * how to answer; echec: what stopped the last exchange (personne: somebody must act); demon: one runs and looks after this folder. */
int ctl_status(struct val **out, struct ctl *c, bool outgoing, struct err *e);

/* --- lessons (gather.c, ask.c) ------------------------------------------------------------------------------------------ */

/* Rebuild aggregat/ from refs/maillage/collectifs/ and HEAD; commit when something changed. What was read is kept in
 * .git/maillage/agregation/, which may be deleted at any time; the bytes written do not depend on it. */
int ctl_aggregate(bool *changed, struct repo *r, struct err *e);
struct lessons_query;
/* as_of, since: ask.h and struct lessons_query say what; NULL: now, and all. */
int ctl_lessons(struct val **out, struct arena *a, const char *dir, const struct lessons_query *q, const char *as_of, struct err *e);
int ctl_coverage(struct val **out, struct arena *a, const char *dir, const char *since, const char *as_of, struct err *e);
/* Each sentence with its `verdict` (verdict.h): whether it holds today, in the histories that are here. */
int ctl_trace(struct val **out, struct arena *a, const char *dir, const char *ref, const char *as_of, struct err *e);
struct report_query;
/* As lessons_report; `changements` with q->since compares with the last aggregation of that date. */
int ctl_report(struct val **out, struct arena *a, const char *dir, const struct report_query *q, const char *as_of, struct err *e);

/* --- search.c ------------------------------------------------------------------------------------------------------------- */

#define SEARCH_MOST 20
struct search_wish {
	const char *words;        /* borrow; as typed: index/query.h */
	const char *const *kinds; /* borrow; NULL-terminated; NULL: lessons and practices */
	const char *theme;        /* borrow; id, label or synonym; narrower ones included; NULL: all */
	size_t most;              /* 0: SEARCH_MOST */
	const char *since;        /* borrow; observed then or later: "2018", "2018-03"; NULL: whenever */
	const char *as_of;        /* borrow; in what the hub had received by then (ask.h); NULL: in what there is */
};
/* {recherche, total, tous_les_mots, fiches: [{id, genre, collectif, etat, visibilite, source, chemin, titre, titre_trouve, champ, passage,
 * trouve}], autres_genres: {genre: n}}, best first. titre_trouve, trouve: [[from, to]] of the matching words, in characters.
 * tous_les_mots false: no record has all the words, these have some. source: « . » this clone's folder, « national » its copy of
 * national.git, else a collective's code. Works offline. ERR_USAGE: no words, no date. ERR_NOTFOUND: no such theme. ERR_DATA: no such kind. */
int ctl_search(struct val **out, struct ctl *c, const struct search_wish *wish, struct err *e);
/* {id, empreinte, suggestions: [{id, collectif, titre, enonce, empreinte, score, dont: {mots, themes, dispositifs}, mots, themes, dispositifs}]}: lessons
 * of other collectives that look like this one (lessons/likeness.h); scores from 0 to 1. ERR_NOTFOUND: no such lesson. */
int ctl_alike(struct val **out, struct ctl *c, const char *id, size_t most, const char *as_of, struct err *e);

/* --- mergefile.c ---------------------------------------------------------------------------------------------------------- */

/* Merge three files. text and sidecar live in the arena (sidecar NULL when clean). base "/dev/null": none. Files that name no
 * kind (no key `schema`) are of the kind that schema_file describes, if given. */
struct file_merge {
	const char *text, *sidecar;
	size_t n, sidecar_n, open;
};
int ctl_merge_file(struct file_merge *out, struct arena *a, const char *schema_file, const char *file_a, const char *base,
		   const char *file_b, struct err *e);

/* git's merge driver (mergedriver.c): a, base and b are its %A, %O and %B; the result goes into a. An error leaves a as it is: git then
 * keeps the path unmerged. path: %P, in the repository. is_virtual: of a base that git makes up itself, nothing waits for anybody. */
struct drive {
	const char *a, *base, *b, *path;
	bool is_virtual;
};
struct driven {
	bool merged;
	const char *choose, *read; /* the fields to settle, to read again; NULL: none */
};
int ctl_merge_driver(struct driven *out, struct arena *a, const struct drive *in, struct err *e);

/* A file as git's diff should show it (textconv.c): a line a field, a line a sentence. What is no record within the profile comes as
 * it is. */
int ctl_textconv(struct buf *out, struct arena *a, const char *file, struct err *e);

#endif
