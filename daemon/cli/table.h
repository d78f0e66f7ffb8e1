/* table.h -- an answer as rows and columns, written for whoever reads it: a person, a spreadsheet, a document.
 *
 * The one writer of all verbs that answer with rows (--format). On a terminal columns are aligned and cells cut to its width, and a
 * table that has too many becomes a paragraph a row; in a pipe they are aligned and whole. CSV has the machine's names in its header
 * and its codes in the cells, words and Markdown what people read.
 *
 * LIFE    table_init -> table_column* -> (table_row, table_cell...)* -> table_print
 * OWNER   Everything lives in the arena of table_init; texts are borrowed.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/arena.h"

/* name, code */
#define FORMATS(X)         \
	X(WORDS, "")       \
	X(JSON, "json")    \
	X(CSV, "csv")      \
	X(MD, "md")
enum format {
#define X(name, code) FORMAT_##name,
	FORMATS(X)
#undef X
	FORMAT_N
};
/* FORMAT_N: no such format. */
enum format format_named(const char *code);

struct table {
	struct arena *a;
	enum format format;
	const char *caption;             /* Markdown: the line above the table; NULL: none */
	struct {
		const char **at; /* for people '_' reads as a space */
		size_t n, cap;
	} columns;
	struct table_row {
		const char **cells; /* one a column; NULL: empty */
	} *at;
	size_t n, cap, filled; /* filled: cells of the last row */
};
/* columns: "collectif,id,titre". */
void table_init(struct table *t, struct arena *a, enum format format, const char *columns);
void table_column(struct table *t, const char *name); /* one more */
void table_row(struct table *t); /* begins one; missing cells are empty */
/* The next cell: `code` for programs; for people `word`, or the same when NULL. NULL: empty. */
void table_cell(struct table *t, const char *code, const char *word);
void table_number(struct table *t, long long n);
/* On standard output. People see no column that every row leaves empty. A table without rows is its header in CSV, nothing in words
 * and Markdown. */
void table_print(const struct table *t);

#endif
