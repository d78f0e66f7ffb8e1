/* verb_new.c -- a new draft; --edit opens it in $VISUAL or $EDITOR. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/job.h"

static void words(const struct val *v)
{
	printf("%s\t%s\n", text_of(v, "id"), text_of(v, "chemin"));
	say_missing(v);
}

static int edit_file(const char *file)
{
	const char *editor = getenv("VISUAL");
	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor) {
		fprintf(stderr, _("Aucun éditeur n'est choisi : réglez la variable EDITOR, ou ouvrez %s vous-même.\n"), file);
		return 1;
	}
	pid_t pid = fork();
	if (pid == 0) {
		/* the variable may hold arguments: let the shell split it, the file stays one word */
		execl("/bin/sh", "sh", "-c", "exec $0 \"$1\"", editor, file, (char *)NULL);
		_exit(127);
	}
	int status = 1;
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

int verb_new(const struct app *app, int argc, char **argv)
{
	bool edit = false;
	int n = 1;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--edit"))
			edit = true;
		else
			argv[n++] = argv[i];
	}
	if (n < 2)
		return usage_error("new", "%s", _("il faut un GENRE (enseignement, pratique...)"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app), code = 0;
	if (!rc)
		rc = ctl_new(&out, &j.c, argv[1], argv + 2, n - 2, &j.e);
	if (!rc) {
		const struct val *missing = val_get(out, "manquants");
		code = finish(app, out, words, missing && missing->list.n ? 1 : 0);
		if (edit)
			code |= edit_file(arena_printf(&j.a, "%s%s", repo_workdir(j.c.r), text_of(out, "chemin")));
	}
	return job_end(&j, rc, code);
}
