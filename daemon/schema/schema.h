/* schema.h -- the kinds of records: JSON Schema 2020-12 written in YAML, and the merge keywords (DESIGN 4).
 *
 * Two views of one schema. The *assertions* are used by validation only (validate.h). The *structural part*
 * (properties, patternProperties, additionalProperties, items and what they reach by $ref) is what merging, typing,
 * writing and referring walk along a record: a struct snode per place.
 *
 * LIFE    schemas_load once per version of the schema folder; read-only afterwards; lives in the arena given.
 * OWNER   Everything returned is borrowed from the set.
 * FAILS   ERR_SCHEMA: "schema/x.schema.yaml:line:col: message": a broken file, an unknown asserting keyword, a merge
 *         keyword outside the structural part, a $ref that leads nowhere. Never a half-loaded set.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/err.h"
#include "base/val.h"
#include "yaml/ydoc.h"

/* Merge rules (DESIGN 5): name in the schema. */
#define MERGE_RULES(X)            \
	X(CONFLICT, "conflict")   \
	X(IMMUTABLE, "immutable") \
	X(MIN, "min")             \
	X(MAX, "max")             \
	X(COUNTER, "counter")     \
	X(CAUTIOUS, "cautious")   \
	X(LIFECYCLE, "lifecycle") \
	X(PROSE, "prose")         \
	X(UNION, "union")
enum merge_rule {
#define X(name, text) RULE_##name,
	MERGE_RULES(X)
#undef X
};
const char *merge_rule_name(enum merge_rule r); /* "conflict" */

enum list_type { LIST_ATOMIC, LIST_SET, LIST_MAP, LIST_SEQUENCE };

/* A place in a kind's structure. A place the schema says nothing about has the defaults (schema_unknown). */
struct snode {
	const struct val *schema;  /* the words of the schemas that rule here, $ref followed, the referring one's first; or NULL */
	enum merge_rule rule;      /* x-merge */
	enum list_type list;       /* x-list-type */
	const char *list_key;      /* x-list-map-keys[0] of a LIST_MAP, else NULL */
	bool atomic_map;           /* x-map-type: atomic */
	const char *const *order;  /* x-order, NULL-terminated, or NULL */
	const char *const *withdrawn; /* x-withdrawn, or NULL */
	const char *const *const *groups; /* x-groups: NULL-terminated list of NULL-terminated lists, or NULL */
	const char *const *refs;   /* x-ref kinds; {"any", NULL} for any; NULL when the value is no reference */
	const struct val *ref_where; /* x-ref-where: values that the record referred to must have; or NULL */
	const char *title_fr, *title_en; /* x-title, or title; NULL when there is none */
	const char *required_from; /* x-required-from: a state, or NULL */
	const char *renamed_from;  /* x-renamed-from, or NULL */
	bool string_only;          /* type admits strings and nothing else that a plain scalar could be */
	const char *const *types;  /* `type` as a list, NULL-terminated; NULL when any */
	struct snode_part *part;   /* own; the schema floor's business */
};

const struct snode *schema_unknown(void);                                        /* defaults, no children */
const struct snode *schema_child(const struct snode *s, const char *key);        /* never NULL */
const struct snode *schema_item(const struct snode *s);                          /* never NULL */
int schema_rank(const struct snode *s, const char *key); /* place of a key in the schema's order; -1 unknown */

struct schemas;

/* One kind. */
struct schema {
	const char *kind;      /* "enseignement" (x-kind.name) */
	const char *prefix;    /* "ens" */
	const char *folder;    /* "enseignements"; "" for the single file collectif.yaml */
	const char *file;      /* "enseignement.schema.yaml" */
	int64_t version;       /* the highest x-version of its file and of the files that are no kind's */
	const struct snode *root;
	const struct schemas *set; /* borrow */
};

/* One file of the schema folder. */
struct schema_file {
	const char *name; /* without folder: "enseignement.schema.yaml" */
	const char *bytes;
	size_t n;
};

#define SCHEMA_MAX_FILES 256

/* Load all *.schema.yaml among the files. Two kinds of one name or prefix, or no kind at all: ERR_SCHEMA. */
int schemas_load(struct schemas **out, struct arena *a, const struct schema_file *files, size_t n, struct err *e);
/* The same, from a folder on disk. Missing folder: ERR_NOTFOUND. */
int schemas_load_dir(struct schemas **out, struct arena *a, const char *dir, struct err *e);
/* From a folder on disk what one kind needs: its file and what that refers to, a fourth of the work. Other kinds may be missing, so
 * nothing that looks across kinds is checked: for merging by field, not for judging. */
int schemas_load_kind(struct schemas **out, struct arena *a, const char *dir, const char *kind, struct err *e);

const struct schema *schemas_kind(const struct schemas *s, const char *kind);        /* NULL: unknown */
const struct schema *schemas_by_prefix(const struct schemas *s, const char *prefix); /* NULL: unknown */
const struct schema *schemas_by_folder(const struct schemas *s, const char *folder); /* NULL: unknown */
const struct schema *schemas_at(const struct schemas *s, size_t i); /* sorted by kind; NULL past the end */
bool schemas_count(const struct schemas *s); /* some field is a counter: two equal changes of a record are two changes */

/* The record's data typed by its schema: a copy in which a plain scalar that reads as null, bool or number becomes the
 * string it spells wherever the schema admits only strings, and a field under an old name (x-renamed-from) stands under
 * its new one. */
struct val *schema_type(struct arena *a, const struct snode *s, const struct val *v);

/* How ydoc_rewrite spells a record of this kind: pass &schema_shape_ops and the schema's root. */
extern const struct yshape_ops schema_shape_ops;

/* A field path of the command line and of sidecars: keys and list-map keys joined by '/', e.g. conditions/c2/texte.
 * Finds the value (NULL when missing) and the place in the structure; either out may be NULL. false: the path leads
 * nowhere the structure allows (through a scalar; an empty part). */
bool schema_find(const struct snode **place, const struct val **v, const struct snode *root, const struct val *record,
		 const char *path);

/* The path with the names that its fields have now (x-renamed-from); the path itself when none was renamed. */
const char *schema_new_path(struct arena *a, const struct snode *root, const char *path);

/* A copy of record in which the value at path is v (NULL: removed; an emptied parent stays). Creates missing maps, and
 * list-map items with their key; a new key goes where the schema's order puts it. ERR_NOTFOUND (nothing there to
 * remove) or ERR_DATA, with what to do. */
int schema_put(struct val **out, struct arena *a, const struct snode *root, const struct val *record, const char *path,
	       struct val *v, struct err *e);

#endif
