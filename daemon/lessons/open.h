/* open.h -- aggregat/ read back: what answers are made of. Private to lessons/.
 *
 * Answers come from the files, never from repositories, so they are the same on every copy and need no network.
 */
#ifndef LESSONS_OPEN_H
#define LESSONS_OPEN_H

#include "lessons/csv.h"
#include "lessons/lessons.h"
#include "lessons/names.h"

#define LESSONS_MAX 200000 /* lines of enseignements/, all together */

struct opened_group {
	const char *id, *accord;
	struct names for_, qualify, against, members, core, stale; /* collectives (first three), lessons, links */
	const char *chains;                                        /* "a > b; a > c > d" */
	int64_t objections;
	const char *file; /* borrow; where it was read, for messages */
	size_t line;
};
struct lessons {
	const char *as_of; /* arrete_au of sources.lock */
	struct {
		const struct val **at; /* by id: the lines of enseignements/.../?.jsonl */
		size_t n, cap;
	} docs;
	struct {
		struct opened_group *at; /* by id */
		size_t n, cap;
	} groups;
	struct csv_table cells, terms, splits; /* splits: of all collectives, by code */
	const struct lessons_file *files; /* borrow: all, for looking up references */
	size_t n_files;
};
const struct val *opened_doc(const struct lessons *l, const char *id); /* NULL: no such lesson */

/* answer.c: the id of a concept of any register by id, by label, or by the word in the id; of one that is deprecated, what took
 * its place. ERR_NOTFOUND lists the themes. */
int opened_theme(const char **out, struct arena *a, const struct lessons *l, const char *asked, struct err *e);
bool opened_has_theme(struct arena *a, const struct val *doc, const char *theme); /* tagged with it, or with a narrower theme */
/* lookup.c: append what may be quoted of a record, as lessons_trace has it, without where it is quoted. */
int opened_sentences(struct val *list, struct arena *a, const struct lessons *l, const char *id, struct err *e);

#endif
