/* describe.h -- a place of a schema as people meet it: which fields there are, what each is called, what may be put there. For forms,
 * hints and completion; validation and merging never ask.
 *
 * OWNER   Everything returned is borrowed from the set.
 */
#ifndef SCHEMA_DESCRIBE_H
#define SCHEMA_DESCRIBE_H

#include "schema/schema.h"

/* The fields of a mapping, in the schema's order. NULL past the end. */
const struct snode *schema_field(const char **key, const struct snode *s, size_t i);

/* The label in the reader's language; NULL when the schema gives none. */
const char *schema_label(const struct snode *s);
/* The labels along a path, "Conditions / c2 / Texte"; keys stand where there is no label. */
const char *schema_path_label(struct arena *a, const struct snode *root, const char *path);
const char *schema_help(const struct snode *s);           /* the description; NULL: none */
const struct val *schema_codes(const struct snode *s);    /* the closed vocabulary of a text, as a list; NULL: none */
/* What people read for a code. NULL: no label. `lang`: "fr", "en". */
const char *schema_code_label(const struct snode *s, const char *code, const char *lang);
const char *schema_example(const struct snode *s);        /* a text that would do; NULL: none */

/* How a value is best asked for. */
#define SCHEMA_SORTS(X)                                                \
	X(TEXT, "texte")       /* one line */                          \
	X(PROSE, "prose")      /* a long text */                       \
	X(CODE, "code")        /* one of schema_codes */               \
	X(RECORD, "fiche")     /* the id of a record: snode.refs */    \
	X(NUMBER, "nombre")                                            \
	X(BOOL, "oui_non")                                             \
	X(TEXTS, "textes")     /* a list of texts */                   \
	X(CODES, "codes")      /* a list of codes: of the item */      \
	X(RECORDS, "fiches")   /* a list of ids: refs of the item */   \
	X(ITEMS, "elements")   /* a list of mappings */                \
	X(GROUP, "groupe")     /* a mapping with fields of its own */  \
	X(OTHER, "autre")
enum schema_sort {
#define X(name, text) SORT_##name,
	SCHEMA_SORTS(X)
#undef X
};
enum schema_sort schema_sort(const struct snode *s);
const char *schema_sort_name(enum schema_sort sort);
/* Of a list of mappings, the field that says most of an item: texte, titre, libelle or recit; NULL: none of them. */
const char *schema_item_text(const struct snode *list);

/* Filled: neither missing nor null, an empty text, list or mapping. */
bool schema_is_filled(const struct val *v);

#endif
