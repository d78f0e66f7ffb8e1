/* hubpipe.c -- what a command on the hub says when it does not speak git: net/ says what happened on the way in words for people; this
 * adds what the far end meant. A command that ends too early (no such repository, not permitted, no git) says why on its standard
 * error. An account that prints something before git speaks (a line in ~/.bashrc, a login that is closed) is seen by the first
 * four bytes, which in git's protocol are a length.
 */
#include "hubpipe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/trace.h"
#include "hubanswer.h"

static int fail(struct hubpipe *p, const struct err *e)
{
	if (!p->err.code)
		p->err = *e;
	p->dead = true;
	return -1;
}

/* What the command's words and exit code mean. said: one line. */
static void explain(struct err *e, const char *said, int status)
{
	static const char *const none[] = { "does not appear to be a git repository", "not found", "does not exist", "No such file",
					    "introuvable" };
	static const char *const not_allowed[] = { "ermission denied", "ccess denied", "not permitted", "interdit",
						   "DENIED by" }; /* gitolite's */
	if (status == 127 || strstr(said, "command not found")) /* POSIX: what a shell says of a command that is not there */
		err_set(e, ERR_CONFIG,
			_("git n'est pas installé sur le hub, ou ce compte ne le trouve pas ; prévenez la personne qui tient le hub "
			  "(réponse : %s)"),
			said);
	else if (strstr(said, "dubious ownership"))
		err_set(e, ERR_CONFIG,
			_("sur le hub, ce dépôt appartient à un autre compte que celui de l'adresse ; prévenez la personne qui tient le hub "
			  "(réponse : %s)"),
			said);
	else if (hub_says(said, not_allowed, sizeof not_allowed / sizeof *not_allowed) || status == 77)
		err_set(e, ERR_AUTH,
			_("le hub ne permet pas cet accès ; demandez-le à la personne qui tient le hub (réponse : %s)"), said);
	else if (hub_says(said, none, sizeof none / sizeof *none))
		err_set(e, ERR_NOTFOUND,
			_("dépôt introuvable sur le hub ; vérifiez l'adresse et le code du collectif (réponse : %s)"), said);
	else
		err_set(e, ERR_NET, _("le hub a mis fin à l'échange (code %d) ; on réessaiera (réponse : %s)"), status, said);
}

/* The command ended without its answer, or in the middle of it: what did it say? */
static int ended_early(struct hubpipe *p)
{
	struct err e = { 0 };
	struct buf words = BUF_INIT, said = BUF_INIT;
	int status = -1;
	struct ssh_chan *c = p->chan;
	p->chan = NULL;
	int rc = ssh_chan_close(c, &status, &words, &e);
	ssh_plain(&said, buf_str(&words), words.n, 300);
	if (!rc)
		explain(&e, said.n ? said.at : "-", status);
	buf_free(&words);
	buf_free(&said);
	return fail(p, &e);
}

/* git's stream begins with a length in four hexadecimal digits; an account that talks begins with words. */
static bool is_git(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && i < 4; i++)
		if (!isxdigit((unsigned char)bytes[i]))
			return false;
	return true;
}

static int noise(struct hubpipe *p, const char *bytes, size_t n)
{
	struct err e = { 0 };
	struct buf said = BUF_INIT;
	ssh_plain(&said, bytes, n, 200);
	if (strstr(buf_str(&said), "not available")) /* nologin(8) */
		err_set(&e, ERR_AUTH,
			_("ce compte du hub n'exécute aucune commande ; vérifiez le nom d'utilisateur de l'adresse, ou prévenez la personne qui "
			  "tient le hub (réponse : %s)"),
			said.at);
	else
		err_set(&e, ERR_CONFIG,
			_("le compte du hub affiche du texte avant que git ne réponde ; la personne qui tient le hub doit retirer ce "
			  "qu'affichent ses fichiers de démarrage, comme ~/.bashrc (réponse : %s)"),
			said.n ? said.at : "-");
	buf_free(&said);
	return fail(p, &e);
}

int hubpipe_read(struct hubpipe *p, char *bytes, size_t n, size_t *got)
{
	struct err e = { 0 };
	*got = 0;
	if (p->dead || !p->chan)
		return -1;
	if (ssh_chan_read(p->chan, bytes, n, got, &e) < 0)
		return fail(p, &e);
	if (!*got) /* git's conversations end with a packet, never with the end of the stream */
		return ended_early(p);
	if (!p->heard && !is_git(bytes, *got))
		return noise(p, bytes, *got);
	p->heard = true;
	return 0;
}

int hubpipe_write(struct hubpipe *p, const char *bytes, size_t n)
{
	struct err e = { 0 };
	if (p->dead || !p->chan)
		return -1;
	if (ssh_chan_write(p->chan, bytes, n, &e) == 0)
		return 0;
	return ssh_chan_ended(p->chan) ? 1 : fail(p, &e);
}

int hubpipe_start(struct hubpipe *p, const char *url, const char *program)
{
	struct err e = { 0 };
	struct ssh_target target;
	char *path = NULL;
	struct buf command = BUF_INIT;
	int rc = ssh_parse_url(&target, &path, url, &e);
	p->dead = p->heard = false;
	if (!rc) {
		buf_printf(&command, "%s ", program);
		ssh_quote(&command, path);
		if (!buf_ok(&command))
			rc = err_nomem(&e);
	}
	if (!rc)
		rc = ssh_run(&p->chan, p->pool, &target, p->ssh, p->cancel, command.at, &e);
	trace("ssh %s: %s", program, err_name(rc));
	free(path);
	buf_free(&command);
	return rc ? fail(p, &e) : 0;
}

void hubpipe_end(struct hubpipe *p, bool leave)
{
	struct err e = { 0 };
	struct ssh_chan *c = p->chan;
	p->chan = NULL;
	if (!c)
		return;
	/* After an error nobody waits for the command any more. */
	if (p->dead && !ssh_chan_ended(c))
		ssh_chan_abort(c);
	else if (leave && !p->dead)
		ssh_chan_leave(c);
	else if (ssh_chan_close(c, NULL, NULL, &e) < 0)
		trace("ssh close: %s", e.msg);
}
