#include "index/doc.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "index/tokenizer.h"
#include "schema/record.h"

struct field {
	const char *path, *text;
	int rank; /* of a top-level field in the schema; -1: further down */
};
struct prose {
	struct arena *a;
	struct {
		struct field *at;
		size_t n, cap;
	} fields;
};

static const char *or_nothing(const char *s)
{
	return s ? s : "";
}

/* Marks and field names are told from text by control characters. */
static const char *printable(struct arena *a, const char *s)
{
	char *out = arena_dup(a, s);
	text_disarm(out);
	return out;
}

static const char *below(struct arena *a, const char *path, const char *key)
{
	return *path ? arena_printf(a, "%s/%s", path, key) : key;
}

/* The name of a list's item in a field path: its key, else its number. */
static const char *item_name(struct arena *a, const struct snode *list, const struct val *item, size_t i)
{
	const char *key = list->list_key ? val_text(item, list->list_key) : NULL;
	return key ? key : arena_printf(a, "%zu", i + 1);
}

static void gather(struct prose *p, const struct snode *place, const struct val *v, const char *path, int rank)
{
	struct field one = { path, NULL, rank };
	switch (v->type) {
	case VAL_STR:
		if (place->rule != RULE_PROSE || !v->str.n)
			return;
		one.path = printable(p->a, path);
		one.text = printable(p->a, v->str.at);
		arena_push(p->a, &p->fields, one);
		return;
	case VAL_MAP:
		for (size_t i = 0; i < v->map.n; i++) {
			const char *key = v->map.at[i].key;
			gather(p, schema_child(place, key), v->map.at[i].val, below(p->a, path, key),
			       *path ? -1 : schema_rank(place, key));
		}
		return;
	case VAL_LIST:
		for (size_t i = 0; i < v->list.n; i++)
			gather(p, schema_item(place), v->list.at[i],
			       below(p->a, path, item_name(p->a, place, v->list.at[i], i)), -1);
		return;
	case VAL_NULL:
	case VAL_BOOL:
	case VAL_INT:
	case VAL_NUM:
		return;
	}
}

static const char *packed(struct arena *a, const struct prose *p, const struct field *only, const struct field *but)
{
	size_t n = 1;
	for (size_t i = 0; i < p->fields.n; i++)
		n += strlen(p->fields.at[i].path) + strlen(p->fields.at[i].text) + 2;
	char *out = arena_alloc(a, n), *at = out;
	for (size_t i = 0; i < p->fields.n; i++) {
		const struct field *f = &p->fields.at[i];
		if (f == but || (only && f != only))
			continue;
		*at++ = INDEX_FIELD;
		at = stpcpy(at, f->path);
		*at++ = INDEX_TEXT;
		at = stpcpy(at, f->text);
	}
	*at = 0;
	return out;
}

void doc_of(struct doc *out, struct arena *a, const struct schema *schema, const char *id, const struct val *val)
{
	struct prose p = { .a = a };
	const struct field *main = NULL;
	gather(&p, schema->root, val, "", -1);
	for (size_t i = 0; i < p.fields.n; i++) {
		const struct field *f = &p.fields.at[i];
		if (f->rank >= 0 && (!main || f->rank < main->rank))
			main = f;
	}
	*out = (struct doc){ .id = id,
			     .kind = schema->kind,
			     .collective = or_nothing(val_text(val, "collectif")),
			     .state = or_nothing(val_text(val, "etat")),
			     .visibility = or_nothing(val_text(val, "visibilite")),
			     .fingerprint = or_nothing(val_text(val, "empreinte")), /* of a line of aggregat/ */
			     .until = or_nothing(val_text(val_get(val, "consentement"), "expire_le")),
			     .observed = or_nothing(val_text(val, val_text(val, "observe_fin") ? "observe_fin" : "observe_debut")),
			     .title = printable(a, or_nothing(val_text(val, "titre"))),
			     .main = main ? packed(a, &p, main, NULL) : "",
			     .rest = packed(a, &p, NULL, main),
			     .val = val };
	if (!strcmp(schema->kind, "enseignement") && !*out->fingerprint)
		out->fingerprint = record_fingerprint(a, val);
}

static bool is_either(const struct val *v, const char *x, const char *y)
{
	return val_is_str(v, x) || val_is_str(v, y);
}

bool doc_travels(const struct schema *schema, const struct val *val)
{
	if (!is_either(val_get(val, "visibilite"), "reseau", "public") || val_is_str(val_get(val, "etat"), "retire"))
		return false;
	if (schema_rank(schema->root, "consentement") < 0)
		return true;
	const struct val *consent = val_get(val, "consentement");
	return is_either(val_get(consent, "statut"), "obtenu", "non_requis") &&
	       is_either(val_get(consent, "portee"), "reseau", "public") &&
	       is_either(val_get(consent, "citation"), "verbatim", "paraphrase");
}
