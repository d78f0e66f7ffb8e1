/* url.c -- the addresses git users write: ssh://[user@]host[:port]/path and [user@]host:path.
 *
 * Same reading as git's connect.c, so that an address that works with git works here: a colon before the first slash makes a
 * path an ssh address, %XX is decoded in ssh:// only, a path that starts with /~ is relative to a home folder. Refused beyond
 * git: control characters anywhere; a user, host or path that starts with "-" (it would be an option to the program that is handed
 * it: CVE-2017-1000117); a shell's characters in user or host, which a ProxyCommand of ~/.ssh/config may hand to one (CVE-2023-51385).
 */
#include "ssh.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SHELL " '\"`$&;<>|(){}\\*?!#~"

static const char *after_scheme(const char *url)
{
	static const char *const schemes[] = { "ssh://", "git+ssh://", "ssh+git://" };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (!strncmp(url, schemes[i], strlen(schemes[i])))
			return url + strlen(schemes[i]);
	return NULL;
}

/* The colon that ends the host of host:path, or NULL. A "[...]" in front is an IPv6 address and keeps its colons. */
static const char *scp_colon(const char *url)
{
	const char *at = strchr(url, '@'), *slash = strchr(url, '/');
	const char *host = at && (!slash || at < slash) ? at + 1 : url;
	if (*host == '[' && (host = strchr(host, ']')) == NULL)
		return NULL;
	const char *colon = strchr(host, ':');
	return colon && colon > url && (!slash || colon < slash) ? colon : NULL;
}

bool ssh_url_is(const char *url)
{
	if (after_scheme(url))
		return true;
	return !strstr(url, "://") && scp_colon(url);
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

static bool decode(struct buf *out, const char *s, size_t n, bool percent)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (percent && c == '%') {
			if (n - i < 3 || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0)
				return false;
			c = (unsigned char)(hex(s[i + 1]) * 16 + hex(s[i + 2]));
			i += 2;
		}
		if (c < 0x20 || c == 0x7F)
			return false;
		buf_putc(out, (char)c);
	}
	return true;
}

static bool port_of(int *out, const char *s, size_t n)
{
	int port = 0;
	if (!n || n > 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		port = port * 10 + (s[i] - '0');
	}
	*out = port;
	return port > 0 && port < 65536;
}

/* [user@]host[:port], n bytes. */
static bool authority(struct ssh_target *out, const char *s, size_t n, bool percent, bool with_port)
{
	const char *end = s + n, *at = NULL;
	for (const char *p = s; p < end; p++)
		if (*p == '@')
			at = p;
	struct buf user = BUF_INIT, host = BUF_INIT;
	const char *h = at ? at + 1 : s, *hend = end;
	bool ok = !at || (at > s && decode(&user, s, (size_t)(at - s), percent));
	out->port = 0;
	if (h < end && *h == '[') {
		hend = memchr(h, ']', (size_t)(end - h));
		ok = ok && hend;
		if (ok && hend + 1 < end)
			ok = with_port && hend[1] == ':' && port_of(&out->port, hend + 2, (size_t)(end - hend - 2));
		h++;
	} else if (with_port) {
		const char *colon = memchr(h, ':', (size_t)(end - h));
		if (colon) {
			ok = ok && port_of(&out->port, colon + 1, (size_t)(end - colon - 1));
			hend = colon;
		}
	}
	ok = ok && decode(&host, h, (size_t)(hend - h), percent) && host.n && host.n < sizeof out->host &&
	     user.n < sizeof out->user && *host.at != '-' && *buf_str(&user) != '-' && !strpbrk(host.at, "/@[]" SHELL) &&
	     !strpbrk(buf_str(&user), SHELL) &&
	     buf_ok(&host) && buf_ok(&user);
	if (ok) {
		memcpy(out->user, buf_str(&user), user.n + 1);
		for (size_t i = 0; i <= host.n; i++) /* names are compared without case, and known_hosts is in lower case */
			out->host[i] = (char)tolower((unsigned char)host.at[i]);
	}
	buf_free(&user);
	buf_free(&host);
	return ok;
}

int ssh_parse_url(struct ssh_target *out, char **path, const char *url, struct err *e)
{
	const char *rest = after_scheme(url), *p;
	struct ssh_target t = { 0 };
	struct buf b = BUF_INIT;
	bool ok;
	if (rest) {
		p = strchr(rest, '/');
		ok = p && authority(&t, rest, (size_t)(p - rest), true, true);
		if (ok && p[1] == '~')
			p++;
	} else {
		p = ssh_url_is(url) ? scp_colon(url) : NULL;
		ok = p && authority(&t, url, (size_t)(p - url), false, false);
		if (ok) {
			p++;
			if (p[0] == '/' && p[1] == '~')
				p++;
		}
	}
	ok = ok && *p && *p != '-' && strcmp(p, "/") && strlen(p) < 4096 && decode(&b, p, strlen(p), rest != NULL) && b.n;
	if (!ok) {
		buf_free(&b);
		return err_set(e, ERR_CONFIG,
			       _("« %.200s » n'est pas une adresse ssh complète ; écrivez-la sous la forme "
				 "ssh://utilisateur@machine/chemin ou utilisateur@machine:chemin"),
			       url);
	}
	char *stolen = buf_steal(&b);
	if (!stolen)
		return err_nomem(e);
	*out = t;
	*path = stolen;
	return 0;
}

void ssh_quote(struct buf *out, const char *path)
{
	buf_putc(out, '\'');
	for (; *path; path++) {
		if (*path == '\'' || *path == '!') /* "!": csh expands it even between quotes */
			buf_printf(out, "'\\%c'", *path);
		else
			buf_putc(out, *path);
	}
	buf_putc(out, '\'');
}
