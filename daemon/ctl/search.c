/* search.c -- what a clone can read, searched: its own folder; in the national clone every collective's head; in a
 * coordinator's clone the copy of national.git, with the lessons of the others in aggregat/. Or all that as the hub had received
 * it by a date: the heads that the last aggregation of that time names, in an index in memory.
 *
 * The index is a cache: damaged, it is made anew; where it cannot be kept or is held by another program, the same is built in
 * memory for this one question. Only what the question itself has wrong is an error.
 */
#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "ctl/ask.h"
#include "ctl/ctl.h"
#include "ctl/json.h"
#include "ctl/result.h"
#include "index/index.h"
#include "index/passage.h"
#include "lessons/dates.h"
#include "loop/world.h"

#define OWN "." /* the source that is the folder itself; no collective has this code */
#define COPY "national"

struct sources {
	struct index_source *at;
	size_t n, cap;
	struct repo *copy; /* own */
};

static void add_source(struct sources *s, struct arena *a, const char *name, struct repo *r, const struct oid *head)
{
	struct index_source one = { .name = name, .r = r };
	if (head)
		one.head = *head;
	arena_push(a, s, one);
}

/* A collective that cannot be named or has sent nothing is not there. */
static void add_collectives(struct sources *s, struct ctl *c)
{
	const struct val *list;
	struct oid head;
	if (national_collectives(&list, c->a, c->r, NULL) < 0 || !list || list->type != VAL_LIST)
		return;
	for (size_t i = 0; i < list->list.n; i++) {
		const char *code = val_text(list->list.at[i], "code");
		if (code && repo_ref(&head, c->r, arena_printf(c->a, WORLD_COLLECTIVES "%s", code), NULL) == 0 && oid_is(&head))
			add_source(s, c->a, code, c->r, &head);
	}
}

/* No copy yet, or one that cannot be read: the next sync makes it. */
static bool open_copy(struct sources *s, struct ctl *c)
{
	const char *folder = arena_printf(c->a, "%s" WORLD_NATIONAL "/", repo_workdir(c->r));
	return fs_exists(arena_printf(c->a, "%s.git", folder)) && repo_open(&s->copy, folder, NULL) == 0;
}

static void add_copy(struct sources *s, struct ctl *c, const struct oid *head)
{
	struct index_source one = { .name = COPY, .r = s->copy, .head = *head, .aggregated = true };
	one.skip = arena_dup(c->a, repo_collective(c->r));
	arena_push(c->a, s, one);
}

static void sources_now(struct sources *s, struct ctl *c)
{
	struct oid head;
	add_source(s, c->a, OWN, c->r, NULL);
	if (repo_is_national(c->r))
		add_collectives(s, c);
	else if (open_copy(s, c) && repo_head(&head, s->copy, NULL) == 0 && oid_is(&head))
		add_copy(s, c, &head);
}

/* The heads that the aggregation at that commit was made from: [{collectif, commit}]. */
static int read_heads(const struct val **out, struct ctl *c, struct repo *r, const struct oid *at, struct err *e)
{
	const char *text;
	size_t n;
	struct oid blob;
	struct ydoc *d;
	int rc = repo_read(&text, &n, &blob, c->a, r, at, "aggregat/sources.lock", e);
	if (!rc)
		rc = ydoc_parse(&d, c->a, "aggregat/sources.lock", text ? text : "", n, NULL, e);
	if (!rc)
		*out = val_get(ydoc_val(d), "sources");
	return rc;
}

/* What has not been heard of here is left out. */
static int sources_as_of(struct sources *s, struct ctl *c, const char *as_of, struct err *e)
{
	const bool national = repo_is_national(c->r);
	const struct val *heads = NULL;
	struct oid at;
	if (!national && !open_copy(s, c))
		return ask_err_nothing(e);
	struct repo *r = national ? c->r : s->copy;
	int rc = ask_aggregation(&at, c->a, r, as_of, e);
	if (!rc)
		rc = read_heads(&heads, c, r, &at, e);
	if (rc)
		return rc;
	if (national)
		add_source(s, c->a, OWN, r, &at);
	else
		add_copy(s, c, &at);
	for (size_t i = 0; heads && heads->type == VAL_LIST && i < heads->list.n; i++) {
		const char *code = val_text(heads->list.at[i], "collectif"), *hex = val_text(heads->list.at[i], "commit");
		bool own = code && !strcmp(code, repo_collective(c->r));
		struct oid head;
		if (hex && own != national && repo_resolve(&head, c->r, hex, NULL) == 0)
			add_source(s, c->a, own ? OWN : code, c->r, &head);
	}
	return 0;
}

static int refreshed(struct index **out, struct ctl *c, const struct sources *s, const char *dir, struct err *e)
{
	struct index *x = NULL;
	size_t changed = 0;
	int rc = index_open(&x, dir, c->set, e);
	if (!rc)
		rc = index_refresh(&changed, x, s->at, s->n, json_parse, e);
	trace("index: %s, %zu changed: %s", dir ? dir : "in memory", changed, err_name(rc));
	if (!rc)
		*out = x;
	else if (rc == ERR_CORRUPT)
		index_destroy(x);
	else
		index_close(x);
	return rc;
}

/* The question asked of the kept index, then of a new one, then of one in memory; *out as far as one could answer. What was of
 * another day is asked in memory alone. */
static int ask(struct ctl *c, const char *as_of, int (*question)(void *ctx, struct index *x, struct err *e), void *ctx, struct err *e)
{
	struct sources s = { 0 };
	const char *dir = arena_printf(c->a, "%smaillage/", repo_gitdir(c->r));
	if (!repo_workdir(c->r))
		return err_set(e, ERR_CONFIG, "%s", _("ce dépôt n'a pas de dossier de travail"));
	int rc = 0;
	if (as_of)
		rc = sources_as_of(&s, c, as_of, e);
	else
		sources_now(&s, c);
	fs_mkdirs(dir, NULL);
	const char *const places[] = { dir, dir, NULL };
	for (size_t i = rc ? 3 : as_of ? 2 : 0; i < 3; i++) {
		struct index *x = NULL;
		rc = refreshed(&x, c, &s, places[i], e);
		bool usable = !rc;
		if (usable)
			rc = question(ctx, x, e);
		if (rc == ERR_CORRUPT)
			index_destroy(x);
		else
			index_close(x);
		if (rc == ERR_NOMEM || (usable && rc != ERR_CORRUPT))
			break;
		i += rc != ERR_CORRUPT && i == 0; /* the same again would fail alike */
	}
	repo_close(s.copy);
	return rc;
}

/* --- words ----------------------------------------------------------------------------------------------- */

/* Marked text as plain text and [[from, to], ...] in characters. */
static void put_marked(struct arena *a, struct val *map, const char *key, const char *marks_key, const char *marked)
{
	struct val *marks = val_list(a), *one = NULL;
	char *plain = arena_alloc(a, strlen(marked) + 1), *p = plain;
	int64_t at = 0;
	for (const char *s = marked; *s; s++) {
		if (*s == PASSAGE_ON) {
			one = val_list(a);
			val_push(a, one, val_int(a, at));
		} else if (*s == PASSAGE_OFF && one) {
			val_push(a, one, val_int(a, at));
			val_push(a, marks, one);
			one = NULL;
		} else if (*s != PASSAGE_OFF) {
			at += ((unsigned char)*s & 0xC0) != 0x80;
			*p++ = *s;
		}
	}
	val_set(a, map, key, val_str(a, plain));
	val_set(a, map, marks_key, marks);
}

static struct val *hit_val(struct arena *a, const struct index_hit *h)
{
	struct val *v = val_map(a);
	put_str(a, v, "id", h->id);
	put_str(a, v, "genre", h->kind);
	put_str(a, v, "collectif", h->collective);
	put_str(a, v, "etat", h->state);
	put_str(a, v, "visibilite", h->visibility);
	put_str(a, v, "source", h->source);
	put_str(a, v, "chemin", h->path);
	put_marked(a, v, "titre", "titre_trouve", h->title);
	put_str(a, v, "champ", h->field);
	put_marked(a, v, "passage", "trouve", h->passage);
	return v;
}

struct words {
	struct arena *a;
	struct index_wish wish;
	struct index_hits hits;
};

static int ask_words(void *ctx, struct index *x, struct err *e)
{
	struct words *w = ctx;
	return index_search(&w->hits, w->a, x, &w->wish, e);
}

static int known_kinds(struct ctl *c, const char *const *kinds, struct err *e)
{
	for (size_t i = 0; kinds && kinds[i]; i++)
		if (!schemas_kind(c->set, kinds[i]))
			return err_no_kind(e, c->a, c->set, kinds[i]);
	return 0;
}

int ctl_search(struct val **out, struct ctl *c, const struct search_wish *wish, struct err *e)
{
	static const char *const usual[] = { "enseignement", "pratique", NULL };
	struct query q;
	struct words w = { .a = c->a,
			   .wish = { .words = &q,
				     .kinds = wish->kinds ? wish->kinds : usual,
				     .theme = wish->theme,
				     .since = wish->since,
				     .most = wish->most ? wish->most : SEARCH_MOST } };
	int rc = query_parse(&q, c->a, wish->words, e);
	if (!rc)
		rc = dates_check(wish->since, e);
	if (!rc)
		rc = dates_check(wish->as_of, e);
	if (!rc)
		rc = known_kinds(c, wish->kinds, e);
	if (!rc)
		rc = ask(c, wish->as_of, ask_words, &w, e);
	if (rc)
		return rc;
	struct val *v = val_map(c->a), *list = val_list(c->a), *elsewhere = val_map(c->a);
	put_str(c->a, v, "recherche", wish->words);
	put_int(c->a, v, "total", (int64_t)w.hits.total);
	val_set(c->a, v, "tous_les_mots", val_bool(c->a, w.hits.all_words));
	for (size_t i = 0; i < w.hits.n; i++)
		val_push(c->a, list, hit_val(c->a, &w.hits.at[i]));
	val_set(c->a, v, "fiches", list);
	for (size_t i = 0; i < w.hits.elsewhere.n; i++)
		put_int(c->a, elsewhere, w.hits.elsewhere.at[i].kind, (int64_t)w.hits.elsewhere.at[i].n);
	val_set(c->a, v, "autres_genres", elsewhere);
	*out = v;
	return 0;
}

/* --- likeness -------------------------------------------------------------------------------------------- */

struct likes {
	struct arena *a;
	struct index_lessons lessons;
};

static int ask_lessons(void *ctx, struct index *x, struct err *e)
{
	struct likes *l = ctx;
	return index_lessons(&l->lessons, l->a, x, e);
}

static struct val *suggestion_val(struct arena *a, const struct like_lesson *at, const struct like_match *m, const char *id)
{
	const struct like_lesson *other = strcmp(at[m->a].id, id) ? &at[m->a] : &at[m->b];
	struct val *v = val_map(a), *parts = val_map(a), *words = val_list(a);
	put_str(a, v, "id", other->id);
	put_str(a, v, "collectif", other->collective);
	put_str(a, v, "titre", other->title);
	put_str(a, v, "enonce", other->statement);
	put_str(a, v, "empreinte", other->fingerprint);
	val_set(a, v, "score", val_num(a, m->score / 1000.0));
	val_set(a, parts, "mots", val_num(a, m->words_score / 1000.0));
	val_set(a, parts, "themes", val_num(a, m->themes_score / 1000.0));
	val_set(a, parts, "dispositifs", val_num(a, m->schemes_score / 1000.0));
	val_set(a, v, "dont", parts);
	for (const char *p = m->words; *p;) {
		const char *end = strstr(p, NAMES_SEP);
		size_t n = end ? (size_t)(end - p) : strlen(p);
		val_push(a, words, val_strn(a, p, n));
		p += n + (end ? strlen(NAMES_SEP) : 0);
	}
	val_set(a, v, "mots", words);
	val_set(a, v, "themes", names_val(a, &m->themes));
	val_set(a, v, "dispositifs", names_val(a, &m->schemes));
	return v;
}

static const struct like_lesson *lesson_among(const struct index_lessons *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->at[i].id, id))
			return &l->at[i];
	return NULL;
}

int ctl_alike(struct val **out, struct ctl *c, const char *id, size_t most, const char *as_of, struct err *e)
{
	struct likes l = { .a = c->a };
	struct likeness *k;
	struct like_matches m;
	int rc = dates_check(as_of, e);
	if (!rc)
		rc = ask(c, as_of, ask_lessons, &l, e);
	const struct like_lesson *lesson = rc ? NULL : lesson_among(&l.lessons, id);
	if (!rc && !lesson)
		rc = err_set(e, ERR_NOTFOUND, _("%s : il n'y a pas d'enseignement de ce nom ici, ni parmi ceux que les autres partagent"), id);
	if (!rc)
		rc = likeness_open(&k, c->a, l.lessons.at, l.lessons.n, l.lessons.links.at, l.lessons.links.n, e);
	if (rc)
		return rc;
	likeness_of(&m, k, id, most ? most : SEARCH_MOST);
	struct val *v = val_map(c->a), *list = val_list(c->a);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "empreinte", lesson->fingerprint);
	for (size_t i = 0; i < m.n; i++)
		val_push(c->a, list, suggestion_val(c->a, l.lessons.at, &m.at[i], id));
	val_set(c->a, v, "suggestions", list);
	*out = v;
	return 0;
}
