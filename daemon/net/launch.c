/* launch.c -- how the ssh program is called.
 *
 * Nobody can be asked anything: BatchMode, a session without terminal, no SSH_ASKPASS. An unknown host is never accepted, whatever
 * ~/.ssh/config says. Nobody's address can become an option or a command: the host comes after "--", ssh_parse_url takes neither a
 * leading "-" nor a shell's characters (%h may stand in a ProxyCommand), and there is no shell on this side, nor GIT_SSH_COMMAND.
 */
#include "launch.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "wire.h"

#define ARGS_MAX 48

struct args {
	const char *at[ARGS_MAX + 1];
	size_t n;
	struct buf text[4]; /* own; what had to be written first */
	size_t ntext;
};

static void arg(struct args *a, const char *word)
{
	must(a->n < ARGS_MAX);
	a->at[a->n++] = word;
}

static void option(struct args *a, const char *setting)
{
	arg(a, "-o");
	arg(a, setting);
}

__attribute__((format(printf, 2, 3))) static const char *written(struct args *a, const char *fmt, ...)
{
	must(a->ntext < sizeof a->text / sizeof *a->text);
	struct buf *b = &a->text[a->ntext++];
	va_list ap;
	char small[600];
	va_start(ap, fmt);
	vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	buf_puts(b, small);
	return buf_str(b);
}

/* ssh takes a file's name in an option as words and with %-tokens: both quoted. */
static const char *named(struct args *a, const char *keyword, const char *path)
{
	must(a->ntext < sizeof a->text / sizeof *a->text);
	struct buf *b = &a->text[a->ntext++];
	buf_printf(b, "%s=\"", keyword);
	for (; *path; path++)
		buf_printf(b, "%s%c", *path == '%' ? "%" : strchr("\"\\", *path) ? "\\" : "", *path);
	buf_putc(b, '"');
	return buf_str(b);
}

static void arguments(struct args *a, const struct ssh_target *t, const struct ssh_config *config, const char *key, const char *known,
		      const char *command)
{
	static const char *const always[] = {
		"BatchMode=yes",          "StrictHostKeyChecking=yes", "LogLevel=ERROR",   "RequestTTY=no",       "ClearAllForwardings=yes",
		"ForwardAgent=no",        "ForwardX11=no",             "RemoteCommand=none", "PermitLocalCommand=no", "ConnectionAttempts=1",
		"NumberOfPasswordPrompts=0",
	};
	int connect_ms = config->connect_ms ? config->connect_ms : SSH_CONNECT_MS;
	arg(a, "ssh");
	arg(a, "-T");
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		option(a, always[i]);
	option(a, written(a, "ConnectTimeout=%d", (connect_ms + 999) / 1000));
	if (key) {
		option(a, named(a, "IdentityFile", key));
		option(a, "IdentitiesOnly=yes");
	}
	if (known)
		option(a, named(a, "UserKnownHostsFile", known));
	if (t->port) {
		arg(a, "-p");
		arg(a, written(a, "%d", t->port));
	}
	if (t->user[0]) {
		arg(a, "-l");
		arg(a, t->user);
	}
	arg(a, "--");
	arg(a, t->host);
	arg(a, command);
	a->at[a->n] = NULL;
}

extern char **environ;

/* The environment without what could ask somebody; with the agent of the configuration. NULL: out of memory. */
static char **environment(struct buf *agent, const struct ssh_config *config)
{
	static char never[] = "SSH_ASKPASS_REQUIRE=never";
	size_t n = 0, at = 0;
	while (environ[n])
		n++;
	char **out = calloc(n + 3, sizeof *out);
	buf_printf(agent, "SSH_AUTH_SOCK=%s", config->agent ? config->agent : "");
	for (size_t i = 0; out && i < n; i++)
		if (strncmp(environ[i], "SSH_ASKPASS", 11) && strncmp(environ[i], "SSH_AUTH_SOCK=", 14))
			out[at++] = environ[i];
	if (out) {
		out[at++] = never;
		if (config->agent)
			out[at] = agent->at;
	}
	return out;
}

/* A session of its own (no terminal to ask on, a process group to end), default signals, nothing open but the three. */
static int spawn(pid_t *pid, int stream, int errors, char *const *argv, char *const *env)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	if (posix_spawn_file_actions_init(&files))
		return ENOMEM;
	if (posix_spawnattr_init(&attr)) {
		posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	int rc = posix_spawn_file_actions_adddup2(&files, stream, 0) | posix_spawn_file_actions_adddup2(&files, stream, 1) |
		 posix_spawn_file_actions_adddup2(&files, errors, 2) | posix_spawn_file_actions_addclosefrom_np(&files, 3) |
		 posix_spawnattr_setsigmask(&attr, &none) | posix_spawnattr_setsigdefault(&attr, &all) |
		 posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (!rc)
		rc = posix_spawnp(pid, argv[0], &files, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static int run(pid_t *out, int stream, int errors, const struct args *a, const struct ssh_config *config, struct err *e)
{
	struct buf agent = BUF_INIT;
	char **env = environment(&agent, config);
	int bad = env && buf_ok(&agent) ? spawn(out, stream, errors, (char *const *)a->at, env) : ENOMEM;
	free(env);
	buf_free(&agent);
	if (bad == ENOENT)
		return err_set(e, ERR_CONFIG,
			       _("« transport: openssh » a besoin du programme ssh, qui n'est pas installé ; installez-le "
				 "(« apt install openssh-client ») ou revenez à « transport: natif »"));
	return bad ? err_set(e, ERR_IO, _("le programme ssh ne peut pas être lancé (%s)"), strerror(bad)) : 0;
}

int launch_ssh(pid_t *out, int stream, int errors, const struct ssh_target *target, const struct ssh_config *config, const char *command,
	       struct err *e)
{
	if (*target->host == '-' || *target->user == '-') /* ssh_parse_url refuses it already: this is where it would hurt */
		return err_set(e, ERR_CONFIG, _("« %s » n'est pas le nom d'une machine"), target->host);
	if (config->passphrase_file)
		return err_set(e, ERR_CONFIG,
			       _("« phrase_de_passe » ne sert qu'avec « transport: natif » ; avec openssh, chargez la clé dans l'agent "
				 "(« ssh-add »)"));
	struct args a = { .n = 0 };
	char *key = config->key_file ? wire_home_path(config->key_file, NULL) : NULL;
	char *known = config->known_hosts ? wire_home_path(config->known_hosts, NULL) : NULL;
	bool ok = (key || !config->key_file) && (known || !config->known_hosts);
	if (ok)
		arguments(&a, target, config, key, known, command);
	for (size_t i = 0; i < a.ntext; i++)
		ok = ok && buf_ok(&a.text[i]);
	int rc = ok ? run(out, stream, errors, &a, config, e) : err_nomem(e);
	for (size_t i = 0; i < a.ntext; i++)
		buf_free(&a.text[i]);
	free(key);
	free(known);
	return rc;
}
