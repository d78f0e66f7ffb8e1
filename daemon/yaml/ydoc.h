/* ydoc.h -- a YAML text as data plus the bytes it was made of, so that a change of data changes only its own bytes.
 *
 * Reading: ydoc_parse checks the text against the profile (DESIGN 3: one block mapping, no anchors, no tags, no
 * duplicate keys, limits) and keeps every byte. ydoc_val gives its data. Writing: there is one way to change a text,
 * ydoc_rewrite: say what the data should be, get the text whose data that is and whose other bytes are untouched. Set,
 * unset, insert and a merge's result are all that one call.
 *
 * LIFE    Everything lives in the arena given to ydoc_parse; the text is copied into it.
 * FAILS   ydoc_parse: ERR_DATA with one fault (line, column, remedy) in *fault; ERR_LIMIT is reported the same way.
 *         ydoc_rewrite: ERR_DATA when no spelling of the target reads back as the target (not a map, an empty map, a
 *         NUL or bytes that are not UTF-8 in a string, a key over YAML_MAX_KEY); ERR_LIMIT when the text would be too
 *         large or too deep; ERR_NOMEM. `out` is untouched then.
 * THREAD  A document is read-only once parsed.
 */
#ifndef YAML_YDOC_H
#define YAML_YDOC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/val.h"

#define YAML_MAX_BYTES (1024 * 1024) /* a record's size */
#define YAML_MAX_DEPTH 64            /* nesting of collections */
#define YAML_MAX_KEY 200             /* characters in a key */
#define YAML_MAX_LINES 50000         /* so that no text of YAML_MAX_BYTES costs seconds, or 200 times its size */
#define YAML_MAX_ENTRIES 50000       /* fields and items, at all depths */

struct ydoc;

/* Where a text leaves the profile. Shown as "file:line:col: message". */
struct yfault {
	int line, col; /* 1-based; col counts characters */
	char msg[256]; /* localised; says the remedy */
};

/* Parse. `name` (copied) is used in messages only. On ERR_DATA or ERR_LIMIT e->msg is "name:line:col: message" and
 * *fault (may be NULL) holds the parts. An empty text, or one of comments only, is refused ("empty"). */
int ydoc_parse(struct ydoc **out, struct arena *a, const char *name, const void *bytes, size_t n, struct yfault *fault,
	       struct err *e);

/* The same, quicker: documents read before that have most of the text's lines in common with it, such as another version of the
 * record. They only save work, and must live as long as *out, which shares data with them. Any of them may be NULL. */
#define YAML_LIKE 3
struct ylike {
	const struct ydoc *at[YAML_LIKE];
};
int ydoc_parse_like(struct ydoc **out, struct arena *a, const struct ylike *like, const char *name, const void *bytes, size_t n,
		    struct yfault *fault, struct err *e);

/* The data. Plain scalars resolve by the YAML 1.2 core schema (null, true/false, integers, floats; everything else,
 * dates and "yes" included, is a string); those that are no strings keep their spelling in val.raw ("" for an empty value).
 * Quoted and block scalars are strings. Keys are strings, whatever they look like. Positions are filled in.
 * Borrowed: belongs to the document, never changed by anyone; typed by schema_type on a copy. */
const struct val *ydoc_val(const struct ydoc *d);

const char *ydoc_text(const struct ydoc *d, size_t *n); /* the bytes as they were given */

/* How the writer should spell things; answers may be NULL/false when nothing is known. `shape` is an opaque position in
 * the schema (struct snode); NULL means unknown. */
struct yshape_ops {
	const void *(*child)(const void *shape, const char *key); /* the shape of a map's field */
	const void *(*item)(const void *shape);                   /* the shape of a list's items */
	const char *(*list_key)(const void *shape);               /* key field of a list-map, else NULL */
	bool (*is_prose)(const void *shape);                      /* written as a literal block */
	bool (*is_string)(const void *shape);                     /* only strings here: compared and written as one */
	const char *(*head)(const void *shape);                   /* comment line for a new document, or NULL */
	/* Under which name a text may still have this field of a map, or NULL: its entry is renamed, and keeps the rest. */
	const char *(*old_name)(const void *shape, const char *key);
};

/* Comments behind a value whose # has no space after it: `titre: Retour sur #NuitDebout`. To YAML the title ends before them;
 * whoever typed it meant all of it. Begin with YGLUED_FIRST; false: no further one. */
struct yglued {
	int line, col;    /* of the # */
	const char *text; /* borrowed from the document: "#NuitDebout", to the end of the line */
	size_t n;
	size_t next, counted; /* own */
};
#define YGLUED_FIRST { .line = 1 }
bool ydoc_next_glued(const struct ydoc *d, struct yglued *at);

/* Text that a merge may take over, beside the canvas. `donor`: the other side; where the donor's data at a place equals
 * the target's, its spelling and comments are taken rather than invented. `base`: what both came from; decides whose
 * comments and spelling are the newer where the data are equal (changed on one side only: that side's; comments
 * changed on both: the lines of both). Either may be NULL. */
struct yfrom {
	const struct ydoc *donor, *base;
};

/* Append to `out` the text whose data is `target` (a map): `canvas`'s bytes where the data are equal, spliced where
 * they differ. Entries and items stand in target's order. canvas NULL: a fresh document in the house's style (block
 * style, prose as literal blocks, strings that YAML 1.1 and 1.2 could read differently in double quotes).
 * The result was parsed again (as by ydoc_parse_like) and compared with target before this returns; when a splice reads
 * back differently the writer falls back to double quotes, then to re-emitting the top-level field, then refuses.
 * `canvas` data equal to `target`, no `from`: the bytes of canvas exactly. A map's order alone is no difference: a
 * field whose data are equal keeps its bytes, and so its inner order. */
int ydoc_rewrite(struct buf *out, const struct ydoc *canvas, const struct val *target, const struct yfrom *from,
		 const struct yshape_ops *ops, const void *shape, struct err *e);

#endif
