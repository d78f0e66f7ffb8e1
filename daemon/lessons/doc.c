#include "lessons/doc.h"

#include <string.h>

#include "lessons/names.h"
#include "lessons/words.h"

const char *text_or(const struct val *map, const char *key, const char *otherwise)
{
	const char *s = val_text(map, key);
	return s ? s : otherwise;
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

/* Those that are withdrawn, or are not; `out` has room for each. Supports are sorted by nature. */
static size_t heap_up(struct heap *out, const struct val *list, bool withdrawn)
{
	size_t n = 0;
	for (size_t i = 0; i < items(list); i++) {
		const struct val *one = list->list.at[i];
		if ((val_get(one, "retire") != NULL) != withdrawn)
			continue;
		const char *nature = nature_of(one);
		if (!n || strcmp(out[n - 1].nature, nature))
			out[n++] = (struct heap){ nature, 0 };
		out[n - 1].n += number_of(one);
	}
	return n;
}

const char *supports_count(struct arena *a, const struct val *doc)
{
	const struct val *list = val_get(doc, "appuis");
	struct heap *heaps = arena_array(a, items(list), sizeof *heaps);
	const char **said = arena_array(a, 2 * items(list), sizeof *said);
	size_t n = 0;
	for (int withdrawn = 0; withdrawn < 2; withdrawn++) {
		size_t some = heap_up(heaps, list, withdrawn);
		for (size_t i = 0; i < some; i++) {
			const char *note = !withdrawn ? "" : heaps[i].n > 1 ? " (retirés)" : " (retiré)";
			said[n++] = arena_cat(a, arena_num(a, heaps[i].n), " ", word_support(heaps[i].nature, heaps[i].n), note);
		}
	}
	return arena_join(a, said, n, " ; ");
}

size_t supports_natures(struct arena *a, const struct val *doc)
{
	const struct val *list = val_get(doc, "appuis");
	struct heap *heaps = arena_array(a, items(list), sizeof *heaps);
	return heap_up(heaps, list, false);
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
