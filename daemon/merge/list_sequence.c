/* Lists whose order is their meaning: three-way by element (seq.h). Edits that overlap, and different insertions at one
 * place, cannot be put in an order that both meant: then the base stays and the whole list is a difference. */
#include "walk.h"
#include "keytab.h"
#include "seq.h"

#include <string.h>

static uint32_t *number(struct keytab *names, struct arena *mem, const struct val *list)
{
	uint32_t *ids = arena_array(mem, list->list.n + 1, sizeof *ids);
	for (size_t i = 0; i < list->list.n; i++) {
		size_t n;
		const char *name = field_value_name(&n, mem, list->list.at[i]);
		ids[i] = keytab_id(names, name, n);
	}
	return ids;
}

bool list_sequence(struct val **out, struct walk *w, struct val *o, struct val *a, struct val *b)
{
	struct keytab names;
	keytab_init(&names, w->mem, o->list.n + a->list.n + b->list.n);
	uint32_t *io = number(&names, w->mem, o), *ia = number(&names, w->mem, a), *ib = number(&names, w->mem, b);
	struct hunks ha, hb;
	struct chunks chunks;
	seq_diff(&ha, w->mem, io, o->list.n, ia, a->list.n);
	seq_diff(&hb, w->mem, io, o->list.n, ib, b->list.n);
	seq_merge(&chunks, w->mem, o->list.n, &ha, &hb);
	struct val *merged = val_list(w->mem);
	for (size_t i = 0; i < chunks.n; i++) {
		const struct chunk *c = &chunks.at[i];
		size_t na = c->a1 - c->a0, nb = c->b1 - c->b0;
		bool alike = na == nb && (!na || !memcmp(ia + c->a0, ib + c->b0, na * sizeof *ia));
		if (c->kind == CHUNK_BOTH && !alike)
			return false;
		for (size_t k = 0; k < (c->kind == CHUNK_B ? nb : na); k++) {
			struct val *x = c->kind == CHUNK_B ? NULL : a->list.at[c->a0 + k];
			struct val *y = c->kind == CHUNK_A ? NULL : b->list.at[c->b0 + k];
			val_push(w->mem, merged,
				 x && y ? val_either(c->kind == CHUNK_SAME ? o->list.at[c->o0 + k] : NULL, x, y)
				 : x	? x
					: y);
		}
	}
	*out = merged;
	return true;
}
