/* offer.c -- the identification string and the first packet of a server (RFC 4253, sections 4.2, 6 and 7.1).
 *
 * The server sends lines until one that starts with "SSH-", then a packet SSH_MSG_KEXINIT with its lists of methods. Four of these
 * lists must share a name with libssh2's; the first that does not is the reason, and each has its own remedy.
 *
 * When there is no such line, what it said instead is quoted: "Exceeded MaxStartups", or another protocol.
 */
#include "offer.h"

#include <string.h>
#include "ssh.h"
#include "wire.h"

#define KEXINIT 20
#define QUOTED_MAX 120

/* The bytes after the identification line; false: there is none. */
static bool after_banner(struct wire *out, const struct buf *opening)
{
	const char *p = opening->at, *end = p + opening->n;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			return false;
		if (end - p > 4 && !memcmp(p, "SSH-", 4)) {
			*out = (struct wire){ (const unsigned char *)nl + 1, (size_t)(end - nl - 1) };
			return true;
		}
		p = nl + 1;
	}
	return false;
}

/* length, length of padding, type, cookie: then the lists. */
static bool lists(struct wire *out, struct wire from)
{
	uint32_t n;
	if (!wire_u32(&n, &from) || n > from.n || n < 18 || from.at[1] != KEXINIT)
		return false;
	*out = (struct wire){ from.at + 18, n - 18 };
	return true;
}

static bool holds(const struct wire *list, const char *name)
{
	const char *p = (const char *)list->at, *end = p + list->n;
	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		struct wire one = { (const unsigned char *)p, (size_t)((comma ? comma : end) - p) };
		if (wire_is(&one, name))
			return true;
		p = comma ? comma + 1 : end;
	}
	return false;
}

static bool shared(const struct wire *list, LIBSSH2_SESSION *lib, int method)
{
	const char **names = NULL;
	int n = libssh2_session_supported_algs(lib, method, &names);
	bool found = n <= 0; /* we do not know: not the reason */
	for (int i = 0; i < n && !found; i++)
		found = holds(list, names[i]);
	if (n > 0)
		libssh2_free(lib, names);
	return found;
}

static const struct {
	int method;
	const char *words;
} STEPS[] = {
	{ LIBSSH2_METHOD_KEX, N_("%s n'accepte aucun échange de clés que cette version connaît (il propose %s) ; la personne qui tient le hub "
				 "peut y ajouter curve25519-sha256, ou écrivez « transport: openssh » dans la configuration") },
	{ LIBSSH2_METHOD_HOSTKEY, N_("%s n'a pas de clé de machine que cette version connaît (il propose %s) ; la personne qui tient le hub "
				     "peut lui donner une clé ed25519 (« ssh-keygen -A »), ou écrivez « transport: openssh » dans la "
				     "configuration") },
	{ LIBSSH2_METHOD_CRYPT_CS, N_("%s n'accepte aucun chiffrement que cette version connaît (il propose %s) ; la personne qui tient le hub "
				      "peut y ajouter aes256-ctr, ou écrivez « transport: openssh » dans la configuration") },
	{ LIBSSH2_METHOD_CRYPT_SC, NULL },
	{ LIBSSH2_METHOD_MAC_CS, N_("%s n'accepte aucun code MAC que cette version connaît (il propose %s) ; la personne qui tient le hub "
				    "peut y ajouter hmac-sha2-256, ou écrivez « transport: openssh » dans la configuration") },
};

static int nothing_in_common(struct err *e, LIBSSH2_SESSION *lib, struct wire from, const char *where)
{
	struct wire list;
	if (!lists(&from, from))
		return 0;
	for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
		if (!wire_string(&list, &from))
			return 0;
		if (!STEPS[i].words || shared(&list, lib, STEPS[i].method))
			continue;
		struct buf shown = BUF_INIT;
		ssh_plain(&shown, list.at, list.n, QUOTED_MAX);
		int rc = err_set(e, ERR_CONFIG, _(STEPS[i].words), where, buf_str(&shown));
		buf_free(&shown);
		return rc;
	}
	return 0;
}

int offer_explain(struct err *e, LIBSSH2_SESSION *lib, const struct buf *opening, const char *where)
{
	struct wire rest;
	struct buf said = BUF_INIT;
	int rc;
	if (after_banner(&rest, opening))
		return nothing_in_common(e, lib, rest, where);
	ssh_plain(&said, opening->at, opening->n, QUOTED_MAX);
	if (!said.n)
		rc = 0;
	else if (strstr(said.at, "MaxStartups") || strstr(said.at, "Not allowed at this time"))
		rc = err_set(e, ERR_NET, _("%s a trop de connexions en attente (réponse : %s) ; un nouvel essai aura lieu plus tard"), where,
			     said.at);
	else
		rc = err_set(e, ERR_NET, _("%s ne parle pas ssh (réponse : %s) ; vérifiez l'adresse et le port"), where, said.at);
	buf_free(&said);
	return rc;
}
