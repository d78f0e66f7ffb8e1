#include "editor.h"

const char *editor_settings(struct arena *a, const struct schemas *set)
{
	const char *lines = "", *sep = "";
	const struct schema *s;
	for (size_t i = 0; (s = schemas_at(set, i)); i++) {
		const char *where = *s->folder ? arena_printf(a, "%s/**/*.yaml", s->folder) : arena_printf(a, "%s.yaml", s->kind);
		lines = arena_printf(a, "%s%s\n    \"schema/%s\": \"%s\"", lines, sep, s->file, where);
		sep = ",";
	}
	return arena_printf(a, "{\n  \"yaml.schemas\": {%s\n  }\n}\n", lines);
}
