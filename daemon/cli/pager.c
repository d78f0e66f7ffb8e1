/* pager.c -- the pager is a child that reads a pipe which takes stdout's place. While it runs Ctrl-C belongs to it: this program waits, and
 * ends with the exit code of its own work, whatever the reader did; who leaves early has seen enough.
 */
#include "cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/places.h"
#include "cli/term.h"

static pid_t child;
static int terminal = -1; /* stdout as it was */
static struct sigaction before;

/* NULL: none. */
static const char *command(void)
{
	const char *const names[] = { "MAILLAGE_PAGER", "PAGER" };
	for (size_t i = 0; i < 2; i++) {
		const char *c = getenv(names[i]);
		if (c)
			return *c && strcmp(c, "cat") ? c : NULL;
	}
	return place_has_program("less") ? "less -FRX" : NULL;
}

static void become(const char *pager, int in)
{
	dup2(in, STDIN_FILENO);
	signal(SIGPIPE, SIG_DFL);
	setenv("LESS", "FRX", 0); /* for a PAGER=less without options */
	execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
	_exit(127);
}

bool pager_begin(void)
{
	const char *term = getenv("TERM"), *pager = command();
	int ends[2];
	if (!isatty(STDOUT_FILENO) || !term || !*term || !strcmp(term, "dumb") || !pager || pipe2(ends, O_CLOEXEC))
		return false;
	fflush(stdout);
	term_paged(true);
	child = fork();
	if (!child)
		become(pager, ends[0]);
	close(ends[0]);
	terminal = child > 0 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
	if (terminal < 0) {
		close(ends[1]);
		if (child > 0)
			waitpid(child, NULL, 0);
		term_paged(false);
		return false;
	}
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGINT, &ignore, &before);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	return true;
}

bool pager_end(void)
{
	int status = 0;
	fflush(stdout);
	clearerr(stdout); /* the reader left early: no error of ours */
	dup2(terminal, STDOUT_FILENO);
	close(terminal);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &before, NULL);
	term_paged(false);
	return !WIFEXITED(status) || (WEXITSTATUS(status) != 127 && WEXITSTATUS(status) != 126);
}
