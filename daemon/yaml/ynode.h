/* ynode.h -- the inside of a parsed document, shared by the files of this folder and by its tests only.
 *
 * No byte is left out: text = prefix + root's entries + suffix; a block entry = trivia above it + indentation + body;
 * a block collection = its entries + trivia that closes it. So writing down every part of a document gives the document.
 *
 *	# about the record                        prefix: up to the line of the root's first key
 *	themes:  # who asked                      entry: at..colon "themes:", trail "  # who asked"
 *	  # from the seminar                      the item's trivia: lead..line
 *	  - con-formation                         item: at..colon "-", value
 *	  # more to come                          the list's tail: deeper than what follows
 *
 *	titre: Un titre                           blank lines above belong to the entry below
 *	# end                                     suffix
 */
#ifndef YAML_YNODE_H
#define YAML_YNODE_H

#include "ydoc.h"

enum ystyle { Y_PLAIN, Y_SINGLE, Y_DOUBLE, Y_LITERAL, Y_FOLDED, Y_BLOCK, Y_FLOW };

struct ynode;

/* A field of a map or an item of a list. Offsets are bytes of the document's text. In flow collections only key, at,
 * colon (end of the key) and val are set. */
struct yentry {
	const char *key;  /* NULL for an item */
	size_t lead;      /* start of the trivia above: whole lines up to `line` */
	size_t attach;    /* start of the comment block that stands directly above */
	size_t line;      /* start of the entry's line; == at when it stands behind its item's dash */
	size_t at;        /* the key or the dash */
	size_t colon;     /* just after the colon or the dash */
	size_t trail;     /* what follows the value on its first line: spaces and comment, up to eol */
	size_t eol;       /* end of that line, without the newline; == trail when `compact` */
	size_t stop;      /* start of the line after the entry's last line (after the tail of what it contains) */
	bool compact;     /* the value is a block collection that begins on this line: "- id: c1" */
	struct ynode *val;
};

struct ynode {
	const struct ydoc *doc;
	const struct val *val;
	enum ystyle style;
	size_t start;         /* first byte; empty value: start == end == the entry's colon */
	size_t head;          /* block scalar: end of its indicator "|-"; else == end */
	size_t end;           /* after the last byte; block scalar: before its last newline; block collection: a line start */
	size_t indent;        /* block collection: column of its entries; block scalar: column of its content */
	size_t tail;          /* block collection: the trivia that closes it is tail..end */
	struct yentry *at;    /* in the order of the text */
	size_t n, cap;
	uint32_t *sorted;     /* maps: entries by key */
};

struct yspan {
	size_t at, end;
};
struct yspans {
	struct yspan *at;
	size_t n, cap;
};

struct ydoc {
	const char *text;         /* NUL-terminated copy */
	size_t n;
	size_t bom;               /* 0 or 3: where the text proper begins */
	struct ynode *root;
	struct yspans comments;   /* every comment outside block scalars' first lines, "#" up to the end of the line */
	bool crlf;                /* most line ends are */
	bool final_newline;
	size_t map_step, list_step; /* how this text indents a map, a list, below its key */
};

bool ydoc__block(const struct ynode *n);        /* a block collection; NULL: no */
size_t ydoc__eol(const struct ydoc *d, size_t at);       /* end of the line that holds `at`, without the newline */
size_t ydoc__next_line(const struct ydoc *d, size_t at); /* start of the line after it; the end of the text */
const struct yentry *ydoc__field(const struct ynode *map, const char *key, size_t hint); /* NULL: none */

/* profile.c: the checks on bytes, before libyaml sees them. False: *fault is filled. */
bool ydoc__profile(struct yfault *fault, const char *bytes, size_t n);
void ydoc__fault(struct yfault *fault, int line, int col, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The line and column (in characters) of byte `at` of a text. */
void ydoc__where(int *line, int *col, const char *text, size_t at);
/* The character at s (n bytes left): its length, 0 when this is not UTF-8. */
size_t ydoc__utf8(uint32_t *c, const char *s, size_t n);
bool ydoc__printable(uint32_t c); /* may stand raw in a text, line ends and tabs aside */

/* yamlerr.c: what libyaml says about a text, for people. `problem` may be NULL; `next` is the byte it stumbled on. */
const char *ydoc__explain(const char *problem, const char *context, char next);

/* scalar.c */
struct val *ydoc__plain(struct arena *a, const char *s, size_t n); /* what a plain scalar means, core schema */

#endif
