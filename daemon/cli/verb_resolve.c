/* verb_resolve.c -- settling: by options in a script, or one difference after the other at a terminal, a key each.
 *
 * Every answer is written and committed at once, so stopping anywhere loses nothing; it is confirmed by doing it, and undone by
 * `restore`, whose command is shown. The list is read once; each difference is read again when its turn comes, since settling one
 * may settle its neighbours, and a daemon may be at work beside.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/diffview.h"
#include "cli/options.h"
#include "cli/editor.h"
#include "ctl/form.h"
#include "ctl/standing.h"

static void words_left(long long left)
{
	if (left)
		printf(ngettext(" ; il reste %lld différence sur cette fiche", " ; il reste %lld différences sur cette fiche", (unsigned long)left),
		       left);
	putchar('\n');
}

static void words_resolve(const struct val *v)
{
	printf(_("%s : %s est tranché"), text_of(v, "id"), text_of(v, "champ"));
	words_left((long long)int_of(v, "restent"));
}

static void words_reread(const struct val *v)
{
	printf(_("%s : %s est relu"), text_of(v, "id"), text_of(v, "champ"));
	words_left((long long)int_of(v, "restent"));
}

/* --- decisions for good ------------------------------------------------------------------------------------------------------- */

static const char *choice_words(const struct val *d)
{
	return val_is_str(val_get(d, "choix"), "base") ? _("toujours garder la valeur d'avant") : _("toujours prendre la valeur la plus récente");
}

static void words_standing(const struct val *v)
{
	if (!v->list.n)
		puts(_("Aucune décision permanente."));
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *d = v->list.at[i];
		printf(_("%s  %s %s : %s, depuis le %s\n"), text_of(d, "id"), text_of(d, "genre"), text_of(d, "champ"), choice_words(d),
		       text_of(d, "depuis"));
	}
}

static void words_applied(const struct val *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *d = v->list.at[i];
		printf(_("%s : %s est tranché par votre décision permanente %s (%s)\n"), text_of(d, "id"), text_of(d, "champ"), text_of(d, "decision"),
		       choice_words(d));
	}
}

static void words_revoked(const struct val *v)
{
	printf(_("La décision permanente %s (%s %s) est révoquée ; ce qu'elle a tranché reste tranché.\n"), text_of(v, "id"), text_of(v, "genre"),
	       text_of(v, "champ"));
}

static int standing(struct job *j, const struct app *app, const char *what, const char *id)
{
	struct val *out;
	if (!strcmp(what, "revoke"))
		return standing_revoke(&out, &j->c, id, &j->e) ? cli_report(&j->e) : cli_finish(app, out, words_revoked, 0);
	if (!strcmp(what, "apply"))
		return standing_apply(&out, &j->c, &j->e) ? cli_report(&j->e) : cli_finish(app, out, words_applied, 0);
	return standing_list(&out, &j->c, &j->e) ? cli_report(&j->e) : cli_finish(app, out, words_standing, 0);
}

/* The same choice again and again: whether it shall always be made. */
static int propose(struct job *j, const struct val *row, const struct settle_wish *wish)
{
	struct val *proposed, *decided;
	char key;
	int rc = standing_note(&proposed, &j->c, row, wish, &j->e);
	if (rc || !proposed)
		return rc;
	printf(_("Pour « %s » (%s), c'est %lld fois de suite le même choix : %s.\n"), text_of(proposed, "libelle"), text_of(proposed, "genre"),
	       (long long)int_of(proposed, "fois"), choice_words(proposed));
	enum term_answer got = term_key(&key, _("Le faire désormais sans demander ? o : oui ; n : non  > "), "on");
	if (got != TERM_GIVEN)
		return 0;
	rc = standing_answer(&decided, &j->c, proposed, key == 'o', &j->e);
	if (!rc && decided)
		printf(_("C'est noté (%s). Au début de « maillage resolve », elle tranche d'abord ; pour la révoquer : maillage resolve --standing revoke %s\n"),
		       text_of(decided, "id"), text_of(decided, "id"));
	return rc;
}

/* --- one difference at a terminal ------------------------------------------------------------------------------------------------- */

static const char *below_text(struct job *j, const struct val *row)
{
	const struct val *list = val_get(row, "propositions");
	const char *out = "";
	for (size_t i = 0; i < list->list.n; i++) {
		struct buf b = BUF_INIT;
		value_text(&b, val_get(list->list.at[i], "valeur"));
		out = arena_printf(&j->a, "%s# %zu. %s\n", out, i + 1, buf_str(&b));
		buf_free(&b);
	}
	return out;
}

/* Something else than what is proposed. false: nothing came of it. */
static bool write_own(const char **value, struct job *j, const struct val *row)
{
	struct val *field;
	const struct val *now = val_get(row, "affiche");
	int rc = ctl_form_field(&field, &j->c, text_of(row, "id"), text_of(row, "champ"), &j->e);
	if (!rc && now && now->type == VAL_STR && val_is_str(val_get(field, "sorte"), "prose")) {
		rc = editor_text(value, j, now->str.at, below_text(j, row));
	} else if (!rc) {
		return ask_field(value, j, text_of(row, "genre"), field, "") == ASK_GIVEN;
	}
	if (rc)
		printf("%s\n", j->e.msg);
	return !rc;
}

static const char *keys_of(struct job *j, const struct val *row, const char **keys)
{
	size_t n = val_get(row, "propositions")->list.n;
	n = n < 9 ? n : 9;
	const char *take = n == 1 ? "1" : arena_printf(&j->a, "1-%zu", n);
	bool presence = is_presence(row);
	if (!is_hard(row)) {
		*keys = arena_printf(&j->a, "%.*sobesq", (int)n, "123456789");
		return arena_printf(&j->a, _("o : c'est relu ; e : corriger ; %s : cette version ; b : comme avant\ns : plus tard ; q : arrêter  > "), take);
	}
	*keys = arena_printf(&j->a, presence ? "%.*ssq" : "%.*sbesq", (int)n, "123456789");
	return arena_printf(&j->a,
			    presence ? _("%s : ce choix ; s : plus tard ; q : arrêter  > ") :
				       _("%s : prendre cette proposition ; b : garder comme en attendant\ne : écrire autre chose ; s : plus tard ; q : arrêter  > "),
			    take);
}

enum turn { TURN_SETTLED, TURN_LATER, TURN_STOP };

static bool wish_of(struct settle_wish *w, struct job *j, const struct val *row, char key)
{
	*w = (struct settle_wish){ .field = text_of(row, "champ"), .entry = text_of(row, "entree"), .how = SETTLE_TAKE };
	if (key == 'o')
		w->how = SETTLE_OK;
	else if (key == 'b')
		w->how = SETTLE_BASE;
	else if (key == 'e')
		w->how = SETTLE_VALUE;
	else
		w->arg = text_of(val_get(row, "propositions")->list.at[key - '1'], "cle");
	return key != 'e' || write_own(&w->arg, j, row);
}

static void say_settled(const struct val *v)
{
	printf(_("Fait : %s"), text_of(v, "champ"));
	words_left((long long)int_of(v, "restent"));
	if (*text_of(v, "avant"))
		printf(_("  (pour revenir : maillage restore %s %s %.8s)\n"), text_of(v, "id"), text_of(v, "champ"), text_of(v, "avant"));
}

static enum turn one_turn(struct job *j, const struct val *row)
{
	const char *keys, *prompt = keys_of(j, row, &keys);
	putchar('\n');
	view_difference(row, true);
	for (;;) {
		char key;
		struct settle_wish wish;
		struct val *v;
		if (term_key(&key, prompt, keys) != TERM_GIVEN || key == 'q')
			return TURN_STOP;
		if (key == 's')
			return TURN_LATER;
		if (!wish_of(&wish, j, row, key))
			continue;
		if (ctl_resolve(&v, &j->c, text_of(row, "id"), &wish, &j->e) || (say_settled(v), propose(j, row, &wish))) {
			printf("%s\n", j->e.msg);
			if (key == 'e')
				printf(_("Ce que vous aviez écrit : %s\n"), wish.arg);
			if (j->e.code == ERR_DATA)
				continue; /* the value would not do: it can be said otherwise */
			return TURN_LATER;
		}
		return TURN_SETTLED;
	}
}

/* The same difference as it is now; NULL: it is no more. */
static const struct val *again(struct job *j, const struct val *row)
{
	struct val *rows;
	if (ctl_conflicts(&rows, &j->c, text_of(row, "id"), &j->e))
		return NULL;
	for (size_t i = 0; i < rows->list.n; i++)
		if (!strcmp(text_of(rows->list.at[i], "champ"), text_of(row, "champ")) &&
		    !strcmp(text_of(rows->list.at[i], "entree"), text_of(row, "entree")))
			return rows->list.at[i];
	return NULL;
}

static int walk(struct job *j, const char *id, const char *field)
{
	struct val *rows, *applied;
	size_t settled = 0, open_rows = 0;
	enum turn turn = TURN_LATER;
	int rc = id ? 0 : standing_apply(&applied, &j->c, &j->e);
	if (!rc && !id)
		words_applied(applied);
	if (!rc)
		rc = ctl_conflicts(&rows, &j->c, id, &j->e);
	for (size_t i = 0; !rc && turn != TURN_STOP && i < rows->list.n; i++) {
		const struct val *row = field && strcmp(field, text_of(rows->list.at[i], "champ")) ? NULL : again(j, rows->list.at[i]);
		if (!row)
			continue;
		turn = one_turn(j, row);
		settled += turn == TURN_SETTLED;
	}
	if (!rc)
		rc = ctl_conflicts(&rows, &j->c, id, &j->e);
	if (rc)
		return cli_report(&j->e);
	open_rows = rows->list.n;
	if (settled)
		printf(ngettext("\n%zu différence tranchée", "\n%zu différences tranchées", settled), settled);
	else
		fputs(_("\nRien n'a été tranché"), stdout);
	if (open_rows)
		printf(ngettext(" ; %zu reste ouverte", " ; %zu restent ouvertes", open_rows), open_rows);
	puts(".");
	return open_rows ? 1 : 0;
}

/* --- the verb ------------------------------------------------------------------------------------------------------------------------ */

int verb_resolve(const struct app *app, int argc, char **argv)
{
	struct settle_wish wish = { 0 };
	const char *decisions = NULL;
	int c, chosen = 0, code = 0, rc;
	while ((c = option_next("resolve", argc, argv)) != -1) {
		switch (c) {
		case 't':
			wish.how = SETTLE_TAKE;
			break;
		case 'b':
			wish.how = SETTLE_BASE;
			break;
		case 'v':
			wish.how = SETTLE_VALUE;
			break;
		case 'o':
			wish.how = SETTLE_OK;
			break;
		case 'e':
			wish.entry = optarg;
			continue;
		case 's':
			decisions = optarg;
			continue;
		default:
			return 64;
		}
		wish.arg = optarg;
		chosen++;
	}
	int n = argc - optind;
	const char *id = n > 0 ? argv[optind] : NULL;
	wish.field = n > 1 ? argv[optind + 1] : NULL;
	bool talk = !decisions && !chosen && n <= 2 && !app->json && !app->quiet && term_is_dialogue();
	if (decisions && (chosen || (strcmp(decisions, "list") && strcmp(decisions, "apply") && strcmp(decisions, "revoke")) ||
			  n != !strcmp(decisions, "revoke")))
		return usage_error("resolve", "%s", _("--standing veut list, apply, ou revoke et le numéro d'une décision"));
	if (!decisions && !talk && (chosen != 1 || n != 2))
		return usage_error("resolve", "%s", _("sans terminal, il faut ID, CHAMP et un choix : --take N, --base, --value V ou --ok ; « maillage conflicts » montre ce qui est ouvert"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	rc = job_open(&j, app);
	if (!rc && decisions) {
		code = standing(&j, app, decisions, id);
	} else if (!rc && talk) {
		term_begin();
		code = walk(&j, id, wish.field);
		term_end();
	} else if (!rc) {
		rc = ctl_resolve(&out, &j.c, id, &wish, &j.e);
		code = rc ? 0 : cli_finish(app, out, wish.how == SETTLE_OK ? words_reread : words_resolve, 0);
	}
	return job_end(&j, rc, code);
}
