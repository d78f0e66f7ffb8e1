/* ask.c -- a question is the field's label, what the schema says about it, the possible answers by number; then one line. Numbers, the
 * beginning of a code or of its label all do; accents and capitals do not matter. What does not do is said and asked again.
 */
#include "cli/ask.h"

#include <stdlib.h>
#include <string.h>

#include "cli/editor.h"
#include "ctl/form.h"
#include "ctl/json.h"
#include "lessons/label.h"

#define SHOWN_MAX 30 /* answers listed at once; of more, those that a typed beginning leaves */
#define ITEMS_MAX 200

/* As a word of the label: folded text has its words between spaces and apostrophes. */
static bool holds_word(const char *folded, const char *wanted)
{
	for (const char *p = folded; *p; p += strcspn(p, " '"), p += strspn(p, " '"))
		if (!strncmp(p, wanted, strlen(wanted)))
			return true;
	return false;
}

/* --- answers to choose from --------------------------------------------------------------------------------------------------- */

struct choices {
	const struct val *list; /* [{code or id, titre}] */
	const char *key;
	bool closed;     /* nothing else is right */
	struct arena *a; /* borrow */
};

static const char *code_at(const struct choices *c, size_t i)
{
	return text_of(c->list->list.at[i], c->key);
}

static void list_choice(const struct choices *c, size_t i)
{
	printf("  %2zu  %s%s%s  %s\n", i + 1, term_attr(stdout, TERM_STRONG), code_at(c, i), term_attr(stdout, TERM_PLAIN),
	       text_of(c->list->list.at[i], "titre"));
}

static void list_choices(const struct choices *c)
{
	for (size_t i = 0; i < c->list->list.n && i < SHOWN_MAX; i++)
		list_choice(c, i);
	if (c->list->list.n > SHOWN_MAX)
		printf(_("  ... et %zu autres : tapez le début d'un nom pour les voir\n"), c->list->list.n - SHOWN_MAX);
}

/* How well a choice answers to what was typed: 3 it is the code, 2 the code begins so, 1 a word of the label does. */
static int fits(const struct choices *c, size_t i, const char *typed)
{
	const char *wanted = label_fold(c->a, typed);
	if (!strcmp(code_at(c, i), typed))
		return 3;
	if (!*wanted)
		return 0;
	if (!strncmp(label_fold(c->a, code_at(c, i)), wanted, strlen(wanted)))
		return 2;
	return holds_word(label_fold(c->a, text_of(c->list->list.at[i], "titre")), wanted);
}

/* One typed word as a code. NULL: none, said why. */
static const char *pick(const struct choices *c, const char *typed)
{
	size_t n = c->list->list.n, found = 0, at = 0;
	char *end;
	unsigned long number = strtoul(typed, &end, 10);
	int best = 1;
	if (*typed && !*end && number >= 1 && number <= n)
		return code_at(c, number - 1);
	for (size_t i = 0; i < n; i++) {
		int fit = fits(c, i, typed);
		if (fit > best || (fit == best && !found)) {
			best = fit;
			found = 1;
			at = i;
		} else if (fit == best) {
			found++;
		}
	}
	if (found == 1)
		return code_at(c, at);
	if (!found && !c->closed)
		return typed;
	printf(found ? _("« %s » peut vouloir dire :\n") : _("« %s » n'est pas dans la liste ; un numéro ou le début d'un mot suffit\n"), typed);
	for (size_t i = 0; found && i < n; i++)
		if (fits(c, i, typed))
			list_choice(c, i);
	return NULL;
}

static const char *as_json(struct job *j, const struct val *v)
{
	struct buf b = BUF_INIT;
	const char *out = NULL;
	if (json_print(&b, v, true, &j->e) == 0)
		out = arena_dup(&j->a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* "1, conc" as the list of what is meant; `item`: the key of a mapping that each becomes. NULL: something was not understood. */
static const char *pick_many(struct job *j, const struct choices *c, const char *typed, const char *item)
{
	struct val *list = val_list(&j->a);
	for (const char *p = typed; *p;) {
		size_t n = strcspn(p, ",;"), cut = n;
		while (cut && p[cut - 1] == ' ')
			cut--;
		const char *one = cut ? arena_dupn(&j->a, p, cut) : "", *code = *one && c ? pick(c, one) : one;
		if (!code)
			return NULL;
		struct val *v = val_str(&j->a, code);
		if (item) {
			struct val *map = val_map(&j->a);
			val_set(&j->a, map, item, v);
			v = map;
		}
		if (*code)
			val_push(&j->a, list, v);
		p += n + (p[n] != 0);
		p += strspn(p, " ");
	}
	return as_json(j, list);
}

/* --- questions ---------------------------------------------------------------------------------------------------------------- */

static bool is_sort(const struct val *field, const char *sort)
{
	return val_is_str(val_get(field, "sorte"), sort);
}

static void introduce(const struct val *field, const char *where, const struct choices *c)
{
	printf("\n%s%s%s%s", where, term_attr(stdout, TERM_STRONG), text_of(field, "titre"), term_attr(stdout, TERM_PLAIN));
	printf(bool_of(field, "obligatoire") ? _(" (obligatoire)\n") : "\n");
	if (*text_of(field, "aide"))
		term_wrap(stdout, text_of(field, "aide"), 2, 0);
	if (c->list)
		list_choices(c);
	else if (*text_of(field, "exemple"))
		printf(_("  par exemple : %s\n"), text_of(field, "exemple"));
}

static const char *prompt_of(const struct val *field, const struct choices *c)
{
	if (is_sort(field, "prose"))
		return _("texte, ou « e » pour l'éditeur > ");
	if (c->list && (is_sort(field, "codes") || is_sort(field, "fiches") || is_sort(field, "elements")))
		return _("numéros ou débuts de mots, séparés par des virgules > ");
	if (c->list)
		return _("numéro ou début de mot > ");
	if (is_sort(field, "textes") || is_sort(field, "fiches") || is_sort(field, "codes"))
		return _("séparés par des virgules > ");
	if (is_sort(field, "elements"))
		return _("un par ligne ; une ligne vide pour finir > ");
	return "> ";
}

static const char *from_editor(struct job *j, const struct val *field, const char *so_far)
{
	const char *text;
	int rc = editor_text(&text, j, so_far, arena_printf(&j->a, "# %s\n# %s", text_of(field, "titre"), text_of(field, "aide")));
	if (rc) {
		printf("%s\n", j->e.msg);
		return NULL;
	}
	return text;
}

/* More items behind the first, a line each. */
static const char *items(struct job *j, const struct val *field, const char *first, enum term_answer *got)
{
	struct val *list = val_list(&j->a);
	struct buf line = BUF_INIT;
	const char *text = first;
	while (*text && list->list.n < ITEMS_MAX) {
		struct val *item = val_map(&j->a);
		val_set(&j->a, item, text_of(field, "texte"), val_str(&j->a, text));
		val_push(&j->a, list, item);
		*got = term_line(&line, "> ");
		text = *got == TERM_GIVEN ? arena_dup(&j->a, buf_str(&line)) : "";
	}
	buf_free(&line);
	return as_json(j, list);
}

/* What was typed as text for ctl_value. NULL: ask again. */
static const char *understand(struct job *j, const struct val *field, const struct choices *c, const char *typed, enum term_answer *got)
{
	if (is_sort(field, "prose") && !strcmp(typed, "e"))
		return from_editor(j, field, "");
	if (is_sort(field, "code") || is_sort(field, "fiche"))
		return c->list ? pick(c, typed) : typed;
	if (is_sort(field, "codes") || is_sort(field, "fiches") || is_sort(field, "textes"))
		return pick_many(j, c->list ? c : NULL, typed, NULL);
	if (is_sort(field, "elements") && val_get(field, "fiches"))
		return pick_many(j, c->list ? c : NULL, typed, text_of(field, "cle"));
	if (is_sort(field, "elements"))
		return items(j, field, typed, got);
	return typed;
}

static void find_choices(struct choices *out, struct job *j, const char *kind, const struct val *field)
{
	struct val *rows;
	*out = (struct choices){ val_get(field, "codes"), "code", true, &j->a };
	if (out->list || !val_get(field, "fiches") || ctl_form_choices(&rows, &j->c, kind, text_of(field, "champ"), &j->e) || !rows->list.n)
		return;
	*out = (struct choices){ rows, "id", false, &j->a };
}

enum asked ask_field(const char **answer, struct job *j, const char *kind, const struct val *field, const char *where)
{
	struct buf line = BUF_INIT;
	struct choices c;
	enum asked out = ASK_SKIPPED;
	find_choices(&c, j, kind, field);
	introduce(field, where, &c);
	for (;;) {
		struct val *typed;
		enum term_answer got = term_line(&line, prompt_of(field, &c));
		const char *s = arena_dup(&j->a, buf_str(&line));
		if (got != TERM_GIVEN || !strcmp(s, ".")) {
			out = got == TERM_STOP ? ASK_STOPPED : ASK_DONE;
			break;
		}
		if (!*s)
			break;
		if (!strcmp(s, "?")) {
			introduce(field, where, &c);
			continue;
		}
		const char *text = understand(j, field, &c, s, &got);
		if (!text)
			continue;
		if (ctl_form_try(&typed, &j->c, kind, text_of(field, "champ"), text, &j->e)) {
			printf(_("  à revoir : %s\n"), j->e.msg);
			continue;
		}
		*answer = text;
		out = got == TERM_STOP ? ASK_STOPPED : ASK_GIVEN;
		break;
	}
	buf_free(&line);
	return out;
}

enum asked ask_kind(const char **kind, struct job *j)
{
	struct buf line = BUF_INIT;
	struct val *kinds;
	enum asked out = ASK_STOPPED;
	ctl_form_kinds(&kinds, &j->c);
	struct choices c = { kinds, "genre", true, &j->a };
	puts(_("Quel genre de fiche ?"));
	list_choices(&c);
	while (term_line(&line, _("numéro ou début de mot > ")) == TERM_GIVEN && line.n) {
		*kind = pick(&c, arena_dup(&j->a, buf_str(&line)));
		if (*kind) {
			out = ASK_GIVEN;
			break;
		}
	}
	buf_free(&line);
	return out;
}
