/* verb_new.c -- a new draft: from FIELD=VALUE, in an editor (--edit), or asked field by field where somebody sits at a terminal and gave no
 * field; and `edit`, the same editor for a record that is there.
 *
 * The dialogue keeps its answers in memory and writes once, at its end: at "." and Ctrl-D the record; at Ctrl-C or a hang-up a file in
 * prive/brouillons/ that goes nowhere. So nothing that was answered is lost, and nothing half-answered is shared by a slip.
 */
#include <stdio.h>
#include <string.h>

#include "base/fsio.h"
#include "cli/ask.h"
#include "cli/editor.h"
#include "ctl/draft.h"
#include "ctl/form.h"

static void words(const struct val *v)
{
	printf("%s\t%s\n", text_of(v, "id"), text_of(v, "chemin"));
	say_missing(v);
}

static int lacks(const struct val *v)
{
	return val_get(v, "manquants")->list.n ? 1 : 0;
}

/* --- the dialogue ------------------------------------------------------------------------------------------------------------- */

struct answers {
	char **at; /* "FIELD=VALUE" */
	size_t n, cap;
};

/* Does a form ask for it? Not what the program fills in, nor groups (their fields come alone), nor items without a text of their own. */
static bool is_asked(const struct val *f)
{
	const char *sort = text_of(f, "sorte");
	if (bool_of(f, "fixe") || !strcmp(sort, "groupe") || !strcmp(sort, "autre") || !strcmp(text_of(f, "champ"), "visibilite"))
		return false;
	return strcmp(sort, "elements") || *text_of(f, "texte") || val_get(f, "fiches");
}

/* Every draft must have it, or the first state after the draft asks for it. */
static bool is_first(const struct val *f)
{
	return bool_of(f, "obligatoire") || !strcmp(text_of(f, "depuis"), "propose") || !strcmp(text_of(f, "depuis"), "brouillon");
}

static enum asked ask_round(struct answers *out, struct job *j, const char *kind, const struct val *fields, bool first)
{
	size_t n = 0, at = 0;
	for (size_t i = 0; i < fields->list.n; i++)
		n += is_asked(fields->list.at[i]) && is_first(fields->list.at[i]) == first;
	for (size_t i = 0; i < fields->list.n; i++) {
		const struct val *f = fields->list.at[i];
		const char *answer;
		if (!is_asked(f) || is_first(f) != first)
			continue;
		enum asked got = ask_field(&answer, j, kind, f, arena_printf(&j->a, "[%zu/%zu] ", ++at, n));
		if (got == ASK_GIVEN)
			arena_push(&j->a, out, arena_printf(&j->a, "%s=%s", text_of(f, "champ"), answer));
		else if (got != ASK_SKIPPED)
			return got;
	}
	return ASK_GIVEN;
}

static enum asked ask_all(struct answers *out, struct job *j, const char *kind, const struct val *form)
{
	char key = 'n';
	printf("%s%s%s\n", term_attr(stdout, TERM_STRONG), text_of(form, "titre"), term_attr(stdout, TERM_PLAIN));
	term_wrap(stdout, text_of(form, "aide"), 0, 0);
	term_wrap(stdout, _("Une réponse vide passe au champ suivant ; « ? » répète la question ; « . » ou Ctrl-D termine et enregistre ; Ctrl-C arrête tout, ce qui est répondu est gardé."),
		  0, 0);
	enum asked got = ask_round(out, j, kind, val_get(form, "champs"), true);
	if (got != ASK_GIVEN)
		return got;
	putchar('\n');
	enum term_answer more = term_key(&key, _("Remplir aussi les autres champs, qui peuvent attendre ? o : oui ; n : non  > "), "on");
	if (more == TERM_STOP)
		return ASK_STOPPED;
	return more == TERM_GIVEN && key == 'o' ? ask_round(out, j, kind, val_get(form, "champs"), false) : ASK_DONE;
}

/* Stopped: what was answered goes where nobody sends it from. */
static int keep_aside(struct job *j, const char *kind, const struct answers *a)
{
	struct val *v, *kept;
	int rc = ctl_new(&v, &j->c, kind, a->at, (int)a->n, true, &j->e);
	if (!rc)
		rc = ctl_set_aside(&kept, &j->c, text_of(v, "id"), NULL, 0, &j->e);
	if (rc)
		return rc;
	printf(_("Rien n'est enregistré. Ce que vous aviez répondu est gardé dans %s, qui ne quitte pas cet ordinateur.\n"), text_of(kept, "chemin"));
	printf(_("Pour le reprendre : mv %s %s, puis « maillage edit %s »\n"), text_of(kept, "chemin"), text_of(v, "chemin"), text_of(v, "id"));
	return 0;
}

/* It could not be written at all, here or there: the answers stay on the screen, as a command that would do it. */
static void show_answers(const char *kind, const struct answers *a)
{
	printf(_("Vos réponses, à redonner quand ce sera possible :\nmaillage new %s"), kind);
	for (size_t i = 0; i < a->n; i++) {
		fputs(" '", stdout);
		for (const char *p = a->at[i]; *p; p++)
			*p == '\'' ? (void)fputs("'\\''", stdout) : (void)putchar(*p);
		putchar('\'');
	}
	putchar('\n');
}

static int dialogue(struct val **out, struct job *j, const char *kind)
{
	struct answers a = { 0 };
	struct val *form;
	*out = NULL;
	term_begin();
	enum asked got = kind ? ASK_GIVEN : ask_kind(&kind, j);
	int rc = got == ASK_GIVEN ? ctl_form(&form, &j->c, kind, &j->e) : 0;
	if (!rc && got == ASK_GIVEN) {
		got = ask_all(&a, j, kind, form);
		putchar('\n');
		if (a.n && got == ASK_STOPPED)
			rc = keep_aside(j, kind, &a);
		else if (a.n)
			rc = ctl_new(out, &j->c, kind, a.at, (int)a.n, false, &j->e);
		if (rc && a.n)
			show_answers(kind, &a);
	}
	term_end();
	if (!rc && !a.n)
		puts(_("Aucune réponse : aucune fiche n'est créée."));
	return rc;
}

/* --- the verbs ------------------------------------------------------------------------------------------------------------------ */

int verb_new(const struct app *app, int argc, char **argv)
{
	bool edit = false;
	int n = 1, code = 0;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--edit"))
			edit = true;
		else
			argv[n++] = argv[i];
	}
	bool talk = !edit && n <= 2 && !app->json && !app->quiet && term_is_dialogue();
	if (n < 2 && !talk)
		return usage_error("new", "%s", _("il faut un GENRE (enseignement, pratique...)"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc && talk)
		rc = dialogue(&out, &j, n > 1 ? argv[1] : NULL);
	else if (!rc)
		rc = ctl_new(&out, &j.c, argv[1], argv + 2, n - 2, edit, &j.e);
	if (!rc && !out) {
		code = 1;
	} else if (!rc && edit) {
		if (!app->json && !app->quiet)
			printf("%s\t%s\n", text_of(out, "id"), text_of(out, "chemin"));
		code = editor_record(&j, app, text_of(out, "id"), text_of(out, "chemin"), NULL, 0);
	} else if (!rc) {
		code = cli_finish(app, out, words, lacks(out));
	}
	return job_end(&j, rc, code);
}

int verb_edit(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct record rec;
	const char *path = NULL;
	struct buf before = BUF_INIT;
	int code = 0;
	if (argc != 2)
		return usage_error("edit", "%s", _("il faut un ID"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_load(&rec, &path, &j.c, argv[1], &j.e);
	if (rc == ERR_DATA && path)
		rc = 0; /* what is wrong with it is why somebody opens it */
	if (!rc)
		rc = fs_read(&before, arena_printf(&j.a, "%s%s", repo_workdir(j.c.r), path), YAML_MAX_BYTES, &j.e);
	if (!rc)
		code = editor_record(&j, app, argv[1], path, before.at, before.n);
	buf_free(&before);
	return job_end(&j, rc, code);
}
