/* How a fetch runs. libgit2 asks for the action UPLOADPACK_LS: the command `git-upload-pack '<path>'` is started
 * on the other machine and its output read (the list of refs). Then for UPLOADPACK: that is the same conversation,
 * so the same stream goes on. A push is the same with git-receive-pack. close ends the channel; the session stays
 * in the pool. Nobody waits for the end of an upload-pack: everything it had to say was heard.
 *
 * When it fails. net/ says what happened in words for people; libgit2 would replace them by "early EOF". So the
 * first error is kept in struct transport and everything after it is silent. A command that ends too early (no such
 * repository, not permitted, no git) says why on its standard error. An account that prints something before git speaks (a
 * line in ~/.bashrc, a login that is closed) is seen by the first four bytes, which in git's protocol are a length. libgit2's own
 * close writes a last flush packet even when a push is over and the command has gone: that write fails, and must neither hide
 * what came before nor cost the session.
 */
#include "transport.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/trace.h"

struct link {
	git_smart_subtransport base;
	struct transport *t;   /* borrow */
	struct ssh_chan *chan; /* own; NULL: no command runs */
	struct stream *stream; /* borrow; libgit2 frees it */
	bool dead;             /* an error was reported: only close remains */
	bool heard;            /* the command has answered something */
	bool asking;           /* upload-pack: the hub changes nothing */
};
struct stream {
	git_smart_subtransport_stream base;
	struct link *link; /* borrow; NULL once the link has closed */
};

/* libgit2 wants its own error set beside the code, or it reports whatever was left from before. */
static int fail(struct link *l, const struct err *e)
{
	if (!l->t->err.code)
		l->t->err = *e;
	l->dead = true;
	git_error_set_str(GIT_ERROR_NET, l->t->err.msg);
	return -1;
}

static bool says(const char *said, const char *const signs[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(said, signs[i]))
			return true;
	return false;
}

/* What the command's words and exit code mean. said: one line. */
static void explain(struct err *e, const char *said, int status)
{
	static const char *const none[] = { "does not appear to be a git repository", "not found", "does not exist", "No such file",
					    "introuvable" };
	static const char *const not_allowed[] = { "ermission denied", "ccess denied", "not permitted", "interdit" };
	static const char *const foreign[] = { "dubious ownership" };
	if (status == 127 || strstr(said, "command not found")) /* POSIX: what a shell says of a command that is not there */
		err_set(e, ERR_CONFIG,
			_("git n'est pas installé sur le hub, ou ce compte ne le trouve pas ; prévenez la personne qui tient le hub "
			  "(réponse : %s)"),
			said);
	else if (says(said, foreign, 1))
		err_set(e, ERR_CONFIG,
			_("sur le hub, ce dépôt appartient à un autre compte que celui de l'adresse ; prévenez la personne qui tient le hub "
			  "(réponse : %s)"),
			said);
	else if (says(said, not_allowed, sizeof not_allowed / sizeof *not_allowed) || status == 77)
		err_set(e, ERR_AUTH,
			_("le hub ne permet pas cet accès ; demandez-le à la personne qui tient le hub (réponse : %s)"), said);
	else if (says(said, none, sizeof none / sizeof *none))
		err_set(e, ERR_NOTFOUND,
			_("dépôt introuvable sur le hub ; vérifiez l'adresse et le code du collectif (réponse : %s)"), said);
	else
		err_set(e, ERR_NET, _("le hub a mis fin à l'échange (code %d) ; on réessaiera (réponse : %s)"), status, said);
}

/* The command ended without its answer, or in the middle of it: what did it say? */
static int ended_early(struct link *l)
{
	struct err e = { 0 };
	struct buf words = BUF_INIT, said = BUF_INIT;
	int status = -1;
	struct ssh_chan *c = l->chan;
	l->chan = NULL;
	int rc = ssh_chan_close(c, &status, &words, &e);
	ssh_plain(&said, buf_str(&words), words.n, 300);
	if (!rc)
		explain(&e, said.n ? said.at : "-", status);
	buf_free(&words);
	buf_free(&said);
	return fail(l, &e);
}

/* git's stream begins with a length in four hexadecimal digits; an account that talks begins with words. */
static bool is_git(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && i < 4; i++)
		if (!isxdigit((unsigned char)bytes[i]))
			return false;
	return true;
}

static int noise(struct link *l, const char *bytes, size_t n)
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
	return fail(l, &e);
}

static int stream_read(git_smart_subtransport_stream *s, char *bytes, size_t n, size_t *got)
{
	struct link *l = ((struct stream *)s)->link;
	struct err e = { 0 };
	*got = 0;
	if (!l || l->dead || !l->chan)
		return -1;
	if (ssh_chan_read(l->chan, bytes, n, got, &e) < 0)
		return fail(l, &e);
	if (!*got) /* git's conversations end with a packet, never with the end of the stream */
		return ended_early(l);
	if (!l->heard && !is_git(bytes, *got))
		return noise(l, bytes, *got);
	l->heard = true;
	return 0;
}

static int stream_write(git_smart_subtransport_stream *s, const char *bytes, size_t n)
{
	struct link *l = ((struct stream *)s)->link;
	struct err e = { 0 };
	if (!l || l->dead || !l->chan)
		return -1;
	if (ssh_chan_write(l->chan, bytes, n, &e) < 0)
		return fail(l, &e);
	return 0;
}

static void stream_free(git_smart_subtransport_stream *s)
{
	struct stream *stream = (struct stream *)s;
	if (stream->link)
		stream->link->stream = NULL;
	free(stream);
}

static int start(struct link *l, const char *url, const char *program)
{
	struct err e = { 0 };
	struct ssh_target target;
	char *path = NULL;
	struct buf command = BUF_INIT;
	struct transport *t = l->t;
	int rc = ssh_parse_url(&target, &path, url, &e);
	if (!rc) {
		buf_printf(&command, "%s ", program);
		ssh_quote(&command, path);
		if (!buf_ok(&command))
			rc = err_nomem(&e);
	}
	if (!rc)
		rc = ssh_run(&l->chan, t->pool, &target, t->ssh, t->cancel, command.at, &e);
	trace("ssh %s: %s", program, err_name(rc));
	free(path);
	buf_free(&command);
	return rc ? fail(l, &e) : 0;
}

static int link_close(git_smart_subtransport *sub)
{
	struct link *l = (struct link *)sub;
	struct err e = { 0 };
	if (l->stream) {
		l->stream->link = NULL;
		l->stream = NULL;
	}
	if (l->chan) {
		/* After an error nobody waits for the command any more. */
		if (l->dead && !ssh_chan_ended(l->chan))
			ssh_chan_abort(l->chan);
		else if (l->asking && !l->dead)
			ssh_chan_leave(l->chan);
		else if (ssh_chan_close(l->chan, NULL, NULL, &e) < 0)
			trace("ssh close: %s", e.msg);
		l->chan = NULL;
	}
	l->dead = l->heard = false;
	return 0;
}

static int link_action(git_smart_subtransport_stream **out, git_smart_subtransport *sub, const char *url,
		       git_smart_service_t action)
{
	struct link *l = (struct link *)sub;
	bool first = action == GIT_SERVICE_UPLOADPACK_LS || action == GIT_SERVICE_RECEIVEPACK_LS;
	if (first) {
		link_close(sub);
		l->asking = action == GIT_SERVICE_UPLOADPACK_LS;
		if (start(l, url, l->asking ? "git-upload-pack" : "git-receive-pack") < 0)
			return -1;
	}
	if (l->stream) { /* the conversation goes on */
		*out = &l->stream->base;
		return 0;
	}
	struct stream *s = calloc(1, sizeof *s);
	if (!s) {
		git_error_set_oom();
		return -1;
	}
	s->base.subtransport = sub;
	s->base.read = stream_read;
	s->base.write = stream_write;
	s->base.free = stream_free;
	s->link = l;
	l->stream = s;
	*out = &s->base;
	return 0;
}

static void link_free(git_smart_subtransport *sub)
{
	link_close(sub);
	free(sub);
}

static int link_new(git_smart_subtransport **out, git_transport *owner, void *param)
{
	(void)owner;
	struct link *l = calloc(1, sizeof *l);
	if (!l) {
		git_error_set_oom();
		return -1;
	}
	l->base.action = link_action;
	l->base.close = link_close;
	l->base.free = link_free;
	l->t = param;
	*out = &l->base;
	return 0;
}

int transport_new(git_transport **out, git_remote *owner, struct transport *t)
{
	t->def = (git_smart_subtransport_definition){ .callback = link_new, .rpc = 0, .param = t };
	return git_transport_smart(out, owner, &t->def);
}
