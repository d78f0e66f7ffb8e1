/* A contested sentence in a text, later: is it still there, and what does the text become without it? */
#include "prose.h"
#include "keytab.h"
#include "prose_split.h"
#include "spans.h"

struct prose_index {
	struct arena *mem;
	const struct val *text; /* a string, or NULL */
	struct pieces p;
	uint32_t *id; /* by piece: the number of its folded sentence */
	struct keytab names;
};

/* The name of a piece: its folded text; a break's is a newline, which no folded text holds. */
static const char *name_of(size_t *n, struct arena *mem, const struct piece *p)
{
	*n = 1;
	return p->brk ? "\n" : prose_fold(mem, p->at, p->n, n);
}

struct prose_index *prose_index(struct arena *mem, const struct val *text)
{
	struct prose_index *x = arena_new(mem, struct prose_index);
	x->mem = mem;
	if (!text || text->type != VAL_STR)
		return x;
	x->text = text;
	prose_sentences(&x->p, mem, text->str.at, text->str.n, false);
	x->id = arena_array(mem, x->p.n + 1, sizeof *x->id);
	keytab_init(&x->names, mem, x->p.n);
	for (size_t i = 0; i < x->p.n; i++) {
		size_t n;
		const char *name = name_of(&n, mem, &x->p.at[i]);
		x->id[i] = keytab_id(&x->names, name, n);
	}
	return x;
}

static bool find_run(size_t *first, size_t *last, struct prose_index *x, const char *sentence)
{
	struct pieces p;
	if (!x->text)
		return false;
	prose_sentences(&p, x->mem, sentence, strlen(sentence), false);
	uint32_t *id = arena_array(x->mem, p.n + 1, sizeof *id);
	for (size_t i = 0; i < p.n; i++) {
		size_t n;
		const char *name = name_of(&n, x->mem, &p.at[i]);
		id[i] = keytab_find(&x->names, name, n);
		if (id[i] == KEYTAB_NONE)
			return false;
	}
	for (size_t i = 0; p.n && i + p.n <= x->p.n; i++)
		if (!memcmp(x->id + i, id, p.n * sizeof *id)) {
			*first = i;
			*last = i + p.n - 1;
			return true;
		}
	return false;
}

bool prose_shows(struct prose_index *x, const char *sentence)
{
	size_t first, last;
	return find_run(&first, &last, x, sentence);
}

struct val *prose_replace(struct prose_index *x, const char *sentence, const char *now)
{
	size_t first, last;
	if (!find_run(&first, &last, x, sentence))
		return NULL;
	const struct val_str *s = &x->text->str;
	const struct piece *p = &x->p.at[first], *q = &x->p.at[last];
	const char *end = s->at + s->n, *from = *now ? p->at : p->sep, *rest = q->at + q->n;
	if (!*now && p->first) /* the first of its paragraph goes with the white space behind it */
		while (rest < end && (*rest == ' ' || *rest == '\n'))
			rest++;
	struct spans out = { .mem = x->mem };
	spans_put(&out, s->at, (size_t)(from - s->at));
	spans_put(&out, now, strlen(now));
	spans_put(&out, rest, (size_t)(end - rest));
	return val_strn(x->mem, spans_text(&out), out.bytes);
}
