/* cursor.h -- a place in a text that only moves forward, and what is found on the way: comments, dashes, colons, line
 * ends. libyaml gives none of these (cursor.c). Used by parse.c only.
 *
 * FAILS   false: a fault is noted (ycursor_refuse), reading stops.
 */
#ifndef YAML_CURSOR_H
#define YAML_CURSOR_H

#include "ynode.h"

#define YCURSOR_NONE SIZE_MAX

struct ycursor {
	struct arena *a;      /* borrow */
	struct ydoc *d;       /* borrow; comments are noted in it */
	struct yfault *fault; /* borrow */
	const char *text;     /* the document's text and a final newline */
	size_t n;
	size_t chars, byte;   /* the last place converted from characters to bytes */
	size_t ascii;         /* from there to here each character is a byte */
	size_t pos;           /* everything before it is understood */
	size_t question;      /* a '?' seen in the last gap, or YCURSOR_NONE */
	size_t blank, past;   /* the run of blank lines seen last: from, to; collections that end together see the same one */
	int code;             /* why reading stopped: ERR_DATA, ERR_LIMIT, ERR_NOMEM */
};

/* Note why the text is refused, at this byte. Returns false. */
bool ycursor_refuse(struct ycursor *p, size_t at, int code, const char *msg);
size_t ycursor_byte(struct ycursor *p, size_t chars); /* libyaml's position (characters behind the BOM) in bytes */
bool ycursor_gap(struct ycursor *p, size_t to);       /* move over white space, comments and indicators */
bool ycursor_expect(struct ycursor *p, char c);       /* the dash or colon that must come next; ends just behind it */
/* The lines after the first of a plain or quoted text must be indented deeper than `parent`. */
bool ycursor_continuation(struct ycursor *p, size_t at, size_t end, int parent, bool flow);
/* A block scalar's head, column and end; `value` is what it means, `limit` where libyaml ends it. */
bool ycursor_block(struct ycursor *p, struct ynode *v, const char *value, size_t limit);

void ycursor_entry(struct ycursor *p, struct yentry *e); /* where it ends, once its value is known */
/* The comments that close a collection: deeper than the entry that holds it, and at least as deep as its own. */
void ycursor_tail(struct ycursor *p, struct ynode *v, int parent);

#endif
