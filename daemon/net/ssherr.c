#include "ssherr.h"

#include <errno.h>
#include <libssh2.h>
#include <netdb.h>
#include <string.h>

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
		/* RSA host keys with SHA-2 and encrypt-then-MAC codes came to libssh2 after 1.10 */
		return err_set(e, ERR_CONFIG,
			       _("%s : aucun chiffrement en commun ; la personne qui tient le hub doit lui donner une clé d'hôte "
				 "ed25519 ou ecdsa et permettre un code MAC ordinaire comme hmac-sha2-256 (%s)"),
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
