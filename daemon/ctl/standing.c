/* standing.c -- one small file: {decisions: [{id, genre, champ, choix, depuis}], choix: [{genre, champ, choix, fois, refuse?}]}. The second list
 * is how often in a row the same was chosen; another choice begins it anew.
 */
#include "ctl/standing.h"

#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/json.h"
#include "ctl/result.h"
#include "store/history.h"

#define FILE_MAX (1 << 20)

/* --- the file --------------------------------------------------------------------------------------------------------------- */

static const char *file_of(struct ctl *c)
{
	return arena_printf(c->a, "%smaillage/decisions.json", repo_gitdir(c->r));
}

static int load(struct val **out, struct ctl *c, struct err *e)
{
	struct buf text = BUF_INIT;
	struct val *v = val_map(c->a);
	int rc = fs_read(&text, file_of(c), FILE_MAX, e);
	if (!rc)
		rc = json_parse(&v, c->a, text.at, text.n, e);
	if (!rc && v->type != VAL_MAP)
		rc = err_set(e, ERR_DATA, "%s", _("ce fichier ne tient pas de décisions permanentes ; supprimez-le pour recommencer sans"));
	buf_free(&text);
	if (rc && rc != ERR_NOTFOUND)
		return err_wrap(e, "%s", file_of(c));
	static const char *const lists[] = { "decisions", "choix" };
	for (int i = 0; i < 2; i++)
		if (!val_get(v, lists[i]) || val_get(v, lists[i])->type != VAL_LIST)
			val_set(c->a, v, lists[i], val_list(c->a));
	*out = v;
	return 0;
}

static int save(struct ctl *c, const struct val *v, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = json_print(&text, v, false, e);
	buf_putc(&text, '\n');
	if (!rc)
		rc = fs_write(file_of(c), text.at, text.n, e);
	buf_free(&text);
	return rc;
}

static struct val *row_for(const struct val *list, const char *kind, const char *champ)
{
	for (size_t i = 0; i < list->list.n; i++)
		if (val_is_str(val_get(list->list.at[i], "genre"), kind) && val_is_str(val_get(list->list.at[i], "champ"), champ))
			return list->list.at[i];
	return NULL;
}

/* --- what a choice was ---------------------------------------------------------------------------------------------------------- */

/* The proposal whose commit is the youngest; -1: not known, or two of the same second. */
static int latest(struct ctl *c, const struct val *row)
{
	const struct val *list = val_get(row, "propositions");
	int64_t best = 0;
	int at = -1;
	bool tie = false;
	for (size_t i = 0; i < list->list.n; i++) {
		struct oid oid;
		struct commit_info ci;
		const char *commit = val_text(list->list.at[i], "commit");
		if (!commit || repo_resolve(&oid, c->r, commit, NULL) || repo_commit_info(&ci, c->a, c->r, &oid, NULL))
			return -1;
		tie = at >= 0 && ci.author_time == best;
		if (at < 0 || ci.author_time > best) {
			best = ci.author_time;
			at = (int)i;
		}
	}
	return tie ? -1 : at;
}

/* Whether a record or an item stays is never decided for good; nor is what asks to be read. */
static bool is_covered(const struct val *row)
{
	const struct val *list = val_get(row, "propositions");
	for (size_t i = 0; i < list->list.n; i++)
		if (!val_get(list->list.at[i], "valeur"))
			return false;
	return val_is_str(val_get(row, "degre"), "dur") && val_get(row, "base") && val_text(row, "genre");
}

static const char *choice_of(struct ctl *c, const struct val *row, const struct settle_wish *how)
{
	int at = latest(c, row);
	if (how->how == SETTLE_BASE)
		return "base";
	if (how->how != SETTLE_TAKE || at < 0)
		return "autre";
	const char *key = val_text(val_get(row, "propositions")->list.at[at], "cle");
	return !strncmp(key, how->arg, strlen(how->arg)) ? "recente" : "autre";
}

int standing_note(struct val **out, struct ctl *c, const struct val *row, const struct settle_wish *how, struct err *e)
{
	struct val *all;
	*out = NULL;
	if (!is_covered(row))
		return 0;
	int rc = load(&all, c, e);
	if (rc)
		return rc;
	const char *kind = val_text(row, "genre"), *champ = val_text(row, "champ"), *choice = choice_of(c, row, how);
	struct val *counts = val_get(all, "choix"), *one = row_for(counts, kind, champ);
	if (row_for(val_get(all, "decisions"), kind, champ))
		return 0;
	if (!one) {
		one = val_map(c->a);
		put_str(c->a, one, "genre", kind);
		put_str(c->a, one, "champ", champ);
		val_push(c->a, counts, one);
	}
	const struct val *times = val_get(one, "fois");
	int64_t n = times && times->type == VAL_INT && val_is_str(val_get(one, "choix"), choice) ? times->i + 1 : 1;
	put_str(c->a, one, "choix", choice);
	put_int(c->a, one, "fois", n);
	rc = save(c, all, e);
	if (!rc && n >= STANDING_TIMES && strcmp(choice, "autre") && !val_is_str(val_get(one, "refuse"), choice)) {
		*out = val_copy(c->a, one);
		put_str(c->a, *out, "libelle", val_text(row, "libelle"));
	}
	return rc;
}

int standing_answer(struct val **out, struct ctl *c, const struct val *proposed, bool yes, struct err *e)
{
	struct val *all, *v = NULL;
	unsigned char random[4];
	char today[11];
	int rc = load(&all, c, e);
	if (rc)
		return rc;
	const char *kind = val_text(proposed, "genre"), *champ = val_text(proposed, "champ"), *choice = val_text(proposed, "choix");
	struct val *one = row_for(val_get(all, "choix"), kind, champ);
	if (!yes && one)
		put_str(c->a, one, "refuse", choice);
	if (yes) {
		if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
			return err_errno(e, "getrandom");
		clock_date(today, clock_unix_s());
		v = val_map(c->a);
		put_str(c->a, v, "id", item_key_mint(c->a, random));
		put_str(c->a, v, "genre", kind);
		put_str(c->a, v, "champ", champ);
		put_str(c->a, v, "choix", choice);
		put_str(c->a, v, "depuis", today);
		val_push(c->a, val_get(all, "decisions"), v);
	}
	rc = save(c, all, e);
	if (!rc)
		*out = v;
	return rc;
}

int standing_list(struct val **out, struct ctl *c, struct err *e)
{
	struct val *all;
	int rc = load(&all, c, e);
	if (!rc)
		*out = val_get(all, "decisions");
	return rc;
}

int standing_revoke(struct val **out, struct ctl *c, const char *id, struct err *e)
{
	struct val *all, *rest = val_list(c->a), *gone = NULL;
	int rc = load(&all, c, e);
	if (rc)
		return rc;
	const struct val *list = val_get(all, "decisions");
	for (size_t i = 0; i < list->list.n; i++) {
		if (val_is_str(val_get(list->list.at[i], "id"), id))
			gone = list->list.at[i];
		else
			val_push(c->a, rest, list->list.at[i]);
	}
	if (!gone)
		return err_set(e, ERR_NOTFOUND, _("il n'y a pas de décision permanente « %s » ; « maillage resolve --standing list » les montre"), id);
	val_set(c->a, all, "decisions", rest);
	rc = save(c, all, e);
	if (!rc)
		*out = gone;
	return rc;
}

/* --- settling ------------------------------------------------------------------------------------------------------------------- */

struct looking {
	const char *decision, *settled; /* the lines that such a commit's message has */
	bool found;
};

static int look(void *ctx, const struct commit_info *ci)
{
	struct looking *l = ctx;
	l->found = strstr(ci->message, l->decision) && strstr(ci->message, l->settled);
	return l->found;
}

static int settle_row(struct val *done, struct ctl *c, const struct val *row, const struct val *d, struct err *e)
{
	const char *id = val_text(row, "id"), *champ = val_text(row, "champ"), *choice = val_text(d, "choix"), *decision = val_text(d, "id");
	struct settle_wish w = { .field = champ, .entry = val_text(row, "entree"), .how = SETTLE_BASE };
	struct looking l = { arena_printf(c->a, "\nDecision-permanente: %s ", decision), arena_printf(c->a, "\nTranche: %s %s\n", id, champ), false };
	struct val *v;
	if (!choice || !decision)
		return 0;
	if (!strcmp(choice, "recente")) {
		int at = latest(c, row);
		if (at < 0)
			return 0;
		w.how = SETTLE_TAKE;
		w.arg = val_text(val_get(row, "propositions")->list.at[at], "cle");
	}
	int rc = history_log(c->r, &c->head, id, look, &l, e);
	if (rc < 0 || l.found)
		return rc < 0 ? rc : 0;
	w.trailers = arena_printf(c->a, "Decision-permanente: %s %s %s %s\n", decision, val_text(d, "genre"), champ, choice);
	rc = ctl_resolve(&v, c, id, &w, e);
	if (rc)
		return rc;
	put_str(c->a, v, "decision", decision);
	put_str(c->a, v, "choix", choice);
	val_push(c->a, done, v);
	return 0;
}

int standing_apply(struct val **out, struct ctl *c, struct err *e)
{
	struct val *all, *rows, *done = val_list(c->a);
	int rc = load(&all, c, e);
	const struct val *decisions = rc ? NULL : val_get(all, "decisions");
	if (!rc && decisions->list.n)
		rc = ctl_conflicts(&rows, c, NULL, e);
	for (size_t i = 0; !rc && decisions->list.n && i < rows->list.n; i++) {
		const struct val *row = rows->list.at[i];
		const struct val *d = is_covered(row) ? row_for(decisions, val_text(row, "genre"), val_text(row, "champ")) : NULL;
		if (d)
			rc = settle_row(done, c, row, d, e);
	}
	if (!rc)
		*out = done;
	return rc;
}
