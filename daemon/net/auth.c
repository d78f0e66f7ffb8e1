/* auth.c -- showing the hub who we are: keys of the agent, then one key file, each offered once.
 *
 * Why each once: a server counts refusals (sshd's MaxAuthTries is 6) and hangs up at its limit; asking again with the same key
 * also locks people out on hubs that watch for it. So at most AGENT_TRIES keys of the agent are offered, the one that equals the
 * key file first, and the file is not offered again when the agent has already shown the same key.
 *
 * Failure modes, each with its own sentence: no key anywhere; the file is missing, unreadable, open to others, not a key,
 * protected by a pass-phrase that is missing or wrong; RSA where the server wants SHA-2 signatures (libssh2 1.10 makes only SHA-1
 * ones); the agent hangs or will not sign (it is passed over); the server takes no keys at all; the key is refused.
 */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "agent.h"
#include "keyfile.h"
#include "ssherr.h"
#include "base/clock.h"
#include "base/fsio.h"
#include "base/trace.h"

#define AGENT_TRIES 4
#define AGENT_PROBE_MS 2000
#define KEY_FILE_MAX (64 * 1024)

struct attempt {
	struct ssh *s;
	int64_t until;
	struct agent agent;        /* fd -1: none */
	const struct wire *signer; /* borrow; the agent's key under trial */
	int sign_rc;               /* of the last signature */
	char *path;                /* own; the key file, NULL: none */
	struct buf text;           /* own; its content */
	struct keyfile file;
	struct wire offered[AGENT_TRIES]; /* borrow from agent */
	size_t noffered;
	bool rsa_skipped;
};

/* Servers from OpenSSH 8.8 on refuse SHA-1 signatures: offering RSA would only use up a try. */
static bool refuses_sha1(struct ssh *s)
{
	const char *banner = libssh2_session_banner_get(s->lib), *v = banner ? strstr(banner, "OpenSSH_") : NULL;
	if (!v)
		return false;
	char *end;
	long major = strtol(v + 8, &end, 10), minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
	return major > 8 || (major == 8 && minor >= 8);
}

static bool same_key(const struct wire *x, const struct buf *y)
{
	return y->n && x->n == y->n && !memcmp(x->at, y->at, y->n);
}

/* libssh2 calls this in the middle of userauth_publickey; the agent may be asking the person, hence the whole deadline. */
static int sign_by_agent(LIBSSH2_SESSION *lib, unsigned char **sig, size_t *sig_len, const unsigned char *data, size_t data_len,
			 void **abstract)
{
	struct attempt *t = *abstract;
	struct buf b = BUF_INIT;
	(void)lib;
	t->sign_rc = agent_sign(&b, &t->agent, t->signer, data, data_len, t->until, t->s->cancel);
	if (!t->sign_rc && (!buf_ok(&b) || !b.n))
		t->sign_rc = ERR_NOMEM;
	if (t->sign_rc) {
		buf_free(&b);
		return -1;
	}
	*sig_len = b.n;
	*sig = (unsigned char *)buf_steal(&b); /* freed by libssh2 with free(), its default */
	return *sig ? 0 : -1;
}

/* 0: in. 1: this key is refused, go on. Negative: the session has died. */
static int result(struct attempt *t, int rc, struct err *e)
{
	switch (rc) {
	case 0:
		return 0;
	case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
	case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
	case LIBSSH2_ERROR_FILE:
		return 1;
	default:
		return session_die_lib(t->s, rc, _("authentification"), e);
	}
}

static int try_agent_key(struct attempt *t, const struct wire *key, struct err *e)
{
	struct wire rest = *key, type;
	if (!wire_string(&type, &rest))
		return 1;
	bool rsa = wire_is(&type, "ssh-rsa");
	if (rsa && refuses_sha1(t->s)) {
		t->rsa_skipped = true;
		return 1;
	}
	if (!rsa && !wire_is(&type, "ssh-ed25519") && !(type.n > 11 && !memcmp(type.at, "ecdsa-sha2-", 11)))
		return 1; /* security keys and certificates need signatures that libssh2 1.10 does not know */
	if (t->noffered == AGENT_TRIES)
		return 1;
	t->offered[t->noffered++] = *key;
	t->signer = key;
	t->sign_rc = 0;
	void *me = t;
	int rc, w;
	while ((rc = libssh2_userauth_publickey(t->s->lib, t->s->user, key->at, key->n, sign_by_agent, &me)) ==
	       LIBSSH2_ERROR_EAGAIN)
		if ((w = session_wait(t->s, t->until, t->s->connect_ms, e)) != 0)
			return w;
	if (t->sign_rc == ERR_CANCELLED || t->sign_rc == ERR_NET) {
		ssherr_wait(&t->s->first, t->sign_rc, t->s->connect_ms, t->s->where);
		return session_die(t->s, e);
	}
	return result(t, rc, e);
}

static int try_agent(struct attempt *t, struct err *e)
{
	int64_t soon = clock_mono_ms() + AGENT_PROBE_MS;
	int rc = agent_open(&t->agent, getenv("SSH_AUTH_SOCK"), soon < t->until ? soon : t->until, t->s->cancel);
	if (rc == ERR_CANCELLED) {
		ssherr_wait(&t->s->first, rc, 0, t->s->where);
		return session_die(t->s, e);
	}
	if (rc) {
		trace("ssh agent passed over: %s", err_name(rc));
		return 1;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < t->agent.n; i++) {
			if (same_key(&t->agent.key[i], &t->file.public) != (pass == 0))
				continue;
			rc = try_agent_key(t, &t->agent.key[i], e);
			if (rc <= 0)
				return rc;
		}
	return 1;
}

/* The key file to use, read and looked at. Not 0 with *why set: why it cannot be used; that is said only if the agent
 * does not help. */
static int load_key(struct attempt *t, const struct ssh_config *config, struct err *why)
{
	static const char *const usual[] = { ".ssh/id_ed25519", ".ssh/id_ecdsa" };
	if (config->key_file) {
		t->path = wire_home_path(config->key_file, NULL);
	} else {
		for (size_t i = 0; i < 2 && !t->path; i++) {
			t->path = wire_home_path(NULL, usual[i]);
			if (t->path && access(t->path, F_OK)) {
				free(t->path);
				t->path = NULL;
			}
		}
		if (!t->path)
			return err_set(why, ERR_AUTH,
				       _("%s : aucune clé ssh trouvée (~/.ssh/id_ed25519 ou ~/.ssh/id_ecdsa) ; créez-en une avec "
					 "« ssh-keygen -t ed25519 », puis transmettez le fichier ~/.ssh/id_ed25519.pub à la personne "
					 "qui tient le hub"),
				       t->s->where);
	}
	if (!t->path)
		return err_nomem(why);
	struct err io;
	struct stat st;
	int rc = fs_read(&t->text, t->path, KEY_FILE_MAX, &io);
	if (rc)
		return err_set(why, ERR_CONFIG,
			       _("la clé ssh ne peut pas être lue : %s ; vérifiez le chemin de la clé dans la configuration"), io.msg);
	if (stat(t->path, &st) == 0 && st.st_uid == getuid() && st.st_mode & 077)
		return err_set(why, ERR_CONFIG,
			       _("la clé ssh %s peut être lue par d'autres personnes ; protégez-la avec « chmod 600 %s »"), t->path,
			       t->path);
	keyfile_look(&t->file, buf_str(&t->text), t->text.n);
	if (t->file.is_public)
		return err_set(why, ERR_CONFIG,
			       _("%s est une clé publique ; indiquez le fichier de la clé privée, d'ordinaire le même nom sans .pub"),
			       t->path);
	if (!t->file.is_key)
		return err_set(why, ERR_CONFIG,
			       _("%s n'est pas une clé ssh privée, ou le fichier est abîmé ; indiquez une autre clé ou créez-en une avec "
				 "« ssh-keygen -t ed25519 »"),
			       t->path);
	if (t->file.rsa && refuses_sha1(t->s))
		return err_set(why, ERR_AUTH,
			       _("%s n'accepte plus les signatures de clés RSA comme %s ; créez une clé avec « ssh-keygen -t ed25519 » et "
				 "transmettez son fichier .pub à la personne qui tient le hub"),
			       t->s->where, t->path);
	if (t->file.encrypted && !config->passphrase)
		return err_set(why, ERR_AUTH,
			       _("la clé ssh %s est protégée par une phrase de passe ; chargez-la dans l'agent avec « ssh-add %s » et "
				 "réessayez"),
			       t->path, t->path);
	return 0;
}

static int try_file(struct attempt *t, const struct ssh_config *config, struct err *why, struct err *e)
{
	for (size_t i = 0; i < t->noffered; i++)
		if (same_key(&t->offered[i], &t->file.public))
			return 1;
	int rc, w;
	while ((rc = libssh2_userauth_publickey_fromfile_ex(t->s->lib, t->s->user, (unsigned)strlen(t->s->user), NULL, t->path,
							    config->passphrase ? config->passphrase : "")) ==
	       LIBSSH2_ERROR_EAGAIN)
		if ((w = session_wait(t->s, t->until, t->s->connect_ms, e)) != 0)
			return w;
	if (rc == LIBSSH2_ERROR_FILE || rc == LIBSSH2_ERROR_METHOD_NONE) {
		if (t->file.encrypted)
			err_set(why, ERR_AUTH, _("la phrase de passe de la clé ssh %s n'est pas la bonne ; réessayez"), t->path);
		else
			err_set(why, ERR_CONFIG,
				_("la clé ssh %s ne peut pas être utilisée : elle est abîmée ou d'un type inconnu ; créez-en une avec "
				  "« ssh-keygen -t ed25519 »"),
				t->path);
		return 1;
	}
	return result(t, rc, e);
}

/* 0: the server lets us in without any key (it has no other way to say so). 1: it takes keys. */
static int ask_methods(struct attempt *t, struct err *e)
{
	struct ssh *s = t->s;
	char *list;
	while (!(list = libssh2_userauth_list(s->lib, s->user, (unsigned)strlen(s->user)))) {
		if (libssh2_userauth_authenticated(s->lib))
			return 0;
		int rc = libssh2_session_last_errno(s->lib);
		if (rc != LIBSSH2_ERROR_EAGAIN)
			return session_die_lib(s, rc, _("authentification"), e);
		int w = session_wait(s, t->until, s->connect_ms, e);
		if (w)
			return w;
	}
	if (strstr(list, "publickey"))
		return 1;
	err_set(&s->first, ERR_AUTH,
		_("%s n'accepte pas les clés ssh pour %s (seulement : %.100s) ; demandez à la personne qui tient le hub de les permettre"),
		s->where, s->user, list);
	return session_die(s, e);
}

static int refused(struct attempt *t, const struct err *why, struct err *e)
{
	struct ssh *s = t->s;
	if (why->code)
		s->first = *why;
	else
		err_set(&s->first, ERR_AUTH,
			_("%s refuse la clé %s pour %s ; demandez à la personne qui tient le hub d'y inscrire le contenu de %s.pub"),
			s->where, t->path, s->user, t->path);
	if (t->noffered)
		err_set(&s->first, s->first.code, _("%s (clés de l'agent refusées aussi : %zu)"), s->first.msg, t->noffered);
	if (t->rsa_skipped)
		err_set(&s->first, s->first.code, _("%s (les clés RSA de l'agent ne conviennent pas à ce serveur)"), s->first.msg);
	return session_die(s, e);
}

int session_auth(struct ssh *s, const struct ssh_config *config, int64_t until, struct err *e)
{
	struct attempt t = { .s = s, .until = until, .agent = { .fd = -1 } };
	struct err why = { 0 };
	int rc = ask_methods(&t, e);
	if (rc == 1) {
		int unusable = load_key(&t, config, &why);
		if (config->use_agent)
			rc = try_agent(&t, e);
		if (rc == 1 && !unusable)
			rc = try_file(&t, config, &why, e);
		if (rc == 1)
			rc = refused(&t, &why, e);
	}
	agent_close(&t.agent);
	keyfile_fini(&t.file);
	buf_free(&t.text);
	free(t.path);
	return rc;
}
