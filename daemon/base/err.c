#include "err.h"
#include "text.h"
#include "trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the whole character at s; 0: there is none. */
static size_t character(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF5 ? 4 : 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

void err_mend(char *msg)
{
	char *to = msg;
	for (const char *s = msg; *s;) {
		size_t n = character((const unsigned char *)s);
		memmove(to, s, n);
		to += n;
		s += n ? n : 1;
	}
	*to = 0;
}

int err__set(struct err *e, int code, const char *file, int line, const char *fmt, ...)
{
	if (!e)
		return code;
	char msg[ERR_MSG_MAX]; /* the arguments may point into e->msg */
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	err_mend(msg);
	text_disarm(msg);
	memcpy(e->msg, msg, sizeof msg);
	e->code = code;
	e->file = file;
	e->line = line;
	return code;
}

int err__errno(struct err *e, const char *file, int line, const char *what)
{
	int n = errno, code = ERR_IO;
	const char *why = NULL;
	switch (n) {
	case ENOSPC:
	case EDQUOT:
		code = ERR_NOSPC;
		why = _("le disque est plein ; libérez de la place, rien n'a été écrit à moitié");
		break;
	case EACCES:
	case EPERM:
	case EROFS:
		code = ERR_PERM;
		why = _("accès refusé ; vérifiez les droits du fichier ou du dossier");
		break;
	case ENOENT:
	case ENOTDIR:
		code = ERR_NOTFOUND;
		why = _("introuvable");
		break;
	case EEXIST:
		code = ERR_EXISTS;
		why = _("ce nom est déjà pris");
		break;
	case EISDIR:
		code = ERR_DATA;
		why = _("c'est un dossier, pas un fichier");
		break;
	case EAGAIN:
	case EBUSY:
		code = ERR_BUSY;
		break;
	case ENOMEM:
		code = ERR_NOMEM;
		break;
	default:
		break;
	}
	return err__set(e, code, file, line, _("%s : %s"), what, why ? why : strerror(n));
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	if (!e)
		return ERR_IO;
	char prefix[ERR_MSG_MAX / 2], old[ERR_MSG_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(prefix, sizeof prefix, fmt, ap);
	va_end(ap);
	memcpy(old, e->msg, sizeof old);
	return err__set(e, e->code, e->file, e->line, _("%s : %s"), prefix, old);
}

int err_nomem(struct err *e)
{
	return err_set(e, ERR_NOMEM, "%s", _("mémoire insuffisante ; fermez d'autres programmes et recommencez"));
}

const char *err_name(int code)
{
	switch (code) {
	case 0:
		return "OK";
#define X(name, class, exit) \
	case ERR_##name: \
		return #name;
		ERR_CODES(X)
#undef X
	default:
		return "?";
	}
}

enum err_class err_class(int code)
{
	switch (code) {
#define X(name, class, exit) \
	case ERR_##name: \
		return class;
		ERR_CODES(X)
#undef X
	default:
		return ERR_FINAL;
	}
}

int err_exit_code(int code)
{
	switch (code) {
	case 0:
		return 0;
#define X(name, class, exit) \
	case ERR_##name: \
		return exit;
		ERR_CODES(X)
#undef X
	default:
		return 70; /* EX_SOFTWARE: a code outside the table is a bug */
	}
}

void must__failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "maillage: bug: %s:%d: must(%s)\n", file, line, cond);
	trace_dump(stderr);
	abort();
}
