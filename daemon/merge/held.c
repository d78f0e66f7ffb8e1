/* Does a version of a record really hold what a proposal says? What stands behind every name in a sidecar: the commit it gives can be
 * looked at, and must show the value. */
#include "diffset.h"
#include "field.h"
#include "prose.h"

#include <string.h>

/* One sentence of a text; "" proposes to do without the base sentence. */
static bool shows(struct arena *mem, const struct val *text, const struct diff *d, const struct val *sentence)
{
	if (text->type != VAL_STR || !sentence || sentence->type != VAL_STR)
		return false;
	if (sentence->str.n)
		return val_equal(text, sentence) || prose_shows(prose_index(mem, text), sentence->str.at);
	return d->base && d->base->type == VAL_STR && !prose_shows(prose_index(mem, text), d->base->str.at);
}

bool diff_held(struct arena *mem, const struct schema *s, const struct val *record, const struct diff *d, const struct proposal *p)
{
	if (!strcmp(d->champ, CHAMP_RECORD))
		return p->absent ? !record : p->present && record;
	const struct snode *root = s ? s->root : schema_unknown();
	const struct val *v = record ? field_find(NULL, root, record, d->champ) : NULL;
	if (!v && record)
		v = field_find(NULL, root, record, schema_new_path(mem, root, d->champ));
	if (p->absent || p->present)
		return p->absent ? !v : v != NULL;
	if (!v)
		return false;
	return val_equal(v, p->valeur) || (diff_class(d) == DIFF_SENTENCE && shows(mem, v, d, p->valeur));
}
