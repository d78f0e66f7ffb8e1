#include "lessons/doc.h"

#include <string.h>

#include "lessons/names.h"
#include "lessons/words.h"

const char *text_or(const struct val *map, const char *key, const char *otherwise)
{
	const char *s = val_text(map, key);
	return s ? s : otherwise;
}

const char *or_nothing(const char *s)
{
	return s ? s : "";
}

size_t items(const struct val *list)
{
	return list && list->type == VAL_LIST ? list->list.n : 0;
}

const char *codes_join(struct arena *a, const struct val *doc, const char *key)
{
	struct names codes = names_of(a, val_get(doc, key));
	return names_join(a, &codes);
}

const char *texts_join(struct arena *a, const struct val *doc, const char *key)
{
	const struct val *list = val_get(doc, key);
	const char **texts = arena_array(a, items(list), sizeof *texts);
	for (size_t i = 0; i < items(list); i++)
		texts[i] = text_or(list->list.at[i], "texte", "");
	return arena_join(a, texts, items(list), "\n");
}

static const char *nature_of(const struct val *support)
{
	const char *nature = val_text(support, "nature");
	return nature ? nature : text_or(support, "genre", "autre");
}

static size_t number_of(const struct val *support)
{
	const struct val *n = val_get(support, "nombre");
	return n ? (size_t)n->i : 0;
}

struct heap { /* supports of one nature */
	const char *nature;
	size_t n;
};
struct heaps {
	struct heap *at;
	size_t n;
};

static void heap_up(struct heaps *h, const struct val *support)
{
	const char *nature = nature_of(support);
	if (!h->n || strcmp(h->at[h->n - 1].nature, nature))
		h->at[h->n++] = (struct heap){ nature, 0 };
	h->at[h->n - 1].n += number_of(support);
}

/* Those in force, those withdrawn. Supports are sorted by nature. */
static void heaps_of(struct heaps out[2], struct arena *a, const struct val *list)
{
	struct heap *room = arena_array(a, 2 * items(list), sizeof *room);
	out[0] = (struct heaps){ room, 0 };
	out[1] = (struct heaps){ room + items(list), 0 };
	for (size_t i = 0; i < items(list); i++)
		heap_up(&out[val_get(list->list.at[i], "retire") != NULL], list->list.at[i]);
}

const char *supports_count(struct arena *a, const struct val *doc, size_t *natures)
{
	const struct val *list = val_get(doc, "appuis");
	const char **said = arena_array(a, 2 * items(list), sizeof *said);
	struct heaps heaps[2];
	size_t n = 0;
	heaps_of(heaps, a, list);
	for (int withdrawn = 0; withdrawn < 2; withdrawn++)
		for (size_t i = 0; i < heaps[withdrawn].n; i++) {
			const struct heap *h = &heaps[withdrawn].at[i];
			const char *note = !withdrawn ? "" : h->n > 1 ? " (retirés)" : " (retiré)";
			said[n++] = arena_cat(a, arena_num(a, h->n), " ", word_support(h->nature, h->n), note);
		}
	if (natures)
		*natures = heaps[0].n;
	return arena_join(a, said, n, " ; ");
}

size_t supports_natures(struct arena *a, const struct val *doc)
{
	struct heaps heaps[2];
	heaps_of(heaps, a, val_get(doc, "appuis"));
	return heaps[0].n;
}

size_t supports_against(const struct val *doc)
{
	const struct val *list = val_get(doc, "appuis");
	size_t n = 0;
	for (size_t i = 0; i < items(list); i++) {
		const struct val *role = val_get(list->list.at[i], "role");
		if ((val_is_str(role, "nuance") || val_is_str(role, "contredit")) && !val_get(list->list.at[i], "retire"))
			n += number_of(list->list.at[i]);
	}
	return n;
}
