#include "giterr.h"

#include <git2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/trace.h"

static bool says(const char *text, const char *part)
{
	return text && strcasestr(text, part);
}

/* An object that should be there and is not means damage; a ref or a setting that is missing is an ordinary answer. */
static int not_found(int klass)
{
	switch (klass) {
	case GIT_ERROR_ODB:
	case GIT_ERROR_OBJECT:
	case GIT_ERROR_TREE:
	case GIT_ERROR_INDEXER:
		return ERR_CORRUPT;
	default:
		return ERR_NOTFOUND;
	}
}

/* "no longer exists" is how libgit2 puts an index that is shorter than its own header. */
static bool index_is_damaged(const char *text)
{
	return says(text, "no longer exists") || says(text, "corrupt") || says(text, "invalid") ||
	       says(text, "incorrect header") || says(text, "checksum") || says(text, "expected");
}

/* Whoever asked for it: the index does, too. */
static bool is_missing_object(const char *text)
{
	return says(text, "object not found");
}

static int by_class(int klass, const char *text)
{
	if (is_missing_object(text))
		return ERR_CORRUPT;
	if (says(text, "no space left") || says(text, "quota exceeded"))
		return ERR_NOSPC;
	if (says(text, "permission denied") || says(text, "read-only file system"))
		return ERR_PERM;
	if (says(text, "cannot allocate memory"))
		return ERR_NOMEM;
	switch (klass) {
	case GIT_ERROR_NOMEMORY:
		return ERR_NOMEM;
	case GIT_ERROR_NET:
	case GIT_ERROR_SSL:
	case GIT_ERROR_SSH:
	case GIT_ERROR_HTTP:
		return ERR_NET;
	case GIT_ERROR_ZLIB:
	case GIT_ERROR_OBJECT:
	case GIT_ERROR_TREE:
	case GIT_ERROR_INDEXER:
		return ERR_CORRUPT;
	case GIT_ERROR_ODB:
		return says(text, "corrupt") || says(text, "hash mismatch") || says(text, "inflate") || says(text, "invalid") ?
			       ERR_CORRUPT :
			       ERR_IO;
	case GIT_ERROR_REFERENCE:
		return says(text, "corrupt") ? ERR_CORRUPT : ERR_IO;
	case GIT_ERROR_INDEX:
		return index_is_damaged(text) ? ERR_CORRUPT : ERR_IO;
	case GIT_ERROR_CONFIG:
		return ERR_CONFIG;
	default:
		return ERR_IO;
	}
}

int giterr_code(int rc, int klass, const char *text)
{
	switch (rc) {
	case GIT_ENOTFOUND:
		return not_found(klass);
	case GIT_EAMBIGUOUS:
	case GIT_EINVALIDSPEC:
	case GIT_EUNBORNBRANCH:
		return ERR_NOTFOUND;
	case GIT_EEXISTS:
		return ERR_EXISTS;
	case GIT_ELOCKED:
		return ERR_BUSY;
	case GIT_EMODIFIED:
	case GIT_ENONFASTFORWARD:
		return ERR_RACE;
	case GIT_EAUTH:
		return ERR_AUTH;
	case GIT_ECERTIFICATE:
		return ERR_HOSTKEY;
	case GIT_EMISMATCH:
		return ERR_CORRUPT;
	case GIT_EOWNER:
		return ERR_PERM;
	case GIT_EUSER:
		return ERR_CANCELLED;
	case GIT_EPEEL:
	case GIT_EINVALID:
		return ERR_DATA;
	default:
		return by_class(klass, text);
	}
}

static const char *remedy(int code, int klass)
{
	switch (code) {
	case ERR_CORRUPT:
		if (klass == GIT_ERROR_INDEX) /* it holds nothing that the commit and the folder do not */
			return _("l'index de git est abîmé ; supprimez ce fichier, puis faites « git reset » (vos fichiers restent tels quels)");
		if (klass == GIT_ERROR_REFERENCE)
			return _("cette référence est abîmée ; gardez ce dossier tel quel et refaites une copie ailleurs avec « maillage init »");
		return _("un objet du dépôt manque ou est abîmé ; « maillage sync » le reprend au hub ; s'il n'y est pas, gardez ce dossier tel quel et refaites une copie ailleurs avec « maillage init »");
	case ERR_NOSPC:
		return _("le disque est plein ; libérez de la place");
	case ERR_PERM:
		return _("accès refusé ; vérifiez les droits du dossier");
	case ERR_BUSY:
		return _("un autre programme git travaille dans ce dépôt ; réessayez dans un instant");
	case ERR_RACE:
		return _("quelqu'un d'autre a été plus rapide");
	case ERR_NOTFOUND:
		return _("introuvable");
	case ERR_EXISTS:
		return _("ce nom est déjà pris");
	default:
		return NULL;
	}
}

int giterr__set(struct err *e, const char *file, int line, int rc, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	const char *text = last && last->message && *last->message ? last->message : NULL;
	int code = giterr_code(rc, last ? last->klass : 0, text);
	char what[ERR_MSG_MAX / 2];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	const char *advice = remedy(code, !last ? 0 : code == ERR_CORRUPT && is_missing_object(text) ? GIT_ERROR_ODB : last->klass);
	if (text)
		trace("git: %s", text);
	if (advice && text && code != ERR_CORRUPT) /* what git says of a damaged object helps nobody */
		return err__set(e, code, file, line, _("%s : %s (git : %s)"), what, advice, text);
	if (advice || text)
		return err__set(e, code, file, line, _("%s : %s"), what, advice ? advice : text);
	return err__set(e, code, file, line, _("%s : git a échoué sans dire pourquoi (code %d)"), what, rc);
}
