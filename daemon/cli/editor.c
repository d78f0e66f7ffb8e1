/* editor.c -- the program waits with Ctrl-C switched off, as a shell does: it belongs to the editor then. What was written is in a file
 * from the first save on, so whatever ends the editor, the terminal or the machine loses nothing that was saved.
 */
#include "cli/editor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fsio.h"
#include "base/places.h"
#include "cli/term.h"
#include "ctl/draft.h"

#define SCISSORS "# ------------------------ >8 ------------------------"

static const char *which_editor(void)
{
	static const char *const usual[] = { "sensible-editor", "nano", "editor", "vi" };
	const char *e = getenv("VISUAL");
	if (!e || !*e)
		e = getenv("EDITOR");
	if (e && *e)
		return e;
	for (size_t i = 0; term_is_dialogue() && i < sizeof usual / sizeof *usual; i++)
		if (place_has_program(usual[i]))
			return usual[i];
	return NULL;
}

static int open_editor(const char *file)
{
	const char *editor = which_editor();
	if (!editor) {
		fprintf(stderr, _("Aucun éditeur n'est choisi : réglez la variable EDITOR, ou ouvrez %s vous-même.\n"), file);
		return 1;
	}
	struct sigaction off = { .sa_handler = SIG_IGN }, before[2];
	fflush(stdout);
	sigaction(SIGINT, &off, &before[0]);
	sigaction(SIGQUIT, &off, &before[1]);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		/* the variable may hold arguments: let the shell split it, the file stays one word */
		execl("/bin/sh", "sh", "-c", "exec $0 \"$1\"", editor, file, (char *)NULL);
		_exit(127);
	}
	int status = 1;
	pid_t got;
	do
		got = pid > 0 ? waitpid(pid, &status, 0) : -1;
	while (got < 0 && pid > 0 && !kill(pid, 0));
	sigaction(SIGINT, &before[0], NULL);
	sigaction(SIGQUIT, &before[1], NULL);
	if (got == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, _("L'éditeur « %s » ne s'est pas terminé normalement ; la variable EDITOR en choisit un autre (EDITOR=nano).\n"), editor);
	return 1;
}

static const char *read_back(struct job *j, const char *file, const char *before)
{
	struct buf b = BUF_INIT;
	const char *out = NULL;
	if (fs_read(&b, file, YAML_MAX_BYTES, &j->e) == 0 && strcmp(buf_str(&b), before)) {
		const char *cut = strstr(buf_str(&b), SCISSORS);
		size_t n = cut ? (size_t)(cut - buf_str(&b)) : b.n;
		while (n && strchr("\r\n", b.at[n - 1]))
			n--;
		out = arena_dupn(&j->a, buf_str(&b), n);
	}
	buf_free(&b);
	return out;
}

int editor_text(const char **out, struct job *j, const char *text, const char *below)
{
	const char *file = arena_printf(&j->a, "%smaillage/edition-%ld.txt", repo_gitdir(j->c.r), (long)getpid());
	const char *whole = arena_printf(&j->a, "%s\n" SCISSORS "\n%s\n%s", text, _("# Tout ce qui suit la ligne ci-dessus est ignoré."), below);
	int rc = fs_write(file, whole, strlen(whole), &j->e);
	if (rc)
		return rc;
	const char *got = open_editor(file) == 0 ? read_back(j, file, whole) : NULL;
	rc = fs_unlink(file, &j->e);
	if (rc)
		return rc;
	if (!got)
		return err_set(&j->e, ERR_CANCELLED, "%s", _("rien n'a été modifié dans l'éditeur"));
	*out = got;
	return 0;
}

/* --- a record -------------------------------------------------------------------------------------------------------------- */

static void show_line(struct job *j, const char *path, int64_t number)
{
	struct buf b = BUF_INIT;
	if (fs_read(&b, arena_printf(&j->a, "%s%s", repo_workdir(j->c.r), path), YAML_MAX_BYTES, NULL) == 0) {
		const char *p = buf_str(&b);
		for (int64_t i = 1; i < number && *p; i++)
			p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n');
		printf("%s%5lld | %.*s%s\n", term_attr(stdout, TERM_FAINT), (long long)number, (int)strcspn(p, "\n"), p, term_attr(stdout, TERM_PLAIN));
	}
	buf_free(&b);
}

static void show_faults(struct job *j, const char *path, const struct val *faults)
{
	int64_t shown = -1;
	for (size_t i = 0; i < faults->list.n; i++) {
		const struct val *f = faults->list.at[i];
		if (int_of(f, "ligne") != shown)
			show_line(j, path, int_of(f, "ligne"));
		shown = int_of(f, "ligne");
		const char *field = text_of(f, "champ"), *title = text_of(f, "titre");
		printf("        %s %s", bool_of(f, "avertissement") ? _("à savoir :") : _("à corriger :"), *title ? title : field);
		if (*title && strcmp(title, field))
			printf(" (%s)", field);
		printf("%s%s\n", *title || *field ? _(" : ") : "", text_of(f, "message"));
	}
}

static bool has_errors(const struct val *faults)
{
	for (size_t i = 0; i < faults->list.n; i++)
		if (!bool_of(faults->list.at[i], "avertissement"))
			return true;
	return false;
}

static int put_aside(struct job *j, const char *id, const char *path, const char *before, size_t n)
{
	struct val *v;
	int rc = ctl_set_aside(&v, &j->c, id, before, n, &j->e);
	if (rc)
		return cli_report(&j->e);
	printf(before ? _("La fiche est comme avant. Ce que vous aviez écrit est gardé dans %s, qui ne quitte pas cet ordinateur.\n") :
			_("Rien n'est enregistré. Ce que vous aviez écrit est gardé dans %s, qui ne quitte pas cet ordinateur.\n"),
	       text_of(v, "chemin"));
	printf(_("Pour le reprendre : mv %s %s\n"), text_of(v, "chemin"), path);
	return 0;
}

static bool holds(const char *file, const char *bytes, size_t n)
{
	struct buf b = BUF_INIT;
	bool same = fs_read(&b, file, YAML_MAX_BYTES, NULL) == 0 && b.n == n && !memcmp(b.at, bytes, n);
	buf_free(&b);
	return same;
}

static int kept_waiting(const char *path)
{
	fprintf(stderr, _("%s attend sur le disque et n'est pas envoyé ; « maillage status » le rappelle.\n"), path);
	return 1;
}

int editor_record(struct job *j, const struct app *app, const char *id, const char *path, const char *before, size_t n)
{
	const char *file = arena_printf(&j->a, "%s%s", repo_workdir(j->c.r), path);
	bool words = !app->json && !app->quiet;
	for (;;) {
		struct val *v;
		char key;
		if (open_editor(file)) {
			if (!before || !holds(file, before, n))
				return kept_waiting(path);
			fprintf(stderr, _("%s : rien de changé\n"), id);
			return 1;
		}
		if (!fs_exists(file)) {
			fprintf(stderr, _("%s : le fichier n'est plus là ; rien n'est enregistré.\n"), path);
			return 1;
		}
		if (ctl_record(&v, &j->c, id, &j->e))
			return cli_report(&j->e);
		const struct val *faults = val_get(v, "fautes");
		bool wrong = has_errors(faults);
		if (app->json)
			print_json(v);
		if (words)
			show_faults(j, path, faults);
		if (!wrong && *text_of(v, "pourquoi")) {
			fprintf(stderr, "%s : %s\n", path, text_of(v, "pourquoi"));
			return 1;
		}
		if (!wrong) {
			if (words)
				printf(*text_of(v, "commit") ? _("%s : enregistré\n") : _("%s : rien de changé\n"), id);
			return 0;
		}
		if (!words || !term_is_dialogue())
			return words ? kept_waiting(path) : 1;
		term_begin();
		enum term_answer got = term_key(&key, _("r : retourner dans l'éditeur ; g : garder comme brouillon ; a : abandonner  > "), "rga");
		term_end();
		if (got != TERM_GIVEN || key == 'g')
			return kept_waiting(path);
		if (key == 'a')
			return put_aside(j, id, path, before, n);
	}
}
