/* ynode.h -- the inside of a parsed document, shared by the files of this folder and by its tests only.
 *
 * No byte is left out: text = prefix + root's entries + suffix; a block entry = trivia above it + indentation + body;
 * a block collection = its entries + trivia that closes it. So writing down every part gives the document.
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
	size_t head;          /* block scalar: end of its indicator "|-"; block collection: not set; else == end */
	size_t end;           /* after the last byte; block scalar: before its newline; block collection: line start */
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
bool ydoc__own_line(const struct yentry *e);    /* does not stand behind its item's dash */
size_t ydoc__eol(const struct ydoc *d, size_t at);       /* end of the line that holds `at`, without the newline */
size_t ydoc__next_line(const struct ydoc *d, size_t at); /* start of the line after it; the end of the text */
size_t ydoc__line_start(const struct ydoc *d, size_t at);
size_t ydoc__comment(const struct ydoc *d, size_t at);   /* the first of d->comments that is not before `at` */
struct ydoc *ydoc__new(struct arena *a, const void *bytes, size_t n); /* the text alone */
void ydoc__place(const struct ydoc *d, struct yentry *e, size_t lead); /* the trivia above an entry that stands at e->at */
void ydoc__finish(struct ydoc *d);                                   /* what the entries, all there, say of the whole */
/* Sort a map's keys for ydoc__field. The first entry whose key was there before (then *first is that one), or NULL. */
const struct yentry *ydoc__index(struct arena *a, struct ynode *map, const struct yentry **first);
const struct yentry *ydoc__field(const struct ynode *map, const char *key, size_t hint); /* NULL: none */

/* reread.c: ydoc_parse_like's quick way. NULL: the text has to be read as a whole. */
struct ydoc *ydoc__reread(struct arena *a, const struct ylike *like, const void *bytes, size_t n);

/* profile.c: the checks on bytes, before libyaml sees them. ERR_DATA, ERR_LIMIT: *fault is filled. */
int ydoc__profile(struct yfault *fault, const char *bytes, size_t n);
void ydoc__fault(struct yfault *fault, int line, int col, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The line and column (in characters) of byte `at` of a text. */
void ydoc__where(int *line, int *col, const char *text, size_t at);
/* The character at s (n bytes left): its length, 0 when this is not UTF-8. */
size_t ydoc__utf8(uint32_t *c, const char *s, size_t n);
size_t ydoc__ascii(const char *s, size_t n); /* how many bytes of ASCII s begins with */
bool ydoc__printable(uint32_t c); /* may stand raw in a text, line ends and tabs aside */

/* yamlerr.c: what libyaml says about a text, for people. */
struct ycomplaint {
	const char *problem, *context; /* libyaml's words; may be NULL */
	const char *text;              /* the whole, with a NUL behind */
	size_t at;                     /* the byte it stumbled on */
	size_t from;                   /* what it was reading begins there: the open quote, the key without colon; else == at */
};
const char *ydoc__explain(const struct ycomplaint *c);

/* scalar.c */
struct val *ydoc__plain(struct arena *a, const char *s, size_t n); /* what a plain scalar means, core schema */
bool ydoc__plain_ok(const char *s, bool flow);   /* reads back as this string, in YAML 1.1 and 1.2 alike */
bool ydoc__single_ok(const char *s);
bool ydoc__literal_ok(const char *s);
bool ydoc__is_utf8(const char *s);

/* A text that is being written, in an arena. */
struct ytext {
	struct arena *a;
	char *at;
	size_t n, cap;
};
void ytext_put(struct ytext *t, const char *s, size_t n);
void ytext_puts(struct ytext *t, const char *s);
void ytext_fill(struct ytext *t, size_t n);       /* n spaces */
void ytext_double(struct ytext *t, const char *s); /* in double quotes, on one line */
void ytext_single(struct ytext *t, const char *s);
void ytext_number(struct ytext *t, const struct val *v); /* null, bool or number, alike in YAML 1.1 and 1.2 */

/* Comments and blank lines: a list of lines, each from some text. */
struct yline {
	const struct ydoc *d; /* NULL: `text` is a comment to be written on a line of its own */
	size_t from, to;      /* the whole line with its newline */
	const char *text;     /* without indentation */
	size_t len;
	long shift;
};
struct ylines {
	struct yline *at;
	size_t n, cap;
};

/* One rewriting. */
struct ycompose {
	struct arena *a;
	const struct ydoc *canvas, *donor, *base; /* borrow; may be NULL */
	const struct yshape_ops *ops;             /* never NULL (the members may be) */
	const char *nl;                           /* the result's line end */
	bool convert;                             /* the canvas's line ends change too */
	bool dense;                               /* tests: no chunk is copied whole, every part is written by itself */
	int level;                                /* of care, for the top-level field being written: enum ycare */
	bool too_deep;                            /* the target nests deeper than the profile allows */
	bool long_key;                            /* a key of it is over YAML_MAX_KEY */
	size_t map_step, list_step;
	struct ylines keep;                       /* sorted: comments nobody deleted that must not be lost (trivia.c) */
	struct ylines net;                        /* those of them that had no place even so */
};
enum ycare { YCARE_NONE, YCARE_QUOTES /* new strings in double quotes */, YCARE_FRESH /* nothing is kept */ };

/* One place of the target, as the three texts have it: entry, and the column it has there. NULL: not there. */
struct ythree {
	const struct yentry *c, *d, *b;
	size_t ci, di, bi;
};

/* match.c: equality as the schema types it, and which entry of a text a part of the target is. */
const void *ydoc__child(const struct ycompose *c, const void *shape, const char *key);
const void *ydoc__item(const struct ycompose *c, const void *shape);
const char *ydoc__string(const struct ycompose *c, const struct val *v, const void *shape); /* NULL: no string */
bool ydoc__equal(const struct ycompose *c, const struct val *x, const struct val *y, const void *shape);
/* out[i]: the entry of `n` (may be NULL) that target's i-th field or item is, or NULL. `pair`: an item that is in
 * neither text as it is may stand for the one that was in its place. */
const struct yentry **ydoc__match(const struct ycompose *c, const struct val *target, const struct ynode *n,
				  const void *shape, bool pair);

/* trivia.c: copying from a text, and three-way comments. */
void ydoc__copy(const struct ycompose *c, struct ytext *o, const struct ydoc *d, size_t from, size_t to, long shift,
		bool at_line_start);
void ydoc__end_line(const struct ycompose *c, struct ytext *o); /* unless at a line's start already */
bool ydoc__same(const struct ydoc *x, size_t xfrom, size_t xto, size_t xindent, const struct ydoc *y, size_t yfrom,
		size_t yto, size_t yindent);

void ydoc__lines(struct arena *a, struct ylines *out, const struct ydoc *d, size_t from, size_t to, long shift);
struct ylines ydoc__merge_lines(struct ycompose *c, const struct ylines *canvas, const struct ylines *donor,
				const struct ylines *base);
void ydoc__put_lines(const struct ycompose *c, struct ytext *o, const struct ylines *lines, size_t indent);
/* Comments between from and to of d, each to become a line of its own. */
void ydoc__lift(struct arena *a, struct ylines *out, const struct ydoc *d, size_t from, size_t to);
/* The comments of a deleted entry that stood apart from it. */
void ydoc__orphans(struct ycompose *c, struct ylines *out, const struct yentry *gone, long shift);

/* The comments that nobody deleted and that are not in the result, sorted. */
struct ylines ydoc__lost(const struct ycompose *c, const struct ydoc *result);
/* Take those between from and to of d out of c->keep: they were written. */
void ydoc__rescue(struct ycompose *c, struct ylines *out, const struct ydoc *d, size_t from, size_t to);
void ydoc__catch(struct ycompose *c, struct ylines *out, const struct ydoc *d, size_t from, size_t to); /* of c->net */

/* emit.c: values that no text has. */
void ydoc__put_key(const struct ycompose *c, struct ytext *o, const char *key, bool flow);
/* After a key's colon or a dash (`item`): gap, value, trail, newline. `hint`: whose style is kept, or NULL. */
void ydoc__put_value(struct ycompose *c, struct ytext *o, const struct val *v, const void *shape,
		     const struct yentry *hint, const struct ytext *trail, size_t indent, bool item, int depth);

/* compose.c. `hoist`: where comments go that cannot stand above the first entry because it stands behind a dash. */
void ydoc__put_block(struct ycompose *c, struct ytext *o, const struct val *target, const struct ynode *canvas,
		     const struct ynode *donor, const struct ynode *base, const void *shape, size_t indent,
		     struct ylines *hoist, const int *levels, int depth);

/* rewrite.c: ydoc_rewrite in the caller's arena; `dense` (tests) writes every part by itself. */
int ydoc__rewrite(struct arena *a, struct buf *out, const struct ydoc *canvas, const struct val *target,
		  const struct yfrom *from, const struct yshape_ops *ops, const void *shape, bool dense, struct err *e);

#endif
