/* record.h -- is this file an acceptable record? The one answer that check, commit, merge and hub share (DESIGN 2, 3).
 *
 * A record is acceptable when it is within the YAML profile, names a known kind, validates, and its identity agrees:
 * id with kind prefix, and inside a repository also with its path and its collective.
 *
 * A record that says `schema: kind/N` with N above the schema's x-version was written where the schema is newer: what this one
 * does not know of it (keys, codes of a vocabulary) is carried through, as warnings.
 */
#ifndef SCHEMA_RECORD_H
#define SCHEMA_RECORD_H

#include "schema/validate.h"
#include "yaml/ydoc.h"

struct record {
	const struct ydoc *doc;
	const struct val *val;       /* typed */
	const struct schema *schema; /* NULL: kind unknown */
	const char *id;              /* NULL when missing or no string */
	const char *collectif;       /* the owner it names, or NULL */
};

/* Parse and type, nothing else: for who reads many records that a hub has accepted already, and wants their data. false:
 * outside the profile, of an unknown kind or without an id. */
bool record_read(struct record *out, struct arena *a, const struct schemas *set, const char *name, const void *bytes, size_t n);

/* Parse, type, validate. `path` (relative to the repository, '/'; NULL: outside one) switches the identity rules on;
 * `owner`: the repository's collective code ("nat" for national.git), NULL: not checked.
 * Always returns the record as far as it could be read (doc NULL when not within the profile); acceptable when
 * faults->errors == 0. Only ERR_NOMEM-like trouble is an error, and that goes through the arena: so no return code. */
void record_load(struct record *out, struct faults *faults, struct arena *a, const struct schemas *set,
		 const char *name, const char *path, const char *owner, const void *bytes, size_t n);

/* "enseignements/k5/ens-ara-k5w2h9tc.yaml" of an id (kind by its prefix); "collectif.yaml" for a col-. NULL: unknown
 * prefix or bad id. */
const char *record_path(struct arena *a, const struct schemas *set, const char *id);
/* The sidecar: "conflits/k5/ens-ara-k5w2h9tc.yaml". */
const char *record_sidecar_path(struct arena *a, const char *id);
/* What a path is, by the layout of DESIGN 2. Any .yaml below a kind's folder is a record, so that a misplaced one is told
 * where it belongs. A <name>.variante-<oid8> is an attachment: kept, never read. OTHER: outside the layout. */
enum path_class {
	PATH_RECORD,
	PATH_SIDECAR,
	PATH_SCHEMA,
	PATH_ATTACHMENT,
	PATH_PRIVATE,
	PATH_AGGREGATE,
	PATH_CONFIG,
	PATH_OTHER
};
enum path_class path_class(const struct schemas *set, const char *path);

/* ^[a-z]{3}(-[a-z0-9]+)+$ */
bool id_is_valid(const char *id);
/* The first two characters of the id's last part, padded with '_'. The id is valid. */
void id_shard(char out[3], const char *id);
/* Kinds of the network's vocabulary name themselves, without a collective: con-participation, cyc-2018. */
bool id_is_free(const struct schema *s);
/* <prefix>-<collective>-<8 random of 23456789abcdefghjkmnpqrstuvwxyz>; random bytes from the caller (getrandom). */
const char *id_mint(struct arena *a, const char *prefix, const char *collective, const unsigned char random[8]);
/* 4 characters of the same alphabet, for the items of a list-map. */
const char *item_key_mint(struct arena *a, const unsigned char random[4]);

/* The content's fingerprint: "sha256:<hex>" of the canonical JSON without schema, id, collectif, etat, visibilite,
 * licence, cree_*, contributions (DESIGN 4). */
const char *record_fingerprint(struct arena *a, const struct val *record);

#endif
