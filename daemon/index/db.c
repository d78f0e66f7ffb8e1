/* db.c -- open: lock, look whether the file is the one that was left, format; close: write down what it looks like now.
 *
 * A program that was killed while it wrote leaves a file that is not as noted: it is made anew, though SQLite's journal could
 * have undone the half change. Both are right; a cache can afford the slower one.
 */
#include "index/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fsio.h"
#include "base/trace.h"
#include "index/tokenizer.h"

#define FILE_NAME "index.sqlite"
#define PATH_BYTES 4200

static const char *const sql[] = {
#define X(name, text) text,
	STATEMENTS(X)
#undef X
};

int db_err(sqlite3 *db, struct err *e)
{
	int code = db ? sqlite3_errcode(db) & 0xFF : SQLITE_NOMEM;
	const char *msg = db ? sqlite3_errmsg(db) : "";
	switch (code) {
	case SQLITE_NOMEM:
		return err_nomem(e);
	case SQLITE_FULL:
		return err_set(e, ERR_NOSPC, _("l'index de recherche ne peut pas être écrit : %s"), msg);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_BUSY, _("l'index de recherche est occupé : %s"), msg);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(e, ERR_IO, _("l'index de recherche ne peut pas être écrit : %s"), msg);
	default: /* NOTADB, CORRUPT, and ERROR where a damaged table is not what it should be */
		return err_set(e, ERR_CORRUPT, _("l'index de recherche est abîmé : %s"), msg);
	}
}

/* --- statements ------------------------------------------------------------------------------------------ */

int db_run(struct index *x, enum statement which, struct err *e, const char *types, ...)
{
	sqlite3_stmt **st = &x->st[which];
	if (!*st && sqlite3_prepare_v3(x->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL))
		return db_err(x->db, e);
	int rc = SQLITE_OK;
	va_list ap;
	sqlite3_reset(*st);
	va_start(ap, types);
	for (int i = 0; types[i]; i++)
		if (types[i] == 's')
			rc = rc ? rc : sqlite3_bind_text(*st, i + 1, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
		else
			rc = rc ? rc : sqlite3_bind_int64(*st, i + 1, va_arg(ap, sqlite3_int64));
	va_end(ap);
	return rc ? db_err(x->db, e) : db_next(x, which, e);
}

int db_next(struct index *x, enum statement which, struct err *e)
{
	int rc = sqlite3_step(x->st[which]);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		return db_err(x->db, e);
	sqlite3_reset(x->st[which]);
	return 0;
}

void db_done(struct index *x, enum statement which)
{
	sqlite3_reset(x->st[which]);
}

const char *db_text(struct index *x, enum statement which, int column)
{
	const unsigned char *s = sqlite3_column_text(x->st[which], column);
	return s ? (const char *)s : "";
}

sqlite3_int64 db_int(struct index *x, enum statement which, int column)
{
	return sqlite3_column_int64(x->st[which], column);
}

/* --- the file -------------------------------------------------------------------------------------------- */

static void file_path(char out[PATH_BYTES], const struct index *x, const char *tail)
{
	snprintf(out, PATH_BYTES, "%s" FILE_NAME "%s", x->dir, tail);
}

static void describe(char out[128], const struct stat *st)
{
	snprintf(out, 128, "%lld %lld.%09ld %lld.%09ld %llu\n", (long long)st->st_size, (long long)st->st_mtim.tv_sec,
		 st->st_mtim.tv_nsec, (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec, (unsigned long long)st->st_ino);
}

static bool look(struct stat *out, const struct index *x)
{
	char path[PATH_BYTES];
	file_path(path, x, "");
	return lstat(path, out) == 0 && S_ISREG(out->st_mode);
}

/* Is the file as it was left? */
static bool is_ours(struct index *x)
{
	char path[PATH_BYTES], now[128];
	struct buf note = BUF_INIT;
	file_path(path, x, ".seen");
	if (!look(&x->opened, x) || fs_read(&note, path, 4096, NULL) < 0)
		return false;
	describe(now, &x->opened);
	bool same = !strcmp(buf_str(&note), now);
	buf_free(&note);
	return same;
}

/* Written last: whoever is killed before that leaves a file that looks changed. */
static void note(struct index *x)
{
	char path[PATH_BYTES], now[128];
	struct stat st;
	if (!look(&st, x))
		return;
	describe(now, &st);
	file_path(path, x, ".seen");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write(fd, now, strlen(now)) != (ssize_t)strlen(now))
		trace("index: note not written");
	close(fd);
}

static void remove_files(struct index *x)
{
	static const char *const tails[] = { ".seen", "-journal", "-wal", "-shm", "" };
	char path[PATH_BYTES];
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		file_path(path, x, tails[i]);
		unlink(path);
	}
}

static int make_tables(struct index *x, struct err *e)
{
	static const char tables[] =
		"CREATE TABLE source(nom TEXT PRIMARY KEY, tete TEXT NOT NULL) WITHOUT ROWID;"
		"CREATE TABLE fiche(n INTEGER PRIMARY KEY, source TEXT NOT NULL, cle TEXT NOT NULL, version TEXT NOT NULL,"
		" id TEXT NOT NULL, genre TEXT NOT NULL, collectif TEXT NOT NULL, etat TEXT NOT NULL, visibilite TEXT NOT NULL,"
		" empreinte TEXT NOT NULL, jusqu_au TEXT NOT NULL, observe TEXT NOT NULL);"
		"CREATE UNIQUE INDEX fiche_cle ON fiche(source, cle);"
		"CREATE TABLE trait(fiche INTEGER NOT NULL, nom TEXT NOT NULL, valeur TEXT NOT NULL);"
		"CREATE INDEX trait_fiche ON trait(fiche, nom);"
		"CREATE INDEX trait_nom ON trait(nom, valeur);"
		"CREATE VIRTUAL TABLE texte USING fts5(titre, principal, reste, tokenize='maillage');";
	return sqlite3_exec(x->db, tables, NULL, NULL, NULL) ? db_err(x->db, e) : 0;
}

/* What else the contents depend on: which fields are prose. */
static sqlite3_int64 format_of(const struct schemas *set)
{
	uint64_t h = 1469598103934665603u + INDEX_FORMAT;
	const struct schema *s;
	for (size_t i = 0; (s = schemas_at(set, i)); i++) {
		for (const char *p = s->kind; *p; p++)
			h = (h ^ (unsigned char)*p) * 1099511628211u;
		h = (h ^ (uint64_t)s->version) * 1099511628211u;
	}
	return (sqlite3_int64)(h >> 33); /* user_version has 32 bits and a sign */
}

static int read_format(sqlite3_int64 *out, struct index *x, struct err *e)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(x->db, "PRAGMA user_version", -1, &st, NULL))
		return db_err(x->db, e);
	int rc = sqlite3_step(st);
	*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? 0 : db_err(x->db, e);
}

static int open_file(struct index *x, struct err *e)
{
	char path[PATH_BYTES] = ":memory:", set_format[64];
	sqlite3_int64 have = 0, want = format_of(x->set);
	if (x->dir)
		file_path(path, x, "");
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	if (sqlite3_open_v2(path, &x->db, flags, NULL) || tokenizer_register(x->db))
		return db_err(x->db, e);
	/* the lock is ours already: SQLite need not ask for its own at every statement */
	if (sqlite3_exec(x->db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000", NULL, NULL, NULL))
		return db_err(x->db, e);
	int rc = read_format(&have, x, e);
	if (rc || have == want)
		return rc;
	if (have)
		return err_set(e, ERR_CORRUPT, "%s", _("l'index de recherche est d'une autre version"));
	rc = make_tables(x, e);
	snprintf(set_format, sizeof set_format, "PRAGMA user_version=%lld", (long long)want);
	return rc ? rc : sqlite3_exec(x->db, set_format, NULL, NULL, NULL) ? db_err(x->db, e) : 0;
}

static void close_file(struct index *x)
{
	for (size_t i = 0; i < ST_N; i++) {
		sqlite3_finalize(x->st[i]);
		x->st[i] = NULL;
	}
	sqlite3_close_v2(x->db);
	x->db = NULL;
}

/* A file that is not ours any more, or not readable, is made anew, once. */
static int open_or_renew(struct index *x, struct err *e)
{
	char path[PATH_BYTES];
	bool kept = is_ours(x);
	int rc = kept ? open_file(x, e) : ERR_CORRUPT;
	if (rc != ERR_CORRUPT)
		return rc;
	if (kept)
		close_file(x);
	remove_files(x);
	file_path(path, x, "");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* private records may be in it */
	if (fd < 0)
		return err_errno(e, path);
	close(fd);
	return open_file(x, e);
}

int index_open(struct index **out, const char *dir, const struct schemas *set, struct err *e)
{
	char path[PATH_BYTES];
	struct index *x = calloc(1, sizeof *x);
	if (!x)
		return err_nomem(e);
	x->set = set;
	x->lock = -1;
	int rc = 0;
	if (dir && strlen(dir) > PATH_BYTES - 64)
		rc = err_set(e, ERR_LIMIT, _("%.100s... : chemin trop long"), dir);
	else if (dir && !(x->dir = strdup(dir)))
		rc = err_nomem(e);
	if (!rc && dir) {
		file_path(path, x, ".lock");
		rc = fs_lock(&x->lock, path, INDEX_LOCK_MS, e);
	}
	if (!rc)
		rc = dir ? open_or_renew(x, e) : open_file(x, e);
	if (rc && x->db)
		index_destroy(x);
	else if (rc)
		index_close(x);
	else
		*out = x;
	return rc;
}

void index_close(struct index *x)
{
	struct stat st;
	if (!x)
		return;
	bool file = x->dir && x->db;
	close_file(x);
	if (file && (!look(&st, x) || memcmp(&st.st_mtim, &x->opened.st_mtim, sizeof st.st_mtim) != 0 || st.st_size != x->opened.st_size))
		note(x);
	if (x->lock >= 0)
		fs_unlock(x->lock);
	free(x->dir);
	free(x);
}

void index_destroy(struct index *x)
{
	if (!x)
		return;
	close_file(x);
	if (x->dir)
		remove_files(x);
	index_close(x);
}
