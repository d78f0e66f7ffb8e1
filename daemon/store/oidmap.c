#include "oidmap.h"

#include "base/err.h"

#include <string.h>

/* An oid is a hash already: its first bytes are as good as any. */
static size_t start(const git_oid *oid, size_t cap)
{
	size_t h;
	memcpy(&h, oid->id, sizeof h);
	return h & (cap - 1);
}

static struct oidmap_slot *slot(const struct oidmap *m, const git_oid *oid)
{
	size_t i = start(oid, m->cap);
	while (m->at[i].value && git_oid_cmp(&m->at[i].oid, oid))
		i = (i + 1) & (m->cap - 1);
	return &m->at[i];
}

void *oidmap_get(const struct oidmap *m, const git_oid *oid)
{
	return m->n ? slot(m, oid)->value : NULL;
}

void oidmap_put(struct oidmap *m, struct arena *a, const git_oid *oid, void *value)
{
	must(value);
	if (m->n * 2 >= m->cap) {
		struct oidmap bigger = { .cap = m->cap ? m->cap * 2 : 64 };
		bigger.at = arena_array(a, bigger.cap, sizeof *bigger.at);
		for (size_t i = 0; i < m->cap; i++) {
			if (!m->at[i].value)
				continue;
			*slot(&bigger, &m->at[i].oid) = m->at[i];
			bigger.n++;
		}
		*m = bigger;
	}
	struct oidmap_slot *s = slot(m, oid);
	if (!s->value)
		m->n++;
	*s = (struct oidmap_slot){ *oid, value };
}
