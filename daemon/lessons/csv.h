/* csv.h -- comma-separated values, written for spreadsheets and read back (RFC 4180).
 *
 * Written: UTF-8, a header, comma, LF at the end of each row (RFC 4180 says CRLF; git and every reader of today prefer
 * LF), a cell in double quotes only when it holds a comma, a quote or a line end, or begins or ends with a space.
 * Read: the same, CRLF accepted.
 *
 * OWNER  A table's cells live in the arena.
 * FAILS  csv_read: ERR_DATA "name:line: ..." for what this program did not write; ERR_LIMIT beyond CSV_MAX_COLUMNS.
 */
#ifndef LESSONS_CSV_H
#define LESSONS_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define CSV_MAX_COLUMNS 64

struct csv_out {
	struct buf *out; /* borrow */
	bool begun;      /* the row has a cell */
};
void csv_put(struct csv_out *w, const char *cell); /* NULL: empty */
void csv_num(struct csv_out *w, size_t n);
/* "0.667": rounded half up, the same on any machine; "" when `of` is 0. */
const char *csv_ratio(struct arena *a, size_t n, size_t of);
void csv_end(struct csv_out *w);
/* The header "a,b,c", unless something is written already: a table without rows stays empty. */
void csv_begin(struct csv_out *w, const char *names);
void csv_header(struct csv_out *w, const char *names); /* "a,b,c": one whole row */

struct csv_row {
	const char *const *at; /* as many as the table has columns; never NULL */
	size_t line;           /* 1-based, where it begins */
};
struct csv_table {
	const char *name;           /* borrow: for messages */
	const char *const *columns; /* the header */
	size_t width;
	struct csv_row *at;
	size_t n, cap;
};
/* Every row has the header's width. */
int csv_read(struct csv_table *out, struct arena *a, const char *name, const char *bytes, size_t n, struct err *e);
/* The cell of that column; the column must be there (csv_demand). */
const char *csv_get(const struct csv_table *t, size_t row, const char *column);
/* ERR_DATA unless the header is exactly `names` ("a,b,c"): another version of this program wrote it, or a person. */
int csv_demand(const struct csv_table *t, const char *names, struct err *e);

const char *yes_no(bool b); /* oui, non */

#endif
