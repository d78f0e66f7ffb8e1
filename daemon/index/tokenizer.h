/* tokenizer.h -- FTS5's view of lessons/term.h, under the name "maillage".
 *
 * For each word of a text up to three tokens at one place: its stem, the stem of the word without accents, and the whole
 * word, which only queries by prefix look for. What stands between INDEX_FIELD and INDEX_TEXT is no text but the name of the field
 * that follows; it counts as one token that nobody can type, so that no phrase reaches across.
 */
#ifndef INDEX_TOKENIZER_H
#define INDEX_TOKENIZER_H

#include <sqlite3.h>

#define INDEX_FIELD '\x1e'
#define INDEX_TEXT '\x1f'

int tokenizer_register(sqlite3 *db); /* an SQLite code */

#endif
