/* Two records that follow the schema can make one that does not: one side sends the record on to `propose`, which wants a
 * statement, while the other takes the statement out. Nothing is blocked or taken back (DESIGN 5, law 5): what each did stays,
 * and the fields that made it so are flagged `a_relire`.
 *
 * Which ones: each field that changed is put back to the base, alone; where that mends the record, it is one of them. Where no
 * single field does, all that changed. What was taken out cannot be flagged; when there is nothing else, `id` is, which
 * every record has.
 */
#include "walk.h"

#include <string.h>

#include "schema/validate.h"

#define TRIES_MAX 64 /* each is a validation of the whole record */

static bool is_valid(struct arena *mem, const struct schema *s, const struct val *v)
{
	struct faults f = { 0 };
	schema_validate(&f, mem, s->root, v);
	schema_check_state(&f, mem, s, v);
	return !f.errors;
}

/* The record with one field as in the base. Shares all values. */
static struct val *put_back(struct arena *mem, const struct val *record, const struct val *o, const char *key)
{
	struct val *out = val_map(mem), *was = val_get(o, key);
	for (size_t i = 0; i < record->map.n; i++)
		if (strcmp(record->map.at[i].key, key) != 0)
			arena_push(mem, &out->map, record->map.at[i]);
	if (was)
		val_set(mem, out, key, was);
	return out;
}

struct changed {
	const char **at;
	size_t n, cap;
};

static void collect(struct changed *c, struct arena *mem, const struct val *in, const struct val *o, const struct val *record)
{
	for (size_t i = 0; in && i < in->map.n; i++) {
		const char *key = in->map.at[i].key;
		if (!val_equal(val_get(o, key), val_get(record, key)) && (in == record || !val_get(record, key)))
			arena_push(mem, c, key);
	}
}

void walk_faulty(struct walk *w, const struct schema *s, const struct val *o, const struct val *a, const struct val *b,
		 const struct val *record)
{
	struct changed all = { 0 }, mends = { 0 };
	if (is_valid(w->mem, s, record) || !is_valid(w->mem, s, a) || !is_valid(w->mem, s, b))
		return;
	collect(&all, w->mem, record, o, record);
	collect(&all, w->mem, o, o, record);
	for (size_t i = 0; all.n <= TRIES_MAX && i < all.n; i++)
		if (is_valid(w->mem, s, put_back(w->mem, record, o, all.at[i])))
			arena_push(w->mem, &mends, all.at[i]);
	const struct changed *of = mends.n ? &mends : &all;
	bool flagged = false;
	for (size_t i = 0; all.n <= TRIES_MAX && i < of->n; i++) {
		const char *key = of->at[i];
		if (!val_get(record, key))
			continue;
		walk_flag(w, s->root, "", key, val_get(o, key), val_get(a, key), val_get(b, key));
		flagged = true;
	}
	if (!flagged && val_get(record, "id"))
		walk_flag(w, s->root, "", "id", NULL, val_get(a, "id"), val_get(b, "id"));
}
