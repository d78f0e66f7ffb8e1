#include "ctl/hints.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "schema/describe.h"

#define LINE_COLUMNS 110
#define END_LINE "# --- Fin de l'aide ---"

struct lines {
	const char **at;
	size_t n, cap;
};

static void add(struct lines *l, struct arena *a, const char *line)
{
	arena_push(a, l, line);
}

/* Words in lines of comment. */
static void add_words(struct lines *l, struct arena *a, const char *text)
{
	const char *line = "#";
	size_t cols = 1;
	while (*text) {
		size_t n = strcspn(text, " \t\n"), wide = text_columns(text, n);
		if (cols + 1 + wide > LINE_COLUMNS && cols > 4) {
			add(l, a, line);
			line = "#  ";
			cols = 3;
		}
		line = arena_printf(a, "%s %.*s", line, (int)n, text);
		cols += 1 + wide;
		text += n;
		text += strspn(text, " \t\n");
	}
	add(l, a, line);
}

static const char *french(const struct snode *s, const char *key)
{
	return s->title_fr ? s->title_fr : key;
}

static const char *codes_text(struct arena *a, const struct snode *s)
{
	const struct val *codes = schema_codes(s);
	const char *out = "";
	for (size_t i = 0; codes && i < codes->list.n; i++) {
		const char *code = codes->list.at[i]->str.at, *label = schema_code_label(s, code, "fr");
		out = arena_printf(a, label ? "%s%s%s (%s)" : "%s%s%s", out, i ? ", " : " Au choix : ", code, label);
	}
	return *out ? arena_printf(a, "%s.", out) : "";
}

/* The field as it could be written, behind `lead` ("# ", "#   - ", "#     "). */
static void add_blank(struct lines *l, struct arena *a, const struct snode *s, const char *key, const char *lead)
{
	const char *first, *text = NULL;
	const struct snode *below;
	switch (schema_sort(s)) {
	case SORT_PROSE:
		add(l, a, arena_printf(a, "%s%s: |-", lead, key));
		break;
	case SORT_TEXTS:
	case SORT_CODES:
	case SORT_RECORDS:
		add(l, a, arena_printf(a, "%s%s: []", lead, key));
		break;
	case SORT_ITEMS:
		add(l, a, arena_printf(a, "%s%s:", lead, key));
		first = s->list_key ? s->list_key : "id";
		text = schema_item_text(s);
		add(l, a, arena_printf(a, schema_child(schema_item(s), first)->refs ? "#   - %s: \"\"" : "#   - %s: \"%.1s1\"", first, key));
		if (text)
			add(l, a, arena_printf(a, "#     %s: \"\"", text));
		break;
	case SORT_GROUP:
		add(l, a, arena_printf(a, "%s%s:", lead, key));
		for (size_t i = 0; (below = schema_field(&first, s, i)); i++)
			add(l, a, arena_printf(a, "#   %s: \"\"", first));
		break;
	case SORT_TEXT:
	case SORT_CODE:
	case SORT_RECORD:
	case SORT_NUMBER:
	case SORT_BOOL:
	case SORT_OTHER:
		add(l, a, arena_printf(a, "%s%s: \"\"", lead, key));
		break;
	}
}

static void add_field(struct lines *l, struct arena *a, const struct snode *s, const char *key)
{
	enum schema_sort sort = schema_sort(s);
	const struct snode *codes = sort == SORT_CODES ? schema_item(s) : s;
	const char *help = schema_help(s), *how = "";
	if (sort == SORT_PROSE)
		how = " (texte en dessous, décalé de deux espaces)";
	add_words(l, a, arena_printf(a, "%s%s : %s%s", french(s, key), how, help ? help : "", codes_text(a, codes)));
	add_blank(l, a, s, key, "# ");
}

static const char *head_line(struct arena *a, const struct schema *s, const char *state)
{
	const char *label = schema_code_label(schema_child(s->root, "etat"), state, "fr");
	return arena_printf(a, "# --- Pour l'état « %s » (%s), remplissez aussi ; enlevez le « # » devant le champ ---", state, label ? label : state);
}

/* The state that may come after this one; NULL: none that asks for more. */
static const char *next_state(const struct schema *s, const char *state)
{
	const char *const *order = schema_child(s->root, "etat")->order;
	for (size_t i = 0; state && order && order[i]; i++)
		if (!strcmp(order[i], state))
			return order[i + 1];
	return NULL;
}

static int rank(const struct schema *s, const char *state)
{
	const char *const *order = schema_child(s->root, "etat")->order;
	for (int i = 0; state && order && order[i]; i++)
		if (!strcmp(order[i], state))
			return i;
	return -1;
}

void hints_append(struct buf *out, struct arena *a, const struct schema *s, const struct val *record)
{
	struct lines l = { 0 };
	const char *key, *next = next_state(s, val_text(record, "etat"));
	const struct snode *f;
	int upto = rank(s, next);
	for (size_t i = 0; next && (f = schema_field(&key, s->root, i)); i++)
		if (f->required_from && rank(s, f->required_from) <= upto && !val_get(record, key))
			add_field(&l, a, f, key);
	if (!l.n)
		return;
	if (out->n && out->at[out->n - 1] != '\n')
		buf_putc(out, '\n');
	buf_printf(out, "%s\n", head_line(a, s, next));
	for (size_t i = 0; i < l.n; i++)
		buf_printf(out, "%s\n", l.at[i]);
	buf_puts(out, END_LINE "\n");
}

static bool among(const struct lines *l, const char *line, size_t n)
{
	for (size_t i = 0; i < l->n; i++)
		if (strlen(l->at[i]) == n && !memcmp(l->at[i], line, n))
			return true;
	return false;
}

/* Every line that any record of the kind may have been given. */
static void all_lines(struct lines *heads, struct lines *l, struct arena *a, const struct schema *s)
{
	const char *const *order = schema_child(s->root, "etat")->order;
	const struct snode *f;
	const char *key;
	for (size_t i = 0; order && order[i]; i++)
		add(heads, a, head_line(a, s, order[i]));
	add(l, a, END_LINE);
	for (size_t i = 0; (f = schema_field(&key, s->root, i)); i++)
		if (f->required_from)
			add_field(l, a, f, key);
}

bool hints_strip(struct buf *out, struct arena *a, const struct schema *s, const char *text, size_t n)
{
	struct lines heads = { 0 }, l = { 0 };
	const char *end = text + n, *nl;
	bool found = false;
	if (!memmem(text, n, "# --- Pour l'état", strlen("# --- Pour l'état")))
		return false;
	all_lines(&heads, &l, a, s);
	for (const char *p = text; p < end && !found; p = nl ? nl + 1 : end) {
		nl = memchr(p, '\n', (size_t)(end - p));
		found = among(&heads, p, (size_t)((nl ? nl : end) - p));
	}
	for (const char *p = text; found && p < end; p = nl ? nl + 1 : end) {
		nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p), bare = len && p[len - 1] == '\r' ? len - 1 : len;
		/* in column 0 a '#' begins a comment whatever stands around it: texts of several lines are indented (DESIGN 3) */
		if (*p == '#' && (among(&heads, p, bare) || among(&l, p, bare)))
			continue;
		buf_put(out, p, len + (nl ? 1 : 0));
	}
	return found;
}
