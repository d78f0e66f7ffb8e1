/* out_schema.c -- schema/<table>.json: a Table Schema (https://specs.frictionlessdata.io/table-schema/) of each table, for
 * who reuses the data elsewhere. It is made of the same column lists that the tables are written with: it cannot differ. */
#include <string.h>

#include "lessons/columns.h"
#include "lessons/csv.h"
#include "lessons/outputs.h"

static const struct {
	const char *name, *type, *description;
} columns[] = {
#define X(name, type, description) { name, type, description },
	COLUMNS(X)
#undef X
};

static const struct {
	enum output table;
	const char *columns, *key;
} tables[] = {
#define X(name, columns, key) { OUT_##name, columns, key },
	TABLES(X)
#undef X
};

static void put(const struct model *m, struct val *map, const char *key, const char *text)
{
	val_set(m->a, map, key, val_str(m->a, text));
}

/* A column that is in no list is a concept: a column of a framework matrix. */
static struct val *field_val(const struct model *m, const char *name)
{
	const char *type = "string", *description = NULL;
	struct val *v = val_map(m->a);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (!strcmp(columns[i].name, name)) {
			type = columns[i].type;
			description = columns[i].description;
		}
	bool list = !strcmp(type, "list");
	put(m, v, "name", name);
	put(m, v, "type", list ? "string" : type);
	if (description)
		put(m, v, "description", list ? arena_printf(m->a, "%s (séparés par « ; »)", description) : description);
	else
		put(m, v, "description",
		    arena_printf(m->a, "Énoncés, chacun avec sa référence : %s", concept_label(m, name)));
	if (!strcmp(type, "boolean")) {
		struct val *yes = val_list(m->a), *no = val_list(m->a);
		val_push(m->a, yes, val_str(m->a, yes_no(true)));
		val_push(m->a, no, val_str(m->a, yes_no(false)));
		val_set(m->a, v, "trueValues", yes);
		val_set(m->a, v, "falseValues", no);
	}
	return v;
}

static struct names keys_of(const struct model *m, const char *key)
{
	struct names out = { 0 };
	for (const char *p = key; *p; p += p[strcspn(p, ",")] ? strcspn(p, ",") + 1 : strcspn(p, ","))
		names_add(m->a, &out, arena_dupn(m->a, p, strcspn(p, ",")));
	return out;
}

void out_schema(const struct part *p)
{
	const struct model *m = p->m;
	const char *names = p->key ? framework_columns(m, p->key) : "", *key = p->key ? "collectif" : "";
	for (size_t i = 0; !p->key && i < sizeof tables / sizeof *tables; i++)
		if (tables[i].table == p->table) {
			names = tables[i].columns;
			key = tables[i].key;
		}
	buf_puts(p->out, "{\"$schema\":\"https://specs.frictionlessdata.io/schemas/table-schema.json\",\n\"fields\":[");
	for (const char *q = names; *q; q += q[strcspn(q, ",")] ? strcspn(q, ",") + 1 : strcspn(q, ",")) {
		buf_puts(p->out, q == names ? "\n" : ",\n");
		val_canon(p->out, field_val(m, arena_dupn(m->a, q, strcspn(q, ","))));
	}
	buf_puts(p->out, "\n],\n\"missingValues\":[\"\"]");
	if (*key) {
		struct names keys = keys_of(m, key);
		buf_puts(p->out, ",\n\"primaryKey\":");
		val_canon(p->out, names_val(m->a, &keys));
	}
	buf_puts(p->out, "}\n");
}
