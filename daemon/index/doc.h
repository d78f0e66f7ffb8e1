/* doc.h -- what the cache keeps of one record: where it came from, what it is, and its prose.
 *
 * Which fields are prose is the schema's to say (`x-merge: prose`), so a new kind or field is searched without a change
 * here. Title and first prose field weigh more; all others are one text, each under its name (tokenizer.h).
 * OWNER  The arena; values are borrowed.
 */
#ifndef INDEX_DOC_H
#define INDEX_DOC_H

#include "base/val.h"
#include "schema/schema.h"

struct doc {
	const char *id, *kind, *collective, *state, *visibility; /* "" when missing */
	const char *fingerprint;                                 /* of lessons; "" of others */
	const char *until;                                       /* its consent expires then: "2020-01-14"; "" never */
	const char *observed;                                    /* observe_fin, else observe_debut; "" when neither is written */
	const char *title, *main, *rest;
	const struct val *val;
};
/* schema: of the record's kind. */
void doc_of(struct doc *out, struct arena *a, const struct schema *schema, const char *id, const struct val *val);

/* May a record that somebody else's repository holds be searched here? Visible to the network, not withdrawn, and where
 * its kind asks for consent, consent lets its words travel (DOMAIN 3.6) as long as it has not expired (doc.until). */
bool doc_travels(const struct schema *schema, const struct val *val);

#endif
