/* sub.h -- one schema object, compiled: its keywords checked and ready to run. The floor's own business.
 *
 * LIFE    sub_compile walks a file and every schema inside it; then, once all files are there, sub_link finds what each
 *         $ref means and refuses circles and misplaced merge keywords. Read-only afterwards, shared by threads.
 */
#ifndef SCHEMA_SUB_H
#define SCHEMA_SUB_H

#include "format.h"
#include "keyword.h"
#include "memo.h"
#include "pattern.h"
#include "schema.h"

#define SUB_MAX 4000   /* schema objects in a folder */
#define PLACE_MAX 4000 /* places in the structural view of a folder */
#define SUB_NAMES 1000 /* $id and $anchor in a folder */
#define SUB_PATTERNS 500 /* regular expressions in a folder */
#define SUB_KEY_PATTERNS 20 /* of them in one patternProperties: each key is tried against each */
#define SUB_CHAIN 100  /* schemas one behind the other for one value: $ref, allOf, if... */

struct sub;
struct sub_list {
	struct sub **at;
	size_t n, cap;
};

struct sub_entry {
	const char *key;          /* of properties, $defs, dependentSchemas */
	const struct pattern *re; /* of patternProperties */
	struct sub *sub;
};

/* One keyword of one schema object. */
struct check {
	enum keyword kw;
	const struct val *arg;
	struct sub *sub;             /* ARG_SCHEMA, and the target of $ref */
	struct sub_entry *entries;   /* ARG_SCHEMAS in order; maps sorted by key, patterns in order */
	size_t n;
	const struct pattern *re;    /* pattern */
	const struct format *format; /* format */
	unsigned types;              /* type: bits; NUM without INT never occurs */
	uint64_t count;              /* ARG_COUNT, ARG_BOOL */
};

struct doc { /* one file */
	const char *name; /* for messages: "schema/x.schema.yaml" */
	const char *file; /* "x.schema.yaml" */
	const struct val *val;
	struct sub *root;
};

struct sub {
	const struct val *src;
	const struct doc *doc;
	const char *base; /* URI of the schema resource it is in */
	int verdict;      /* 1: true, 0: false, -1: an object */
	struct check *checks; /* in the order of the keyword table */
	size_t n;
	uint8_t at[KW_N]; /* keyword -> 1 + index of its check; 0: absent */
	unsigned char colour; /* circles */
	unsigned chain; /* the longest row of schemas that one value goes through, from here */
	bool in_structure, out_of_structure; /* visited so */
	bool typed;
	unsigned types; /* sub_types, once asked */
};

struct resource { /* a $id, or a file */
	const char *uri;
	struct sub *sub;
};
struct anchor {
	const char *uri, *name;
	struct sub *sub;
};

struct schemas {
	struct arena *a;
	struct { struct doc *at; size_t n, cap; } docs;
	struct sub_list subs;
	struct memo by_val, by_subs; /* val -> sub; row of subs -> snode */
	size_t patterns; /* compiled */
	struct { struct resource *at; size_t n, cap; } resources;
	struct { struct anchor *at; size_t n, cap; } anchors;
	struct { struct snode **at; size_t n, cap; } places;
	struct { struct schema **at; size_t n, cap; } kinds; /* sorted by kind */
	struct { const char **at; size_t n, cap; } where; /* fields that some x-ref-where asks for */
};

static inline const struct check *sub_check(const struct sub *s, enum keyword kw)
{
	return s->at[kw] ? &s->checks[s->at[kw] - 1] : NULL;
}
const struct sub_entry *check_entry(const struct check *c, const char *key); /* of a map sorted by key; or NULL */

int sub_compile(struct sub **out, struct schemas *set, const struct doc *doc, const char *base, const struct val *v,
		struct err *e);
int sub_link(struct schemas *set, struct err *e);
struct sub *sub_ref(const struct sub *s); /* target of its $ref, or NULL */

/* The types a value must have, as far as type, enum, const and $ref, allOf, anyOf, oneOf tell: bits. */
unsigned sub_types(struct sub *s);

/* ERR_SCHEMA with "file:line:col: " of v in front. */
int sub_fault(struct err *e, const struct doc *doc, const struct val *v, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
