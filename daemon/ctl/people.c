#include "ctl/people.h"

#include <string.h>

#include "base/fsio.h"
#include "ctl/result.h"

void people_load(struct people *out, struct ctl *c)
{
	struct buf text = BUF_INIT;
	struct ydoc *doc;
	out->map = NULL;
	const char *dir = repo_workdir(c->r);
	if (dir && fs_read(&text, arena_printf(c->a, "%sprive/identites.yaml", dir), YAML_MAX_BYTES, NULL) == 0 &&
	    ydoc_parse(&doc, c->a, "identites.yaml", text.at, text.n, NULL, NULL) == 0)
		out->map = ydoc_val(doc);
	buf_free(&text);
}

const char *people_name(const struct people *n, const char *pseudonym)
{
	const char *name = n->map && pseudonym ? val_text(n->map, pseudonym) : NULL;
	return name && *name ? name : NULL;
}

void put_name(struct arena *a, struct val *v, const struct people *n)
{
	put_str(a, v, "nom", people_name(n, val_text(v, "par")));
}

void put_names(struct arena *a, struct val *v, const struct people *n)
{
	static const char *const theirs[] = { "valeur", "base", "resultat", "avant", "apres" };
	if (v->type == VAL_MAP)
		put_name(a, v, n);
	for (size_t i = 0; v->type == VAL_LIST && i < v->list.n; i++)
		put_names(a, v->list.at[i], n);
	for (size_t i = 0; v->type == VAL_MAP && i < v->map.n; i++) {
		bool skip = false;
		for (size_t k = 0; k < sizeof theirs / sizeof *theirs; k++)
			skip = skip || !strcmp(v->map.at[i].key, theirs[k]);
		if (!skip)
			put_names(a, v->map.at[i].val, n);
	}
}
