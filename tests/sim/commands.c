/* commands.c -- the words of a history. One line is one step; what cannot be done now ({"noop":true}) is no failure: a script whose
 * steps are dropped one by one must still run.
 *
 *   sites N                      a new history of N sites, A to F; records e1 and e2 exist, e3 does not
 *   A [git|old] set e1 FIELD V   V as YAML; `git`: committed without the program; `old`: over what `A open` had before it
 *   A [git|old] unset e1 FIELD   a field, or an item (conditions/c1)
 *   A [git|old] put|take e1 FIELD V    an element of a list
 *   A [git|old] bump e1 FIELD N
 *   A [git|old] phrase|after e1 FIELD K TEXT    the K-th sentence becomes TEXT ("-": goes); TEXT comes behind it
 *   A [git|old] delete e1;  A [git] revive e1 V      V becomes the title
 *   A open
 *   A resolve D take N|base|value V|ok    D: e1:FIELD, or K: the K-th open difference, modulo how many there are
 *   A [git] choose D V;  A [git] pick D N    in an editor: the field becomes V, or the N-th proposal
 *   A [git] forget D             the entry is deleted from the sidecar
 *   A pull B;  A swap B;  A sync;  A race B;  A merge B mine|theirs;  all lockstep
 *   converge hub|swap|lockstep;  show [A];  verify;  order SEED
 */
#include "replicas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/settle.h"
#include "merge/diffset.h"

#define ROUNDS_MAX 12

struct step {
	struct world *w;
	int site;
	enum by by;
	char *rest; /* words not read yet */
	struct val *answer;
	bool done; /* false: nothing to do */
};

static char *word(char **rest)
{
	char *p = *rest + strspn(*rest, " ");
	size_t n = strcspn(p, " ");
	*rest = p + n + (p[n] == ' ');
	p[n] = 0;
	return p;
}

static void say(struct step *s, const char *key, const char *text)
{
	val_set(&s->w->a, s->answer, key, val_str(&s->w->a, text));
}

static void say_val(struct step *s, const char *key, const struct val *v)
{
	if (v)
		val_set(&s->w->a, s->answer, key, val_copy(&s->w->a, v));
}

static int value(struct val **out, struct step *s, const char *text, struct err *e)
{
	struct ydoc *d;
	const char *doc = arena_printf(&s->w->a, "v: %s\n", text);
	int rc = ydoc_parse(&d, &s->w->a, "script", doc, strlen(doc), NULL, e);
	if (!rc)
		*out = val_copy(&s->w->a, val_get(ydoc_val(d), "v"));
	return rc;
}

static int commit_text(struct step *s, const char *path, const struct buf *text, struct err *e)
{
	struct file_change f = { path, arena_dupn(&s->w->a, text->at, text->n), text->n };
	s->done = true;
	return world_commit(s->w, s->site, s->by, &f, 1, e);
}

/* The record with the value at path, saved by whatever way the step says. */
static int save(struct step *s, const struct seen *at, const struct val *target, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = 0;
	if (val_equal(target, at->rec.val))
		return 0;
	rc = ydoc_rewrite(&text, at->rec.doc, target, NULL, &schema_shape_ops, at->rec.schema->root, e);
	if (!rc)
		rc = commit_text(s, at->path, &text, e);
	buf_free(&text);
	return rc;
}

static int save_field(struct step *s, const struct seen *at, const char *field, struct val *v, struct err *e)
{
	struct val *target;
	const struct val *now = NULL;
	struct err none;
	schema_find(NULL, &now, at->rec.schema->root, at->rec.val, field);
	if (val_equal(now, v) || schema_put(&target, &s->w->a, at->rec.schema->root, at->rec.val, field, v, &none))
		return 0;
	return save(s, at, target, e);
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* The K-th sentence (they end in a full stop) replaced, or text put behind it. */
static char *rewrite_sentence(struct step *s, const char *text, long k, bool after, const char *with)
{
	struct arena *a = &s->w->a;
	size_t count = 0;
	for (const char *p = text; *p; p++)
		count += *p == '.';
	if (!count)
		return arena_dup(a, with);
	const char *from = text, *end = strchr(text, '.');
	for (k %= (long)count; k > 0; k--) {
		from = end + 1;
		end = strchr(from, '.');
	}
	while (*from == ' ' || *from == '\n')
		from++;
	end++;
	if (!after)
		say(s, "was", arena_dupn(a, from, (size_t)(end - from)));
	if (after)
		return arena_printf(a, "%.*s %s%s", (int)(end - text), text, with, end);
	if (strcmp(with, "-"))
		return arena_printf(a, "%.*s%s%s", (int)(from - text), text, with, end);
	end += strspn(end, " ");
	return arena_printf(a, "%.*s%s", (int)(from - text), text, end);
}

/* A contested passage that is written over, or into, is settled: which proposals that goes against. */
static void say_against(struct step *s, const struct seen *at, const char *field, const char *text)
{
	const char *was = val_text(s->answer, "was");
	struct val *list = val_list(&s->w->a);
	for (size_t i = 0; i < at->diffs.n; i++) {
		const struct diff *d = &at->diffs.at[i];
		const struct val *shown = diff_shown(d);
		if (strcmp(d->champ, field) || !shown || shown->type != VAL_STR)
			continue;
		if (d->degre == DEG_DUR && !(was && strstr(shown->str.at, was)) && strstr(text, shown->str.at))
			continue;
		for (size_t k = 0; k < d->n; k++)
			if (d->at[k].valeur)
				val_push(&s->w->a, list, val_copy(&s->w->a, d->at[k].valeur));
	}
	say_val(s, "against", list);
}

static int phrase(struct step *s, const struct seen *at, const char *field, bool after, struct err *e)
{
	const struct val *now = NULL;
	long k = strtol(word(&s->rest), NULL, 10);
	if (!schema_find(NULL, &now, at->rec.schema->root, at->rec.val, field) || !now || now->type != VAL_STR)
		return 0;
	char *text = rewrite_sentence(s, now->str.at, k, after, s->rest);
	say_against(s, at, field, text);
	size_t n = strlen(text);
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\n'))
		text[--n] = 0;
	return n ? save_field(s, at, field, val_str(&s->w->a, text), e) : 0;
}

/* --- edits -------------------------------------------------------------------------------------------------------- */

static bool is_open(const struct diff *d)
{
	return d->degre != DEG_TRANCHE;
}

static int element(struct step *s, const struct seen *at, const char *field, bool in, struct err *e)
{
	struct val *v, *list;
	const struct val *now = NULL;
	int rc = value(&v, s, s->rest, e);
	if (rc)
		return rc;
	schema_find(NULL, &now, at->rec.schema->root, at->rec.val, field);
	for (size_t i = 0; i < at->diffs.n; i++)
		if (!strcmp(at->diffs.at[i].champ, field) && is_open(&at->diffs.at[i]) && diff_class(&at->diffs.at[i]) == DIFF_VALUE)
			say(s, "settles", field);
	list = val_list(&s->w->a);
	for (size_t i = 0; now && now->type == VAL_LIST && i < now->list.n; i++)
		if (!val_equal(now->list.at[i], v))
			val_push(&s->w->a, list, now->list.at[i]);
	if (in)
		val_push(&s->w->a, list, v);
	say_val(s, "v", list);
	return save_field(s, at, field, list, e);
}

static int bump(struct step *s, const struct seen *at, const char *field, struct err *e)
{
	const struct val *now = NULL;
	long by = strtol(s->rest, NULL, 10);
	schema_find(NULL, &now, at->rec.schema->root, at->rec.val, field);
	return save_field(s, at, field, val_int(&s->w->a, (now && now->type == VAL_INT ? now->i : 0) + by), e);
}

static int edit(struct step *s, const char *verb, struct err *e)
{
	struct world *w = s->w;
	const char *name = word(&s->rest), *field = word(&s->rest);
	struct seen at;
	struct val *v = NULL;
	int rc = world_see(&at, w, s->by == BY_OLD ? &w->opened[s->site] : &w->head[s->site], world_id(w, name), e);
	if (rc || !at.rec.doc)
		return rc;
	if (!strcmp(verb, "set"))
		return (rc = value(&v, s, s->rest, e)) ? rc : save_field(s, &at, field, v, e);
	if (!strcmp(verb, "unset"))
		return save_field(s, &at, field, NULL, e);
	if (!strcmp(verb, "bump"))
		return bump(s, &at, field, e);
	if (!strcmp(verb, "phrase") || !strcmp(verb, "after"))
		return phrase(s, &at, field, *verb == 'a', e);
	return element(s, &at, field, !strcmp(verb, "put"), e);
}

static int delete(struct step *s, struct err *e)
{
	struct world *w = s->w;
	struct seen at;
	int rc = world_see(&at, w, s->by == BY_OLD ? &w->opened[s->site] : &w->head[s->site], world_id(w, word(&s->rest)), e);
	if (rc || !at.rec.doc)
		return rc;
	struct file_change f = { .path = at.path };
	s->done = true;
	return world_commit(w, s->site, s->by, &f, 1, e);
}

/* As it was first, with another title: somebody had a copy. */
static int revive(struct step *s, struct err *e)
{
	struct world *w = s->w;
	struct seen at, first;
	struct val *title, *target;
	const char *name = word(&s->rest);
	int rc;
	if ((rc = world_see(&at, w, &w->head[s->site], world_id(w, name), e)) || at.rec.doc)
		return rc;
	if ((rc = world_see(&first, w, &w->start, world_id(w, "e1"), e)) || (rc = value(&title, s, s->rest, e)))
		return rc;
	target = val_copy(&w->a, first.rec.val);
	val_set(&w->a, target, "id", val_str(&w->a, at.id));
	val_set(&w->a, target, "titre", title);
	first.path = at.path;
	return save(s, &first, target, e);
}

/* --- settling ----------------------------------------------------------------------------------------------------- */

/* The open difference that D means. *d NULL: there is none. */
static int which(struct seen *at, const struct diff **d, struct step *s, struct err *e)
{
	struct world *w = s->w;
	char *spec = word(&s->rest), *field = strchr(spec, ':');
	size_t open = 0;
	int rc = 0;
	*d = NULL;
	if (field)
		*field++ = 0;
	long k = strtol(spec, NULL, 10);
	for (int pass = 0; pass < 2 && !*d; pass++) {
		if (pass && open)
			k %= (long)open;
		for (int i = 1; i <= RECORDS && !*d; i++) {
			const char *name = arena_printf(&w->a, "e%d", i);
			if (field && strcmp(name, spec))
				continue;
			if ((rc = world_see(at, w, &w->head[s->site], world_id(w, name), e)))
				return rc;
			for (size_t j = 0; j < at->diffs.n && !*d; j++) {
				const struct diff *one = &at->diffs.at[j];
				if (!is_open(one) || (field && strcmp(one->champ, field)))
					continue;
				if (field || (pass && k-- == 0)) {
					*d = one;
					say(s, "id", name);
				}
				open += !pass;
			}
		}
		if (field || !open)
			break;
	}
	return rc;
}

static void say_diff(struct step *s, const struct diff *d)
{
	static const char *const names[] = {
		[DIFF_VALUE] = "value", [DIFF_SENTENCE] = "sentence", [DIFF_PRESENCE] = "presence", [DIFF_READ] = "read"
	};
	struct val *list = val_list(&s->w->a);
	say(s, "champ", d->champ);
	say(s, "class", names[diff_class(d)]);
	for (size_t i = 0; i < d->n; i++)
		if (d->at[i].valeur)
			val_push(&s->w->a, list, val_copy(&s->w->a, d->at[i].valeur));
	say_val(s, "against", list);
	say_val(s, "shown", diff_shown(d));
}

static int resolve(struct step *s, struct err *e)
{
	static const char *const hows[] = { "take", "base", "value", "ok" };
	struct world *w = s->w;
	struct seen at;
	const struct diff *d;
	int rc = which(&at, &d, s, e);
	if (rc || !d)
		return rc;
	const char *how = word(&s->rest);
	size_t i = 0;
	while (i < 4 && strcmp(how, hows[i]))
		i++;
	if (i == SETTLE_TAKE) {
		long n = strtol(s->rest, NULL, 10);
		s->rest = arena_printf(&w->a, "%s", d->at[(size_t)n % d->n].cle);
	}
	if (i == SETTLE_VALUE && diff_class(d) != DIFF_VALUE)
		return 0;
	char entry[VAL_KEY_LEN + 1];
	memcpy(entry, d->at[0].cle, sizeof entry);
	if (d->base)
		val_key(entry, d->base);
	const struct schemas *set;
	if ((rc = repo_schemas(&set, w->r, &w->head[s->site], e)))
		return rc;
	struct ctl c = { &w->a, w->r, set, w->head[s->site] };
	struct origin by = { .par = arena_printf(&w->a, "act-ara-%c", 'a' + s->site), .date = "2018-05-03" };
	struct settled r;
	say_diff(s, d);
	const struct settle_wish wish = { .field = d->champ, .entry = entry, .how = (enum settle)i, .arg = s->rest };
	rc = settle_field(&r, &c, &at.rec, &at.diffs, &wish, &by, e);
	if (rc == ERR_USAGE || rc == ERR_NOTFOUND || rc == ERR_DATA)
		return 0; /* --ok on what must be chosen; no value of this kind */
	if (rc)
		return rc;
	struct file_change f[2] = { { at.path, r.text, r.n }, { at.side, r.sidecar, r.sidecar_n } };
	say_val(s, "v", r.chosen);
	val_set(&w->a, s->answer, "gone", val_bool(&w->a, strcmp(d->champ, CHAMP_RECORD) ? !r.chosen : !r.text));
	s->done = true;
	return world_commit(w, s->site, BY_PROGRAM, f, at.has_side || r.sidecar ? 2 : 1, e);
}

static int choose(struct step *s, bool proposal, struct err *e)
{
	struct seen at;
	const struct diff *d;
	struct val *v = NULL;
	int rc = which(&at, &d, s, e);
	if (rc || !d || diff_class(d) != DIFF_VALUE)
		return rc;
	if (proposal)
		v = val_copy(&s->w->a, d->at[(size_t)strtol(s->rest, NULL, 10) % d->n].valeur);
	else if ((rc = value(&v, s, s->rest, e)))
		return rc;
	say_diff(s, d);
	say_val(s, "v", v);
	return save_field(s, &at, d->champ, v, e);
}

static int forget(struct step *s, struct err *e)
{
	struct seen at;
	const struct diff *d;
	int rc = which(&at, &d, s, e);
	if (rc || !d)
		return rc;
	struct diffs left = { .id = at.id };
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < at.diffs.n; i++)
		if (&at.diffs.at[i] != d)
			arena_push(&s->w->a, &left, at.diffs.at[i]);
	say_diff(s, d);
	rc = diffs_print(&text, &s->w->a, &left, e);
	struct file_change f = { .path = at.side };
	if (!rc && text.n)
		f = (struct file_change){ at.side, arena_dupn(&s->w->a, text.at, text.n), text.n };
	buf_free(&text);
	s->done = true;
	return rc ? rc : world_commit(s->w, s->site, s->by, &f, 1, e);
}

/* --- exchanges ---------------------------------------------------------------------------------------------------- */

static int git_pull(struct step *s, int other, struct err *e)
{
	struct world *w = s->w;
	struct val *state;
	bool merged;
	const struct oid theirs = w->head[other];
	int rc = world_git_pull(&merged, w, s->site, &theirs, !strcmp(word(&s->rest), "mine"), e);
	s->done = true;
	if (rc || !merged)
		return rc;
	if (!(rc = report_state(&state, w, &w->head[s->site], e)))
		val_set(&w->a, s->answer, "state", state);
	return rc;
}

static int exchange(struct step *s, const char *verb, struct err *e)
{
	struct world *w = s->w;
	enum join how;
	s->done = true;
	if (!strcmp(verb, "sync"))
		return world_sync(w, s->site, e);
	int other = *word(&s->rest) - 'A', rc;
	if (other < 0 || other >= w->n || other == s->site) {
		s->done = false;
		return 0;
	}
	if (!strcmp(verb, "race"))
		return world_race(w, s->site, other, e);
	if (!strcmp(verb, "merge"))
		return git_pull(s, other, e);
	struct oid theirs = w->head[other];
	if ((rc = world_pull(&how, w, s->site, &theirs, e)))
		return rc;
	say(s, "join", join_name(how));
	theirs = w->head[s->site];
	return strcmp(verb, "swap") ? 0 : world_pull(&how, w, other, &theirs, e);
}

static bool agreed(const struct world *w, bool hub)
{
	for (int i = 1; i < w->n; i++)
		if (!oid_equal(&w->head[i], &w->head[0]))
			return false;
	return !hub || oid_equal(&w->hub, &w->head[0]);
}

/* Exchange until all have one head, at most ROUNDS_MAX times. */
static int converge(struct step *s, struct err *e)
{
	struct world *w = s->w;
	const char *by = word(&s->rest);
	bool hub = !strcmp(by, "hub"), moved = true;
	unsigned before = w->merges;
	int rounds = 0, rc = 0;
	while (!rc && moved && rounds < ROUNDS_MAX) {
		enum join how;
		if (!strcmp(by, "lockstep")) {
			rc = world_lockstep(&moved, w, e);
			rounds += moved;
			continue;
		}
		for (int i = 0; !rc && i < w->n; i++) {
			int next = (i + 1) % w->n;
			rc = hub ? world_sync(w, i, e) : world_pull(&how, w, next, &w->head[i], e);
		}
		rounds++;
		moved = !agreed(w, hub);
	}
	s->done = true;
	val_set(&w->a, s->answer, "rounds", val_int(&w->a, rounds));
	val_set(&w->a, s->answer, "merges", val_int(&w->a, w->merges - before));
	val_set(&w->a, s->answer, "agreed", val_bool(&w->a, agreed(w, hub)));
	return rc;
}

/* What the sites' heads would come to, merged one after the other in another order. Nothing moves. */
static int order(struct step *s, struct err *e)
{
	struct world *w = s->w;
	uint64_t seed = strtoull(s->rest, NULL, 10);
	struct oid h[SITES_MAX], now;
	struct val *state;
	enum join how;
	int rc = 0;
	memcpy(h, w->head, sizeof h);
	for (int i = w->n - 1; i > 0; i--) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		int k = (int)((seed >> 33) % (unsigned)(i + 1));
		struct oid t = h[i];
		h[i] = h[k];
		h[k] = t;
	}
	now = h[0];
	for (int i = 1; !rc && i < w->n; i++) {
		struct oid merged;
		rc = merge_plan_peer(&how, w->r, &now, &h[i], e);
		if (!rc && how == JOIN_MERGE && !(rc = merge_commit(&merged, NULL, &w->a, w->r, &now, &h[i], e)))
			now = merged;
		else if (!rc && (how == JOIN_FAST_FORWARD || how == JOIN_ADOPT_HUB))
			now = h[i];
	}
	s->done = true;
	if (!rc && !(rc = report_state(&state, w, &now, e)))
		val_set(&w->a, s->answer, "state", state);
	return rc;
}

/* --- a line ------------------------------------------------------------------------------------------------------- */

static int site_step(struct step *s, struct err *e)
{
	const char *verb = word(&s->rest);
	if (!strcmp(verb, "git") || !strcmp(verb, "old")) {
		s->by = *verb == 'g' ? BY_GIT : BY_OLD;
		verb = word(&s->rest);
	}
	if (!strcmp(verb, "open")) {
		s->w->opened[s->site] = s->w->head[s->site];
		s->done = true;
		return 0;
	}
	if (!strcmp(verb, "delete"))
		return delete(s, e);
	if (!strcmp(verb, "revive"))
		return revive(s, e);
	if (!strcmp(verb, "resolve"))
		return resolve(s, e);
	if (!strcmp(verb, "choose") || !strcmp(verb, "pick"))
		return choose(s, *verb == 'p', e);
	if (!strcmp(verb, "forget"))
		return forget(s, e);
	static const char *const edits[] = { "set", "unset", "put", "take", "bump", "phrase", "after" },
			  *const exchanges[] = { "pull", "swap", "sync", "race", "merge" };
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
		if (!strcmp(verb, edits[i]))
			return edit(s, verb, e);
	for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++)
		if (!strcmp(verb, exchanges[i]))
			return exchange(s, verb, e);
	return err_set(e, ERR_USAGE, "no such verb: %s", verb);
}

static int run(struct step *s, struct err *e)
{
	struct world *w = s->w;
	char *who = word(&s->rest);
	bool moved;
	if (!strcmp(who, "verify")) {
		s->done = true;
		return report_verify(&s->answer, w, &w->head[0], e);
	}
	if (!strcmp(who, "show")) {
		char *site = word(&s->rest);
		s->done = true;
		return report_state(&s->answer, w, &w->head[*site >= 'A' && *site < 'A' + w->n ? *site - 'A' : 0], e);
	}
	if (!strcmp(who, "converge"))
		return converge(s, e);
	if (!strcmp(who, "order"))
		return order(s, e);
	if (!strcmp(who, "all")) {
		s->done = true;
		return world_lockstep(&moved, w, e);
	}
	s->site = *who - 'A';
	if (s->site < 0 || s->site >= w->n || who[1]) /* a site that a smaller history does not have */
		return 0;
	return site_step(s, e);
}

int command(struct val **out, struct world *w, char *line, struct err *e)
{
	if (!strncmp(line, "sites ", 6)) {
		int n = atoi(line + 6), rc = world_begin(w, n < 2 ? 2 : n > SITES_MAX ? SITES_MAX : n, e);
		if (!rc)
			*out = val_map(&w->a);
		return rc;
	}
	if (!w->begun)
		return err_set(e, ERR_USAGE, "a history begins with `sites N`");
	struct step s = { .w = w, .rest = line, .answer = val_map(&w->a) };
	int rc = run(&s, e);
	if (!rc && !s.done)
		val_set(&w->a, s.answer, "noop", val_bool(&w->a, true));
	*out = s.answer;
	return rc;
}
