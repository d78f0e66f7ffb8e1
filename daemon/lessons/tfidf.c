/* tfidf.c -- words of texts, and the other way round: for each word the texts that have it.
 *
 * The cosines of one text with all others are one pass over the lists of its words, and texts that share none are never
 * looked at. Sums run in the order of the words' numbers, so they are the same to the last bit on every run.
 */
#include "lessons/tfidf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/strtab.h"
#include "lessons/term.h"

#define SHORTEST 3 /* bytes of a stem that counts: the « co » of « co-formation » says little */

struct weighted { /* a word of a text */
	uint32_t term;
	uint32_t n;     /* bytes of the word where it is first written */
	const char *at; /* borrow: there */
	double weight;  /* first its count */
};
struct posting {
	uint32_t text;
	double weight;
};
struct vector {
	struct weighted *at; /* by term */
	size_t n;
};
struct tfidf {
	struct arena *a;
	struct vector *texts;
	size_t n;
	struct strtab terms;       /* stems */
	struct posting **postings; /* of each term, by text; NULL: it is common */
	size_t *n_postings;
	double *cosine;            /* of the text at hand with each; zero between calls */
	struct alike *alike;
};

struct tfidf *tfidf_new(struct arena *a, size_t texts)
{
	struct tfidf *t = arena_new(a, struct tfidf);
	t->a = a;
	t->n = texts;
	t->texts = arena_array(a, texts, sizeof *t->texts);
	t->cosine = arena_array(a, texts, sizeof *t->cosine);
	t->alike = arena_array(a, texts, sizeof *t->alike);
	return t;
}

struct pieces {
	const char **at;
	size_t n, cap;
};

static int words_of(struct pieces *out, struct arena *a, const char *text, struct err *e)
{
	struct terms words;
	struct term one;
	int rc = terms_begin(&words, text, strlen(text), e);
	while (!rc && term_next(&one, &words)) {
		if (one.stop || strlen(one.stem) < SHORTEST)
			continue;
		arena_push(a, out, arena_dup(a, one.stem));
		arena_push(a, out, arena_dupn(a, text + one.start, one.end - one.start));
	}
	return rc ? rc : words.nomem ? err_nomem(e) : 0;
}

int tfidf_words(const char **out, struct arena *a, const char *const *pieces, size_t n, struct err *e)
{
	struct pieces all = { 0 };
	for (size_t i = 0; i < n; i++) {
		int rc = words_of(&all, a, pieces[i], e);
		if (rc)
			return rc;
	}
	arena_push(a, &all, "");
	*out = arena_join(a, all.at, all.n, " ");
	return 0;
}

/* There is room. */
static void put_word(struct vector *x, const struct weighted *w)
{
	size_t k = x->n;
	while (k && x->at[k - 1].term > w->term)
		k--;
	if (k && x->at[k - 1].term == w->term) {
		x->at[k - 1].weight++;
		return;
	}
	memmove(&x->at[k + 1], &x->at[k], (x->n++ - k) * sizeof *x->at);
	x->at[k] = *w;
}

static size_t count_words(const char *words)
{
	size_t spaces = 0;
	for (const char *p = words; (p = strchr(p, ' ')); p++)
		spaces++;
	return spaces / 2;
}

void tfidf_add(struct tfidf *t, size_t i, const char *words)
{
	struct vector *x = &t->texts[i];
	x->at = arena_array(t->a, count_words(words), sizeof *x->at);
	while (*words) {
		const char *written = strchr(words, ' ') + 1, *end = strchr(written, ' ');
		struct weighted w = { strtab_number_of(&t->terms, t->a, words, (size_t)(written - 1 - words)),
				      (uint32_t)(end - written), written, 1 };
		put_word(x, &w);
		words = end + 1;
	}
}

static bool is_common(const struct tfidf *t, uint32_t term)
{
	return t->n_postings[term] > TFIDF_COMMON && 10 * t->n_postings[term] > t->n;
}

void tfidf_weigh(struct tfidf *t)
{
	size_t words = t->terms.n, *filled = arena_array(t->a, words, sizeof *filled);
	double *idf = arena_array(t->a, words, sizeof *idf);
	t->n_postings = arena_array(t->a, words, sizeof *t->n_postings);
	t->postings = arena_array(t->a, words, sizeof *t->postings);
	for (size_t i = 0; i < t->n; i++) {
		const struct vector *x = &t->texts[i];
		for (size_t k = 0; k < x->n; k++)
			t->n_postings[x->at[k].term]++;
	}
	for (uint32_t w = 0; w < words; w++) {
		if (!is_common(t, w))
			t->postings[w] = arena_array(t->a, t->n_postings[w], sizeof *t->postings[w]);
		idf[w] = log(1 + (double)t->n / (double)t->n_postings[w]);
	}
	for (size_t i = 0; i < t->n; i++) {
		struct vector *x = &t->texts[i];
		double square = 0;
		for (size_t k = 0; k < x->n; k++) {
			x->at[k].weight *= idf[x->at[k].term];
			square += x->at[k].weight * x->at[k].weight;
		}
		for (size_t k = 0; k < x->n; k++) {
			struct weighted *w = &x->at[k];
			w->weight /= sqrt(square);
			if (t->postings[w->term])
				t->postings[w->term][filled[w->term]++] = (struct posting){ (uint32_t)i, w->weight };
		}
	}
}

const struct alike *tfidf_cosines(size_t *n, struct tfidf *t, size_t i, size_t first)
{
	const struct vector *x = &t->texts[i];
	size_t found = 0;
	for (size_t k = 0; k < x->n; k++) {
		const struct weighted *w = &x->at[k];
		const struct posting *p = t->postings[w->term];
		if (!p)
			continue;
		for (size_t j = t->n_postings[w->term]; j-- > 0 && p[j].text >= first;) {
			if (p[j].text == i)
				continue;
			if (t->cosine[p[j].text] == 0)
				t->alike[found++].text = p[j].text;
			t->cosine[p[j].text] += w->weight * p[j].weight;
		}
	}
	for (size_t k = 0; k < found; k++) {
		double *sum = &t->cosine[t->alike[k].text];
		t->alike[k].cosine = *sum;
		*sum = 0;
	}
	*n = found;
	return t->alike;
}

struct shared_word {
	const struct weighted *at;
	double weight;
};

static int weightier(const void *x, const void *y)
{
	const struct shared_word *p = x, *q = y;
	if (p->weight != q->weight)
		return p->weight > q->weight ? -1 : 1;
	return p->at->term < q->at->term ? -1 : p->at->term > q->at->term;
}

const char *tfidf_shared(struct arena *a, const struct tfidf *t, size_t i, size_t j, const char *sep)
{
	const struct vector *x = &t->texts[i], *y = &t->texts[j];
	struct shared_word *both = arena_array(a, x->n, sizeof *both);
	size_t n = 0, room = 1;
	for (size_t k = 0, m = 0; k < x->n && m < y->n;) {
		const struct weighted *v = &x->at[k], *w = &y->at[m];
		if (v->term == w->term && !is_common(t, v->term)) {
			both[n++] = (struct shared_word){ v, v->weight * w->weight };
			room += v->n + strlen(sep);
		}
		k += v->term <= w->term;
		m += w->term <= v->term;
	}
	if (n)
		qsort(both, n, sizeof *both, weightier);
	char *out = arena_alloc(a, room), *p = out;
	for (size_t k = 0; k < n; k++) {
		p = stpcpy(p, k ? sep : "");
		p = mempcpy(p, both[k].at->at, both[k].at->n);
	}
	*p = 0;
	return out;
}
