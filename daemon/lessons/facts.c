#include "lessons/facts.h"

#include "lessons/dates.h"
#include "lessons/doc.h"

static bool has_support(const struct val *doc, const char *key, const char *code)
{
	const struct val *list = val_get(doc, "appuis");
	for (size_t i = 0; i < items(list); i++)
		if (val_is_str(val_get(list->list.at[i], key), code) && !val_get(list->list.at[i], "retire"))
			return true;
	return false;
}

static bool is_opposed(const struct val *doc)
{
	const struct val *list = val_get(doc, "appuis");
	for (size_t i = 0; i < items(list); i++) {
		const struct val *role = val_get(list->list.at[i], "role");
		if (val_is_str(role, "nuance") || val_is_str(role, "contredit"))
			return true;
	}
	return false;
}

static const char *observed(const struct val *doc)
{
	static const char *const keys[] = { "observe_fin", "observe_debut" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (dates_is(val_text(doc, keys[i])))
			return val_text(doc, keys[i]);
	return "";
}

struct facts facts_of(struct arena *a, const struct val *doc)
{
	return (struct facts){ .themes = names_of(a, val_get(doc, "themes")),
			       .skills = names_of(a, val_get(doc, "competences")),
			       .schemes = names_of(a, val_get(doc, "dispositifs")),
			       .publics = names_of(a, val_get(doc, "publics")),
			       .statement = text_or(doc, "enonce", ""),
			       .sense = text_or(doc, "sens", ""),
			       .maturity = text_or(doc, "maturite", ""),
			       .cycle = text_or(doc, "cycle", ""),
			       .observed = observed(doc),
			       .natures = supports_natures(a, doc),
			       .dissents = items(val_get(doc, "desaccords")),
			       .opposed = is_opposed(doc),
			       .limits = val_get(doc, "limites") != NULL,
			       .practice = has_support(doc, "genre", "pratique"),
			       .literature = has_support(doc, "nature", "litterature") };
}

void facts_pack(struct buf *b, const struct facts *f)
{
	const struct names *sets[] = { &f->themes, &f->skills, &f->schemes, &f->publics };
	const char *const texts[] = { f->statement, f->sense, f->maturity, f->cycle, f->observed };
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		names_pack(b, sets[i]);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		pack_str(b, texts[i]);
	pack_u64(b, f->natures);
	pack_u64(b, f->dissents);
	pack_u64(b, f->limits | f->practice << 1 | f->literature << 2 | f->opposed << 3);
}

struct facts facts_unpack(struct arena *a, struct unpack *u)
{
	struct facts f = { 0 };
	struct names *sets[] = { &f.themes, &f.skills, &f.schemes, &f.publics };
	const char **const texts[] = { &f.statement, &f.sense, &f.maturity, &f.cycle, &f.observed };
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		*sets[i] = names_unpack(a, u);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = unpack_str(u);
	f.natures = (size_t)unpack_u64(u);
	f.dissents = (size_t)unpack_u64(u);
	uint64_t flags = unpack_u64(u);
	f.limits = flags & 1;
	f.practice = flags >> 1 & 1;
	f.literature = flags >> 2 & 1;
	f.opposed = flags >> 3 & 1;
	return f;
}
