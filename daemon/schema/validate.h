/* validate.h -- what is wrong with a value, as data: every fault with its place and a sentence a coordinator can act on. */
#ifndef SCHEMA_VALIDATE_H
#define SCHEMA_VALIDATE_H

#include "schema/schema.h"

struct fault {
	const char *path;  /* of the file, as given by the caller; may be "" */
	int line, col;     /* 1-based; 0 when unknown */
	const char *field; /* "conditions/c2/texte" (list items by their key, else by index from 0); "" for the record */
	const char *code;  /* stable id: "yaml", "type", "enum", "required", "pattern", "format", "id", "path", "owner"... */
	const char *msg;   /* localised: what was found, what was expected */
	bool warning;      /* shown, never a refusal (an unresolved reference, an unknown key, a newer schema's code) */
	const char *title; /* the field's label in the reader's language, or NULL */
};
struct faults {
	struct fault *at;
	size_t n, cap;
	size_t errors; /* those that are not warnings */
};
#define FAULTS_MAX 100 /* per record: one more is not recorded, or takes the place of a warning */

void fault_add(struct faults *f, struct arena *a, const struct fault *one);
/* "path:line:col: field (title) : message" for people; appended to out without newline. */
void fault_print(struct buf *out, const struct fault *f);
/* The faults from this one on, by line and column; those of one place stay in their order. */
void faults_sort(struct faults *f, size_t from);

/* Check a typed value against a place of a loaded schema: every keyword of DESIGN 4. Faults are in document order. A key
 * that the structure does not know is a warning, code "unknown" (a fault when only an unseen character tells it from a known
 * one); two items of a list with one key are a fault, code "x-list-map-keys". Work is bounded: code "limit". */
void schema_validate(struct faults *out, struct arena *a, const struct snode *s, const struct val *v);
/* The same for a value that says it follows a newer version of the schema (`newer`): a text that no `enum` lists may be one
 * of its codes, and is a warning, code "vocabulary". Conditions (if, not) still take the lists as they are. */
void schema_validate_newer(struct faults *out, struct arena *a, const struct snode *s, const struct val *v, bool newer);

/* x-required-from for the record's `etat` (order: the x-order of the field etat): missing or empty fields as faults, code
 * "required_from". Withdrawn states, archive and remplace ask nothing. */
void schema_check_state(struct faults *out, struct arena *a, const struct schema *s, const struct val *record);

#endif
