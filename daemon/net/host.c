/* host.c -- the question "is this the machine we mean?", as a person meets it: never accepted in silence.
 *
 * First contact: the fingerprint is shown with the command that accepts it; the command is given the fingerprint, so that what is
 * accepted is what was read. A changed key is refused whatever was given: the line that says otherwise must be taken out first, by hand.
 */
#include "session.h"

#include <string.h>
#include "hostkey.h"
#include "base/trace.h"

#define HOST_TYPES "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,ssh-rsa"

static bool accepted(const char *given, const char *fingerprint)
{
	while (given && *given == ' ')
		given++;
	if (!given)
		return false;
	if (!strncmp(given, "SHA256:", 7))
		given += 7;
	return !strncmp(given, fingerprint + 7, 43) && (!given[43] || !strcmp(given + 43, "="));
}

/* Say what is wrong with the key, into err. */
static void judge(struct err *err, const struct ssh *s, const struct hostkey_answer *a, const char *fp, const struct ssh_config *config)
{
	const char *given = config->accept_host_key, *command = config->accept_command ? config->accept_command : "maillage sync";
	char name[HOSTKEY_NAME];
	switch (a->verdict) {
	case HOSTKEY_REVOKED:
		err_set(err, ERR_HOSTKEY,
			_("ATTENTION : la clé que présente %s (%s) est révoquée (%s:%d) ; n'échangez rien avec cette machine et prévenez la "
			  "personne qui tient le hub"),
			s->where, fp, a->path, a->line);
		return;
	case HOSTKEY_CHANGED:
		hostkey_name(name, s->host, s->port);
		err_set(err, ERR_HOSTKEY,
			_("ATTENTION : la clé de %s a changé. Connue (%s:%d) : %s ; présentée : %s. Quelqu'un se fait "
			  "peut-être passer pour cette machine : demandez à la personne qui tient le hub si c'est voulu. Si oui, "
			  "retirez l'ancienne clé avec « ssh-keygen -f %s -R '%s' », puis acceptez la nouvelle avec "
			  "« %s --accept-host-key %s »"),
			s->where, a->path, a->line, a->known, fp, a->path, name, command, fp);
		return;
	default:
		break;
	}
	if (given)
		err_set(err, ERR_HOSTKEY,
			_("la clé de %s n'est pas celle que vous acceptez : la machine présente %s, vous avez donné %.80s ; vérifiez "
			  "l'empreinte auprès de la personne qui tient le hub"),
			s->where, fp, given);
	else if (a->verdict == HOSTKEY_AUTHORITY)
		err_set(err, ERR_HOSTKEY,
			_("%s:%d fait confiance à %s par certificat (@cert-authority), ce que « transport: natif » ne connaît pas. L'empreinte "
			  "de sa clé est %s ; vérifiez-la auprès de la personne qui tient le hub, puis acceptez-la avec "
			  "« %s --accept-host-key %s », ou écrivez « transport: openssh » dans la configuration"),
			a->path, a->line, s->where, fp, command, fp);
	else if (a->verdict == HOSTKEY_OTHER)
		err_set(err, ERR_HOSTKEY,
			_("%s présente une clé d'un autre type que celle déjà connue (%s:%d). Son empreinte est %s ; "
			  "vérifiez-la auprès de la personne qui tient le hub, puis acceptez-la avec « %s --accept-host-key %s »"),
			s->where, a->path, a->line, fp, command, fp);
	else
		err_set(err, ERR_HOSTKEY,
			_("la machine %s n'est pas encore connue. L'empreinte de sa clé est %s ; vérifiez-la auprès de la personne qui "
			  "tient le hub, puis acceptez-la avec « %s --accept-host-key %s »"),
			s->where, fp, command, fp);
}

int session_check_host(struct ssh *s, const struct hostkeys *keys, const char *path, const struct ssh_config *config, struct err *e)
{
	size_t n;
	int type;
	const char *blob = libssh2_session_hostkey(s->lib, &n, &type);
	if (!blob)
		return session_die_lib(s, LIBSSH2_ERROR_HOSTKEY_INIT, _("clé de la machine"), e);
	char fp[HOSTKEY_FINGERPRINT];
	struct hostkey_answer a;
	hostkey_fingerprint(fp, blob, n);
	hostkey_check(&a, keys, s->host, s->port, blob, n);
	if (a.verdict == HOSTKEY_KNOWN)
		return 0;
	if (a.verdict != HOSTKEY_CHANGED && a.verdict != HOSTKEY_REVOKED && accepted(config->accept_host_key, fp)) {
		trace("ssh %s: host key %s accepted", s->where, fp);
		return hostkey_add(path, s->host, s->port, blob, n, &s->first) ? session_die(s, e) : 0;
	}
	judge(&s->first, s, &a, fp, config);
	return session_die(s, e);
}

/* Ask for the types that the file holds for this host first: a server has several keys, and the one it would choose by itself may
 * be one that this file does not know. */
int session_prefer_known(struct ssh *s, const struct hostkeys *keys, struct err *e)
{
	struct buf types = BUF_INIT;
	const char *rest = HOST_TYPES;
	hostkey_types(&types, keys, s->host, s->port);
	buf_printf(&types, "%s%s", types.n ? "," : "", rest); /* repeated and unknown names are dropped by libssh2 */
	int rc = buf_ok(&types) ? libssh2_session_method_pref(s->lib, LIBSSH2_METHOD_HOSTKEY, types.at) : LIBSSH2_ERROR_ALLOC;
	buf_free(&types);
	return rc ? session_die_lib(s, rc, _("clé de la machine"), e) : 0;
}
