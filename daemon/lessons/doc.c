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
	const char *text = "";
	for (size_t i = 0; i < items(list); i++)
		text = arena_printf(a, "%s%s%s", text, i ? "\n" : "", text_or(list->list.at[i], "texte", ""));
	return text;
}

/* The part of a doc's supports that are withdrawn, or are not: "2 entretiens ; 1 pratique". Supports are sorted by
 * nature. */
static const char *count_some(struct arena *a, const struct val *list, bool withdrawn, size_t *natures, size_t *against)
{
	const char *text = "", *nature = NULL;
	size_t sum = 0;
	for (size_t i = 0; i <= items(list); i++) {
		const struct val *s = i < items(list) ? list->list.at[i] : NULL, *n = val_get(s, "nombre");
		const char *role = text_or(s, "role", ""),
			   *next = s ? text_or(s, "nature", text_or(s, "genre", "autre")) : "";
		if (s && (val_get(s, "retire") != NULL) != withdrawn)
			continue;
		if (nature && strcmp(nature, next)) {
			const char *note = !withdrawn ? "" : sum > 1 ? " (retirés)" : " (retiré)";
			text = arena_printf(a, "%s%s%zu %s%s", text, *text ? " ; " : "", sum, word_support(nature, sum),
					    note);
			sum = 0;
			++*natures;
		}
		nature = next;
		sum += n ? (size_t)n->i : 0;
		*against += n && (!strcmp(role, "nuance") || !strcmp(role, "contredit")) ? (size_t)n->i : 0;
	}
	return text;
}

const char *supports_count(struct arena *a, const struct val *doc, size_t *natures, size_t *against)
{
	size_t kinds = 0, contrary = 0, unused = 0;
	const char *valid = count_some(a, val_get(doc, "appuis"), false, &kinds, &contrary);
	const char *gone = count_some(a, val_get(doc, "appuis"), true, &unused, &unused);
	if (natures)
		*natures = kinds;
	if (against)
		*against = contrary;
	return arena_printf(a, "%s%s%s", valid, *valid && *gone ? " ; " : "", gone);
}
