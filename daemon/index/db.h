/* db.h -- the SQLite file behind the cache: opening it, its statements, its errors. Internal to index/.
 *
 * Damage is told by a note (index.sqlite.seen) of size, times and inode that the file had when it was last closed: whatever
 * anybody did to it since, a crash or a copy included, shows, and the cache is made anew. What a failing disk changes behind
 * the file system's back SQLite may find (ERR_CORRUPT) or not; the passages of a search would then be wrong, never a record.
 */
#ifndef INDEX_DB_H
#define INDEX_DB_H

#include <sqlite3.h>
#include <sys/stat.h>

#include "index/index.h"

#define INDEX_FORMAT 3 /* of tables, tokens and packed texts; another: made anew */

/* name, SQL */
#define STATEMENTS(X)                                                                                                         \
	X(BEGIN, "BEGIN")                                                                                                     \
	X(COMMIT, "COMMIT")                                                                                                   \
	X(ROLLBACK, "ROLLBACK")                                                                                               \
	X(SOURCES, "SELECT nom FROM source")                                                                                  \
	X(HEAD, "SELECT tete FROM source WHERE nom=?1")                                                                       \
	X(SET_HEAD, "INSERT INTO source VALUES(?1,?2) ON CONFLICT(nom) DO UPDATE SET tete=?2")                                \
	X(DROP_SOURCE, "DELETE FROM source WHERE nom=?1")                                                                     \
	X(VERSIONS, "SELECT cle,version FROM fiche WHERE source=?1 AND cle>=?2 AND cle<?3")                                   \
	X(FIND, "SELECT n FROM fiche WHERE source=?1 AND cle=?2")                                                             \
	X(PUT, "INSERT INTO fiche(source,cle,version,id,genre,collectif,etat,visibilite,empreinte,jusqu_au,observe) "                 \
	       "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)")                                                                      \
	X(RENEW, "UPDATE fiche SET version=?3 WHERE source=?1 AND cle=?2")                                                   \
	X(PUT_TEXT, "INSERT INTO texte(rowid,titre,principal,reste) VALUES(?1,?2,?3,?4)")                                     \
	X(PUT_TRAIT, "INSERT INTO trait VALUES(?1,?2,?3)")                                                                    \
	X(DROP, "DELETE FROM fiche WHERE n=?1")                                                                               \
	X(DROP_TEXT, "DELETE FROM texte WHERE rowid=?1")                                                                      \
	X(DROP_TRAITS, "DELETE FROM trait WHERE fiche=?1")                                                                    \
	X(ALL_OF, "SELECT n FROM fiche WHERE source=?1")                                                                      \
	X(CONCEPTS, "SELECT id,(SELECT group_concat(valeur,char(10)) FROM trait WHERE fiche=n AND nom='etiquette'),"          \
		    "(SELECT group_concat(valeur,char(10)) FROM trait WHERE fiche=n AND nom='plus_large') "                   \
		    "FROM fiche WHERE genre='concept' ORDER BY id")                                                           \
	X(USED, "SELECT DISTINCT valeur FROM trait WHERE nom='theme'")                                                        \
	X(LESSONS, "SELECT n,id,collectif,empreinte,titre,principal FROM fiche JOIN texte ON texte.rowid=n "                  \
		   "WHERE genre='enseignement' ORDER BY id,source")                                                           \
	X(TRAITS, "SELECT valeur FROM trait WHERE fiche=?1 AND nom=?2 ORDER BY valeur")                                       \
	X(LINKS, "SELECT n FROM trait JOIN fiche ON n=fiche WHERE nom='de' ORDER BY id")
enum statement {
#define X(name, sql) ST_##name,
	STATEMENTS(X)
#undef X
	ST_N
};

struct index {
	sqlite3 *db;                /* own */
	const struct schemas *set;  /* borrow */
	sqlite3_stmt *st[ST_N];     /* own; prepared when first used */
	char *dir;                  /* own; NULL: in memory */
	int lock;                   /* own; -1: none */
	struct stat opened;         /* the file when it was opened */
};

/* Bind and run: a letter of `types` for each argument, s: const char * (copied), i: sqlite3_int64. Returns 1: a row, read it by
 * db_text and db_int, then db_next; 0: done; or an error. */
int db_run(struct index *x, enum statement which, struct err *e, const char *types, ...);
int db_next(struct index *x, enum statement which, struct err *e);
const char *db_text(struct index *x, enum statement which, int column); /* never NULL; until the next step */
sqlite3_int64 db_int(struct index *x, enum statement which, int column);
void db_done(struct index *x, enum statement which); /* a row was read and no more is wanted */
/* The last failure of this database as an error. */
int db_err(sqlite3 *db, struct err *e);

#endif
