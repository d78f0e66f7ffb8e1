/* auth.c -- showing the hub who we are: keys of the agent, then key files, each offered once.
 *
 * Which, and in what order: 1. of the agent, the keys that equal one of the key files; 2. its other keys; 3. the files that the agent
 * did not show. The files: the one of the configuration, and no other; without one, those of ~/.ssh/id_ed25519, id_ecdsa, id_rsa
 * that exist.
 *
 * Why each once: a server counts refusals (sshd's MaxAuthTries is 6) and hangs up at its limit; asking again with the same key
 * also locks people out on hubs that watch for it. So at most OFFERS_MAX keys are offered, and the files have their places kept.
 *
 * A pass-phrase is never asked for here: a daemon has nobody to ask. It comes from the agent (which asks when the person is there),
 * or from a file of the configuration that nobody else can read, for machines without a person.
 *
 * Failure modes, each with its own sentence: no key anywhere; the file is missing, unreadable, open to others, not a key,
 * protected by a pass-phrase that is missing or wrong; RSA where the server wants SHA-2 signatures (libssh2 1.10 makes only SHA-1
 * ones); the agent hangs or will not sign (it is passed over); the server takes no keys at all; the key is refused, which a server
 * says in the same words when it does not know the user.
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

#define OFFERS_MAX 5
#define AGENT_PROBE_MS 2000
#define KEY_FILE_MAX (64 * 1024)
#define KEYS_MAX 3
#define PASSPHRASE_MAX 1024

struct key {
	char *path;          /* own */
	struct keyfile file;
	struct err why;      /* why it cannot be used; code 0: it can, or was and the server refused it */
};

struct attempt {
	struct ssh *s;
	int64_t until;
	struct agent agent;        /* fd -1: none */
	const struct wire *signer; /* borrow; the agent's key under trial */
	int sign_rc;               /* of the last signature */
	int agent_rc;              /* of agent_open; ERR_NOTFOUND: there is none */
	struct key key[KEYS_MAX];
	size_t nkeys;
	struct wire offered[OFFERS_MAX]; /* borrow from agent */
	size_t noffered, room;           /* room: how many the agent may show */
	bool rsa_skipped, other_skipped; /* the agent has such keys: RSA; security keys and certificates */
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

/* 0: in. 1: this key is refused, go on. Negative: the session has died. A line that ends before the server has answered is no refusal:
 * a daemon would not come back from one before somebody had mended what is not broken. */
static int result(struct attempt *t, int rc, struct err *e)
{
	switch (t->s->ended ? LIBSSH2_ERROR_SOCKET_DISCONNECT : rc) {
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
	if (!rsa && !wire_is(&type, "ssh-ed25519") && !(type.n == 19 && !memcmp(type.at, "ecdsa-sha2-nistp", 16))) {
		t->other_skipped = true; /* libssh2 1.10 does not know their signatures */
		return 1;
	}
	if (t->noffered >= t->room)
		return 1;
	t->offered[t->noffered++] = *key;
	t->signer = key;
	t->sign_rc = 0;
	void *me = t;
	int rc, w;
	while ((rc = libssh2_userauth_publickey(t->s->lib, t->s->user, key->at, key->n, sign_by_agent, &me)) ==
	       LIBSSH2_ERROR_EAGAIN)
		if ((w = session_wait(t->s, t->until, t->s->handshake_ms, e)) != 0)
			return w;
	if (t->sign_rc == ERR_CANCELLED || t->sign_rc == ERR_NET) {
		ssherr_wait(&t->s->first, t->sign_rc, t->s->handshake_ms, t->s->where);
		return session_die(t->s, e);
	}
	return result(t, rc, e);
}

static bool is_ours(const struct attempt *t, const struct wire *key)
{
	for (size_t i = 0; i < t->nkeys; i++)
		if (same_key(key, &t->key[i].file.public))
			return true;
	return false;
}

static int try_agent(struct attempt *t, const char *socket, struct err *e)
{
	int64_t soon = clock_mono_ms() + AGENT_PROBE_MS;
	int rc = t->agent_rc = agent_open(&t->agent, socket, soon < t->until ? soon : t->until, t->s->cancel);
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
			if (is_ours(t, &t->agent.key[i]) != (pass == 0))
				continue;
			rc = try_agent_key(t, &t->agent.key[i], e);
			if (rc <= 0)
				return rc;
		}
	return 1;
}

/* A file that holds a secret is nobody else's: as ssh sees it. */
static bool open_to_others(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && st.st_uid == getuid() && st.st_mode & 077;
}

/* Look at a key file. k->why: why it cannot be used; said only if nothing else helps. */
static void look(struct attempt *t, struct key *k, const struct ssh_config *config)
{
	struct buf text = BUF_INIT;
	struct err io;
	if (fs_read(&text, k->path, KEY_FILE_MAX, &io)) {
		err_set(&k->why, ERR_CONFIG,
			_("la clé ssh ne peut pas être lue : %s ; vérifiez le chemin de la clé dans la configuration"), io.msg);
		return;
	}
	keyfile_look(&k->file, buf_str(&text), text.n);
	explicit_bzero(text.at, text.n);
	buf_free(&text);
	if (open_to_others(k->path))
		err_set(&k->why, ERR_CONFIG,
			_("la clé ssh %s peut être lue par d'autres personnes ; protégez-la avec « chmod 600 %s »"), k->path, k->path);
	else if (k->file.is_public)
		err_set(&k->why, ERR_CONFIG,
			_("%s est une clé publique ; indiquez le fichier de la clé privée, d'ordinaire le même nom sans .pub"), k->path);
	else if (!k->file.is_key)
		err_set(&k->why, ERR_CONFIG,
			_("%s n'est pas une clé ssh privée, ou le fichier est abîmé ; indiquez une autre clé ou créez-en une avec "
			  "« ssh-keygen -t ed25519 »"),
			k->path);
	else if (k->file.security)
		err_set(&k->why, ERR_CONFIG,
			_("%s appartient à une clé de sécurité (FIDO), que « transport: natif » ne connaît pas ; écrivez « transport: openssh » "
			  "dans la configuration"),
			k->path);
	else if (k->file.rsa && refuses_sha1(t->s))
		err_set(&k->why, ERR_AUTH,
			_("%s n'accepte plus les signatures de clés RSA comme %s ; créez une clé avec « ssh-keygen -t ed25519 » et "
			  "transmettez son fichier .pub à la personne qui tient le hub, ou écrivez « transport: openssh » dans la "
			  "configuration"),
			t->s->where, k->path);
	else if (k->file.encrypted && !config->passphrase_file)
		err_set(&k->why, ERR_AUTH, _("la clé ssh %s est protégée par une phrase de passe ; chargez-la dans l'agent avec "
					     "« ssh-add %s » et réessayez"),
			k->path, k->path);
}

static int find_keys(struct attempt *t, const struct ssh_config *config, struct err *e)
{
	static const char *const usual[KEYS_MAX] = { ".ssh/id_ed25519", ".ssh/id_ecdsa", ".ssh/id_rsa" };
	for (size_t i = 0; i < (config->key_file ? 1 : KEYS_MAX); i++) {
		char *path = config->key_file ? wire_home_path(config->key_file, NULL) : wire_home_path(NULL, usual[i]);
		if (!path)
			return err_nomem(e);
		if (!config->key_file && access(path, F_OK)) {
			free(path);
			continue;
		}
		struct key *k = &t->key[t->nkeys++];
		k->path = path;
		look(t, k, config);
	}
	return 0;
}

/* The pass-phrase: the file's first line. out is wiped by the caller. */
static int read_passphrase(struct buf *out, const char *path, struct err *why)
{
	struct err io;
	if (open_to_others(path))
		return err_set(why, ERR_CONFIG,
			       _("la phrase de passe dans %s peut être lue par d'autres personnes ; protégez-la avec « chmod 600 %s »"), path,
			       path);
	if (fs_read(out, path, PASSPHRASE_MAX, &io))
		return err_set(why, ERR_CONFIG, _("la phrase de passe de la clé ssh ne peut pas être lue : %s"), io.msg);
	buf_cut(out, strcspn(buf_str(out), "\r\n"));
	return 0;
}

static int offer(struct attempt *t, struct key *k, const char *passphrase, struct err *e)
{
	struct ssh *s = t->s;
	int rc, w;
	while ((rc = libssh2_userauth_publickey_fromfile_ex(s->lib, s->user, (unsigned)strlen(s->user), NULL, k->path, passphrase)) ==
	       LIBSSH2_ERROR_EAGAIN)
		if ((w = session_wait(s, t->until, s->handshake_ms, e)) != 0)
			return w;
	if (rc == LIBSSH2_ERROR_FILE || rc == LIBSSH2_ERROR_METHOD_NONE) {
		if (k->file.encrypted)
			err_set(&k->why, ERR_AUTH, _("la phrase de passe de la clé ssh %s n'est pas la bonne ; réessayez"), k->path);
		else
			err_set(&k->why, ERR_CONFIG,
				_("la clé ssh %s ne peut pas être utilisée : elle est abîmée ou d'un type inconnu ; créez-en une avec "
				  "« ssh-keygen -t ed25519 »"),
				k->path);
		return 1;
	}
	return result(t, rc, e);
}

static int try_file(struct attempt *t, struct key *k, const struct ssh_config *config, struct err *e)
{
	struct buf secret = BUF_INIT;
	int rc = 1;
	for (size_t i = 0; i < t->noffered; i++)
		if (same_key(&t->offered[i], &k->file.public))
			return 1;
	if (!k->file.encrypted || !read_passphrase(&secret, config->passphrase_file, &k->why))
		rc = offer(t, k, buf_str(&secret), e);
	if (secret.at)
		explicit_bzero(secret.at, secret.n);
	buf_free(&secret);
	return rc;
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
		int w = session_wait(s, t->until, s->handshake_ms, e);
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

static void say_no_key(struct err *err, const struct attempt *t)
{
	if (t->noffered)
		err_set(err, ERR_AUTH,
			_("%s refuse les clés de l'agent pour %s, et il n'y a pas de fichier de clé ; demandez à la personne qui tient le hub "
			  "d'inscrire l'une des clés que montre « ssh-add -L »"),
			t->s->where, t->s->user);
	else
		err_set(err, ERR_AUTH,
			_("%s : aucune clé ssh trouvée (~/.ssh/id_ed25519 ou ~/.ssh/id_ecdsa) ; créez-en une avec "
			  "« ssh-keygen -t ed25519 », puis transmettez le fichier ~/.ssh/id_ed25519.pub à la personne "
			  "qui tient le hub"),
			t->s->where);
}

static void say_refused(struct err *err, const struct attempt *t, const char *path)
{
	if (t->s->user_assumed)
		err_set(err, ERR_AUTH,
			_("%s refuse la clé %s pour %s, votre nom sur cet ordinateur, car l'adresse n'en dit pas d'autre ; écrivez-y celui du "
			  "hub (ssh://nom@%s/...), ou demandez à la personne qui tient le hub d'inscrire le contenu de %s.pub"),
			t->s->where, path, t->s->user, t->s->host, path);
	else
		err_set(err, ERR_AUTH,
			_("%s refuse la clé %s pour %s ; vérifiez ce nom d'utilisateur dans l'adresse, ou demandez à la personne qui tient le "
			  "hub d'y inscrire le contenu de %s.pub"),
			t->s->where, path, t->s->user, path);
}

/* More than one thing may have gone wrong; the first that the person can mend is said, the rest in brackets. */
static int refused(struct attempt *t, const struct ssh_config *config, struct err *e)
{
	struct err *err = &t->s->first;
	const struct key *said = NULL;
	for (size_t i = 0; i < t->nkeys && !said; i++)
		if (!t->key[i].why.code)
			said = &t->key[i];
	if (said)
		say_refused(err, t, said->path);
	else if (t->nkeys)
		*err = (said = &t->key[0])->why;
	else
		say_no_key(err, t);
	if (said && t->noffered)
		err_set(err, err->code, _("%s (clés de l'agent refusées aussi : %zu)"), err->msg, t->noffered);
	if (t->rsa_skipped)
		err_set(err, err->code, _("%s (les clés RSA de l'agent ne conviennent pas à ce serveur)"), err->msg);
	if (t->other_skipped)
		err_set(err, err->code,
			_("%s (l'agent tient aussi des clés que seul « transport: openssh » peut utiliser : clés de sécurité, certificats)"),
			err->msg);
	if (said && said->file.encrypted && t->agent_rc == ERR_NOTFOUND)
		err_set(err, err->code, _("%s (il n'y a pas d'agent : SSH_AUTH_SOCK n'est pas défini, ni agent_ssh dans la configuration)"),
			err->msg);
	else if (said && t->agent_rc && t->agent_rc != ERR_NOTFOUND)
		err_set(err, err->code, _("%s (l'agent ssh %s ne répond pas)"), err->msg, config->agent);
	return session_die(t->s, e);
}

int session_auth(struct ssh *s, const struct ssh_config *config, int64_t until, struct err *e)
{
	struct attempt t = { .s = s, .until = until, .agent = { .fd = -1 } };
	int rc = ask_methods(&t, e);
	if (rc == 1 && find_keys(&t, config, &s->first))
		rc = session_die(s, e);
	t.room = OFFERS_MAX;
	for (size_t i = 0; i < t.nkeys; i++)
		t.room -= !t.key[i].why.code;
	if (rc == 1)
		rc = try_agent(&t, config->agent, e);
	for (size_t i = 0; rc == 1 && i < t.nkeys; i++)
		if (!t.key[i].why.code)
			rc = try_file(&t, &t.key[i], config, e);
	if (rc == 1)
		rc = refused(&t, config, e);
	agent_close(&t.agent);
	for (size_t i = 0; i < t.nkeys; i++) {
		keyfile_fini(&t.key[i].file);
		free(t.key[i].path);
	}
	return rc;
}
