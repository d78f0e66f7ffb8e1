#include "ssherr.h"
#include "ssh.h"

#include <errno.h>
#include <libssh2.h>
#include <netdb.h>
#include <string.h>

#define QUOTED_MAX 300

void ssh_plain(struct buf *out, const void *words, size_t n, size_t max)
{
	const unsigned char *p = words;
	const char *between = "";
	size_t start = out->n;
	for (size_t i = 0; i < n && out->n - start < max; i++) {
		if (p[i] == '\n' || p[i] == '\r') {
			between = out->n > start ? " ; " : "";
		} else if (p[i] > ' ' && p[i] != 0x7F && !(p[i] == 0xC2 && i + 1 < n && p[i + 1] < 0xA0)) { /* nor U+0080-9F */
			buf_printf(out, "%s%c", between, p[i]);
			between = "";
		} else if (!*between && out->n > start) {
			between = " ";
		}
	}
}

int ssherr_lib(struct err *e, int rc, const char *text, const char *where, const char *what)
{
	const char *detail = text && *text ? text : "-";
	switch (rc) {
	case LIBSSH2_ERROR_ALLOC:
		return err_nomem(e);
	case LIBSSH2_ERROR_BANNER_RECV:
	case LIBSSH2_ERROR_BANNER_SEND:
		return err_set(e, ERR_NET,
			       _("%s ne répond pas comme un serveur ssh ; vérifiez l'adresse et le port, ou réessayez plus tard "
				 "si le serveur est surchargé (%s)"),
			       where, detail);
	case LIBSSH2_ERROR_SOCKET_DISCONNECT:
	case LIBSSH2_ERROR_SOCKET_RECV:
	case LIBSSH2_ERROR_SOCKET_SEND:
	case LIBSSH2_ERROR_BAD_SOCKET:
		return err_set(e, ERR_NET, _("%s : la liaison a été coupée (%s) ; un nouvel essai aura lieu plus tard"), where, what);
	case LIBSSH2_ERROR_TIMEOUT:
	case LIBSSH2_ERROR_SOCKET_TIMEOUT:
		return err_set(e, ERR_NET, _("%s : pas de réponse à temps (%s) ; vérifiez la connexion"), where, what);
	case LIBSSH2_ERROR_KEX_FAILURE:
	case LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE:
	case LIBSSH2_ERROR_METHOD_NONE:
	case LIBSSH2_ERROR_HOSTKEY_INIT:
	case LIBSSH2_ERROR_HOSTKEY_SIGN:
		return err_set(e, ERR_CONFIG,
			       _("%s : pas d'accord sur le chiffrement (%s) ; écrivez « transport: openssh » dans la configuration, ou "
				 "prévenez la personne qui tient le hub"),
			       where, detail);
	case LIBSSH2_ERROR_CHANNEL_FAILURE:
	case LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED:
		return err_set(e, ERR_NET,
			       _("%s : le serveur refuse d'exécuter la commande (%s) ; réessayez plus tard, ou demandez à la personne "
				 "qui tient le hub ce que votre clé permet"),
			       where, what);
	case LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
	case LIBSSH2_ERROR_INVAL:
	case LIBSSH2_ERROR_FILE:
	case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
	case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
		return err_set(e, ERR_AUTH, _("%s : l'authentification a échoué (%s ; %s)"), where, what, detail);
	default:
		return err_set(e, ERR_NET, _("%s : erreur de liaison ssh n° %d (%s ; %s) ; un nouvel essai aura lieu plus tard"),
			       where, rc, what, detail);
	}
}

int ssherr_wait(struct err *e, int rc, int ms, const char *where)
{
	if (rc == ERR_CANCELLED)
		return err_set(e, ERR_CANCELLED, _("%s : échange arrêté à la demande"), where);
	if (rc == ERR_NET)
		return err_set(e, ERR_NET,
			       _("%s : pas de réponse depuis %.3g s ; vérifiez la connexion, un nouvel essai aura lieu plus tard"),
			       where, ms / 1000.0);
	return err_set(e, rc, _("%s : attente impossible (%s)"), where, strerror(errno));
}

int ssherr_total(struct err *e, int ms, const char *where)
{
	return err_set(e, ERR_NET, _("%s : l'échange a duré plus de %.3g s et a été arrêté ; un nouvel essai aura lieu plus tard"), where,
		       ms / 1000.0);
}

int ssherr_resolve(struct err *e, int gai, const char *host)
{
	switch (gai) {
	case EAI_MEMORY:
		return err_nomem(e);
	case EAI_NONAME:
	case EAI_FAIL:
#ifdef EAI_NODATA
	case EAI_NODATA:
#endif
		return err_set(e, ERR_NET, _("%s : cette machine est introuvable ; vérifiez l'orthographe de son nom et la connexion"),
			       host);
	case EAI_AGAIN:
		return err_set(e, ERR_NET, _("%s : le nom n'a pas pu être cherché ; vérifiez la connexion à Internet"), host);
	default:
		return err_set(e, ERR_NET, _("%s : recherche du nom impossible (%s)"), host,
			       gai == EAI_SYSTEM ? strerror(errno) : gai_strerror(gai));
	}
}

int ssherr_connect(struct err *e, int number, const char *where)
{
	switch (number) {
	case ECONNREFUSED:
		return err_set(e, ERR_NET,
			       _("%s : connexion refusée ; aucun serveur ssh n'y écoute : vérifiez l'adresse et le port, ou réessayez "
				 "plus tard"),
			       where);
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
		return err_set(e, ERR_NET, _("%s : machine hors d'atteinte ; vérifiez la connexion à Internet"), where);
	default:
		return err_set(e, ERR_NET, _("%s : connexion impossible (%s) ; vérifiez la connexion"), where, strerror(number));
	}
}

/* OpenSSH's words (sshconnect.c, ssh.c, packet.c of 9.2; unchanged for twenty years), first match counts. */
static const struct {
	const char *sign;
	int code;
	const char *words;
} CAUSES[] = {
	{ "REMOTE HOST IDENTIFICATION HAS CHANGED", ERR_HOSTKEY,
	  N_("ATTENTION : la clé de %s a changé. Quelqu'un se fait peut-être passer pour cette machine : demandez à la personne qui tient le "
	     "hub si c'est voulu ; ssh dit : %s") },
	{ "is marked as revoked", ERR_HOSTKEY,
	  N_("ATTENTION : la clé que présente %s est révoquée ; n'échangez rien avec cette machine et prévenez la personne qui tient le hub "
	     "(ssh dit : %s)") },
	{ "host key is known", ERR_HOSTKEY, NULL }, /* "No ED25519 host key is known for x and you have requested strict checking" */
	{ "Host key verification failed", ERR_HOSTKEY, NULL },
	{ "Permission denied (", ERR_AUTH,
	  N_("%s refuse vos clés, ou ne connaît pas cet utilisateur ; vérifiez l'adresse, chargez votre clé dans l'agent (« ssh-add »), "
	     "ou demandez à la personne qui tient le hub d'inscrire votre clé (ssh dit : %s)") },
	{ "Too many authentication failures", ERR_AUTH,
	  N_("%s a refusé trop de clés de suite ; indiquez la bonne par « cle_ssh » dans la configuration (ssh dit : %s)") },
	{ "no matching ", ERR_CONFIG, N_("%s et ssh n'ont pas de chiffrement en commun ; prévenez la personne qui tient le hub (ssh dit : %s)") },
	{ "onfiguration option", ERR_CONFIG, N_("%s : la configuration de ssh contient une erreur (ssh dit : %s)") },
	{ "Bad owner or permissions", ERR_CONFIG, N_("%s : la configuration de ssh contient une erreur (ssh dit : %s)") },
	{ "Could not resolve hostname", ERR_NET,
	  N_("%s : cette machine est introuvable ; vérifiez l'orthographe de son nom et la connexion (ssh dit : %s)") },
	{ "Connection refused", ERR_NET,
	  N_("%s : connexion refusée ; aucun serveur ssh n'y écoute : vérifiez l'adresse et le port, ou réessayez plus tard (ssh dit : %s)") },
	{ "timed out", ERR_NET, N_("%s : pas de réponse à temps ; vérifiez la connexion (ssh dit : %s)") },
	{ "unreachable", ERR_NET, N_("%s : machine hors d'atteinte ; vérifiez la connexion à Internet (ssh dit : %s)") },
	{ "No route to host", ERR_NET, N_("%s : machine hors d'atteinte ; vérifiez la connexion à Internet (ssh dit : %s)") },
};

int ssherr_program(struct err *e, const char *raw, size_t nraw, const char *where, const char *login)
{
	struct buf said = BUF_INIT;
	size_t i = 0, n = sizeof CAUSES / sizeof *CAUSES;
	int rc;
	while (i < n && !strstr(raw, CAUSES[i].sign))
		i++;
	ssh_plain(&said, raw, nraw, QUOTED_MAX);
	const char *words = said.n ? said.at : "-";
	if (i == n)
		rc = err_set(e, ERR_NET, _("%s : le programme ssh a échoué ; un nouvel essai aura lieu plus tard (ssh dit : %s)"), where, words);
	else if (CAUSES[i].words)
		rc = err_set(e, CAUSES[i].code, _(CAUSES[i].words), where, words);
	else
		rc = err_set(e, ERR_HOSTKEY,
			     _("la machine %s n'est pas encore connue ; avec « transport: openssh », lancez une fois « ssh %s » dans un terminal, "
			       "comparez l'empreinte avec celle que donne la personne qui tient le hub, et acceptez-la (ssh dit : %s)"),
			     where, login, words);
	buf_free(&said);
	return rc;
}
