/* What everybody does before using a record's differences. People settle in an editor: they set the field, and the
 * sidecar does not know it yet. An entry is held against what its field shows:
 *
 *   a value            shows base (or the smallest key)   stays open     shows something else   becomes `tranche`
 *   settled            still shows the chosen value       stays          set again              goes
 *   a value            (the field was taken out)          becomes `tranche` on its absence: that is a choice like any other
 *   a sentence         still in the text                  stays          gone                   goes (settled)
 *   a_relire (groups)  the flagged value is still there   stays          changed                goes (read, and edited)
 *   an item, a record  exists                             stays          gone                   goes
 */
#include "normalise.h"
#include "field.h"
#include "sentence.h"

#include <stdlib.h>
#include <string.h>

struct one_text {
	const struct val *v; /* the field asked about last: entries of one field stand together */
	struct prose_index *x;
};

static bool shows(struct one_text *t, struct arena *mem, const struct val *v, const char *sentence)
{
	if (t->v != v)
		*t = (struct one_text){ v, prose_index(mem, v) };
	return prose_shows(t->x, sentence);
}

/* What becomes of one entry; false: it goes. */
static bool normalise_one(struct diff *out, bool *fresh, struct one_text *text, struct arena *mem,
			  const struct snode *root, const struct val *record, const struct diff *d,
			  const struct origin *settled)
{
	*out = *d;
	*fresh = false;
	if (diff_class(d) != DIFF_SENTENCE) /* a sentence's rule on what is none would make one of it, once it is text */
		diff_not_prose(out);
	if (!record)
		return false;
	if (!strcmp(d->champ, CHAMP_RECORD))
		return d->degre != DEG_TRANCHE;
	const struct val *v = field_find(NULL, root, record, d->champ);
	if (!v) { /* the schema may have renamed the field since */
		out->champ = schema_new_path(mem, root, d->champ);
		v = field_find(NULL, root, record, out->champ);
	}
	if (!v && (diff_class(d) != DIFF_VALUE || !field_is_left_out(mem, root, record, out->champ)))
		return false; /* no field of it, or gone with its whole */
	const char *shown;
	switch (diff_class(d)) {
	case DIFF_PRESENCE:
		return d->degre != DEG_TRANCHE;
	case DIFF_SENTENCE:
		if (d->degre == DEG_TRANCHE || v->type != VAL_STR)
			return false;
		shown = sentence_shown(mem, d);
		return !shown || shows(text, mem, v, shown);
	case DIFF_READ:
		return d->n != 1 || val_equal(d->at[0].valeur, v);
	case DIFF_VALUE:
		break;
	}
	bool shown_still = val_equal(v, diff_shown(d)), settled_before = d->degre == DEG_TRANCHE;
	if (!v && shown_still && !settled_before) /* whatever it asked, nobody was shown anything */
		return false;
	if (shown_still && (!settled_before || (d->n == 1 && val_equal(d->base, v) && val_equal(d->at[0].valeur, v))))
		return true;
	if (!shown_still && settled_before)
		return false;
	/* settled just now, or written otherwise than we would: the value is the base and the only proposal */
	struct diff one = *out;
	*out = diff_settled(mem, &one, v, settled_before ? &d->settled : settled);
	*fresh = !settled_before;
	return true;
}

size_t normalise(struct diffs *out, bool **fresh, struct arena *mem, const struct snode *root, const struct val *record,
		 const struct diffs *in, const struct origin *settled)
{
	struct diffs d = { .id = in ? in->id : NULL };
	struct one_text text = { NULL, NULL };
	size_t changed = 0, n = in ? in->n : 0;
	bool *flags = arena_array(mem, n + 1, sizeof *flags);
	for (size_t i = 0; i < n; i++) {
		struct diff one;
		bool is_fresh;
		if (!normalise_one(&one, &is_fresh, &text, mem, root, record, &in->at[i], settled)) {
			changed++;
			continue;
		}
		changed += is_fresh;
		flags[d.n] = is_fresh;
		arena_push(mem, &d, one);
	}
	*out = d;
	if (fresh)
		*fresh = flags;
	return changed;
}

size_t diffs_normalise(struct diffs *out, struct arena *a, const struct schema *s, const struct val *record,
		       const struct diffs *in, const struct origin *settled)
{
	struct diffs d;
	size_t changed = normalise(&d, NULL, a, s ? s->root : schema_unknown(), record, in, settled);
	normalise_order(&d, a);
	*out = d;
	return changed;
}

void diffs_settle(struct diffs *out, struct arena *a, const struct schema *s, const struct diffs *in, const char *champ,
		  const char *cle, const struct val *chosen, const struct origin *by)
{
	(void)s;
	const struct diff *which = diffs_find(in, champ, cle);
	struct diffs d = { .id = in->id };
	for (size_t i = 0; i < in->n; i++) {
		struct diff one = in->at[i];
		if (&in->at[i] == which) {
			if (diff_class(which) != DIFF_VALUE)
				continue;
			one = diff_settled(a, which, val_copy(a, chosen), by);
		}
		arena_push(a, &d, one);
	}
	*out = d;
}

/* --- order -------------------------------------------------------------------------------------------------------- */

struct sorted {
	struct diff *d;
	enum diff_class class;
	char base[VAL_KEY_LEN + 1];
	size_t i;
};

static int by_field(const void *p, const void *q)
{
	const struct sorted *x = p, *y = q;
	int c = strcmp(x->d->champ, y->d->champ);
	if (!c)
		c = (int)x->class - (int)y->class;
	if (!c)
		c = strcmp(x->base, y->base);
	return c ? c : x->i < y->i ? -1 : 1;
}

static bool about_the_same(struct arena *mem, const struct sorted *x, const struct sorted *y)
{
	return !strcmp(x->d->champ, y->d->champ) && x->class == y->class &&
	       (x->class != DIFF_SENTENCE || !strcmp(x->base, y->base) || sentence_same(mem, x->d, y->d));
}

void normalise_order(struct diffs *d, struct arena *mem)
{
	if (d->n == 0)
		return;
	struct sorted *s = arena_array(mem, d->n, sizeof *s);
	for (size_t i = 0; i < d->n; i++) {
		s[i] = (struct sorted){ &d->at[i], diff_class(&d->at[i]), "", i };
		if (d->at[i].base)
			val_key(s[i].base, d->at[i].base);
	}
	qsort(s, d->n, sizeof *s, by_field);
	struct diffs out = { .id = d->id };
	for (size_t i = 0, end; i < d->n; i = end) {
		struct diff one = *s[i].d;
		for (end = i + 1; end < d->n && about_the_same(mem, &s[i], &s[end]); end++)
			one = diff_join(mem, &one, s[end].d);
		const struct diff *before = out.n ? &out.at[out.n - 1] : NULL;
		if (s[i].class == DIFF_READ && before && !strcmp(before->champ, one.champ) && before->degre == DEG_DUR)
			continue;
		arena_push(mem, &out, one);
	}
	*d = out;
}
